"""The part of the form that holds what stands in it: typed, filled in, or kept from before."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from tui.app.bridge import Bridge
from tui.app.look import Look
from tui.app.screens.choosing import ChoosingForm
from tui.app.widgets.field_grid import FieldGrid
from tui.app.widgets.field_input import FieldInput
from tui.domain.creates import Form, KeptDraft
from tui.domain.draft import Draft, FieldSpec
from tui.domain.form_text import refitted, to_texts
from tui.domain.workspace import Workspace


class FilledForm(ChoosingForm):
    """Loses nothing of it, whatever fields and lists come and go."""

    def __init__(
        self, look: Look, bridge: Bridge, workspace: Workspace, kept: KeptDraft | None
    ) -> None:
        super().__init__(look, bridge, workspace)
        self._kept = kept or KeptDraft(
            id=uuid.uuid4().hex, workspace=workspace.name, texts={}, at=look.clock.now()
        )
        """As it was kept last."""
        self.sending: Draft | None = None
        """The draft that is on its way."""
        self._may_exist = self._kept.may_exist
        """The outcome of an earlier send is unknown, and nobody was asked again yet."""
        specs = bridge.fields(workspace.name)
        texts = refitted(specs, self._kept.texts)
        self._homeless = _without_field(specs, texts)
        """Texts of a kept draft whose fields are not there, by key."""
        self.grid = FieldGrid(look.painter, specs, texts)
        self._told = self.texts
        self.last_field = self.grid.fields[0]
        """The one that had the focus last."""

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

    def fill(
        self,
        pairs: Iterable[tuple[str, str]],
        *,
        only_untouched: bool = True,
        recalled: Collection[str] = (),
    ) -> int:
        """Let these values stand in their fields; return how many of them the form took.

        `pairs` are keys and values, as `domain.draft.check_draft` takes them. With `only_untouched`
        a field that somebody typed in stays as it is, and does not count. `recalled` are the keys
        of what was chosen last time, which is told beside the field.
        """
        given = list(pairs)
        texts = to_texts(self.grid.specs, given)
        taken = 0
        for key, text in texts.items():
            field = self.grid.field(key)
            if field is None or (only_untouched and field.is_touched):
                continue
            field.put(text, is_own=only_untouched, is_recalled=key in recalled)
            family = f"{key}." if field.spec.open_keys else key
            taken += sum(name == key or name.startswith(family) for name, _ in given)
        self.tell_change()
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
        self.lead_to(field)

    @property
    def editor_key(self) -> str:
        """The key of the field that the editor is for."""
        return self._for_editor.spec.key

    @property
    def _for_editor(self) -> FieldInput:
        return self.grid.long_field or self.last_field

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
            self.form_came(form.problem)
        self.tell_change()

    def tell_change(self) -> None:
        """Say that other texts stand in the form, if they do."""
        if (texts := self.texts) != self._told:
            self._told = texts
            self.texts_changed()

    def texts_changed(self) -> None:
        """Take in that other texts stand in the form."""

    def form_came(self, problem: str) -> None:
        """Take in that there may be other fields now; or why those of the tenant are not."""

    def lead_to(self, field: FieldInput) -> None:
        """Give a field the focus, and leave what was told where it is."""
        field.enter()


def _without_field(specs: Iterable[FieldSpec], texts: Mapping[str, str]) -> dict[str, str]:
    keys = {spec.key for spec in specs}
    return {key: text for key, text in texts.items() if key not in keys and text.strip()}
