"""The part of a form that says something: hints, reasons, and how a create goes."""

from typing import Final

from textual import on

from tui.app.bridge import Bridge
from tui.app.formatting import fit
from tui.app.look import Look
from tui.app.paste import PASTE_LIMIT, PASTE_LINES
from tui.app.screens.filled_form import FilledForm
from tui.app.widgets.field_entry import PasteCut
from tui.app.widgets.field_input import FieldInput
from tui.app.widgets.form_foot import FormFoot
from tui.domain.creates import ChoiceList, KeptDraft
from tui.domain.workspace import Workspace

TWO_COLUMNS: Final = 70
"""From this width on short fields pair up, and the button stands beside what is said."""
_NAME_CELLS: Final = 24
"""Of a workspace on the button."""


class TellingForm(FilledForm):
    """Knows what may take the place of what it said last: a hint never that of a reason."""

    def __init__(
        self, look: Look, bridge: Bridge, workspace: Workspace, kept: KeptDraft | None = None
    ) -> None:
        super().__init__(look, bridge, workspace, kept)
        name = fit(workspace.name, min(len(workspace.name), _NAME_CELLS), cut=look.glyphs.cut)
        self._foot = FormFoot(look, f"Create in {name}")
        self._is_lasting = False
        """What was told is not replaced by the hint of the next field."""
        self._is_list_missed = False
        """It says why there is no list."""
        self._focused_by_form: FieldInput | None = None
        """The field that the form itself led to; what was just told is not replaced by its hint."""

    def show_choices(self, lookup: str, keyword: str, found: ChoiceList) -> None:
        super().show_choices(lookup, keyword, found)
        if self.last_field.spec.lookup == lookup:
            self._renew_hint()

    def lead_to(self, field: FieldInput) -> None:
        self._focused_by_form = field
        field.enter()

    def tell_lasting(self, words: str, style: str) -> None:
        """Say what takes a while to read: it stays for one field more."""
        self._tell(words, style)
        self._is_lasting = True

    def _tell(self, words: str, style: str) -> None:
        self._is_list_missed = self._is_lasting = False
        self._foot.tell(words, style)
        self._show_told()

    def _show_told(self) -> None:
        if self._foot.lay_out(self.text_width, is_narrow=self._is_narrow):
            self._fit()

    def _fit(self, *, may_shrink: bool = True) -> None:
        """Lay the form out anew: the message takes more lines or fewer."""

    @property
    def _is_narrow(self) -> bool:
        """One field a line, and the button below the message."""
        return self.app.size.width < TWO_COLUMNS

    @on(FieldInput.Edited)
    def _take_in_edit(self) -> None:
        self.tell_change()
        self._renew_hint()

    def _renew_hint(self) -> None:
        """Say that a list cannot be had, or no longer so; what is more than a hint stays."""
        field = self.last_field
        if not field.entry.has_focus or self._foot.style != "muted":
            return
        if not self._tell_list_problem(field) and self._is_list_missed:
            self._tell(field.help, "muted")

    @on(FieldInput.Entered)
    def _show_hint(self, event: FieldInput.Entered) -> None:
        field, led_to, before = event.field, self._focused_by_form, self.last_field
        self.last_field = field
        self._focused_by_form = None
        if self._is_lasting:
            self._is_lasting = field is before
            return
        if self.sending is not None or field is led_to:
            return
        if field.problem:
            self._tell(f"{field.spec.label}: {field.problem}", "error")
        elif not self._tell_list_problem(field):
            self._tell(field.help, "muted")

    def _tell_list_problem(self, field: FieldInput) -> bool:
        if why := self.list_problem(field):
            self._tell(f"No list: {why}. {field.help}", "muted")
            self._is_list_missed = True
        return bool(why)

    @on(PasteCut)
    def _tell_cut(self) -> None:
        self._tell(
            f"Of the paste only the first {PASTE_LIMIT:,} characters in {PASTE_LINES:,} lines came",
            "warning",
        )
