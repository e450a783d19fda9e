"""One request and its record: whatever becomes of the disk, of the vendor, and of who waits."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.journal import open_outbox
from support.offload import at_once
from support.sources import make_allowance
from support.vendors import CreatingVendor, FetchingVendor
from tui.domain.draft import Created, Draft, Outcome, OutcomeState
from tui.domain.errors import ConnectionLost, CredentialError, StateError, Unreachable
from tui.domain.ports import CallGate, Intent
from tui.domain.ticket import Ticket, TicketRef
from tui.engine.hold import HOLD
from tui.engine.offload import Offload
from tui.engine.outbox import send, show
from tui.store.entry import INTERRUPTED, Entry
from tui.store.intents import IntentLog

T = TypeVar("T")

NOT_RECORDED = "qp: the outcome is not recorded: the disk is full"


class SlowDisk:
    """Works at once until it is told to hold, as while another process has the ledger locked."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.free.set()

    async def __call__(self, work: Callable[[], T], /) -> T:
        await self.free.wait()
        return work()


class FullDisk:
    """Takes nothing any more, or nothing after `room` works."""

    def __init__(self, room: int = 0) -> None:
        self.room = room

    async def __call__(self, work: Callable[[], T], /) -> T:
        if not self.room:
            raise StateError("the disk is full")
        self.room -= 1
        return work()


def recorded(outbox: IntentLog, intent_id: str = "a") -> Intent:
    """Return an intent that is in the outbox, and held."""
    intent = Intent(id=intent_id, draft=Draft("qp", {"comment": "Line down"}), at=NOON)
    assert outbox.record(intent, NOON + HOLD) is None
    return intent


async def sent(
    vendor: CreatingVendor, outbox: IntentLog, offload: Offload = at_once, intent_id: str = "a"
) -> Outcome:
    intent = recorded(outbox, intent_id)
    return await send(intent, vendor, outbox, clock=FakeClock(), offload=offload)


def the(outbox: IntentLog, intent_id: str = "a") -> Entry:
    entry = outbox.entry(intent_id)
    assert entry is not None
    return entry


def state_in(outbox: IntentLog) -> OutcomeState | None:
    outcome = the(outbox).outcome
    return None if outcome is None else outcome.state


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_created_ticket_stays_created_where_that_cannot_be_recorded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outbox = open_outbox(None)

    outcome = await sent(CreatingVendor(), outbox, FullDisk())

    assert outcome.state is OutcomeState.CREATED
    assert str(outcome.ref) == "qp/new-1"
    assert the(outbox).is_open, "it is looked for, and found"
    assert caplog.messages == [NOT_RECORDED]


async def test_what_is_not_answered_stays_held_for_who_looks_for_it() -> None:
    outbox, vendor = open_outbox(None), CreatingVendor()
    vendor.failure_of_create = RuntimeError("key-4711 leaked")

    outcome = await sent(vendor, outbox)

    assert (outcome.state, outcome.message) == (
        OutcomeState.UNKNOWN,
        "internal error: RuntimeError",
    )
    assert the(outbox).is_busy(NOON)
    assert vendor.posts == 1


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (Unreachable("connection refused"), "connection refused"),
        (
            CredentialError("QP_KEY is not set", advice="set QP_KEY"),
            "QP_KEY is not set; set QP_KEY",
        ),
        (CredentialError("QP_KEY is not set"), "QP_KEY is not set"),
    ],
)
async def test_why_nothing_was_created_is_told(failure: Exception, message: str) -> None:
    vendor = CreatingVendor()
    vendor.failure_of_create = failure

    outcome = await sent(vendor, open_outbox(None))

    assert (outcome.state, outcome.message) == (OutcomeState.NOT_CREATED, message)


async def test_a_vendor_that_names_one_ticket_for_two_creates_is_not_believed_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outbox = open_outbox(None)
    first = await sent(CreatingVendor(), outbox)

    second = await sent(CreatingVendor(), outbox, intent_id="b")

    assert first.state is OutcomeState.CREATED
    assert second.state is OutcomeState.UNKNOWN
    assert second.candidates == (first.ref,)
    assert second.message.startswith("the vendor answered with qp/new-1, which another create has")
    assert the(outbox, "b").is_looked, "reading tells nothing more"
    assert not the(outbox, "b").is_busy(NOON)
    third = await sent(CreatingVendor(), outbox, FullDisk(room=1), intent_id="c")
    assert third == replace(second, intent_id="c"), "whether that can be recorded or not"
    assert caplog.messages == [NOT_RECORDED]


