"""A journal for tests: its queues, and ways to open and to break it."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from support.clock import FakeClock
from tui.domain.ports import Clock
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE, CacheFile
from tui.store.queue_key import QueueKey

QUEUES: Mapping[str, QueueKey] = {
    "qp": QueueKey("questionpro", "https://api.example", "25739"),
    "klink": QueueKey("klinkcx", "https://klink.example", "inbox"),
}


def open_file(
    folder: Path | None,
    *,
    clock: Clock | None = None,
    queues: Mapping[str, QueueKey] = QUEUES,
    store_bodies: bool = True,
) -> CacheFile:
    return CacheFile(folder, queues, clock=clock or FakeClock(), store_bodies=store_bodies)


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


def statement(path: Path, *statements: str) -> None:
    """Run statements on a file of ours behind the program's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for each in statements:
            connection.execute(each)


def cache_path(folder: Path) -> Path:
    return folder / CACHE.file
