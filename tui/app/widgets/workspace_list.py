"""The list of workspaces: what is in each, how far it can be trusted, and when it is read next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.app.formatting import Glyphs, Line, Span, fit
from tui.app.health_text import STATE_WIDTH
from tui.app.mirror import Tally
from tui.app.painting import Painter
from tui.app.trend import open_trend, overdue_trend
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Drawn
from tui.app.workspace_columns import (
    GUTTER,
    WorkspaceColumns,
    choose_workspace_columns,
)
from tui.domain.activity import Sample

ALL = "All"
_NOTHING = Span("")
_TROUBLE_INDENT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRow:
    """One workspace, or all of them, as words."""

    name: str | None
    """None for all."""
    title: str = ""
    tally: Tally | None
    """None where nothing was ever read."""
    state: Span | None
    next: str = ""
    """When it is polled next."""
    calls: Span = _NOTHING
    """The calls left, in few words."""
    long_calls: Span = _NOTHING
    """The same where there is room."""
    trend: Sequence[Sample] = ()
    trouble: str = ""
    """What is wrong and what to do, on a line of its own; "" for nothing."""


class WorkspaceList(CursorList):
    """All workspaces, then each; one that is in trouble has a second line that says why."""

    def __init__(
        self, painter: Painter, glyphs: Glyphs, *, now: datetime, widget_id: str | None = None
    ) -> None:
        super().__init__(painter, widget_id=widget_id)
        self._glyphs = glyphs
        self._now = now
        self._rows: Sequence[WorkspaceRow] = ()
        self._lines: list[tuple[int, bool]] = []
        """For each line its row, and whether it is the second one of that."""
        self._first: list[int] = []

    @property
    def row(self) -> WorkspaceRow | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def show(self, rows: Sequence[WorkspaceRow], now: datetime) -> None:
        """Show these rows; they are the same workspaces every time, in the same order."""
        self._rows, self._now = rows, now
        self._lines, self._first = [], []
        for number, row in enumerate(rows):
            self._first.append(len(self._lines))
            self._lines += [(number, second) for second in (False, True)[: 1 + bool(row.trouble)]]
        self._bring_into_sight()
        self.draw_changes()

    def item_count(self) -> int:
        return len(self._rows)

    def line_count(self) -> int:
        return len(self._lines)

    def first_line(self, item: int) -> int:
        return self._first[item]

    def height_of(self, item: int) -> int:
        return 1 + bool(self._rows[item].trouble)

    def item_at(self, number: int) -> int:
        return self._lines[number][0]

    def header_count(self) -> int:
        return 1

    def header_at(self, number: int) -> Line:
        columns = self._columns()
        text = " " * GUTTER + fit("WORKSPACE", columns.name, cut=self._glyphs.cut)
        text += fit("VENDOR", columns.title)
        if columns.has_open:
            text += f"{'OPEN':>{columns.count}}{self._trend_heading(columns)}"
        text += f"{'OVER':>{columns.count}}{self._trend_heading(columns)}"
        text += f"{'CRIT':>{columns.critical}}{' ' * columns.gap}"
        text += fit("STATE", STATE_WIDTH if columns.next else len("STATE"))
        if columns.next:
            text += " " + fit("NEXT", columns.next)
        if columns.calls:
            text += f" {'CALLS LEFT':>{columns.calls}}"
        return (Span(text, "muted"),)

    def line_at(self, number: int) -> Drawn:
        item, is_second = self._lines[number]
        row, columns = self._rows[item], self._columns()
        if is_second:
            text = " " * _TROUBLE_INDENT + row.trouble
            text = fit(text, self.width - 1, cut=self._glyphs.cut)
            return (Span(text, "muted"),), self.ground_at(number)
        mark = self._glyphs.cursor if item == self.cursor else " "
        name = fit(row.name or ALL, columns.name - 1, cut=self._glyphs.cut) + " "
        line = [
            Span(fit(mark, GUTTER) + name, "text", bold=True),
            Span(self._cell(row.title, columns.title), "muted"),
            *self._counts(row, columns),
            Span(" " * columns.gap),
        ]
        if row.state and columns.next:
            text = fit(row.state.text, STATE_WIDTH, cut=self._glyphs.cut)
            line += [Span(text, row.state.style), Span(" " + fit(row.next, columns.next), "muted")]
        elif row.state:
            line.append(row.state)
        elif columns.next:
            line.append(Span(" " * (STATE_WIDTH + 1 + columns.next)))
        if columns.calls:
            is_room = len(row.long_calls.text) <= columns.calls
            calls = row.long_calls if is_room else row.calls
            text = fit(calls.text, columns.calls, cut=self._glyphs.cut).rstrip()
            line.append(Span(f" {text:>{columns.calls}}", calls.style))
        return tuple(span for span in line if span.text), self.ground_at(number)

    def _columns(self) -> WorkspaceColumns:
        longest_name = max((len(row.name or ALL) for row in self._rows), default=0)
        longest_title = max((len(row.title) for row in self._rows), default=0)
        return choose_workspace_columns(self.width, longest_name, longest_title)

    def _trend_heading(self, columns: WorkspaceColumns) -> str:
        return " " + fit("24h", columns.trend) if columns.trend else ""

    def _cell(self, text: str, width: int) -> str:
        return fit(text, width - 1, cut=self._glyphs.cut) + " " if width else ""

    def _counts(self, row: WorkspaceRow, columns: WorkspaceColumns) -> Line:
        width, tally = columns.count, row.tally
        if tally is None:
            opens = over = Span(f"{'-':>{width}}", "muted")
            critical = Span(f"{'-':>{columns.critical}}", "muted")
        else:
            opens = Span(f"{tally.open:>{width},}")
            over = _count(tally.overdue, "overdue", width)
            critical = _count(tally.critical, "critical", columns.critical)
        if not columns.has_open:
            return over, critical
        if not columns.trend:
            return opens, over, critical
        room = (row.trend, self._now, columns.trend, self._glyphs)
        gap = Span(" ")
        return opens, gap, *open_trend(*room), over, gap, *overdue_trend(*room), critical


def _count(count: int, style: str, width: int) -> Span:
    return Span(f"{count:>{width},}", style if count else "muted", bold=bool(count))
