"""The list of workspaces: what is in each, and how far it can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.app.formatting import Glyphs, Line, Span, fit
from tui.app.mirror import Tally
from tui.app.painting import Painter
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Drawn

ALL = "All"
_GUTTER, _COUNT = 2, 6
_TITLE_FROM = 64
"""From this width on the vendor's place has a column."""


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    """One workspace, or all of them, as words."""

    name: str | None
    """None for all."""
    title: str
    tally: Tally
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
        text += "".join(f"{word:>{_COUNT}}" for word in ("OPEN", "OVER", "CRIT")) + "  STATE"
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
            Span(f"{row.tally.open:>{_COUNT},}"),
            _count(row.tally.overdue, "overdue"),
            _count(row.tally.critical, "critical"),
            Span("  "),
        ]
        if row.state:
            line.append(row.state)
        return tuple(span for span in line if span.text), self.ground_at(number)

    def _widths(self) -> tuple[int, int]:
        """The widths of the name and of the vendor's place, each with a gap."""
        longest = max((len(row.name or ALL) for row in self._rows), default=0)
        name = min(max(longest, len("WORKSPACE")), 24, max(self.width // 3, 4)) + 2
        if self.width < _TITLE_FROM:
            return name, 0
        longest = max((len(row.title) for row in self._rows), default=0)
        return name, min(max(longest, len("VENDOR")), self.width // 4) + 2


def _count(count: int, style: str) -> Span:
    return Span(f"{count:>{_COUNT},}", style if count else "muted", bold=bool(count))
