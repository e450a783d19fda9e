"""The lines of the command palette."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.app.formatting import Glyphs, Span, fit, join_sides
from tui.app.painting import Painter
from tui.app.palette import Entry
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Drawn

_NAMES_FROM = 72
"""From this width on the ids of the commands are shown: `[keys]` needs them."""


class PaletteList(CursorList, can_focus=False):
    """What each entry does, its id where there is room, and its key at the end."""

    def __init__(self, painter: Painter, glyphs: Glyphs, entries: Sequence[Entry]) -> None:
        super().__init__(painter, widget_id="entries")
        self._glyphs = glyphs
        self._entries = entries
        self._name_width = max((cell_len(entry.name) for entry in entries), default=0) + 2
        self._key_width = max((cell_len(entry.keys) for entry in entries), default=0)
        self.empty = ((Span("No command has this in its name or its words", "muted"),),)

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these instead, the cursor on the first."""
        self._entries = entries
        self.restart()
        self.draw_changes()

    @property
    def chosen(self) -> Entry | None:
        """The entry under the cursor; None where nothing is found."""
        return self._entries[self.cursor] if self._entries else None

    def item_count(self) -> int:
        return len(self._entries)

    def ground_at(self, number: int) -> str:
        return "cursor" if number == self.cursor else "surface"

    def filler_at(self, y: int) -> tuple[Span, ...]:
        return self.empty[0] if not self._entries and y == 0 else ()

    def line_at(self, number: int) -> Drawn:
        entry = self._entries[number]
        is_here = number == self.cursor
        left = [Span(fit(self._glyphs.cursor if is_here else " ", 2), bold=True)]
        right = [Span(fit(entry.keys, self._key_width), "accent", bold=is_here)]
        if self.width >= _NAMES_FROM:
            right.insert(0, Span(fit(entry.name, self._name_width), "muted"))
        left.append(Span(entry.words, bold=is_here))
        line = join_sides(tuple(left), tuple(right), self.width - 1, cut=self._glyphs.cut)
        return line, self.ground_at(number)

    def _line_on_screen(self, y: int) -> Drawn:
        line, ground = super()._line_on_screen(y)
        return line, "surface" if ground == "background" else ground
