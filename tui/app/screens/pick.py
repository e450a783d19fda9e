"""Picks one thing from a few, in front of whatever is being done."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.app.commands import MOVES
from tui.app.formatting import Span
from tui.app.look import Look
from tui.app.screens.moves import ModalListMoves
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Bar
from tui.app.widgets.pick_list import PickList

_HEIGHT_MOST = 14


class PickScreen(ModalListMoves[int | None]):
    """Ends with the index of what was picked, or with None."""

    COMMAND_IDS: ClassVar[tuple[str, ...]] = (
        "list.open",
        *MOVES,
        "app.redraw",
        "app.back",
        "app.quit",
    )
    HINTS: ClassVar[tuple[str, ...]] = ("list.open", "app.back")

    items: PickList

    def __init__(
        self, look: Look, title: str, items: Sequence[tuple[str, str]], *, at: int = 0
    ) -> None:
        super().__init__(look)
        self._title = Bar(look.painter, widget_id="title")
        self._title.show((Span(title, "accent", bold=True),))
        self._height = min(len(items), _HEIGHT_MOST)
        self.items = PickList(look.painter, look.glyphs, items)
        self.items.cursor = at

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            yield self.items

    def on_mount(self) -> None:
        self.items.styles.height = self._height
        self.items.focus()

    def theme_changed(self) -> None:
        super().theme_changed()
        self.items.draw_all()

    def hint_words(self, command_id: str, hint: str) -> str:
        return {"list.open": "choose"}.get(command_id, hint)

    @on(CursorList.Chosen)
    def action_list_open(self) -> None:
        self.dismiss(self.items.picked)

    def action_back(self) -> None:
        self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)
