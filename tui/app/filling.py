"""The part of the dashboard that fills the open form with what need not be typed there.

Fields and lists as they come, what was chosen last, a template, a ticket like it, the editor.
"""

import os
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import on

from tui.app.drafting import DraftingApp
from tui.app.messages import ChoicesCame, FormCame, RememberedCame, StoreChanged
from tui.app.screens.pick import PickScreen
from tui.domain.creates import Form, Remembered, Template
from tui.domain.draft import Choice, FieldSpec, find_spec
from tui.domain.form_text import to_pairs
from tui.domain.prefill import beginning, fits, names_like, values_like
from tui.domain.ticket import Ticket

if TYPE_CHECKING:
    from tui.app.screens.create import CreateScreen

_NO_TIME_S: Final = 1.0
"""An editor that is back so soon has opened a window and left it alone; or its key is held."""


class FillingApp(DraftingApp, inherit_bindings=False):
    """What it fills in is nothing typed: a field that somebody typed in stays as it is."""

    templates: Sequence[Template] = ()
    withheld: Collection[str] = ()
    """Variables that no other program gets: they hold credentials."""
    drafts_folder: Path | None = None
    """For files of the editor that no form takes; None: where temporary files are."""

    def __init__(self) -> None:
        super().__init__()
        self.remembered = Remembered()
        self._forms: dict[str, Form] = {}
        """By workspace, as they are known by now."""
        self._like: Ticket | None = None
        """What the open form began as; its lists may still be on their way."""
        self._picked: dict[tuple[str, str], dict[str, Choice]] = {}
        """Who was picked in a list that is searched, by workspace, list and value: the drafts keep
        the value alone."""
        self._edited_at = float("-inf")

    def on_mount(self) -> None:
        self.call_after_refresh(self.bridge.ask_remembered)

    @on(RememberedCame)
    def _remembered_came(self, event: RememberedCame) -> None:
        self.remembered = event.remembered

    def begin_form(self, form: "CreateScreen", *, is_new: bool, like: Ticket | None) -> None:
        """Fill a form that has just been opened, and ask for what is not known of it."""
        self._like = like
        known = self._forms.get(form.workspace)
        if known is not None:
            form.show_form(known)
        if is_new:
            remembered = self.remembered.values.get(form.workspace, {})
            specs = self._specs(form.workspace)
            texts = beginning(specs, remembered)
            defaults = {spec.key: spec.default for spec in specs}
            recalled = {
                key for key in remembered if texts.get(key) not in (None, defaults.get(key))
            }
            form.fill(self._pairs(form.workspace, texts), recalled=recalled)
            self._fill_like(form)
        self._name_picked(form)
        self._offer_templates(form)
        self.bridge.ask_form(form.workspace)

    @on(FormCame)
    def _form_came(self, event: FormCame) -> None:
        self._forms[event.workspace] = event.form
        form = self.form
        if form is not None and form.workspace == event.workspace:
            form.show_form(event.form)
            self._offer_templates(form)
            self._fill_like(form)
            self._name_picked(form)

    @on(ChoicesCame)
    def _choices_came(self, event: ChoicesCame) -> None:
        known = self._forms.get(event.workspace)
        if known is not None and not event.keyword:
            lists = {**known.lists, event.lookup: event.found}
            self._forms[event.workspace] = replace(known, lists=lists)
        form = self.form
        if form is not None and form.workspace == event.workspace:
            form.show_choices(event.lookup, event.keyword, event.found)
            self._fill_like(form)

    def take_draft(self) -> None:
        """Book what stands in the form, and who was picked there."""
        if self.form is not None:
            for lookup, choices in self.form.picked.items():
                self._remember_picked(self.form.workspace, lookup, choices)
        super().take_draft()

    def _remember_picked(self, workspace: str, lookup: str, choices: Iterable[Choice]) -> None:
        known = self._picked.setdefault((workspace, lookup), {})
        known.update((choice.value, choice) for choice in choices)

    def _name_picked(self, form: "CreateScreen") -> None:
        form.name_picked(
            {
                lookup: picked.values()
                for (workspace, lookup), picked in self._picked.items()
                if workspace == form.workspace
            }
        )

    def _fill_like(self, form: "CreateScreen") -> None:
        if self._like is None:
            return
        specs = self._specs(form.workspace)
        texts = values_like(specs, self._like, form.workspace)
        form.fill(self._pairs(form.workspace, texts))
        for key, choice in names_like(specs, texts, self._like).items():
            if spec := find_spec(specs, key):
                self._remember_picked(form.workspace, spec.lookup, [choice])
        self._name_picked(form)

    def ask_labels(self, workspaces: Iterable[str]) -> None:
        """Ask for the forms that were not opened yet: their lists tell what was chosen."""
        for workspace in workspaces:
            if workspace in self.bridge.workspaces and workspace not in self._forms:
                self.bridge.ask_form(workspace)

    def specs_with_labels(self, workspace: str) -> Sequence[FieldSpec]:
        """Return the fields with all choices that are known, those too that were searched for."""
        return [
            replace(spec, choices=(*spec.choices, *picked.values())) if picked else spec
            for spec in self._specs(workspace)
            for picked in (self._picked.get((workspace, spec.lookup)),)
        ]

    def _specs(self, workspace: str) -> Sequence[FieldSpec]:
        known = self._forms.get(workspace)
        return known.complete_specs if known is not None else self.bridge.fields(workspace)

    def _pairs(self, workspace: str, texts: Mapping[str, str]) -> list[tuple[str, str]]:
        return [
            pair
            for spec in self._specs(workspace)
            if spec.key in texts
            for pair in to_pairs(spec, texts[spec.key])
        ]

    def _fitting(self, workspace: str) -> list[Template]:
        specs = self._specs(workspace)
        return [template for template in self.templates if fits(template, workspace, specs)]

    def _offer_templates(self, form: "CreateScreen") -> None:
        form.offer_templates(has_any=bool(self._fitting(form.workspace)))

    def on_create_screen_template_wanted(self, event: "CreateScreen.TemplateWanted") -> None:
        """Offer the templates for the workspace of the form."""
        form = event.form
        if self.screen is not form or form.sending is not None:
            return
        place, specs = form.workspace, self._specs(form.workspace)
        fitting = self._fitting(place)
        if not fitting:
            form.say(f"There is no template for {place}; [[templates]] in the configuration")
            return

        def fill(at: int | None) -> None:
            if at is not None:
                self._fill_from(form, fitting[at])

        rows = [(template.name, _what_it_fills(template, specs)) for template in fitting]
        self.push_screen(PickScreen(self.look, f"Template for {place}", rows), fill)

    def _fill_from(self, form: "CreateScreen", template: Template) -> None:
        filled = form.fill(template.pairs)
        others = len(template.pairs) - filled
        rest = f", {others} not: what is typed stays" if others > 0 else ""
        count = f"{filled} value{'s' if filled != 1 else ''}"
        form.say(f"{template.name}: {count} filled in{rest}", "success" if filled else "warning")

    def on_create_screen_editor_wanted(self, event: "CreateScreen.EditorWanted") -> None:
        """Have the long text edited on this terminal."""
        form, clock = event.form, self.look.clock
        began = clock.monotonic()
        is_key_held = began - self._edited_at < _NO_TIME_S
        if self.screen is not form or form.sending is not None or is_key_held:
            return
        self.keep_now()
        from tui.app.editor import edit

        self.somebody_left()
        can_suspend = self._driver is not None and self._driver.can_suspend
        with self.suspend() if can_suspend else nullcontext():
            edited = edit(
                form.long_text,
                os.environ,
                withheld=self.withheld,
                keep_in=self.drafts_folder,
            )
        self._edited_at = clock.monotonic()
        self.refresh(repaint=True, layout=True)
        self.somebody_came()
        self.post_message(StoreChanged())
        self.time_passed()
        if edited.text is not None:
            form.set_long_text(edited.text)
            self.take_draft()
        elif edited.problem:
            if edited.rescued is not None:
                self._rescue(form, edited.rescued)
            if edited.file is not None:
                form.tell_lasting(edited.problem, "error")
            else:
                form.say(edited.problem, "error")
        elif self._edited_at - began < _NO_TIME_S:
            form.say("Unchanged; an editor with a window of its own must wait, as code --wait")

    def _rescue(self, form: "CreateScreen", text: str) -> None:
        """Keep what a failing editor wrote beside what stands in the form."""
        texts = {**form.texts, form.editor_key: text}
        draft = replace(form.draft, id=uuid.uuid4().hex, version=0, texts=texts, may_exist=False)
        self.drafts.change(draft)
        self.keep_drafts()


def _what_it_fills(template: Template, specs: Sequence[FieldSpec]) -> str:
    labels = {spec.key: spec.label for spec in specs}
    keys = dict.fromkeys(key for key, _ in template.pairs)
    return ", ".join(labels.get(key, key) for key in keys)
