"""The cache answers like the queue in memory, from disk and for every process."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.journal import QUEUES, cache_path, open_cache, open_file, statement
from tui.domain.activity import Novelty, PollRecord
from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.errors import LeaseLost
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.person import Person
from tui.domain.ticket import Status, Ticket, TicketRef
from tui.store import cache as cache_module
from tui.store.cache import TicketCache
from tui.store.lease import Leases
from tui.store.poll_log import PollLog
from tui.store.queue import TicketQueue
from tui.store.queue_key import QueueKey
from tui.store.seen_marks import SeenMarks

MINUTE = timedelta(minutes=1)

Step = Callable[[TicketCache], object]


def applied(workspace: str, shown: list[Ticket], gone: list[TicketRef]) -> Step:
    return lambda cache: cache.apply(workspace, shown, gone)


def swept(workspace: str, seen: set[TicketRef]) -> Step:
    return lambda cache: cache.finish_sweep(workspace, seen)


@st.composite
def steps(draw: st.DrawFn) -> Step | None:
    """Return something to do to a queue; None stands for a look at what changed."""
    workspace = draw(st.sampled_from(["qp", "klink"]))
    ids = st.sampled_from("12345")
    match draw(st.sampled_from(["apply", "apply", "sweep", "look"])):
        case "apply":
            tickets = [
                make_ticket(each, workspace=workspace, title=f"Version {version}")
                for each, version in draw(st.lists(st.tuples(ids, st.integers(0, 2)), max_size=4))
            ]
            gone = [TicketRef(workspace, each) for each in draw(st.lists(ids, max_size=2))]
            return applied(workspace, tickets, gone)
        case "sweep":
            return swept(workspace, {TicketRef(workspace, each) for each in draw(st.sets(ids))})
        case _:
            return None


def follow(
    state: Mapping[TicketRef, Ticket], answer: ChangeSet | Reset
) -> Mapping[TicketRef, Ticket]:
    """Bring a reader's state up to date; what it is told must fit to what it has."""
    if isinstance(answer, Reset):
        return {ticket.ref: ticket for ticket in answer.tickets}
    assert set(answer.removed) <= set(state)
    assert not {ticket.ref for ticket in answer.added} & set(state)
    assert {ticket.ref for ticket in answer.changed} <= set(state)
    shown = {ticket.ref: ticket for ticket in (*answer.added, *answer.changed)}
    return {ref: ticket for ref, ticket in state.items() if ref not in answer.removed} | shown


def logged_ids(folder: Path) -> list[str]:
    """Return the id of every change that the log still holds, oldest first."""
    with closing(sqlite3.connect(cache_path(folder))) as connection:
        return [each for (each,) in connection.execute("SELECT id FROM changes ORDER BY n")]


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


class TestTheLaw:
    @given(
        doings=st.lists(st.tuples(steps(), st.booleans()), max_size=30), store_bodies=st.booleans()
    )
    def test_whoever_reads_now_from_memory_and_now_from_disk_has_the_queue(
        self, doings: list[tuple[Step | None, bool]], *, store_bodies: bool
    ) -> None:
        queue, cache = TicketQueue(QUEUES), open_cache(None, store_bodies=store_bodies)
        state: Mapping[TicketRef, Ticket] = {}
        position: Position | None = None
        for do, from_memory in doings:
            if do is not None:
                do(cache)
                continue
            if from_memory:
                queue.take(cache.changes_since(queue.position))
            answer = (queue if from_memory else cache).changes_since(position)
            state, position = follow(state, answer), answer.position
            assert state == {ticket.ref: ticket for ticket in cache.tickets()}

    @pytest.mark.parametrize("seed", range(8))
    def test_it_holds_on_disk_through_another_process_and_over_restarts(
        self, tmp_path: Path, seed: int
    ) -> None:
        from random import Random

        random = Random(seed)
        queue, cache, reader = TicketQueue(QUEUES), open_cache(tmp_path), open_cache(tmp_path)
        for number in range(40):
            workspace = random.choice(["qp", "klink"])
            ids = random.choices("12345", k=3)
            tickets = [make_ticket(i, workspace=workspace, title=f"{number % 4}") for i in ids]
            gone = TicketRef(workspace, random.choice("12345"))
            seen = {TicketRef(workspace, each) for each in ids}
            random.choice([applied(workspace, tickets, [gone]), swept(workspace, seen)])(cache)
            if random.random() < 0.2:
                cache = open_cache(tmp_path)
            if random.random() < 0.4:
                queue.take(reader.changes_since(queue.position))
                assert set(map(repr, queue.tickets())) == set(map(repr, cache.tickets()))


