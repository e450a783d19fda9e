"""Keeps every process from polling again and again with a credential that was refused.

A key that is tried often may lock its account. So whoever finds it refused notes whose it is, and
it is tried again only when it is another one, when a person asks, or when it worked for somebody.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ports import Clock
from tui.domain.secret import CredentialSource
from tui.engine.offload import Offload

RECHECK_S: Final = 60.0
"""How often a credential that was refused is read again, to see whether it is another one."""


class RefusalBar:
    """Put up by a refusal; whether one is in the way of a workspace's polls."""

    def __init__(
        self,
        credential: CredentialSource,
        account: Callable[[], str],
        *,
        clock: Clock,
        offload: Offload,
    ) -> None:
        """`account` returns what stands for the credential that was read last."""
        self.is_up = False
        self._credential = credential
        self._account = account
        self._clock = clock
        self._offload = offload
        self._trouble: WorkspaceHealth | None = None
        self._refused: str | None = None
        """Stands for the credential that was refused; None for one that could not be read."""
        self._checked_at = 0.0
        self._seen: datetime | None = None
        """The refusal of another process that was looked at last."""

    @property
    def trouble(self) -> WorkspaceHealth | None:
        """What is the matter in this process alone; None where nothing is."""
        return self._trouble if self.is_up else None

    async def put_up(self, trouble: WorkspaceHealth | None = None) -> str | None:
        """Take in a refusal, and return what stands for the credential.

        `trouble` where it could not even be read here. Other processes may have one that works:
        theirs is no news of ours, nor ours of theirs.
        """
        self.is_up = True
        self._trouble = trouble
        self._checked_at = self._clock.monotonic()
        # What is there now may be another one already, which nobody has tried.
        self._refused = None if trouble else self._account()
        return self._refused

    async def is_in_the_way(self, stored: WorkspaceHealth, *, is_asked: bool) -> bool:
        """Return whether not to poll; `stored` is what the journal says of the workspace.

        `is_asked`: a person wants it to be tried.
        """
        if not self.is_up and not is_asked and await self._was_refused_elsewhere(stored):
            await self.put_up()
        if self.is_up and (
            is_asked or self._works_elsewhere(stored) or await self._has_other_credential()
        ):
            self.take_down()
        return self.is_up

    def take_down(self) -> None:
        """Take in that the credential may be tried, or was and is not refused any more."""
        self.is_up = False

    async def _was_refused_elsewhere(self, stored: WorkspaceHealth) -> bool:
        """Whether another process, perhaps one before us, was refused with our credential."""
        is_refusal = stored.state is HealthState.REFUSED and stored.refused is not None
        if not is_refusal or stored.failed_at == self._seen:
            return False
        self._seen = stored.failed_at
        return await self._offload(self._read) == stored.refused

    def _works_elsewhere(self, stored: WorkspaceHealth) -> bool:
        return self._trouble is None and stored.state is not HealthState.REFUSED

    async def _has_other_credential(self) -> bool:
        now = self._clock.monotonic()
        if now < self._checked_at + RECHECK_S:
            return False
        self._checked_at = now
        return await self._offload(self._read) != self._refused

    def _read(self) -> str | None:
        try:
            self._credential.read()
        except Exception:  # whatever keeps it from being read, it is not there
            return None
        return self._account()
