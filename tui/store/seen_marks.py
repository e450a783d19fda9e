"""Which tickets a person has seen in their present state, in whatever process that was."""

import sqlite3
from collections.abc import Collection, Mapping

from tui.domain.activity import Novelty
from tui.domain.diff import Position
from tui.domain.ticket import TicketRef
from tui.store.cache_file import CacheFile
from tui.store.positions import last_change, only_row, present_epoch

_UNSEEN = """
    SELECT changes.id, max(was IS NULL) AS is_new
    FROM changes
    JOIN tickets ON tickets.queue = changes.queue AND tickets.id = changes.id
    LEFT JOIN seen ON seen.viewer = ? AND seen.queue = changes.queue AND seen.id = changes.id
    WHERE changes.queue = ? AND changes.n > ? AND changes.n > ifnull(seen.n, 0)
    GROUP BY changes.id
"""
_MARKS = """
    SELECT (SELECT total(seen) FROM viewers WHERE viewer = ?), count(*), total(n)
    FROM seen WHERE viewer = ?
"""
_SEE = """
    INSERT INTO seen (viewer, queue, id, n) VALUES (?, ?, ?, ?)
    ON CONFLICT (viewer, queue, id) DO UPDATE SET n = max(n, excluded.n)
"""
_SEE_ALL = """
    INSERT INTO viewers (viewer, queue, epoch, seen)
    VALUES (?, ?, (SELECT epoch FROM journal), ?)
    ON CONFLICT (viewer, queue) DO UPDATE SET epoch = excluded.epoch,
        seen = iif(epoch = excluded.epoch, max(seen, excluded.seen), excluded.seen)
"""


class SeenMarks:
    """Answers what is new or changed for a viewer. Methods raise StateError like the cache's.

    What a queue held when its first complete sweep was there counts as seen: a first start marks
    nothing.
    """

    def __init__(self, file: CacheFile) -> None:
        self._file = file

    def unseen(self, viewer: str) -> Mapping[TicketRef, Novelty]:
        """Return the tickets that the viewer has not seen as they are."""

        def operation(connection: sqlite3.Connection) -> Mapping[TicketRef, Novelty]:
            unseen: dict[TicketRef, Novelty] = {}
            for queue, names in self._file.names().items():
                since = _begun(connection, viewer, queue)
                if since is None:
                    continue
                for ticket_id, is_new in connection.execute(_UNSEEN, (viewer, queue, since)):
                    novelty = Novelty.NEW if is_new else Novelty.CHANGED
                    unseen.update((TicketRef(name, ticket_id), novelty) for name in names)
            return unseen

        return self._file.write(operation)

    def mark(
        self,
        viewer: str,
        refs: Collection[TicketRef] | None,
        as_of: Position | None = None,
    ) -> None:
        """Keep that the viewer has seen these tickets as they were at `as_of`; None: all.

        Without `as_of`, as they are now. What changed since is not seen, and where that position
        is void, nothing is.
        """

        def operation(connection: sqlite3.Connection) -> None:
            last = last_change(connection)
            if as_of is not None:
                if as_of.epoch != present_epoch(connection):
                    return
                last = min(last, as_of.n)
            if refs is None:
                for queue in self._file.names():
                    # A queue that was never whole has no beginning yet.
                    if _begun(connection, viewer, queue) is not None:
                        _see_all(connection, viewer, queue, last)
            else:
                rows = [(viewer, self._file.id_of(ref.workspace), ref.id, last) for ref in refs]
                connection.executemany(_SEE, rows)

        self._file.write(operation)

    def state(self, viewer: str) -> tuple[float, int, float]:
        """Return what is another value as soon as the viewer has marked anything. Cheap."""

        def operation(connection: sqlite3.Connection) -> tuple[float, int, float]:
            begun, count, seen = connection.execute(_MARKS, (viewer, viewer)).fetchone()
            return begun, count, seen

        return self._file.read(operation)


def _begun(connection: sqlite3.Connection, viewer: str, queue: int) -> int | None:
    """Return the change up to which the viewer has seen all; None before there is such a one."""
    found = connection.execute(
        "SELECT viewers.seen FROM viewers, journal"
        " WHERE viewer = ? AND queue = ? AND viewers.epoch = journal.epoch",
        (viewer, queue),
    ).fetchone()
    if found is not None:
        return int(found[0])
    (as_of,) = only_row(connection.execute("SELECT as_of FROM queues WHERE queue = ?", (queue,)))
    if as_of is None:
        return None
    last = last_change(connection)
    _see_all(connection, viewer, queue, last)
    return last


def _see_all(connection: sqlite3.Connection, viewer: str, queue: int, until: int) -> None:
    connection.execute(_SEE_ALL, (viewer, queue, until))
    connection.execute(
        "DELETE FROM seen WHERE viewer = ? AND queue = ? AND n <= ?", (viewer, queue, until)
    )
