"""The list that drops from a field with choices; the field keeps the focus."""

from collections.abc import Sequence

from tui.app.choice_rows import ChoiceRow
from tui.app.formatting import BLANK, Glyphs, Span, fit_line, join_sides, line_width
from tui.app.painting import Painter
from tui.app.widgets.line_pane import Drawn, LinePane
from tui.domain.draft import Choice

ROWS_MOST = 6


class ChoiceDrop(LinePane):
    """Shows rows, one of them under the cursor."""

    can_focus = False

    def __init__(self, painter: Painter, glyphs: Glyphs, *, widget_id: str | None = None) -> None:
        super().__init__(painter, widget_id=widget_id)
        self._glyphs = glyphs
        self.rows: Sequence[ChoiceRow] = ()
        self._at: int | None = None

    @property
    def picked(self) -> Choice | None:
        """The choice under the cursor; None where nothing can be chosen."""
        return None if self._at is None else self.rows[self._at].choice

    @property
    def choices(self) -> Sequence[Choice]:
        """All that can be chosen."""
        return [row.choice for row in self.rows if row.choice is not None]

    def show(self, rows: Sequence[ChoiceRow], current: str | None = None) -> None:
        """Show these rows; the cursor stands on the choice of this value, else on the first."""
        self.rows = rows
        able = [at for at, row in enumerate(rows) if row.choice is not None]
        chosen = (at for at in able if getattr(rows[at].choice, "value", None) == current)
        self._at = next(chosen, able[0] if able else None)
        self._bring_into_sight()
        self.draw_changes()

    def step(self, rows: int) -> None:
        """Move the cursor by so many choices, as far as there are."""
        able = [at for at, row in enumerate(self.rows) if row.choice is not None]
        if self._at is None or not able:
            return
        place = able.index(self._at) + rows
        self._at = able[max(min(place, len(able) - 1), 0)]
        self._bring_into_sight()
        self.draw_changes()

    def row_at(self, y: int) -> Choice | None:
        """Return the choice on a line of the widget, and let the cursor stand there."""
        number = y + self.top
        choice = self.rows[number].choice if number < len(self.rows) else None
        if choice is not None:
            self._at = number
            self.draw_changes()
        return choice

    def line_count(self) -> int:
        return len(self.rows)

    def line_at(self, number: int) -> Drawn:
        row, is_here = self.rows[number], number == self._at
        mark = self._glyphs.cursor if is_here else " "
        edge = "|" if self._glyphs.cut.isascii() else "│"
        left = (Span(f"{mark} {row.text}", "text" if row.choice else "muted", bold=is_here),)
        room = max(self.width - 2, 0)
        beside = fit_line(
            (Span(row.beside, "muted"),),
            max(room - line_width(left) - 1, room // 3),
            cut=self.painter.cut,
        )
        inner = join_sides(left, beside if row.beside else BLANK, room, cut=self.painter.cut)
        line = (Span(edge, "muted"), *inner, Span(edge, "muted"))
        return line, "cursor" if is_here else "background"

    def on_resize(self) -> None:
        self._bring_into_sight()

    def _bring_into_sight(self) -> None:
        at = self._at or 0
        # The headings above the first choice are seen with it.
        first = 0 if all(row.choice is None for row in self.rows[:at]) else at
        if first < self.top:
            self.scroll_lines(first)
        elif at >= self.top + self.page:
            self.scroll_lines(at - self.page + 1)
