"""The form for a new ticket: from the vendor's fields to a draft that is sent in the background."""

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Button

from tui.app.bridge import Bridge
from tui.app.draft_text import check_texts, owner
from tui.app.formatting import Line, Span, fit, wrap
from tui.app.look import Look
from tui.app.mirror import Touched
from tui.app.paste import PASTE_LIMIT, PASTE_LINES
from tui.app.screens.choosing import ChoosingForm
from tui.app.widgets.field_entry import PasteCut
from tui.app.widgets.field_grid import FieldGrid
from tui.app.widgets.field_input import FieldInput
from tui.app.widgets.line_pane import Bar, TextPane
from tui.domain.creates import Form, KeptDraft, OpenCreate, Stage
from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.form_text import refitted, to_texts
from tui.domain.workspace import Workspace

_MESSAGE_LINES, _MESSAGE_LINES_MOST = 2, 5
_AROUND: Final = 4
"""Lines of the screen that are neither fields nor the message: a frame, the title, the keys."""
_TWO_COLUMNS: Final = 70
"""From this width on short fields pair up."""
_HIDDEN_MOST: Final = 6
"""Lines that may be left above and below the form where it hides what is behind it."""
_NAME_CELLS: Final = 24
"""Of a workspace on the button."""


class CreateScreen(ChoosingForm):
    """Keeps all that is typed until the vendor has taken it; never sends twice by itself.

    Whoever opens it hands it what the bridge answers: `show_form`, `show_choices`, `ended`.
    """

    COMMAND_IDS = (
        "form.next",
        "form.previous",
        "form.send",
        "form.editor",
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
    # Textual draws a whole screen for a focus that is elsewhere; the fields draw themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

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
        super().__init__(look, bridge, workspace)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_TWO_COLUMNS, "-paired")]
        self._is_reopened = kept is not None
        self._kept = kept or KeptDraft(
            id=uuid.uuid4().hex, workspace=workspace.name, texts={}, at=look.clock.now()
        )
        """As it was kept last."""
        self.sending: Draft | None = None
        """The draft that is on its way."""
        self._stage: Stage | None = None
        """How far that is known to have come."""
        self._may_exist = self._kept.may_exist
        """The outcome of an earlier send is unknown, and nobody was asked again yet."""
        specs = bridge.fields(workspace.name)
        texts = refitted(specs, self._kept.texts)
        self._homeless = _without_field(specs, texts)
        """Texts of a kept draft whose fields are not there, by key."""
        self.grid = FieldGrid(look.painter, specs, texts)
        self._told = self.texts
        self._last_field = self.grid.fields[0]
        self._focused_by_form: FieldInput | None = None
        """The field that the form itself led to; what was just told is not replaced by its hint."""
        place = f"{workspace.name} {look.glyphs.place} {workspace.title}"
        self._title = Bar(look.painter, widget_id="title")
        self._title.show(
            (Span(f"New ticket in {place}", "accent", bold=True),),
            (Span("* required", "muted"),),
        )
        self._message = TextPane(look.painter, ground="surface", widget_id="message")
        name = fit(workspace.name, min(len(workspace.name), _NAME_CELLS), cut=look.glyphs.cut)
        self._button_words = f"Create in {name}"
        self._button = Button(Content(self._button_words), id="send", compact=True)
        self._message_lines = _MESSAGE_LINES

    @property
    def workspace(self) -> str:
        """Where the ticket goes."""
        return self.place.name

    @property
    def texts(self) -> Mapping[str, str]:
        """What stands in the fields, by the vendor's keys; of a choice its value."""
        return {field.spec.key: field.value for field in self.grid.fields} | self._homeless

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
        """Whether nothing stands in the form but what it put there itself."""
        return not self._homeless and not any(field.is_touched for field in self.grid.fields)

    def kept_as(self, kept: KeptDraft) -> None:
        """Take in under which id and version the draft is kept now."""
        self._kept = kept

    def begin_anew(self) -> None:
        """Let what stands here be another draft: the ticket of this one exists."""
        self._kept = replace(self._kept, id=uuid.uuid4().hex, version=0, may_exist=False)
        self._may_exist = False

    def fill(self, pairs: Iterable[tuple[str, str]], *, only_untouched: bool = True) -> int:
        """Let these values stand in their fields; return how many of them the form took.

        `pairs` are keys and values, as `domain.draft.check_draft` takes them. With `only_untouched`
        a field that somebody typed in stays as it is, and does not count.
        """
        given = list(pairs)
        texts = to_texts(self.grid.specs, given)
        taken = 0
        for key, text in texts.items():
            field = self.grid.field(key)
            if field is None or (only_untouched and field.is_touched):
                continue
            field.put(text, is_own=only_untouched)
            family = f"{key}." if field.spec.open_keys else key
            taken += sum(name == key or name.startswith(family) for name, _ in given)
        self._tell_change()
        return taken

    @property
    def long_text(self) -> str:
        """What stands in the field that the editor is for."""
        return self._for_editor.shown

    def set_long_text(self, text: str) -> None:
        """Let this stand in the field that the editor is for, as if it had been typed."""
        field = self._for_editor
        field.put(text)
        field.settle()
        self._lead_to(field)

    @property
    def editor_key(self) -> str:
        """The key of the field that the editor is for."""
        return self._for_editor.spec.key

    @property
    def _for_editor(self) -> FieldInput:
        return self.grid.long_field or self._last_field

    def show_form(self, form: Form) -> None:
        """Take in the fields and lists as they are known by now; nothing typed changes."""
        specs = self.with_lists(form.specs)
        before = {field.spec.key: field.value for field in self.grid.fields}
        self.grid.take_specs(specs)
        self.take_lists(form.lists)
        texts = refitted(self.grid.specs, before | self._homeless)
        self._homeless = _without_field(self.grid.specs, texts)
        for field in self.grid.fields:
            key = field.spec.key
            is_elsewhere_now = texts.get(key, field.value) != field.value
            if is_elsewhere_now and (key not in before or not field.entry.has_focus):
                field.put(texts[key])
        if self.is_mounted:
            self.ask_lists(specs)
            self._fit(may_shrink=self.is_blank)
            if form.problem:
                self._tell(f"Other fields cannot be had: {form.problem}", "warning")
        self._tell_change()

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            yield self.grid
            with Horizontal(id="foot"):
                yield self._message
                yield self._button
        yield self.drop

    def on_mount(self) -> None:
        self.drop.visible = False
        self._button.styles.width = len(self._button_words) + 2
        fields = self.grid.fields
        first = next((field for field in fields if field.spec.required), fields[0])
        if self._is_reopened:
            again = " It may exist already: look before you send it again."
            self._tell(f"Your draft, as you left it.{again if self._may_exist else ''}", "text")
            self._lead_to(first)
        else:
            first.enter()
        self._fit()
        self.ask_lists(self.grid.specs)

    def on_resize(self) -> None:
        self.close_list()
        self._fit()

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
        self.grid.columns = 2 if width >= _TWO_COLUMNS else 1
        room = max(height - _AROUND - self._message_lines, 1)
        lines = self.grid.fit(room, may_shrink=may_shrink)
        # What hardly shows at the edges would be sent whole with everything that changes in it.
        hides_all = width <= self.WIDTH + 2 and room - lines <= _HIDDEN_MOST
        self.set_class(hides_all, "-hides-all")
        self.query_one("#foot").styles.height = self._message_lines

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
        self._lead_to(named or self._last_field)
        if outcome.state is OutcomeState.NOT_CREATED:
            about = ""
            if named is not None:
                named.complain("not accepted")
                about = f"{named.spec.label}: "
            self._tell(f"Not created: {about}{outcome.message}", "error")
        else:
            self._may_exist = True
            self._tell(f"Unknown: {outcome.message}", "warning")

    def action_form_next(self) -> None:
        self.take_choice()
        self.focus_next()

    def action_form_previous(self) -> None:
        self.take_choice()
        self.focus_previous()

    def action_form_editor(self) -> None:
        self.close_list()
        self.post_message(self.EditorWanted(self))

    def action_form_template(self) -> None:
        self.close_list()
        self.post_message(self.TemplateWanted(self))

    def action_form_new(self) -> None:
        self.close_list()
        self.post_message(self.NewWanted(self))

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
        self._tell(f"Sending to {self.place.title}", "accent")
        self.bridge.create(draft, self._kept.id)

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

    @on(FieldInput.Edited)
    def _take_in_edit(self) -> None:
        self._tell_change()

    @on(FieldInput.Entered)
    def _show_hint(self, event: FieldInput.Entered) -> None:
        field, led_to = event.field, self._focused_by_form
        self._last_field = field
        self._focused_by_form = None
        if self.sending is not None or field is led_to:
            return
        if field.problem:
            self._tell(f"{field.spec.label}: {field.problem}", "error")
        elif why := self.list_problem(field):
            self._tell(f"No list: {why}. {field.help}", "muted")
        else:
            self._tell(field.help, "muted")

    @on(FieldInput.Finished)
    def _go_on(self) -> None:
        self.action_form_next()

    @on(PasteCut)
    def _tell_cut(self) -> None:
        self._tell(
            f"Of the paste only the first {PASTE_LIMIT:,} characters in {PASTE_LINES:,} lines came",
            "warning",
        )

    def _tell_change(self) -> None:
        """Say that other texts stand in the form, if they do."""
        if (texts := self.texts) != self._told:
            self._told = texts
            self.post_message(self.Changed(self.draft))

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
            self._lead_to(wrong[0])
            self._tell(f"{wrong[0].spec.label}: {wrong[0].problem}", "error")
            return None
        return draft

    def _set_sending(self, draft: Draft | None) -> None:
        self.sending, self._stage = draft, None
        self._button.disabled = draft is not None
        for field in self.grid.fields:
            field.freeze(frozen=draft is not None)

    def _field_named_in(self, message: str) -> FieldInput | None:
        """Return the field that the vendor's reason names by its key."""
        words = {word.strip(".") for word in re.findall(r"[\w.]+", message)}
        return next((field for field in self.grid.fields if field.spec.key in words), None)

    def _lead_to(self, field: FieldInput) -> None:
        self._focused_by_form = field
        field.enter()

    def _tell(self, words: str, style: str) -> None:
        width = max(self.text_width - len(self._button_words) - 2, 10)
        told = list(wrap(words, width))
        lines: list[Line] = [(Span(text, style),) for text in told[:_MESSAGE_LINES_MOST]]
        self._message.show(lines)
        height = min(max(len(lines), _MESSAGE_LINES), _MESSAGE_LINES_MOST)
        if height != self._message_lines:
            self._message_lines = height
            self._fit()


def _without_field(specs: Iterable[object], texts: Mapping[str, str]) -> dict[str, str]:
    keys = {getattr(spec, "key", None) for spec in specs}
    return {key: text for key, text in texts.items() if key not in keys and text.strip()}
