"""Two processes on one folder: what one writes, the other shows."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from support.stations import Station
from support.vendors import ListVendor
from tui.domain.activity import Novelty
from tui.domain.acts import Act, ActKind
from tui.domain.diff import ChangeSet
from tui.domain.errors import StateError
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.revision import Present, Revisions
from tui.domain.ticket import Status, TicketRef

SOON_S = 1.0
"""Within so long others' writes are shown."""
SWEPT = WorkspaceHealth(state=HealthState.OK, as_of=NOON)


def make_viewer(folder: Path, **options: object) -> Station:
    """Return a process that only follows."""
    return Station({"qp": ListVendor()}, folder=folder, **options)  # type: ignore[arg-type]  # a shorthand


@pytest.fixture
def writer(tmp_path: Path) -> Station:
    return make_viewer(tmp_path, name="writer")


def cache_files(folder: Path) -> list[Path]:
    return list(folder.glob("cache.db*"))


async def follow(station: Station) -> asyncio.Task[None]:
    await station.follower.pull()
    return asyncio.create_task(station.follower.run())


async def test_what_another_process_writes_is_shown_within_a_second(
    writer: Station, tmp_path: Path
) -> None:
    viewer = make_viewer(tmp_path)
    following = await follow(viewer)
    heard = viewer.notified

    writer.journal.cache.apply("qp", [make_ticket("1"), make_ticket("2")])
    writer.journal.cache.set_health("qp", SWEPT)
    await viewer.clock.advance(SOON_S)
    assert viewer.titles == ["Ticket 1", "Ticket 2"]
    assert viewer.queue.health()["qp"] == SWEPT
    assert viewer.notified > heard
    position = viewer.queue.position

    writer.journal.cache.apply("qp", [make_ticket("1", title="Other")], [TicketRef("qp", "2")])
    await viewer.clock.advance(SOON_S)

    changes = viewer.queue.changes_since(position)
    assert isinstance(changes, ChangeSet)
    assert [ticket.title for ticket in changes.changed] == ["Other"]
    assert changes.removed == (TicketRef("qp", "2"),)
    following.cancel()


async def test_what_others_do_here_is_shown_within_a_second_also_while_much_comes(
    writer: Station, tmp_path: Path
) -> None:
    viewer = make_viewer(tmp_path)
    await viewer.acts.look()
    following = await follow(viewer)

    await writer.acts.act(Act(ActKind.PIN), [make_ticket()])
    for _ in range(10):
        viewer.follower.tell()
        await viewer.clock.advance(SOON_S / 10)

    pinned = viewer.acts.acts[make_ticket().ref].pinned
    assert pinned is not None
    assert pinned.by == "writer"
    following.cancel()


async def test_nobody_is_told_of_heartbeats(writer: Station, tmp_path: Path) -> None:
    viewer = make_viewer(tmp_path)
    following = await follow(viewer)
    await viewer.clock.advance(5)
    heard = viewer.notified

    for _ in range(5):
        assert await writer.poller.tenure.try_gain()
        await writer.poller.tenure.give_back()
        await viewer.clock.advance(SOON_S)

    assert viewer.notified == heard
    following.cancel()


async def test_the_rules_are_those_of_who_reads(writer: Station, tmp_path: Path) -> None:
    viewer = make_viewer(tmp_path, status_words={"erledigt": Status.RESOLVED})
    ticket = make_ticket(status=Status.UNKNOWN, vendor_status="Erledigt")
    writer.journal.cache.apply("qp", [ticket])

    await viewer.follower.pull()
    assert viewer.queue.tickets()[0].status is Status.RESOLVED
    writer.journal.cache.apply("qp", [make_ticket("2", vendor_status="Erledigt")])
    await viewer.follower.pull()

    assert {each.status for each in viewer.queue.tickets()} == {Status.RESOLVED}
    await writer.follower.pull()
    assert {each.status for each in writer.queue.tickets()} == {Status.UNKNOWN, Status.OPEN}


async def test_single_changes_are_told_with_the_rules_of_who_reads(
    writer: Station, tmp_path: Path
) -> None:
    viewer = make_viewer(tmp_path, status_words={"erledigt": Status.RESOLVED})
    writer.journal.cache.apply("qp", [make_ticket(vendor_status="Erledigt")])
    present = await viewer.follower.revisions_since(None, settled=True)
    writer.journal.cache.apply("qp", [make_ticket(vendor_status="Offen")])
    writer.journal.cache.apply("qp", [], [TicketRef("qp", "1")])

    found = await viewer.follower.revisions_since(present.position, settled=False)

    assert isinstance(present, Present)
    assert [ticket.status for ticket in present.tickets] == [Status.RESOLVED]
    assert isinstance(found, Revisions)
    assert [
        (each.before and each.before.status, each.after and each.after.status)
        for each in found.revisions
    ] == [(Status.RESOLVED, Status.OPEN), (Status.OPEN, None)]


async def test_a_purge_elsewhere_empties_the_queue(writer: Station, tmp_path: Path) -> None:
    viewer = make_viewer(tmp_path)
    writer.journal.cache.apply("qp", [make_ticket()])
    writer.journal.cache.set_health("qp", SWEPT)
    following = await follow(viewer)
    assert viewer.titles == ["Ticket 1"]

    writer.journal.cache.purge()
    await viewer.clock.advance(SOON_S)

    assert viewer.titles == []
    assert viewer.queue.health()["qp"].as_of is None
    following.cancel()


