"""Says that this process is at a create, again and again, so that no other one takes it up."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.engine.offload import Offload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tui.store.intents import IntentLog

HOLD: Final = timedelta(seconds=10)
"""Whoever is silent for so long has ended, or is stopped: others look for its create."""
BEAT: Final = timedelta(seconds=3)

log = logging.getLogger(__name__)


class Holds:
    """Keeps in the ledger which creates this process is at."""

    def __init__(self, intents: "IntentLog", *, clock: Clock, offload: Offload) -> None:
        self._intents = intents
        self._clock = clock
        self._offload = offload

    @asynccontextmanager
    async def on(self, intent_id: str, lost: Callable[[], object]) -> AsyncIterator[None]:
        """Hold a create that is held already meanwhile, and let go of it at the end.

        `lost` is called when it is not open any more: this process was stopped for a while, and
        somebody settled it.
        """
        over = asyncio.Event()
        beating = asyncio.create_task(self._beat(intent_id, over, lost))
        try:
            yield
        finally:
            over.set()
            await _until_done(asyncio.create_task(self._end(beating, intent_id)))

    async def _beat(self, intent_id: str, over: asyncio.Event, lost: Callable[[], object]) -> None:
        while not await self._happens_within(over, BEAT.total_seconds()):
            try:
                is_open = await self._offload(
                    lambda: self._intents.hold(intent_id, self._clock.now() + HOLD)
                )
            except StateError as error:
                # After three that fail, others may look for it as well; nothing worse.
                log.warning("a create is not held for the moment: %s", error)
            else:
                if not is_open:
                    lost()
                    return

    async def _end(self, beating: "asyncio.Task[None]", intent_id: str) -> None:
        # A beat that is being written would hold it on.
        await asyncio.wait([beating])
        try:
            await self._offload(lambda: self._intents.hold(intent_id, self._clock.now()))
        except StateError as error:
            log.warning("a create is still held for a while: %s", error)

    async def _happens_within(self, event: asyncio.Event, seconds: float) -> bool:
        waits: list[asyncio.Task[Any]] = [
            asyncio.create_task(event.wait()),
            asyncio.create_task(self._clock.sleep(seconds)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return event.is_set()


async def _until_done(task: "asyncio.Task[None]") -> None:
    """Wait for the end of a task, however often the waiting one is cancelled meanwhile."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
