"""The file behind the ledger: kept whatever it holds, and no wrong row of it is ever used.

A row that is not as it was written is set apart and reported. Nothing is begun anew by itself:
what this file holds exists nowhere else.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Final, Protocol, Self, TypeVar

from tui.domain.ports import Clock
from tui.store.checked_rows import CheckedTable, Row, lenient_text
from tui.store.database import (
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

    def __init__(self, database: Database, queues: Mapping[str, QueueKey], clock: Clock) -> None:
        self.clock = clock
        self.is_new = database.is_new
        """Whether there was nothing in the file, or no file, when it was opened."""
        self._database = database
        self._keys = {name: key_text(key) for name, key in queues.items()}
        with database.plain() as connection:
            connection.text_factory = lenient_text
        self._notices: list[str] = []
        self._notices_lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, queues: Mapping[str, QueueKey], *, clock: Clock) -> Self:
        """Open or create the ledger in `folder`.

        Raises:
            StateError: it cannot be used. It stays as it is, whatever it holds.
        """
        try:
            database = open_kept(folder, LEDGER)
        except NewerFile as newer:
            raise newer.adding(f"update ticketdeck; {_WITHOUT}") from newer
        except DamagedFile as damage:
            # What is to be done comes first: a line that is too long is cut at its end.
            words = f"move {LEDGER.file} away to begin anew; {damage.reason}"
            loss = f"it may hold creates that are still open; {_WITHOUT}"
            raise DamagedFile(f"{words}; {loss}", damage.place) from damage
        except UnusableFile as reason:
            raise reason.adding(_WITHOUT) from reason
        return cls(database, queues, clock)

    @classmethod
    def in_memory(cls, queues: Mapping[str, QueueKey], *, clock: Clock) -> Self:
        """Return a ledger that goes with the process, for a demo that leaves nothing behind."""
        return cls(open_memory(LEDGER), queues, clock)

    @property
    def is_on_disk(self) -> bool:
        """Whether its methods wait for a disk and for other processes."""
        return self._database.path is not None

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
        return self._database.writing()

    def rows(self, table: CheckedTable, condition: str, *values: object) -> list[Row]:
        """Return the sound rows of one table."""
        return self.read(lambda _, read_rows: read_rows(table, condition, *values))

    def read(self, operation: Callable[[sqlite3.Connection, ReadRows], T]) -> T:
        """Run `operation` on one consistent state; a second time where a row of it was wrong."""
        try:
            with self._database.reading() as connection:
                return operation(connection, partial(_only_sound, connection))
        except _WrongRow:
            with self._database.writing() as connection:
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
        return self._database.data_version()

    def version_at_once(self) -> int | None:
        """Return the `data_version`; None where this process is in a transaction just now."""
        return self._database.version_at_once()

    def at_rest(self) -> AbstractContextManager[None]:
        """Begin no transaction meanwhile, as `Database.at_rest`."""
        return self._database.at_rest()

    def close(self) -> None:
        """Give the file back."""
        self._database.close()


class _WrongRow(Exception):
    """A row is not as it was written, and must be set apart by a transaction that writes."""


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
