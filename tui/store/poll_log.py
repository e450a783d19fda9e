"""What the last polls of each queue came to, for the people who watch them."""

import sqlite3
from typing import Final

from tui.domain.activity import PollRecord
from tui.store.cache_file import CacheFile
from tui.store.moments import to_microseconds, to_moment

KEPT: Final = 200
"""Polls remembered of each queue."""


class PollLog:
    """Keeps the last polls. Methods raise StateError like the cache's."""

    def __init__(self, file: CacheFile) -> None:
        self._file = file

    def add(self, workspace: str, record: PollRecord) -> None:
        """Keep one poll; the oldest goes."""

        def operation(connection: sqlite3.Connection) -> None:
            queue = self._file.id_of(workspace)
            connection.execute(
                "INSERT INTO polls (queue, at, took, calls, size, is_sweep, changes, error)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    queue,
                    to_microseconds(record.at),
                    record.took_s,
                    record.calls,
                    record.size,
                    record.is_sweep,
                    record.changes,
                    record.error,
                ),
            )
            connection.execute(
                "DELETE FROM polls WHERE queue = ? AND n <="
                " (SELECT n FROM polls WHERE queue = ? ORDER BY n DESC LIMIT 1 OFFSET ?)",
                (queue, queue, KEPT),
            )

        self._file.write(operation)

    def newest(self, workspace: str) -> int:
        """Return a number that grows with every poll of the workspace; 0 before the first."""

        def operation(connection: sqlite3.Connection) -> int:
            (number,) = connection.execute(
                "SELECT ifnull(max(n), 0) FROM polls WHERE queue = ?",
                (self._file.id_of(workspace),),
            ).fetchone()
            return int(number)

        return self._file.read(operation)

    def last(self, workspace: str, limit: int = KEPT) -> tuple[PollRecord, ...]:
        """Return the last polls of a workspace, newest first."""

        def operation(connection: sqlite3.Connection) -> tuple[PollRecord, ...]:
            rows = connection.execute(
                "SELECT at, took, calls, size, is_sweep, changes, error FROM polls"
                " WHERE queue = ? ORDER BY n DESC LIMIT ?",
                (self._file.id_of(workspace), limit),
            )
            return tuple(
                PollRecord(
                    at=to_moment(at),
                    took_s=took,
                    calls=calls,
                    size=size,
                    is_sweep=bool(is_sweep),
                    changes=changes,
                    error=error,
                )
                for at, took, calls, size, is_sweep, changes, error in rows
            )

        return self._file.read(operation)
