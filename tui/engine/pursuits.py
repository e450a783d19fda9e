"""Looking for creates without an end: this process's own, and what ended processes left behind.

Each is held while it is looked for. Looking may be called off at any time: the create stays open,
and whoever runs next takes it up.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from tui.domain.draft import Outcome, OutcomeState
from tui.domain.errors import StateError
from tui.domain.ports import Clock, Intent
from tui.engine.defects import log_defect
from tui.engine.hold import BEAT, HOLD, Holds
from tui.engine.offload import Offload
from tui.engine.open_creates import OpenCreates
from tui.engine.outbox import LOOK_FIRST
from tui.engine.reconciling import Looked, Reconciler, end_of
from tui.store.entry import Entry
from tui.store.intents import IntentLog

T = TypeVar("T")

AGAIN_S: Final = 60.0
"""Between two looks while a vendor cannot be read, ..."""
AGAIN_LATER_S: Final = 600.0
"""... after ..."""
SOON_LOOKS: Final = 10
"""... so many: a vendor that fails for hours must not cost the calls of a month."""

log = logging.getLogger(__name__)


class Work:
    """What this process does for one create at the moment; it can be called off."""

    def __init__(self) -> None:
        self._task: asyncio.Task[Any] | None = None

    def call_off(self) -> None:
        """End it; `do` returns None."""
        if self._task is not None:
            self._task.cancel()

    async def do(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Do it; None where it was called off."""
        task = self._task = asyncio.create_task(work)
        cancelled: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError as error:
                cancelled = error
                task.cancel()
        if cancelled is not None:
            raise cancelled
        return None if task.cancelled() else task.result()


