"""The columns of the ticket list, by the room there is. Pure; knows no widget."""

from dataclasses import dataclass
from datetime import datetime

from tui.app.formatting import Glyphs, Line, Span, fit, fit_handle
from tui.app.ticket_text import PRIORITY_STYLES, due_style
from tui.domain.activity import Novelty
from tui.domain.labels import priority_label, status_label
from tui.domain.ticket import Ticket
from tui.domain.urgency import age_words, due_words, is_overdue

GUTTER = 4
"""The cursor, the mark of what nobody has seen, that of a row that is not current, and a gap."""
UNSEEN_SIGNS = {Novelty.NEW: "*", Novelty.CHANGED: "+"}
"""Words of one character, because there is no room for a longer one; the legend explains them."""
PRIORITY_WIDTH, DUE_WIDTH, STATUS_WIDTH, AGE_WIDTH = 4, 9, 4, 3
CUSTOMER_WIDTH, ASSIGNEE_WIDTH = 18, 13
TITLE_LEAST = 24
"""Optional columns go before the title gets shorter than this."""
NO_TITLE = "(no text here)"
"""The vendor gave none, or texts stay in the memory of the process that polls."""
HANDLE_LEAST, HANDLE_MOST = 6, 22

STATUS_FROM, CUSTOMER_FROM, ASSIGNEE_FROM, AGE_FROM = 60, 100, 120, 120
"""Widths of the terminal from which a column is there."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide each column is; 0 where it is left out."""

    handle: int
    title: int
    status: int = 0
    customer: int = 0
    assignee: int = 0
    age: int = 0


def choose_columns(width: int, terminal_width: int, handle_width: int) -> Columns:
    """Share `width` cells out; what is optional goes first where it is narrow.

    PRI, DUE, TICKET and TITLE always stay. `handle_width` is that of the longest handle.
    """
    handle = max(HANDLE_LEAST, min(handle_width, HANDLE_MOST, width // 5))
    room = width - GUTTER - PRIORITY_WIDTH - DUE_WIDTH - handle - 4
    status = customer = assignee = age = 0
    if terminal_width >= STATUS_FROM:
        status, room = STATUS_WIDTH, room - STATUS_WIDTH - 1
    if terminal_width >= CUSTOMER_FROM and room - CUSTOMER_WIDTH - 1 >= TITLE_LEAST:
        customer, room = CUSTOMER_WIDTH, room - CUSTOMER_WIDTH - 1
    if terminal_width >= ASSIGNEE_FROM and room - ASSIGNEE_WIDTH - 1 >= TITLE_LEAST:
        assignee, room = ASSIGNEE_WIDTH, room - ASSIGNEE_WIDTH - 1
    if terminal_width >= AGE_FROM and room - AGE_WIDTH - 1 >= TITLE_LEAST:
        age, room = AGE_WIDTH, room - AGE_WIDTH - 1
    return Columns(handle, max(room, 0), status, customer, assignee, age)


def header_row(columns: Columns, glyphs: Glyphs) -> Line:
    """Return the fixed row above the tickets."""

    def cell(text: str, width: int) -> str:
        return fit(text, width, cut=glyphs.cut) + " " if width else ""

    text = (
        " " * GUTTER
        + cell("PRI", PRIORITY_WIDTH)
        + cell("DUE", DUE_WIDTH)
        + cell("TICKET", columns.handle)
        + cell("STAT", columns.status)
        + cell("TITLE", columns.title)
        + cell("CUSTOMER", columns.customer)
        + cell("ASSIGNEE", columns.assignee)
        + cell("AGE", columns.age)
    )
    return (Span(text, "muted"),)


def ticket_row(
    ticket: Ticket,
    now: datetime,
    columns: Columns,
    glyphs: Glyphs,
    *,
    is_cursor: bool,
    is_current: bool,
    novelty: Novelty | None = None,
) -> Line:
    """Return the row of a ticket: few spans, because each change of colour costs bytes."""

    def cell(text: str, width: int) -> str:
        return fit(text, width, cut=glyphs.cut) + " " if width else ""

    priority_style = PRIORITY_STYLES[ticket.priority]
    priority = f"{' ' if is_current else '!'} {cell(priority_label(ticket), PRIORITY_WIDTH)}"
    due = cell(due_words(ticket, now), DUE_WIDTH)
    handle = fit_handle(ticket.handle, columns.handle, cut=glyphs.cut) + " "
    handle += cell(status_label(ticket), columns.status)
    title = cell(ticket.title or NO_TITLE, columns.title)
    rest = (
        cell(ticket.customer.words, columns.customer)
        + cell(ticket.assignee.words, columns.assignee)
        + cell(f"{age_words(ticket, now):>{AGE_WIDTH}}", columns.age)
    )
    if not is_current or ticket.closed:
        style = "muted" if is_current else "stale"
        row: Line = (Span(priority + due + handle + title + rest, style),)
    else:
        row = (
            Span(priority, priority_style, bold=priority_style == "critical"),
            Span(due, due_style(ticket, now), bold=is_overdue(ticket, now)),
            Span(handle, "muted"),
            Span(title, "text"),
            Span(rest, "muted"),
        )
    cursor = glyphs.cursor if is_cursor else " "
    if novelty is not None:
        return (Span(cursor + UNSEEN_SIGNS[novelty], "new", bold=True), *row)
    if is_cursor:
        return (Span(f"{cursor} ", "accent", bold=True), *row)
    first = row[0]
    return (Span(f"  {first.text}", first.style, first.bold), *row[1:])
