"""Tickets for tests: believable unless a test says otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tui.domain.ticket import Priority, Status, Ticket, TicketRef

NOON = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)


def make_ticket(ticket_id: str = "1", *, workspace: str = "qp", **overrides: Any) -> Ticket:
    """Return an open ticket of medium priority, created an hour before noon."""
    values: dict[str, Any] = {
        "ref": TicketRef(workspace, ticket_id),
        "vendor": "questionpro",
        "title": f"Ticket {ticket_id}",
        "confirmed_at": NOON,
        "status": Status.OPEN,
        "vendor_status": "OPEN",
        "priority": Priority.MEDIUM,
        "vendor_priority": "MEDIUM",
        "created_at": NOON - timedelta(hours=1),
    }
    return Ticket(**(values | overrides))
