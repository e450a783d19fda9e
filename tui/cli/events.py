"""What happens in the queue, one event after the other. Pure but for the reader it is handed.

An event depends on the journal and the query alone, never on when somebody looks: whoever watches
the same is told the same.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Protocol

from tui.domain.diff import Position
from tui.domain.health import WorkspaceHealth
from tui.domain.query import Query, QueryContext
from tui.domain.record import to_record, utc_text
from tui.domain.revision import Present, Revision, Revisions
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
    """When the journal took it in; of what happened by time alone, that moment."""
    workspace: str
    ref: TicketRef | None = None
    """None for a workspace."""
    ticket: Ticket | None = None
    """As it is after the event, or was before it was removed.

    None for a workspace, and where what was kept of the ticket is damaged.
    """
    changes: Mapping[str, Change] = field(default_factory=dict)
    """By the key of the record, or of a workspace `state` and `error`."""

    def record(self) -> Mapping[str, object]:
        """Return the event as the JSON object of the public contract."""
        return {
            "event": self.kind.value,
            "at": utc_text(self.at),
            "workspace": self.workspace,
            "ref": str(self.ref) if self.ref else None,
            "ticket": self._ticket_record(),
            "changes": {key: list(change) for key, change in self.changes.items()},
        }

    def _ticket_record(self) -> Mapping[str, object] | None:
        if self.ticket is None:
            return None
        record = to_record(self.ticket, self.at)
        if self.kind is EventKind.OVERDUE:
            # When the ticket was last confirmed until then is not kept.
            return {**record, "confirmed_at": None}
        return record


class RevisionReader(Protocol):
    """What tells every single change: the service."""

    def revisions_since(
        self, position: Position | None, *, settled: bool
    ) -> Future[Revisions | Present]:
        """Return the changes since `position`; `Present` where that is gone or None.

        The future raises StateError. `settled`: all until the present moment is among them.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at the journal brought."""

    events: Sequence[Event]
    lost_since: datetime | None = None
    """What happened from then until now is not known any more; None where all is."""


class EventStream:
    """Tells what happened since the last look. Begins with the queue as it is: that is no event.

    What the first complete sweep of a workspace brings is no event either.
    """

    def __init__(
        self,
        reader: RevisionReader,
        query: Query,
        *,
        context: Callable[[datetime], QueryContext] = lambda at: QueryContext(now=at),
    ) -> None:
        """Begin; `context` gives what the query asks beyond the tickets. Raises StateError."""
        self._reader = reader
        self._query = query
        self._context_at = context
        self._position: Position | None = None
        self._until: datetime
        """All that happened until then was told."""
        self._health: Mapping[str, WorkspaceHealth]
        self._waiting: dict[TicketRef, Ticket] = {}
        """The tickets that become overdue some day."""
        self._due: list[tuple[datetime, TicketRef]] = []
        """A heap of when they do; it may hold moments that were put off as well."""
        self.is_behind = False
        """Whether there is more to be told at once."""
        found = reader.revisions_since(None, settled=True).result()
        self._until, self._health = found.until, found.health
        if isinstance(found, Present):
            self._begin(found)

    @property
    def next_moment(self) -> datetime | None:
        """When something may happen by time alone; may be early, never late."""
        late = (health.late_at for health in self._health.values() if health.may_be_late)
        moments = [moment for moment in late if moment is not None and moment > self._until]
        return min([*moments, *(moment for moment, _ in self._due[:1])], default=None)

    def look(self, now: datetime) -> Look:
        """Return what happened since the last look; a ticket counts that matched before or after.

        A ticket that is new or changed and overdue by it is told twice. Raises StateError.
        """
        next_moment = self.next_moment
        settled = next_moment is not None and next_moment <= now
        found = self._reader.revisions_since(self._position, settled=settled).result()
        last, self._until = self._until, max(self._until, found.until)
        if isinstance(found, Present):
            events = list(self._became_overdue(self._until))
            self._begin(found)
            return Look(events=self._with_health(events, found.health, last), lost_since=last)
        self._position, self.is_behind = found.position, found.has_more
        events = [*self._of_revisions(found.revisions), *self._became_overdue(self._until)]
        return Look(events=self._with_health(events, found.health, last))

    def _begin(self, present: Present) -> None:
        self._position, self.is_behind = present.position, False
        self._waiting.clear()
        self._due.clear()
        for ticket in present.tickets:
            self._wait_for(ticket.ref, ticket, self._until)

    def _of_revisions(self, revisions: Iterable[Revision]) -> Iterator[Event]:
        for revision in revisions:
            yield from self._became_overdue(revision.at)
            self._wait_for(revision.ref, revision.after, revision.at)
            if revision.is_news and self._matches(revision):
                yield from _events_of(revision)

    def _matches(self, revision: Revision) -> bool:
        """Whether the query wants it; what nobody can read might be what is looked for."""
        known = [ticket for ticket in (revision.before, revision.after) if ticket is not None]
        context = self._context_at(revision.at)
        return not known or any(self._query.matches(ticket, context) for ticket in known)

    def _became_overdue(self, until: datetime) -> Iterator[Event]:
        while self._due and self._due[0][0] <= until:
            moment, ref = heapq.heappop(self._due)
            ticket = self._waiting.get(ref)
            if ticket is None or ticket.due_at != moment:
                continue
            del self._waiting[ref]
            if self._query.matches(ticket, self._context_at(moment)):
                yield _overdue(ticket, moment)

    def _wait_for(self, ref: TicketRef, ticket: Ticket | None, at: datetime) -> None:
        """Take in what became of a ticket at that moment."""
        self._waiting.pop(ref, None)
        if ticket is None or ticket.closed or ticket.due_at is None or is_overdue(ticket, at):
            return
        self._waiting[ref] = ticket
        heapq.heappush(self._due, (ticket.due_at, ref))

    def _with_health(
        self, events: Sequence[Event], healths: Mapping[str, WorkspaceHealth], last: datetime
    ) -> Sequence[Event]:
        """Take in the health; return its events since `last` among the others, by their time."""
        # In a part of what happened, a health may be younger than what is still to be told.
        before = self._health
        self._health = {
            name: before[name] if self.is_behind and _is_after(health, self._until) else health
            for name, health in healths.items()
        }
        told = [
            Event(kind=EventKind.HEALTH, at=at, workspace=name, changes=changes)
            for name, health in self._health.items()
            for at, old, new in _turns(before[name], health, last, self._until)
            if (changes := _health_changes(old, new))
        ]
        told.sort(key=attrgetter("at"))
        return list(heapq.merge(events, told, key=attrgetter("at")))


def _is_after(health: WorkspaceHealth, moment: datetime) -> bool:
    return health.since is not None and health.since > moment


def _turns(
    old: WorkspaceHealth, new: WorkspaceHealth, last: datetime, until: datetime
) -> Iterator[tuple[datetime, WorkspaceHealth, WorkspaceHealth]]:
    """Yield when and what a workspace's health may have turned into between two moments.

    By time alone it becomes late, before it was replaced or afterwards.
    """
    now = old.at(last)
    if new.since != old.since:
        # What was in the way of this process alone leaves what there was before.
        turn = until if new.since is None or new.since < last else new.since
        late = old.at(turn)
        yield late.since or turn, now, late
        now = new.at(turn)
        yield turn, late, now
    yield new.at(until).since or until, now, new.at(until)


def _events_of(revision: Revision) -> Iterator[Event]:
    """Yield what a revision comes to; nothing where it changed no more than what is not told."""
    before, after, at = revision.before, revision.after, revision.at
    changes: Mapping[str, Change] = {}
    if not revision.exists:
        kind = EventKind.REMOVED
    elif not revision.existed:
        kind = EventKind.ADDED
    else:
        kind = EventKind.CHANGED
        if before is not None and after is not None:
            changes = _record_changes(to_record(before, at), to_record(after, at))
            if not changes:
                return
    yield Event(
        kind=kind,
        at=at,
        workspace=revision.ref.workspace,
        ref=revision.ref,
        ticket=after if revision.exists else before,
        changes=changes,
    )
    was_overdue = before is not None and is_overdue(before, at)
    if after is not None and is_overdue(after, at) and not was_overdue:
        yield _overdue(after, at)


def _overdue(ticket: Ticket, at: datetime) -> Event:
    return Event(
        kind=EventKind.OVERDUE,
        at=at,
        workspace=ticket.ref.workspace,
        ref=ticket.ref,
        ticket=ticket,
        changes={"overdue": (False, True)},
    )


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
