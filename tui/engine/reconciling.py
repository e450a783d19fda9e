"""Looking whether a ticket exists that nobody answered for: its vendor is read, never written to.

Only a whole list proves that a ticket is not there; to find one, the newest are enough.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tui.domain.diff import Position
from tui.domain.draft import FieldSpec, Outcome, OutcomeState
from tui.domain.errors import StateError, TicketdeckError
from tui.domain.likeness import (
    SKEW,
    Alike,
    Span,
    can_be_told,
    find_alike,
    is_same_wish,
)
from tui.domain.ports import Clock, Intent, NewestSource
from tui.domain.ticket import Ticket, TicketRef
from tui.engine.allowance import for_a_person
from tui.engine.defects import log_defect
from tui.engine.offload import Offload
from tui.engine.poller import Poller
from tui.engine.vendor_clock import VendorClock
from tui.engine.whole_list import Reading, WholeLists
from tui.store.entry import Entry
from tui.store.intents import IntentLog
from tui.store.queue import TicketQueue

LOOKS_S: Final = (1.0, 4.0, 10.0, 20.0)
"""When the newest tickets are read, in seconds after the request ended."""
LAST_LOOK_S: Final = 30.0
"""When the whole list is."""
SETTLED: Final = timedelta(seconds=20)
"""So long after the request ended, a list that is read shows what came of it."""

FOUND: Final = "no certain answer came, but its ticket is there"
ABSENT: Final = "probably not created: look before sending again"
_NOT_TOLD: Final = "its ticket cannot be told from others: look before sending again"
_INCOMPLETE: Final = "not found, but not every ticket can be read: look before sending again"
_MAY_BE: Final = "may be it"
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


@dataclass(frozen=True, slots=True)
class _Found:
    """A create as the ledger has it, and the tickets that may be it."""

    entry: Entry | None
    alike: Alike
    is_contested: bool
    """The ticket of another create would look the same, and nobody knows that one's end."""
    is_timed: bool
    """What time it is at the vendor is known, or nobody is going to tell."""

    @property
    def is_open(self) -> bool:
        return self.entry is not None and self.entry.is_open

    @property
    def is_clear(self) -> bool:
        """Whether one ticket is surely what came of it, as far as the time is right."""
        return len(self.alike.sure) == 1 and not self.is_contested

    @property
    def the_one(self) -> Ticket | None:
        """The ticket that is surely what came of it."""
        return self.alike.sure[0] if self.is_clear and self.is_timed else None


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
        self._vendor_clocks: dict[str, VendorClock] = {}

    async def pursue(self, intent: Intent, ended_at: datetime) -> Looked:
        """Look again and again for half a minute after the request ended, the last time wholly.

        What ended longer ago than that is looked for once, at once, and wholly.
        """
        if not can_be_told(intent.draft, self._fields(intent.draft.workspace)):
            return await self._written(_unknown(intent, _NOT_TOLD), is_looked=True)
        elapsed = max(0.0, (self._clock.now() - ended_at).total_seconds())
        began = self._clock.monotonic() - elapsed
        looks = [each for each in LOOKS_S if each > elapsed]
        if elapsed and looks:
            looks.insert(0, elapsed)
        for look in looks:
            await self._sleep_until(began + look)
            looked = await self._look_at_newest(intent, ended_at)
            if looked is not None:
                return looked
        await self._sleep_until(began + LAST_LOOK_S)
        return await self.look_wholly(intent, ended_at)

    async def look_wholly(
        self, intent: Intent, ended_at: datetime, *, since: datetime | None = None
    ) -> Looked:
        """Read the whole list, one of `since` or later where that is given; say what it tells."""
        poller = self._poller(intent.draft.workspace)
        with for_a_person(), self._clock_of(poller).noting():
            earliest = ended_at + SETTLED
            reading = await self._whole_lists.read(poller, max(earliest, since or earliest))
        try:
            # What exists may be found all the same where the list is not whole.
            newest = () if reading.is_whole else await self._newest(poller, intent)
            while True:
                found = await self._judge(intent, ended_at, newest)
                if (looked := await self._taken(intent, found)) is not None:
                    return looked
                if found.the_one is None:
                    return await self._conclude(intent, found.alike.candidates, reading)
        except StateError as error:
            return Looked(_unknown(intent, f"nobody knows whether it exists: {error}"), False)

    @property
    def position(self) -> Position | None:
        """Up to where the queue was filled."""
        return self._queue.position

    async def needs_call(self, entry: Entry, ended_at: datetime) -> bool:
        """Whether what `compare` would tell hangs on the vendor's time, which nobody has told."""
        workspace, outcome = entry.intent.draft.workspace, entry.outcome
        clock = self._clock_of(self._poller(workspace))
        if outcome is None or not clock.may_be_told:
            return False
        found = await self._match(entry.intent, ended_at, ())
        refs = {ticket.ref for ticket in found.alike.candidates}
        return found.is_open and (found.is_clear or not refs <= {*outcome.candidates})

    async def compare(
        self, entry: Entry, ended_at: datetime, *, may_call: bool = False
    ) -> Looked | None:
        """Compare a create that was looked for to the end with what the queue has since.

        None: that tells nothing new. Raises StateError.
        """
        intent, before = entry.intent, entry.outcome
        workspace = intent.draft.workspace
        if before is None:
            return None
        match = self._judge if may_call else self._match
        found = await match(intent, ended_at, ())
        looked = await self._taken(intent, found)
        if looked is not None:
            return None if looked.is_elsewhere else looked
        refs = dict.fromkeys(ticket.ref for ticket in found.alike.candidates)
        if _MAY_BE in before.message:
            # What one process knows of clocks, another one may not: nothing is taken back ...
            refs = dict.fromkeys(before.candidates) | refs
        elif not refs:
            return None
        # ... but what turned out to be another one's.
        held = await self._offload(lambda: self._intents.held(workspace))
        left = tuple(ref for ref in refs if ref.id not in held)
        if left == before.candidates:
            return None
        is_complete = self._queue.health()[workspace].is_whole
        message = _doubt(left, self._handles()) if left else _absence(is_complete=is_complete)
        return await self._written(_unknown(intent, message, left), is_looked=True)

    async def _look_at_newest(self, intent: Intent, ended_at: datetime) -> Looked | None:
        """Read the newest tickets; None where they do not tell."""
        newest = await self._newest(self._poller(intent.draft.workspace), intent)
        try:
            return await self._taken(intent, await self._judge(intent, ended_at, newest))
        except StateError as error:
            log.warning("%s: not looked for now: %s", intent.draft.workspace, error)
        return None

    async def _newest(self, poller: Poller, intent: Intent) -> Sequence[Ticket]:
        if not isinstance(poller.vendor, NewestSource):
            return ()
        clock = self._clock_of(poller)
        since = intent.at - SKEW + min(clock.offset or timedelta(), timedelta())
        try:
            with for_a_person(), clock.noting():
                newest = await poller.vendor.fetch_newest(since)
            clock.answered()
        except TicketdeckError as error:
            log.info("%s: the newest tickets were not read: %s", intent.draft.workspace, error)
        except Exception as error:
            # The next look comes. The text may hold anything.
            log_defect(log, f"{intent.draft.workspace}: the newest tickets", error)
        else:
            return newest
        return ()

    async def _judge(
        self, intent: Intent, ended_at: datetime, newest: Sequence[Ticket] = ()
    ) -> _Found:
        """Return the create as the ledger has it now, and the tickets that may be it.

        Raises StateError.
        """
        poller = self._poller(intent.draft.workspace)
        clock = self._clock_of(poller)
        found = await self._match(intent, ended_at, newest)
        if found.is_open and found.alike.candidates and clock.may_be_told:
            newest = (*newest, *await self._newest(poller, intent))
            found = await self._match(intent, ended_at, newest)
        return found

    async def _match(self, intent: Intent, ended_at: datetime, newest: Sequence[Ticket]) -> _Found:
        workspace = intent.draft.workspace
        specs = self._fields(workspace)
        clock = self._clock_of(self._poller(workspace))
        span = Span(at=intent.at, ended_at=ended_at, now=self._clock.now(), offset=clock.offset)
        is_timed = not clock.may_be_told

        def work() -> _Found:
            # In this order: whose end is written meanwhile, is either open or holds its ticket.
            others = self._intents.rivals(intent.id)
            entry = self._intents.entry(intent.id)
            held = self._intents.held(workspace)
            return _Found(
                entry,
                find_alike(intent, specs, (*self._queue.tickets(), *newest), span, held=held),
                any(is_same_wish(intent.draft, each.intent.draft, specs) for each in others),
                is_timed,
            )

        return await self._offload(work)

    async def _taken(self, intent: Intent, found: _Found) -> Looked | None:
        """Take the ticket that was found for what came of it; None where there is not one."""
        ticket = found.the_one
        if found.is_open:
            if ticket is None:
                return None
            outcome = Outcome(
                intent_id=intent.id,
                state=OutcomeState.CREATED,
                ref=ticket.ref,
                ticket=ticket,
                message=FOUND,
            )
            if await self._offload(lambda: self._intents.claim(outcome)):
                return Looked(outcome)
        entry = await self._offload(lambda: self._intents.entry(intent.id))
        if entry is not None and entry.is_open:
            return None
        return Looked(end_of(intent, entry), is_elsewhere=True)

    async def _conclude(
        self, intent: Intent, candidates: Sequence[Ticket], reading: Reading
    ) -> Looked:
        """Say that reading tells no more than this."""
        refs = tuple(ticket.ref for ticket in candidates)
        if not reading.is_whole:
            message = f"nobody knows whether it exists: {reading.problem}; it is looked for again"
        elif refs:
            message = _doubt(refs, {ticket.ref: ticket.handle for ticket in candidates})
        else:
            message = _absence(is_complete=reading.is_complete)
        return await self._written(_unknown(intent, message, refs), is_looked=reading.is_whole)

    async def _written(self, outcome: Outcome, *, is_looked: bool) -> Looked:
        try:
            await self._offload(lambda: self._intents.resolve(outcome, is_looked=is_looked))
        except StateError as error:
            log.warning("what was looked for is not recorded: %s", error)
            return Looked(outcome, is_to_the_end=False)
        return Looked(outcome, is_looked)

    def _clock_of(self, poller: Poller) -> VendorClock:
        name = poller.source.workspace.name
        if name not in self._vendor_clocks:
            self._vendor_clocks[name] = VendorClock(poller.vendor, clock=self._clock)
        return self._vendor_clocks[name]

    def _fields(self, workspace: str) -> Sequence[FieldSpec]:
        return self._poller(workspace).source.fields

    def _handles(self) -> Mapping[TicketRef, str]:
        return {ticket.ref: ticket.handle for ticket in self._queue.tickets()}

    async def _sleep_until(self, moment: float) -> None:
        left = moment - self._clock.monotonic()
        if left > 0:
            await self._clock.sleep(left)


def _unknown(intent: Intent, message: str, candidates: Sequence[TicketRef] = ()) -> Outcome:
    return Outcome(
        intent_id=intent.id,
        state=OutcomeState.UNKNOWN,
        message=message,
        candidates=tuple(candidates),
    )


def end_of(intent: Intent, entry: Entry | None) -> Outcome:
    """Return how a create ended, as the ledger has it."""
    if entry is None or entry.is_dropped:
        return _unknown(intent, _DROPPED)
    if entry.is_retried:
        return _unknown(intent, _RETRIED)
    return entry.outcome or _unknown(intent, "")


def _absence(*, is_complete: bool) -> str:
    return ABSENT if is_complete else _INCOMPLETE


def _doubt(refs: Sequence[TicketRef], handles: Mapping[TicketRef, str]) -> str:
    """Name the tickets that may be it: `qp/1003 may be it: look before sending again`."""
    names = ", ".join(handles.get(ref, str(ref)) for ref in refs[:_NAMED])
    if len(refs) == 1:
        return f"{names} {_MAY_BE}: look before sending again"
    more = f" and {len(refs) - _NAMED} more" if len(refs) > _NAMED else ""
    return f"{len(refs)} tickets {_MAY_BE}: {names}{more}; look before sending again"
