"""What is written beside a create: lines of the audit log, and the choices for the next form."""

import logging
from collections.abc import Mapping
from contextlib import suppress

from tui.domain.creates import with_tenant_fields
from tui.domain.draft import Draft, Outcome
from tui.domain.errors import StateError, TicketdeckError
from tui.domain.ports import Clock, Intent
from tui.domain.prefill import remembered_values
from tui.engine.offload import Offload
from tui.engine.source import Source
from tui.store.audit import AuditRecord
from tui.store.journal import Journal

log = logging.getLogger(__name__)


class CreateBooks:
    """Writes them. Neither ever stops a create that the ledger took."""

    def __init__(
        self,
        journal: Journal,
        sources: Mapping[str, Source],
        *,
        viewer: str,
        clock: Clock,
        offload: Offload,
    ) -> None:
        self._journal = journal
        self._sources = sources
        self._viewer = viewer
        self._clock = clock
        self._offload = offload

    async def audit(
        self, action: str, intent: Intent, outcome: str | None, ended: Outcome | None = None
    ) -> None:
        """Write one line of the audit log; `ended` is where a ref comes from."""
        source = self._sources.get(intent.draft.workspace)
        await self._write(
            AuditRecord(
                at=self._clock.now(),
                who=self._viewer if action == "drop" else intent.by,
                action=action,
                workspace=intent.draft.workspace,
                vendor=source.workspace.vendor if source else "",
                intent=intent.id,
                outcome=outcome,
                ref=str(ended.ref) if ended and ended.ref else None,
            )
        )

    async def audit_losses(self) -> None:
        """Write that a person has looked after what the ledger has lost: whose it was is lost."""
        await self._write(
            AuditRecord(
                at=self._clock.now(),
                who=self._viewer,
                action="drop",
                workspace="",
                vendor="",
                intent="lost",
                outcome="dropped",
            )
        )

    async def _write(self, record: AuditRecord) -> None:
        try:
            await self._offload(lambda: self._journal.audit.write(record))
        except TicketdeckError as error:
            # The ledger has it; nobody's ticket waits for a second book.
            log.warning("a create is not in the audit log: %s", error)

    async def remember(self, draft: Draft) -> None:
        """Keep what was chosen, for the next form."""
        remembered = self._journal.remembered
        if remembered is None:
            return

        def work() -> None:
            own, tenant = self._sources[draft.workspace].fields, None
            with suppress(StateError):
                tenant = self._journal.choices.load_fields(draft.workspace)
            specs = with_tenant_fields(own, tenant[0]) if tenant else own
            remembered.keep(self._viewer, draft.workspace, remembered_values(specs, draft))

        with suppress(StateError):
            await self._offload(work)
