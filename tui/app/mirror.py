"""The dashboard's own copy of the queue: tickets by ref, and sums kept by counting changes.

Pure but for the reader it is handed; used on the dashboard's thread only.
"""

import heapq
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

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

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.open + other.open,
            self.overdue + other.overdue,
            self.critical + other.critical,
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.open - other.open,
            self.overdue - other.overdue,
            self.critical - other.critical,
        )


_NONE = Tally()
_SHARES = {
    (overdue, critical): Tally(1, int(overdue), int(critical))
    for overdue in (False, True)
    for critical in (False, True)
}
"""What one open ticket adds; shared, because there may be 100,000 of them."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What became different: single tickets, or everything."""

    refs: frozenset[TicketRef] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.refs)


class QueueMirror:
    """Follows the queue and counts per workspace what is open, overdue and critical."""

    def __init__(self, reader: QueueReader) -> None:
        self._reader = reader
        self._position: Position | None = None
        self.tickets: dict[TicketRef, Ticket] = {}
        self.health: Mapping[str, WorkspaceHealth] = {}
        self._tallies: dict[str, Tally] = {}
        self._counts: Counter[str] = Counter()
        self._shares: dict[TicketRef, Tally] = {}
        self._turns: list[tuple[datetime, TicketRef]] = []
        """A heap of the moments at which a ticket's place or sums change by time alone."""
        self._turn_of: dict[TicketRef, datetime] = {}
        """Each ticket's own next moment; the heap may hold older ones as well."""

    def pull(self, now: datetime) -> Touched:
        """Take in whatever changed since the last call."""
        self.health = self._reader.health()
        changes = self._reader.changes_since(self._position)
        self._position = changes.position
        if isinstance(changes, Reset):
            self.tickets.clear()
            self._tallies.clear()
            self._counts.clear()
            self._shares.clear()
            self._turns.clear()
            self._turn_of.clear()
            for ticket in changes.tickets:
                self._put(ticket, now)
            self._turns = [(moment, ref) for ref, moment in self._turn_of.items()]
            heapq.heapify(self._turns)
            return Touched(everything=True)
        refs = set(changes.removed)
        for ref in changes.removed:
            self._drop(ref)
        for ticket in (*changes.added, *changes.changed):
            refs.add(ticket.ref)
            if moment := self._put(ticket, now):
                heapq.heappush(self._turns, (moment, ticket.ref))
        return Touched(frozenset(refs))

    def advance(self, now: datetime) -> Touched:
        """Let time pass: return the tickets whose place or sums it changed."""
        self.health = self._reader.health()
        refs: set[TicketRef] = set()
        while self._turns and self._turns[0][0] <= now:
            moment, ref = heapq.heappop(self._turns)
            if self._turn_of.get(ref) != moment:
                continue
            refs.add(ref)
            if later := self._put(self.tickets[ref], now):
                heapq.heappush(self._turns, (later, ref))
        return Touched(frozenset(refs))

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

    def _drop(self, ref: TicketRef) -> None:
        if self.tickets.pop(ref, None) is not None:
            self._counts[ref.workspace] -= 1
        self._turn_of.pop(ref, None)
        self._count(ref, _NONE)

    def _count(self, ref: TicketRef, share: Tally) -> None:
        before = self._shares.get(ref, _NONE)
        if share is before:
            return
        tally = self._tallies.get(ref.workspace, _NONE)
        self._tallies[ref.workspace] = tally - before + share
        if share is _NONE:
            del self._shares[ref]
        else:
            self._shares[ref] = share


def _share(ticket: Ticket, now: datetime) -> Tally:
    if ticket.closed:
        return _NONE
    return _SHARES[is_overdue(ticket, now), ticket.priority is Priority.CRITICAL]
