"""Counts calls in the ledger, and in memory while the ledger cannot be written."""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from tui.domain.budget import CallBudget
from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.store.ledger import Ledger
from tui.store.spending import Spending, since

RETRY_S: Final = 60.0
"""A ledger that failed is left alone so long: each try may wait for a lock for seconds."""

log = logging.getLogger(__name__)


class CallCounts(Protocol):
    """Where calls are counted, for any thread; `Ledger` is one. Methods raise StateError."""

    @property
    def is_on_disk(self) -> bool:
        """Whether its methods may block."""

    def spend_calls(
        self,
        account: str,
        wanted: int,
        at: datetime,
        budget: CallBudget,
        *,
        keep: int = 0,
        per_minute: int | None = None,
        unused: Mapping[datetime, int] | None = None,
    ) -> Spending:
        """Count up to `wanted` calls as made."""

    def rest(self, account: str, until: datetime) -> None:
        """Keep that the calls of an account have to wait."""

    def add_calls(self, account: str, calls: int, slot: datetime) -> None:
        """Count calls whatever the budget says."""

    def return_calls(self, account: str, unused: Mapping[datetime, int]) -> None:
        """Take back calls that were counted and not made."""

    def calls_by_slot(self, account: str, since: datetime) -> Mapping[datetime, int]:
        """Return the calls of each slot that ends after `since`, by its end."""


class AccountCounts:
    """The calls of one account, counted where that is possible. Never raises; for any thread.

    What was counted in memory while the ledger failed is written into it afterwards.
    """

    def __init__(self, account: str, counts: CallCounts | None, clock: Clock) -> None:
        self._account = account
        self._counts = counts
        self._clock = clock
        self._lock = threading.Lock()
        self._memory: Ledger | None = None
        """Counts while the ledger does not."""
        self._unwritten: Counter[datetime] = Counter()
        """Counted there and not in the ledger, by slot; below 0 where calls were given back."""
        self._known: Mapping[datetime, int] = {}
        self._rest: datetime | None = None
        """Until when calls have to wait, as far as this process was told."""
        self._retry_at = 0.0

    @property
    def is_on_disk(self) -> bool:
        """Whether the methods may block."""
        return self._counts is not None and self._counts.is_on_disk

    def spend(
        self,
        wanted: int,
        at: datetime,
        budget: CallBudget,
        *,
        keep: int,
        per_minute: int | None,
        unused: Mapping[datetime, int],
    ) -> Spending:
        """Count up to `wanted` calls; `unused` is given back first."""
        with self._lock:
            ledger = self._usable()
            if ledger is not None:
                try:
                    spending = ledger.spend_calls(
                        self._account,
                        wanted,
                        at,
                        budget,
                        keep=keep,
                        per_minute=per_minute,
                        unused=unused,
                    )
                except StateError as error:
                    self._failed(error)
                else:
                    if not spending.is_resting:
                        self._known = spending.slots
                    return spending
            spending = self._in_memory().spend_calls(
                self._account,
                wanted,
                at,
                budget,
                keep=keep,
                per_minute=per_minute,
                unused=unused,
            )
            self._unwritten.subtract(unused)
            if spending.turns:
                self._unwritten[spending.slot] += len(spending.turns)
            return spending

    def rest(self, until: datetime) -> None:
        """Let no call be counted before a moment."""
        with self._lock:
            if (ledger := self._usable()) is not None:
                try:
                    ledger.rest(self._account, until)
                except StateError as error:
                    self._failed(error)
            self._rest = max(until, self._rest or until)
            if self._memory is not None:
                self._memory.rest(self._account, until)

    def give_back(self, unused: Mapping[datetime, int]) -> None:
        """Take back calls that were counted and not made."""
        with self._lock:
            ledger = self._usable()
            if ledger is not None:
                try:
                    ledger.return_calls(self._account, unused)
                except StateError as error:
                    self._failed(error)
                else:
                    return
            self._in_memory().return_calls(self._account, unused)
            self._unwritten.subtract(unused)

    def by_slot(self, budget: CallBudget, at: datetime) -> Mapping[datetime, int]:
        """Return the calls of every slot that counts, by its end."""
        with self._lock:
            ledger = self._usable()
            if ledger is not None:
                try:
                    self._known = ledger.calls_by_slot(self._account, since(budget, at))
                except StateError as error:
                    self._failed(error)
                else:
                    return self._known
            return self._in_memory().calls_by_slot(self._account, since(budget, at))

    def _usable(self) -> CallCounts | None:
        """Return the ledger, brought up to date; None while it is left alone."""
        if self._counts is None or self._clock.monotonic() < self._retry_at:
            return None
        try:
            for slot, calls in tuple(self._unwritten.items()):
                self._counts.add_calls(self._account, calls, slot)
                del self._unwritten[slot]
        except StateError as error:
            self._failed(error)
            return None
        if self._memory is not None:
            self._memory.close()
            self._memory = None
        return self._counts

    def _failed(self, error: StateError) -> None:
        log.warning("calls are counted in memory for now: %s", error)
        self._retry_at = self._clock.monotonic() + RETRY_S

    def _in_memory(self) -> Ledger:
        if self._memory is None:
            self._memory = Ledger.in_memory({}, clock=self._clock)
            for slot, calls in self._known.items():
                self._memory.add_calls(self._account, calls, slot)
            if self._rest is not None:
                self._memory.rest(self._account, self._rest)
        return self._memory

    def close(self) -> None:
        """Give back the memory."""
        with self._lock:
            if self._memory is not None:
                self._memory.close()
                self._memory = None
