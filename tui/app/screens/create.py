"""The form for a new ticket: from the vendor's fields to a draft that is sent in the background."""

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button

from tui.app.bridge import Bridge
from tui.app.draft_text import check_texts, complete_choice, owner
from tui.app.formatting import Line, Span, wrap
from tui.app.look import Look
from tui.app.screens.deck import DeckModal
from tui.app.screens.pick import PickScreen
from tui.app.widgets.field_input import FieldInput
from tui.app.widgets.line_pane import Bar, TextPane
from tui.domain.creates import ChoiceList, Form, KeptDraft
from tui.domain.draft import Choice, Draft, Outcome, OutcomeState
from tui.domain.workspace import Workspace

_MESSAGE_LINES = 2
_AROUND = 7
"""Lines of the dialog and below it that are no fields."""


class CreateScreen(DeckModal[None]):
    """Keeps all that is typed until the vendor has taken it; never sends twice by itself."""

    COMMAND_IDS = (
        "form.next",
        "form.previous",
        "form.send",
        "form.request",
        "form.close",
        "app.palette",
        "app.help",
        "app.redraw",
        "app.quit",
    )
    TAKES_TEXT = True
    HINTS = ("form.send", "form.request", "form.close")
    WIDTH = 118

    class Closed(Message):
        """The form closes with this in it."""

        def __init__(self, draft: KeptDraft, *, is_sending: bool) -> None:
            super().__init__()
            self.draft = draft
            self.is_sending = is_sending

    class Changed(Message):
        """What stands in the form is another text now."""

        def __init__(self, draft: KeptDraft) -> None:
            super().__init__()
            self.draft = draft

    class EditorWanted(Message):
        """The long text is wanted in the user's editor."""

        def __init__(self, form: "CreateScreen") -> None:
            super().__init__()
            self.form = form

    class TemplateWanted(Message):
        """A template is wanted for this form."""

        def __init__(self, form: "CreateScreen") -> None:
            super().__init__()
            self.form = form

    class NewWanted(Message):
        """The draft is to be put aside, and another one begun."""

        def __init__(self, form: "CreateScreen") -> None:
            super().__init__()
            self.form = form

    def __init__(
        self,
        look: Look,
        bridge: Bridge,
        workspace: Workspace,
        kept: KeptDraft | None = None,
    ) -> None:
        super().__init__(look)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-medium"), (110, "-wide")]
        self._bridge, self._workspace = bridge, workspace
        self._is_reopened = kept is not None
        self._kept = kept or KeptDraft(
            id=uuid.uuid4().hex, workspace=workspace.name, texts={}, at=look.clock.now()
        )
        """As it was kept last."""
        self._specs = bridge.fields(workspace.name)
        self.sending: Draft | None = None
        """The draft that is on its way."""
        self._may_exist = kept is not None and kept.may_exist
        """The outcome of an earlier send is unknown, and nobody was asked again yet."""
        earlier = kept.texts if kept else {}
        self._fields = [
            FieldInput(
                spec,
                earlier.get(spec.key, spec.default or ""),
                look.painter,
                is_second=bool(at % 2),
            )
            for at, spec in enumerate(self._specs)
        ]
        self._last_field = self._fields[0]
        self._focused_by_form: FieldInput | None = None
        """The field that the form itself led to; what was just told is not replaced by its hint."""
        place = f"{workspace.name} {look.glyphs.place} {workspace.title}"
        self._title = Bar(look.painter, widget_id="title")
        self._title.show(
            (Span(f"New ticket in {place}", "accent", bold=True),),
            (Span("* required", "muted"),),
        )
        self._message = TextPane(look.painter, ground="surface", widget_id="message")
        self._button = Button(Content(f"Create in {workspace.name}"), id="send", compact=True)

    @property
    def workspace(self) -> str:
        """Where the ticket goes."""
        return self._workspace.name

    @property
    def texts(self) -> Mapping[str, str]:
        """What stands in the fields."""
        return {field.spec.key: field.text for field in self._fields}

    @property
    def draft(self) -> KeptDraft:
        """What stands in the form, under the id and the version it was kept under last."""
        return replace(
            self._kept,
            texts=self.texts,
            at=self.look.clock.now(),
            may_exist=self._may_exist or self.sending is not None,
        )

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in the form but what it began with."""
        return all(field.text.strip() in ("", field.spec.default) for field in self._fields)

    def kept_as(self, kept: KeptDraft) -> None:
        """Take in under which id and version the draft is kept now."""
        self._kept = kept

    def fill(self, pairs: Iterable[tuple[str, str]], *, only_untouched: bool = True) -> int:
        """Let these values stand in their fields; return how many of them the form has.

        `pairs` are keys and values, as `domain.draft.check_draft` takes them. With `only_untouched`
        a field that somebody typed in stays as it is, and does not count.
        """
        raise NotImplementedError

    @property
    def long_text(self) -> str:
        """What stands in the field that the editor is for."""
        raise NotImplementedError

    def set_long_text(self, text: str) -> None:
        """Let this stand in the field that the editor is for, as if it had been typed."""
        raise NotImplementedError

    def show_form(self, form: Form) -> None:
        """Take in the fields and lists as they are known by now; nothing typed changes."""
        raise NotImplementedError

    def show_choices(self, lookup: str, keyword: str, found: ChoiceList) -> None:
        """Take in a list of choices, or the answer to a search."""
        raise NotImplementedError

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            with VerticalScroll(id="fields", can_focus=False):
                yield from self._fields
            yield self._message
            with Horizontal(id="buttons"):
                yield self._button

    def on_mount(self) -> None:
        self._message.styles.height = _MESSAGE_LINES
        first = next((field for field in self._fields if field.spec.required), self._fields[0])
        if self._is_reopened:
            again = " It may exist already: look before you send it again."
            self._tell(f"Your draft, as you left it.{again if self._may_exist else ''}", "text")
            self._lead_to(first)
        else:
            first.enter()
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        most = max(self.app.size.height - _AROUND, 1)
        self.query_one("#fields").styles.max_height = most

    def theme_changed(self) -> None:
        super().theme_changed()
        for bar in self.query(Bar):
            bar.refresh()

    def ended(self, outcome: Outcome) -> None:
        """Take in how the create ended; the form closes only if the ticket exists."""
        self._set_sending(None)
        named = self._field_named_in(outcome.message)
        self._lead_to(named or self._last_field)
        if outcome.state is OutcomeState.CREATED:
            self.dismiss()
        elif outcome.state is OutcomeState.NOT_CREATED:
            about = ""
            if named is not None:
                named.complain("not accepted")
                about = f"{named.spec.label}: "
            self._tell(f"Not created: {about}{outcome.message}", "error")
        else:
            self._may_exist = True
            self._tell(
                f"Unknown: {outcome.message}",
                "warning",
            )

    def action_form_next(self) -> None:
        self.focus_next()

    def action_form_previous(self) -> None:
        self.focus_previous()

    @on(Button.Pressed)
    def action_form_send(self) -> None:
        draft = self._checked()
        if draft is None:
            return
        if self._may_exist:
            self._may_exist = False
            self._tell(
                "The ticket may exist already. Send once more to create it a second time.",
                "warning",
            )
            return
        self._set_sending(draft)
        self._tell(f"Sending to {self._workspace.title}", "accent")
        self._bridge.create(draft)

    def action_form_request(self) -> None:
        draft = self._checked()
        if draft is not None:
            self._bridge.render(draft)

    def action_form_close(self) -> None:
        is_sending = self.sending is not None
        self.post_message(self.Closed(self.draft, is_sending=is_sending))
        self.dismiss()

    def action_back(self) -> None:
        self.action_form_close()

    @on(FieldInput.Entered)
    def _show_hint(self, event: FieldInput.Entered) -> None:
        field, led_to = event.field, self._focused_by_form
        self._last_field = field
        self._focused_by_form = None
        if self.sending is None and field is not led_to:
            self._tell(field.problem or field.help, "error" if field.problem else "muted")

    @on(FieldInput.Finished)
    def _go_on(self) -> None:
        self.focus_next()

    @on(FieldInput.ListWanted)
    def _pick(self, event: FieldInput.ListWanted) -> None:
        field = event.field
        choices = field.spec.choices

        def take(picked: int | None) -> None:
            if picked is not None:
                field.text = choices[picked].value

        items = [(choice.value, choice.label if _says_more(choice) else "") for choice in choices]
        current = complete_choice(field.spec, field.text)
        at = next((at for at, choice in enumerate(choices) if choice.value == current), 0)
        self.app.push_screen(PickScreen(self.look, field.spec.label, items, at=at), take)

    def _checked(self) -> Draft | None:
        """Return the draft if it can be sent now; else show why not, beside the fields."""
        if self.sending is not None:
            self._tell("Already on its way; wait for the answer.", "accent")
            return None
        draft, problems = check_texts(self.workspace, self._specs, self.texts)
        by_field = {}
        for problem in reversed(problems):
            if spec := owner(self._specs, problem):
                by_field[spec.key] = problem.message
        for field in self._fields:
            field.complain(by_field.get(field.spec.key, ""))
        wrong = [field for field in self._fields if field.problem]
        if wrong:
            self._lead_to(wrong[0])
            self._tell(f"{wrong[0].spec.label}: {wrong[0].problem}", "error")
            return None
        return draft

    def _set_sending(self, draft: Draft | None) -> None:
        self.sending = draft
        self._button.disabled = draft is not None
        for field in self._fields:
            field.freeze(frozen=draft is not None)

    def _field_named_in(self, message: str) -> FieldInput | None:
        """Return the field that the vendor's reason names by its key."""
        words = {word.strip(".") for word in re.findall(r"[\w.]+", message)}
        return next((field for field in self._fields if field.spec.key in words), None)

    def _lead_to(self, field: FieldInput) -> None:
        self._focused_by_form = field
        field.enter()

    def _tell(self, words: str, style: str) -> None:
        lines: list[Line] = [(Span(text, style),) for text in wrap(words, self.text_width)]
        self._message.show(lines[:_MESSAGE_LINES])


def _says_more(choice: Choice) -> bool:
    return choice.label.casefold() != choice.value.casefold()
