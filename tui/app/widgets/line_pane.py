"""Panes made of painted lines, of which only those that changed are drawn again."""

from itertools import takewhile

from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.app.formatting import BLANK, Line, fit_line, is_unsteady, join_sides, line_width
from tui.app.painting import Painter

Drawn = tuple[Line, str]
"""A line and the ground it stands on."""


class LinePane(ScrollView):
    """A scrolling pane of lines, with a fixed line or more above them.

    What was drawn last is kept, a screenful at most, and compared: whatever happened to the data,
    a line on the screen costs bytes only if it differs. The scroll bars are off and the virtual
    size is set without a layout, because Textual repaints a widget whose virtual size changed.
    """

    INDENT = 0

    DEFAULT_CSS = """
    LinePane {
        overflow-x: hidden;
        overflow-y: hidden;
        scrollbar-size: 0 0;
    }
    """

    class Unsteady(Message):
        """A line was drawn that not every terminal gives as many cells as we count.

        There, what stands behind it moves: into the pane beside, or around the edge into the line
        below. Both have to be drawn again.
        """

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line
            """Of the screen, from 0."""

    def __init__(self, painter: Painter, *, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self.painter = painter
        self._drawn: list[Drawn] = []

    def line_count(self) -> int:
        """How many lines there are below the header."""
        raise NotImplementedError

    def line_at(self, number: int) -> Drawn:
        """Return a line of the content."""
        raise NotImplementedError

    def header_count(self) -> int:
        """How many lines at the top do not scroll."""
        return 0

    def header_at(self, number: int) -> Line:
        """Return a line of the header."""
        return BLANK

    def filler_at(self, y: int) -> Line:
        """Return what stands below the last line, `y` lines below the header."""
        return BLANK

    @property
    def page(self) -> int:
        """How many lines of content fit."""
        return max(self.size.height - self.header_count(), 0)

    @property
    def top(self) -> int:
        """The first line of content that is in sight."""
        return self.scroll_offset.y

    @property
    def width(self) -> int:
        """The cells of a line."""
        return max(self.size.width - 2 * self.INDENT, 0)

    def scroll_lines(self, top: int) -> None:
        """Bring line `top` to the upper end, as far as there are lines below it."""
        self._measure()
        self.scroll_to(y=max(min(top, self.line_count() - self.page), 0), animate=False, force=True)

    def draw_changes(self) -> None:
        """Draw the lines again that differ from what stands on the screen."""
        self._measure()
        if self.top > max(self.line_count() - self.page, 0):
            self.scroll_lines(self.top)
        for y in range(len(self._drawn)):
            drawn = self._line_on_screen(y)
            before = self._drawn[y]
            if drawn != before:
                self._drawn[y] = drawn
                if is_unsteady(before[0]) or is_unsteady(drawn[0]):
                    self._draw_whole(y)
                else:
                    start, end = _difference(before, drawn, self.width)
                    self.refresh(Region(self.INDENT + start, y, end - start, 1))

    def draw_all(self) -> None:
        """Draw everything again, because the colours or the columns are others now."""
        self._drawn = [self._line_on_screen(y) for y in range(self.size.height)]
        self.refresh()
        self.call_after_refresh(self._draw_unsteady)

    def render_line(self, y: int) -> Strip:
        line, ground = self._drawn[y] if y < len(self._drawn) else self._line_on_screen(y)
        return self.painter.strip(line, ground, self.size.width, self.INDENT)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        if round(old_value) != round(new_value):
            self.draw_changes()

    def on_resize(self) -> None:
        self._measure()
        self.scroll_lines(self.top)
        self.draw_all()

    def _draw_unsteady(self) -> None:
        for y, (line, _) in enumerate(self._drawn):
            if is_unsteady(line):
                self._draw_whole(y)

    def _draw_whole(self, y: int) -> None:
        self.refresh(Region(0, y, self.size.width, 1))
        self.post_message(self.Unsteady(self.region.y + y))

    def _measure(self) -> None:
        size = Size(self.size.width, self.line_count() + self.header_count())
        self.set_reactive(Widget.virtual_size, size)

    def _line_on_screen(self, y: int) -> Drawn:
        below = y - self.header_count()
        if below < 0:
            return self.header_at(y), "background"
        number = below + self.top
        if number < self.line_count():
            return self.line_at(number)
        return self.filler_at(below), "background"


def _difference(before: Drawn, now: Drawn, width: int) -> tuple[int, int]:
    """Return the first cell that differs and the first one behind those that do."""
    (old, old_ground), (new, new_ground) = before, now
    if old_ground != new_ground:
        return 0, width
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    start = line_width(old[:same]) + _same_cells(old[same:], new[same:], first=True)
    old_end, new_end = line_width(old), line_width(new)
    if old_end != new_end:
        return start, max(old_end, new_end)
    last = 0
    while last < min(len(old), len(new)) - same and old[-1 - last] == new[-1 - last]:
        last += 1
    stop = len(old) - last, len(new) - last
    end = old_end - line_width(old[stop[0] :])
    if min(stop) > same:
        end -= _same_cells(old[: stop[0]], new[: stop[1]], first=False)
    return min(start, end), max(start, end)


def _same_cells(old: Line, new: Line, *, first: bool) -> int:
    """Return in how many cells the first spans begin alike, or the last ones end alike."""
    if not old or not new:
        return 0
    before, now = (old[0], new[0]) if first else (old[-1], new[-1])
    # In other scripts than ours a cell is not a character.
    is_plain = before.text.isascii() and now.text.isascii()
    if not is_plain or (before.style, before.bold) != (now.style, now.bold):
        return 0
    step = 1 if first else -1
    pairs = zip(before.text[::step], now.text[::step], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


class TextPane(LinePane):
    """Shows lines that are all at hand: a preview, a detail, the help."""

    INDENT = 1

    def __init__(
        self,
        painter: Painter,
        *,
        ground: str = "background",
        widget_id: str | None = None,
    ) -> None:
        super().__init__(painter, widget_id=widget_id)
        self.ground = ground
        self._lines: list[Line] = []

    def show(self, lines: list[Line], *, top: int | None = None) -> None:
        """Show these lines instead, from `top` on if that is given."""
        self._lines = lines
        if top is not None:
            self.scroll_lines(top)
        self.draw_changes()

    def line_count(self) -> int:
        return len(self._lines)

    def line_at(self, number: int) -> Drawn:
        return fit_line(self._lines[number], self.width, cut=self.painter.cut), self.ground

    def _line_on_screen(self, y: int) -> Drawn:
        line, _ = super()._line_on_screen(y)
        return line, self.ground


class Bar(Widget):
    """One line with something on its left and on its right; drawn again only if it differs."""

    DEFAULT_CSS = """
    Bar {
        height: 1;
        width: 1fr;
    }
    """

    def __init__(
        self,
        painter: Painter,
        *,
        ground: str = "surface",
        widget_id: str | None = None,
    ) -> None:
        super().__init__(id=widget_id)
        self.painter = painter
        self._ground = ground
        self._left: Line = BLANK
        self._right: Line = BLANK

    def show(self, left: Line, right: Line = BLANK) -> None:
        """Show this instead."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        inner = join_sides(self._left, self._right, max(width - 2, 0), cut=self.painter.cut)
        return self.painter.strip(inner, self._ground, width, min(1, width))
