"""The queue as a table for people. Pure: what a terminal would act on was cleaned before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.cli.cells import cell_width, cut, pad
from tui.domain.labels import priority_label, status_label
from tui.domain.ticket import Ticket
from tui.domain.urgency import age_words, due_words

_GAP = "  "
_ALIGNED_CELLS = 60
"""A longer text in a pipe pushes what follows to the right, instead of every row being as wide."""
_TICKET_CELLS = 26
_PERSON_CELLS = 20
_TITLE_AT_LEAST = 10


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    text: Callable[[Ticket, datetime], str]
    from_width: int = 0
    """Shown in terminals at least so wide."""
    most_cells: int | None = None
    """In a terminal; None: whole."""


_TITLE = _Column("TITLE", lambda ticket, _: ticket.title)
_COLUMNS = (
    _Column("PRI", lambda ticket, _: priority_label(ticket)),
    _Column("DUE", due_words),
    _Column("TICKET", lambda ticket, _: ticket.handle, most_cells=_TICKET_CELLS),
    _Column("STAT", lambda ticket, _: status_label(ticket), from_width=60),
    _TITLE,
    _Column("CUSTOMER", lambda ticket, _: ticket.customer.words, 100, _PERSON_CELLS),
    _Column("ASSIGNEE", lambda ticket, _: ticket.assignee.words, 120, _PERSON_CELLS),
    _Column("AGE", age_words, 120),
)


def table(tickets: Sequence[Ticket], now: datetime, columns: int | None) -> str:
    """Return a header and a line a ticket.

    With `columns` nothing is wider than that: columns go and texts are cut. Without, all is there.
    """
    shown = [column for column in _COLUMNS if columns is None or columns >= column.from_width]
    rows = [[column.text(ticket, now) for column in shown] for ticket in tickets]
    if columns is not None:
        for row in rows:
            for index, column in enumerate(shown):
                if column.most_cells is not None:
                    row[index] = cut(row[index], column.most_cells)
    rows.insert(0, [column.title for column in shown])
    widths = [max(cell_width(row[index]) for row in rows) for index in range(len(shown))]
    if columns is None:
        widths = [min(width, _ALIGNED_CELLS) for width in widths]
    else:
        title = shown.index(_TITLE)
        others = sum(widths) - widths[title] + len(_GAP) * (len(shown) - 1)
        widths[title] = min(widths[title], max(_TITLE_AT_LEAST, columns - others))
        for row in rows:
            row[title] = cut(row[title], widths[title])
    lines = (
        _GAP.join(pad(text, width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(line if columns is None else cut(line, columns) for line in lines)
