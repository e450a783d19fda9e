"""The journal's write and load times against SQLite alone with the same rows."""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.builders import make_ticket
from support.journal import QUEUES
from tui.domain.person import Person
from tui.domain.ticket import Priority, Ticket
from tui.engine.clock import SystemClock
from tui.store.cache import TicketCache
from tui.store.cache_file import CacheFile
from tui.store.ticket_rows import to_row

COUNT = 20_000
PAGE = 100
_PRIORITIES = list(Priority)
_RAW = """
    CREATE TABLE raw (queue, id, content, checksum, status, closed, rank, due, flagged, created,
    PRIMARY KEY (queue, id))
"""
_UPSERT = """
    INSERT INTO raw VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET content = excluded.content
"""


class Journals:
    """A journal of ours and a file of plain SQLite, filled with the same tickets by pages."""

    def __init__(self) -> None:
        self._tickets = [_ticket(number) for number in range(COUNT)]
        self._rows = [to_row(1, ticket, with_texts=True) for ticket in self._tickets]
        self._folder = tempfile.TemporaryDirectory()
        self._rounds = 0
        self._cache: TicketCache
        self._raw: sqlite3.Connection

    def write_ours(self) -> float:
        """Return the seconds that our cache takes for all pages."""
        self._rounds += 1
        folder = Path(self._folder.name, f"ours-{self._rounds}")
        self._cache = TicketCache(CacheFile(folder, QUEUES, clock=SystemClock()))

        def write() -> None:
            for first in range(0, COUNT, PAGE):
                self._cache.apply("qp", self._tickets[first : first + PAGE])

        return _seconds(write)

    def write_raw(self) -> float:
        """Return the seconds that SQLite alone takes for the rows, encoded before."""
        self._raw = sqlite3.connect(
            Path(self._folder.name, f"raw-{self._rounds}.db"), isolation_level=None
        )
        self._raw.execute("PRAGMA journal_mode = wal")
        self._raw.execute("PRAGMA synchronous = normal")
        self._raw.execute(_RAW)

        def write() -> None:
            for first in range(0, COUNT, PAGE):
                self._raw.execute("BEGIN IMMEDIATE")
                self._raw.executemany(_UPSERT, self._rows[first : first + PAGE])
                self._raw.execute("COMMIT")

        return _seconds(write)

    def load_ours(self) -> float:
        """Return the seconds from the file written last to tickets."""
        return _seconds(lambda: self._cache.changes_since(None))

    def load_raw(self) -> float:
        """Return the seconds from the file written last to rows."""
        return _seconds(lambda: self._raw.execute("SELECT * FROM raw").fetchall())


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _ticket(number: int) -> Ticket:
    return make_ticket(
        str(number),
        number=f"T-{number}",
        body="The customer wrote that the order did not arrive and wants to know why. " * 4,
        customer=Person(f"Customer {number}", f"c{number}@example.com", None),
        priority=_PRIORITIES[number % len(_PRIORITIES)],
        extra={"feedbackId": 25739, "field.shop": "Bergen"},
    )
