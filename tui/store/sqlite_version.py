"""Which SQLite the files of the journal need; Python brings its own, or the system's."""

import sqlite3
from typing import Final

from tui.domain.errors import StateError

STRICT_TABLES: Final = (3, 37, 0)


def check_sqlite() -> None:
    """Raise StateError for a SQLite that would take the cache for damaged, and could make none."""
    if sqlite3.sqlite_version_info < STRICT_TABLES:
        least = ".".join(map(str, STRICT_TABLES[:2]))
        raise StateError(
            f"SQLite {least} or newer is needed, and this Python has {sqlite3.sqlite_version}:"
            " install ticketdeck with a Python that brings a newer one"
        )
