"""Open creates as a table for people. Pure: their texts were cleaned before."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tui.cli.cells import cell_width, cut, pad
from tui.domain.clean import clean
from tui.domain.creates import OpenCreate, Stage
from tui.domain.urgency import span_words

_HEADER = ("ID", "AGE", "WORKSPACE", "BY", "TITLE")
_GAP = "  "
_ID_CHARACTERS = 8
_BY_CELLS = 16
_TITLE_AT_LEAST = 10
_NO_TIME = timedelta()


def outbox_table(creates: Sequence[OpenCreate], now: datetime, columns: int | None) -> str:
    """Return a header, and two lines for each create: what it is, and what is known of its end.

    With `columns` the title is cut so that the first line fits. What is known is never cut.
    """
    length = _telling_length([each.id for each in creates])
    rows = [_HEADER, *(_cells(each, length, now) for each in creates)]
    widths = [max(cell_width(row[index]) for row in rows) for index in range(len(_HEADER) - 1)]
    title_cells = None
    if columns is not None:
        others = sum(widths) + len(_GAP) * len(widths)
        title_cells = max(_TITLE_AT_LEAST, columns - others)
    indent = " " * (widths[0] + len(_GAP))
    lines = [_line(_HEADER, widths, title_cells)]
    for each, row in zip(creates, rows[1:], strict=True):
        lines += [_line(row, widths, title_cells), f"{indent}{known_of(each)}"]
    return "\n".join(lines)


def known_of(each: OpenCreate) -> str:
    """Return what is known of a create's end, in one line."""
    match each.stage:
        case Stage.SENDING:
            return "being sent"
        case Stage.LOOKING:
            return "looking whether it exists"
        case Stage.OPEN:
            return each.message or "it may or may not exist: look before sending again"


def _cells(each: OpenCreate, id_length: int, now: datetime) -> tuple[str, ...]:
    return (
        each.id[:id_length],
        span_words(max(now - each.at, _NO_TIME)),
        each.workspace,
        cut(clean(each.by), _BY_CELLS),
        clean(each.title),
    )


def _line(cells: Sequence[str], widths: Sequence[int], title_cells: int | None) -> str:
    *leading, title = cells
    padded = [pad(text, width) for text, width in zip(leading, widths, strict=True)]
    shown = title if title_cells is None else cut(title, title_cells)
    return _GAP.join([*padded, shown]).rstrip()


def _telling_length(ids: Sequence[str]) -> int:
    """Return how many characters tell all of them apart, at least the usual few."""
    length = _ID_CHARACTERS
    while len({each[:length] for each in ids}) < len(set(ids)):
        length += 1
    return length
