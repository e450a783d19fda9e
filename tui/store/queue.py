"""The queue in memory: every workspace's tickets, the changes in their order, and the health.

The engine writes; anyone reads, from any thread. What is handed out is immutable.
"""

import threading
import uuid
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.health import WorkspaceHealth
from tui.domain.ticket import Ticket, TicketRef

MISSES_UNTIL_REMOVED = 2
"""Complete sweeps that must miss a ticket before it counts as removed: pages shift while read."""
LOG_LIMIT = 20_000
"""Changes kept for readers that come late; at least as many as there are tickets."""


@dataclass(frozen=True, slots=True)
class _Entry:
    ref: TicketRef
    existed: bool
    """Whether the ticket was there before this change."""


class TicketQueue:
    """Holds the tickets of all workspaces and answers what changed since a position."""

    def __init__(self, workspaces: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._epoch = uuid.uuid4().hex
        self._tickets: dict[TicketRef, Ticket] = {}
        self._misses: dict[TicketRef, int] = {}
        self._log: list[_Entry] = []
        self._first = 0
        """The position before the oldest entry of the log."""
        self._health = {name: WorkspaceHealth() for name in workspaces}

    def apply(self, tickets: Iterable[Ticket], removed: Iterable[TicketRef] = ()) -> bool:
        """Take in what a vendor showed; return whether anything changed by it."""
        with self._lock:
            before = len(self._log)
            for ticket in tickets:
                self._misses.pop(ticket.ref, None)
                known = self._tickets.get(ticket.ref)
                self._tickets[ticket.ref] = ticket
                if known != ticket:
                    self._log.append(_Entry(ticket.ref, existed=known is not None))
            for ref in removed:
                self._remove(ref)
            changed = len(self._log) > before
            self._trim()
            return changed

    def finish_sweep(self, workspace: str, seen: AbstractSet[TicketRef]) -> bool:
        """Count a miss for the workspace's tickets that a complete sweep did not show.

        Call it for complete sweeps only: a partial one proves nothing about what it did not show.
        Returns whether any ticket was removed by it.
        """
        with self._lock:
            before = len(self._log)
            missed = [
                ref for ref in self._tickets if ref.workspace == workspace and ref not in seen
            ]
            for ref in missed:
                self._misses[ref] = self._misses.get(ref, 0) + 1
                if self._misses[ref] >= MISSES_UNTIL_REMOVED:
                    self._remove(ref)
            changed = len(self._log) > before
            self._trim()
            return changed

    def set_health(self, workspace: str, health: WorkspaceHealth) -> bool:
        """Replace the workspace's health; return whether it differs from before."""
        with self._lock:
            changed = self._health.get(workspace) != health
            self._health[workspace] = health
            return changed

    def health(self) -> Mapping[str, WorkspaceHealth]:
        """Return the health of every workspace, in the order of the configuration."""
        with self._lock:
            return dict(self._health)

    def tickets(self) -> tuple[Ticket, ...]:
        """Return all tickets there are now."""
        with self._lock:
            return tuple(self._tickets.values())

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        """Return what changed since `position`, each ticket at most once, in its latest state."""
        with self._lock:
            here = Position(self._epoch, self._first + len(self._log))
            if (
                position is None
                or position.epoch != self._epoch
                or not self._first <= position.n <= here.n
            ):
                return Reset(position=here, tickets=tuple(self._tickets.values()))
            existed: dict[TicketRef, bool] = {}
            for entry in self._log[position.n - self._first :]:
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

    def _remove(self, ref: TicketRef) -> None:
        self._misses.pop(ref, None)
        if self._tickets.pop(ref, None) is not None:
            self._log.append(_Entry(ref, existed=True))

    def _trim(self) -> None:
        keep = max(LOG_LIMIT, len(self._tickets))
        if len(self._log) > 2 * keep:
            surplus = len(self._log) - keep
            del self._log[:surplus]
            self._first += surplus
