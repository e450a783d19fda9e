"""The orders a list can have. Pure."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from tui.domain.errors import UsageError
from tui.domain.ticket import Status, Ticket
from tui.domain.urgency import PRIORITY_RANK, urgency_key

OrderKey = tuple[int | float | str | bytes, ...]
"""What tickets are sorted by: among the keys of one order no two tickets have the same one."""

_Urgency = tuple[int | float | str, ...]
"""An `urgency_key`."""
_Value = Callable[[Ticket], int | float | str | None]

_STATUS_RANK = {status: rank for rank, status in enumerate(Status)}
_BACKWARDS = bytes(255 - byte for byte in range(256))
_NUMBER = re.compile(r"0*([0-9]+)")

_VALUES: dict[str, _Value] = {
    "priority": lambda ticket: PRIORITY_RANK[ticket.priority],
    # Nobody waits for a closed ticket: its time is not shown, and no query for times finds it.
    "due": lambda ticket: None if ticket.closed else _seconds(ticket.due_at),
    "created": lambda ticket: _seconds(ticket.created_at),
    "updated": lambda ticket: _seconds(ticket.updated_at),
    "status": lambda ticket: _STATUS_RANK[ticket.status],
    "workspace": lambda ticket: ticket.ref.workspace,
    "customer": lambda ticket: ticket.customer.words.casefold() or None,
    "assignee": lambda ticket: ticket.assignee.words.casefold() or None,
    "title": lambda ticket: ticket.title.casefold() or None,
    "ref": lambda ticket: f"{ticket.ref.workspace}\0{_counted(ticket.number or ticket.ref.id)}",
}
SORT_KEYS = ("urgency", *_VALUES)
"""What a list can be ordered by."""


@dataclass(frozen=True, slots=True)
class Order:
    """A sort key and its direction. Tickets that have no such value come last either way."""

    key: str = "urgency"
    descending: bool = False

    def sort(self, tickets: Iterable[Ticket], now: datetime) -> list[Ticket]:
        """Return the tickets in this order; equals stay in the order of urgency at `now`."""
        return sorted(tickets, key=self.key_at(now))

    def key_at(self, now: datetime) -> Callable[[Ticket], OrderKey]:
        """Return what gives each ticket its sort key at this moment.

        A key stays right until the ticket changes or `next_turn` of it comes.
        """
        key = self.key_beside()
        return lambda ticket: key(ticket, urgency_key(ticket, now))

    def key_beside(self) -> Callable[[Ticket, _Urgency], OrderKey]:
        """Return what gives each ticket its sort key where its `urgency_key` is known already.

        That ends with the urgency key, unless it is the order of urgency backwards.
        """
        if self.key == "urgency":
            return _urgency_reversed if self.descending else _urgency_alone
        value_of, descending = _VALUES[self.key], self.descending

        def key(ticket: Ticket, urgency: _Urgency) -> OrderKey:
            value = value_of(ticket)
            if value is None:
                return (1, 0, *urgency)
            return (0, _reversed(value) if descending else value, *urgency)

        return key


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _counted(name: str) -> str:
    """Return what sorts as the name does when its numbers are counted: 2099 before 12000."""
    return _NUMBER.sub(lambda found: f"{len(found[1]):03}{found[1]}", name)


def _urgency_alone(_: Ticket, urgency: _Urgency) -> OrderKey:
    return urgency


def _urgency_reversed(_: Ticket, urgency: _Urgency) -> OrderKey:
    return tuple(map(_reversed, urgency))


def _reversed(value: float | str) -> float | bytes:
    """Return what sorts the other way round."""
    if isinstance(value, str):
        # The end of a text comes behind whatever could follow it.
        return value.encode("utf-8", "surrogatepass").translate(_BACKWARDS) + b"\xff"
    return -value


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
