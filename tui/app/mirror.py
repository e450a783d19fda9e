"""The dashboard's own copy of the queue: tickets by ref, and sums kept by counting changes.

Pure but for the reader it is handed; used on the dashboard's thread only.
"""

import heapq
from collections import Counter
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, Self

from tui.app.search_texts import SearchTexts
from tui.domain.activity import Novelty
from tui.domain.acts import NO_ACTS, NOBODY_ACTED, Acts, wakes_at
from tui.domain.diff import Position, Reset, Totals
from tui.domain.health import WorkspaceHealth
from tui.domain.ports import QueueReader
from tui.domain.ticket import Priority, Ticket, TicketRef
from tui.domain.urgency import is_overdue, next_turn


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over tickets that are not closed."""

    open: int = 0
    overdue: int = 0
    critical: int = 0
    pressing: int = 0
    """Critical, overdue, or both."""
    snoozed: int = 0
    """Put off here; counted in all the others as well."""

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.open + other.open,
            self.overdue + other.overdue,
            self.critical + other.critical,
            self.pressing + other.pressing,
            self.snoozed + other.snoozed,
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.open - other.open,
            self.overdue - other.overdue,
            self.critical - other.critical,
            self.pressing - other.pressing,
            self.snoozed - other.snoozed,
        )


_NONE = Tally()
_SHARES = {
    (overdue, critical, snoozed): Tally(
        1, int(overdue), int(critical), int(overdue or critical), int(snoozed)
    )
    for overdue in (False, True)
    for critical in (False, True)
    for snoozed in (False, True)
}
"""What one open ticket adds."""
_TICK = timedelta(microseconds=1)
_STALE_TURNS = 1_000
"""So many moments of the past states of tickets may be kept beside as many as there are tickets."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What became different, tickets that were touched in vain included."""

    before: Mapping[TicketRef, Ticket | None] = field(default_factory=dict)
    """How the touched tickets were until now; None for one that was not there."""
    everything: bool = False
    """Whether nothing can be said to be as it was."""
    unread: frozenset[str] = frozenset()
    """Workspaces that were not known as they are before this: what comes of them is no news."""

    @property
    def refs(self) -> AbstractSet[TicketRef]:
        """The tickets that were touched."""
        return self.before.keys()

    def __bool__(self) -> bool:
        return self.everything or bool(self.before)


class Source(QueueReader, Protocol):
    """Where a mirror reads."""

    def novelties(self) -> Mapping[TicketRef, Novelty]: ...

    def acts(self) -> Acts: ...


