"""Counts of tickets, now and over the last days, without reading the tickets themselves.

What a status line needs: it loads nothing but SQLite.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tui.domain.activity import Sample
from tui.domain.health import HealthState
from tui.store.cache_file import CacheFile
from tui.store.moments import to_microseconds, to_moment

SAMPLE_EVERY: Final = timedelta(minutes=15)
_QUARTER = to_microseconds(to_moment(0) + SAMPLE_EVERY)

_COUNTS = """
    SELECT ifnull(sum(NOT closed), 0),
        ifnull(sum(NOT closed AND (flagged OR ifnull(due <= ?, 0))), 0),
        ifnull(sum(NOT closed AND rank = 0), 0)
    FROM tickets WHERE queue = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What one workspace's tickets come to at a moment."""

    open: int
    overdue: int
    critical: int
    state: HealthState
    """As it was written; with `late_at` past, the tickets are late."""
    as_of: datetime | None
    late_at: datetime | None


def read_totals(file: CacheFile, now: datetime) -> Mapping[str, Totals]:
    """Return the totals of every workspace, in the order of the configuration."""

    def operation(connection: sqlite3.Connection) -> Mapping[str, Totals]:
        return {name: _totals(connection, file.id_of(name), now) for name in file.queues}

    return file.read(operation)


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
        open_, overdue, _ = connection.execute(_COUNTS, (moment, queue)).fetchone()
        connection.execute("INSERT INTO samples VALUES (?, ?, ?, ?)", (*key, open_, overdue))


def forget_samples(connection: sqlite3.Connection, cutoff: int) -> None:
    """Delete the samples from before `cutoff`, in microseconds."""
    connection.execute("DELETE FROM samples WHERE quarter < ?", (cutoff // _QUARTER,))


def _totals(connection: sqlite3.Connection, queue: int, now: datetime) -> Totals:
    open_, overdue, critical = connection.execute(_COUNTS, (to_microseconds(now), queue)).fetchone()
    state, as_of, late_at = connection.execute(
        "SELECT state, as_of, late_at FROM queues WHERE queue = ?", (queue,)
    ).fetchone()
    return Totals(
        open=open_,
        overdue=overdue,
        critical=critical,
        state=HealthState.STARTING if state is None else HealthState(state),
        as_of=None if as_of is None else to_moment(as_of),
        late_at=None if late_at is None else to_moment(late_at),
    )
