"""Creates without an end as rows at the head of the ticket list. Pure; knows no widget."""

from collections.abc import Collection, Sequence

from tui.app.columns import DUE_WIDTH, GUTTER, PRIORITY_WIDTH, Columns
from tui.app.formatting import Glyphs, Line, Span, fit
from tui.app.ticket_text import PRIORITY_STYLES
from tui.domain.creates import OpenCreate, Stage
from tui.domain.labels import priority_word
from tui.domain.ticket import Priority

ROWS_MOST = 3
"""Further ones are counted on a line of their own."""
_SHARE = 3
"""No more than a third of a list is for what is no ticket yet."""

STAGE_WORDS = {Stage.SENDING: "sending", Stage.LOOKING: "looking", Stage.OPEN: "unknown"}
STAGE_STYLES = {Stage.SENDING: "accent", Stage.LOOKING: "accent", Stage.OPEN: "warning"}
STAGE_SIGNS = {Stage.SENDING: "~", Stage.LOOKING: "~", Stage.OPEN: "?"}
"""Something goes on, or nobody knows."""


def creates_here(
    creates: Sequence[OpenCreate], workspaces: Collection[str]
) -> tuple[OpenCreate, ...]:
    """Return those of these workspaces, all for none, the latest first."""
    found = (each for each in creates if not workspaces or each.workspace in workspaces)
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def pending_height(count: int, room: int) -> int:
    """Return how many lines so many creates take in a list of `room` lines."""
    most = min(ROWS_MOST + 1, max(room, 0) // _SHARE)
    return count if count <= min(ROWS_MOST, most) else most


def pending_line(
    number: int,
    creates: Sequence[OpenCreate],
    columns: Columns,
    glyphs: Glyphs,
    *,
    height: int,
    outbox_key: str,
) -> Line:
    """Return one of the `height` lines at the head of the list: a row, or the count at the end.

    `outbox_key` shows all of them; "" if no key does.
    """
    if number < height - 1 or len(creates) <= height:
        return pending_row(creates[number], columns, glyphs)
    count, others = len(creates) - number, "more " if number else ""
    words = f"{count:,} {others}open creates"
    way = f"; {outbox_key} shows all" if outbox_key else ""
    return (Span(" " * GUTTER + words + way, "warning"),)


def pending_row(create: OpenCreate, columns: Columns, glyphs: Glyphs) -> Line:
    """Return a create in the columns of the list: its stage stands where others are due.

    Where there are columns behind the title, what is known of it stands there.
    """
    cut, style = glyphs.cut, STAGE_STYLES[create.stage]
    # A priority that nobody knows yet is no word that nobody knows.
    is_known = create.priority is not Priority.UNKNOWN
    priority = priority_word(create.priority) if is_known else ""
    place = fit(create.workspace, columns.handle, cut=cut) + " "
    place += " " * (columns.status + 1) if columns.status else ""
    behind = [columns.customer, columns.assignee, columns.tags, columns.age, columns.updated]
    room = sum(width + 1 for width in behind if width)
    return (
        Span(f"  {STAGE_SIGNS[create.stage]} ", style),
        Span(fit(priority, PRIORITY_WIDTH) + " ", PRIORITY_STYLES[create.priority]),
        Span(fit(STAGE_WORDS[create.stage], DUE_WIDTH) + " ", style),
        Span(place, "muted"),
        Span(fit(create.title, columns.title, cut=cut) + " ", "text"),
        Span(fit(create.message, room, cut=cut), "muted"),
    )
