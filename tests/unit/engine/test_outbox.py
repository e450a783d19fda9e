import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from support.builders import NOON
from support.clock import FakeClock
from support.journal import QUEUES, closed_later
from support.offload import at_once
from support.vendors import CreatingVendor, FetchingVendor, ListVendor
from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.errors import (
    BadRequest,
    BadResponse,
    BudgetSpent,
    ConnectionLost,
    CredentialError,
    CredentialRefused,
    Forbidden,
    NotFound,
    RateLimited,
    Redirected,
    Unreachable,
    UsageError,
    VendorFailure,
    WriteRefused,
)
from tui.domain.ports import Outbox, Vendor
from tui.domain.workspace import Workspace
from tui.engine.offload import Offload
from tui.engine.outbox import OwnCreates, create_ticket
from tui.store.ledger import Ledger
from tui.store.outbox import ClosedOutbox

WORKSPACE = Workspace(name="qp", vendor="v", title="QuestionPro EU", link="https://a.example/{id}")
DRAFT = Draft("qp", {"comment": "Line down"})

T = TypeVar("T")


class SlowDisk:
    """Works at once until it is told to hold, as while another process has the ledger locked."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.free.set()

    async def __call__(self, work: Callable[[], T], /) -> T:
        await self.free.wait()
        return work()


async def create(
    vendor: Vendor,
    outbox: Outbox | None = None,
    workspace: Workspace = WORKSPACE,
    offload: Offload = at_once,
) -> Outcome:
    return await create_ticket(
        DRAFT,
        workspace=workspace,
        vendor=vendor,
        outbox=outbox or open_outbox(),
        clock=FakeClock(),
        offload=offload,
    )


def open_outbox() -> Ledger:
    return closed_later(Ledger.in_memory(QUEUES, clock=FakeClock()))


async def test_a_created_ticket_comes_as_the_vendor_shows_it() -> None:
    outcome = await create(CreatingVendor())

    assert outcome.state is OutcomeState.CREATED
    assert str(outcome.ref) == "qp/new-1"
    assert outcome.ticket is not None
    assert outcome.ticket.url is None


async def test_what_cannot_be_remembered_is_not_sent() -> None:
    vendor = CreatingVendor()

    outcome = await create(vendor, ClosedOutbox("the disk is full"))

    assert outcome.state is OutcomeState.NOT_CREATED
    assert outcome.message == "nothing was sent: the disk is full"
    assert vendor.posts == 0


async def test_a_created_ticket_stays_created_where_that_cannot_be_recorded() -> None:
    outbox = open_outbox()
    vendor = CreatingVendor()
    vendor.before_answer = outbox.close

    outcome = await create(vendor, outbox)

    assert outcome.state is OutcomeState.CREATED
    assert str(outcome.ref) == "qp/new-1"


async def test_where_only_the_id_comes_back_the_ticket_is_fetched() -> None:
    vendor = FetchingVendor()
    vendor.shows_ticket = False

    outcome = await create(vendor)

    assert outcome.ticket is not None


async def test_a_ticket_that_cannot_be_shown_is_created_all_the_same() -> None:
    vendor = CreatingVendor()
    vendor.shows_ticket = False

    outcome = await create(vendor)

    assert outcome.state is OutcomeState.CREATED
    assert outcome.ticket is None


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (BadRequest("comment is required", status=400), OutcomeState.NOT_CREATED),
        (CredentialRefused("bad key", status=401), OutcomeState.NOT_CREATED),
        (Forbidden("no", status=403), OutcomeState.NOT_CREATED),
        (NotFound("no workspace", status=404), OutcomeState.NOT_CREATED),
        (Redirected("elsewhere", status=307), OutcomeState.NOT_CREATED),
        (RateLimited("later", status=429), OutcomeState.NOT_CREATED),
        (BudgetSpent("spent", status=429), OutcomeState.NOT_CREATED),
        (Unreachable("connection refused"), OutcomeState.NOT_CREATED),
        (VendorFailure("no", nothing_was_created=True), OutcomeState.NOT_CREATED),
        (CredentialError("not set"), OutcomeState.NOT_CREATED),
        (VendorFailure("oops", status=500), OutcomeState.UNKNOWN),
        (BadResponse("HTML", status=200), OutcomeState.UNKNOWN),
        (ConnectionLost("timed out"), OutcomeState.UNKNOWN),
        (RuntimeError("a defect of ours"), OutcomeState.UNKNOWN),
    ],
)
async def test_outcomes_are_never_guessed(failure: Exception, state: OutcomeState) -> None:
    vendor, outbox = CreatingVendor(), open_outbox()
    vendor.failure_of_create = failure

    outcome = await create(vendor, outbox)

    assert outcome.state is state
    assert vendor.posts == 1
    assert bool(outbox.open_intents()) is (state is OutcomeState.UNKNOWN)
    if state is OutcomeState.UNKNOWN:
        assert "look before sending again" in outcome.message
    else:
        assert outcome.message == str(failure)
    refused = isinstance(failure, CredentialError | CredentialRefused | Forbidden)
    assert outcome.credential_refused is refused


async def test_the_intent_is_kept_before_anything_is_sent() -> None:
    vendor, outbox = CreatingVendor(), open_outbox()
    vendor.create_gate = asyncio.Event()

    task = asyncio.create_task(create(vendor, outbox))
    await asyncio.sleep(0)
    intents = outbox.open_intents()
    vendor.create_gate.set()
    await task

    assert [(intent.draft, intent.at) for intent in intents] == [(DRAFT, NOON)]
    assert outbox.open_intents() == ()


async def test_a_cancelled_create_stays_open() -> None:
    vendor, outbox = CreatingVendor(), open_outbox()
    vendor.create_gate = asyncio.Event()
    task = asyncio.create_task(create(vendor, outbox))
    await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert len(outbox.open_intents()) == 1


class TestALockedLedger:
    """It keeps the outcome waiting, and nothing else."""

    async def answered(self) -> tuple[asyncio.Task[Outcome], Ledger, SlowDisk]:
        """Return a create that its vendor has answered, whose outcome waits for the disk."""
        vendor, outbox, disk = CreatingVendor(), open_outbox(), SlowDisk()
        vendor.before_answer = disk.free.clear
        task = asyncio.create_task(create(vendor, outbox, offload=disk))
        await settle()
        assert vendor.posts == 1
        return task, outbox, disk

    async def test_the_engine_goes_on_while_the_outcome_waits_for_the_disk(self) -> None:
        task, outbox, disk = await self.answered()

        assert not task.done()
        assert len(outbox.open_intents()) == 1
        disk.free.set()

        assert (await task).state is OutcomeState.CREATED
        assert outbox.open_intents() == ()

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

    async def test_a_create_that_is_cancelled_unanswered_is_recorded_as_unknown(self) -> None:
        vendor, outbox, disk = CreatingVendor(), open_outbox(), SlowDisk()
        vendor.create_gate = asyncio.Event()
        task = asyncio.create_task(create(vendor, outbox, offload=disk))
        await settle()

        disk.free.clear()
        task.cancel()
        await settle()
        assert not task.done()
        disk.free.set()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert state_in(outbox) is OutcomeState.UNKNOWN


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def state_in(outbox: Ledger) -> OutcomeState | None:
    """Return how the one create in the ledger ended, as far as was recorded."""
    (entry,) = outbox.entries()
    return None if entry.outcome is None else entry.outcome.state


async def test_an_observed_workspace_is_never_written_to() -> None:
    vendor = CreatingVendor()
    observed = Workspace(name="qp", vendor="v", title="V", observe=True)

    with pytest.raises(WriteRefused, match="observe mode"):
        await create(vendor, workspace=observed)

    assert vendor.posts == 0


async def test_a_vendor_without_the_ability_is_named() -> None:
    with pytest.raises(UsageError, match="QuestionPro EU takes no new tickets"):
        await create(ListVendor())


async def test_a_process_tells_of_its_own_creates_only() -> None:
    shared = open_outbox()
    ours, theirs = OwnCreates(shared), OwnCreates(shared)
    vendor = CreatingVendor()
    vendor.failure_of_create = ConnectionLost("cut")

    await create(vendor, theirs)

    assert len(shared.open_intents()) == 1
    assert ours.open_intents() == ()
    assert theirs.open_intents() == shared.open_intents()
