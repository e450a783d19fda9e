"""Asks in which form and into which file tickets are to be written."""

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from tui.app.export_file import FORMS, NameTaken, default_name, with_form
from tui.app.formatting import Line, Span, wrap
from tui.app.look import Look
from tui.app.screens.deck import DeckModal
from tui.app.widgets.line_pane import Bar, TextPane
from tui.app.widgets.one_line_input import OneLineInput
from tui.domain.clean import clean
from tui.domain.ticket import Ticket

_MESSAGE_LINES = 2


class ExportScreen(DeckModal[Path | None]):
    """Ends with the file that was written, or with None; stays while it is being written."""

    COMMAND_IDS = (
        "list.open",
        "app.next_pane",
        "app.previous_pane",
        "app.redraw",
        "app.back",
        "app.quit",
    )
    TAKES_TEXT = True
    HINTS = ("list.open", "app.next_pane", "app.back")
    WIDTH = 76

    class Asked(Message):
        """The tickets are to be written to this file."""

        def __init__(self, screen: "ExportScreen", name: str, form: str) -> None:
            super().__init__()
            self.screen = screen
            self.name = name
            self.form = form

    def __init__(self, look: Look, tickets: Sequence[Ticket], what: str) -> None:
        super().__init__(look)
        self.tickets = tickets
        self._form = next(iter(FORMS))
        self._is_writing = False
        self._proposed = ""
        """A name that was put there because the one before is taken."""
        now = look.face.full(look.clock.now())
        self._title = Bar(look.painter, widget_id="title")
        self._title.show((Span(f"Export {what}", "accent", bold=True),))
        self._forms = Bar(look.painter, widget_id="forms")
        self._label = Bar(look.painter, widget_id="label")
        self._label.show((Span("File"),))
        self._entry = OneLineInput(default_name(now, self._form))
        self._message = TextPane(look.painter, ground="surface", widget_id="message")

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            yield self._forms
            with Horizontal(id="line"):
                yield self._label
                yield self._entry
            yield self._message

    def on_mount(self) -> None:
        self._message.styles.height = _MESSAGE_LINES
        self._entry.focus()
        self._show_form()
        self._tell_place()

    def on_resize(self) -> None:
        self._tell_place()

    def hint_words(self, command_id: str, hint: str) -> str:
        words = {"list.open": "write", "app.next_pane": "other form", "app.back": "close"}
        return words.get(command_id, hint)

    def failed(self, problem: Exception) -> None:
        """Take in that the file was not written."""
        self._is_writing = False
        if isinstance(problem, NameTaken):
            self._proposed = self._entry.value = problem.free
            self._entry.cursor_position = len(problem.free)
        self._tell(str(problem), "warning")

    def action_app_next_pane(self) -> None:
        self._turn(1)

    def action_app_previous_pane(self) -> None:
        self._turn(-1)

    @on(Input.Submitted)
    def action_list_open(self) -> None:
        if self._is_writing:
            return
        self._is_writing = True
        self._tell(f"Writing {len(self.tickets):,} tickets", "accent")
        self.post_message(self.Asked(self, self._entry.value, self._form))

    @on(Input.Changed)
    def _follow_name(self, event: Input.Changed) -> None:
        suffix = event.value.strip().rpartition(".")[2]
        if suffix in FORMS and suffix != self._form:
            self._form = suffix
            self._show_form()
        if event.value != self._proposed:
            self._tell_place()

    def action_back(self) -> None:
        self.dismiss(None)

    def _turn(self, steps: int) -> None:
        forms = list(FORMS)
        self._form = forms[(forms.index(self._form) + steps) % len(forms)]
        self._entry.value = with_form(self._entry.value, self._form)
        self._entry.cursor_position = len(self._entry.value)
        self._show_form()

    def _show_form(self) -> None:
        line: list[Span] = [Span("Form   ")]
        for form, words in FORMS.items():
            is_chosen = form == self._form
            shown = f"[{words}]" if is_chosen else f" {words} "
            line.append(Span(shown, "accent" if is_chosen else "muted", bold=is_chosen))
        self._forms.show(tuple(line))

    def _tell_place(self) -> None:
        """Tell in which folder the file will stand."""
        if not self._is_writing:
            folder = clean(str(Path.cwd()))
            self._tell(f"In {folder}, for your eyes only (mode 0600)", "muted")

    def _tell(self, words: str, style: str) -> None:
        lines: list[Line] = [(Span(text, style),) for text in wrap(words, self.text_width)]
        self._message.show(lines[:_MESSAGE_LINES])
