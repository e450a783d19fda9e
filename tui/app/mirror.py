"""The dashboard's own copy of the queue: tickets by ref, and sums kept by counting changes.

Pure but for the reader it is handed; used on the dashboard's thread only.
"""

import heapq
from collections import Counter
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self

from tui.domain.activity import Novelty
from tui.domain.acts import NOBODY_ACTED, Acts
from tui.domain.diff import Position, Reset
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

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.open + other.open,
            self.overdue + other.overdue,
            self.critical + other.critical,
            self.pressing + other.pressing,
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.open - other.open,
            self.overdue - other.overdue,
            self.critical - other.critical,
            self.pressing - other.pressing,
        )


_NONE = Tally()
_SHARES = {
    (overdue, critical): Tally(1, int(overdue), int(critical), int(overdue or critical))
    for overdue in (False, True)
    for critical in (False, True)
}
"""What one open ticket adds; shared, because there may be 100,000 of them."""


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
        self.tickets: dict[TicketRef, Ticket] = {}
        self.health: Mapping[str, WorkspaceHealth] = {}
        self.novelties: Mapping[TicketRef, Novelty] = {}
        """The tickets that nobody has looked at since they came or changed."""
        self.acts: Acts = NOBODY_ACTED
        """What people did here to tickets."""
        self.overdue: set[TicketRef] = set()
        self._known: frozenset[str] = frozenset()
        """Workspaces that were current once since the start: what comes of them is news."""
        self._tallies: dict[str, Tally] = {}
        self._counts: Counter[str] = Counter()
        self._shares: dict[TicketRef, Tally] = {}
        self._turns: list[tuple[datetime, TicketRef]] = []
        """A heap of the moments at which a ticket's place or sums change by time alone."""
        self._turn_of: dict[TicketRef, datetime] = {}
        """Each ticket's own next moment; the heap may hold older ones as well."""

    def fork(self) -> Self:
        """Return another mirror of the same state, to go on by itself."""
        other = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | set | list):
                setattr(other, name, value.copy())
        return other

    def pull(self, now: datetime) -> Touched:
        """Take in whatever changed since the last call."""
        # The health first: what it promises to be read is then in the changes.
        self.read_health()
        unread = frozenset(self.health) - self._known
        self._known |= {name for name, health in self.health.items() if health.is_current}
        changes = self._source.changes_since(self._position)
        self._position = changes.position
        self.novelties = self._source.novelties()
        self.acts = self._source.acts()
        if isinstance(changes, Reset):
            return Touched(self._start_anew(changes.tickets, now), everything=True, unread=unread)
        before = {ref: self._drop(ref) for ref in changes.removed}
        for ticket in (*changes.added, *changes.changed):
            before[ticket.ref] = self.take_in(ticket, now)
        return Touched(before, unread=unread)

    def take_in(self, ticket: Ticket, now: datetime) -> Ticket | None:
        """Take in one ticket by itself; return it as it was."""
        before = self.tickets.get(ticket.ref)
        if moment := self._put(ticket, now):
            heapq.heappush(self._turns, (moment, ticket.ref))
        return before

    def advance(self, now: datetime) -> Touched:
        """Let time pass: return the tickets whose place or sums it changed."""
        self.read_health()
        before: dict[TicketRef, Ticket | None] = {}
        while self._turns and self._turns[0][0] <= now:
            moment, ref = heapq.heappop(self._turns)
            if self._turn_of.get(ref) != moment:
                continue
            before[ref] = ticket = self.tickets[ref]
            if later := self._put(ticket, now):
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
            return len(self.tickets)
        return sum(self._counts.get(name, 0) for name in workspaces)

    def _start_anew(
        self, tickets: Collection[Ticket], now: datetime
    ) -> dict[TicketRef, Ticket | None]:
        before: dict[TicketRef, Ticket | None] = dict(self.tickets)
        for known in (self.tickets, self._tallies, self._counts, self._shares, self._turn_of):
            known.clear()
        self.overdue.clear()
        for ticket in tickets:
            before.setdefault(ticket.ref)
            self._put(ticket, now)
        self._turns = [(moment, ref) for ref, moment in self._turn_of.items()]
        heapq.heapify(self._turns)
        return before

    def _put(self, ticket: Ticket, now: datetime) -> datetime | None:
        ref = ticket.ref
        if ref not in self.tickets:
            self._counts[ref.workspace] += 1
        self.tickets[ref] = ticket
        self._count(ref, _share(ticket, now))
        moment = next_turn(ticket, now)
        if moment is None:
            self._turn_of.pop(ref, None)
        else:
            self._turn_of[ref] = moment
        return moment

    def _drop(self, ref: TicketRef) -> Ticket | None:
        ticket = self.tickets.pop(ref, None)
        if ticket is not None:
            self._counts[ref.workspace] -= 1
        self._turn_of.pop(ref, None)
        self._count(ref, _NONE)
        return ticket

    def _count(self, ref: TicketRef, share: Tally) -> None:
        before = self._shares.get(ref, _NONE)
        if share is before:
            return
        tally = self._tallies.get(ref.workspace, _NONE)
        self._tallies[ref.workspace] = tally - before + share
        if share.overdue:
            self.overdue.add(ref)
        else:
            self.overdue.discard(ref)
        if share is _NONE:
            del self._shares[ref]
        else:
            self._shares[ref] = share


def _share(ticket: Ticket, now: datetime) -> Tally:
    if ticket.closed:
        return _NONE
    return _SHARES[is_overdue(ticket, now), ticket.priority is Priority.CRITICAL]
