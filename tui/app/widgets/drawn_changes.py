"""A field draws again only those of its cells that look different: a letter costs a few bytes."""

from collections.abc import Mapping
from itertools import takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from tui.app.formatting import steady

# Textual looks for style sheets and component classes with the first base that is a widget.
if TYPE_CHECKING:
    from textual.widget import Widget as Base
else:
    Base = object

Cell = tuple[str, Style | None]


class DrawnChanges(Base):
    """Stands before Textual's `Input` or `TextArea`, which draw themselves whole for each key."""

    _drawn: Mapping[int, Strip] = MappingProxyType({})
    """What was drawn last, by line."""
    _drawn_in: object = None
    """The colours and the size of that."""
    _is_compared = True

    def render_line(self, y: int) -> Strip:
        line, way = self._line(y), self._way
        before = self._drawn if self._drawn_in == way else {}
        self._drawn, self._drawn_in = {**before, y: line}, way
        return line

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> "DrawnChanges":
        if regions or layout or recompose or not repaint or not self._drawn:
            super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        elif self._is_compared:
            # Several things change with one key; they are compared once all of them have.
            self._is_compared = False
            self.call_later(self._compare)
        return self

    def _compare(self) -> None:
        self._is_compared = True
        if self._drawn_in != self._way:
            super().refresh()
            return
        for y, before in self._drawn.items():
            now = self._line(y)
            if now is not before and (region := _difference(before, now, y)):
                super().refresh(region)

    def _line(self, y: int) -> Strip:
        """Return a line in its cells, whatever the terminal makes of emoji that are joined.

        Textual counts those as one sign, but not where the cursor stands within.
        """
        line = super().render_line(y)
        if line.text.isascii():
            return line
        apart = Strip(Segment(steady(text), style, control) for text, style, control in line)
        return apart.crop_extend(0, self.scrollable_content_region.width, self.rich_style)

    @property
    def _way(self) -> object:
        return self.rich_style, self.size, self.content_offset


def _difference(before: Strip, now: Strip, y: int) -> Region | None:
    """Return where two lines differ; the whole line where a cell may not be a character."""
    if before == now:
        return None
    width = max(before.cell_length, now.cell_length)
    if not before.text.isascii() or not now.text.isascii():
        return Region(0, y, width, 1)
    old, new = _cells(before), _cells(now)
    if old == new:
        return None
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    if len(old) != len(new):
        return Region(start, y, width - start, 1)
    behind = zip(old[::-1], new[::-1], strict=True)
    end = width - sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], behind))
    return Region(start, y, end - start, 1)


def _cells(strip: Strip) -> list[Cell]:
    return [
        (character, segment.style)
        for segment in strip
        for character in segment.text
        if cell_len(character)
    ]