class QueueMirror:
    """Follows the queue and counts per workspace what is open, overdue and critical."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._position: Position | None = None
        self.is_whole = False
        """Whether these are all the tickets, not only those that come first."""
        self.tickets: dict[TicketRef, Ticket] = {}
        self.health: Mapping[str, WorkspaceHealth] = {}
        self.novelties: Mapping[TicketRef, Novelty] = {}
        """The tickets that nobody has looked at since they came or changed."""
        self.acts: Acts = NOBODY_ACTED
        """What people did here to tickets."""
        self.overdue: set[TicketRef] = set()
        self.snoozed: dict[TicketRef, datetime] = {}
        """The tickets that are put off now, and when they come back by time alone."""
        self.texts = SearchTexts(self.tickets)
        """What words are looked for in, for all who search these tickets."""
        self._known: frozenset[str] = frozenset()
        """Workspaces that were current once since the start: what comes of them is news."""
        self._tallies: dict[str, Tally] = {}
        self._counts: Counter[str] = Counter()
        self._turns: list[tuple[datetime, TicketRef]] = []
        """A heap of the moments at which a ticket's place or sums change by time alone.

        Moments that a ticket had before it changed stay in it until they come.
        """

    def fork(self) -> Self:
        """Return another mirror of the same state, to go on by itself."""
        other = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | set | list):
                setattr(other, name, value.copy())
        other.texts = SearchTexts(other.tickets)
        return other

    def pull(self, now: datetime) -> Touched:
        """Take in whatever changed since the last call."""
        # The health first: what it promises to be read is then in the changes.
        self.read_health()
        unread = frozenset(self.health) - self._known
        changes = self._source.changes_since(self._position)
        self._position = changes.position
        self.novelties = self._source.novelties()
        acts = self._source.acts()
        if isinstance(changes, Reset):
            self.acts = acts
            before = self._start_anew(changes.tickets, now)
            self.is_whole = changes.totals is None
            self._take_totals(changes.totals or {})
            self._know_current()
            return Touched(before, everything=True, unread=unread)
        self._know_current()
        before = {ref: self._drop(ref) for ref in changes.removed}
        for ticket in (*changes.added, *changes.changed):
            before[ticket.ref] = self.take_in(ticket, now)
        return Touched({**self.take_acts(acts, now), **before}, unread=unread)

    def take_acts(self, acts: Acts, now: datetime) -> dict[TicketRef, Ticket | None]:
        """Take in what people did here by now; return the tickets to which they did something."""
        different, self.acts = _differing(self.acts, acts), acts
        return {
            ref: self.take_in(ticket, now)
            for ref in different
            if (ticket := self.tickets.get(ref)) is not None
        }

    def take_in(self, ticket: Ticket, now: datetime) -> Ticket | None:
        """Take in one ticket by itself; return it as it was."""
        before = self.tickets.get(ticket.ref)
        self._put(ticket, now)
        moment = next_turn(ticket, now)
        if moment is not None and not _turns_alike(ticket, before):
            heapq.heappush(self._turns, (moment, ticket.ref))
        if len(self._turns) > 2 * len(self.tickets) + _STALE_TURNS:
            self._turns = self._all_turns(now)
        return before

    def advance(self, now: datetime) -> Touched:
        """Let time pass: return the tickets whose place or sums it changed."""
        self.read_health()
        before: dict[TicketRef, Ticket | None] = {}
        while self._turns and self._turns[0][0] <= now:
            moment, ref = heapq.heappop(self._turns)
            ticket = self.tickets.get(ref)
            if ticket is None or ref in before:
                continue
            turns = next_turn(ticket, moment - _TICK) == moment
            if not turns and self.snoozed.get(ref) != moment:
                continue
            before[ref] = ticket
            self._put(ticket, now)
            if turns and (later := next_turn(ticket, now)) is not None:
                heapq.heappush(self._turns, (later, ref))
        return Touched(before)

    def read_health(self) -> None:
        """Take in how far the workspaces can be trusted now."""
        self.health = self._source.health()

    @property
    def next_turn(self) -> datetime | None:
        """When `advance` has something to do; may be early, never late."""
        return self._turns[0][0] if self._turns else None

    def tally(self, workspaces: Collection[str] = ()) -> Tally:
        """Return the sums of these workspaces; of all if none is named."""
        total = _NONE
        for name, tally in self._tallies.items():
            if not workspaces or name in workspaces:
                total += tally
        return total

    def count(self, workspaces: Collection[str] = ()) -> int:
        """Return how many tickets these workspaces have, closed ones too; all if none is named."""
        if not workspaces:
            return self._counts.total()
        return sum(self._counts.get(name, 0) for name in workspaces)

    def _start_anew(
        self, tickets: Collection[Ticket], now: datetime
    ) -> dict[TicketRef, Ticket | None]:
        before: dict[TicketRef, Ticket | None] = dict(self.tickets)
        for known in (self.tickets, self.snoozed, self.texts, self._tallies, self._counts):
            known.clear()
        self.overdue.clear()
        for ticket in tickets:
            before.setdefault(ticket.ref)
            self._put(ticket, now)
        self._turns = self._all_turns(now)
        return before

    def _take_totals(self, totals: Mapping[str, Totals]) -> None:
        """Take over sums that were counted where all the tickets are."""
        snoozed = Counter(ref.workspace for ref in self.snoozed)
        for name, total in totals.items():
            self._counts[name] = total.tickets
            self._tallies[name] = Tally(
                total.open, total.overdue, total.critical, total.pressing, snoozed[name]
            )

    def _know_current(self) -> None:
        if self.is_whole:
            self._known |= {name for name, health in self.health.items() if health.is_current}

    def _all_turns(self, now: datetime) -> list[tuple[datetime, TicketRef]]:
        turns = [
            (moment, ticket.ref)
            for ticket in self.tickets.values()
            if (moment := next_turn(ticket, now)) is not None
        ]
        turns += [(moment, ref) for ref, moment in self.snoozed.items()]
        heapq.heapify(turns)
        return turns

    def _put(self, ticket: Ticket, now: datetime) -> None:
        ref = ticket.ref
        before, known = self._share(ref), self.tickets.get(ref)
        if known is None:
            self._counts[ref.workspace] += 1
        if known is not ticket:
            self.texts.forget(ref)
        self.tickets[ref] = ticket
        if is_overdue(ticket, now):
            self.overdue.add(ref)
        else:
            self.overdue.discard(ref)
        wakes = wakes_at(self.acts[ref], ticket, now) if ref in self.acts else None
        if wakes is None:
            self.snoozed.pop(ref, None)
        elif self.snoozed.get(ref) != wakes:
            self.snoozed[ref] = wakes
            heapq.heappush(self._turns, (wakes, ref))
        self._count(ref.workspace, before, self._share(ref))

    def _drop(self, ref: TicketRef) -> Ticket | None:
        share = self._share(ref)
        ticket = self.tickets.pop(ref, None)
        if ticket is not None:
            self._counts[ref.workspace] -= 1
            self._count(ref.workspace, share, _NONE)
        self.texts.forget(ref)
        self.overdue.discard(ref)
        self.snoozed.pop(ref, None)
        return ticket

    def _share(self, ref: TicketRef) -> Tally:
        """Return what this ticket adds to the sums at the moment."""
        ticket = self.tickets.get(ref)
        if ticket is None or ticket.closed:
            return _NONE
        is_critical = ticket.priority is Priority.CRITICAL
        return _SHARES[ref in self.overdue, is_critical, ref in self.snoozed]

    def _count(self, workspace: str, before: Tally, share: Tally) -> None:
        if share is not before:
            self._tallies[workspace] = self._tallies.get(workspace, _NONE) - before + share


def _turns_alike(ticket: Ticket, before: Ticket | None) -> bool:
    """Whether time changes the same of the two, at the same moments."""
    if before is None:
        return False
    return (ticket.closed, ticket.due_at) == (before.closed, before.due_at)


def _differing(acts: Acts, others: Acts) -> list[TicketRef]:
    """Return the tickets to which not the same was done."""
    if acts is others:
        return []
    return [ref for ref in {**acts, **others} if acts.get(ref, NO_ACTS) != others.get(ref, NO_ACTS)]
