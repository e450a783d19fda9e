"""What fills the form of a new ticket: fields, choices, kept drafts, and what was chosen last."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress

from tui.domain.creates import ChoiceList, Form, KeptDraft, Remembered, with_tenant_fields
from tui.domain.draft import Choice, FieldSpec
from tui.domain.errors import StateError, UsageError
from tui.domain.ports import ChoiceSource, Clock, FormSource, Vendor
from tui.domain.prefill import is_untouched
from tui.engine.choice_lists import ChoiceLists, TenantFields
from tui.engine.draft_saver import DraftSaver
from tui.engine.offload import Offload
from tui.engine.runtime import Runtime
from tui.engine.source import Source
from tui.store.journal import Journal


class Forms:
    """Asks the journal first, then the vendor. Every method may be called from any thread."""

    def __init__(
        self,
        runtime: Runtime,
        sources: Mapping[str, Source],
        vendor_of: Callable[[str], Vendor],
        journal: Journal,
        *,
        viewer: str,
        clock: Clock,
        offload: Offload,
    ) -> None:
        """Make it; `vendor_of` returns the open vendor of a workspace, on the engine's loop."""
        self._runtime = runtime
        self._sources = sources
        self._vendor_of = vendor_of
        self._journal = journal
        self._viewer = viewer
        self._offload = offload
        self._lists = ChoiceLists(journal.choices, clock=clock, offload=offload)
        self._saver = DraftSaver(
            journal.drafts, problem=journal.ledger_problem, viewer=viewer, offload=offload
        )
        self._last = Remembered()
        """As it was read last."""

    def form(self, workspace: str) -> Future[Form]:
        """Return the form as far as the journal knows it. No vendor is called."""
        return self._runtime.submit(self._form(workspace))

    def tenant_form(self, workspace: str) -> Future[Form]:
        """Return the form with its tenant's own fields, asked for where they are not fresh."""
        return self._runtime.submit(self._tenant_form(workspace))

    def look_up(self, workspace: str, lookup: str, keyword: str = "") -> Future[ChoiceList]:
        """Return a list of choices, asked for where it is not fresh; never fails.

        `keyword` is for lists that the vendor searches. A search that waited while a later one was
        asked for ends with no choices and no `as_of`.
        """
        return self._runtime.submit(self._look_up(workspace, lookup, keyword))

    def drafts(self) -> Future[tuple[KeptDraft, ...]]:
        """Return the viewer's kept drafts of all workspaces, latest first; raises StateError."""
        return self._runtime.submit(self._saver.load())

    def keep_draft(self, draft: KeptDraft) -> Future[KeptDraft]:
        """Keep what stands in a form, and return it as it is kept.

        Where somebody kept another version meanwhile, both stay: this one under another id. What
        is kept while an earlier call is still at it is kept in its place. A draft with nothing in
        it but what stood there at the beginning is forgotten. Raises StateError.
        """
        return self._runtime.submit(self._keep_draft(draft))

    def forget_draft(self, draft_id: str) -> Future[None]:
        """Delete a kept draft. Raises StateError."""
        return self._runtime.submit(self._saver.forget(draft_id))

    def remembered(self) -> Future[Remembered]:
        """Return what the viewer chose for the last new tickets."""
        return self._runtime.submit(self._remembered())

    async def finish(self) -> None:
        """Keep what is still to be kept, and ask for nothing more."""
        self._lists.close()
        await self._saver.finish()

    async def _form(self, workspace: str) -> Form:
        source = self._source(workspace)
        return await self._filled(source, await self._lists.known_fields(workspace))

    async def _tenant_form(self, workspace: str) -> Form:
        source = self._source(workspace)
        if not source.fields:
            return Form(())

        async def ask() -> Sequence[FieldSpec]:
            vendor = self._vendor_of(workspace)
            return await vendor.fetch_fields() if isinstance(vendor, FormSource) else ()

        return await self._filled(source, await self._lists.fields(workspace, ask))

    async def _filled(self, source: Source, tenant: TenantFields) -> Form:
        specs = with_tenant_fields(source.fields, tenant.fields)
        whole = {spec.lookup for spec in specs if spec.lookup and not spec.searches}
        known = await self._lists.known(source.workspace.name)
        lists = {lookup: each for lookup, each in known.items() if lookup in whole}
        return Form(specs, lists, tenant.problem)

    async def _look_up(self, workspace: str, lookup: str, keyword: str) -> ChoiceList:
        source = self._source(workspace)
        tenant = await self._lists.known_fields(workspace)
        specs = with_tenant_fields(source.fields, tenant.fields)
        is_searched = any(spec.searches for spec in specs if spec.lookup == lookup)
        wanted = keyword if is_searched else ""

        async def ask() -> Sequence[Choice]:
            vendor = self._vendor_of(workspace)
            if not isinstance(vendor, ChoiceSource):
                raise UsageError(f"{source.workspace.title} cannot be asked for choices")
            return await vendor.fetch_choices(lookup, wanted)

        if is_searched:
            return await self._lists.search(workspace, lookup, keyword, ask)
        return await self._lists.look_up(workspace, lookup, ask)

    async def _keep_draft(self, draft: KeptDraft) -> KeptDraft:
        source = self._sources.get(draft.workspace)
        own = source.fields if source else ()
        specs = with_tenant_fields(own, self._lists.held_fields(draft.workspace))
        chosen = self._last.values.get(draft.workspace, {})
        is_wanted = bool(draft.tickets) or not is_untouched(specs, draft.texts, chosen)
        return await self._saver.keep(draft, is_wanted=is_wanted)

    async def _remembered(self) -> Remembered:
        kept = self._journal.remembered
        if kept is not None:
            with suppress(StateError):
                self._last = await self._offload(lambda: kept.load(self._viewer))
        return self._last

    def _source(self, workspace: str) -> Source:
        if (source := self._sources.get(workspace)) is None:
            raise UsageError(f"no workspace {workspace}")
        return source
