"""A ticket as the JSON object of the public contract. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tui.domain.ticket import Ticket
from tui.domain.urgency import is_overdue


def utc_text(moment: datetime | None) -> str | None:
    """Return a time as `2026-02-04T08:59:51.863Z`: UTC, milliseconds."""
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:  # within hours of year 1 or 9999
            moment = moment.replace(tzinfo=UTC)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def to_record(ticket: Ticket, now: datetime) -> Mapping[str, object]:
    """Return every key of the contract, in its order; `overdue` is judged at `now`."""
    return {
        "ref": str(ticket.ref),
        "workspace": ticket.ref.workspace,
        "vendor": ticket.vendor,
        "id": ticket.ref.id,
        "number": ticket.number,
        "title": ticket.title,
        "body": ticket.body,
        "status": ticket.status.value,
        "vendor_status": ticket.vendor_status,
        "priority": ticket.priority.value,
        "vendor_priority": ticket.vendor_priority,
        "kind": ticket.kind,
        "customer": {
            "name": ticket.customer.name,
            "email": ticket.customer.email,
            "phone": ticket.customer.phone,
        },
        "assignee": {"name": ticket.assignee.name, "email": ticket.assignee.email},
        "tags": list(ticket.tags),
        "channel": ticket.channel,
        "origin_segment": ticket.origin_segment,
        "current_segment": ticket.current_segment,
        "created_at": utc_text(ticket.created_at),
        "updated_at": utc_text(ticket.updated_at),
        "confirmed_at": utc_text(ticket.confirmed_at),
        "due_at": utc_text(ticket.due_at),
        "due_source": ticket.due_source.value if ticket.due_source else None,
        "overdue": is_overdue(ticket, now),
        "closed": ticket.closed,
        "url": ticket.url,
        "extra": dict(ticket.extra),
    }