class TestFinishSweep:
    def test_one_miss_removes_nothing_and_two_do(self) -> None:
        cache = open_cache(None)
        kept, gone = make_ticket("1"), make_ticket("2")
        cache.apply("qp", [kept, gone])

        assert not cache.finish_sweep("qp", {kept.ref})
        assert cache.finish_sweep("qp", {kept.ref}) == {gone.ref}
        assert cache.tickets() == (kept,)

    def test_a_ticket_seen_again_starts_anew(self) -> None:
        cache = open_cache(None)
        ticket = make_ticket()
        cache.apply("qp", [ticket])

        cache.finish_sweep("qp", set())
        cache.apply("qp", [ticket])
        cache.finish_sweep("qp", set())

        assert cache.tickets() == (ticket,)

    def test_an_incomplete_sweep_counts_no_miss(self) -> None:
        cache = open_cache(None)
        cache.apply("qp", [make_ticket()])

        for _ in range(3):
            assert not cache.finish_sweep("qp", None)

    def test_of_too_many_tickets_those_shown_last_are_kept(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cache_module, "TICKETS_LIMIT", 3)
        cache = open_cache(None)
        old = [make_ticket(str(number)) for number in range(3)]
        new = [make_ticket(str(n), confirmed_at=NOON + timedelta(minutes=1)) for n in (2, 7, 8)]
        cache.apply("qp", old)
        cache.apply("qp", new)
        other = make_ticket("1", workspace="klink")
        cache.apply("klink", [other])

        assert cache.finish_sweep("qp", None) == {old[0].ref, old[1].ref}
        assert cache.tickets() == (*new, other)

    def test_other_workspaces_are_not_touched(self) -> None:
        cache = open_cache(None)
        other = make_ticket(workspace="klink")
        cache.apply("klink", [other])

        for _ in range(5):
            cache.finish_sweep("qp", set())

        assert cache.tickets() == (other,)


class TestChangesSince:
    def test_positions_outlive_the_process(self, tmp_path: Path) -> None:
        first = open_cache(tmp_path)
        first.apply("qp", [make_ticket("1")])
        position = first.changes_since(None).position
        first.apply("qp", [make_ticket("2")])

        answer = open_cache(tmp_path).changes_since(position)

        assert isinstance(answer, ChangeSet)
        assert answer.added == (make_ticket("2"),)

    def test_positions_of_another_file_or_of_the_future_are_void(self, tmp_path: Path) -> None:
        cache = open_cache(tmp_path)
        cache.apply("qp", [make_ticket()])
        here = cache.changes_since(None).position

        for void in (Position("elsewhere", 0), replace(here, n=99), replace(here, n=-1)):
            assert isinstance(cache.changes_since(void), Reset)
        assert isinstance(cache.changes_since(here), ChangeSet)

    def test_a_reader_whose_changes_are_forgotten_reads_all(self, tmp_path: Path) -> None:
        clock = FakeClock()
        cache = open_cache(tmp_path, clock=clock, retention=timedelta(days=2))
        cache.apply("qp", [make_ticket("1")])
        early = cache.changes_since(None).position
        cache.apply("qp", [make_ticket("1", title="Changed")])
        clock._now += timedelta(days=3)
        cache.apply("qp", [make_ticket("2")])
        late = cache.changes_since(None).position

        cache.finish_sweep("qp", {TicketRef("qp", "1"), TicketRef("qp", "2")})

        assert isinstance(cache.changes_since(early), Reset)
        assert isinstance(cache.changes_since(late), ChangeSet)
        assert logged_ids(tmp_path) == ["2"]

    def test_the_log_has_a_bound(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cache_module, "LOG_LIMIT", 10)
        cache = open_cache(tmp_path)
        early = cache.changes_since(None).position
        for number in range(30):
            cache.apply("qp", [make_ticket(title=str(number))])

        cache.finish_sweep("qp", {make_ticket().ref})

        assert isinstance(cache.changes_since(early), Reset)
        assert len(logged_ids(tmp_path)) == 10

    def test_a_reader_is_told_that_there_is_something_new(self, tmp_path: Path) -> None:
        writer, reader = open_cache(tmp_path), open_cache(tmp_path)

        assert reader.has_news() is True, "nothing was read yet"
        assert reader.has_news() is False
        writer.apply("qp", [make_ticket()])
        assert reader.has_news() is True
        assert reader.has_news() is False


