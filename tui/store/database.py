"""SQLite databases of ours: opened safely, migrated, and used in whole transactions only."""

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from tui.domain.clean import clean
from tui.domain.errors import StateError
from tui.store.folder import (
    COMPANIONS,
    PlacedError,
    UnusableFolder,
    create_file,
    files_aside,
    is_on_network,
    locked,
    prepare_folder,
    put_aside,
)

BUSY_S = 5.0
"""How long a transaction waits for those of other processes."""
RETRY_S = 20.0
"""How often a file that cannot be used is tried again."""
WAL_LIMIT = 16 * 2**20
"""Bytes that the write-ahead log keeps on disk after a checkpoint."""
KEPT_ASIDE = 9
"""Files that were put aside and are kept, those beside a database counted too."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_UNUSABLE = {
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM),
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_NOLFS),
}
_ELSEWHERE = "make it writable or set state_dir to another place"
_ADVICE = {
    sqlite3.SQLITE_FULL: "free some space",
    sqlite3.SQLITE_READONLY: _ELSEWHERE,
    sqlite3.SQLITE_CANTOPEN: f"look at its directory; {_ELSEWHERE}",
    sqlite3.SQLITE_PERM: _ELSEWHERE,
    sqlite3.SQLITE_IOERR: "look at the disk",
}
_OURS = {
    *(sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_INTERRUPT),
    *(sqlite3.SQLITE_ABORT, sqlite3.SQLITE_TOOBIG),
}
"""What was asked for was wrong, not the file."""
_UNREADABLE = {sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS}
"""Extended codes: what is written there is wrong, though the disk may be sound."""

log = logging.getLogger(__name__)


class DamagedFile(PlacedError):
    """The file is none of ours, of a newer version, or holds what nobody wrote there."""


class NewerFile(DamagedFile):
    """A newer version of the program has written it, and may find it sound."""


class UnusableFile(PlacedError):
    """The file may be sound, but cannot be read or written: no space, no permission, no disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What one of our files is called and holds."""

    file: str
    application_id: int
    """Stands in the file's header; tells ours from others'."""
    version: int
    """The number of the last migration."""
    oldest: int = 1
    """The number of the first one. Files of versions before it are not brought up to date."""
    migrations: str
    """The folder of the numbered scripts, in `store/migrations`."""
    is_lasting: bool
    """Whether what was committed must outlive a power failure, and no wrong byte may hide it.

    Such a file has no write-ahead log: where one byte of that is wrong, SQLite takes it for the
    end of the log, and the commits behind it are gone without a word.
    """


class Database:
    """One connection, for any thread of this process, one transaction at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self.path = path
        self.is_new = False
        """Whether the file held nothing when it was opened."""
        self._connection = connection
        self._lock = threading.Lock()
        self._identity = _identity(path)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one consistent state. Raises StateError."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing. Raises StateError.

        The lock is taken at the beginning: a transaction that first reads and then wants to write
        fails at once when another has written meanwhile, and no waiting helps it.
        """
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def plain(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection outside of a transaction, for pragmas and backups."""
        with self._lock, self._told():
            yield self._connection

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Begin no transaction meanwhile: a process that is stopped within one stops all others."""
        with self._lock:
            yield

    def is_in_place(self) -> bool:
        """Whether the file still goes by its name: another process may have put it aside."""
        return self._identity == _identity(self.path)

    def data_version(self) -> int:
        """Return a number that changes when another connection has written."""
        with self.plain() as connection:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            return int(version)

    def version_at_once(self) -> int | None:
        """Return the `data_version`; None where this process is in a transaction just now."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            with self._told():
                (version,) = self._connection.execute("PRAGMA data_version").fetchone()
                return int(version)
        finally:
            self._lock.release()

    def empty_log(self) -> None:
        """Bring everything into the main file, so that what was deleted is gone from the disk.

        Without effect while another process reads.
        """
        with suppress(StateError), self.plain() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give the file back. Using it afterwards is an error."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    def copy_to_memory(self) -> Self:
        """Return a copy that lives in this process. Raises StateError where it cannot be read."""
        memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            with self.plain() as connection:
                connection.backup(memory)
        except BaseException:
            memory.close()
            raise
        return type(self)(memory, None)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._told():
            connection = self._connection
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError) as error:
            raise told(error, self.path) from error


