"""What people did here to tickets, for a command that only reads: nothing is written or mended."""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tui.domain.acts import NOBODY_ACTED, Acts
from tui.store.checked_rows import CheckedTable, Row, lenient_text
from tui.store.database import BUSY_S, DamagedFile, NewerFile, UnusableFile, told
from tui.store.ledger_file import LEDGER, key_text
from tui.store.local_acts import read_standing
from tui.store.queue_key import QueueKey

_FIRST_VERSION = 4
"""Of the ledger, in which acts are kept."""


def stored_acts(folder: Path, queues: Mapping[str, QueueKey]) -> Acts:
    """Return what stands of what was done to the tickets of these workspaces.

    Nothing where nobody ever did anything in this state directory. Damaged rows are left out: the
    next dashboard sets them apart and tells of them.

    Raises:
        StateError: the ledger cannot be read as it is.
    """
    path = folder / LEDGER.file
    # SQLite would wait for ever for a pipe.
    if os.path.lexists(path) and not path.is_file():
        raise UnusableFile("not a file", path)
    if not path.exists() or not path.stat().st_size:
        return NOBODY_ACTED
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(
            sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)
        ) as connection:
            connection.text_factory = lenient_text
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("BEGIN")
            return _read(connection, path, queues)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise told(error, path) from None


def _read(connection: sqlite3.Connection, path: Path, queues: Mapping[str, QueueKey]) -> Acts:
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if owner != LEDGER.application_id:
        raise DamagedFile("not ticketdeck's", path)
    if version > LEDGER.version:
        raise NewerFile("written by a newer ticketdeck", path)
    if version < _FIRST_VERSION:
        return NOBODY_ACTED

    def read_rows(table: CheckedTable, condition: str, *values: object) -> list[Row]:
        return table.read(connection, condition, *values)[0]

    keys = {name: key_text(key) for name, key in queues.items()}

    def names_of(queue: str) -> list[str]:
        return [name for name, key in keys.items() if key == queue]

    return read_standing(read_rows, dict.fromkeys(keys.values()), names_of)
