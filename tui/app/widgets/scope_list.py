"""A short list of workspaces to choose some from, with what waits in each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tui.app.formatting import Glyphs, Line, Span, fit
from tui.app.mirror import Tally
from tui.app.painting import Painter
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Drawn

ALL = "All"
_MARK = "x"
_COUNT_WIDTH = 7
_NAME_MOST = 24


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One workspace, or all of them."""

    name: str | None
    """None for all."""
    tally: Tally | None
    """None where nothing was ever read."""
    state: Span | None = None


class ScopeList(CursorList):
    """All workspaces, then each; chosen ones carry a mark."""

    def __init__(self, painter: Painter, glyphs: Glyphs, rows: Sequence[ScopeRow]) -> None:
        super().__init__(painter)
        self._glyphs = glyphs
        self._rows = rows
        self._chosen: Collection[str] = ()

    @property
    def row(self) -> ScopeRow:
        """The row under the cursor; there is always one, for all workspaces."""
        return self._rows[self.cursor]

    def show(self, rows: Sequence[ScopeRow], chosen: Collection[str]) -> None:
        """Show these rows; they are the same workspaces every time, in the same order."""
        self._rows, self._chosen = rows, chosen
        self.draw_changes()

    def item_count(self) -> int:
        return len(self._rows)

    def ground_at(self, number: int) -> str:
        return "cursor" if number == self.cursor else "surface"

    def header_count(self) -> int:
        return 1

    def header_at(self, number: int) -> Line:
        counts = f"{'OPEN':>{_COUNT_WIDTH}}{'OVER':>{_COUNT_WIDTH}}"
        return (Span(f"   {fit('', self._name_width)}{counts}  STATE", "muted"),)

    def line_at(self, number: int) -> Drawn:
        row = self._rows[number]
        cursor = self._glyphs.cursor if number == self.cursor else " "
        mark = _MARK if row.name in self._chosen else " "
        name = fit(row.name or ALL, self._name_width, cut=self._glyphs.cut)
        line: Line = (
            Span(cursor, "accent", bold=True),
            Span(f"{mark} ", "mark", bold=True),
            Span(name, bold=True),
            *_counts(row.tally),
            Span("  "),
            *((row.state,) if row.state else ()),
        )
        return line, self.ground_at(number)

    def _line_on_screen(self, y: int) -> Drawn:
        line, ground = super()._line_on_screen(y)
        # What is not an item is of the dialog's colour.
        return line, "surface" if ground == "background" else ground

    @property
    def _name_width(self) -> int:
        longest = max(len(row.name or ALL) for row in self._rows)
        return min(longest, _NAME_MOST)


def _counts(tally: Tally | None) -> Line:
    if tally is None:
        return (Span(f"{'-':>{_COUNT_WIDTH}}" * 2, "muted"),)
    over = tally.overdue
    return (
        Span(f"{tally.open:>{_COUNT_WIDTH},}"),
        Span(f"{over:>{_COUNT_WIDTH},}", "overdue" if over else "muted", bold=bool(over)),
    )
