"""The list of workspaces: what is in each, and how far it can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.app.formatting import Glyphs, Line, Span, fit
from tui.app.mirror import Tally
from tui.app.painting import Painter
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Drawn

ALL = "All"
_GUTTER = 2
_STATE = 17
"""Cells of `KEY REFUSED 11:33`; other columns give way to it."""
_TITLE_FROM = 72
"""From this width on the vendor's place has a column."""
_OPEN_FROM = 48
"""From this width on what is open has one; what is overdue and critical always has."""


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    """One workspace, or all of them, as words."""

    name: str | None
    """None for all."""
    title: str
    tally: Tally | None
    """None where nothing was ever read."""
    state: Span | None
    trouble: str = ""
    """What is wrong and what to do, on a line of its own; "" for nothing."""


class WorkspaceList(CursorList):
    """All workspaces, then each; one that is in trouble has a second line that says why."""

    HEADER = 1

    def __init__(self, painter: Painter, glyphs: Glyphs, *, widget_id: str | None = None) -> None:
        super().__init__(painter, widget_id=widget_id)
        self._glyphs = glyphs
        self._rows: Sequence[WorkspaceRow] = ()
        self._lines: list[tuple[int, bool]] = []
        """For each line its row, and whether it is the second one of that."""
        self._first: list[int] = []

    @property
    def row(self) -> WorkspaceRow | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def show(self, rows: Sequence[WorkspaceRow]) -> None:
        """Show these rows; they are the same workspaces every time, in the same order."""
        self._rows = rows
        self._lines, self._first = [], []
        for number, row in enumerate(rows):
            self._first.append(len(self._lines))
            self._lines += [(number, second) for second in (False, True)[: 1 + bool(row.trouble)]]
        self._bring_into_sight()
        self.draw_changes()
        self.place_terminal_cursor()

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

    def header_at(self, number: int) -> Line:
        name, title = self._widths()
        text = " " * _GUTTER + fit("WORKSPACE", name, cut=self._glyphs.cut) + fit("VENDOR", title)
        words = ("OPEN", "OVER", "CRIT") if self._has_open else ("OVER", "CRIT")
        text += "".join(f"{word:>{self._count_width}}" for word in words) + self._gap + "STATE"
        return (Span(text, "muted"),)

    def line_at(self, number: int) -> Drawn:
        item, is_second = self._lines[number]
        row = self._rows[item]
        name, title = self._widths()
        if is_second:
            text = fit(" " * (_GUTTER + name) + row.trouble, self.width, cut=self._glyphs.cut)
            return (Span(text, "muted"),), self.ground_at(number)
        mark = self._glyphs.cursor if item == self.cursor else " "
        head = fit(mark, _GUTTER) + fit(row.name or ALL, name - 1, cut=self._glyphs.cut) + " "
        line = [
            Span(head, "text", bold=True),
            Span(fit(row.title, title - 1, cut=self._glyphs.cut) + " " if title else "", "muted"),
            *self._counts(row.tally),
            Span(self._gap),
        ]
        if row.state:
            line.append(row.state)
        return tuple(span for span in line if span.text), self.ground_at(number)

    def _widths(self) -> tuple[int, int]:
        """The widths of the name and of the vendor's place, each with a gap."""
        counts = (3 if self._has_open else 2) * self._count_width
        room = self.width - _GUTTER - counts - len(self._gap) - _STATE
        longest = max((len(row.name or ALL) for row in self._rows), default=0)
        name = min(max(longest + 2, len("WORKSPACE  ")), 26, max(room, 8))
        if self.width < _TITLE_FROM:
            return name, 0
        longest = max((len(row.title) for row in self._rows), default=0)
        title = min(max(longest, len("VENDOR")), self.width // 4) + 2
        return name, min(title, room - name) if room - name > len("VENDOR ") else 0

    def _counts(self, tally: Tally | None) -> Line:
        width = self._count_width
        if tally is None:
            return (Span(f"{'-':>{width}}" * (3 if self._has_open else 2), "muted"),)
        urgent = (
            _count(tally.overdue, "overdue", width),
            _count(tally.critical, "critical", width),
        )
        return (Span(f"{tally.open:>{width},}"), *urgent) if self._has_open else urgent

    @property
    def _has_open(self) -> bool:
        return self.width >= _OPEN_FROM

    @property
    def _count_width(self) -> int:
        return 6 if self._has_open else 5

    @property
    def _gap(self) -> str:
        return "  " if self._has_open else " "


def _count(count: int, style: str, width: int) -> Span:
    return Span(f"{count:>{width},}", style if count else "muted", bold=bool(count))
