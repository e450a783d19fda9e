"""The creates whose end nobody knows, of all who share the ledger, as one process sees them."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final

from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Outcome, OutcomeState
from tui.domain.draft_meaning import priority_of, title_of
from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.engine.offload import Offload
from tui.engine.source import Source
from tui.store.entry import INTERRUPTED, Entry
from tui.store.intents import IntentLog

SETTLED_KEPT: Final = 50
"""So many ends are remembered for whoever asks late."""

log = logging.getLogger(__name__)


class OpenCreates:
    """Follows the outbox. What is handed out is replaced as a whole, and may be read anywhere."""

    def __init__(
        self,
        intents: IntentLog | None,
        sources: Mapping[str, Source],
        *,
        clock: Clock,
        offload: Offload,
        notify: Callable[[], None],
    ) -> None:
        self.creates: tuple[OpenCreate, ...] = ()
        """Oldest first; the same object as long as that is the same."""
        self.settled: tuple[Outcome, ...] = ()
        """How the last ones ended, oldest first."""
        self.losses: tuple[str, ...] = ()
        """What the ledger has lost, a line each, until a person has looked."""
        self.idle: tuple[Entry, ...] = ()
        """What nobody is at, and was not looked for to the end, where this process may act."""
        self.looked: tuple[Entry, ...] = ()
        """What was looked for to the end in vain, where this process may act."""
        self.ends: tuple[tuple[str, Outcome | None], ...] = ()
        """How everything that is open stands in the ledger, by id."""
        self.compared: set[str] = set()
        """What this process looks for once more although it was looked for to the end, by id."""
        self._intents = intents
        self._sources = sources
        self._acting = frozenset(
            name for name, source in sources.items() if not source.workspace.observe
        )
        self._clock = clock
        self._offload = offload
        self._notify = notify
        self._version: int | None = None
        """Of the ledger when it was read."""
        self._holds_end: datetime | None = None
        """When the first of those who are at a create says so again, or is gone."""
        self._lock = asyncio.Lock()
        self._shown: dict[str, OpenCreate] = {}
        """Ended here, and shown until their tickets are."""

    def has_news(self) -> bool:
        """Whether another look may find anything else. Cheap, for any thread."""
        if self._intents is None:
            return False
        if self.idle or (self._holds_end is not None and self._clock.now() >= self._holds_end):
            return True
        try:
            version = self._intents.version_at_once()
        except StateError:
            return False
        return version is not None and version != self._version

    async def look(self, taken: Collection[str] = ()) -> None:
        """Take in how the creates stand; `taken` are those that this process is at, by id."""
        try:
            await self.read(taken)
        except StateError as error:
            # The next look comes soon.
            log.warning("the outbox cannot be read: %s", error)

    async def read(self, taken: Collection[str] = ()) -> None:
        """Do as `look` does. Raises StateError."""
        if self._intents is not None:
            # What was read first must not come last.
            async with self._lock:
                await self._look(self._intents, taken)

    def keep_shown(self, intent_id: str) -> None:
        """Show a create until `settle` is told of it, however it stands in the ledger."""
        for each in self.creates:
            if each.id == intent_id:
                self._shown[intent_id] = each

    def settle(self, outcome: Outcome) -> None:
        """Take in how a create ended, with its ticket."""
        self._shown.pop(outcome.intent_id, None)
        if outcome.state is OutcomeState.UNKNOWN:
            return
        if any(each.intent_id == outcome.intent_id for each in self.settled):
            return
        self.settled = (*self.settled, outcome)[-SETTLED_KEPT:]

    def to_open(self, entry: Entry, now: datetime) -> OpenCreate:
        """Return a create of the ledger as it is shown at that moment."""
        intent, outcome = entry.intent, entry.outcome
        source = self._sources.get(intent.draft.workspace)
        fields = source.fields if source else ()
        words = source.workspace.priority_words if source else {}
        stage = self._stage(entry, now)
        unanswered = "" if stage is Stage.SENDING else INTERRUPTED
        return OpenCreate(
            id=intent.id,
            draft=intent.draft,
            at=intent.at,
            by=intent.by,
            title=title_of(intent.draft, fields),
            priority=priority_of(intent.draft, fields, words),
            stage=stage,
            message=unanswered if outcome is None else outcome.message,
            candidates=outcome.candidates if outcome else (),
            draft_id=intent.draft_id,
        )

    def _stage(self, entry: Entry, now: datetime) -> Stage:
        if entry.is_busy(now):
            return Stage.SENDING if entry.outcome is None else Stage.LOOKING
        # What nobody is at is taken up in a moment.
        intent_id = entry.intent.id
        is_idle = any(each.intent.id == intent_id for each in self.idle)
        return Stage.LOOKING if is_idle or intent_id in self.compared else Stage.OPEN

    async def _look(self, intents: IntentLog, taken: Collection[str]) -> None:
        before, losses_before = self.creates, self.losses
        version, entries, self.losses = await self._offload(
            lambda: (intents.data_version(), intents.open_entries(), intents.losses())
        )
        now = self._clock.now()
        busy = [entry for entry in entries if entry.is_busy(now)]
        self._holds_end = min((each.busy_until for each in busy if each.busy_until), default=None)
        self.idle = tuple(
            entry
            for entry in entries
            if not (entry.is_busy(now) or entry.is_looked or entry.intent.id in taken)
            and entry.intent.draft.workspace in self._acting
        )
        self.looked = tuple(
            entry
            for entry in entries
            if entry.is_looked and entry.intent.draft.workspace in self._acting
        )
        self.ends = tuple((entry.intent.id, entry.outcome) for entry in entries)
        shown = {entry.intent.id: self.to_open(entry, now) for entry in entries}
        both = {**self._shown, **shown}.values()
        found = tuple(sorted(both, key=lambda each: each.at))
        gone = [each.id for each in before if each.id not in shown and each.id not in self._shown]
        ended = await self._offload(lambda: [intents.entry(each) for each in gone]) if gone else []
        self._version = version
        for entry in ended:
            if entry is not None and entry.outcome is not None and not _is_closed(entry):
                self.settle(entry.outcome)
        if found != before:
            self.creates = found
        if found != before or self.losses != losses_before:
            self._notify()


def _is_closed(entry: Entry) -> bool:
    return entry.is_dropped or entry.is_retried
