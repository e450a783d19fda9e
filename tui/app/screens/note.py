"""Takes a note beside tickets. What was typed outlives the field."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import TextArea

from tui.app.formatting import Line, Span, line_width
from tui.app.look import Look
from tui.app.screens.deck import DeckModal
from tui.app.widgets.line_pane import Bar, TextPane
from tui.domain.clean import clean

_EARLIER_MOST = 3
"""So many earlier notes stand above the field, the latest ones."""


class _NoteArea(TextArea):
    """Lines break where they have to, and where they did in what was pasted; enter is the end."""

    BINDINGS: ClassVar = [Binding("enter", "finish", "Write the note", show=False, priority=True)]

    class Finished(Message):
        """The note is as it is to be."""

    def __init__(self, text: str) -> None:
        super().__init__(text, tab_behavior="focus", show_line_numbers=False, soft_wrap=True)
        self.cursor_blink = False
        self.move_cursor(self.document.end)

    def action_finish(self) -> None:
        self.post_message(self.Finished())


class NoteScreen(DeckModal[str | None]):
    """Ends with the text of a note, or with None; `keep` is told all that is typed until then."""

    COMMAND_IDS = ("form.send", "form.close", "app.redraw", "app.quit")
    HINTS = ("form.close",)
    TAKES_TEXT = True

    def __init__(
        self,
        look: Look,
        what: str,
        *,
        kept: str,
        keep: Callable[[str], None],
        earlier: Sequence[Line] = (),
    ) -> None:
        super().__init__(look)
        self._keep = keep
        self._title = Bar(look.painter, widget_id="title")
        self._title.show((Span(f"Note beside {what}, here only", "accent", bold=True),))
        self._earlier = TextPane(look.painter, ground="surface", widget_id="earlier")
        self._earlier.show([*earlier][-_EARLIER_MOST:])
        self._entry = _NoteArea(kept)

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            yield self._earlier
            yield self._entry

    def on_mount(self) -> None:
        self._earlier.styles.height = self._earlier.line_count()
        self._entry.focus()

    def keys_line(self, width: int) -> Line:
        enter = (Span("enter", "accent"), Span(" write  "))
        return (*enter, *super().keys_line(width - line_width(enter)))

    def hint_words(self, command_id: str, hint: str) -> str:
        return {"form.close": "close, text kept"}.get(command_id, hint)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._keep(self._entry.text)

    @on(_NoteArea.Finished)
    def action_form_send(self) -> None:
        self.dismiss(clean(self._entry.text, multiline=True).strip() or None)

    def action_form_close(self) -> None:
        self.dismiss(None)

    def action_back(self) -> None:
        self.dismiss(None)
