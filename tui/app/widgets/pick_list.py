"""A short list to pick one thing from."""

from collections.abc import Sequence

from tui.app.formatting import Glyphs, Span, fit, fit_line
from tui.app.painting import Painter
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Drawn


class PickList(CursorList):
    """Pairs of a name and a few words about it."""

    def __init__(
        self,
        painter: Painter,
        glyphs: Glyphs,
        items: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(painter)
        self._glyphs = glyphs
        self._items = items

    @property
    def picked(self) -> int | None:
        """The index of the item under the cursor; None for an empty list."""
        return self.cursor if self._items else None

    def item_count(self) -> int:
        return len(self._items)

    def ground_at(self, number: int) -> str:
        return "cursor" if number == self.cursor else "surface"

    def line_at(self, number: int) -> Drawn:
        name, words = self._items[number]
        mark = self._glyphs.cursor if number == self.cursor else " "
        longest = max(len(name) for name, _ in self._items)
        width = min(longest + 2, max(self.width - 2, 0))
        line = (
            Span(fit(mark, 2) + fit(name, width, cut=self._glyphs.cut), bold=True),
            Span(words, "muted"),
        )
        return fit_line(line, self.width, cut=self._glyphs.cut), self.ground_at(number)
