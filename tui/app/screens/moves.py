"""The moves of a cursor, for every screen whose main part is a list."""

from tui.app.screens.deck import DeckModal, DeckScreen, Result
from tui.app.widgets.cursor_list import CursorList


class ListMoves(DeckScreen[Result]):
    """Sends the moves to the screen's list, whatever has the focus."""

    items: CursorList

    def action_list_down(self) -> None:
        self.items.move_by(1)

    def action_list_up(self) -> None:
        self.items.move_by(-1)

    def action_list_top(self) -> None:
        self.items.move_to(0)

    def action_list_bottom(self) -> None:
        self.items.move_to(self.items.item_count() - 1)

    def action_list_page_down(self) -> None:
        self.items.move_page(1)

    def action_list_page_up(self) -> None:
        self.items.move_page(-1)


class ModalListMoves(ListMoves[Result], DeckModal[Result]):
    """The same in front of another screen."""
