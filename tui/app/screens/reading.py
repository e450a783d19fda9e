"""Screens of text to read: the moves through it, and the request of a draft."""

from typing import ClassVar

from textual.app import ComposeResult

from tui.app.commands import EVERYWHERE, MOVES
from tui.app.formatting import BLANK, Line, Span, wrap
from tui.app.look import Look
from tui.app.screens.deck import DeckScreen, Result
from tui.app.widgets.line_pane import Bar, TextPane
from tui.domain.draft import RequestPreview


class TextMoves(DeckScreen[Result]):
    """Sends the moves to the screen's text."""

    text: TextPane

    def hint_words(self, command_id: str, hint: str) -> str:
        return {"list.down": "down", "list.page_down": "page down"}.get(command_id, hint)

    def action_list_down(self) -> None:
        self.text.scroll_lines(self.text.top + 1)

    def action_list_up(self) -> None:
        self.text.scroll_lines(self.text.top - 1)

    def action_list_top(self) -> None:
        self.text.scroll_lines(0)

    def action_list_bottom(self) -> None:
        self.text.scroll_lines(self.text.line_count())

    def action_list_page_down(self) -> None:
        self.text.scroll_lines(self.text.top + max(self.text.page - 2, 1))

    def action_list_page_up(self) -> None:
        self.text.scroll_lines(self.text.top - max(self.text.page - 2, 1))


class ReadingScreen(TextMoves[None]):
    """A bar, and a text that scrolls."""

    COMMAND_IDS: ClassVar[tuple[str, ...]] = (*MOVES, *EVERYWHERE)
    HINTS: ClassVar[tuple[str, ...]] = ("list.down", "list.page_down", "app.back")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.top_bar = Bar(look.painter, widget_id="top")
        self.text = TextPane(look.painter, widget_id="text")

    def compose_body(self) -> ComposeResult:
        yield self.top_bar
        yield self.text

    def on_mount(self) -> None:
        self.lay_out()

    def on_resize(self) -> None:
        self.call_after_refresh(self.lay_out)

    def lay_out(self) -> None:
        """Show the text in the room there is."""
        raise NotImplementedError


class RequestScreen(ReadingScreen):
    """The exact request that a draft becomes, its credential masked."""

    COMMAND_IDS = (*MOVES, "app.redraw", "app.back", "app.quit")

    def __init__(self, look: Look, preview: RequestPreview) -> None:
        super().__init__(look)
        self._preview = preview

    def lay_out(self) -> None:
        preview, width = self._preview, self.text.width
        self.top_bar.show(
            (Span("Request", "accent", bold=True), Span("  nothing is sent by looking", "muted"))
        )
        head = [f"{preview.method} {preview.url}"]
        head += [f"{name}: {value}" for name, value in preview.headers.items()]
        lines: list[Line] = [(Span(text),) for row in head for text in wrap(row, width)]
        lines.append(BLANK)
        lines += [(Span(text),) for text in wrap(preview.body, width)]
        self.text.show(lines)
