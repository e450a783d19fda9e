"""Creates that the outbox knows no more: their rows were damaged, or went with a former ledger."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from tui.store.ledger_file import LedgerFile
from tui.store.moments import to_microseconds

_FORMER: Final = "audit.log"
"""The origin of the row that has the number of creates a former ledger left open."""


def keep_former(file: LedgerFile, count: int) -> None:
    """Keep how many creates of a former ledger have no known end. Raises StateError."""
    with file.writing() as connection:
        connection.execute(
            "INSERT INTO set_apart (at, origin, content) VALUES (?, ?, ?)",
            (to_microseconds(file.clock.now()), _FORMER, str(count)),
        )


def lost_creates(file: LedgerFile) -> tuple[str, ...]:
    """Return what is to be told of them, a line each, every time. Raises StateError."""
    return file.read(lambda connection, _: tuple(_lines(connection)))


def _lines(connection: sqlite3.Connection) -> Iterator[str]:
    damaged = "SELECT count(*) FROM set_apart WHERE origin = 'intents'"
    (count,) = connection.execute(damaged).fetchone()
    if count:
        was, them = ("was", "it") if count == 1 else ("were", "them")
        yield (
            f"{_creates(count)} in the outbox {was} damaged and set apart: look at the vendor"
            f" before sending {them} again"
        )
    former = "SELECT CAST(content AS INTEGER) FROM set_apart WHERE origin = ?"
    for (count,) in connection.execute(former, (_FORMER,)):
        them = "it" if count == 1 else "them"
        yield (
            f"{_creates(count)} from before ledger.db was begun anew had no known end (see"
            f" audit.log): look at the vendor before sending {them} again"
        )


def _creates(count: int) -> str:
    return "1 create" if count == 1 else f"{count} creates"
