"""The columns of the ticket list, by the room there is. Pure; knows no widget.

Where it gets narrow, what is optional goes before the title gets too short to be read: AGE first,
then ASSIGNEE, CUSTOMER and at last STAT; PRI, DUE, TICKET and TITLE always stay. Where it is wide,
the title gets no more than it needs before the others have what they need. Beside a preview, which
tells the customer too, CUSTOMER comes after that.

Texts that run from right to left stay in their cells on every terminal that draws cells in the
order they come in. Nothing is put around them for those that reorder a line by themselves: the
marks and isolates of Unicode have no width, and terminals exist that lose the rest of a line then.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from tui.app.formatting import Glyphs, Line, Span, fit, fit_handle
from tui.app.ticket_text import PRIORITY_STYLES, due_style
from tui.domain.activity import Novelty
from tui.domain.acts import NO_ACTS, LocalActs, is_snoozed
from tui.domain.labels import priority_label, status_label
from tui.domain.order import Order
from tui.domain.ticket import Status, Ticket
from tui.domain.urgency import age_words, due_words, is_overdue, updated_words

GUTTER = 4
"""The cursor; the user's mark, else news; not current, else what was done here; and a gap."""
MARKED_SIGN = "x"
NOT_CURRENT_SIGN = "!"
UNSEEN_SIGNS = {Novelty.NEW: "*", Novelty.CHANGED: "+"}
"""Words of one character, because there is no room for a longer one; the legend explains them."""
PRIORITY_WIDTH, DUE_WIDTH, STATUS_WIDTH, AGE_WIDTH = 4, 9, 4, 3
CUSTOMER_WIDTH, ASSIGNEE_WIDTH = 18, 13
TITLE_LEAST = 24
"""Optional columns go before the title gets shorter than this."""
TITLE_ENOUGH = 60
"""From here on the other columns grow first."""
NO_TITLE = "(no text here)"
"""The vendor gave none, or texts stay in the memory of the process that polls."""
HANDLE_LEAST, HANDLE_MOST = 6, 22

STATUS_FROM, CUSTOMER_FROM, ASSIGNEE_FROM, AGE_FROM = 60, 100, 120, 120
"""Widths of the terminal from which a column is there."""
_WIDER = {"updated": 3, "status": 9, "customer": 28, "assignee": 20, "tags": 20}
"""What columns grow to, or come with, in this order, while the title has enough."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide each column is; 0 where it is left out."""

    handle: int
    title: int
    status: int = 0
    customer: int = 0
    assignee: int = 0
    tags: int = 0
    age: int = 0
    updated: int = 0