class TestQueues:
    def test_two_configurations_with_the_same_name_never_mix(self, tmp_path: Path) -> None:
        elsewhere = {"qp": replace(QUEUES["qp"], origin="https://other.example")}
        open_cache(tmp_path).apply("qp", [make_ticket()])

        other = open_cache(tmp_path, queues=elsewhere)

        assert other.tickets() == ()
        other.finish_sweep("qp", set())
        other.finish_sweep("qp", set())
        assert len(open_cache(tmp_path).tickets()) == 1

    def test_changes_of_queues_that_are_not_configured_here_are_left_out(
        self, tmp_path: Path
    ) -> None:
        both, one = open_cache(tmp_path), open_cache(tmp_path, queues={"qp": QUEUES["qp"]})
        gone = make_ticket("1", workspace="klink")
        both.apply("klink", [gone])
        position = one.changes_since(None).position
        both.apply("klink", [make_ticket("2", workspace="klink")], [gone.ref])
        both.apply("qp", [make_ticket("3")])

        answer = one.changes_since(position)

        assert isinstance(answer, ChangeSet)
        assert (answer.added, answer.changed, answer.removed) == ((make_ticket("3"),), (), ())
        assert one.tickets() == (make_ticket("3"),)

    def test_a_renamed_workspace_keeps_its_tickets(self, tmp_path: Path) -> None:
        open_cache(tmp_path).apply("qp", [make_ticket()])

        renamed = open_cache(tmp_path, queues={"emea": QUEUES["qp"]})

        assert renamed.tickets() == (make_ticket(workspace="emea"),)

    def test_two_names_of_one_queue_show_the_same(self, tmp_path: Path) -> None:
        cache = open_cache(tmp_path, queues={"a": QUEUES["qp"], "b": QUEUES["qp"]})
        position = cache.changes_since(None).position
        cache.apply("a", [make_ticket("1", workspace="a")])

        answer = cache.changes_since(position)

        assert isinstance(answer, ChangeSet)
        assert {str(ticket.ref) for ticket in answer.added} == {"a/1", "b/1"}

    def test_health_is_kept_in_the_order_of_the_configuration(self, tmp_path: Path) -> None:
        cache = open_cache(tmp_path)
        health = WorkspaceHealth(state=HealthState.OK, as_of=NOON, error="refused", skipped=3)

        assert cache.set_health("klink", health) is True
        assert cache.set_health("klink", health) is False
        assert open_cache(tmp_path).health() == {"qp": WorkspaceHealth(), "klink": health}
        assert list(cache.health()) == ["qp", "klink"]

    def test_a_health_that_cannot_be_read_is_none(self, tmp_path: Path) -> None:
        cache = open_cache(tmp_path)
        cache.set_health("qp", WorkspaceHealth(state=HealthState.OK))
        statement(cache_path(tmp_path), "UPDATE queues SET health = x'00'")

        assert cache.health()["qp"] == WorkspaceHealth()

    def test_a_health_tells_since_when_it_says_so(self) -> None:
        clock = FakeClock()
        cache = open_cache(None, clock=clock)
        fine = WorkspaceHealth(state=HealthState.OK, as_of=NOON, late_at=NOON + 5 * MINUTE)
        failing = replace(fine, state=HealthState.BACKING_OFF, error="cut")
        told = []
        for minute, health in ((0, fine), (1, fine), (2, failing), (3, failing), (4, fine)):
            clock._now = NOON + minute * MINUTE
            cache.set_health("qp", replace(health, skipped=minute))
            told.append(cache.health()["qp"].since)
        clock._now = NOON + 9 * MINUTE
        late = cache.health()["qp"].at(clock.now())
        cache.set_health("qp", replace(fine, late_at=NOON + 14 * MINUTE))

        assert told == [NOON + minute * MINUTE for minute in (0, 0, 2, 2, 4)]
        assert (late.state, late.since) == (HealthState.LATE, NOON + 5 * MINUTE)
        assert cache.health()["qp"].since == NOON + 9 * MINUTE


