"""One workspace's lease as this process sees it: gained, kept by a heartbeat, given back."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.engine.offload import Offload
from tui.store.lease import Lease, Leases

BEAT_S = 1.0
"""A heartbeat every so often, and every so often a look whether the lease is free."""

log = logging.getLogger(__name__)


class Tenure:
    """The right of this process to poll a workspace, and the wait for it."""

    def __init__(
        self, workspace: str, leases: Leases, *, clock: Clock, owner: str, offload: Offload
    ) -> None:
        self.workspace = workspace
        self.lease: Lease | None = None
        """Held as far as we know; the journal checks it with every write."""
        self._leases = leases
        self._clock = clock
        self._owner = owner
        self._offload = offload
        self._gaining = asyncio.Lock()

    async def try_gain(self) -> bool:
        """Take the lease if nobody has it; return whether it is ours now."""
        async with self._gaining:
            if self.lease is None:
                with suppress(StateError):
                    self.lease = await self._offload(
                        lambda: self._leases.acquire(self.workspace, self._owner, self._clock.now())
                    )
        return self.lease is not None

    async def is_held_by_another(self) -> bool:
        """Whether another process polls the workspace now. Raises StateError."""
        return await self._offload(
            lambda: self._leases.is_held_by_another(self.workspace, self._owner, self._clock.now())
        )

    async def keep(
        self, asked: Callable[[], object], watched: Callable[[datetime], object]
    ) -> None:
        """Show that this process lives until another has taken over; return then.

        `asked` is called where a follower asked for a poll, `watched` with the moment at which a
        person last looked at the workspace from any process.
        """
        while (lease := self.lease) is not None:
            await self._clock.sleep(BEAT_S)
            try:
                beat = await self._offload(lambda: self._leases.beat(lease, self._clock.now()))
            except StateError as error:
                # Where this goes on, another takes over, and the next beat says so.
                log.warning("%s: no heartbeat: %s", self.workspace, error)
                continue
            if beat is None:
                self.lose()
                return
            if beat.watched is not None:
                watched(beat.watched)
            if beat.asked:
                asked()

    def lose(self) -> None:
        """Take in that the lease is another's now."""
        log.warning("%s: another process polls it now", self.workspace)
        self.lease = None

    async def give_back(self) -> None:
        """Let others poll at once; harmless where nothing is held."""
        lease, self.lease = self.lease, None
        if lease is not None:
            with suppress(StateError):
                await self._offload(lambda: self._leases.release(lease))

    async def ask(self) -> None:
        """Ask whoever holds the lease to poll now."""
        with suppress(StateError):
            await self._offload(
                lambda: self._leases.ask_for_poll(self.workspace, self._clock.now())
            )

    async def watch(self) -> None:
        """Tell whoever holds the lease that a person looks at the workspace."""
        with suppress(StateError):
            await self._offload(lambda: self._leases.watch(self.workspace, self._clock.now()))
