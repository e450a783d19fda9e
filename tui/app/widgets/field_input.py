"""One field of a form: above what is typed its label, and what it takes or what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, TextArea

from tui.app.choice_rows import ChoiceIndex
from tui.app.draft_text import (
    completed,
    has_list,
    hints,
    last_part,
    problem_on_leaving,
    to_shown,
    to_value,
    with_last_part,
)
from tui.app.formatting import BLANK, Line, Span, fit, line_width
from tui.app.painting import Painter
from tui.app.paste import clean_typed
from tui.app.widgets.field_entry import ChoiceEntry, Entry, LineEntry, TextEntry
from tui.app.widgets.line_pane import Bar
from tui.domain.draft import Choice, FieldRole, FieldSpec, FieldType
from tui.domain.form_text import split_values

SHORT_LINES = 2
"""A label and a line to type in."""
FAMILY_LINES = 3
_LABEL_LEAST = 8
_NEAR_LIMIT = 0.8
"""From this part of its limit on, a field says how much is typed."""


class FieldInput(Vertical):
    """Built from a `FieldSpec`; knows nothing of the form.

    A choice is shown by its label and is `value` by its value.
    """

    @dataclass
    class Entered(Message):
        """The field got the focus."""

        field: "FieldInput"

    @dataclass
    class Left(Message):
        """The field lost the focus, and what stands in it is checked."""

        field: "FieldInput"

    @dataclass
    class Edited(Message):
        """Another text stands in the field."""

        field: "FieldInput"
        is_typed: bool
        """Somebody typed it just now."""

    @dataclass
    class Finished(Message):
        """Enter was pressed in a field of one line."""

        field: "FieldInput"

    @dataclass
    class ListWanted(Message):
        """The choices of the field are wanted as a list, or another row of that."""

        field: "FieldInput"
        rows: int

    def __init__(self, spec: FieldSpec, painter: Painter, *, value: str | None = None) -> None:
        self.is_long = spec.type is FieldType.LONG_TEXT or spec.open_keys
        self.is_whole = self.is_long or spec.role is FieldRole.TITLE or spec.type is FieldType.FILE
        """It takes the whole width of a form."""
        super().__init__(classes="field")
        self.spec = spec
        self.index = ChoiceIndex(spec.choices)
        self.problem = ""
        self._label = Bar(painter, widget_id="label")
        self._word: Span | None = None
        self._own = self._put = self._shown_for(spec.default or "")
        self._is_recalled = False
        if value is not None:
            self._put = self._shown_for(value)
        self.entry = self._make_entry(self._put)
        self.lines = FAMILY_LINES if self.is_long else SHORT_LINES

    def compose(self) -> ComposeResult:
        yield self._label
        yield self.entry

    def on_mount(self) -> None:
        self.styles.height = self.lines
        self._show()

    def on_resize(self) -> None:
        self._show()

    @property
    def lines(self) -> int:
        """The height of the field."""
        return self._lines

    @lines.setter
    def lines(self, lines: int) -> None:
        self._lines = lines
        self.styles.height = lines
        self.entry.styles.height = lines - 1

    @property
    def shown(self) -> str:
        """What is typed, as it stands there."""
        return self.entry.text if isinstance(self.entry, TextArea) else self.entry.value

    @property
    def value(self) -> str:
        """What is typed; of a choice its value."""
        return to_value(self.spec, self.index, self.shown)

    @property
    def typed(self) -> str:
        """What a list of choices is to be filtered by."""
        return last_part(self.spec, self.shown)

    @property
    def has_list(self) -> bool:
        """Whether the field is one for choosing."""
        return has_list(self.spec)

    @property
    def is_touched(self) -> bool:
        """Whether something stands there that the form has not put there by itself."""
        return self.shown.strip() not in ("", self._own)

    @property
    def help(self) -> str:
        """What may not be seen beside the label: how to choose, or a long hint whole."""
        words = [self.spec.hint] if self.spec.hint else list(hints(self.spec)[:1])
        if self.has_list and len(self.index):
            own = "; esc keeps what you typed" if self.spec.takes_other_values else ""
            how = f"Type to filter; down opens the list{own}."
            words = [how, *words[: bool(self.spec.hint)]]
        elif self._label_holds(words):
            return ""
        return " ".join(word[:1].upper() + word[1:] for word in words)

    @property
    def is_recalled(self) -> bool:
        """Whether what was chosen last time stands there, and nobody has touched it."""
        return self._is_recalled and self.shown == self._own != ""

    @property
    def is_as_typed(self) -> bool:
        """Whether a text stands there that is none of the known choices, and may be sent."""
        spec = self.spec
        is_free = spec.searches or (spec.takes_other_values and len(self.index))
        values = split_values(self.value) if spec.repeats else [self.value]
        is_known = all(value in self.index.labels for value in values)
        return bool(is_free) and self.is_touched and not is_known

    def put(self, value: str, *, is_own: bool = False, is_recalled: bool = False) -> None:
        """Let this stand there; `is_own`: the form has put it, nobody wanted it.

        `is_recalled`: it is what was chosen last time.
        """
        shown = self._shown_for(value)
        self._put = shown
        if is_own:
            self._own, self._is_recalled = shown, is_recalled
        self._write(shown)

    def take(self, choice: Choice) -> None:
        """Let this choice stand for what is being typed."""
        if self.spec.searches and choice not in self.index.choices:
            self.index = ChoiceIndex((*self.index.choices, choice))
        self._is_recalled = False
        label = self.index.shown(choice.value)
        self._put = with_last_part(self.spec, self.shown, label)
        self._write(self._put)
        self.complain("")

    def know(self, choices: Iterable[Choice]) -> None:
        """Show what stands here by its label if it is one of these, as a search found them."""
        values = split_values(self.value) if self.spec.repeats else [self.value]
        known = self.index.labels
        new = [each for each in choices if each.value in values and each.value not in known]
        if new:
            self.use(self.spec, ChoiceIndex((*self.index.choices, *new)))

    def use(self, spec: FieldSpec, index: ChoiceIndex | None = None) -> None:
        """Go by this spec and its choices from now on; what is being typed stays as it is."""
        was_own, value = self.shown == self._own, self.value
        own = to_value(self.spec, self.index, self._own)
        self.spec = spec
        self.index = index or ChoiceIndex(spec.choices)
        if not self.entry.has_focus or self.shown == self._put:
            self.put(value)
        self._own = self.shown if was_own else self._shown_for(own)
        self._show()

    def enter(self) -> None:
        """Give the field the focus."""
        self.entry.focus()

    def freeze(self, *, frozen: bool) -> None:
        """Take no input, or take it again."""
        self.entry.disabled = frozen

    def complain(self, problem: str) -> None:
        """Show what is wrong; "" for nothing."""
        self.problem = problem
        self._show()

    def say(self, word: str, style: str = "muted") -> None:
        """Show a word on the list of choices beside the label; "" for none."""
        self._word = Span(word, style) if word else None
        self._show()

    def settle(self) -> None:
        """Take what stands there for finished: complete a choice, and check it."""
        if self.has_list and self.shown != self._put:
            self.put(completed(self.spec, self.index, self.shown))
        self.complain(problem_on_leaving(self.spec, self.value))

    def on_descendant_focus(self) -> None:
        self._show()
        self.post_message(self.Entered(self))

    def on_descendant_blur(self) -> None:
        self.settle()
        self.post_message(self.Left(self))

    @on(Input.Submitted)
    def _finish(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Finished(self))

    @on(ChoiceEntry.Stepped)
    def _want_list(self, event: ChoiceEntry.Stepped) -> None:
        event.stop()
        self.post_message(self.ListWanted(self, event.rows))

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _take_in(self, event: Message) -> None:
        event.stop()
        is_typed = self.entry.has_focus and self.shown != self._put
        if self.problem:
            self.problem = problem_on_leaving(self.spec, self.value)
        self._show()
        self.post_message(self.Edited(self, is_typed))

    def _make_entry(self, shown: str) -> Entry:
        if self.is_long:
            return TextEntry(shown)
        return ChoiceEntry(shown) if self.has_list else LineEntry(shown)

    def _shown_for(self, value: str) -> str:
        # A draft, a template, an editor's file: as little is known of them as of what is pasted.
        shown = clean_typed(to_shown(self.spec, self.index, value))
        return shown if self.is_long else shown.replace("\n", " ")

    def _write(self, shown: str) -> None:
        if shown == self.shown:
            return
        if isinstance(self.entry, TextEntry):
            self.entry.write(shown)
        else:
            self.entry.value = shown
            self.entry.cursor_position = len(shown)
            if isinstance(self.entry, ChoiceEntry) and not self.spec.repeats:
                self.entry.show_beginning(is_entered=self.entry.has_focus)

    def _show(self) -> None:
        has_focus = self.entry.has_focus
        label = Span(self.spec.label, "accent" if has_focus else "text", bold=has_focus)
        mark = (Span(" *", "muted"),) if self.spec.required else BLANK
        if self.problem:
            wrong = (Span(" !", "error", bold=True), Span(f" {self.problem}", "error"))
            # What is wrong is news; the label is known.
            room = self._label.size.width - 2 - line_width((*mark, *wrong))
            cells = min(line_width((label,)), max(room, _LABEL_LEAST))
            name = fit(self.spec.label, cells, cut=self._label.painter.cut)
            self._label.show((replace(label, text=name), *mark, *wrong))
        else:
            self._label.show((label, *mark), self._beside(line_width((label, *mark))))

    def _beside(self, taken: int) -> Line:
        """Return what stands at the end of the label's line: the first of it that fits whole."""
        typed, limit = len(self.shown), self.spec.limit
        if typed > limit * _NEAR_LIMIT and limit:
            style = "error" if typed > limit else "muted"
            return (Span(f"{typed:,} of {limit:,}", style, bold=typed > limit),)
        if self._word is not None:
            return (self._word,)
        room = self._label.size.width - taken - 4
        fitting = (hint for hint in hints(self.spec) if len(hint) <= room)
        return tuple(Span(hint, "muted") for hint in list(fitting)[:1])

    def _label_holds(self, words: list[str]) -> bool:
        shown = self._beside(len(self.spec.label) + 2 * self.spec.required)
        return not words or (bool(shown) and shown[0].text == words[0])
