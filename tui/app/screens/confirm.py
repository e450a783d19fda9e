"""Asks for a yes or a no, in front of whatever is being done."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.app.formatting import BLANK, Line, Span, wrap
from tui.app.look import Look
from tui.app.screens.deck import DeckModal
from tui.app.widgets.line_pane import TextPane


class ConfirmScreen(DeckModal[bool]):
    """Ends with True for enter or y, and with False for esc, n or q."""

    COMMAND_IDS = ("list.open", "app.redraw", "app.back", "app.quit")
    HINTS = ("list.open", "app.back")

    def __init__(self, look: Look, question: str, facts: Sequence[str] = ()) -> None:
        super().__init__(look)
        self._question, self._facts = question, facts
        self._text = TextPane(look.painter, ground="surface", widget_id="text")

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._text

    def on_mount(self) -> None:
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def hint_words(self, command_id: str, hint: str) -> str:
        return {"list.open": "yes", "app.back": "no"}.get(command_id, hint)

    @on(events.Key)
    def _answer(self, event: events.Key) -> None:
        if event.key in ("y", "n"):
            event.stop()
            self.dismiss(event.key == "y")

    def action_list_open(self) -> None:
        self.dismiss(True)

    def action_back(self) -> None:
        self.dismiss(False)

    def action_leave(self) -> None:
        self.dismiss(False)

    def _answers(self) -> Line:
        line: list[Span] = []
        for command_id, letter, words in (("list.open", "y", "yes"), ("app.back", "n", "no")):
            key = self.look.keymap.shown(command_id, self.COMMAND_IDS)
            keys = f"{key}, {letter}" if key else letter
            line += [Span(keys, "accent"), Span(f" {words}   ")]
        return tuple(line)

    def _lay_out(self) -> None:
        width = self.text_width
        lines: list[Line] = [
            (Span(text, "accent", bold=True),) for text in wrap(self._question, width)
        ]
        lines += [(Span(text, "muted"),) for fact in self._facts for text in wrap(fact, width)]
        lines += [BLANK, self._answers()]
        self._text.styles.height = len(lines)
        self._text.show(lines)