def choose_columns(width: int, terminal_width: int, handle_width: int) -> Columns:
    """Share `width` cells out; `handle_width` is that of the longest handle.

    Where `width` is less than the terminal's, a preview stands beside the list.
    """
    handle = max(HANDLE_LEAST, min(handle_width, HANDLE_MOST, width // 5))
    room = width - GUTTER - PRIORITY_WIDTH - DUE_WIDTH - handle - 4
    columns = Columns(handle, 0)
    if terminal_width >= STATUS_FROM:
        columns, room = replace(columns, status=STATUS_WIDTH), room - STATUS_WIDTH - 1
    for name, cells, least in (
        ("customer", CUSTOMER_WIDTH, CUSTOMER_FROM),
        ("assignee", ASSIGNEE_WIDTH, ASSIGNEE_FROM),
        ("age", AGE_WIDTH, AGE_FROM),
    ):
        is_told_beside = name == "customer" and width < terminal_width
        if is_told_beside or terminal_width < least:
            continue
        if room - cells - 1 >= TITLE_LEAST:
            columns, room = replace(columns, **{name: cells}), room - cells - 1
    if columns.age:
        for name, cells in _WIDER.items():
            before = getattr(columns, name)
            cost = cells - before if before else cells + 1
            if room - cost < TITLE_ENOUGH:
                break
            columns, room = replace(columns, **{name: cells}), room - cost
    return replace(columns, title=max(room, 0))


_SORTED_BY = {
    "PRI": ("priority",),
    "DUE": ("due",),
    "TICKET": ("ref", "workspace"),
    "STAT": ("status",),
    "STATUS": ("status",),
    "TITLE": ("title",),
    "CUSTOMER": ("customer",),
    "ASSIGNEE": ("assignee",),
    "AGE": ("created",),
    "UPD": ("updated",),
}
"""The sort keys that a column stands for; urgency is that of no column."""


def header_row(columns: Columns, glyphs: Glyphs, order: Order) -> Line:
    """Return the fixed row above the tickets; it shows by which column they are sorted."""
    status = "STATUS" if columns.status > STATUS_WIDTH else "STAT"
    widths = {
        "PRI": PRIORITY_WIDTH,
        "DUE": DUE_WIDTH,
        "TICKET": columns.handle,
        status: columns.status,
        "TITLE": columns.title,
        "CUSTOMER": columns.customer,
        "ASSIGNEE": columns.assignee,
        "TAGS": columns.tags,
        "AGE": columns.age,
        "UPD": columns.updated,
    }
    parts: list[Span] = [Span(" " * GUTTER, "muted")]
    for label, width in widths.items():
        if not width:
            continue
        cell = fit(label, width, cut=glyphs.cut) + " "
        if order.key in _SORTED_BY.get(label, ()):
            # The gap behind the column is there for the sign as well.
            cell = fit(label + (glyphs.down if order.descending else glyphs.up), width + 1, cut="")
            parts.append(Span(cell, "accent"))
        elif parts[-1].style == "muted":
            parts[-1] = Span(parts[-1].text + cell, "muted")
        else:
            parts.append(Span(cell, "muted"))
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class RowState:
    """What a row shows beside its ticket."""

    is_cursor: bool = False
    is_current: bool = True
    """Whether the ticket is known as it is now."""
    is_marked: bool = False
    novelty: Novelty | None = None
    acts: LocalActs = NO_ACTS


def act_sign(acts: LocalActs, ticket: Ticket, now: datetime, glyphs: Glyphs) -> str:
    """Return the sign of what was done to the ticket here; "" for nothing that has one.

    Where there are several: that a ticket is pinned shows by its place as well.
    """
    if is_snoozed(acts, ticket, now):
        return glyphs.snoozed
    if acts.acknowledged is not None:
        return glyphs.acknowledged
    return "" if acts.pinned is None else glyphs.pinned


def ticket_row(
    ticket: Ticket, now: datetime, columns: Columns, glyphs: Glyphs, state: RowState
) -> Line:
    """Return the row of a ticket: few spans, because each change of colour costs bytes."""

    def cell(text: str, width: int) -> str:
        return fit(text, width, cut=glyphs.cut) + " " if width else ""

    sign = act_sign(state.acts, ticket, now, glyphs) if state.is_current else NOT_CURRENT_SIGN
    sign = f"{sign or ' '} "
    priority = cell(priority_label(ticket), PRIORITY_WIDTH)
    due = cell(due_words(ticket, now), DUE_WIDTH)
    handle = fit_handle(ticket.handle, columns.handle, cut=glyphs.cut) + " "
    handle += cell(_status_words(ticket, columns.status), columns.status)
    title = cell(ticket.title or NO_TITLE, columns.title)
    rest = (
        cell(ticket.customer.words, columns.customer)
        + cell(ticket.assignee.words, columns.assignee)
        + cell(" ".join(ticket.tags), columns.tags)
        + cell(f"{age_words(ticket, now):>{AGE_WIDTH}}", columns.age)
        + cell(f"{updated_words(ticket, now):>{AGE_WIDTH}}", columns.updated)
    )
    is_calm = state.acts.acknowledged is not None
    row: Line
    if not state.is_current or ticket.closed:
        style = "muted" if state.is_current else "stale"
        row = (Span(sign + priority + due + handle + title + rest, style),)
    else:
        priority_style = PRIORITY_STYLES[ticket.priority]
        row = (
            # No part of the priority: without colours that is underlined.
            Span(sign, "muted"),
            Span(priority, priority_style, bold=priority_style == "critical" and not is_calm),
            Span(due, due_style(ticket, now), bold=is_overdue(ticket, now) and not is_calm),
            *(
                (Span(handle + title + rest, "muted"),)
                if is_calm
                else (Span(handle, "muted"), Span(title, "text"), Span(rest, "muted"))
            ),
        )
    return _with_cursor(row, glyphs, state)


def _with_cursor(row: Line, glyphs: Glyphs, state: RowState) -> Line:
    """Put the first two signs before a row, in the style of the row where they are blank."""
    cursor = glyphs.cursor if state.is_cursor else " "
    if state.is_marked:
        return (Span(cursor + MARKED_SIGN, "mark", bold=True), *row)
    if state.novelty is not None:
        return (Span(cursor + UNSEEN_SIGNS[state.novelty], "new", bold=True), *row)
    if state.is_cursor:
        return (Span(f"{cursor} ", "accent", bold=True), *row)
    first = row[0]
    return (Span(f"  {first.text}", first.style, first.bold), *row[1:])


def _status_words(ticket: Ticket, width: int) -> str:
    """Return the status as long as there is room for: `esc`, or `escalated`."""
    if width <= STATUS_WIDTH:
        return status_label(ticket)
    if ticket.status is Status.UNKNOWN:
        return f"?{ticket.vendor_status or ''}"
    return ticket.status.value
