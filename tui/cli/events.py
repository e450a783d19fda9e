"""What happens in the queue, one event after the other. Pure but for the reader it is handed."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.health import WorkspaceHealth
from tui.domain.ports import QueueReader
from tui.domain.query import Query
from tui.domain.record import to_record, utc_text
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.urgency import is_overdue

_UNTOLD = frozenset({"confirmed_at"})
"""Keys of a record that change without anything having happened."""


class EventKind(StrEnum):
    """What happened, in the words of the public contract."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    OVERDUE = "overdue"
    HEALTH = "health"


Change = tuple[object, object]
"""The old and the new value, as a record has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, to a ticket or to a workspace."""

    kind: EventKind
    at: datetime
    """When it was noticed; of a ticket that became overdue by time alone, its due time."""
    workspace: str
    ticket: Ticket | None = None
    """As it is after the event, or was before it was removed; None for a workspace."""
    changes: Mapping[str, Change] = field(default_factory=dict)
    """By the key of the record, or of a workspace `state` and `error`."""

    def record(self, now: datetime) -> Mapping[str, object]:
        """Return the event as the JSON object of the public contract."""
        return {
            "event": self.kind.value,
            "at": utc_text(self.at),
            "workspace": self.workspace,
            "ref": str(self.ticket.ref) if self.ticket else None,
            "ticket": to_record(self.ticket, now) if self.ticket else None,
            "changes": {key: list(change) for key, change in self.changes.items()},
        }


class EventStream:
    """Tells what happened since the last look. Begins with the queue as it is: that is no event.

    What the first complete sweep of a workspace brings is no event either.
    """

    def __init__(self, reader: QueueReader, query: Query, now: datetime) -> None:
        self._reader = reader
        self._query = query
        self._looked_at = now
        self._health = reader.health()
        self._known = _names_known(self._health)
        self._position: Position | None = None
        self._tickets: dict[TicketRef, Ticket] = {}
        self._overdue: set[TicketRef] = set()
        self._due: list[tuple[datetime, TicketRef]] = []
        """A heap of when tickets become overdue; it may hold old moments as well."""
        for _ in self._changed(self._health, now):
            pass

    @property
    def next_moment(self) -> datetime | None:
        """When something may happen by time alone; may be early, never late."""
        return self._due[0][0] if self._due else None

    def look(self, now: datetime) -> Sequence[Event]:
        """Return what happened since the last look; a ticket counts that matched before or after.

        A ticket that is new or changed and overdue by it is told twice.
        """
        # The health first: what it promises to be read is then in the changes.
        before, self._health = self._health, self._reader.health()
        unread = self._health.keys() - self._known
        self._known = _names_known(self._health)
        events = [*self._changed(unread, now), *self._became_overdue(now)]
        for name, health in self._health.items():
            if changes := _health_changes(before[name], health):
                events.append(Event(kind=EventKind.HEALTH, at=now, workspace=name, changes=changes))
        self._looked_at = now
        return events

    def _changed(self, unread: Iterable[str], now: datetime) -> Iterator[Event]:
        """Take in what changed and yield it, but for that of workspaces not read before."""
        silent = set(unread)
        changes = self._reader.changes_since(self._position)
        last, self._position = self._position, changes.position
        if isinstance(changes, Reset):
            if last is None or last.epoch != changes.position.epoch:
                # What was purged was not removed, and what is read again is not new.
                silent = set(self._health)
            changes = self._difference(changes)
        for ticket in (*changes.added, *changes.changed):
            old = self._tickets.get(ticket.ref)
            becomes_overdue = self._put(ticket, now)
            if ticket.ref.workspace in silent:
                continue
            yield from self._told(old, ticket, now)
            if becomes_overdue and self._query.matches(ticket):
                yield _overdue(ticket, now)
        for ref in changes.removed:
            gone = self._tickets.pop(ref, None)
            self._overdue.discard(ref)
            if gone is not None and ref.workspace not in silent and self._query.matches(gone):
                yield _event(EventKind.REMOVED, gone, now)

    def _told(self, old: Ticket | None, new: Ticket, now: datetime) -> Iterator[Event]:
        matches = self._query.matches(new)
        if old is None:
            if matches:
                yield _event(EventKind.ADDED, new, now)
        elif matches or self._query.matches(old):
            changes = _record_changes(to_record(old, self._looked_at), to_record(new, now))
            if changes:
                yield _event(EventKind.CHANGED, new, now, changes)

    def _became_overdue(self, now: datetime) -> Iterator[Event]:
        while self._due and self._due[0][0] <= now:
            moment, ref = heapq.heappop(self._due)
            ticket = self._tickets.get(ref)
            if ticket is None or ref in self._overdue or not is_overdue(ticket, now):
                continue
            self._overdue.add(ref)
            if self._query.matches(ticket):
                yield _overdue(ticket, moment)

    def _put(self, ticket: Ticket, now: datetime) -> bool:
        """Take in a ticket; return whether it is overdue from now on."""
        ref = ticket.ref
        self._tickets[ref] = ticket
        if is_overdue(ticket, now):
            was_overdue = ref in self._overdue
            self._overdue.add(ref)
            return not was_overdue
        self._overdue.discard(ref)
        if not ticket.closed and ticket.due_at is not None:
            heapq.heappush(self._due, (ticket.due_at, ref))
        return False

    def _difference(self, reset: Reset) -> ChangeSet:
        present = {ticket.ref for ticket in reset.tickets}
        return ChangeSet(
            position=reset.position,
            added=tuple(each for each in reset.tickets if each != self._tickets.get(each.ref)),
            removed=tuple(ref for ref in self._tickets if ref not in present),
        )


def _names_known(healths: Mapping[str, WorkspaceHealth]) -> frozenset[str]:
    """The workspaces that were read completely once."""
    return frozenset(name for name, health in healths.items() if health.as_of is not None)


def _event(
    kind: EventKind, ticket: Ticket, at: datetime, changes: Mapping[str, Change] | None = None
) -> Event:
    return Event(
        kind=kind, at=at, workspace=ticket.ref.workspace, ticket=ticket, changes=changes or {}
    )


def _overdue(ticket: Ticket, at: datetime) -> Event:
    return _event(EventKind.OVERDUE, ticket, at, {"overdue": (False, True)})


def _record_changes(old: Mapping[str, object], new: Mapping[str, object]) -> Mapping[str, Change]:
    return {
        key: (old[key], value)
        for key, value in new.items()
        if key not in _UNTOLD and value != old[key]
    }


def _health_changes(old: WorkspaceHealth, new: WorkspaceHealth) -> Mapping[str, Change]:
    changes: dict[str, Change] = {
        "state": (old.state.value, new.state.value),
        "error": (old.error, new.error),
    }
    return {key: change for key, change in changes.items() if change[0] != change[1]}
