"""The file behind the cache: always usable, on disk where that can be, else in this process.

What it holds may be thrown away at any time, so nothing about it stops the program: a damaged file
is put aside and begun anew, and where none can be written the cache goes on in memory.
"""

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.store.database import (
    RETRY_S,
    DamagedFile,
    Database,
    Schema,
    UnusableFile,
    open_memory,
    open_replaceable,
)
from tui.store.folder import ROOM, files_aside
from tui.store.positions import only_row
from tui.store.queue_key import QueueKey
from tui.store.wrong_row import WrongRow

T = TypeVar("T")

CACHE: Final = Schema(
    file="cache.db",
    application_id=0x74646B63,
    version=3,
    oldest=3,
    migrations="cache",
    is_lasting=False,
)

_OF_QUEUES: Final = (
    *("tickets", "changes", "samples", "polls", "viewers", "seen"),
    *("choices", "tenant_fields"),
)
"""The tables that tell of queues, but for who polls them. Tickets that go leave changes."""


class CacheFile:
    """Runs transactions on the cache, and keeps it usable. For any thread."""

    def __init__(
        self,
        folder: Path | None,
        queues: Mapping[str, QueueKey],
        *,
        clock: Clock,
        store_bodies: bool = True,
    ) -> None:
        """Open the cache in `folder`; None: in memory. Never fails: `memory_only` says why."""
        self.queues = dict(queues)
        self.clock = clock
        self.store_bodies = store_bodies
        self.memory_only: str | None = None
        """Why nothing is kept on disk, in one line; None where it is, or was not asked for."""
        self._folder = folder
        self._notices: list[str] = []
        self._guard = threading.RLock()
        self._ids: dict[str, int] = {}
        self._seen_version: int | None = None
        self._retry_at = 0.0
        """On the monotonic clock; when the file is tried again after it could not be used."""
        with self._guard:
            self._database = self._opened()

    @property
    def notices(self) -> tuple[str, ...]:
        """What was put aside so far, a line each."""
        return tuple(self._notices)

    def id_of(self, workspace: str) -> int:
        """Return the number that the workspace's queue has in this file."""
        with self._guard:
            return self._ids[workspace]

    def names(self) -> Mapping[int, tuple[str, ...]]:
        """Return what each queue is called here. Two workspaces may be one queue."""
        with self._guard:
            names: dict[int, tuple[str, ...]] = {}
            for name, queue in self._ids.items():
                names[queue] = (*names.get(queue, ()), name)
            return names

    def read(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """Run `operation` on one consistent state.

        It may run a second time, on an empty file, where the first was damaged.

        Raises:
            StateError: other processes keep the file locked.
        """
        return self._run(operation, writes=False)

    def write(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """Run `operation` in a transaction of its own, like `read`."""
        return self._run(operation, writes=True)

    def has_news(self) -> bool:
        """Whether another process has written since the last call; True the first time. Cheap."""
        with self._guard:
            try:
                version = self._current().data_version()
            except StateError:
                return False
            seen, self._seen_version = self._seen_version, version
            return version != seen

    def shrink(self) -> None:
        """Give back the room of what was deleted, and leave no trace of it in the files."""
        with self._guard:
            database = self._current()
            with suppress(StateError), database.plain() as connection:
                connection.execute("VACUUM")
            database.empty_log()

    def delete_files_aside(self) -> int:
        """Delete every file that was put aside; return how many."""
        if self._folder is None:
            return 0
        found = files_aside(self._folder / CACHE.file)
        for path in found:
            with suppress(OSError):
                path.unlink()
        return len(found)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Begin no transaction meanwhile: a process that is stopped within one stops all others."""
        with self._guard:
            yield

    def close(self) -> None:
        """Give the file back."""
        with self._guard:
            self._database.close()

    def _run(self, operation: Callable[[sqlite3.Connection], T], *, writes: bool) -> T:
        with self._guard:
            database = self._current()
            try:
                return _transact(database, operation, writes=writes)
            except DamagedFile:
                if database.path is None:
                    raise
                database.close()
                self._database = self._opened(known_as_damaged=database)
            except UnusableFile as reason:
                if database.path is None:
                    raise
                self._database = self._retreated(database, str(reason))
            return _transact(self._database, operation, writes=writes)

    def _current(self) -> Database:
        """The database that goes by the file's name now: another process may have replaced it."""
        if self.memory_only is not None and self.clock.monotonic() >= self._retry_at:
            self._return_to_disk()
        if not self._database.is_in_place():
            self._database.close()
            self._database = self._opened()
        return self._database

    def _opened(self, *, known_as_damaged: Database | None = None) -> Database:
        self._seen_version = None
        if self._folder is None:
            return self._adopted(open_memory(CACHE))
        try:
            database, notice = open_replaceable(
                self._folder, CACHE, self.clock.now(), known_as_damaged=known_as_damaged
            )
            if notice is not None:
                self._notices.append(notice)
            try:
                return self._adopted(database)
            except DamagedFile:
                if known_as_damaged is not None:
                    raise
                return self._opened(known_as_damaged=database)
        except StateError as reason:
            return self._in_memory(str(reason))

    def _retreated(self, database: Database, reason: str) -> Database:
        """Go on in memory, with what can still be read."""
        try:
            copy = self._adopted(database.copy_to_memory())
        except StateError:
            copy = self._in_memory(reason)
        self.memory_only = reason
        self._retry_at = self.clock.monotonic() + RETRY_S
        self._seen_version = None
        database.close()
        return copy

    def _in_memory(self, reason: str) -> Database:
        self.memory_only = reason
        self._retry_at = self.clock.monotonic() + RETRY_S
        return self._adopted(open_memory(CACHE))

    def _return_to_disk(self) -> None:
        """Go on with the file, if it can be written again; the next sweep brings it up to date."""
        self._retry_at = self.clock.monotonic() + RETRY_S
        if self._folder is None:
            return
        try:
            database, notice = open_replaceable(self._folder, CACHE, self.clock.now())
        except StateError:
            return
        memory, ids = self._database, self._ids
        try:
            _try_out(database)
            self._adopted(database)
        except StateError:
            database.close()
            self._ids = ids
            return
        self._notices += filter(None, [notice])
        self._database, self._seen_version, self.memory_only = database, None, None
        memory.close()

    def _adopted(self, database: Database) -> Database:
        """Give every queue of ours a number in this database."""

        def operation(connection: sqlite3.Connection) -> bool:
            self._ids = {name: _queue_id(connection, key) for name, key in self.queues.items()}
            return not self.store_bodies and _forget_texts(connection)

        try:
            forgot = _transact(database, operation, writes=True)
        except BaseException:
            database.close()
            raise
        if forgot:
            database.empty_log()
        return database


def _try_out(database: Database) -> None:
    """Raise StateError where there is no room for a sweep's worth of tickets; begin a new epoch."""
    with database.writing() as connection:
        connection.execute("CREATE TABLE room AS SELECT zeroblob(?) AS taken", (ROOM,))
    with database.writing() as connection:
        connection.execute("DROP TABLE room")
        # What was counted in memory meanwhile, and what others counted here, is not the same.
        renew_epoch(connection, _queues(connection))


def renew_epoch(connection: sqlite3.Connection, queues: Collection[int]) -> None:
    """Make every position void, and what is known of these queues. What was seen stays seen."""
    connection.executemany(
        "UPDATE queues SET epoch = lower(hex(randomblob(16))) WHERE queue = ?",
        [(queue,) for queue in queues],
    )
    connection.execute(
        "UPDATE journal SET epoch = lower(hex(randomblob(16))), pruned ="
        " ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'changes'), 0)"
    )
    connection.execute("UPDATE viewers SET epoch = (SELECT epoch FROM journal)")


def forget_tickets(connection: sqlite3.Connection, queues: Collection[int] | None = None) -> int:
    """Delete all that is stored of these queues, or of all; return how many tickets."""
    if queues is None:
        queues = _queues(connection)
    chosen = [(queue,) for queue in queues]
    (before,) = connection.execute("SELECT count(*) FROM tickets").fetchone()
    for table in _OF_QUEUES:
        connection.executemany(f"DELETE FROM {table} WHERE queue = ?", chosen)  # noqa: S608  ours
    connection.executemany(
        "UPDATE queues SET health = NULL, as_of = NULL, late_at = NULL, state = NULL, begun = NULL"
        " WHERE queue = ?",
        chosen,
    )
    (after,) = connection.execute("SELECT count(*) FROM tickets").fetchone()
    if not after:
        connection.execute("UPDATE journal SET has_texts = 0")
    renew_epoch(connection, queues)
    return int(before - after)


def _queues(connection: sqlite3.Connection) -> list[int]:
    return [queue for (queue,) in connection.execute("SELECT queue FROM queues")]


def _transact(
    database: Database, operation: Callable[[sqlite3.Connection], T], *, writes: bool
) -> T:
    try:
        with database.writing() if writes else database.reading() as connection:
            return operation(connection)
    except WrongRow as error:
        raise DamagedFile(f"damaged ({error})", database.path or "") from error


def _queue_id(connection: sqlite3.Connection, key: QueueKey) -> int:
    values = (key.vendor, key.origin, key.place)
    found = connection.execute(
        "SELECT queue FROM queues WHERE (vendor, origin, place) = (?, ?, ?)", values
    ).fetchone()
    if found is None:
        found = connection.execute(
            "INSERT INTO queues (vendor, origin, place) VALUES (?, ?, ?) RETURNING queue", values
        ).fetchone()
    return int(found[0])


def _forget_texts(connection: sqlite3.Connection) -> bool:
    """Delete what was stored while texts were allowed; return whether there was any."""
    (has_texts,) = only_row(connection.execute("SELECT has_texts FROM journal"))
    if has_texts:
        forget_tickets(connection)
    return bool(has_texts)
