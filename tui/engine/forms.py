"""What fills the form of a new ticket: fields, choices, kept drafts, and what was chosen last."""

from collections.abc import Mapping
from concurrent.futures import Future

from tui.domain.creates import ChoiceList, Form, KeptDraft, Remembered
from tui.engine.runtime import Runtime
from tui.engine.source import Source


class Forms:
    """Asks the journal first, then the vendor. Every method may be called from any thread."""

    def __init__(self, runtime: Runtime, sources: Mapping[str, Source]) -> None:
        self._runtime = runtime
        self._sources = sources

    def form(self, workspace: str) -> Future[Form]:
        """Return the form as far as the journal knows it. No vendor is called."""
        raise NotImplementedError

    def tenant_form(self, workspace: str) -> Future[Form]:
        """Return the form with its tenant's own fields, asked for where they are not fresh."""
        raise NotImplementedError

    def look_up(self, workspace: str, lookup: str, keyword: str = "") -> Future[ChoiceList]:
        """Return a list of choices, asked for where it is not fresh; never fails.

        `keyword` is for lists that the vendor searches.
        """
        raise NotImplementedError

    def drafts(self) -> Future[tuple[KeptDraft, ...]]:
        """Return the viewer's kept drafts of all workspaces, latest first; raises StateError."""
        raise NotImplementedError

    def keep_draft(self, draft: KeptDraft) -> Future[KeptDraft]:
        """Keep what stands in a form, and return it as it is kept.

        Where somebody kept another version meanwhile, both stay: this one under another id. What
        is kept while an earlier call is still at it is kept in its place. Raises StateError.
        """
        raise NotImplementedError

    def forget_draft(self, draft_id: str) -> Future[None]:
        """Delete a kept draft. Raises StateError."""
        raise NotImplementedError

    def remembered(self) -> Future[Remembered]:
        """Return what the viewer chose for the last new tickets."""
        raise NotImplementedError
