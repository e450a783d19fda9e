"""One field of a form: its label, what is typed, and beside it what it takes or what is wrong."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, TextArea

from tui.app.draft_text import complete_choice, hint_of, problem_on_leaving
from tui.app.formatting import Line, Span
from tui.app.painting import Painter
from tui.app.widgets.line_pane import Bar
from tui.app.widgets.one_line_input import OneLineInput
from tui.domain.draft import FieldSpec, FieldType

_TEXT_LINES, _FAMILY_LINES = 4, 2


class _ChoiceEntry(OneLineInput):
    """A field with choices: the first letters replace what stands there, down opens the list."""

    BINDINGS: ClassVar = [Binding("down", "choose", "Choose from the list", show=False)]

    @dataclass
    class ListWanted(Message):
        """The list of choices is wanted."""

    def action_choose(self) -> None:
        self.post_message(self.ListWanted())


class _Text(TextArea):
    """A field of several lines; tab leaves it."""

    def __init__(self, value: str) -> None:
        super().__init__(value, tab_behavior="focus", show_line_numbers=False, soft_wrap=True)
        self.cursor_blink = False


class FieldInput(Horizontal):
    """Built from a `FieldSpec`; knows of the form only whether every second ground is its own."""

    @dataclass
    class Entered(Message):
        """The field got the focus."""

        field: "FieldInput"

    @dataclass
    class Finished(Message):
        """Enter was pressed in a field of one line."""

        field: "FieldInput"

    @dataclass
    class ListWanted(Message):
        """The choices of the field are wanted as a list."""

        field: "FieldInput"

    def __init__(
        self, spec: FieldSpec, value: str, painter: Painter, *, is_second: bool = False
    ) -> None:
        super().__init__(classes=f"field {'-second' if is_second else ''}")
        self.spec = spec
        self.problem = ""
        self._label = Bar(painter, widget_id="label")
        self._note = Bar(painter, widget_id="note")
        self._is_long = spec.type is FieldType.LONG_TEXT or spec.open_keys
        self._entry: OneLineInput | _Text
        if self._is_long:
            self._entry = _Text(value)
            self._entry.styles.height = _FAMILY_LINES if spec.open_keys else _TEXT_LINES
        elif spec.choices:
            self._entry = _ChoiceEntry(value, select_on_focus=True)
        else:
            self._entry = OneLineInput(value)

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._entry
        yield self._note

    def on_mount(self) -> None:
        self._show()

    @property
    def text(self) -> str:
        """What is typed."""
        return self._entry.text if isinstance(self._entry, TextArea) else self._entry.value

    @text.setter
    def text(self, value: str) -> None:
        if isinstance(self._entry, TextArea):
            self._entry.text = value
        else:
            self._entry.value = value

    @property
    def help(self) -> str:
        """What may not be seen beside the field: how to choose, or a long hint whole."""
        if self.spec.choices:
            return "Type the beginning, or press down for the list."
        hint = self.spec.hint or hint_of(self.spec)
        return hint if len(hint) > self._note.size.width - 2 or self.spec.open_keys else ""

    def enter(self) -> None:
        """Give the field the focus."""
        self._entry.focus()

    def freeze(self, *, frozen: bool) -> None:
        """Take no input, or take it again."""
        self._entry.disabled = frozen

    def complain(self, problem: str) -> None:
        """Show what is wrong; "" for nothing."""
        self.problem = problem
        self._show()

    def paint(self) -> None:
        """Paint anew in other colours."""
        self._label.refresh()
        self._note.refresh()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._show()
        self.post_message(self.Entered(self))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        if self.spec.choices:
            completed = complete_choice(self.spec, self.text)
            if completed != self.text:
                self.text = completed
        self.complain(problem_on_leaving(self.spec, self.text))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Finished(self))

    def on__choice_entry_list_wanted(self, event: _ChoiceEntry.ListWanted) -> None:
        event.stop()
        self.post_message(self.ListWanted(self))

    def _show(self) -> None:
        has_focus = self._entry.has_focus
        mark = Span(" *" if self.spec.required else "", "muted")
        if self.problem:
            mark = Span(" !", "error", bold=True)
        style = "accent" if has_focus else "text"
        self._label.show((Span(self.spec.label, style, bold=has_focus), mark))
        self._note.show(self._words())

    def _words(self) -> Line:
        if self.problem:
            return (Span(f"! {self.problem}", "error"),)
        return (Span(hint_of(self.spec), "muted"),)
