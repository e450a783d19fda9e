"""How many tickets were open and overdue over the last days, counted by SQLite."""

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from tui.domain.activity import Sample
from tui.store.cache_file import CacheFile
from tui.store.glance import COUNT_TICKETS
from tui.store.moments import to_microseconds, to_moment

SAMPLE_EVERY: Final = timedelta(minutes=15)
_QUARTER = to_microseconds(to_moment(0) + SAMPLE_EVERY)


def read_samples(file: CacheFile, workspace: str, since: datetime) -> tuple[Sample, ...]:
    """Return what was counted from `since` on, oldest first; there are gaps where nobody polled."""

    def operation(connection: sqlite3.Connection) -> tuple[Sample, ...]:
        rows = connection.execute(
            "SELECT quarter, open, overdue FROM samples WHERE queue = ? AND quarter >= ?"
            " ORDER BY quarter",
            (file.id_of(workspace), to_microseconds(since) // _QUARTER),
        )
        return tuple(
            Sample(to_moment(quarter * _QUARTER), open_, overdue)
            for quarter, open_, overdue in rows
        )

    return file.read(operation)


def take_sample(connection: sqlite3.Connection, queue: int, now: datetime) -> None:
    """Count the queue's tickets, unless that was done in this quarter of an hour."""
    moment = to_microseconds(now)
    key = (queue, moment // _QUARTER)
    known = "SELECT 1 FROM samples WHERE queue = ? AND quarter = ?"
    if connection.execute(known, key).fetchone() is None:
        open_, overdue, _ = connection.execute(COUNT_TICKETS, (moment, queue)).fetchone()
        connection.execute("INSERT INTO samples VALUES (?, ?, ?, ?)", (*key, open_, overdue))


def forget_samples(connection: sqlite3.Connection, cutoff: int, queue: int | None = None) -> None:
    """Delete the samples of a queue, or of all, from before `cutoff`, in microseconds."""
    connection.execute(
        "DELETE FROM samples WHERE quarter < ? AND queue = ifnull(?, queue)",
        (cutoff // _QUARTER, queue),
    )