class TestShowing:
    """The ticket of a create whose answer had none."""

    created = Outcome(intent_id="a", state=OutcomeState.CREATED, ref=make_ticket("7").ref)

    async def test_the_vendor_is_asked_for_it(self) -> None:
        vendor = FetchingVendor([make_ticket("6"), make_ticket("7")])

        assert await show(vendor, self.created) == replace(self.created, ticket=make_ticket("7"))

    async def test_it_is_not_asked_for_what_it_answered_with(self) -> None:
        answered = replace(self.created, ticket=make_ticket("7", title="As it was answered"))

        assert await show(FetchingVendor([make_ticket("7")]), answered) == answered

    async def test_where_there_is_no_ticket_nobody_is_asked(self) -> None:
        refused = Outcome(intent_id="a", state=OutcomeState.NOT_CREATED)

        assert await show(FetchingVendor(), refused) == refused

    async def test_where_it_cannot_be_read_it_was_created_all_the_same(self) -> None:
        class Away(FetchingVendor):
            async def fetch_ticket(self, ref: TicketRef) -> Ticket:
                raise ConnectionLost(f"{ref}: no route")

        assert await show(Away(), self.created) == self.created


async def nothing() -> None:
    pass


class GatedVendor(CreatingVendor):
    """Waits at the gate and tells it of its first byte, as every vendor does."""

    def __init__(self, gate: CallGate) -> None:
        super().__init__()
        self._gate = gate
        self.reached: Callable[[], Awaitable[None]] = nothing
        """Between the gate and the first byte: a name server, a connection."""

    async def create(self, draft: Draft) -> Created:
        await self._gate.admit()
        await self.reached()
        await self._gate.leave()
        return await super().create(draft)


class TestLeaving:
    @pytest.fixture
    def vendor(self) -> GatedVendor:
        return GatedVendor(make_allowance(FakeClock()).gate("qp"))

    async def test_what_is_open_leaves_and_is_held(self, vendor: GatedVendor) -> None:
        outbox = open_outbox(None)
        vendor.failure_of_create = ConnectionLost("timed out")

        outcome = await sent(vendor, outbox)

        assert (outcome.state, vendor.posts) == (OutcomeState.UNKNOWN, 1)
        assert the(outbox).is_busy(NOON + HOLD / 2)

    async def test_what_was_sent_again_while_its_process_was_stopped_does_not_leave(
        self, vendor: GatedVendor
    ) -> None:
        clock = FakeClock()
        outbox = open_outbox(None, clock=clock)
        intent = recorded(outbox)
        clock.jump(60)
        again = replace(intent, id="b", at=clock.now())
        assert outbox.supersede("a", again, clock.now() + HOLD) is None

        outcome = await send(intent, vendor, outbox, clock=clock, offload=at_once)

        assert vendor.posts == 0
        assert outcome.state is OutcomeState.UNKNOWN, "the other one's ticket may exist"
        assert outcome.message.startswith("nothing was sent from here: it was sent again")
        assert the(outbox).is_retried

    @pytest.mark.parametrize("is_looked", [False, True])
    async def test_what_another_process_looks_for_or_has_looked_for_does_not_leave(
        self, vendor: GatedVendor, *, is_looked: bool
    ) -> None:
        """It stood still after the gate had let it through: a name server, a connection."""
        clock = FakeClock()
        outbox = open_outbox(None, clock=clock)
        intent = recorded(outbox)

        async def another_takes_it_up() -> None:
            clock.jump(60)
            (taken,) = outbox.take_up(clock.now(), clock.now() + HOLD, ["qp"])
            assert taken.outcome is None
            if is_looked:
                outbox.resolve(replace(absent, intent_id="a"), is_looked=True)

        absent = Outcome(intent_id="", state=OutcomeState.UNKNOWN, message="not found")
        vendor.reached = another_takes_it_up

        outcome = await send(intent, vendor, outbox, clock=clock, offload=at_once)

        assert vendor.posts == 0
        assert outcome.state is OutcomeState.NOT_CREATED
        assert outcome.message.startswith("nothing was sent: this process stood still")
        assert not the(outbox).is_open, "nobody needs to look any more"
        assert state_in(outbox) is OutcomeState.NOT_CREATED

    async def test_what_does_not_leave_is_not_created_where_that_cannot_be_recorded(
        self, vendor: GatedVendor, caplog: pytest.LogCaptureFixture
    ) -> None:
        clock = FakeClock()
        outbox = open_outbox(None, clock=clock)
        intent = recorded(outbox)

        async def it_is_dropped() -> None:
            clock.jump(60)
            assert outbox.drop("a")

        vendor.reached = it_is_dropped
        outcome = await send(intent, vendor, outbox, clock=clock, offload=FullDisk(room=1))

        assert outcome.state is OutcomeState.NOT_CREATED
        assert caplog.messages == [NOT_RECORDED]

    async def test_what_nobody_took_up_meanwhile_leaves_however_long_it_took(
        self, vendor: GatedVendor
    ) -> None:
        clock = FakeClock()
        outbox = open_outbox(None, clock=clock)
        intent = recorded(outbox)

        async def it_takes_long() -> None:
            clock.jump(60)

        vendor.reached = it_takes_long
        outcome = await send(intent, vendor, outbox, clock=clock, offload=at_once)

        assert (outcome.state, vendor.posts) == (OutcomeState.CREATED, 1)

    async def test_what_the_gate_cannot_tell_from_the_disk_was_not_sent(
        self, vendor: GatedVendor
    ) -> None:
        outbox = open_outbox(None)

        outcome = await sent(vendor, outbox, FullDisk())

        assert vendor.posts == 0
        assert (outcome.state, outcome.message) == (
            OutcomeState.NOT_CREATED,
            "nothing was sent: the disk is full",
        )

    async def test_calls_that_only_read_are_not_checked(self, vendor: GatedVendor) -> None:
        outbox = open_outbox(None)
        await sent(vendor, outbox)

        gate = make_allowance(FakeClock()).gate("qp")
        await gate.admit()
        await gate.leave()


