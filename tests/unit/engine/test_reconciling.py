"""What one look at a vendor's tickets tells of a create, and what it leaves as it was."""

import asyncio
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from support.builders import NOON
from support.create_station import (
    Awake,
    CreateStation,
    Mailroom,
    MailroomVendor,
    QuickClock,
    make_draft,
)
from tui.domain.draft import Outcome, OutcomeState
from tui.domain.errors import ConnectionLost, StateError
from tui.domain.page import Page, PageKey, Skipped
from tui.domain.ports import Intent
from tui.domain.ticket import Ticket, TicketRef
from tui.engine.reconciling import ABSENT, FOUND, Looked, Reconciler, end_of
from tui.engine.whole_list import WholeLists
from tui.store.entry import Entry

CREATED, NOT_CREATED, UNKNOWN = OutcomeState
INCOMPLETE = "not found, but not every ticket can be read: look before sending again"


async def awake() -> None:
    pass


class Skipping(MailroomVendor):
    """One of its tickets cannot be read."""

    async def fetch_page(self, key: PageKey) -> Page:
        page = await super().fetch_page(key)
        skipped = (Skipped(where="page 1, item 1", reason="it has no id"),)
        return replace(page, skipped=skipped, total=len(page.tickets) + 1)


class Noting(MailroomVendor):
    """Notes when it is read, and from when on its newest are asked for."""

    def __init__(self, mailroom: Mailroom, awake: Awake) -> None:
        super().__init__(mailroom, awake)
        self.began = mailroom.clock.now()
        self.reads: list[tuple[str, float]] = []
        self.since: list[datetime] = []

    async def fetch_page(self, key: PageKey) -> Page:
        self.note("list")
        return await super().fetch_page(key)

    async def fetch_newest(self, since: datetime) -> Sequence[Ticket]:
        self.note("newest")
        self.since.append(since)
        return await super().fetch_newest(since)

    def note(self, what: str) -> None:
        self.reads.append((what, (self._mailroom.clock.now() - self.began).total_seconds()))


class Desk:
    """A reconciler over a ledger in memory; nothing happens by itself."""

    def __init__(self, vendor: type[MailroomVendor] = MailroomVendor) -> None:
        self.mailroom = Mailroom(QuickClock())
        self.clock = self.mailroom.clock
        self.vendor = vendor(self.mailroom, awake)
        station = self._station = CreateStation(self.mailroom, None, vendor=self.vendor)
        assert station.journal.outbox is not None
        self.poller = station.poller
        self.outbox = station.journal.outbox
        self.reconciler = Reconciler(
            self.outbox,
            station.queue,
            WholeLists(station.queue, clock=self.clock, pull=station.follower.pull),
            lambda _: self.poller,
            clock=self.clock,
            offload=station.offload,
        )

    def left(self, **values: str) -> Intent:
        """Return a create that was sent just now, and whose answer never came."""
        intent = Intent(
            id=f"intent-{len(self.outbox.entries())}",
            draft=make_draft(**values),
            at=self.clock.now(),
        )
        assert self.outbox.record(intent, self.clock.now()) is None
        return intent

    def absent(self, **values: str) -> Intent:
        """Return one that was looked for to the end as well."""
        intent = self.left(**values)
        self.outbox.resolve(told(intent, ABSENT), is_looked=True)
        return intent

    def entry(self, intent: Intent) -> Entry:
        entry = self.outbox.entry(intent.id)
        assert entry is not None
        return entry

    async def poll(self) -> None:
        """Have the queue hold the vendor's list as it is now."""
        await self.poller.fresh(0.0)
        await self._station.follower.pull()

    async def compare(self, intent: Intent, *, may_call: bool = False) -> Looked | None:
        entry = self.entry(intent)
        if may_call:
            return await self.reconciler.compare(entry, intent.at, may_call=True)
        return await self.reconciler.compare(entry, intent.at)

    async def needs_call(self, intent: Intent) -> bool:
        return await self.reconciler.needs_call(self.entry(intent), intent.at)


