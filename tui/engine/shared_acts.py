"""What people do here to tickets: signed, kept in the ledger, and kept up with other viewers."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import timedelta
from typing import Final, TypeVar

from tui.domain.acts import NOBODY_ACTED, Act, Acts, checked
from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.domain.ticket import Ticket, TicketRef
from tui.engine.defects import log_defect
from tui.engine.offload import Offload
from tui.store.local_acts import ActLog, Reading

T = TypeVar("T")

TIDY_S: Final = 3 * 3600.0
"""How often what nobody misses is forgotten, as long as the program runs."""

log = logging.getLogger(__name__)


class SharedActs:
    """Acts in the name of one viewer, and knows the acts of all who share the state directory."""

    def __init__(
        self,
        acts: ActLog | None,
        *,
        problem: str | None,
        viewer: str,
        retention: timedelta,
        clock: Clock,
        offload: Offload,
        notify: Callable[[], None],
        missing: Callable[[Iterable[TicketRef]], AbstractSet[TicketRef]],
    ) -> None:
        """Make it; `problem` says why there are no `acts`.

        `missing` picks the tickets that their workspaces, read whole, do not have.
        """
        self._log = acts
        self._problem = problem
        self._viewer = viewer
        self._retention = retention
        self._clock = clock
        self._offload = offload
        self._notify = notify
        self._missing = missing
        self._missed: AbstractSet[TicketRef] = frozenset()
        """The tickets that were missing when it was tidied last: one look may be mistaken."""
        self._reading: Reading | None = None
        self._version: int | None = None
        """Of the ledger when it was read; None: this process has written since."""
        self._lock = asyncio.Lock()

    @property
    def acts(self) -> Acts:
        """What stands; replaced as a whole, and the same object as long as that is the same."""
        return NOBODY_ACTED if self._reading is None else self._reading.acts

    async def act(self, act: Act, tickets: Collection[Ticket]) -> str:
        """Do something to these tickets, as they are now; return what undoes it.

        Raises:
            UsageError: it is not to be kept as it is, a note that is too long for one.
            StateError: it cannot be kept, and nothing was done.
        """
        acts, now, batch = self._opened(), self._clock.now(), uuid.uuid4().hex
        kept = checked(act, now)
        await self._write(lambda: acts.add(batch, kept, tickets, by=self._viewer, at=now))
        return batch

    async def undo(self, batch: str) -> int:
        """Take back what was done at once; return how many tickets it was. Raises StateError."""
        acts, now = self._opened(), self._clock.now()
        return await self._write(lambda: acts.take_back(batch, by=self._viewer, at=now))

    def has_news(self) -> bool:
        """Whether anybody may have done anything since the last look. Cheap, for any thread."""
        if self._log is None or not self._log.is_shared:
            return False
        try:
            version = self._log.version_at_once()
        except StateError:
            return False
        return version is not None and version != self._version

    async def look(self) -> None:
        """Take in what anybody did since the last look."""
        if self._log is None:
            return
        try:
            version = await self._offload(self._log.data_version)
            # What is written from here on is another version.
            await self._read(self._log)
            self._version = version
        except StateError as error:
            # The next look comes soon.
            log.warning("what people did here cannot be read: %s", error)

    async def tidy_up(self) -> None:
        """Forget now and then what nobody misses, until cancelled."""
        while self._log is not None:
            await self._clock.sleep(TIDY_S)
            try:
                await self._tidy(self._log)
            except Exception as error:
                # It is done again. The text may hold a note.
                log_defect(log, "local acts were not tidied", error)

    def _opened(self) -> ActLog:
        if self._log is None:
            raise StateError(f"nothing can be done here: {self._problem}")
        return self._log

    async def _write(self, work: Callable[[], T]) -> T:
        # Also where nobody waits for the end: the next look finds what came of it.
        self._version = None
        try:
            done = await self._offload(work)
        except StateError as error:
            raise StateError(f"nothing was done: {error}") from error
        with suppress(StateError):
            await self._read(self._opened())
        return done

    async def _read(self, acts: ActLog) -> None:
        async with self._lock:
            before = self.acts
            known = self._reading
            self._reading = await self._offload(lambda: acts.read(known))
        if self.acts is not before:
            self._notify()

    async def _tidy(self, acts: ActLog) -> None:
        missing = self._missing(self.acts)
        gone, self._missed = missing & self._missed, missing
        before = self._clock.now() - self._retention
        with suppress(StateError):
            await self._offload(lambda: acts.tidy(before, gone))