class TestALockedLedger:
    """It keeps the outcome waiting, and nothing else."""

    async def answered(self) -> tuple["asyncio.Task[Outcome]", IntentLog, SlowDisk]:
        """Return a create that its vendor has answered, whose outcome waits for the disk."""
        vendor, outbox, disk = CreatingVendor(), open_outbox(None), SlowDisk()
        vendor.before_answer = disk.free.clear
        task = asyncio.create_task(sent(vendor, outbox, disk))
        await settle()
        assert vendor.posts == 1
        return task, outbox, disk

    async def test_the_engine_goes_on_while_the_outcome_waits_for_the_disk(self) -> None:
        task, outbox, disk = await self.answered()

        assert not task.done()
        assert the(outbox).is_open
        disk.free.set()

        assert (await task).state is OutcomeState.CREATED
        assert not the(outbox).is_open

    async def test_a_create_that_is_cancelled_again_and_again_keeps_its_outcome(self) -> None:
        task, outbox, disk = await self.answered()

        for _ in range(3):
            task.cancel()
            await settle()
            assert not task.done()
        disk.free.set()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert state_in(outbox) is OutcomeState.CREATED

    async def test_the_end_of_the_engine_leaves_no_outcome_behind(self) -> None:
        task, outbox, _ = await self.answered()

        for each in asyncio.all_tasks() - {asyncio.current_task()}:
            each.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert state_in(outbox) is OutcomeState.CREATED

    async def test_a_create_that_is_cancelled_unanswered_is_left_to_others_at_once(self) -> None:
        vendor, outbox, disk = CreatingVendor(), open_outbox(None), SlowDisk()
        vendor.create_gate = asyncio.Event()
        task = asyncio.create_task(sent(vendor, outbox, disk))
        await settle()

        disk.free.clear()
        task.cancel()
        await settle()
        assert not task.done()
        disk.free.set()
        with pytest.raises(asyncio.CancelledError):
            await task

        left = the(outbox)
        assert left.outcome is not None
        assert (left.outcome.state, left.outcome.message) == (OutcomeState.UNKNOWN, INTERRUPTED)
        assert not left.is_busy(NOON)

    async def test_a_create_that_is_cancelled_unanswered_ends_where_the_disk_is_full(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        vendor = CreatingVendor()
        vendor.create_gate = asyncio.Event()
        task = asyncio.create_task(sent(vendor, open_outbox(None), FullDisk()))
        await settle()

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert caplog.messages == [NOT_RECORDED]
