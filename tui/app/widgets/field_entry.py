"""What is typed into in a form: one line, one line with a list of choices, or several lines."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding
from textual.events import Focus, Key, Paste
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import TextArea
from textual.widgets.input import Selection

from tui.app.joiners import typed_in
from tui.app.paste import is_cut
from tui.app.widgets.drawn_changes import DrawnChanges
from tui.app.widgets.one_line_input import OneLineInput
from tui.app.widgets.undoing import Undoing


@dataclass
class PasteCut(Message):
    """More was pasted than is taken."""


class LineEntry(DrawnChanges, Undoing, OneLineInput):
    """A field of one line."""

    # Textual lays a screen out anew, and sends the field whole, when its text gets longer.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), repaint=False)

    def _on_paste(self, event: Paste) -> None:
        if is_cut(event.text):
            self.post_message(PasteCut())
        super()._on_paste(event)


class ChoiceEntry(LineEntry):
    """A field of one line with choices, whose list is somewhere else."""

    BINDINGS: ClassVar = [
        Binding("down", "step(1)", "Choose from the list", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("pagedown", "step(5)", show=False),
        Binding("pageup", "step(-5)", show=False),
    ]

    @dataclass
    class Stepped(Message):
        """The list is wanted, or another row of it."""

        rows: int

    def on_mount(self) -> None:
        self.show_beginning(is_entered=False)

    def show_beginning(self, *, is_entered: bool) -> None:
        """Let what is chosen be read from its beginning; what is typed then replaces it."""
        self.selection = Selection(len(self.value) if is_entered else 0, 0)

    def on_focus(self, event: Focus) -> None:
        if not event.from_app_focus:
            self.show_beginning(is_entered=True)

    def on_blur(self) -> None:
        self.show_beginning(is_entered=False)

    def action_step(self, rows: int) -> None:
        self.post_message(self.Stepped(rows))


class TextEntry(DrawnChanges, TextArea):
    """A field of several lines; tab leaves it."""

    def __init__(self, text: str) -> None:
        super().__init__(text, tab_behavior="focus", show_line_numbers=False, soft_wrap=True)
        self.cursor_blink = False
        self.move_cursor(self.document.end)

    def write(self, text: str) -> None:
        """Let this text stand here; what is typed next stands behind it."""
        self.text = text
        self.move_cursor(self.document.end)

    async def _on_key(self, event: Key) -> None:
        start, end = sorted(self.selection)
        row, column = start
        edit = typed_in(event.character, self.document.get_line(row)[:column])
        if edit is not None and not self.read_only:
            event.stop()
            event.prevent_default()
            self._replace_via_keyboard(edit.text, (row, column - edit.replaced), end)

    async def _on_paste(self, event: Paste) -> None:
        if is_cut(event.text):
            self.post_message(PasteCut())
        # Textual's own also asks for the focus, and gets it when the next key has moved it on.
        event.prevent_default()
        pasted = self.replace(event.text, *self.selection, maintain_selection_offset=False)
        self.move_cursor(pasted.end_location)


Entry = LineEntry | TextEntry