class TestTickets:
    def test_misses_are_remembered_over_restarts(self, tmp_path: Path) -> None:
        open_cache(tmp_path).apply("qp", [make_ticket()])

        assert not open_cache(tmp_path).finish_sweep("qp", set())
        assert open_cache(tmp_path).finish_sweep("qp", set())
        assert open_cache(tmp_path).tickets() == ()

    def test_being_confirmed_again_is_no_change_but_is_remembered(self, tmp_path: Path) -> None:
        cache = open_cache(tmp_path)
        cache.apply("qp", [make_ticket()])
        later = NOON + timedelta(minutes=5)

        assert not cache.apply("qp", [make_ticket(confirmed_at=later)])
        assert open_cache(tmp_path).tickets()[0].confirmed_at == later

    def test_huge_bodies_are_kept_whole(self, tmp_path: Path) -> None:
        ticket = make_ticket(body="ä" * 5_000_000)
        open_cache(tmp_path).apply("qp", [ticket])

        assert open_cache(tmp_path).tickets() == (ticket,)


class TestWithoutTexts:
    TICKET = make_ticket(
        title="CANARY title", body="CANARY body", customer=Person("CANARY"), extra={"x": "CANARY"}
    )

    def test_no_text_reaches_the_disk_and_this_process_has_them(self, tmp_path: Path) -> None:
        cache = open_cache(tmp_path, store_bodies=False)
        cache.apply("qp", [self.TICKET])
        cache.apply("qp", [replace(self.TICKET, status=Status.PENDING)])
        cache.apply("qp", [], [self.TICKET.ref])
        cache.apply("qp", [self.TICKET])

        assert logged_ids(tmp_path) == ["1"] * 4
        assert b"CANARY" not in on_disk(tmp_path)
        assert cache.tickets() == (self.TICKET,)
        (stored,) = open_cache(tmp_path, store_bodies=False).tickets()
        assert (stored.title, stored.body, stored.extra) == ("", "", {})

    def test_a_text_that_changed_is_a_change(self, tmp_path: Path) -> None:
        cache = open_cache(tmp_path, store_bodies=False)
        cache.apply("qp", [self.TICKET])
        position = cache.changes_since(None).position
        edited = replace(self.TICKET, body="CANARY again")

        assert not cache.apply("qp", [self.TICKET])
        assert cache.apply("qp", [edited])
        answer = cache.changes_since(position)
        assert isinstance(answer, ChangeSet)
        assert answer.changed == (edited,)

    def test_texts_that_come_after_a_restart_are_shown(self, tmp_path: Path) -> None:
        open_cache(tmp_path, store_bodies=False).apply("qp", [self.TICKET])
        cache = open_cache(tmp_path, store_bodies=False)
        position = cache.changes_since(None).position

        cache.apply("qp", [self.TICKET])

        answer = cache.changes_since(position)
        assert isinstance(answer, ChangeSet)
        assert answer.changed == (self.TICKET,)

    def test_what_was_stored_before_goes(self, tmp_path: Path) -> None:
        file = open_file(tmp_path)
        TicketCache(file).apply("qp", [self.TICKET])
        file.close()
        assert b"CANARY" in on_disk(tmp_path)

        cache = open_cache(tmp_path, store_bodies=False)

        assert cache.tickets() == ()
        assert b"CANARY" not in on_disk(tmp_path)


def make_poll(at: datetime) -> PollRecord:
    return PollRecord(at=at, took_s=1.0, calls=1, size=9, is_sweep=True, changes=0)


