"""The foot of a form: what it has to say, and the button that sends it."""

from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from tui.app.formatting import Line, Span, fit, wrap
from tui.app.look import Look
from tui.app.widgets.line_pane import TextPane

_LINES, _LINES_MOST = 2, 5
"""Of the message."""
_AROUND_WORDS: Final = 3
"""Cells of the button and beside it that hold no word of it."""


class FormFoot(Horizontal):
    """As high as its message; in a narrow form the button stands below it."""

    def __init__(self, look: Look, button_words: str) -> None:
        super().__init__(id="foot")
        self._look = look
        self._button_words = button_words
        self._message = TextPane(look.painter, ground="surface", widget_id="message")
        self.button = Button(Content(button_words), id="send", compact=True)
        self.button.styles.width = len(button_words) + 2
        self._words = ""
        self.style = "muted"
        """How the message is meant."""
        self.lines = 0
        """How high it is."""
        self._set_lines(_LINES)

    def compose(self) -> ComposeResult:
        yield self._message
        yield self.button

    def tell(self, words: str, style: str) -> None:
        """Have another message; it shows with the next `lay_out`."""
        self._words, self.style = words, style

    def lay_out(self, width: int, *, is_narrow: bool) -> bool:
        """Wrap the message into the cells of the form; return whether the height is another."""
        if not is_narrow:
            width -= len(self._button_words) + _AROUND_WORDS
        told = list(wrap(self._words, width))
        if len(told) > _LINES_MOST:
            cut = self._look.glyphs.cut
            told[_LINES_MOST - 1 :] = [fit(told[_LINES_MOST - 1] + cut, width, cut=cut)]
        lines: list[Line] = [(Span(text, self.style),) for text in told]
        self._message.show(lines)
        before = self.lines
        self._set_lines(max(len(lines), 1) + 1 if is_narrow else max(len(lines), _LINES))
        return self.lines != before

    def _set_lines(self, lines: int) -> None:
        self.lines = lines
        self.styles.height = lines
