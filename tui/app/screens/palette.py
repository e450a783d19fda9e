"""The command palette: every command of the screen below, found by typing."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui.app.commands import MOVES
from tui.app.formatting import Span
from tui.app.look import Look
from tui.app.palette import Entry, ranked
from tui.app.screens.moves import ModalListMoves
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Bar
from tui.app.widgets.one_line_input import OneLineInput
from tui.app.widgets.palette_list import PaletteList

_AROUND, _AROUND_WHERE_SHORT = 6, 2
"""Lines of the screen that are not for entries."""
_SHORT = 16
_HEIGHT_MOST = 16


class PaletteScreen(ModalListMoves[Entry | None]):
    """Ends with what was chosen, or with None."""

    COMMAND_IDS = ("list.open", *MOVES, "app.redraw", "app.back", "app.quit")
    TAKES_TEXT = True
    HINTS = ("list.open", "app.back")

    items: PaletteList

    def __init__(self, look: Look, entries: Sequence[Entry]) -> None:
        super().__init__(look)
        self._entries = entries
        self._prompt = Bar(look.painter, widget_id="prompt")
        self._prompt.show((Span(":", "accent", bold=True),))
        self._count = Bar(look.painter, widget_id="count")
        self._typed = OneLineInput()
        self.items = PaletteList(look.painter, look.glyphs, entries)

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            with Horizontal(id="line"):
                yield self._prompt
                yield self._typed
                yield self._count
            yield self.items

    def on_mount(self) -> None:
        self._typed.focus()
        self._show_found(self._entries)
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        height = self.app.size.height
        is_short = height < _SHORT
        self.set_class(is_short, "-short")
        room = max(height - (_AROUND_WHERE_SHORT if is_short else _AROUND), 1)
        self.items.styles.height = min(len(self._entries), room, _HEIGHT_MOST)

    def theme_changed(self) -> None:
        super().theme_changed()
        self.items.draw_all()

    def hint_words(self, command_id: str, hint: str) -> str:
        return {"list.open": "run", "app.back": "close"}.get(command_id, hint)

    @on(Input.Changed)
    def _find(self, event: Input.Changed) -> None:
        self._show_found(ranked(self._entries, event.value))

    @on(Input.Submitted)
    @on(CursorList.Chosen)
    def action_list_open(self) -> None:
        if self.items.chosen is not None:
            self.dismiss(self.items.chosen)

    def action_back(self) -> None:
        self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _show_found(self, found: Sequence[Entry]) -> None:
        self.items.show(found)
        self._count.show((), (Span(f"{len(found)} of {len(self._entries)}", "muted"),))