def told(intent: Intent, message: str, *candidates: str) -> Outcome:
    refs = tuple(TicketRef("qp", each) for each in candidates)
    return Outcome(intent_id=intent.id, state=UNKNOWN, message=message, candidates=refs)


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestComparing:
    """A create that was looked for to the end, and what came into the queue since."""

    async def test_while_nobody_tells_what_time_it_is_there_it_may_be_it(self, desk: Desk) -> None:
        intent = desk.absent()
        desk.mailroom.commit(make_draft())
        await desk.poll()
        reads = desk.mailroom.reads
        assert await desk.needs_call(intent)

        looked = await desk.compare(intent)

        expected = told(intent, "qp/1000 may be it: look before sending again", "1000")
        assert looked == Looked(expected)
        assert desk.entry(intent).outcome == expected
        assert desk.entry(intent).is_looked, "nobody takes it up"
        assert await desk.needs_call(intent), "it would be clear"
        assert desk.mailroom.reads == reads

    async def test_a_call_tells_what_time_it_is_there_and_so_whose_ticket_it_is(
        self, desk: Desk
    ) -> None:
        intent, other = desk.absent(), desk.absent(title="Orders vanish", text="All of them.")
        for each in (intent, other):
            desk.mailroom.commit(each.draft)
        await desk.poll()
        reads = desk.mailroom.reads

        looked = await desk.compare(intent, may_call=True)

        assert looked is not None
        assert (looked.outcome.state, looked.outcome.message) == (CREATED, FOUND)
        assert desk.mailroom.reads == reads + 1
        assert not await desk.needs_call(other), "it is known by now"

    async def test_a_call_is_worth_it_for_what_nobody_was_told_of_yet(self, desk: Desk) -> None:
        intent = desk.absent()
        desk.mailroom.commit(make_draft(email="zoe@z.example"))
        await desk.poll()
        assert await desk.needs_call(intent)

        assert await desk.compare(intent) is not None

        assert not await desk.needs_call(intent)

    async def test_who_waits_for_its_first_look_is_not_compared(self, desk: Desk) -> None:
        intent = desk.left()
        desk.mailroom.commit(make_draft())
        await desk.poll()

        assert not await desk.needs_call(intent)
        assert await desk.compare(intent) is None
        assert desk.entry(intent).outcome is None

    async def test_what_a_person_settled_meanwhile_stays_so(self, desk: Desk) -> None:
        intent = desk.absent()
        before = desk.entry(intent)
        desk.mailroom.commit(make_draft())
        await desk.poll()
        assert desk.outbox.drop(intent.id)

        assert not await desk.reconciler.needs_call(before, intent.at)
        assert await desk.reconciler.compare(before, intent.at) is None
        assert desk.entry(intent).is_dropped

    async def test_tickets_are_named_as_people_speak_of_them(self, desk: Desk) -> None:
        intent = desk.left()
        desk.outbox.resolve(told(intent, "qp/999 may be it", "999"), is_looked=True)
        for _ in range(2):
            desk.mailroom.commit(make_draft())
        desk.mailroom.tickets[0] = replace(desk.mailroom.tickets[0], number="K-7")
        await desk.poll()

        looked = await desk.compare(intent)

        assert looked is not None
        assert looked.outcome.message == (
            "3 tickets may be it: qp/999, qp/K-7, qp/1001; look before sending again"
        )

    @pytest.mark.parametrize(
        ("vendor", "message"), [(MailroomVendor, ABSENT), (Skipping, INCOMPLETE)]
    )
    async def test_what_turns_out_to_be_another_ones_is_none_any_more(
        self, vendor: type[MailroomVendor], message: str
    ) -> None:
        desk = Desk(vendor)
        intent, other = desk.left(), desk.left(title="Orders vanish")
        desk.outbox.resolve(told(intent, "qp/1000 may be it", "1000"), is_looked=True)
        desk.mailroom.commit(other.draft)
        await desk.poll()
        assert await desk.compare(intent) is None, "as it was"

        desk.outbox.resolve(Outcome(intent_id=other.id, state=CREATED, ref=TicketRef("qp", "1000")))

        looked = await desk.compare(intent)
        assert looked == Looked(told(intent, message))


