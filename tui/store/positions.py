"""Where the log of changes stands, for whoever reads it in a transaction."""

import sqlite3
from datetime import datetime
from typing import Any, Final

from tui.domain.diff import Position
from tui.store.moments import to_moment
from tui.store.wrong_row import WrongRow

_LAST_CHANGE: Final = 2**62
"""No log grows so long, and SQLite gives out no number beyond twice as many."""


def last_change(connection: sqlite3.Connection) -> int:
    """Return the number of the newest change."""
    # No table of ours, so its cells may be of any type.
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").fetchone()
    number = 0 if found is None else found[0]
    if not isinstance(number, int) or not 0 <= number < _LAST_CHANGE:
        raise WrongRow("the number of the last change is out of range")
    return number


def present_epoch(connection: sqlite3.Connection) -> str:
    """Return what is another text when what was stored is gone."""
    (epoch,) = only_row(connection.execute("SELECT epoch FROM journal"))
    return str(epoch)


def only_row(cursor: sqlite3.Cursor) -> tuple[Any, ...]:
    """Return the row that is always there. Raises WrongRow where it is not."""
    found: tuple[Any, ...] | None = cursor.fetchone()
    if found is None:
        raise WrongRow("a row is missing")
    return found


def present_position(connection: sqlite3.Connection) -> Position:
    """Return the position of whoever has read everything."""
    return Position(present_epoch(connection), last_change(connection))


def is_kept(connection: sqlite3.Connection, position: Position) -> bool:
    """Whether every change since `position` is still in the log."""
    (pruned,) = only_row(connection.execute("SELECT pruned FROM journal"))
    here = present_position(connection)
    return position.epoch == here.epoch and pruned <= position.n <= here.n


def written_at(connection: sqlite3.Connection) -> datetime:
    """Return the time of the last transaction that wrote, or of this one."""
    (now,) = only_row(connection.execute("SELECT now FROM journal"))
    return to_moment(now)
