"""One create, from the recorded intent to an outcome that is never guessed."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from tui.domain.draft import Outcome, OutcomeState
from tui.domain.errors import (
    CredentialError,
    CredentialRefused,
    Forbidden,
    StateError,
    TicketdeckError,
    VendorError,
)
from tui.domain.ports import Clock, Intent, TicketCreator, TicketFetcher, Vendor
from tui.engine.hold import HOLD
from tui.engine.leaving import checked
from tui.engine.offload import Offload
from tui.store.entry import INTERRUPTED, Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tui.store.intents import IntentLog

T = TypeVar("T")

log = logging.getLogger(__name__)

LOOK_FIRST = "it may or may not exist: look before sending again"
_TAKEN_UP = "this process stood still, and another one has taken the create up"
_SENT_ELSEWHERE = "nothing was sent from here: it was sent again while this process stood still"


class _TakenUp(StateError):
    """The create is not this process's any more, and nothing of it has left."""


async def send(
    intent: Intent, creator: TicketCreator, intents: "IntentLog", *, clock: Clock, offload: Offload
) -> Outcome:
    """Send an intent that is recorded, once, and record how that ended. Never sends again.

    Nothing is sent where another process has taken it up, or a person has settled it, before the
    first byte leaves: this process may have been stopped meanwhile. Then it is not created, or
    UNKNOWN where it was sent again: that one's ticket may exist.

    The outcome is as its vendor tells, with a ticket where one came with the answer. Where it is
    UNKNOWN its message says why, and nobody has looked yet.
    """
    workspace = intent.draft.workspace

    async def hold() -> None:
        if not await offload(lambda: intents.hold_to_send(intent.id, clock.now() + HOLD)):
            raise _TakenUp(_TAKEN_UP)

    try:
        with checked(hold):
            outcome = await _post(intent, creator)
    except _TakenUp as error:
        return await _called_off(not_sent(intent, str(error)), intents, workspace, offload)
    except asyncio.CancelledError:
        interrupted = _unknown(intent, INTERRUPTED)

        def keep_open() -> None:
            intents.resolve(interrupted)
            # Whoever is there may look for it now.
            intents.hold(intent.id, clock.now())

        await _record(keep_open, workspace, offload)
        raise
    is_its_own = await _record(lambda: intents.resolve(outcome), workspace, offload)
    if is_its_own is False:
        doubted = _doubted(outcome)
        await _record(lambda: intents.resolve(doubted, is_looked=True), workspace, offload)
        return doubted
    return outcome


def not_sent(intent: Intent, why: str) -> Outcome:
    """Return the end of a create of which nothing has left."""
    return Outcome(
        intent_id=intent.id, state=OutcomeState.NOT_CREATED, message=f"nothing was sent: {why}"
    )


async def show(vendor: Vendor, outcome: Outcome) -> Outcome:
    """Return the outcome with its ticket; where the answer had none, the vendor is asked for it."""
    if outcome.ref is None or outcome.ticket is not None or not isinstance(vendor, TicketFetcher):
        return outcome
    with suppress(TicketdeckError):
        return replace(outcome, ticket=await vendor.fetch_ticket(outcome.ref))
    return outcome


async def _post(intent: Intent, creator: TicketCreator) -> Outcome:
    try:
        created = await creator.create(intent.draft)
    except VendorError as error:
        if not error.nothing_was_created:
            return _unknown(intent, str(error))
        return Outcome(
            intent_id=intent.id,
            state=OutcomeState.NOT_CREATED,
            message=str(error),
            credential_refused=isinstance(error, CredentialRefused | Forbidden),
        )
    except CredentialError as error:
        return Outcome(
            intent_id=intent.id,
            state=OutcomeState.NOT_CREATED,
            message=f"{error}; {error.advice}" if error.advice else str(error),
            credential_refused=True,
        )
    except _TakenUp:
        raise
    except StateError as error:
        # Of a create only the gate before its request asks the disk.
        return not_sent(intent, str(error))
    except Exception as error:
        # Whatever it was, the request may have left. The text may hold anything.
        return _unknown(intent, f"internal error: {type(error).__name__}")
    return Outcome(
        intent_id=intent.id,
        state=OutcomeState.CREATED,
        ref=created.ref,
        ticket=created.ticket,
    )


def _unknown(intent: Intent, why: str) -> Outcome:
    return Outcome(intent_id=intent.id, state=OutcomeState.UNKNOWN, message=why)


async def _called_off(
    outcome: Outcome, intents: "IntentLog", workspace: str, offload: Offload
) -> Outcome:
    def settle() -> Entry | None:
        intents.resolve(outcome)
        return intents.entry(outcome.intent_id)

    entry = await _record(settle, workspace, offload)
    if entry is not None and entry.is_retried:
        return replace(outcome, state=OutcomeState.UNKNOWN, message=_SENT_ELSEWHERE)
    return outcome


def _doubted(outcome: Outcome) -> Outcome:
    """Return the end of a create whose vendor named a ticket that surely is another create's."""
    ref = outcome.ref
    return Outcome(
        intent_id=outcome.intent_id,
        state=OutcomeState.UNKNOWN,
        message=f"the vendor answered with {ref}, which another create has made: {LOOK_FIRST}",
        candidates=() if ref is None else (ref,),
    )


async def _record(work: Callable[[], T], workspace: str, offload: Offload) -> T | None:
    """Write down how a create ended, however often it is cancelled meanwhile.

    None where that cannot be written. Off the loop: while another process has the ledger locked,
    heartbeats must go on.
    """
    recording = asyncio.ensure_future(offload(work))
    cancelled: asyncio.CancelledError | None = None
    while not recording.done():
        try:
            await asyncio.wait([recording])
        except asyncio.CancelledError as error:
            cancelled = error
    recorded: T | None = None
    try:
        # Where the loop ends, there is nothing left on it to be held up.
        recorded = work() if recording.cancelled() else recording.result()
    except StateError as error:
        # How it ended is known all the same.
        log.warning("%s: the outcome is not recorded: %s", workspace, error)
    if cancelled is not None:
        raise cancelled
    return recorded
