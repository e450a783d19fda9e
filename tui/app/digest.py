"""What happened since somebody looked: kept while nobody does, told when one is back. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tui.app.mirror import Touched
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.urgency import is_overdue

AWAY_AFTER_BLUR = timedelta(minutes=1)
"""A glance at another window is no absence."""
AWAY_AFTER_KEY = timedelta(minutes=5)
"""Without a key for so long nobody looks: many terminals never tell of the focus."""


class Event(StrEnum):
    """What became of a ticket, in the order and the words of the digest."""

    NEW = "new"
    OVERDUE = "overdue"
    RESOLVED = "resolved"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Digest:
    """What became of which tickets while nobody looked."""

    events: Mapping[TicketRef, Event] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.events)

    def within(self, workspaces: Collection[str]) -> "Digest":
        """Return what of it happened in these workspaces; all if none is named."""
        if not workspaces:
            return self
        return Digest(
            {ref: event for ref, event in self.events.items() if ref.workspace in workspaces}
        )

    def without(self, refs: Collection[TicketRef]) -> "Digest":
        """Return what is left when these were looked at; nothing where none can be any more."""
        left = {ref: event for ref, event in self.events.items() if ref not in refs}
        return Digest({} if set(left.values()) <= {Event.GONE} else left)

    def followed_by(self, later: "Digest") -> "Digest":
        """Return both as one: what was new and then changed is still new."""
        events = dict(self.events)
        for ref, event in later.events.items():
            if not (event is Event.CHANGED and ref in events):
                events[ref] = event
        return Digest(events)

    def words(self) -> str:
        """Return `3 new, 1 overdue, 2 resolved`."""
        counts = Counter(self.events.values())
        return ", ".join(f"{counts[event]:,} {event}" for event in Event if counts[event])


class Absence:
    """Tells whether somebody looks, and keeps how tickets were when nobody began to."""

    def __init__(self, now: datetime) -> None:
        self._last_sign = now
        self._has_focus = True
        self._before: dict[TicketRef, Ticket | None] = {}

    def is_away(self, now: datetime) -> bool:
        """Whether nobody has looked for a while."""
        after = AWAY_AFTER_KEY if self._has_focus else AWAY_AFTER_BLUR
        return now - self._last_sign >= after

    def looks(self, now: datetime) -> bool:
        """Whether somebody is likely to look right now."""
        return self._has_focus and not self.is_away(now)

    def note(self, touched: Touched) -> None:
        """Keep how the touched tickets were, unless their workspace was not known yet."""
        for ref, ticket in touched.before.items():
            if ref.workspace not in touched.unread:
                self._before.setdefault(ref, ticket)

    def left(self, now: datetime) -> None:
        """Take in that the terminal lost the focus."""
        if self.looks(now):
            self._look(now)
        self._has_focus = False

    def came(self, tickets: Mapping[TicketRef, Ticket], now: datetime) -> Digest | None:
        """Take in a sign of somebody; return what happened if there was none for a while."""
        digest = self._digest(tickets, now) if self.is_away(now) else None
        self._has_focus = True
        self._look(now)
        return digest

    def _look(self, now: datetime) -> None:
        self._last_sign = now
        self._before.clear()

    def _digest(self, tickets: Mapping[TicketRef, Ticket], now: datetime) -> Digest:
        events = {
            ref: event
            for ref, before in self._before.items()
            if (event := self._event(before, tickets.get(ref), now))
        }
        return Digest(events)

    def _event(self, before: Ticket | None, ticket: Ticket | None, now: datetime) -> Event | None:
        if ticket is None:
            return Event.GONE if before is not None and not before.closed else None
        if before is None:
            return None if ticket.closed else Event.NEW
        if ticket.closed and not before.closed:
            return Event.RESOLVED
        if is_overdue(ticket, now) and not is_overdue(before, self._last_sign):
            return Event.OVERDUE
        return Event.CHANGED if ticket != before else None
