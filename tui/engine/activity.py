"""What the polling did lately, read for the screen that shows it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from tui.domain.activity import BudgetState, WorkspaceActivity
from tui.domain.ports import Clock
from tui.engine.offload import Offload
from tui.engine.source import Source
from tui.store.journal import PATIENCE, Journal
from tui.store.totals import read_samples

_TREND: Final = timedelta(hours=24)


class ActivityReader:
    """Reads each workspace's polls, trend, budget and poller from the journal."""

    def __init__(self, journal: Journal, *, clock: Clock, offload: Offload, owner: str) -> None:
        """Make it; `owner` is what this process calls itself in a lease."""
        self._journal = journal
        self._clock = clock
        self._offload = offload
        self._owner = owner

    async def read(self, sources: Iterable[Source]) -> Mapping[str, WorkspaceActivity]:
        """Return the activity of these workspaces by name. Raises StateError."""
        chosen = tuple(sources)
        for source in chosen:
            await source.gate.find_account()
        for allowance in {source.allowance for source in chosen}:
            await allowance.read()
        now = self._clock.now()
        # They belong to the loop; what is read beside it is the journal.
        budgets = {source.workspace.name: source.gate.state(now) for source in chosen}
        return await self._offload(lambda: self._read(now, budgets))

    def _read(
        self, now: datetime, budgets: Mapping[str, BudgetState | None]
    ) -> Mapping[str, WorkspaceActivity]:
        return {
            name: WorkspaceActivity(
                polls=self._journal.polls.last(name),
                trend=read_samples(self._journal.file, name, now - _TREND),
                budget=budget,
                poller=self._who_polls(name),
            )
            for name, budget in budgets.items()
        }

    def _who_polls(self, workspace: str) -> str | None:
        state = self._journal.leases.state(workspace)
        if state is None or state.owner is None:
            return None
        if state.may_be_taken("", self._clock.now(), PATIENCE):
            return None
        is_ours = state.owner.startswith(self._owner)
        return "this process" if is_ours else state.owner.partition("#")[0]