def open_memory(schema: Schema) -> Database:
    """Return an empty database that lives in this process."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _migrate(connection, schema)
    return Database(connection, None)


def open_kept(folder: Path, schema: Schema) -> Database:
    """Open a file that is never given up, creating it where it is missing.

    Raises:
        StateError: it cannot be used, and why; a `DamagedFile` where a person must look at it.
    """
    mode = prepare_folder(folder)
    with locked(folder, mode):
        return _open(folder / schema.file, schema, mode)


def open_replaceable(
    folder: Path, schema: Schema, now: datetime, *, known_as_damaged: Database | None = None
) -> tuple[Database, str | None]:
    """Open a file that may be begun anew; return it with a line on what was put aside, if any.

    `known_as_damaged` is a database that looked sound when it was opened. It is put aside too,
    unless another process has done that already.

    Raises:
        StateError: there is no usable file even so, and why.
    """
    mode = prepare_folder(folder)
    path = folder / schema.file
    with locked(folder, mode):
        try:
            _refuse(known_as_damaged)
            return _open(path, schema, mode), None
        except DamagedFile as damage:
            try:
                aside = put_aside(path, now)
            except OSError as error:
                reason = f"{damage.reason}; it cannot be put aside: {error.strerror}"
                raise UnusableFile(reason, path) from None
            for old in files_aside(path)[:-KEPT_ASIDE]:
                with suppress(OSError):
                    old.unlink()
            notice = damage.adding(f"put aside as {clean(aside.name)}, begun anew")
            return _open(path, schema, mode), str(notice)


def told(error: Exception, path: Path | None) -> StateError:
    """Return our error for one of SQLite's."""
    place = path or "the journal in memory"
    extended = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    code = extended & 0xFF
    if code in _BUSY:
        return PlacedError(f"other processes kept it locked for {BUSY_S:g} s", place)
    words = clean(str(error))
    if extended == sqlite3.SQLITE_READONLY_DBMOVED:
        return UnusableFile("was moved or removed meanwhile; start ticketdeck again", place)
    if code in _OURS or isinstance(error, sqlite3.ProgrammingError):
        return PlacedError(words, place)
    if code in _UNUSABLE and extended not in _UNREADABLE:
        advice = _ADVICE.get(code)
        return UnusableFile(f"{words}; {advice}" if advice else words, place)
    return DamagedFile(f"damaged ({words})", place)


def _refuse(database: Database | None) -> None:
    """Raise DamagedFile for a database that is known as damaged and still goes by its name."""
    if database is not None and database.is_in_place():
        raise DamagedFile("damaged (it is not as it was written)", database.path or "")


def _open(path: Path, schema: Schema, mode: int) -> Database:
    try:
        create_file(path, mode)
    except OSError as error:
        raise UnusableFile(f"cannot be written ({error.strerror}); {_ELSEWHERE}", path) from None
    for each in (path.with_name(path.name + suffix) for suffix in COMPANIONS):
        if os.path.lexists(each) and not each.is_file():
            if each == path:
                raise DamagedFile("not a file", path)
            if schema.is_lasting:
                raise UnusableFile(f"{each.name} is not a file; move it away", path)
            raise DamagedFile(f"{each.name} is not a file", path)
    address = f"{path.absolute().as_uri()}?mode=rw"
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        is_network = is_on_network(path.parent)
        if is_network:
            # A file that came here with a WAL would want shared memory, which is missing here.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _check(connection, schema, path)
        _set_up(connection, schema, is_network=is_network)
        is_new = connection.execute("PRAGMA user_version").fetchone() == (0,)
        _migrate(connection, schema)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError)):
            raise told(error, path) from error
        raise
    database = Database(connection, path)
    database.is_new = is_new
    return database


def _check(connection: sqlite3.Connection, schema: Schema, path: Path) -> None:
    """Raise DamagedFile for a file that is not sound, not ours or too new."""
    # What a file says of itself must not run: its views and triggers may be a stranger's.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if (owner or version or objects) and owner != schema.application_id:
        raise DamagedFile("not ticketdeck's", path)
    if version > schema.version:
        raise NewerFile("written by a newer ticketdeck", path)
    if 0 < version < schema.oldest:
        raise DamagedFile("written by an older ticketdeck", path)
    if version < 0:
        raise DamagedFile(f"damaged (its version is {version})", path)
    # The quick one does not compare indices with their tables.
    check = "integrity_check" if schema.is_lasting else "quick_check"
    (finding,) = connection.execute(f"PRAGMA {check}(1)").fetchone()
    if finding != "ok":
        log.warning("%s is damaged: %s", path.name, clean(str(finding)))
        raise DamagedFile("damaged", path)


def _set_up(connection: sqlite3.Connection, schema: Schema, *, is_network: bool) -> None:
    (journal_mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    wanted = "delete" if is_network or schema.is_lasting else "wal"
    if journal_mode != wanted:
        connection.execute(f"PRAGMA journal_mode = {wanted}")
    if is_network:
        connection.execute("PRAGMA locking_mode = NORMAL")
        # The lock is given back by the next access.
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    # EXTRA is FULL, and waits for the directory too, without which a journal could come back
    # after a power failure and undo the commit.
    connection.execute(f"PRAGMA synchronous = {'EXTRA' if schema.is_lasting else 'NORMAL'}")
    if schema.is_lasting:
        # macOS: fsync alone leaves the data in the drive's own memory.
        connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA cache_size = -16000")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
    # On a disk with little room the log of one file must not take that of all.
    connection.execute("PRAGMA wal_autocheckpoint = 256")


def _migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    """Bring the schema to its last version, each step whole or not at all."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    while version < schema.version:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have done it while this one waited.
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version < schema.version:
                version = max(version + 1, schema.oldest)
                for statement in migration(schema, version):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {schema.application_id}")
                connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise


def migration(schema: Schema, number: int) -> Iterator[str]:
    """Yield the statements of one numbered script."""
    from importlib.resources import files

    folder = files("tui.store") / "migrations" / schema.migrations
    (script,) = (each for each in folder.iterdir() if each.name.startswith(f"{number:04}_"))
    statement = ""
    for line in script.read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _identity(path: Path | None) -> tuple[int, int] | None:
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


__all__ = [
    "DamagedFile",
    "Database",
    "NewerFile",
    "PlacedError",
    "Schema",
    "UnusableFile",
    "UnusableFolder",
    "open_kept",
    "open_memory",
    "open_replaceable",
    "told",
]