async def test_a_file_that_is_put_aside_is_followed_to_its_successor(
    writer: Station, tmp_path: Path
) -> None:
    viewer = make_viewer(tmp_path)
    writer.journal.cache.apply("qp", [make_ticket()])
    following = await follow(viewer)
    for path in cache_files(tmp_path):
        path.unlink()

    successor = make_viewer(tmp_path, name="successor")
    successor.journal.cache.apply("qp", [make_ticket("9")])
    await viewer.clock.advance(SOON_S)

    assert viewer.titles == ["Ticket 9"]
    following.cancel()


async def test_texts_that_are_not_stored_are_those_of_who_polled(tmp_path: Path) -> None:
    poller = make_viewer(tmp_path, name="poller", store_bodies=False)
    viewer = make_viewer(tmp_path, store_bodies=False)
    poller.journal.cache.apply("qp", [make_ticket(body="CANARY-BODY", title="CANARY-TITLE")])

    await poller.follower.pull()
    await viewer.follower.pull()

    assert poller.titles == ["CANARY-TITLE"]
    (shown,) = viewer.queue.tickets()
    assert "CANARY" not in shown.title + shown.body
    assert not any(b"CANARY" in path.read_bytes() for path in cache_files(tmp_path))


async def test_what_cannot_be_read_now_is_read_later(writer: Station, tmp_path: Path) -> None:
    viewer = make_viewer(tmp_path)
    following = await follow(viewer)
    read = viewer.journal.file.read
    errors: list[Exception] = [StateError("locked"), RuntimeError("a mistake of ours")]

    def fail(operation: Callable[..., object]) -> object:
        if errors:
            raise errors.pop(0)
        return read(operation)

    viewer.journal.file.read = fail  # type: ignore[method-assign, assignment]  # a disk that fails
    for number in range(4):
        writer.journal.cache.apply("qp", [make_ticket(str(number))])
        await viewer.clock.advance(SOON_S)

    assert errors == []
    assert len(viewer.titles) == 4
    assert not following.done()
    following.cancel()


class TestNews:
    async def begun(self, folder: Path, name: str = "ana") -> Station:
        station = make_viewer(folder, name=name)
        station.journal.cache.apply("qp", [make_ticket("1"), make_ticket("2")])
        station.journal.cache.set_health("qp", SWEPT)
        await station.follower.pull()
        assert station.attention.novelties == {}
        return station

    async def test_a_first_sweep_is_no_news(self, tmp_path: Path) -> None:
        station = make_viewer(tmp_path)
        await station.follower.pull()
        station.journal.cache.apply("qp", [make_ticket("1")])
        await station.follower.pull()
        station.journal.cache.set_health("qp", SWEPT)
        await station.follower.pull()

        assert station.attention.novelties == {}

    async def test_what_comes_and_what_changes_is(self, tmp_path: Path) -> None:
        station = await self.begun(tmp_path)

        station.journal.cache.apply("qp", [make_ticket("3"), make_ticket("1", title="Other")])
        await station.follower.pull()
        station.journal.cache.apply("qp", [make_ticket("3", title="Other")])
        await station.follower.pull()

        new, changed = TicketRef("qp", "3"), TicketRef("qp", "1")
        assert station.attention.novelties == {new: Novelty.NEW, changed: Novelty.CHANGED}
        station.journal.cache.apply("qp", [], [new])
        await station.follower.pull()
        assert station.attention.novelties == {changed: Novelty.CHANGED}

    async def test_memory_and_journal_say_the_same(self, tmp_path: Path) -> None:
        station = await self.begun(tmp_path)
        cache = station.journal.cache
        for number in range(12):
            shown = [make_ticket(str(number % 5), title=f"Version {number}")]
            gone = [TicketRef("qp", str((number + 2) % 7))] if number % 3 == 0 else []
            cache.apply("qp", shown, gone)
            await station.follower.pull()
            if number % 4 == 1:
                await station.attention.mark([shown[0].ref])

            assert station.attention.novelties.keys() == station.journal.seen.unseen("ana").keys()

    async def test_marks_hold_here_and_in_the_user_s_other_processes_and_nowhere_else(
        self, tmp_path: Path
    ) -> None:
        here = await self.begun(tmp_path)
        there, bob = await self.begun(tmp_path), await self.begun(tmp_path, "bob")
        here.journal.cache.apply("qp", [make_ticket("3"), make_ticket("4")])
        for station in (here, there, bob):
            await station.follower.pull()
            assert len(station.attention.novelties) == 2
        heard = there.notified

        await here.attention.mark([TicketRef("qp", "3"), TicketRef("qp", "unheard of")])
        for station in (there, bob):
            await station.follower.pull()
        assert set(here.attention.novelties) == {TicketRef("qp", "4")}
        assert there.attention.novelties == here.attention.novelties
        assert there.notified > heard
        await there.attention.mark(None)
        await here.follower.pull()

        assert here.attention.novelties == there.attention.novelties == {}
        assert len(bob.attention.novelties) == 2

    async def test_what_was_not_shown_yet_is_not_marked(self, tmp_path: Path) -> None:
        station, elsewhere = await self.begun(tmp_path), make_viewer(tmp_path)
        elsewhere.journal.cache.apply("qp", [make_ticket("3")])
        await station.follower.pull()
        elsewhere.journal.cache.apply("qp", [make_ticket("4")])

        await station.attention.mark(None)
        await station.follower.pull()

        assert station.attention.novelties == {TicketRef("qp", "4"): Novelty.NEW}
        assert make_viewer(tmp_path).journal.seen.unseen("ana") == station.attention.novelties
