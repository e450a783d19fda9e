"""Creates over a ledger, with a vendor that fails in every way, and processes that end."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from support.create_station import (
    HANGS,
    SPECS,
    CreateStation,
    Fate,
    Mailroom,
    MailroomVendor,
    QuickClock,
    make_draft,
)
from support.journal import QUEUES, closed_later, statement
from support.vendors import ListVendor
from tui.domain.creates import OpenCreate, Remembered, Stage
from tui.domain.draft import Created, Draft, Outcome, OutcomeState
from tui.domain.errors import ConnectionLost, StateError, UsageError, WriteRefused
from tui.domain.ticket import Priority, Ticket, TicketRef
from tui.engine.reconciling import ABSENT, FOUND
from tui.store.intents import IntentLog
from tui.store.journal import Journal

T = TypeVar("T")

CREATED, NOT_CREATED, UNKNOWN = OutcomeState
CERTAIN = {
    Fate.CREATED: CREATED,
    Fate.CREATED_ID_ONLY: CREATED,
    Fate.REFUSED: NOT_CREATED,
    Fate.REDIRECTED: NOT_CREATED,
    Fate.UNAUTHORISED: NOT_CREATED,
    Fate.LATER: NOT_CREATED,
    Fate.UNREACHABLE: NOT_CREATED,
    Fate.NO_CREDENTIAL: NOT_CREATED,
    Fate.ERROR_INSIDE: NOT_CREATED,
}
KINDS = (
    Fate.CREATED,
    Fate.CREATED_ID_ONLY,
    Fate.REFUSED,
    Fate.LOST_BEFORE,
    Fate.LOST_AFTER,
    Fate.DEFECT_AFTER,
    Fate.COMMITTED_LATE,
    *sorted(HANGS),
)
"""One of each kind of end."""
ABSENT_AFTER = (Fate.LOST_BEFORE, Fate.FAILED_BEFORE)


@pytest.fixture
def mailroom() -> Mailroom:
    return Mailroom(QuickClock())


@pytest.fixture(autouse=True)
async def _drained() -> AsyncIterator[None]:
    """End what is left of killed processes: it waits for nothing any more."""
    yield
    here = asyncio.current_task()
    while tasks := asyncio.all_tasks() - {here}:
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0)


async def started(
    mailroom: Mailroom, folder: Path | None = None, *, name: str = "ana", observe: bool = False
) -> CreateStation:
    station = CreateStation(mailroom, folder, name=name, observe=observe)
    await station.start()
    return station


def audited(folder: Path) -> list[str | None]:
    """Return the outcomes in the audit log, in order."""
    lines = (folder / "audit.log").read_text().splitlines()
    return [json.loads(line)["outcome"] for line in lines]


async def committed(mailroom: Mailroom) -> None:
    """Wait until the vendor has made a ticket, and not for its answer."""
    for _ in range(1_000):
        if mailroom.tickets:
            return
        await asyncio.sleep(0)
    raise AssertionError("no ticket was made")


async def ended(
    station: CreateStation, task: "asyncio.Task[Outcome]", *, within_s: float = 60.0
) -> Outcome:
    await station.mailroom.clock.advance(within_s)
    assert task.done(), "it takes too long"
    return task.result()


def fetching(mailroom: Mailroom, gate: asyncio.Event | None = None) -> CreateStation:
    """Return a station whose vendor serves single tickets, as soon as the gate is open."""

    class Fetching(MailroomVendor):
        async def fetch_ticket(self, ref: TicketRef) -> Ticket:
            if gate is not None:
                await gate.wait()
            return next(each for each in mailroom.tickets if each.ref == ref)

    vendor = Fetching(mailroom, partial(asyncio.sleep, 0))
    return CreateStation(mailroom, None, vendor=vendor)


class TestEnds:
    @pytest.mark.parametrize("fate", [fate for fate in Fate if fate not in HANGS])
    async def test_every_end_is_what_it_is(self, mailroom: Mailroom, fate: Fate) -> None:
        station, mailroom.fate = await started(mailroom), fate

        outcome = await ended(station, station.send(make_draft()))

        absent = fate in ABSENT_AFTER
        assert outcome.state is CERTAIN.get(fate, UNKNOWN if absent else CREATED)
        assert len(mailroom.posts) == 1
        assert len(mailroom.tickets) == (outcome.state is CREATED)
        assert (outcome.ref is not None) is (outcome.state is CREATED)
        assert [each.stage for each in station.open] == [Stage.OPEN] * absent
        assert (outcome.message == ABSENT) is absent
        assert [each.intent_id for each in station.runs.view.settled] == (
            [] if absent else [outcome.intent_id]
        )

    async def test_a_created_ticket_is_in_the_queue_when_its_asker_is_told(
        self, mailroom: Mailroom
    ) -> None:
        station = await started(mailroom)
        there = mailroom.commit(make_draft())
        await station.poller.fresh(0.0)

        outcome = await ended(station, station.send(make_draft()), within_s=0.1)

        assert [each.ref for each in station.queue.tickets()] == [there.ref, outcome.ref]
        assert outcome.ticket is not None
        assert outcome.ticket.url == "https://v.example/1001"

    async def test_where_only_the_id_comes_back_the_workspace_is_read(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.CREATED_ID_ONLY
        polling = asyncio.create_task(station.poller.run())
        await mailroom.clock.advance(5)

        outcome = await ended(station, station.send(make_draft()))

        assert outcome.ticket is None
        assert [each.ref for each in station.queue.tickets()] == [outcome.ref]
        polling.cancel()

    async def test_where_only_the_id_comes_back_its_ticket_is_asked_for(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = fetching(mailroom), Fate.CREATED_ID_ONLY

        outcome = await station.send(make_draft())

        assert outcome.ticket == replace(mailroom.tickets[0], url="https://v.example/1000")
        assert [each.ref for each in station.queue.tickets()] == [outcome.ref]
        assert mailroom.reads == 0, "the list is not needed"

    async def test_a_new_ticket_is_told_where_the_cache_cannot_keep_it(
        self, mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def full(workspace: str, tickets: Sequence[Ticket]) -> None:
            raise StateError("the disk is full")

        station, mailroom.fate = fetching(mailroom), Fate.CREATED_ID_ONLY
        monkeypatch.setattr(station.journal.cache, "apply", full)

        outcome = await station.send(make_draft())

        assert outcome.ticket is not None
        assert caplog.messages == []

    async def test_it_is_shown_until_its_ticket_is(self, mailroom: Mailroom) -> None:
        gate = asyncio.Event()
        station, mailroom.fate = fetching(mailroom, gate), Fate.CREATED_ID_ONLY
        task = station.send(make_draft())
        await mailroom.clock.advance(0.1)

        await station.runs.look()

        assert [each.stage for each in station.open] == [Stage.SENDING]
        gate.set()
        await task
        assert not station.open

    async def test_a_created_ticket_stays_created_where_showing_it_fails(
        self, mailroom: Mailroom, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Defective(MailroomVendor):
            async def fetch_ticket(self, ref: TicketRef) -> Ticket:
                raise RuntimeError(f"a defect of ours: {ref}")

        station = CreateStation(
            mailroom, None, vendor=Defective(mailroom, partial(asyncio.sleep, 0))
        )
        await station.start()
        mailroom.fate = Fate.CREATED_ID_ONLY

        outcome = await ended(station, station.send(make_draft()))

        assert outcome.state is CREATED
        assert station.runs.view.settled == (outcome,)
        assert caplog.messages == ["a new ticket is not shown: RuntimeError"]

    async def test_a_refused_credential_is_told_apart(self, mailroom: Mailroom) -> None:
        station = await started(mailroom)
        for fate, is_refused in (
            (Fate.UNAUTHORISED, True),
            (Fate.NO_CREDENTIAL, True),
            (Fate.REFUSED, False),
        ):
            mailroom.fate = fate
            outcome = await ended(station, station.send(make_draft()), within_s=1)
            assert outcome.credential_refused is is_refused

    async def test_what_cannot_be_remembered_is_not_sent(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        (tmp_path / "ledger.db").write_bytes(b"no database" * 100)
        station = await started(mailroom, tmp_path)

        outcome = await ended(station, station.send(make_draft()))

        assert outcome.state is NOT_CREATED
        assert outcome.message.startswith("nothing was sent: move ledger.db away")
        assert not mailroom.posts
        assert station.open == ()

    async def test_nothing_is_written_where_a_workspace_is_only_observed(
        self, mailroom: Mailroom
    ) -> None:
        station = await started(mailroom, observe=True)

        with pytest.raises(WriteRefused, match="observe mode"):
            await station.send(make_draft())

        assert not mailroom.posts
        assert station.entries() == ()

    async def test_a_vendor_without_the_ability_is_named(self, mailroom: Mailroom) -> None:
        station = CreateStation(mailroom, None, vendor=ListVendor())

        with pytest.raises(UsageError, match="QuestionPro EU takes no new tickets"):
            await station.send(make_draft())

    async def test_whoever_asked_may_go_away(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_AFTER
        asking = station.send(make_draft())
        await mailroom.clock.advance(0.1)

        asking.cancel()
        await mailroom.clock.advance(10)

        assert [each.state for each in station.runs.view.settled] == [CREATED]


class TestWhileItIsOpen:
    async def test_it_is_shown_as_it_goes(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        seen: list[tuple[Stage, str]] = []
        task = station.send(make_draft(priority="high"))
        for _ in range(400):
            await mailroom.clock.advance(0.1)
            for each in station.open:
                if (each.stage, each.message) not in seen:
                    seen.append((each.stage, each.message))

        assert seen == [(Stage.LOOKING, "timed out"), (Stage.OPEN, ABSENT)]
        (left,) = station.open
        assert (left.title, left.priority, left.by) == ("Tills down", Priority.HIGH, "ana")
        assert left.id == task.result().intent_id
        assert station.open is station.open

    async def test_while_it_is_sent_other_processes_see_it(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, bo = await started(mailroom, tmp_path), await started(mailroom, tmp_path, name="bo")
        mailroom.fate = Fate.HANGS_BEFORE
        _ = ana.send(make_draft())

        await mailroom.clock.advance(40)

        assert [(each.by, each.stage) for each in bo.open] == [("ana", Stage.SENDING)]
        assert bo.notified

    async def test_what_was_open_and_ended_elsewhere_is_told(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, bo = await started(mailroom, tmp_path), await started(mailroom, tmp_path, name="bo")
        mailroom.fate = Fate.LOST_AFTER
        task = ana.send(make_draft())

        outcome = await ended(ana, task)

        assert [(each.state, each.ref) for each in bo.runs.view.settled] == [(CREATED, outcome.ref)]
        assert (ana.open, bo.open) == ((), ())


class TestLooking:
    async def test_a_ticket_is_found_within_seconds(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.GARBAGE_AFTER

        outcome = await ended(station, station.send(make_draft()), within_s=2)

        assert (outcome.state, outcome.message) == (CREATED, FOUND)
        assert [each.ref for each in station.queue.tickets()] == [outcome.ref]

    async def test_one_that_is_shown_late_is_found_late(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.COMMITTED_LATE
        task = station.send(make_draft())
        await mailroom.clock.advance(11)
        assert not task.done()

        assert (await ended(station, task, within_s=15)).state is CREATED

    async def test_a_ticket_from_before_is_not_taken_for_it(self, mailroom: Mailroom) -> None:
        station = await started(mailroom)
        mailroom.commit(make_draft())
        await station.poller.fresh(0.0)
        mailroom.fate = Fate.LOST_BEFORE

        outcome = await ended(station, station.send(make_draft()))

        assert outcome.message == ABSENT

    async def test_several_that_may_be_it_are_named_and_left_to_a_person(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_AFTER
        mailroom.newest_failure = ConnectionLost("cut")
        task = station.send(make_draft())
        await mailroom.clock.advance(0.1)
        mailroom.commit(make_draft(), serial="a twin's")

        outcome = await ended(station, task)

        assert outcome.state is UNKNOWN
        assert [ref.id for ref in outcome.candidates] == ["1000", "1001"]
        assert outcome.message == (
            "2 tickets may be it: qp/1000, qp/1001; look before sending again"
        )
        assert station.open[0].candidates == outcome.candidates

    async def test_of_many_that_may_be_it_three_are_named(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        task = station.send(make_draft())
        await mailroom.clock.advance(0.1)
        for number in range(5):
            mailroom.commit(make_draft(email="zoe@z.example"), serial=f"a stranger's {number}")

        outcome = await ended(station, task)

        assert outcome.message == (
            "5 tickets may be it: qp/1000, qp/1001, qp/1002 and 2 more; look before sending again"
        )

    async def test_one_that_may_be_it_is_named_and_left_to_a_person(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        task = station.send(make_draft())
        await mailroom.clock.advance(0.1)
        mailroom.commit(make_draft(email="zoe@z.example"), serial="a stranger's")

        outcome = await ended(station, task)

        assert (outcome.state, outcome.message) == (
            UNKNOWN,
            "qp/1000 may be it: look before sending again",
        )
        assert [ref.id for ref in outcome.candidates] == ["1000"]

    @pytest.mark.parametrize("skew_s", [180.0, -180.0, 3_600.0, -3_600.0])
    @pytest.mark.parametrize("tells_date", [True, False])
    async def test_a_clock_that_is_off_is_known_by_the_vendors_date_or_leaves_a_doubt(
        self, mailroom: Mailroom, skew_s: float, *, tells_date: bool
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_AFTER
        mailroom.skew_s, mailroom.tells_date = skew_s, tells_date

        outcome = await ended(station, station.send(make_draft()))

        assert outcome.state is (CREATED if tells_date else UNKNOWN)
        assert len(outcome.candidates) == (not tells_date)

    async def test_a_ticket_of_half_a_minute_before_is_not_taken_for_it(
        self, mailroom: Mailroom
    ) -> None:
        station = await started(mailroom)
        mailroom.commit(make_draft(), serial="a stranger's")
        await mailroom.clock.advance(30)
        mailroom.fate = Fate.LOST_BEFORE

        outcome = await ended(station, station.send(make_draft()))

        assert (outcome.state, len(outcome.candidates)) == (UNKNOWN, 1)

    async def test_a_vendor_that_cannot_be_read_proves_nothing_and_is_asked_again(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_AFTER
        mailroom.list_failure = mailroom.newest_failure = ConnectionLost("no route")

        outcome = await ended(station, station.send(make_draft()), within_s=100)

        assert outcome.state is UNKNOWN
        assert outcome.message == (
            "nobody knows whether it exists: no route; it is looked for again"
        )
        assert [each.stage for each in await station.runs.read()] == [Stage.OPEN]
        mailroom.list_failure = mailroom.newest_failure = None
        await mailroom.clock.advance(130)
        assert station.open == ()
        assert [each.state for each in station.runs.view.settled] == [CREATED]

    async def test_that_nobody_knows_is_said_once_in_the_audit_log(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station, mailroom.fate = await started(mailroom, tmp_path), Fate.LOST_BEFORE
        mailroom.list_failure = mailroom.newest_failure = ConnectionLost("no route")
        await ended(station, station.send(make_draft()), within_s=100)
        assert audited(tmp_path) == [None, "unknown"]

        mailroom.list_failure = mailroom.newest_failure = None
        await mailroom.clock.advance(130)

        assert [each.message for each in station.open] == [ABSENT]
        assert audited(tmp_path) == [None, "unknown"]

    async def test_an_outage_of_hours_costs_few_calls(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        mailroom.list_failure = mailroom.newest_failure = ConnectionLost("no route")
        _ = station.send(make_draft())
        await mailroom.clock.advance(800)
        before = mailroom.reads

        await mailroom.clock.advance(1_800)

        assert 0 < mailroom.reads - before <= 2 * 3, "a list and the newest, every ten minutes"

    async def test_a_person_may_settle_it_while_the_vendor_is_away(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        mailroom.list_failure = mailroom.newest_failure = ConnectionLost("no route")
        await ended(station, station.send(make_draft()), within_s=200)

        await station.runs.drop(station.open[0].id)

        assert station.open == ()

    async def test_a_draft_that_cannot_be_told_is_not_called_absent(
        self, mailroom: Mailroom
    ) -> None:
        station = CreateStation(mailroom, None, specs=SPECS[3:])
        await station.start()
        mailroom.fate = Fate.LOST_AFTER

        outcome = await ended(station, station.send(make_draft()))

        assert outcome.state is UNKNOWN
        assert "cannot be told from others" in outcome.message
        await mailroom.clock.advance(60)
        assert mailroom.reads == 0, "nobody looks"


class TestTwoAlike:
    """Creates whose tickets cannot be told apart: no ticket is given to the wrong one."""

    async def test_nobody_claims_a_ticket_that_may_be_another_ones(
        self, mailroom: Mailroom
    ) -> None:
        station = await started(mailroom)
        tasks = []
        for fate in (Fate.LOST_AFTER, Fate.LOST_BEFORE):
            mailroom.fate = fate
            tasks.append(station.send(make_draft()))
            await mailroom.clock.advance(0.1)

        outcomes = [await ended(station, task) for task in tasks]

        assert [(each.state, [ref.id for ref in each.candidates]) for each in outcomes] == [
            (UNKNOWN, ["1000"]),
            (UNKNOWN, ["1000"]),
        ]
        await station.runs.drop(outcomes[1].intent_id)
        await mailroom.clock.advance(1)
        assert [each.id for each in station.open] == [outcomes[0].intent_id], (
            "it may have been dropped because the ticket is its own"
        )

    async def test_what_is_still_being_sent_elsewhere_may_be_whose_it_is(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, bo = await started(mailroom, tmp_path), await started(mailroom, tmp_path, name="bo")
        mailroom.fate = Fate.LOST_BEFORE
        lost = ana.send(make_draft())
        await mailroom.clock.advance(0.1)
        slow = bo.send(make_draft())
        await committed(mailroom)
        bo.suspend()
        await mailroom.clock.advance(4)
        assert not lost.done()

        bo.resume()

        assert (await ended(bo, slow, within_s=1)).state is CREATED
        outcome = await ended(ana, lost)
        assert (outcome.state, outcome.message) == (UNKNOWN, ABSENT)

    async def test_a_candidate_that_turns_out_to_be_another_ones_is_none_any_more(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, bo = await started(mailroom, tmp_path), await started(mailroom, tmp_path, name="bo")
        mailroom.fate = Fate.LOST_BEFORE
        lost = ana.send(make_draft())
        await mailroom.clock.advance(0.1)
        slow = bo.send(make_draft())
        await committed(mailroom)
        bo.suspend()
        assert [ref.id for ref in (await ended(ana, lost)).candidates] == ["1000"]

        bo.resume()
        await ended(bo, slow, within_s=1)

        assert [(each.message, each.candidates) for each in ana.open] == [(ABSENT, ())]


class TestLate:
    """A ticket that is there after everybody has stopped looking for it."""

    async def absent(self, station: CreateStation) -> Outcome:
        station.mailroom.fate = Fate.LOST_BEFORE
        outcome = await ended(station, station.send(make_draft()), within_s=31)
        assert outcome.message == ABSENT
        return outcome

    async def test_the_next_poll_finds_it(self, mailroom: Mailroom, tmp_path: Path) -> None:
        station = await started(mailroom, tmp_path)
        outcome = await self.absent(station)

        mailroom.commit(make_draft())
        await station.poller.fresh(0.0)
        await mailroom.clock.advance(1)

        assert station.open == ()
        assert [(each.intent_id, each.state) for each in station.runs.view.settled] == [
            (outcome.intent_id, CREATED)
        ]
        assert audited(tmp_path) == [None, "unknown", "created"]

    async def test_one_of_many_processes_says_so(self, mailroom: Mailroom, tmp_path: Path) -> None:
        stations = [await started(mailroom, tmp_path, name=name) for name in ("ana", "bo", "cy")]
        await self.absent(stations[0])

        mailroom.commit(make_draft())
        await stations[1].poller.fresh(0.0)
        await mailroom.clock.advance(2)

        assert [station.open for station in stations] == [(), (), ()]
        assert audited(tmp_path) == [None, "unknown", "created"]

    async def test_who_starts_later_finds_it_in_what_is_stored(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station = await started(mailroom, tmp_path)
        await self.absent(station)
        await station.stop()
        mailroom.commit(make_draft())
        reader = await started(mailroom, tmp_path, name="reader", observe=True)
        await reader.poller.fresh(0.0)
        await mailroom.clock.advance(1)
        assert [each.message for each in reader.open] == [ABSENT], "it only looks on"
        mailroom.reads = 0

        again = await started(mailroom, tmp_path)

        assert [each.stage for each in again.open] == [Stage.LOOKING]
        await mailroom.clock.advance(1)
        assert again.open == ()
        assert mailroom.reads == 1, "what time it is there decides"
        assert [each.state for each in again.runs.view.settled] == [CREATED]

    async def test_what_comes_minutes_later_may_be_it(self, mailroom: Mailroom) -> None:
        station = await started(mailroom)
        await self.absent(station)
        await mailroom.clock.advance(120)

        mailroom.commit(make_draft())
        await station.poller.fresh(0.0)
        await mailroom.clock.advance(1)

        assert [each.message for each in station.open] == [
            "qp/1000 may be it: look before sending again"
        ]
        mailroom.commit(make_draft())
        await station.poller.fresh(0.0)
        await mailroom.clock.advance(1)
        assert [each.message for each in station.open] == [
            "2 tickets may be it: qp/1000, qp/1001; look before sending again"
        ]

    async def test_what_cannot_be_compared_for_now_is_compared_soon(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station = await started(mailroom, tmp_path)
        await self.absent(station)
        intents = station.journal.outbox
        assert intents is not None
        failures = [StateError("locked")] * 3

        def held(workspace: str) -> frozenset[str]:
            if failures:
                raise failures.pop()
            return IntentLog.held(intents, workspace)

        intents.held = held  # type: ignore[method-assign]  # a ledger that is locked for a moment

        mailroom.commit(make_draft())
        await station.poller.fresh(0.0)
        await mailroom.clock.advance(3)

        assert not failures
        assert station.open == ()


class TestKilledAndStopped:
    async def test_the_audit_log_has_the_answer_to_who_was_stopped(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        for offset in range(30):
            folder = tmp_path / str(offset)
            folder.mkdir()
            station = await started(mailroom, folder)
            task = station.send(make_draft())
            for _ in range(offset):
                await asyncio.sleep(0)
            station.suspend()
            await mailroom.clock.advance(15)
            station.resume()

            outcome = await ended(station, task, within_s=40)

            assert outcome.state is CREATED
            assert audited(folder) == [None, "created"], offset
            station.kill()  # its follower would go on for all the others

    @pytest.mark.parametrize("observe", [True, False])
    async def test_what_nobody_holds_any_more_is_not_being_sent(
        self, mailroom: Mailroom, tmp_path: Path, *, observe: bool
    ) -> None:
        station, mailroom.fate = await started(mailroom, tmp_path), Fate.HANGS_BEFORE
        other = await started(mailroom, tmp_path, name="bo", observe=observe)
        _ = station.send(make_draft())
        await mailroom.clock.advance(1)
        station.kill()
        await mailroom.clock.advance(5)
        assert [each.stage for each in other.open] == [Stage.SENDING], "it is held still"

        await mailroom.clock.advance(6)

        assert [each.stage for each in other.open] == [Stage.OPEN if observe else Stage.LOOKING]

    @pytest.mark.parametrize(
        ("fate", "after"),
        [
            *((fate, False) for fate in KINDS),
            *((fate, True) for fate in (Fate.CREATED, Fate.REFUSED, Fate.LOST_AFTER)),
        ],
    )
    async def test_killed_at_any_step_nothing_is_lost_or_doubled(
        self, tmp_path: Path, fate: Fate, *, after: bool
    ) -> None:
        """Each step is a read or a write of the journal; at last the create comes to its end."""
        for step in range(1, 40):
            mailroom = Mailroom(QuickClock(), fate=fate)
            folder = tmp_path / str(step)
            folder.mkdir()
            station = await started(mailroom, folder)
            station.dies_in, station.dies_after_work = step, after
            task = station.send(make_draft())
            await mailroom.clock.advance(1.5)
            was_killed = station.is_dead
            station.kill()

            again = await started(mailroom, folder)
            await mailroom.clock.advance(50)

            assert len(mailroom.posts) <= 1
            entries = again.entries()
            assert len(entries) <= 1
            assert len(mailroom.tickets) <= len(entries)
            for entry in entries:
                assert entry.outcome is not None, "it was taken up"
                assert (entry.outcome.state is CREATED) is bool(mailroom.tickets)
                assert entry.is_looked or not entry.is_open
            if task.done():
                (told,) = entries
                assert told.outcome is not None
                assert (task.result().state, task.result().ref) == (
                    told.outcome.state,
                    told.outcome.ref,
                )
            if task.done() or not was_killed:
                break

    async def test_what_was_left_behind_is_there_from_the_first_moment(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station, mailroom.fate = await started(mailroom, tmp_path), Fate.HANGS_AFTER
        _ = station.send(make_draft())
        await mailroom.clock.advance(1)
        station.kill()
        await mailroom.clock.advance(60)
        reads = mailroom.reads

        again = CreateStation(mailroom, tmp_path)
        await again.start()

        assert [each.stage for each in again.open] == [Stage.LOOKING]
        assert again.open[0].message == "the program ended before an answer came"
        await mailroom.clock.advance(0.1)
        assert [each.state for each in again.runs.view.settled] == [CREATED]
        assert mailroom.reads == reads + 1, "what is old is looked for once"

    async def test_an_observer_takes_nothing_up(self, mailroom: Mailroom, tmp_path: Path) -> None:
        station, mailroom.fate = await started(mailroom, tmp_path), Fate.HANGS_AFTER
        _ = station.send(make_draft())
        await mailroom.clock.advance(1)
        station.kill()

        observer = await started(mailroom, tmp_path, observe=True)
        await mailroom.clock.advance(60)

        assert [each.stage for each in observer.open] == [Stage.OPEN]
        assert mailroom.reads == 0

    async def test_one_of_several_processes_takes_it_up(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station, mailroom.fate = await started(mailroom, tmp_path), Fate.HANGS_BEFORE
        others = [await started(mailroom, tmp_path, name=name) for name in ("bo", "cy")]
        _ = station.send(make_draft())
        await mailroom.clock.advance(1)
        station.kill()

        await mailroom.clock.advance(60)

        for other in others:
            assert [(each.stage, each.message) for each in other.open] == [(Stage.OPEN, ABSENT)]
        assert mailroom.reads <= len(("newest", "newest", "newest", "newest", "whole"))

    async def test_quitting_leaves_what_is_looked_for_to_the_next_who_comes(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station, mailroom.fate = await started(mailroom, tmp_path), Fate.LOST_BEFORE
        task = station.send(make_draft())
        await mailroom.clock.advance(5)

        stopping = asyncio.create_task(station.stop())
        await mailroom.clock.advance(0.1)

        assert stopping.done()
        outcome = task.result()
        assert outcome.state is UNKNOWN
        assert outcome.message == ("timed out; it may or may not exist: look before sending again")
        assert [each.id for each in station.runs.left_open()] == [outcome.intent_id]
        again = await started(mailroom, tmp_path)
        assert [each.stage for each in again.open] == [Stage.LOOKING], "at once"
        assert again.runs.left_open() == (), "it is another process's"

    async def test_whoever_quits_sends_nothing_any_more(self, mailroom: Mailroom) -> None:
        station = await started(mailroom)
        await station.stop()

        outcome = await station.send(make_draft())

        assert (outcome.state, outcome.message) == (
            NOT_CREATED,
            "nothing was sent: the program is about to end",
        )
        assert (mailroom.posts, station.entries()) == ([], ())

    async def test_quitting_tells_what_is_open_where_the_ledger_cannot_be_read_any_more(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, bo = await started(mailroom, tmp_path), await started(mailroom, tmp_path, name="bo")
        for station in (ana, bo):
            mailroom.fate = Fate.LOST_BEFORE
            await ended(station, station.send(make_draft(station.name)))
        (tmp_path / "ledger.db").write_bytes(b"no database" * 10_000)

        assert [(each.by, each.message) for each in ana.runs.left_open()] == [("ana", ABSENT)]

    async def test_who_is_refused_at_the_end_stops_nobody_from_quitting(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, bo = await started(mailroom, tmp_path), await started(mailroom, tmp_path, name="bo")
        mailroom.fate = Fate.LOST_BEFORE
        first = await ended(ana, ana.send(make_draft()))
        again = asyncio.create_task(ana.runs.send_again(first.intent_id))
        await asyncio.sleep(0)
        ana.suspend()
        await bo.runs.drop(first.intent_id)
        stopping = asyncio.create_task(ana.stop())
        await mailroom.clock.advance(1)

        ana.resume()
        await stopping

        with pytest.raises(UsageError, match="it was dropped"):
            await again

    async def test_quitting_waits_for_what_is_being_sent(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.CREATED
        station.suspend()
        task = station.send(make_draft())
        await mailroom.clock.advance(0.1)
        station.resume()

        await station.stop()

        assert task.result().state is CREATED

    async def test_what_is_cancelled_unanswered_is_open_for_whoever_comes(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station, mailroom.fate = await started(mailroom, tmp_path), Fate.HANGS_AFTER
        _ = station.send(make_draft())
        await mailroom.clock.advance(1)

        for task in station.runs._sending:
            task.cancel()
        await mailroom.clock.advance(0.1)

        again = await started(mailroom, tmp_path)
        await mailroom.clock.advance(5)
        assert [each.state for each in again.runs.view.settled] == [CREATED]

    async def test_what_others_found_while_it_was_stopped_is_told_to_who_waits(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, mailroom.fate = await started(mailroom, tmp_path), Fate.HANGS_AFTER
        await started(mailroom, tmp_path, name="bo")
        task = ana.send(make_draft())
        await mailroom.clock.advance(1)
        ana.suspend()
        await mailroom.clock.advance(60)
        ana.resume()

        outcome = await ended(ana, task, within_s=5)

        assert (outcome.state, outcome.ref) == (CREATED, mailroom.tickets[0].ref)
        assert audited(tmp_path) == [None, "created"]

    async def test_a_late_answer_counts_for_more_than_what_was_read(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, bo = await started(mailroom, tmp_path), await started(mailroom, tmp_path, name="bo")
        ana.dies_in = None
        task = ana.send(make_draft())
        await asyncio.sleep(0)
        ana.suspend()
        await mailroom.clock.advance(90)
        ana.resume()

        outcome = await ended(ana, task)

        assert outcome.state is CREATED
        assert (ana.open, bo.open) == ((), ())


class TestLookingOnceMore:
    async def absent(self, station: CreateStation, *serials: str) -> None:
        for serial in serials:
            station.mailroom.fate = Fate.LOST_BEFORE
            draft = make_draft(serial, title=f"Trouble {serial}", text=f"Till {serial}")
            await ended(station, station.send(draft))

    async def test_all_that_are_open_are_looked_for_with_one_list(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana = await started(mailroom, tmp_path)
        await self.absent(ana, "1", "2", "3")
        await ana.stop()
        mailroom.commit(make_draft("2", title="Trouble 2", text="Till 2"), age_s=115.0)
        bo = await started(mailroom, tmp_path, name="bo")
        mailroom.reads = 0

        await bo.runs.look_again()

        assert [each.stage for each in bo.open] == [Stage.LOOKING] * 3
        await mailroom.clock.advance(1)
        assert mailroom.reads <= 2, "a list for all, and what time it is there"
        assert [(each.title, each.stage) for each in bo.open] == [
            ("Trouble 1", Stage.OPEN),
            ("Trouble 3", Stage.OPEN),
        ]
        assert [str(each.ref) for each in bo.runs.view.settled] == ["qp/1000"]
        assert not any(each.is_busy(mailroom.clock.now()) for each in bo.entries())
        assert audited(tmp_path).count("created") == 1
        assert audited(tmp_path).count("unknown") == 3, "who looks in vain writes nothing"

    async def test_who_only_observes_calls_nobody(self, mailroom: Mailroom, tmp_path: Path) -> None:
        await self.absent(await started(mailroom, tmp_path), "1")
        observer = await started(mailroom, tmp_path, name="bo", observe=True)
        mailroom.reads = 0

        await observer.runs.look_again()
        await mailroom.clock.advance(5)

        assert [each.stage for each in observer.open] == [Stage.OPEN]
        assert mailroom.reads == 0

    async def test_a_list_that_cannot_be_read_is_told_and_is_read_later(
        self, mailroom: Mailroom
    ) -> None:
        station = await started(mailroom)
        await self.absent(station, "1")
        mailroom.list_failure = mailroom.newest_failure = ConnectionLost("no route")

        await station.runs.look_again()
        await mailroom.clock.advance(0.3)

        assert "no route; it is looked for again" in station.open[0].message
        mailroom.list_failure = mailroom.newest_failure = None
        await mailroom.clock.advance(130)
        assert [(each.stage, each.message) for each in station.open] == [(Stage.OPEN, ABSENT)]

    async def test_who_ends_meanwhile_leaves_nothing_held(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station = await started(mailroom, tmp_path)
        await self.absent(station, "1")

        await station.runs.look_again()
        await station.stop()

        assert not any(each.is_busy(mailroom.clock.now()) for each in station.entries())

    async def test_who_ends_while_it_takes_up_leaves_nothing_held(self, tmp_path: Path) -> None:
        for offset in range(40):
            mailroom, folder = (
                Mailroom(QuickClock(), fate=Fate.HANGS_BEFORE),
                tmp_path / str(offset),
            )
            folder.mkdir()
            killed = await started(mailroom, folder)
            _ = killed.send(make_draft())
            await mailroom.clock.advance(1)
            killed.kill()
            await mailroom.clock.advance(20)
            station = CreateStation(mailroom, folder)
            starting = asyncio.create_task(station.start())
            for _ in range(offset):
                await asyncio.sleep(0)

            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await station.stop()

            assert not any(each.is_busy(mailroom.clock.now()) for each in station.entries())

    async def test_where_nothing_is_open_there_is_no_news(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        assert not (await started(mailroom)).runs.has_news()

        (tmp_path / "ledger.db").write_bytes(b"no database" * 100)
        assert not (await started(mailroom, tmp_path)).runs.has_news()

    async def test_an_outbox_that_cannot_be_read_is_not_called_empty(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        (tmp_path / "ledger.db").write_bytes(b"no database" * 100)
        station = await started(mailroom, tmp_path)

        for ask in (station.runs.read, station.runs.look_again):
            with pytest.raises(StateError, match="damaged"):
                await ask()


class TestAgain:
    async def absent(self, station: CreateStation) -> OpenCreate:
        """Return a create that probably came to nothing."""
        station.mailroom.fate = Fate.LOST_BEFORE
        await ended(station, station.send(make_draft(), key="k"))
        (found,) = station.open
        return found

    async def test_a_person_sends_again_and_that_is_another_create(
        self, mailroom: Mailroom
    ) -> None:
        station = await started(mailroom)
        first = await self.absent(station)

        outcome = await station.runs.send_again(first.id)

        assert outcome.state is CREATED
        assert outcome.intent_id != first.id
        assert [len(mailroom.posts), len(mailroom.tickets)] == [2, 1]
        assert station.open == ()
        old, new = station.entries()
        assert old.is_retried
        assert (old.intent.key, new.intent.key) == (None, "k")
        with pytest.raises(UsageError, match="not sent again: it was sent again before"):
            await station.runs.send_again(first.id)
        with pytest.raises(UsageError, match="not sent again: it was created: qp/1000"):
            await station.runs.send_again(new.intent.id)

    async def test_it_is_still_of_the_draft_that_it_was_written_in(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        work = station.runs.create(make_draft(), draft_id="d1", key=None)
        first = await ended(station, asyncio.create_task(work))

        await station.runs.send_again(first.intent_id)

        assert [each.intent.draft_id for each in station.entries()] == ["d1", "d1"]

    async def test_it_is_looked_for_first_and_not_sent_where_it_is_there_by_now(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station = await started(mailroom, tmp_path)
        first = await self.absent(station)
        mailroom.commit(make_draft(), age_s=35.0)

        outcome = await station.runs.send_again(first.id)

        assert (outcome.state, outcome.intent_id) == (CREATED, first.id)
        assert (str(outcome.ref), outcome.message) == ("qp/1000", f"{FOUND}; nothing was sent")
        assert len(mailroom.posts) == 1
        assert [each.ref for each in station.queue.tickets()] == [outcome.ref]
        assert station.open == ()
        assert audited(tmp_path) == [None, "unknown", "created"]
        last = json.loads((tmp_path / "audit.log").read_text().splitlines()[-1])
        assert last["ref"] == "qp/1000"

    async def test_what_may_be_it_and_nobody_has_seen_is_told_before_it_is_sent_again(
        self, mailroom: Mailroom
    ) -> None:
        station = await started(mailroom)
        first = await self.absent(station)
        mailroom.commit(make_draft(text="Since noon, says another one."), serial="a stranger's")

        outcome = await station.runs.send_again(first.id)

        assert (outcome.state, outcome.intent_id) == (UNKNOWN, first.id)
        assert [str(ref) for ref in outcome.candidates] == ["qp/1000"]
        assert outcome.message.endswith("; nothing was sent")
        assert len(mailroom.posts) == 1
        assert station.open[0].candidates == outcome.candidates

        assert (await station.runs.send_again(first.id)).intent_id != first.id, "they were told"
        assert len(mailroom.posts) == 2

    async def test_a_list_that_cannot_be_read_does_not_stop_a_person(
        self, mailroom: Mailroom
    ) -> None:
        station = await started(mailroom)
        first = await self.absent(station)
        mailroom.list_failure = mailroom.newest_failure = ConnectionLost("no route")

        outcome = await station.runs.send_again(first.id)

        assert outcome.state is CREATED
        assert len(mailroom.posts) == 2
        await mailroom.clock.advance(100)
        assert station.open == ()

    async def test_nobody_here_takes_it_up_before_it_is_sent_again(
        self, mailroom: Mailroom
    ) -> None:
        class WithThreads(CreateStation):
            """The loop goes on while the journal is read or written."""

            async def offload(self, work: Callable[[], T], /) -> T:
                await asyncio.sleep(0)
                return await super().offload(work)

        station = WithThreads(mailroom, None)
        await station.start()
        first = await self.absent(station)
        mailroom.list_failure = mailroom.newest_failure = ConnectionLost("no route")

        async def look_all_the_time() -> None:
            while True:
                await station.runs.look()
                await asyncio.sleep(0)

        looking = asyncio.create_task(look_all_the_time())

        assert (await station.runs.send_again(first.id)).state is CREATED
        looking.cancel()

    async def test_what_is_told_instead_of_sent_is_looked_for_again(
        self, mailroom: Mailroom
    ) -> None:
        station = await started(mailroom)
        first = await self.absent(station)
        mailroom.commit(make_draft(text="Since noon, says another one."), serial="a stranger's")
        mailroom.list_failure = ConnectionLost("no route")

        told = await station.runs.send_again(first.id)

        assert told.message.endswith("no route; it is looked for again; nothing was sent")
        mailroom.list_failure = None
        await mailroom.clock.advance(130)
        assert station.open[0].message == "qp/1000 may be it: look before sending again"

    async def test_what_is_looked_for_now_and_then_is_not_looked_for_twice(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        mailroom.list_failure = mailroom.newest_failure = ConnectionLost("no route")
        first = await ended(station, station.send(make_draft()))
        mailroom.commit(make_draft(text="Since noon, says another one."), serial="a stranger's")
        mailroom.newest_failure = None

        told = await station.runs.send_again(first.intent_id)

        assert told.message.endswith("nothing was sent")
        reads = mailroom.reads
        await mailroom.clock.advance(59)
        assert mailroom.reads - reads <= 2, "a list and the newest, every minute"

    async def test_the_first_and_the_second_are_held_until_they_leave(
        self, mailroom: Mailroom
    ) -> None:
        class Waiting(MailroomVendor):
            waits = False

            async def create(self, draft: Draft) -> Created:
                if self.waits:
                    await asyncio.get_running_loop().create_future()
                return await super().create(draft)

        vendor = Waiting(mailroom, partial(asyncio.sleep, 0))
        station = CreateStation(mailroom, None, vendor=vendor)
        first = await self.absent(station)
        vendor.waits = True

        again = asyncio.create_task(station.runs.send_again(first.id))
        other = station.send(make_draft("2"))
        await mailroom.clock.advance(1)

        now = mailroom.clock.now()
        assert [each.is_busy(now) for each in station.entries()] == [False, True, True]
        again.cancel()
        other.cancel()

    async def test_what_may_be_of_the_first_is_not_taken_for_the_seconds(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        mailroom.list_failure = ConnectionLost("no route")
        task = station.send(make_draft())
        await mailroom.clock.advance(0.1)
        for _ in range(2):
            mailroom.commit(make_draft(), serial="a stranger's")
        first = await ended(station, task)
        assert [ref.id for ref in first.candidates] == ["1000", "1001"]

        mailroom.fate = Fate.LOST_BEFORE
        second = await ended(station, asyncio.create_task(station.runs.send_again(first.intent_id)))

        assert second.intent_id != first.intent_id
        assert second.candidates == ()

    async def test_a_key_that_another_create_has_by_now_stops_it(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.REFUSED
        refused = await ended(station, station.send(make_draft(), key="k"), within_s=1)
        mailroom.fate = Fate.HANGS_BEFORE
        _ = station.send(make_draft(), key="k")
        await mailroom.clock.advance(0.1)

        with pytest.raises(UsageError, match="not sent again: it is being sent or looked for"):
            await station.runs.send_again(refused.intent_id)

    async def test_two_persons_at_once_send_it_again_once(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, bo = await started(mailroom, tmp_path), await started(mailroom, tmp_path, name="bo")
        first = await self.absent(ana)

        tasks = [asyncio.create_task(each.runs.send_again(first.id)) for each in (ana, bo)]
        await mailroom.clock.advance(5)
        ends = await asyncio.gather(*tasks, return_exceptions=True)

        assert len(mailroom.posts) == 2
        refused = [each for each in ends if isinstance(each, UsageError)]
        assert [str(each).startswith("not sent again: it is being sent") for each in refused] == [
            True
        ]

    async def test_what_was_refused_may_be_sent_again(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LATER
        refused = await ended(station, station.send(make_draft()), within_s=1)

        assert (await station.runs.send_again(refused.intent_id)).state is CREATED

    async def test_what_is_on_its_way_is_neither_sent_again_nor_dropped(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.HANGS_BEFORE
        _ = station.send(make_draft())
        await mailroom.clock.advance(0.1)
        (sending,) = station.open

        for act in (station.runs.send_again, station.runs.drop):
            with pytest.raises(UsageError, match="being sent or looked for; try again in a mom"):
                await act(sending.id)
            with pytest.raises(UsageError, match="there is no create none in the outbox"):
                await act("none")
        assert len(mailroom.posts) == 1

    async def test_dropping_needs_no_vendor_and_no_leave_to_write(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana = await started(mailroom, tmp_path)
        left = await self.absent(ana)
        observer = await started(mailroom, tmp_path, name="bo", observe=True)

        with pytest.raises(WriteRefused):
            await observer.runs.send_again(left.id)
        await observer.runs.drop(left.id)

        assert observer.open == ()
        last = json.loads((tmp_path / "audit.log").read_text().splitlines()[-1])
        assert (last["action"], last["intent"], last["outcome"]) == ("drop", left.id, "dropped")
        assert last["who"] == "bo"
        with pytest.raises(UsageError, match="not dropped: it was dropped"):
            await observer.runs.drop(left.id)
        await mailroom.clock.advance(1)
        assert ana.open == ()
        assert ana.runs.view.settled == (), "nobody knows how it ended"

    async def test_what_was_dropped_unanswered_is_not_sent_again(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        killed, mailroom.fate = await started(mailroom, tmp_path), Fate.HANGS_BEFORE
        _ = killed.send(make_draft())
        await mailroom.clock.advance(1)
        killed.kill()
        await mailroom.clock.advance(20)
        station = CreateStation(mailroom, tmp_path)
        (left,) = await station.runs.read()
        await station.runs.drop(left.id)

        with pytest.raises(UsageError, match="not sent again: it was dropped"):
            await station.runs.send_again(left.id)


class TestKeys:
    @pytest.mark.parametrize("fate", [Fate.CREATED, Fate.LOST_AFTER, Fate.LOST_BEFORE])
    async def test_the_same_key_never_sends_twice(self, mailroom: Mailroom, fate: Fate) -> None:
        station, mailroom.fate = await started(mailroom), fate
        first = await ended(station, station.send(make_draft("1"), key="k"))

        second = await ended(station, station.send(make_draft("2"), key="k"))

        assert len(mailroom.posts) == 1
        assert (second.state, second.ref) == (first.state, first.ref)
        assert second.message.startswith("the key k was used before, nothing was sent now")
        kept = fate is Fate.LOST_BEFORE or fate is Fate.LOST_AFTER
        assert ("; its fields were others" in second.message) is kept
        assert (", whatever the fields are" in second.message) is not kept

    async def test_the_same_fields_are_not_called_others(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        await ended(station, station.send(make_draft(), key="k"))

        second = await ended(station, station.send(make_draft(), key="k"))

        assert second.message == (f"the key k was used before, nothing was sent now; {ABSENT}")

    async def test_a_second_call_waits_for_the_first(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        ana, bo = await started(mailroom, tmp_path), await started(mailroom, tmp_path, name="bo")
        mailroom.fate = Fate.COMMITTED_LATE
        tasks = [each.send(make_draft(), key="k") for each in (ana, bo)]

        outcomes = [await ended(ana, task) for task in tasks]

        assert len(mailroom.posts) == 1
        assert [each.state for each in outcomes] == [CREATED, CREATED]

    async def test_a_second_call_waits_for_whoever_takes_up_the_first(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        killed, mailroom.fate = await started(mailroom, tmp_path), Fate.HANGS_AFTER
        _ = killed.send(make_draft(), key="k")
        await mailroom.clock.advance(1)
        killed.kill()
        await mailroom.clock.advance(20)

        station = CreateStation(mailroom, tmp_path)
        second = station.send(make_draft(), key="k")
        await mailroom.clock.advance(5)
        assert not second.done()
        await station.runs.look()

        assert (await ended(station, second)).state is CREATED
        assert len(mailroom.posts) == 1

    async def test_a_second_call_does_not_wait_for_a_vendor_that_cannot_be_read(
        self, mailroom: Mailroom
    ) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        mailroom.list_failure = mailroom.newest_failure = ConnectionLost("no route")
        await ended(station, station.send(make_draft(), key="k"))

        second = await ended(station, station.send(make_draft(), key="k"), within_s=1)

        assert second.message.endswith("no route; it is looked for again")

    async def test_what_was_surely_not_created_does_not_block(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.REFUSED
        await ended(station, station.send(make_draft(), key="k"), within_s=1)

        outcome = await ended(station, station.send(make_draft(), key="k"), within_s=1)

        assert outcome.state is CREATED

    async def test_a_dropped_create_blocks_its_key(self, mailroom: Mailroom) -> None:
        station, mailroom.fate = await started(mailroom), Fate.LOST_BEFORE
        first = await ended(station, station.send(make_draft(), key="k"))
        await station.runs.drop(first.intent_id)

        second = await ended(station, station.send(make_draft(), key="k"))

        assert second.state is UNKNOWN
        assert second.message.endswith("its create was dropped")
        assert len(mailroom.posts) == 1


class TestAroundIt:
    async def test_each_write_and_each_end_is_a_line_without_content(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station, mailroom.fate = await started(mailroom, tmp_path), Fate.LOST_BEFORE
        first = await ended(station, station.send(make_draft()))
        second = await station.runs.send_again(first.intent_id)

        lines = [json.loads(line) for line in (tmp_path / "audit.log").read_text().splitlines()]

        assert [
            (each["action"], each["intent"], each["outcome"], each["ref"]) for each in lines
        ] == [
            ("create", first.intent_id, None, None),
            ("create", first.intent_id, "unknown", None),
            ("retry", second.intent_id, None, None),
            ("retry", second.intent_id, "created", "qp/1000"),
        ]
        assert {each["who"] for each in lines} == {"ana"}
        assert "Tills" not in (tmp_path / "audit.log").read_text()

    async def test_who_has_looked_after_what_is_lost_says_so_once(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        station = await started(mailroom, tmp_path)
        await ended(station, station.send(make_draft()))
        statement(tmp_path / "ledger.db", "UPDATE intents SET at = 0")
        station = await started(mailroom, tmp_path)
        assert station.runs.view.losses

        await station.runs.drop_losses()

        assert not station.runs.view.losses
        last = json.loads((tmp_path / "audit.log").read_text().splitlines()[-1])
        assert (last["who"], last["action"], last["intent"]) == ("ana", "drop", "lost")
        with pytest.raises(UsageError, match=r"^nothing is lost \(see: ticketdeck outbox\)$"):
            await station.runs.drop_losses()

    async def test_an_audit_log_that_cannot_be_written_stops_nothing(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        (tmp_path / "audit.log").mkdir()
        station = await started(mailroom, tmp_path)

        assert (await ended(station, station.send(make_draft()))).state is CREATED

    async def test_what_was_chosen_is_remembered(self, mailroom: Mailroom) -> None:
        station = await started(mailroom)
        await ended(station, station.send(make_draft(priority="high")), within_s=1)

        assert station.journal.remembered is not None
        assert station.journal.remembered.load("ana") == Remembered(
            "qp", {"qp": {"priority": "high"}}
        )

    async def test_old_creates_are_forgotten_after_the_retention(self, mailroom: Mailroom) -> None:
        station = CreateStation(mailroom, None)
        await ended(station, station.send(make_draft()), within_s=1)
        tidying = asyncio.create_task(station.runs.tidy_up())

        mailroom.clock.suspend(31 * 86_400)
        young = await ended(station, station.send(make_draft("2")), within_s=1)
        await mailroom.clock.advance(4 * 3_600)

        assert [each.intent.id for each in station.entries()] == [young.intent_id]
        tidying.cancel()

    async def test_old_creates_are_forgotten_later_where_the_ledger_is_locked(
        self, mailroom: Mailroom
    ) -> None:
        station = CreateStation(mailroom, None)
        await station.send(make_draft())
        intents = station.journal.outbox
        assert intents is not None
        failures = [StateError("locked")]

        def tidy(before: datetime) -> int:
            if failures:
                raise failures.pop()
            return IntentLog.tidy(intents, before)

        intents.tidy = tidy  # type: ignore[method-assign]  # a ledger that is locked for a moment
        tidying = asyncio.create_task(station.runs.tidy_up())
        mailroom.clock.suspend(31 * 86_400)

        await mailroom.clock.advance(4 * 3_600)
        assert len(station.entries()) == 1
        await mailroom.clock.advance(3 * 3_600)

        assert station.entries() == ()
        tidying.cancel()

    async def test_a_workspace_that_is_not_here_any_more_is_named(
        self, mailroom: Mailroom, tmp_path: Path
    ) -> None:
        queues = QUEUES
        other = closed_later(Journal(tmp_path, queues, clock=mailroom.clock))
        station = await started(mailroom, tmp_path)
        assert other.outbox is not None
        draft = replace(make_draft(), workspace="klink")

        with pytest.raises(UsageError, match="no workspace klink"):
            await station.runs.create(draft, draft_id="", key=None)
