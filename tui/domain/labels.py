"""The short words by which a status and a priority are shown, the same on screen and in print."""

from tui.domain.ticket import Priority, Status, Ticket

LABEL_WIDTH = 4
"""No label is longer, in characters of one cell each."""

_PRIORITIES = {
    Priority.CRITICAL: "CRIT",
    Priority.HIGH: "HIGH",
    Priority.MEDIUM: "MED",
    Priority.LOW: "LOW",
    Priority.UNKNOWN: "?",
    Priority.NONE: "-",
}
_STATUSES = {
    Status.NEW: "new",
    Status.OPEN: "open",
    Status.PENDING: "pend",
    Status.ESCALATED: "esc",
    Status.RESOLVED: "done",
}


def priority_label(ticket: Ticket) -> str:
    """Return `CRIT HIGH MED LOW`, `?` for a word not known, `-` where the vendor has none."""
    return priority_word(ticket.priority)


def priority_word(priority: Priority) -> str:
    """Return the same where there is no ticket yet."""
    return _PRIORITIES[priority]


def status_label(ticket: Ticket) -> str:
    """Return `new open pend esc done`, or `?` and the beginning of the vendor's own word."""
    known = _STATUSES.get(ticket.status)
    if known is not None:
        return known
    word = ticket.vendor_status or ""
    return f"?{word[: LABEL_WIDTH - 1]}" if word.isascii() else "?"
