"""The older CX tickets to ours. Pure."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from tui.domain.clean import first_line
from tui.domain.ticket import DueSource, Priority, Status, Ticket, TicketRef
from tui.vendors.questionpro_legacy.wire import LegacyTicket
from tui.vendors.reading import Item, Origin, body, person, word

# The documents do not say what the numbers mean. These are those of QuestionPro's own mobile app;
# an older version of it knew 3 as overdue and 4 as resolved.
STATUSES: Mapping[str, Status] = {
    "0": Status.NEW,
    "1": Status.OPEN,
    "2": Status.ESCALATED,
    "3": Status.RESOLVED,
}
PRIORITIES: Mapping[str, Priority] = {
    "0": Priority.LOW,
    "1": Priority.MEDIUM,
    "2": Priority.HIGH,
    "3": Priority.CRITICAL,
}
LISTED_STATUSES = (0, 1, 2, 3)
"""What the list is asked for, one after another: it shows one status at a time."""

_NOBODY = "Not Assigned"
_MAPPED = frozenset(
    {
        "ticketID",
        "emailAddress",
        "phoneNumber",
        "currentSegment",
        "originSegment",
        "ticketOwner",
        "status",
        "priority",
        "timestamp",
        "timelimit",
    }
)
_CONTENT = frozenset({"content"})
_COMMENT = frozenset({"comment"})
_EMPTY_NUMBERS = ("assignedTo", "assignedToBU", "panelMemberId", "cxTransactionID", "timelimit")
"""Where 0 means that there is none."""


def listed_with(
    status_of: Callable[[TicketRef], int | None],
) -> Callable[[Item, TicketRef, Origin], Ticket]:
    """Return the mapping of a list that was asked for one status; its items do not name it."""

    def to_listed_ticket(item: Item, ref: TicketRef, origin: Origin) -> Ticket:
        status = status_of(ref)
        if item.raw.get("status") is None and status is not None:
            item.raw = {**item.raw, "status": status}
        return to_ticket(item, ref, origin)

    return to_listed_ticket


def to_ticket(item: Item, ref: TicketRef, origin: Origin) -> Ticket:
    """Return the ticket that an item stands for."""
    wire = item.read(LegacyTicket)
    text = body(wire.content or wire.comment)
    used = _CONTENT if wire.content else _COMMENT
    owner = None if wire.ticket_owner == _NOBODY else wire.ticket_owner
    created_at = item.time("timestamp", wire.timestamp)
    due_at = _estimated_due(created_at, wire.timelimit)
    status, priority = _written(wire.status), _written(wire.priority)
    mapped = (_MAPPED if due_at else _MAPPED - {"timelimit"}) | used
    mapped |= {key for key in _EMPTY_NUMBERS if item.raw.get(key) == 0}
    return Ticket(
        ref=ref,
        vendor=origin.vendor,
        title=first_line(text),
        body=text,
        confirmed_at=origin.at,
        status=STATUSES.get(status or "", Status.UNKNOWN),
        vendor_status=word(status),
        priority=PRIORITIES.get(priority or "", Priority.UNKNOWN),
        vendor_priority=word(priority),
        customer=person(None, wire.email_address, wire.phone_number),
        assignee=person(owner),
        origin_segment=word(wire.origin_segment),
        current_segment=word(wire.current_segment),
        created_at=created_at,
        due_at=due_at,
        due_source=DueSource.ESTIMATE if due_at else None,
        extra=item.leftovers(mapped),
    )


def _written(number: int | str | None) -> str | None:
    if number is None:
        return None
    try:
        return str(number)
    except ValueError:  # more digits than Python turns into text
        return None


def _estimated_due(created_at: datetime | None, hours: int | None) -> datetime | None:
    if created_at is None or hours is None or hours <= 0:
        return None
    with suppress(OverflowError):
        return created_at + timedelta(hours=hours)
    return None
