"""Whether the queue holds a workspace's whole list as of a moment, and reading it until it does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui.domain.errors import StateError
from tui.domain.health import WorkspaceHealth
from tui.domain.ports import Clock
from tui.engine.poller import Poller
from tui.store.queue import TicketQueue

PATIENCE_S: Final = 60.0
"""How long a reader is waited for. It reads on: a long list would never be read otherwise."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of reading a whole list."""

    is_whole: bool
    """Every page was read after the moment."""
    is_complete: bool = False
    """And every ticket on them could be read, as far as is known."""
    problem: str = ""
    """Why it is not whole; one line."""


class WholeLists:
    """Has the lists of workspaces read. One reader a workspace, however many wait for it."""

    def __init__(
        self, queue: TicketQueue, *, clock: Clock, pull: Callable[[], Awaitable[None]]
    ) -> None:
        """Make it; `pull` brings the queue up to date with the journal."""
        self._queue = queue
        self._clock = clock
        self._pull = pull
        self._readers: dict[str, asyncio.Task[WorkspaceHealth]] = {}

    async def read(self, poller: Poller, since: datetime) -> Reading:
        """Have the queue hold the whole list of a later moment than `since`.

        Nothing is called where polls have brought it already.
        """
        name = poller.source.workspace.name
        await self._pull()
        health = self._queue.health()[name]
        if _is_of(health, since):
            return Reading(is_whole=True, is_complete=health.is_whole)
        reader = self._readers.get(name)
        if reader is None or reader.done():
            reader = self._readers[name] = asyncio.create_task(poller.fresh(0.0))
        patience = asyncio.create_task(self._clock.sleep(PATIENCE_S))
        try:
            await asyncio.wait([reader, patience], return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
        if not reader.done():
            return Reading(is_whole=False, problem="the list takes long to read")
        try:
            told = reader.result()
        except (StateError, asyncio.CancelledError) as error:
            return Reading(is_whole=False, problem=str(error) or "reading was interrupted")
        await self._pull()
        health = self._queue.health()[name]
        if _is_of(health, since):
            return Reading(is_whole=True, is_complete=health.is_whole)
        problem = told.error or health.error or "the list was not read whole"
        return Reading(is_whole=False, problem=problem)

    async def close(self) -> None:
        """End what still reads."""
        for reader in self._readers.values():
            reader.cancel()
        await asyncio.gather(*self._readers.values(), return_exceptions=True)


def _is_of(health: WorkspaceHealth, since: datetime) -> bool:
    return health.as_of is not None and health.as_of >= since
