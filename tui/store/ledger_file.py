"""The file behind the ledger: kept whatever it holds, and no wrong row of it is ever used.

A row that is not as it was written is set apart and reported. Nothing is begun anew by itself:
what this file holds exists nowhere else. One that cannot be used yet is tried again now and then.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Final, Protocol, Self, TypeVar

from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.store.checked_rows import CheckedTable, Row, lenient_text
from tui.store.database import (
    RETRY_S,
    DamagedFile,
    Database,
    NewerFile,
    Schema,
    UnusableFile,
    open_kept,
    open_memory,
)
from tui.store.moments import to_microseconds
from tui.store.queue_key import QueueKey

T = TypeVar("T")

LEDGER: Final = Schema(
    file="ledger.db",
    application_id=0x74646B6C,
    version=6,
    migrations="ledger",
    is_lasting=True,
)
_WITHOUT: Final = "without the ledger nothing is created or acknowledged"


class ReadRows(Protocol):
    """Returns the sound rows of a table for which a condition holds."""

    def __call__(self, table: CheckedTable, condition: str, *values: object) -> list[Row]: ...


class LedgerFile:
    """Runs transactions on the ledger and keeps wrong rows out of them. For any thread.

    Every method raises StateError where the file cannot be read or written.
    """

    def __init__(
        self,
        open_database: Callable[[], Database],
        queues: Mapping[str, QueueKey],
        clock: Clock,
        when_new: Callable[["LedgerFile"], None] | None = None,
    ) -> None:
        self.clock = clock
        self.problem: str | None = None
        """Why the file cannot be used so far, in one line; None where it can."""
        self._open_database = open_database
        self._when_new = when_new
        self._database: Database | None = None
        self._guard = threading.RLock()
        self._retry_at = float("-inf")
        """On the monotonic clock; when the file is tried again."""
        self._keys = {name: key_text(key) for name, key in queues.items()}
        self._notices: list[str] = []
        self._notices_lock = threading.Lock()

    @classmethod
    def open(
        cls,
        folder: Path,
        queues: Mapping[str, QueueKey],
        *,
        clock: Clock,
        when_new: Callable[["LedgerFile"], None] | None = None,
    ) -> Self:
        """Open or create the ledger in `folder`; `problem` says why it cannot be used so far.

        `when_new` is called before anything else is done with a file in which there was nothing.

        Raises:
            DamagedFile: a person must look at it. It stays as it is, whatever it holds.
        """
        file = cls(partial(_opened_in, folder), queues, clock, when_new)
        try:
            file._opened()
        except DamagedFile:
            raise
        except StateError:
            pass  # `problem` says why
        return file

    @classmethod
    def in_memory(cls, queues: Mapping[str, QueueKey], *, clock: Clock) -> Self:
        """Return a ledger that goes with the process, for a demo that leaves nothing behind."""
        file = cls(partial(open_memory, LEDGER), queues, clock)
        file._opened()
        return file

    @property
    def is_on_disk(self) -> bool:
        """Whether its methods wait for a disk and for other processes."""
        return self._database is None or self._database.path is not None

    @property
    def notices(self) -> tuple[str, ...]:
        """What was found damaged so far, a line each."""
        with self._notices_lock:
            return tuple(self._notices)

    @property
    def keys(self) -> tuple[str, ...]:
        """What the queues of this configuration are stored under; each once."""
        return tuple(dict.fromkeys(self._keys.values()))

    def key_of(self, workspace: str) -> str | None:
        """Return what a workspace's queue is stored under; None for one that is not configured."""
        return self._keys.get(workspace)

    def names_of(self, key: str) -> tuple[str, ...]:
        """Return what a queue is called here; empty where it is another configuration's."""
        return tuple(name for name, known in self._keys.items() if known == key)

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Write all or nothing. It is on the disk at the end."""
        return self._opened().writing()

    def rows(self, table: CheckedTable, condition: str, *values: object) -> list[Row]:
        """Return the sound rows of one table."""
        return self.read(lambda _, read_rows: read_rows(table, condition, *values))

    def read(self, operation: Callable[[sqlite3.Connection, ReadRows], T]) -> T:
        """Run `operation` on one consistent state; a second time where a row of it was wrong."""
        try:
            with self._opened().reading() as connection:
                return operation(connection, partial(_only_sound, connection))
        except _WrongRow:
            with self._opened().writing() as connection:
                return operation(connection, partial(self.checked, connection))

    def checked(
        self, connection: sqlite3.Connection, table: CheckedTable, condition: str, *values: object
    ) -> list[Row]:
        """Return the sound rows, after setting the others apart, in a transaction that writes."""
        sound, damaged = table.read(connection, condition, *values)
        if damaged:
            table.set_apart(connection, damaged, to_microseconds(self.clock.now()))
            with self._notices_lock:
                self._notices += [f"{LEDGER.file}: {table.loss}"] * len(damaged)
        return sound

    def data_version(self) -> int:
        """Return a number that changes when another process has written. Cheap."""
        return self._opened().data_version()

    def version_at_once(self) -> int | None:
        """Return the `data_version`; None where this process is in a transaction just now."""
        return self._opened().version_at_once()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Begin no transaction meanwhile, as `Database.at_rest`."""
        with self._guard, self._database.at_rest() if self._database else nullcontext():
            yield

    def close(self) -> None:
        """Give the file back."""
        with self._guard:
            if self._database is not None:
                self._database.close()

    def _opened(self) -> Database:
        """Return the database, opened now where that is due. Raises StateError while it is not."""
        with self._guard:
            if self._database is None:
                if self.clock.monotonic() < self._retry_at:
                    raise StateError(self.problem or LEDGER.file)
                self._retry_at = self.clock.monotonic() + RETRY_S
                try:
                    database = self._open_database()
                    with database.plain() as connection:
                        connection.text_factory = lenient_text
                except StateError as reason:
                    self.problem = str(reason)
                    raise
                self._database, self.problem = database, None
                if database.is_new and self._when_new is not None:
                    self._when_new(self)
            return self._database


class _WrongRow(Exception):
    """A row is not as it was written, and must be set apart by a transaction that writes."""


def _opened_in(folder: Path) -> Database:
    try:
        return open_kept(folder, LEDGER)
    except NewerFile as newer:
        raise newer.adding(f"update ticketdeck; {_WITHOUT}") from newer
    except DamagedFile as damage:
        # What is to be done comes first: a line that is too long is cut at its end.
        words = f"move {LEDGER.file} away to begin anew; {damage.reason}"
        loss = f"it may hold creates that are still open; {_WITHOUT}"
        raise DamagedFile(f"{words}; {loss}", damage.place) from damage
    except UnusableFile as reason:
        raise reason.adding(_WITHOUT) from reason


def key_text(key: QueueKey) -> str:
    """Return a queue's key as the ledger has it."""
    return json.dumps([key.vendor, key.origin, key.place])


def _only_sound(
    connection: sqlite3.Connection, table: CheckedTable, condition: str, *values: object
) -> list[Row]:
    sound, damaged = table.read(connection, condition, *values)
    if damaged:
        raise _WrongRow
    return sound
