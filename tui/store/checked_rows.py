"""Tables whose rows carry a checksum: SQLite's own checks do not see every wrong byte."""

import sqlite3
import zlib
from collections.abc import Sequence
from typing import Any

Row = tuple[Any, ...]


class CheckedTable:
    """Reads and writes the rows of one table. The last column, `checksum`, is added here."""

    def __init__(self, name: str, *columns: str, added: Sequence[str] = (), loss: str) -> None:
        """Take the table's columns in the order of its rows, and what a damaged one means.

        `added` are the last ones: a later version added them to the table. What is NULL at the end
        of them is left out of the checksum, so that rows from before need not be written anew.
        """
        self.name = name
        self._first = len(columns)
        columns = (*columns, *added)
        self.loss = loss
        """What is to be told of a row that is not as it was written, in one line."""
        places = ", ".join("?" * (len(columns) + 1))
        names = ", ".join(columns)
        # Names of tables and columns are ours; values are always bound.
        self._put = (
            f"INSERT INTO {name} ({names}, checksum) VALUES ({places})"  # noqa: S608
            " ON CONFLICT DO UPDATE SET "
            + ", ".join(f"{column} = excluded.{column}" for column in (*columns, "checksum"))
        )
        self._select = f"SELECT {names}, checksum, rowid FROM {name} WHERE "  # noqa: S608
        self._delete = f"DELETE FROM {name} WHERE rowid = ?"  # noqa: S608

    def put(self, connection: sqlite3.Connection, row: Row) -> None:
        """Write a row in place of the one with the same key."""
        connection.execute(self._put, (*row, self._checksum(row)))

    def read(
        self, connection: sqlite3.Connection, condition: str, *values: object
    ) -> tuple[list[Row], list[Row]]:
        """Return the sound rows, and the others as `set_apart` takes them."""
        rows = connection.execute(self._select + condition, values).fetchall()
        sound = [row[:-2] for row in rows if self._checksum(row[:-2]) == row[-2]]
        if len(sound) == len(rows):
            return sound, []
        return sound, [row for row in rows if self._checksum(row[:-2]) != row[-2]]

    def set_apart(self, connection: sqlite3.Connection, rows: list[Row], now: int) -> None:
        """Move rows that are not as they were written to where nothing reads them."""
        for row in rows:
            connection.execute(
                "INSERT INTO set_apart (at, origin, content) VALUES (?, ?, ?)",
                (now, self.name, repr(row)),
            )
            connection.execute(self._delete, (row[-1],))

    def _checksum(self, row: Row) -> int:
        end = len(row)
        while end > self._first and row[end - 1] is None:
            end -= 1
        return zlib.crc32(repr(row[:end]).encode("utf-8", "backslashreplace"))


def lenient_text(raw: bytes) -> str:
    """Decode a text of which bytes may be wrong: its row must be readable to be set apart."""
    return raw.decode("utf-8", "surrogateescape")
