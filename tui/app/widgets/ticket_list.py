"""The list of tickets: a view of indices, drawn by the line, the cursor kept on its ticket."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tui.app.columns import (
    HANDLE_LEAST,
    Columns,
    RowState,
    choose_columns,
    header_row,
    ticket_row,
)
from tui.app.formatting import Glyphs, Line
from tui.app.painting import Painter
from tui.app.pending_text import pending_height, pending_line
from tui.app.queue_view import QueueView
from tui.app.sorted_keys import SortKey
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Drawn
from tui.domain.activity import Novelty
from tui.domain.acts import NO_ACTS, LocalActs
from tui.domain.creates import OpenCreate
from tui.domain.order import Order
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.urgency import next_change


class TicketList(CursorList):
    """Shows a `QueueView`; no cost of a key or a change grows with the number of tickets.

    Creates that have no ticket yet stand above it, whatever it shows. The cursor never gets there:
    nothing can be done to what may not exist.
    """

    def __init__(
        self,
        painter: Painter,
        glyphs: Glyphs,
        *,
        view: QueueView,
        now: datetime,
        is_current: Callable[[str], bool],
        novelty: Callable[[TicketRef], Novelty | None],
        is_marked: Callable[[TicketRef], bool] = lambda _: False,
        acts: Callable[[TicketRef], LocalActs] = lambda _: NO_ACTS,
        widget_id: str | None = None,
    ) -> None:
        super().__init__(painter, widget_id=widget_id)
        self._glyphs = glyphs
        self._is_current = is_current
        self._novelty = novelty
        self._is_marked = is_marked
        self._acts = acts
        self._view = view
        self._now = now
        self._columns = Columns(HANDLE_LEAST, 0)
        self._columns_for = (0, 0, 0)
        self._handle_width = HANDLE_LEAST
        self._pending: Sequence[OpenCreate] = ()
        self._outbox_key = ""
        self._on: tuple[TicketRef, SortKey, Order] | None = None
        """The ticket under the cursor, and where it stood in which order."""
        self._remember()

    @property
    def ticket(self) -> Ticket | None:
        """The ticket under the cursor."""
        return self._view[self.cursor] if self.cursor < len(self._view) else None

    def show(self, view: QueueView, now: datetime) -> None:
        """Show another view; the cursor stays on its ticket if that is in it."""
        self._view, self._now = view, now
        self._handle_width = view.handle_width
        self.follow(now)

    def follow(self, now: datetime, *, from_the_top: bool = False) -> None:
        """Draw what became different; the cursor stays on its ticket, and that on its line.

        A ticket that left hands the cursor to its neighbour. Where nothing was scrolled the list
        does not scroll unless it must, so that what is most urgent stays in sight. `from_the_top`:
        nobody has moved the cursor yet, it stays on the first row.
        """
        view, self._now = self._view, now
        self._handle_width = max(view.handle_width, self._handle_width)
        before, line = self._on, self.cursor - self.top
        cursor = 0 if from_the_top else self._place_now()
        self.cursor = max(min(cursor, len(view) - 1), 0)
        if self.top or self.cursor >= self.page:
            self.scroll_lines(self.cursor - line)
        self._bring_into_sight()
        self._remember()
        self.draw_changes()
        if before != self._on:
            self.post_message(self.CursorMoved(self))

    def show_pending(self, creates: Sequence[OpenCreate], *, outbox_key: str) -> None:
        """Show these at the head, the latest first; `outbox_key` leads to all of them.

        A list that was scrolled scrolls along, so that its rows stay where they are.
        """
        if (creates, outbox_key) == (self._pending, self._outbox_key):
            return
        before = self.header_count()
        self._pending, self._outbox_key = creates, outbox_key
        grown = self.header_count() - before
        if grown and self.top:
            self.scroll_lines(self.top + grown)
        if grown:
            self._bring_into_sight()
        self.draw_changes()

    def restart(self) -> None:
        self._on = None
        super().restart()

    def select(self, ref: TicketRef) -> bool:
        """Put the cursor on a ticket; return whether it is shown."""
        found = self._view.find(ref)
        if found is None:
            return False
        self.move_to(found)
        return True

    def move_to(self, item: int, *, ahead: int = 0) -> None:
        self.cursor = max(min(item, self.item_count() - 1), 0)
        self._remember()
        super().move_to(item, ahead=ahead)

    def next_change(self, now: datetime) -> datetime | None:
        """Return when the words of a row in sight change next."""
        rows = range(self.top, min(self.top + self.page, len(self._view)))
        moments = (next_change(self._view[row], now) for row in rows)
        return min((moment for moment in moments if moment), default=None)

    @property
    def shows_marks(self) -> bool:
        """Whether a row in sight carries the user's mark."""
        rows = range(self.top, min(self.top + self.page, len(self._view)))
        return any(self._is_marked(self._view[row].ref) for row in rows)

    @property
    def shown_rows(self) -> tuple[int, int]:
        """The first and the last row in sight, counted from 1; (0, 0) for none."""
        if not self.item_count():
            return 0, 0
        return self.top + 1, min(self.top + self.page, self.item_count())

    def item_count(self) -> int:
        return len(self._view)

    def header_count(self) -> int:
        return 1 + pending_height(len(self._pending), self.size.height - 1)

    def header_at(self, number: int) -> Line:
        columns = self._fitting_columns()
        if number == 0:
            return header_row(columns, self._glyphs, self._view.order)
        return pending_line(
            number - 1,
            self._pending,
            columns,
            self._glyphs,
            height=self.header_count() - 1,
            outbox_key=self._outbox_key,
        )

    def line_at(self, number: int) -> Drawn:
        ticket = self._view[number]
        state = RowState(
            is_cursor=number == self.cursor,
            is_current=self._is_current(ticket.ref.workspace),
            is_marked=self._is_marked(ticket.ref),
            novelty=self._novelty(ticket.ref),
            acts=self._acts(ticket.ref),
        )
        row = ticket_row(ticket, self._now, self._fitting_columns(), self._glyphs, state)
        return row, self.ground_at(number)

    def _place_now(self) -> int:
        """Return where the ticket under the cursor is by now, or its neighbour."""
        if self._on is None:
            return self.cursor
        ref, key, order = self._on
        found = self._view.find(ref)
        if found is not None:
            return found
        # Among the keys of another order the key has no place.
        return self._view.place_after(key) if order == self._view.order else 0

    def _remember(self) -> None:
        ticket = self.ticket
        self._on = (ticket.ref, self._view.key(self.cursor), self._view.order) if ticket else None

    def _fitting_columns(self) -> Columns:
        # Textual draws a widget of a new size before it tells it that it has one.
        room = (self.size.width, self.app.size.width, self._handle_width)
        if room != self._columns_for:
            self._columns_for = room
            self._columns = choose_columns(*room)
        return self._columns
