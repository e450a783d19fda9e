"""The help: the keys of the screen it was asked from, as they are in effect, and what else to know.

Typing searches: every character is part of a word here, and only keys that write nothing lead back.
"""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from tui.app.commands import EVERYWHERE, MOVES
from tui.app.formatting import Line, Span
from tui.app.help_text import Section, help_lines, narrowed
from tui.app.look import Look
from tui.app.screens.reading import TextMoves
from tui.app.widgets.line_pane import Bar, TextPane
from tui.app.widgets.one_line_input import OneLineInput

_COLUMNS_MOST = 160
_SLASH = "/"
"""Begins a search elsewhere: in front of a word it is no part of what is looked for."""


class HelpScreen(TextMoves[None]):
    """Sections of keys and words, narrowed by what is typed."""

    COMMAND_IDS = (*MOVES, *(name for name in EVERYWHERE if name != "app.palette"))
    HINTS = ("list.down", "list.page_down", "app.back")
    TAKES_TEXT = True

    def __init__(self, look: Look, sections: Sequence[Section]) -> None:
        super().__init__(look)
        self._sections = sections
        self._title = Bar(look.painter, widget_id="help-title")
        self._title.show((Span("Help", "accent", bold=True), Span("  /", "accent")))
        self._typed = OneLineInput()
        self._count = Bar(look.painter, widget_id="help-count")
        self.text = TextPane(look.painter, widget_id="text")

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="help-line"):
            yield self._title
            yield self._typed
            yield self._count
        yield self.text

    def on_mount(self) -> None:
        self._typed.focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._lay_out)

    def hint_words(self, command_id: str, hint: str) -> str:
        if command_id == "app.back" and self._typed.value:
            return "clear"
        return {"list.down": "scroll", "list.page_down": "page"}.get(command_id, hint)

    @on(Input.Changed)
    def _search(self) -> None:
        self._show_keys()
        self._lay_out()
        self.text.scroll_lines(0)

    def action_back(self) -> None:
        if self._typed.value:
            self._typed.value = ""
        else:
            super().action_back()

    def action_app_help(self) -> None:
        self.post_message(self.LeaveWanted(quits=False))

    def _lay_out(self) -> None:
        typed = self._typed.value
        found = narrowed(self._sections, typed.removeprefix(_SLASH) or typed)
        lines: list[Line] = help_lines(found, min(self.text.width, _COLUMNS_MOST))
        if not found:
            lines = [(Span("Nothing here has these words; esc clears them", "muted"),)]
        self.text.show(lines)
        words = (
            f"{sum(len(section.rows) for section in found)} found" if typed else "type to search"
        )
        self._count.show((), (Span(words, "muted"),))
