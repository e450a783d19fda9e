"""Fills the queue of this process from the journal, in the journal's order.

What this process writes and what others write comes by the same way, so that all see the same.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.domain.revision import Present, Revision, Revisions
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.workspace import Workspace
from tui.engine.attention import Attention
from tui.engine.defects import log_defect
from tui.engine.offload import Offload
from tui.store.cache import TicketCache
from tui.store.queue import TicketQueue

LOOK_S = 0.5
"""How often the journal is asked whether another process has written to it."""
GAP_S = 0.1
"""Between two pulls at least: what a long sweep writes page by page is taken in together."""

log = logging.getLogger(__name__)


class Followed(Protocol):
    """What else several processes write to, beside the tickets."""

    def has_news(self) -> bool:
        """Whether another look may find anything else. Cheap, for any thread."""

    async def look(self) -> None:
        """Take in what others have written."""


class Follower:
    """Brings the queue up to date whenever the journal has news."""

    def __init__(
        self,
        cache: TicketCache,
        queue: TicketQueue,
        attention: Attention,
        others: Sequence[Followed],
        workspaces: Mapping[str, Workspace],
        *,
        clock: Clock,
        offload: Offload,
        notify: Callable[[], None],
    ) -> None:
        self._cache = cache
        self._queue = queue
        self._attention = attention
        self._others = tuple(others)
        self._workspaces = workspaces
        self._clock = clock
        self._offload = offload
        self._notify = notify
        self._pulling = asyncio.Lock()
        self._told = asyncio.Event()

    async def run(self) -> None:
        """Follow what other processes write, until cancelled."""
        while True:
            is_told = await self._told_within(LOOK_S)
            try:
                has_news, others = await self._offload(self._look)
                for other in others:
                    await other.look()
                if is_told or has_news:
                    await self.pull()
                    await self._clock.sleep(GAP_S)
            except Exception as error:
                # A follower that dies is a dashboard that lies. The text may hold a customer's.
                log_defect(log, "the journal was not followed", error)

    def tell(self) -> None:
        """Take in that this process has written: the queue is brought up to date soon."""
        self._told.set()

    async def pull(self) -> None:
        """Bring the queue up to date now."""
        self._told.clear()
        async with self._pulling:
            try:
                position = self._queue.position
                changes, health = await self._offload(
                    lambda: (self._cache.changes_since(position), self._cache.health())
                )
                is_news = changes.position != position or position is None
                is_other_news = await self._attention.take(changes, health)
            except StateError as error:
                # The next look comes soon, and finds the same and more.
                log.warning("the journal cannot be read: %s", error)
                return
            touched = is_news and self._queue.take(self._with_rules(changes))
            is_other_health = self._queue.take_health(health)
        if touched or is_other_health or is_other_news:
            self._notify()

    async def revisions_since(
        self, position: Position | None, *, settled: bool
    ) -> Revisions | Present:
        """Return every single change from the journal, as `TicketCache` does. Raises StateError."""
        found = await self._offload(lambda: self._cache.revisions_since(position, settled=settled))
        if isinstance(found, Present):
            return replace(found, tickets=tuple(map(self._ruled, found.tickets)))
        return replace(found, revisions=tuple(map(self._ruled_revision, found.revisions)))

    async def history(self, ref: TicketRef) -> tuple[Revision, ...]:
        """Return a ticket's changes from the journal, as `TicketCache` does. Raises StateError."""
        found = await self._offload(lambda: self._cache.history(ref))
        return tuple(map(self._ruled_revision, found))

    def _look(self) -> tuple[bool, Sequence[Followed]]:
        """Whether others have written to the cache, and to what else; a few glances at once."""
        return self._cache.has_news(), [other for other in self._others if other.has_news()]

    async def _told_within(self, seconds: float) -> bool:
        waits: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._told.wait()),
            asyncio.create_task(self._clock.sleep(seconds)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._told.is_set()

    def _with_rules(self, changes: ChangeSet | Reset) -> ChangeSet | Reset:
        if isinstance(changes, Reset):
            return replace(changes, tickets=tuple(map(self._ruled, changes.tickets)))
        return replace(
            changes,
            added=tuple(map(self._ruled, changes.added)),
            changed=tuple(map(self._ruled, changes.changed)),
        )

    def _ruled_revision(self, revision: Revision) -> Revision:
        return replace(
            revision,
            before=revision.before and self._ruled(revision.before),
            after=revision.after and self._ruled(revision.after),
        )

    def _ruled(self, ticket: Ticket) -> Ticket:
        return self._workspaces[ticket.ref.workspace].apply_rules(ticket)
