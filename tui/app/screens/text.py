"""Shows a text whole, in front of another screen: the address of a ticket, or what `y` would copy.

Nothing is cut, so that it can be selected with the terminal's own means.
"""

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.app.commands import MOVES
from tui.app.formatting import BLANK, Line, Span, wrap
from tui.app.look import Look
from tui.app.screens.deck import DeckModal
from tui.app.screens.reading import TextMoves
from tui.app.widgets.line_pane import Bar, TextPane

_AROUND = 5
"""Lines of the screen that are not for the text."""


class TextScreen(TextMoves[bool], DeckModal[bool]):
    """Ends with whether the text is wanted in the clipboard."""

    COMMAND_IDS = (*MOVES, "ticket.copy_ref", "ticket.copy_link", "app.redraw", "app.back")
    HINTS = ("ticket.copy_ref", "app.back")
    WIDTH = 120

    def __init__(
        self, look: Look, title: str, text: str, *, head: str = "", note: str = ""
    ) -> None:
        super().__init__(look)
        self._shown, self._head, self._note = text, head, note
        self._title = Bar(look.painter, widget_id="title")
        self._title.show((Span(title, "accent", bold=True),))
        self.text = TextPane(look.painter, ground="surface", widget_id="text")

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            yield self.text

    def on_mount(self) -> None:
        self.lay_out()

    def on_resize(self) -> None:
        self.lay_out()

    def note(self, words: str) -> None:
        """Say something below the text."""
        self._note = words
        self.lay_out()

    def lay_out(self) -> None:
        """Show the text in the room there is."""
        width = self.text_width
        lines: list[Line] = [(Span(line, "text", bold=True),) for line in wrap(self._head, width)]
        if not self._head:
            lines = []
        lines += [(Span(line),) for line in wrap(self._shown, width)]
        if self._note:
            lines += [BLANK, *((Span(line, "muted"),) for line in wrap(self._note, width))]
        room = max(self.app.size.height - _AROUND, 1)
        self.text.styles.height = min(len(lines), room)
        self.text.show(lines)

    def hint_words(self, command_id: str, hint: str) -> str:
        return "close" if command_id == "app.back" else hint

    def action_ticket_copy_ref(self) -> None:
        self.dismiss(True)

    def action_ticket_copy_link(self) -> None:
        self.dismiss(True)

    def action_back(self) -> None:
        self.dismiss(False)

    def action_leave(self) -> None:
        self.dismiss(False)
