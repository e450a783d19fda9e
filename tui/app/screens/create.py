"""The form for a new ticket: from the vendor's fields to a draft that is sent in the background."""

import re
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button

from tui.app.bridge import Bridge
from tui.app.draft_text import check_texts, owner
from tui.app.formatting import Span
from tui.app.look import Look
from tui.app.mirror import Touched
from tui.app.screens.telling_form import TWO_COLUMNS, TellingForm
from tui.app.widgets.field_input import FieldInput
from tui.app.widgets.line_pane import Bar
from tui.domain.creates import KeptDraft, OpenCreate, Stage
from tui.domain.draft import Draft, FieldSpec, Outcome, OutcomeState
from tui.domain.workspace import Workspace

_AROUND: Final = 4
"""Lines of the screen that are neither fields nor the message: a frame, the title, the keys."""
_HIDDEN_MOST: Final = 6
"""Lines that may be left above and below the form where it hides what is behind it."""
_HELD_S: Final = 1.0
"""A key that comes again sooner is held down, or was pressed before the question was read."""


class CreateScreen(TellingForm):
    """Keeps all that is typed until the vendor has taken it; never sends twice by itself.

    Whoever opens it hands it what the bridge answers: `show_form`, `show_choices`, `ended`.
    """

    COMMAND_IDS = (
        "form.next",
        "form.previous",
        "form.send",
        "form.editor",
        "form.undo",
        "form.request",
        "form.template",
        "form.new",
        "form.close",
        "app.palette",
        "app.help",
        "app.redraw",
        "app.quit",
    )
    TAKES_TEXT = True
    HINTS = ("form.send", "form.editor", "form.request", "form.template", "form.close")
    WIDTH = 118
    AUTO_FOCUS = ""

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
        super().__init__(look, bridge, workspace, kept)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (TWO_COLUMNS, "-paired")]
        self._is_reopened = kept is not None
        self._stage: Stage | None = None
        """How far the create that is on its way is known to have come."""
        self._asked_at: float | None = None
        """When it was asked whether to create a second time, on the monotonic clock; None where
        something else was told since."""
        self._has_templates = False
        place = f"{workspace.name} {look.glyphs.place} {workspace.title}"
        self._title = Bar(look.painter, widget_id="title")
        self._title.show(
            (Span(f"New ticket in {place}", "accent", bold=True),),
            (Span("* required", "muted"),),
        )

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            yield self.grid
            yield self._foot
        yield self.drop

    def on_mount(self) -> None:
        self.drop.visible = False
        if self._is_reopened:
            doubt = "It may exist already: look before you send it again. "
            self._tell(f"{doubt if self._may_exist else ''}{self._draft_words()}", "text")
        self._enter_first()
        self._fit()
        self.ask_lists(self.grid.specs)

    def _enter_first(self) -> None:
        """Go to what is required; in a reopened form to what is missing, or else to go on."""
        fields = self.grid.fields
        required = [field for field in fields if field.spec.required]
        missing = [field for field in required if not field.shown.strip()]
        if self._is_reopened:
            self.lead_to((missing or [self.grid.long_field or (required or fields)[0]])[0])
        else:
            (required or fields)[0].enter()

    def on_resize(self) -> None:
        self.close_list()
        self._show_told()
        self._fit()
        self.call_after_refresh(lambda: self.grid.bring(self.last_field))

    def set_focus(
        self,
        widget: Widget | None,
        scroll_visible: bool = True,  # noqa: FBT001, FBT002 - as Textual calls it
        from_app_focus: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Give the focus away; the fields scroll by pages and at once."""
        super().set_focus(widget, scroll_visible=False, from_app_focus=from_app_focus)
        if scroll_visible and widget is not None and isinstance(widget.parent, FieldInput):
            self.grid.bring(widget.parent)

    def _fit(self, *, may_shrink: bool = True) -> None:
        width, height = self.app.size
        self.grid.columns = 1 if self._is_narrow else 2
        room = max(height - _AROUND - self._foot.lines, 1)
        lines = self.grid.fit(room, may_shrink=may_shrink)
        # What hardly shows at the edges would be sent whole with everything that changes in it.
        hides_all = width <= self.WIDTH + 2 and room - lines <= _HIDDEN_MOST
        self.set_class(hides_all, "-hides-all")
        self.call_after_refresh(self.hang_list)

    def _draft_words(self) -> str:
        """Return which draft this is, and how to begin another one."""
        at = self.look.face.at(self._kept.at, self.look.clock.now())
        key = self.look.keymap.shown("form.new", self.COMMAND_IDS)
        return f"Your draft from {at}" + (f"; {key} begins another." if key else ".")

    def offer_templates(self, *, has_any: bool) -> None:
        """Name the key for templates beside the others only where there is one that fits."""
        self._has_templates = has_any
        self._show_keys()

    def hint_words(self, command_id: str, hint: str) -> str:
        if command_id == "form.template" and not self._has_templates:
            return ""
        return super().hint_words(command_id, hint)

    def theme_changed(self) -> None:
        super().theme_changed()
        for bar in self.query(Bar):
            bar.refresh()
        self.drop.draw_all()

    def queue_changed(self, touched: Touched) -> None:
        """Take in how far the create has come."""
        super().queue_changed(touched)
        if self.sending is None:
            return
        create = next(filter(self._is_sent, self.bridge.open_creates), None)
        if create is not None and create.stage is not self._stage:
            self._stage = create.stage
            if create.stage is Stage.LOOKING:
                why = f" ({create.message})" if create.message else ""
                self._tell(f"No answer; looking whether it exists{why}", "warning")

    def _is_sent(self, create: OpenCreate) -> bool:
        return create.draft_id == self._kept.id or create.draft == self.sending

    def ended(self, outcome: Outcome) -> None:
        """Take in how the create ended; the form closes only if the ticket exists."""
        self._set_sending(None)
        if outcome.state is OutcomeState.CREATED:
            self.dismiss()
            return
        named = self._field_named_in(outcome.message)
        self.lead_to(named or self.last_field)
        if outcome.state is OutcomeState.NOT_CREATED:
            reason = outcome.message
            if named is not None:
                named.complain("not accepted")
                reason = _with_label(reason, named.spec)
            self._tell(f"Not created: {reason}", "error")
        else:
            self._may_exist = True
            self._tell(f"Unknown: {outcome.message}", "warning")

    def action_form_next(self) -> None:
        self.take_choice_at_key()
        self.focus_next()

    def action_form_previous(self) -> None:
        self.take_choice_at_key()
        self.focus_previous()

    def action_form_editor(self) -> None:
        self.close_list()
        self.post_message(self.EditorWanted(self))

    def action_form_undo(self) -> None:
        if self.sending is None:
            self.last_field.entry.action_undo()

    def action_form_template(self) -> None:
        self.close_list()
        self.post_message(self.TemplateWanted(self))

    def action_form_new(self) -> None:
        self.close_list()
        self.post_message(self.NewWanted(self))

    @on(Button.Pressed)
    def action_form_send(self) -> None:
        doubtful = self.doubtful_field
        if doubtful is not None and self.sending is None:
            self.take_choice()
            taken = f"{doubtful.spec.label}: {doubtful.typed} taken."
            self._tell(f"{taken} Send once more to create it.", "warning")
            return
        draft = self._checked()
        if draft is None:
            return
        again = next(
            (each for each in self.bridge.open_creates if self._repeats(each, draft)), None
        )
        if (self._may_exist or again is not None) and not self._is_wanted_twice():
            return
        self._tell(f"Sending to {self.place.title}", "accent")
        if again is not None:
            self._set_sending(again.draft)
            self.bridge.send_again(again)
        else:
            self._set_sending(draft)
            self.bridge.create(draft, self._kept.id)

    def _is_wanted_twice(self) -> bool:
        """Ask whether to create what may exist, unless this is the answer: to do so."""
        now = self.look.clock.monotonic()
        if self._asked_at is not None and now - self._asked_at >= _HELD_S:
            return True
        self._tell(
            "The ticket may exist already. Send once more to create it a second time.", "warning"
        )
        self._asked_at = now
        return False

    def _repeats(self, create: OpenCreate, draft: Draft) -> bool:
        """Whether sending this draft is what a person wants of an open create."""
        # What was not typed in a form stands here under its own id.
        is_of_form = self._kept.id == (create.draft_id or create.id)
        is_open = is_of_form and create.stage is Stage.OPEN
        return is_open and create.draft.values == draft.values

    def action_form_request(self) -> None:
        draft = self._checked()
        if draft is not None:
            self.bridge.render(draft)

    def action_form_close(self) -> None:
        if self.drop.visible:
            self.close_list()
            return
        self.post_message(self.Closed(self.draft, is_sending=self.sending is not None))
        self.dismiss()

    def action_back(self) -> None:
        self.action_form_close()

    @on(FieldInput.Finished)
    def _go_on(self) -> None:
        self.take_choice()
        self.focus_next()

    def _tell(self, words: str, style: str) -> None:
        self._asked_at = None
        super()._tell(words, style)

    def texts_changed(self) -> None:
        self.post_message(self.Changed(self.draft))

    def form_came(self, problem: str) -> None:
        self._fit(may_shrink=self.is_blank)
        if problem:
            self._tell(f"Other fields cannot be had: {problem}", "warning")

    def _checked(self) -> Draft | None:
        """Return the draft if it can be sent now; else show why not, beside the fields."""
        if self.sending is not None:
            self._tell("Already on its way; wait for the answer.", "accent")
            return None
        self.take_choice()
        specs = self.grid.specs
        draft, problems = check_texts(self.workspace, specs, self.texts)
        by_field = {}
        for problem in reversed(problems):
            if spec := owner(specs, problem):
                by_field[spec.key] = problem.message
        for field in self.grid.fields:
            field.complain(by_field.get(field.spec.key, ""))
        wrong = [field for field in self.grid.fields if field.problem]
        if wrong:
            self.lead_to(wrong[0])
            self._tell(f"{wrong[0].spec.label}: {wrong[0].problem}", "error")
            return None
        return draft

    def _set_sending(self, draft: Draft | None) -> None:
        self.sending, self._stage = draft, None
        if draft is not None:
            self._may_exist = False
        self._foot.button.disabled = draft is not None
        for field in self.grid.fields:
            field.freeze(frozen=draft is not None)

    def _field_named_in(self, message: str) -> FieldInput | None:
        """Return the field that the vendor's reason names by its key."""
        words = {word.strip(".") for word in re.findall(r"[\w.]+", message)}
        return next((field for field in self.grid.fields if field.spec.key in words), None)


def _with_label(reason: str, spec: FieldSpec) -> str:
    """Return a vendor's reason with the name of its field as it stands in the form, once."""
    if f"{spec.key}: " in reason:
        return reason.replace(f"{spec.key}: ", f"{spec.label}: ")
    is_named = f"{spec.label}:".casefold() in reason.casefold()
    return reason if is_named else f"{spec.label}: {reason}"
