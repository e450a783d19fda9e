"""A pane of items with a cursor on one of them."""

from dataclasses import dataclass

from textual import events
from textual.geometry import Offset
from textual.message import Message

from tui.app.formatting import Line, Span
from tui.app.painting import Painter
from tui.app.widgets.line_pane import Drawn, LinePane

WHEEL_STEP = 3
"""Items that one notch of the mouse wheel moves the cursor by."""


class CursorList(LinePane, can_focus=True):
    """Items of one line or more, of which the cursor's is always in sight as a whole."""

    @dataclass
    class CursorMoved(Message):
        """The cursor stands on another item, or on another place."""

        list: "CursorList"

        @property
        def control(self) -> "CursorList":
            return self.list

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, type(self)) and message.list is self.list

    @dataclass
    class Chosen(Message):
        """An item was clicked twice."""

        list: "CursorList"

        @property
        def control(self) -> "CursorList":
            return self.list

    def __init__(self, painter: Painter, *, widget_id: str | None = None) -> None:
        super().__init__(painter, widget_id=widget_id)
        self.cursor = 0
        self.was_moved = False
        """Whether somebody has moved the cursor yet."""
        self.empty: tuple[Line, ...] = ()
        """What is said where there is no item."""

    def item_count(self) -> int:
        """How many items there are."""
        raise NotImplementedError

    def first_line(self, item: int) -> int:
        """Return the first line of an item."""
        return item

    def height_of(self, item: int) -> int:
        """Return how many lines an item has."""
        return 1

    def item_at(self, number: int) -> int:
        """Return the item that a line belongs to."""
        return number

    def line_count(self) -> int:
        return self.item_count()

    def filler_at(self, y: int) -> Line:
        if self.item_count() or not self.empty:
            return ()
        above = max((self.page - len(self.empty)) // 3, 0)
        line = self.empty[y - above] if 0 <= y - above < len(self.empty) else ()
        return (Span("   "), *line) if line else line

    def ground_at(self, number: int) -> str:
        """Return the ground of a line: the cursor's item stands out."""
        return "cursor" if self.item_at(number) == self.cursor else "background"

    def line_at(self, number: int) -> Drawn:
        raise NotImplementedError

    def move_to(self, item: int, *, ahead: int = 0) -> None:
        """Put the cursor on an item, the nearest there is, and bring it into sight.

        Where the list has to scroll for that, it scrolls `ahead` lines further.
        """
        self.was_moved = True
        self.cursor = max(min(item, self.item_count() - 1), 0)
        self._bring_into_sight(ahead)
        self.draw_changes()
        self.post_message(self.CursorMoved(self))

    def restart(self) -> None:
        """Begin anew at the top, as if nobody had moved the cursor."""
        self.cursor = 0
        self.was_moved = False
        self.scroll_lines(0)

    def move_by(self, items: int) -> None:
        """Move the cursor, down for a positive number.

        A step over the edge scrolls by half a page: what comes next is seen before it is reached,
        and a slow line carries every row once, not again at each step.
        """
        self.move_to(self.cursor + items, ahead=self.page // 2)

    def move_page(self, pages: int) -> None:
        """Move the cursor by most of what is in sight."""
        self.move_to(self.cursor + pages * max(self.page - 2, 1))

    @property
    def row_on_screen(self) -> Offset:
        """Where the row of the cursor begins on the screen."""
        if not self.item_count():
            return self.region.offset
        y = self.header_count() + self.first_line(self.cursor) - self.top
        return self.region.offset + Offset(0, max(y, 0))

    def on_resize(self) -> None:
        # Textual calls the handlers of the base classes as well, after this one.
        self._bring_into_sight()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, WHEEL_STEP)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -WHEEL_STEP)

    def on_click(self, event: events.Click) -> None:
        below = event.y - self.header_count()
        number = below + self.top
        if below < 0 or number >= self.line_count():
            return
        self.move_to(self.item_at(number))
        if event.chain > 1:
            self.post_message(self.Chosen(self))

    def _wheel(self, event: events.MouseEvent, items: int) -> None:
        event.stop()
        event.prevent_default()
        self.move_to(self.cursor + items)

    def _bring_into_sight(self, ahead: int = 0) -> None:
        if not self.item_count():
            return
        height = self.height_of(self.cursor)
        first = self.first_line(self.cursor)
        ahead = max(min(ahead, self.page - height), 0)
        if first < self.top:
            self.scroll_lines(first - ahead)
        elif first + height > self.top + self.page:
            self.scroll_lines(first + height - self.page + ahead)
