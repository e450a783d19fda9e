"""Keeps a process from polling again and again with a credential that was refused.

A key that is tried often may lock its account. So every process tries it once, and again when it is
another one, when a person asks, or when it worked for another process.
"""

import hashlib
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

    def __init__(self, credential: CredentialSource, *, clock: Clock, offload: Offload) -> None:
        self.is_up = False
        self._credential = credential
        self._clock = clock
        self._offload = offload
        self._trouble: WorkspaceHealth | None = None
        self._since = clock.now()
        """Refusals before that concern us no more."""
        self._digest: bytes | None = None
        """Stands for the credential that was refused; None for one that could not be read."""
        self._checked_at = 0.0

    @property
    def trouble(self) -> WorkspaceHealth | None:
        """What is the matter in this process alone; None where nothing is."""
        return self._trouble if self.is_up else None

    async def put_up(self, trouble: WorkspaceHealth | None = None) -> None:
        """Take in a refusal; `trouble` where the credential could not even be read here.

        Other processes may have one that works: theirs is no news of ours, nor ours of theirs.
        """
        self.is_up = True
        self._trouble = trouble
        self._checked_at = self._clock.monotonic()
        self._digest = await self._offload(self._read_digest)

    async def is_in_the_way(self, stored: WorkspaceHealth, *, is_asked: bool) -> bool:
        """Return whether not to poll; `stored` is what the journal says of the workspace.

        `is_asked`: a person wants it to be tried.
        """
        if not self.is_up and self._was_refused_elsewhere(stored):
            await self.put_up()
        if self.is_up and (
            is_asked or self._works_elsewhere(stored) or await self._has_other_credential()
        ):
            self.take_down()
        return self.is_up

    def take_down(self) -> None:
        """Take in that the credential may be tried, or was and is not refused any more."""
        self.is_up = False
        self._since = self._clock.now()

    def _was_refused_elsewhere(self, stored: WorkspaceHealth) -> bool:
        failed_at: datetime | None = stored.failed_at
        return (
            stored.state is HealthState.REFUSED
            and failed_at is not None
            and failed_at > self._since
        )

    def _works_elsewhere(self, stored: WorkspaceHealth) -> bool:
        return self._trouble is None and stored.state is not HealthState.REFUSED

    async def _has_other_credential(self) -> bool:
        now = self._clock.monotonic()
        if now < self._checked_at + RECHECK_S:
            return False
        self._checked_at = now
        return await self._offload(self._read_digest) != self._digest

    def _read_digest(self) -> bytes | None:
        try:
            return hashlib.sha256(self._credential.read().reveal().encode()).digest()
        except Exception:  # whatever keeps it from being read, it is not there
            return None
