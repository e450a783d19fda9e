"""Where the log of changes stands, for whoever reads it in a transaction."""

import sqlite3
from datetime import datetime

from tui.domain.diff import Position
from tui.store.moments import to_moment


def last_change(connection: sqlite3.Connection) -> int:
    """Return the number of the newest change."""
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").fetchone()
    return 0 if found is None else int(found[0])


def present_position(connection: sqlite3.Connection) -> Position:
    """Return the position of whoever has read everything."""
    (epoch,) = connection.execute("SELECT epoch FROM journal").fetchone()
    return Position(epoch, last_change(connection))


def is_kept(connection: sqlite3.Connection, position: Position) -> bool:
    """Whether every change since `position` is still in the log."""
    (pruned,) = connection.execute("SELECT pruned FROM journal").fetchone()
    here = present_position(connection)
    return position.epoch == here.epoch and pruned <= position.n <= here.n


def written_at(connection: sqlite3.Connection) -> datetime:
    """Return the time of the last transaction that wrote, or of this one."""
    (now,) = connection.execute("SELECT now FROM journal").fetchone()
    return to_moment(now)
