"""One more look for creates that were looked for before: at once and wholly, for a person.

What was absent half a minute after its request may be there by now.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from tui.domain.draft import Outcome, OutcomeState
from tui.domain.errors import UsageError
from tui.domain.ports import Clock, Intent
from tui.engine.defects import log_defect
from tui.engine.hold import HOLD
from tui.engine.offload import Offload
from tui.engine.open_creates import OpenCreates
from tui.engine.pursuits import Pursuits, Work
from tui.engine.reconciling import Looked, Reconciler
from tui.engine.why_not import why_not
from tui.store.entry import Entry
from tui.store.intents import IntentLog

log = logging.getLogger(__name__)


class SecondLooks:
    """Looks for open creates that nobody is at; each is held meanwhile."""

    def __init__(
        self,
        intents: IntentLog,
        view: OpenCreates,
        reconciler: Reconciler,
        pursuits: Pursuits,
        *,
        acting: frozenset[str],
        clock: Clock,
        offload: Offload,
        ended: Callable[[Intent, Looked], Awaitable[Outcome]],
    ) -> None:
        """Make it; `ended` is told of tickets that were found, and returns how it is shown."""
        self._intents = intents
        self._view = view
        self._reconciler = reconciler
        self._pursuits = pursuits
        self._acting = acting
        self._clock = clock
        self._offload = offload
        self._ended = ended
        self._works: set[Work] = set()
        self._tasks: set[asyncio.Task[Looked | None]] = set()
        self._is_ending = False

    async def begin(self) -> None:
        """Begin to look for all that were looked for to the end. They are LOOKING then.

        Raises StateError.
        """
        since = self._clock.now()
        for entry in await self._offload(self._intents.open_entries):
            here = entry.intent.draft.workspace in self._acting
            if here and entry.is_looked and await self._take(entry.intent):
                task = asyncio.create_task(self._look(entry.intent, since))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        await self._view.look(self._pursuits.taken)

    async def look_first(self, old: Entry) -> Outcome | None:
        """Look for one that a person wants to send again.

        None: there is no ticket that the person would have to see before. Raises UsageError where
        another process is at it, or it is not open any more; StateError.
        """
        intent_id = old.intent.id
        looked = None
        if await self._take(old.intent):
            looked = await self._look(old.intent, self._clock.now())
        elif (entry := await self._offload(lambda: self._intents.entry(intent_id))) is not None:
            raise UsageError(f"not sent again: {why_not(entry, self._clock.now())}")
        if looked is None:
            return None
        outcome = looked.outcome
        seen = () if old.outcome is None else old.outcome.candidates
        if outcome.state is not OutcomeState.CREATED and not set(outcome.candidates) - set(seen):
            return None
        said = f"{outcome.message}; nothing was sent" if outcome.message else "nothing was sent"
        return replace(outcome, message=said)

    async def finish(self) -> None:
        """Call off all looking, and let go of what was looked for."""
        self._is_ending = True
        for work in self._works:
            work.call_off()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, intent: Intent) -> bool:
        now = self._clock.now()
        return await self._offload(lambda: self._intents.take(intent.id, now, now + HOLD))

    async def _look(self, intent: Intent, since: datetime) -> Looked | None:
        taken, work = self._pursuits.taken, Work()
        is_here_already = intent.id in taken
        taken.add(intent.id)
        self._works.add(work)
        try:
            async with self._pursuits.holds.on(intent.id, work.call_off):
                await self._view.look(taken)
                looked = None if self._is_ending else await work.do(self._read(intent, since))
                if looked is not None and looked.outcome.state is OutcomeState.CREATED:
                    looked = replace(looked, outcome=await self._ended(intent, looked))
        finally:
            self._works.discard(work)
            if not is_here_already:
                taken.discard(intent.id)
        await self._view.look(taken)
        return looked

    async def _read(self, intent: Intent, since: datetime) -> Looked | None:
        try:
            return await self._reconciler.look_wholly(intent, intent.at, since=since)
        except Exception as error:
            # A defect of ours settles nothing. Its text may hold anything.
            log_defect(log, "a create was not looked for", error)
            return None
