"""The orders a list can have. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from tui.domain.errors import UsageError
from tui.domain.ticket import Status, Ticket
from tui.domain.urgency import PRIORITY_RANK, urgency_key

_Key = Callable[[Ticket], object]

_STATUS_RANK = {status: rank for rank, status in enumerate(Status)}

_KEYS: dict[str, _Key] = {
    "priority": lambda ticket: PRIORITY_RANK[ticket.priority],
    "due": lambda ticket: ticket.due_at,
    "created": lambda ticket: ticket.created_at,
    "updated": lambda ticket: ticket.updated_at,
    "status": lambda ticket: _STATUS_RANK[ticket.status],
    "workspace": lambda ticket: ticket.ref.workspace,
    "customer": lambda ticket: ticket.customer.words.casefold() or None,
    "assignee": lambda ticket: ticket.assignee.words.casefold() or None,
    "title": lambda ticket: ticket.title.casefold() or None,
    "ref": lambda ticket: ticket.ref,
}
SORT_KEYS = ("urgency", *_KEYS)
"""What a list can be ordered by."""


@dataclass(frozen=True, slots=True)
class Order:
    """A sort key and its direction. Tickets that have no such value come last either way."""

    key: str = "urgency"
    descending: bool = False

    def sort(self, tickets: Iterable[Ticket], now: datetime) -> list[Ticket]:
        """Return the tickets in this order; equals stay in the order of urgency at `now`."""
        by_urgency = sorted(tickets, key=lambda ticket: urgency_key(ticket, now))
        if self.key == "urgency":
            return by_urgency[::-1] if self.descending else by_urgency
        value_of = _KEYS[self.key]
        known = [ticket for ticket in by_urgency if value_of(ticket) is not None]
        unknown = [ticket for ticket in by_urgency if value_of(ticket) is None]
        # The keys differ in type from order to order, but never within one.
        known.sort(key=value_of, reverse=self.descending)  # type: ignore[arg-type]
        return known + unknown


def parse_order(text: str) -> Order:
    """Parse `KEY`, `KEY:asc` or `KEY:desc`.

    `asc` begins with the most urgent, the highest priority, the earliest time, the first letter.

    Raises:
        UsageError: no such key or direction; the nearest key is named.
    """
    key, colon, direction = text.partition(":")
    if key not in SORT_KEYS:
        from tui.domain.draft import nearest_name

        nearest = nearest_name(key, SORT_KEYS)
        hint = f"nearest: {nearest}" if nearest else f"known: {' '.join(SORT_KEYS)}"
        raise UsageError(f"no sort key {key!r} ({hint})")
    if colon and direction not in ("asc", "desc"):
        raise UsageError(f"{text!r}: write {key}:asc or {key}:desc")
    return Order(key, descending=direction == "desc")
