"""The queue in memory: every workspace's tickets as the journal tells of them, and their health.

The engine fills it, in the order of the journal; anyone reads, from any thread, and never waits
for a disk. What is handed out is immutable.
"""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import attrgetter

from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.health import WorkspaceHealth
from tui.domain.ticket import Ticket, TicketRef

LOG_LIMIT = 20_000
"""Changes kept for readers that come late; at least as many as there are tickets."""

_NOWHERE = Position("", 0)


@dataclass(frozen=True, slots=True)
class _Entry:
    n: int
    """The position with which the change came."""
    ref: TicketRef
    existed: bool
    """Whether the ticket was there before this change."""


class TicketQueue:
    """Holds the tickets of all workspaces and answers what changed since a position."""

    def __init__(self, workspaces: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._position = _NOWHERE
        self._tickets: dict[TicketRef, Ticket] = {}
        self._log: list[_Entry] = []
        self._stops: list[int] = []
        """The positions at which the queue stood since the oldest entry of the log, and before."""
        self._health: Mapping[str, WorkspaceHealth] = {
            name: WorkspaceHealth() for name in workspaces
        }

    @property
    def position(self) -> Position | None:
        """Up to where the journal was followed; None before anything came."""
        with self._lock:
            return None if self._position is _NOWHERE else self._position

    def take(self, changes: ChangeSet | Reset) -> bool:
        """Take in what the journal says since `position`; return whether a ticket changed."""
        with self._lock:
            if isinstance(changes, Reset):
                self._tickets = {ticket.ref: ticket for ticket in changes.tickets}
                self._log.clear()
                self._position, self._stops = changes.position, [changes.position.n]
                return True
            n, before = changes.position.n, len(self._log)
            for ticket in (*changes.added, *changes.changed):
                known = self._tickets.get(ticket.ref)
                self._tickets[ticket.ref] = ticket
                if known != ticket:
                    self._log.append(_Entry(n, ticket.ref, existed=known is not None))
            for ref in changes.removed:
                if self._tickets.pop(ref, None) is not None:
                    self._log.append(_Entry(n, ref, existed=True))
            changed = len(self._log) > before
            self._position = changes.position
            if self._stops[-1:] != [n]:
                self._stops.append(n)
            self._trim()
            return changed

    def take_health(self, health: Mapping[str, WorkspaceHealth]) -> bool:
        """Replace the health of the workspaces named; return whether anything differs."""
        with self._lock:
            before, self._health = self._health, {**self._health, **health}
            return before != self._health

    def health(self) -> Mapping[str, WorkspaceHealth]:
        """Return the health of every workspace, in the order of the configuration."""
        with self._lock:
            return self._health

    def tickets(self) -> tuple[Ticket, ...]:
        """Return all tickets there are now."""
        with self._lock:
            return tuple(self._tickets.values())

    def missing(self, refs: Iterable[TicketRef]) -> AbstractSet[TicketRef]:
        """Return those that are not there, of workspaces that were read whole."""
        with self._lock:
            whole = {name for name, each in self._health.items() if each.as_of is not None}
            return {ref for ref in refs if ref.workspace in whole and ref not in self._tickets}

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        """Return what changed since `position`, each ticket at most once, in its latest state.

        Where the queue never stood at `position`, though the journal may have, a reader gets all.
        """
        with self._lock:
            here = self._position
            if position is None or position.epoch != here.epoch or not self._stood_at(position.n):
                return Reset(position=here, tickets=tuple(self._tickets.values()))
            existed: dict[TicketRef, bool] = {}
            for entry in self._log[bisect_right(self._log, position.n, key=attrgetter("n")) :]:
                existed.setdefault(entry.ref, entry.existed)
            added: list[Ticket] = []
            changed: list[Ticket] = []
            removed: list[TicketRef] = []
            for ref, was_there in existed.items():
                ticket = self._tickets.get(ref)
                if ticket is not None:
                    (changed if was_there else added).append(ticket)
                elif was_there:
                    removed.append(ref)
            return ChangeSet(
                position=here,
                added=tuple(added),
                changed=tuple(changed),
                removed=tuple(removed),
            )

    def _stood_at(self, n: int) -> bool:
        at = bisect_left(self._stops, n)
        return at < len(self._stops) and self._stops[at] == n

    def _trim(self) -> None:
        keep = max(LOG_LIMIT, len(self._tickets))
        if len(self._log) > 2 * keep:
            # Entries of one position go together: a reader stands behind all of them or before.
            first = self._log[len(self._log) - keep].n
            del self._log[: bisect_right(self._log, first, key=attrgetter("n"))]
            del self._stops[: bisect_left(self._stops, first)]
