"""One create, from the intent to an outcome that is never guessed."""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from tui.domain.draft import Created, Draft, Outcome, OutcomeState
from tui.domain.errors import (
    CredentialError,
    CredentialRefused,
    Forbidden,
    StateError,
    TicketdeckError,
    UsageError,
    VendorError,
    WriteRefused,
)
from tui.domain.ports import Clock, Intent, Outbox, TicketCreator, TicketFetcher, Vendor
from tui.domain.ticket import Ticket
from tui.domain.workspace import Workspace
from tui.engine.offload import Offload

log = logging.getLogger(__name__)

LOOK_FIRST = "it may or may not exist: look before sending again"


class OwnCreates:
    """The outbox as one process sees it: others may share the ledger, and report their own."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._own: set[str] = set()

    def record(self, intent: Intent) -> None:
        """Keep the intent. Raises StateError."""
        self._outbox.record(intent)
        self._own.add(intent.id)

    def resolve(self, outcome: Outcome) -> None:
        """Keep how it ended. Raises StateError."""
        self._outbox.resolve(outcome)

    def open_intents(self) -> Sequence[Intent]:
        """Return those of this process whose outcome is not certain. Raises StateError."""
        if not self._own:
            return ()
        return tuple(each for each in self._outbox.open_intents() if each.id in self._own)


async def create_ticket(
    draft: Draft,
    *,
    workspace: Workspace,
    vendor: Vendor,
    outbox: Outbox,
    clock: Clock,
    offload: Offload,
) -> Outcome:
    """Send a checked draft once and return how it ended; its ticket is as the vendor shows it.

    The intent is recorded before the first byte is sent. Nothing is ever sent twice from here.

    Raises:
        WriteRefused: the workspace is only observed.
        UsageError: its vendor takes no new tickets.
    """
    if workspace.observe:
        raise WriteRefused(f"{workspace.name} is in observe mode: nothing is written there")
    if not isinstance(vendor, TicketCreator):
        raise UsageError(f"{workspace.title} takes no new tickets")
    intent = Intent(id=uuid.uuid4().hex, draft=draft, at=clock.now())
    try:
        await offload(lambda: outbox.record(intent))
    except StateError as error:
        # What cannot be remembered is not sent: nobody could tell afterwards whether it was.
        message = f"nothing was sent: {error}"
        return Outcome(intent_id=intent.id, state=OutcomeState.NOT_CREATED, message=message)
    outcome = Outcome(intent_id=intent.id, state=OutcomeState.UNKNOWN, message=LOOK_FIRST)
    created: Created | None = None
    try:
        created = await vendor.create(draft)
        outcome = Outcome(intent_id=intent.id, state=OutcomeState.CREATED, ref=created.ref)
    except VendorError as error:
        outcome = _failed(intent, error)
    except CredentialError as error:
        outcome = Outcome(
            intent_id=intent.id,
            state=OutcomeState.NOT_CREATED,
            message=f"{error}; {error.advice}" if error.advice else str(error),
            credential_refused=True,
        )
    except Exception as error:
        # Whatever it was, the request may have left.
        message = f"internal error: {type(error).__name__}; {LOOK_FIRST}"
        outcome = replace(outcome, message=message)
    finally:
        # Also when the create is cancelled: its outcome stays unknown.
        await _record(outcome, draft.workspace, outbox, offload)
    if created is not None:
        outcome = replace(outcome, ticket=await _show(vendor, created))
    return outcome


def _failed(intent: Intent, error: VendorError) -> Outcome:
    if error.nothing_was_created:
        return Outcome(
            intent_id=intent.id,
            state=OutcomeState.NOT_CREATED,
            message=str(error),
            credential_refused=isinstance(error, CredentialRefused | Forbidden),
        )
    return Outcome(
        intent_id=intent.id, state=OutcomeState.UNKNOWN, message=f"{error}; {LOOK_FIRST}"
    )


async def _record(outcome: Outcome, workspace: str, outbox: Outbox, offload: Offload) -> None:
    """Keep how a create ended, however often it is cancelled meanwhile.

    Off the loop: while another process has the ledger locked, heartbeats must go on.
    """
    recording = asyncio.ensure_future(offload(lambda: outbox.resolve(outcome)))
    cancelled: asyncio.CancelledError | None = None
    while not recording.done():
        try:
            await asyncio.wait([recording])
        except asyncio.CancelledError as error:
            cancelled = error
    try:
        if recording.cancelled():
            # The loop ends, and there is nothing left on it to be held up.
            outbox.resolve(outcome)
        else:
            recording.result()
    except StateError as error:
        # How it ended is known all the same.
        log.warning("%s: the outcome is not recorded: %s", workspace, error)
    if cancelled is not None:
        raise cancelled


async def _show(vendor: Vendor, created: Created) -> Ticket | None:
    """Return the new ticket; where its vendor answered with the id alone, ask for it."""
    if created.ticket is not None or not isinstance(vendor, TicketFetcher):
        return created.ticket
    with suppress(TicketdeckError):
        return await vendor.fetch_ticket(created.ref)
    return None
