"""Which tickets a person has seen in their present state, in whatever process that was."""

import sqlite3
from collections.abc import Collection, Mapping

from tui.domain.activity import Novelty
from tui.domain.ticket import TicketRef
from tui.store.cache_file import CacheFile

_UNSEEN = """
    SELECT changes.id, max(was IS NULL) AS is_new
    FROM changes
    JOIN tickets ON tickets.queue = changes.queue AND tickets.id = changes.id
    LEFT JOIN seen ON seen.viewer = ? AND seen.queue = changes.queue AND seen.id = changes.id
    WHERE changes.queue = ? AND changes.n > ? AND changes.n > ifnull(seen.n, 0)
    GROUP BY changes.id
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

    def mark(self, viewer: str, refs: Collection[TicketRef] | None) -> None:
        """Keep that the viewer has seen these tickets as they are now; None: all there are."""

        def operation(connection: sqlite3.Connection) -> None:
            if refs is None:
                for queue in self._file.names():
                    _see_all(connection, viewer, queue)
                return
            connection.executemany(
                "INSERT INTO seen (viewer, queue, id, n) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (viewer, queue, id) DO UPDATE SET n = excluded.n",
                [
                    (viewer, self._file.id_of(ref.workspace), ref.id, _last(connection))
                    for ref in refs
                ],
            )

        self._file.write(operation)


def _begun(connection: sqlite3.Connection, viewer: str, queue: int) -> int | None:
    """Return the change up to which the viewer has seen all; None before there is such a one."""
    found = connection.execute(
        "SELECT viewers.seen FROM viewers, journal"
        " WHERE viewer = ? AND queue = ? AND viewers.epoch = journal.epoch",
        (viewer, queue),
    ).fetchone()
    if found is not None:
        return int(found[0])
    (as_of,) = connection.execute("SELECT as_of FROM queues WHERE queue = ?", (queue,)).fetchone()
    if as_of is None:
        return None
    _see_all(connection, viewer, queue)
    return _last(connection)


def _see_all(connection: sqlite3.Connection, viewer: str, queue: int) -> None:
    connection.execute(
        "INSERT INTO viewers (viewer, queue, epoch, seen)"
        " VALUES (?, ?, (SELECT epoch FROM journal), ?)"
        " ON CONFLICT (viewer, queue) DO UPDATE SET epoch = excluded.epoch, seen = excluded.seen",
        (viewer, queue, _last(connection)),
    )
    connection.execute("DELETE FROM seen WHERE viewer = ? AND queue = ?", (viewer, queue))


def _last(connection: sqlite3.Connection) -> int:
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").fetchone()
    return 0 if found is None else int(found[0])