class TestPursuing:
    """Looking again and again after the request ended."""

    @pytest.mark.parametrize(
        ("elapsed_s", "reads"),
        [
            (0, [("newest", 1), ("newest", 4), ("newest", 10), ("newest", 20), ("list", 30)]),
            (10, [("newest", 10), ("newest", 20), ("list", 30)]),
            (15, [("newest", 15), ("newest", 20), ("list", 30)]),
            (25, [("list", 30)]),
            (40, [("list", 40)]),
        ],
    )
    async def test_the_newest_are_read_sooner_and_later_and_at_last_the_whole_list(
        self, elapsed_s: float, reads: list[tuple[str, float]]
    ) -> None:
        desk = Desk(Noting)
        intent = desk.left()
        desk.clock.jump(elapsed_s)

        pursuing = asyncio.create_task(desk.reconciler.pursue(intent, intent.at))
        await desk.clock.advance(60)

        assert pursuing.result() == Looked(told(intent, ABSENT))
        assert isinstance(desk.vendor, Noting)
        assert desk.vendor.reads == reads

    @pytest.mark.parametrize(("ahead_s", "earlier_s"), [(0, 0), (3_600, 0), (-3_600, 3_599)])
    async def test_the_newest_are_those_of_then_by_the_vendors_clock(
        self, ahead_s: float, earlier_s: float
    ) -> None:
        """What the whole seconds of an answer's date may hide is no skew."""
        desk = Desk(Noting)
        desk.mailroom.skew_s = ahead_s
        intent = desk.left()

        pursuing = asyncio.create_task(desk.reconciler.pursue(intent, intent.at))
        await desk.clock.advance(5)
        pursuing.cancel()

        two_minutes_before = intent.at - timedelta(minutes=2)
        assert isinstance(desk.vendor, Noting)
        assert desk.vendor.since == [
            two_minutes_before,
            two_minutes_before - timedelta(seconds=earlier_s),
        ]

    async def test_what_cannot_be_looked_up_for_now_is_at_the_next_look(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        intent = desk.left()
        desk.mailroom.commit(make_draft())
        failures = [StateError("the ledger is locked")]
        held = desk.outbox.held

        def held_later(workspace: str) -> frozenset[str]:
            if failures:
                raise failures.pop()
            return held(workspace)

        desk.outbox.held = held_later  # type: ignore[method-assign]  # locked for a moment
        desk.mailroom.newest_failure = ConnectionLost("no route")
        pursuing = asyncio.create_task(desk.reconciler.pursue(intent, intent.at))
        await desk.clock.advance(3)
        desk.mailroom.newest_failure = RuntimeError("a defect of ours")
        await desk.clock.advance(2)
        assert not pursuing.done()
        desk.mailroom.newest_failure = None
        await desk.clock.advance(6)

        assert pursuing.result().outcome.message == FOUND
        assert caplog.messages == [
            "qp: the newest tickets were not read: no route",
            "qp: not looked for now: the ledger is locked",
            "qp: the newest tickets: RuntimeError",
        ]


class TestLookingWholly:
    async def test_a_list_of_too_early_proves_nothing(self, desk: Desk) -> None:
        """What the vendor has taken may not be shown yet."""
        intent = desk.left()
        desk.clock.jump(15)

        looked = await desk.reconciler.look_wholly(intent, intent.at)

        unread = "nobody knows whether it exists: the list was not read whole"
        assert looked == Looked(
            told(intent, f"{unread}; it is looked for again"), is_to_the_end=False
        )
        desk.clock.jump(15)
        assert await desk.reconciler.look_wholly(intent, intent.at) == Looked(told(intent, ABSENT))

    async def test_what_cannot_be_read_may_be_it(self) -> None:
        desk = Desk(Skipping)
        intent = desk.left()
        desk.clock.jump(30)

        looked = await desk.reconciler.look_wholly(intent, intent.at)

        assert looked == Looked(told(intent, INCOMPLETE))

    async def test_a_ticket_that_another_create_gets_at_that_moment_is_not_its_own(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        intent, other = desk.left(), desk.left(title="Orders vanish")
        ticket = desk.mailroom.commit(make_draft())
        desk.clock.jump(30)
        claim = desk.outbox.claim

        def claim_late(outcome: Outcome) -> bool:
            desk.outbox.resolve(Outcome(intent_id=other.id, state=CREATED, ref=ticket.ref))
            return claim(outcome)

        monkeypatch.setattr(desk.outbox, "claim", claim_late)

        looked = await desk.reconciler.look_wholly(intent, intent.at)

        assert looked == Looked(told(intent, ABSENT))

    async def test_a_ledger_that_cannot_be_read_settles_nothing(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def locked(workspace: str) -> frozenset[str]:
            raise StateError("the ledger is locked")

        intent = desk.left()
        desk.clock.jump(30)
        monkeypatch.setattr(desk.outbox, "held", locked)

        looked = await desk.reconciler.look_wholly(intent, intent.at)

        assert looked == Looked(
            told(intent, "nobody knows whether it exists: the ledger is locked"),
            is_to_the_end=False,
        )

    async def test_what_cannot_be_written_is_not_to_the_end(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def full(outcome: Outcome, *, is_looked: bool) -> bool:
            raise StateError("the disk is full")

        intent = desk.left()
        desk.clock.jump(30)
        monkeypatch.setattr(desk.outbox, "resolve", full)

        looked = await desk.reconciler.look_wholly(intent, intent.at)

        assert looked == Looked(told(intent, ABSENT), is_to_the_end=False)
        assert "what was looked for is not recorded: the disk is full" in caplog.messages


def test_each_workspace_has_a_clock_of_its_own(desk: Desk) -> None:
    here, there = desk.poller, copy(desk.poller)
    there.source = replace(here.source, workspace=replace(here.source.workspace, name="klink"))
    clock_of = desk.reconciler._clock_of

    assert clock_of(here) is clock_of(here)
    assert clock_of(here) is not clock_of(there)


class TestEnds:
    """How a create ended that somebody else has settled."""

    intent = Intent(id="a", draft=make_draft(), at=NOON)
    failed = Outcome(intent_id="a", state=NOT_CREATED, message="400")

    @pytest.mark.parametrize(
        ("entry", "end"),
        [
            (None, told(intent, "it was dropped")),
            (Entry(intent=intent, outcome=failed, is_dropped=True), told(intent, "it was dropped")),
            (
                Entry(intent=intent, outcome=failed, is_retried=True),
                told(intent, "it was sent again"),
            ),
            (Entry(intent=intent, outcome=failed), failed),
            (Entry(intent=intent, outcome=None), told(intent, "")),
        ],
    )
    def test_it_is_told_as_the_ledger_has_it(self, entry: Entry | None, end: Outcome) -> None:
        assert end_of(self.intent, entry) == end