class TestPurge:
    def test_everything_goes_from_the_disk_too(self, tmp_path: Path) -> None:
        (tmp_path / "cache.db").write_bytes(b"CANARY, no database" * 99)
        cache = open_cache(tmp_path)
        cache.apply("qp", [make_ticket(body="CANARY")])
        cache.apply("qp", [make_ticket()])
        assert b"CANARY" in on_disk(tmp_path), "as it was before"
        cache.set_health("qp", WorkspaceHealth(state=HealthState.OK, as_of=NOON))
        position = cache.changes_since(None).position

        assert cache.purge() == 1

        assert cache.tickets() == ()
        assert cache.health()["qp"] == WorkspaceHealth()
        assert logged_ids(tmp_path) == []
        assert isinstance(cache.changes_since(position), Reset)
        assert b"CANARY" not in on_disk(tmp_path)

    def test_what_is_younger_stays(self, tmp_path: Path) -> None:
        clock = FakeClock()
        cache = open_cache(tmp_path, clock=clock)
        cache.apply("qp", [make_ticket("1")])
        clock._now += timedelta(days=3)
        young = make_ticket("2", confirmed_at=clock.now())
        cache.apply("qp", [young])
        position = cache.changes_since(None).position

        assert cache.purge(timedelta(days=2)) == 1

        assert cache.tickets() == (young,)
        assert isinstance(cache.changes_since(position), Reset)
        assert logged_ids(tmp_path) == ["2"]

    def test_one_workspace_goes_and_the_others_stay(self, tmp_path: Path) -> None:
        cache = open_cache(tmp_path)
        ours, other = make_ticket("1"), make_ticket("2", workspace="klink")
        for ticket in (ours, other):
            cache.apply(ticket.ref.workspace, [ticket])
            cache.set_health(
                ticket.ref.workspace, WorkspaceHealth(state=HealthState.OK, as_of=NOON)
            )

        assert cache.purge(None, ["qp"]) == 1

        assert cache.tickets() == (other,)
        assert cache.health()["qp"] == WorkspaceHealth()
        assert cache.health()["klink"].as_of == NOON
        assert logged_ids(tmp_path) == ["2"]
        assert cache.purge(timedelta(0), ["qp"]) == 0
        assert cache.tickets() == (other,)

    def test_queues_of_other_configurations_go_too(self, tmp_path: Path) -> None:
        old = {"old": QueueKey("klinkcx", "https://old.example", "")}
        open_cache(tmp_path, queues=old).apply("old", [make_ticket(workspace="old", body="CANARY")])

        assert open_cache(tmp_path).purge() == 1

        assert b"CANARY" not in on_disk(tmp_path)

    def test_what_was_seen_stays_seen_when_only_old_tickets_go(self, tmp_path: Path) -> None:
        clock = FakeClock()
        file = open_file(tmp_path, clock=clock)
        cache, marks, polls = TicketCache(file), SeenMarks(file), PollLog(file)
        cache.apply("qp", [make_ticket("1")])
        cache.set_health("qp", WorkspaceHealth(state=HealthState.OK, as_of=NOON))
        polls.add("qp", make_poll(NOON))
        assert marks.unseen("ana") == {}
        clock._now += timedelta(days=3)
        young = make_ticket("2", confirmed_at=clock.now())
        cache.apply("qp", [young])
        polls.add("qp", make_poll(clock.now()))

        assert cache.purge(timedelta(days=2)) == 1

        assert marks.unseen("ana") == {young.ref: Novelty.NEW}
        assert [poll.at for poll in polls.last("qp")] == [clock.now()]
        cache.purge()
        cache.apply("qp", [young])
        cache.set_health("qp", WorkspaceHealth(state=HealthState.OK, as_of=NOON))
        assert marks.unseen("ana") == {}, "what is read anew is not new"
        assert polls.last("qp") == ()

    def test_a_purge_elsewhere_resets_every_reader(self, tmp_path: Path) -> None:
        writer, other = open_cache(tmp_path), open_cache(tmp_path)
        writer.apply("qp", [make_ticket()])
        position = writer.changes_since(None).position

        other.purge()

        answer = writer.changes_since(position)
        assert isinstance(answer, Reset)
        assert answer.tickets == ()
        assert writer.apply("qp", [make_ticket()])


def test_whoever_lost_the_lease_writes_nothing(tmp_path: Path) -> None:
    file = open_file(tmp_path)
    cache, leases = TicketCache(file), Leases(file, patience=timedelta(seconds=30))
    old = leases.acquire("qp", "old", NOON)
    assert old is not None
    cache.apply("qp", [make_ticket("1")], lease=old)
    new = leases.acquire("qp", "new", NOON + timedelta(seconds=31))
    assert new is not None

    with pytest.raises(LeaseLost, match="another process polls it now"):
        cache.apply("qp", [make_ticket("2")], lease=old)
    with pytest.raises(LeaseLost):
        cache.finish_sweep("qp", set(), lease=old)
    with pytest.raises(LeaseLost):
        cache.set_health("qp", WorkspaceHealth(state=HealthState.OK), lease=old)

    assert [ticket.ref.id for ticket in cache.tickets()] == ["1"]
    assert cache.health()["qp"] == WorkspaceHealth()
    assert cache.apply("qp", [make_ticket("2")], lease=new)


def test_the_keys_parts_are_not_run_together() -> None:
    assert QueueKey("a", "b", "c") != QueueKey("a", "bc", "")
