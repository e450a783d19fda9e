"""Looking whether a ticket exists that nobody answered for: its vendor is read, never written to.

Only a whole list proves that a ticket is not there; to find one, the newest are enough.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tui.domain.draft import Outcome, OutcomeState
from tui.domain.errors import StateError, TicketdeckError
from tui.domain.likeness import SKEW, can_be_told, find_alike
from tui.domain.ports import Clock, Intent, NewestSource
from tui.domain.ticket import Ticket
from tui.engine.allowance import for_a_person
from tui.engine.offload import Offload
from tui.engine.poller import Poller
from tui.engine.whole_list import WholeLists
from tui.store.entry import Entry
from tui.store.intents import IntentLog
from tui.store.queue import TicketQueue

LOOKS_S: Final = (1.0, 4.0, 10.0, 20.0)
"""When the newest tickets are read, in seconds after the request ended."""
LAST_LOOK_S: Final = 30.0
"""When the whole list is."""
SETTLED: Final = timedelta(seconds=20)
"""So long after the request ended, a list that is read shows what came of it."""

FOUND: Final = "no answer came, and its ticket is there"
ABSENT: Final = "probably not created: look before sending again"
_NOT_TOLD: Final = "its ticket cannot be told from others: look before sending again"
_INCOMPLETE: Final = "not found, but not every ticket can be read: look before sending again"
_DROPPED: Final = "it was dropped"
_RETRIED: Final = "it was sent again"
_NAMED: Final = 3
"""Candidates named in a message; all of them are in the outcome."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """What looking told."""

    outcome: Outcome
    is_to_the_end: bool = True
    """Nothing more is to be found by reading, or the create is not open any more."""
    is_elsewhere: bool = False
    """Somebody else has settled it."""


class Reconciler:
    """Looks for creates by reading. What it finds stands in the ledger when a method returns."""

    def __init__(
        self,
        intents: IntentLog,
        queue: TicketQueue,
        whole_lists: WholeLists,
        poller: Callable[[str], Poller],
        *,
        clock: Clock,
        offload: Offload,
    ) -> None:
        self._intents = intents
        self._queue = queue
        self._whole_lists = whole_lists
        self._poller = poller
        self._clock = clock
        self._offload = offload

    async def pursue(self, intent: Intent, ended_at: datetime) -> Looked:
        """Look again and again for half a minute after the request ended, the last time wholly.

        What ended longer ago than that is looked for once, at once, and wholly.
        """
        if not can_be_told(intent.draft, self._poller(intent.draft.workspace).source.fields):
            return await self._conclude(intent, _NOT_TOLD)
        elapsed = max(0.0, (self._clock.now() - ended_at).total_seconds())
        began = self._clock.monotonic() - elapsed
        looks = [each for each in LOOKS_S if each > elapsed]
        if elapsed and looks:
            looks.insert(0, elapsed)
        for look in looks:
            await self._sleep_until(began + look)
            looked = await self._look_at_newest(intent)
            if looked is not None:
                return looked
        await self._sleep_until(began + LAST_LOOK_S)
        return await self.look_wholly(intent, ended_at)

    async def look_wholly(self, intent: Intent, ended_at: datetime) -> Looked:
        """Read the whole list, and say what that tells."""
        poller = self._poller(intent.draft.workspace)
        with for_a_person():
            reading = await self._whole_lists.read(poller, ended_at + SETTLED)
        try:
            while True:
                entry, alike = await self._match(intent, ())
                if not alike and entry is not None and entry.is_open and not reading.is_whole:
                    # What exists may be found all the same.
                    entry, alike = await self._match(intent, await self._newest(poller, intent))
                if entry is None or not entry.is_open:
                    return Looked(end_of(intent, entry), is_elsewhere=True)
                if len(alike) > 1:
                    return await self._conclude(intent, _several(alike), alike)
                if not alike:
                    break
                if (looked := await self._claim(intent, alike[0])) is not None:
                    return looked
        except StateError as error:
            return Looked(_unknown(intent, f"nobody knows whether it exists: {error}"), False)
        if not reading.is_whole:
            message = f"nobody knows whether it exists: {reading.problem}; it is looked for again"
            return await self._leave_open(intent, message)
        return await self._conclude(intent, ABSENT if reading.is_complete else _INCOMPLETE)

    async def _look_at_newest(self, intent: Intent) -> Looked | None:
        """Read the newest tickets; None where they do not tell."""
        poller = self._poller(intent.draft.workspace)
        newest = await self._newest(poller, intent)
        try:
            entry, alike = await self._match(intent, newest)
            if entry is None or not entry.is_open:
                return Looked(end_of(intent, entry), is_elsewhere=True)
            if len(alike) == 1:
                return await self._claim(intent, alike[0])
        except StateError as error:
            log.warning("%s: not looked for now: %s", intent.draft.workspace, error)
        return None

    async def _newest(self, poller: Poller, intent: Intent) -> Sequence[Ticket]:
        if not isinstance(poller.vendor, NewestSource):
            return ()
        try:
            with for_a_person():
                return await poller.vendor.fetch_newest(intent.at - SKEW)
        except TicketdeckError as error:
            log.info("%s: the newest tickets were not read: %s", intent.draft.workspace, error)
        except Exception as error:
            # The next look comes. The text may hold anything.
            log.error(  # noqa: TRY400 - no traceback, for the same reason
                "%s: the newest tickets: %s", intent.draft.workspace, type(error).__name__
            )
        return ()

    async def _match(
        self, intent: Intent, newest: Sequence[Ticket]
    ) -> tuple[Entry | None, tuple[Ticket, ...]]:
        """Return the create as the ledger has it now, and the tickets that may be it.

        Raises StateError.
        """
        specs = self._poller(intent.draft.workspace).source.fields
        now = self._clock.now()

        def work() -> tuple[Entry | None, tuple[Ticket, ...]]:
            entry = self._intents.entry(intent.id)
            held = self._intents.held(intent.draft.workspace)
            tickets = (*self._queue.tickets(), *newest)
            return entry, find_alike(intent, specs, tickets, now=now, held=held)

        return await self._offload(work)

    async def _claim(self, intent: Intent, ticket: Ticket) -> Looked | None:
        """Take the ticket for what came of it; None where another create was sooner."""
        outcome = Outcome(
            intent_id=intent.id,
            state=OutcomeState.CREATED,
            ref=ticket.ref,
            ticket=ticket,
            message=FOUND,
        )
        if await self._offload(lambda: self._intents.resolve(outcome, is_looked=True)):
            return Looked(outcome)
        return None

    async def _conclude(
        self, intent: Intent, message: str, candidates: Sequence[Ticket] = ()
    ) -> Looked:
        """Say that reading tells no more than this."""
        refs = tuple(ticket.ref for ticket in candidates)
        outcome = Outcome(
            intent_id=intent.id, state=OutcomeState.UNKNOWN, message=message, candidates=refs
        )
        return await self._written(outcome, is_looked=True)

    async def _leave_open(self, intent: Intent, message: str) -> Looked:
        return await self._written(_unknown(intent, message), is_looked=False)

    async def _written(self, outcome: Outcome, *, is_looked: bool) -> Looked:
        try:
            await self._offload(lambda: self._intents.resolve(outcome, is_looked=is_looked))
        except StateError as error:
            log.warning("what was looked for is not recorded: %s", error)
            return Looked(outcome, is_to_the_end=False)
        return Looked(outcome, is_looked)

    async def _sleep_until(self, moment: float) -> None:
        left = moment - self._clock.monotonic()
        if left > 0:
            await self._clock.sleep(left)


def _unknown(intent: Intent, message: str) -> Outcome:
    return Outcome(intent_id=intent.id, state=OutcomeState.UNKNOWN, message=message)


def end_of(intent: Intent, entry: Entry | None) -> Outcome:
    """Return how a create ended, as the ledger has it."""
    if entry is None or entry.is_dropped:
        return _unknown(intent, _DROPPED)
    if entry.is_retried:
        return _unknown(intent, _RETRIED)
    return entry.outcome or _unknown(intent, "")


def _several(alike: Sequence[Ticket]) -> str:
    names = ", ".join(ticket.handle for ticket in alike[:_NAMED])
    more = f" and {len(alike) - _NAMED} more" if len(alike) > _NAMED else ""
    return f"{len(alike)} tickets may be it: {names}{more}; look before sending again"
