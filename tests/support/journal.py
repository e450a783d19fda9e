"""A journal for tests: its queues, and ways to open, to break and to close it."""

import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from support.clock import FakeClock
from tui.domain.ports import Clock
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE, CacheFile
from tui.store.intents import IntentLog
from tui.store.ledger import Ledger
from tui.store.ledger_file import LedgerFile
from tui.store.local_acts import ActLog
from tui.store.queue_key import QueueKey

QUEUES: Mapping[str, QueueKey] = {
    "qp": QueueKey("questionpro", "https://api.example", "25739"),
    "klink": QueueKey("klinkcx", "https://klink.example", "inbox"),
}


class _Closable(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=_Closable)

_opened = ExitStack()
"""What is to be closed: Python 3.13 warns of every connection that it has to close by itself."""


def closed_later(opened: C) -> C:
    """Return what was opened, and have `close_opened` close it."""
    _opened.callback(opened.close)
    return opened


def close_opened() -> None:
    """Close whatever was opened here. A test of the store does so at its end."""
    _opened.close()


def open_file(
    folder: Path | None,
    *,
    clock: Clock | None = None,
    queues: Mapping[str, QueueKey] = QUEUES,
    store_bodies: bool = True,
) -> CacheFile:
    file = CacheFile(folder, queues, clock=clock or FakeClock(), store_bodies=store_bodies)
    return closed_later(file)


def open_cache(
    folder: Path | None,
    *,
    clock: Clock | None = None,
    queues: Mapping[str, QueueKey] = QUEUES,
    retention: timedelta = timedelta(days=30),
    store_bodies: bool = True,
) -> TicketCache:
    file = open_file(folder, clock=clock, queues=queues, store_bodies=store_bodies)
    return TicketCache(file, retention=retention)


def open_ledger(folder: Path, *, queues: Mapping[str, QueueKey] = QUEUES) -> Ledger:
    return closed_later(Ledger.open(folder, queues, clock=FakeClock()))


def open_acts(folder: Path | None, *, queues: Mapping[str, QueueKey] = QUEUES) -> ActLog:
    return ActLog(open_ledger_file(folder, queues=queues))


def open_outbox(
    folder: Path | None,
    *,
    clock: Clock | None = None,
    queues: Mapping[str, QueueKey] = QUEUES,
) -> IntentLog:
    return IntentLog(open_ledger_file(folder, clock=clock, queues=queues))


def open_ledger_file(
    folder: Path | None,
    *,
    clock: Clock | None = None,
    queues: Mapping[str, QueueKey] = QUEUES,
) -> LedgerFile:
    clock = clock or FakeClock()
    if folder is None:
        return closed_later(LedgerFile.in_memory(queues, clock=clock))
    return closed_later(LedgerFile.open(folder, queues, clock=clock))


def calls_since(ledger: Ledger, account: str, since: datetime) -> int:
    """Return how many calls were made; the slot of `since` counts as whole."""
    return sum(ledger.calls_by_slot(account, since).values())


def statement(path: Path, *statements: str) -> None:
    """Run statements on a file of ours behind the program's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for each in statements:
            connection.execute(each)


def cache_path(folder: Path) -> Path:
    return folder / CACHE.file
