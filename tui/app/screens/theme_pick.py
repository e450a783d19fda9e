"""Picks a theme, each shown on everything behind the list while the cursor is on it."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on

from tui.app.look import Look
from tui.app.screens.pick import PickScreen
from tui.app.widgets.cursor_list import CursorList

_TITLE = "Theme"
_CURRENT = "current"


class ThemePickScreen(PickScreen):
    """Ends with the index of the theme, or with None for the one that was there before."""

    COMMAND_IDS: ClassVar[tuple[str, ...]] = (*PickScreen.COMMAND_IDS, "app.theme")
    HINTS: ClassVar[tuple[str, ...]] = ("list.open", "app.theme", "app.back")

    def __init__(
        self,
        look: Look,
        themes: Sequence[tuple[str, str]],
        *,
        at: int,
        preview: Callable[[int], None],
    ) -> None:
        items = [
            (name, f"{words}  {_CURRENT}" if index == at else words)
            for index, (name, words) in enumerate(themes)
        ]
        super().__init__(look, _TITLE, items, at=at)
        self._preview = preview
        self._shown = at

    def action_app_theme(self) -> None:
        """Go on to the next theme, as the key did that opened the list."""
        self.items.move_to((self.items.cursor + 1) % max(self.items.item_count(), 1))

    def hint_words(self, command_id: str, hint: str) -> str:
        return {"app.theme": "next", "app.back": "as before"}.get(
            command_id, super().hint_words(command_id, hint)
        )

    @on(CursorList.CursorMoved)
    def _show(self) -> None:
        if self.items.cursor != self._shown:
            self._shown = self.items.cursor
            self._preview(self._shown)