class Pursuits:
    """Looks for creates, as tasks of the engine."""

    def __init__(
        self,
        intents: IntentLog,
        view: OpenCreates,
        reconciler: Reconciler,
        *,
        acting: frozenset[str],
        clock: Clock,
        offload: Offload,
        ended: Callable[[Intent, Looked], Awaitable[Outcome]],
    ) -> None:
        """Make it; `acting` are the workspaces that this process may write to.

        `ended` takes in what looking told to the end, and returns it with its ticket as it is
        shown.
        """
        self.taken: set[str] = set()
        """The creates that this process is at, by id, those too that it looks for now and then."""
        self.tried: set[str] = set()
        """Those of them that it has looked for in vain, because the vendor could not be read."""
        self.holds = Holds(intents, clock=clock, offload=offload)
        self._intents = intents
        self._view = view
        self._reconciler = reconciler
        self._acting = acting
        self._clock = clock
        self._offload = offload
        self._ended = ended
        self._looks: set[Work] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._resting: set[asyncio.Task[None]] = set()
        """Those of them that look now and then."""
        self._request_ends: dict[str, datetime] = {}
        """When the requests of what was looked for here had ended, by id."""
        self._compared: object = None
        """How the queue and the outbox stood when they were last compared."""
        self._is_ending = False

    def has_news(self) -> bool:
        """Whether `compare` may find anything else. Cheap, for any thread."""
        return bool(self._view.looked) and self._state != self._compared

    async def compare(self) -> None:
        """Compare what was looked for to the end with what came into the queue since.

        A vendor may take its time. And a ticket may be told whose it is once that of another
        create which looks the same is known.
        """
        if self._is_ending or not self.has_news():
            return
        self._compared = self._state
        looks = [await self._compare(entry) for entry in self._view.looked]
        if any(looks):
            await self._view.look(self.taken)

    async def take_up(self) -> None:
        """Begin to look for what nobody is at."""
        if not self._is_ending:
            # Whoever is cancelled meanwhile must not leave anything held that nobody is at.
            await asyncio.shield(self._begin(self._take_up(), self._tasks))

    async def _take_up(self) -> None:
        idle = {entry.intent.id: entry for entry in self._view.idle}
        try:
            entries = await self._offload(self._hold_idle)
        except StateError as error:
            # The next look comes soon.
            log.warning("open creates are not taken up for now: %s", error)
            return
        for entry in entries:
            self.taken.add(entry.intent.id)
            ended_at = _ended_at(idle.get(entry.intent.id, entry))
            resuming = self._resume(entry.intent, ended_at)
            if self._is_ending:
                # It lets go of it at once.
                await resuming
            else:
                _ = self._begin(resuming, self._tasks)
        if entries:
            await self._view.look(self.taken)

    async def look_for(self, intent: Intent, ended_at: datetime, work: Work) -> Outcome:
        """Look for a create that this process holds; return how it ended, as far as can be told."""
        looked = None
        self._request_ends[intent.id] = ended_at
        if not self._is_ending:
            self._looks.add(work)
            try:
                looked = await work.do(self._pursue(intent, ended_at))
            finally:
                self._looks.discard(work)
        if looked is None:
            return await self.as_it_stands(intent)
        if looked.is_to_the_end:
            return await self._end(intent, looked)
        self.tried.add(intent.id)
        _ = self._begin(self._look_again(intent, ended_at), self._resting)
        return await self._ended(intent, looked)

    async def answer_to(self, intent: Intent) -> Outcome | None:
        """Return the answer to a request of this process, where it is in the ledger already."""
        try:
            entry = await self._offload(lambda: self._intents.entry(intent.id))
        except StateError:
            return None
        if entry is None or entry.is_open or entry.is_looked:
            return None
        return None if entry.is_dropped or entry.is_retried else entry.outcome

    async def as_it_stands(self, intent: Intent) -> Outcome:
        """Return how a create ended that this process is not at any more, as the ledger has it."""
        self.taken.discard(intent.id)
        try:
            entry = await self._offload(lambda: self._intents.entry(intent.id))
        except StateError:
            return _unknown(intent, LOOK_FIRST)
        outcome = end_of(intent, entry)
        if entry is not None and entry.is_open:
            return replace(outcome, message=f"{outcome.message}; {LOOK_FIRST}".removeprefix("; "))
        return outcome

    async def finish(self) -> None:
        """Call off all looking, and let go of what was looked for."""
        self._is_ending = True
        for work in self._looks:
            work.call_off()
        for task in self._resting:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._resting, return_exceptions=True)

    def _hold_idle(self) -> tuple[Entry, ...]:
        now = self._clock.now()
        return self._intents.take_up(now, now + HOLD, self._acting, besides=tuple(self.taken))

    async def _resume(self, intent: Intent, ended_at: datetime) -> None:
        work = Work()
        async with self.holds.on(intent.id, work.call_off):
            await self.look_for(intent, ended_at, work)
        await self._view.look(self.taken)

    async def _pursue(self, intent: Intent, ended_at: datetime) -> Looked:
        try:
            return await self._reconciler.pursue(intent, ended_at)
        except Exception as error:
            # A defect of ours settles nothing. Its text may hold anything.
            log_defect(log, "a create was not looked for", error)
            message = f"internal error: {type(error).__name__}; {LOOK_FIRST}"
            return Looked(_unknown(intent, message), is_to_the_end=False)

    async def _look_again(self, intent: Intent, ended_at: datetime) -> None:
        """Look now and then, without a hold: a person may settle it meanwhile."""
        looks = 0
        while not self._is_ending:
            await self._clock.sleep(AGAIN_S if looks < SOON_LOOKS else AGAIN_LATER_S)
            looks += 1
            try:
                looked = await self._reconciler.look_wholly(intent, ended_at)
            except Exception as error:
                log_defect(log, "a create was not looked for", error)
                continue
            if looked.is_to_the_end:
                self.tried.discard(intent.id)
                if looked.outcome.state is OutcomeState.UNKNOWN:
                    # It was said before that nobody knows.
                    self.taken.discard(intent.id)
                else:
                    await self._end(intent, looked)
                await self._view.look(self.taken)
                return

    @property
    def _state(self) -> object:
        return self._reconciler.position, self._view.ends

    async def _compare(self, entry: Entry) -> bool:
        """Compare one; return whether anything is to be shown."""
        intent_id = entry.intent.id
        ended_at = self._request_ends.get(intent_id, entry.intent.at)
        try:
            if intent_id in self._view.compared:
                return False
            if await self._reconciler.needs_call(entry, ended_at):
                self._view.compared.add(intent_id)
                _ = self._begin(self._compare_with_call(entry, ended_at), self._resting)
                return True
            looked = await self._reconciler.compare(entry, ended_at)
        except StateError as error:
            log.warning("open creates are not compared for now: %s", error)
            self._compared = None
            return False
        await self._take_in(entry.intent, looked)
        return looked is not None

    async def _compare_with_call(self, entry: Entry, ended_at: datetime) -> None:
        try:
            looked = await self._reconciler.compare(entry, ended_at, may_call=True)
            await self._take_in(entry.intent, looked)
        except StateError as error:
            log.warning("an open create is not compared for now: %s", error)
        finally:
            self._view.compared.discard(entry.intent.id)
        await self._view.look(self.taken)

    async def _take_in(self, intent: Intent, looked: Looked | None) -> None:
        if looked is not None and looked.outcome.state is not OutcomeState.UNKNOWN:
            await self._ended(intent, looked)

    async def _end(self, intent: Intent, looked: Looked) -> Outcome:
        outcome = await self._ended(intent, looked)
        self.taken.discard(intent.id)
        return outcome

    def _begin(
        self, work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task


def _ended_at(entry: Entry) -> datetime:
    """Return when the request of a create that was left behind had ended at the latest."""
    at, held = entry.intent.at, entry.busy_until
    if held is None:
        return at
    # Who is killed has said less than a beat before that it goes on.
    return max(at, held if entry.outcome is not None else held - HOLD + BEAT)


def _unknown(intent: Intent, message: str) -> Outcome:
    return Outcome(intent_id=intent.id, state=OutcomeState.UNKNOWN, message=message)
