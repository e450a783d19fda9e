"""A field of one line, into which a paste of several comes as one."""

from textual import events
from textual.widgets import Input

from tui.app.joiners import typed_in
from tui.app.paste import clean_pasted_line


class OneLineInput(Input):
    """Textual's `Input` keeps the first line of a paste and drops the rest without a word."""

    def __init__(self, value: str = "") -> None:
        super().__init__(value, select_on_focus=False)
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        start, end = sorted(self.selection)
        if (edit := typed_in(event.character, self.value[:start])) is not None:
            event.stop()
            event.prevent_default()
            self.replace(edit.text, start - edit.replaced, end)

    def _on_paste(self, event: events.Paste) -> None:
        event.text = clean_pasted_line(event.text)
        super()._on_paste(event)
        event.prevent_default()
