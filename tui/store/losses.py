"""What the ledger has lost, told every time until a person has said that they have looked."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from tui.domain.clean import clean
from tui.domain.errors import StateError
from tui.store.act_rows import ACTS, TAKEN_BACK
from tui.store.drafts import DRAFTS
from tui.store.intent_rows import INTENTS
from tui.store.ledger_file import LEDGER, LedgerFile
from tui.store.moments import to_microseconds

_FORMER: Final = "audit.log"
"""The origin of the row that has the number of creates a former ledger left open."""
_LOOKED: Final = "looked: "
"""Stands before the origin of what a person has looked after."""
_WORK: Final = (ACTS, TAKEN_BACK, DRAFTS)
"""What people did here beside creates."""
_TOLD: Final = (INTENTS.name, _FORMER, *(table.name for table in _WORK))
_ARE_TOLD: Final = f"origin IN ({', '.join('?' * len(_TOLD))})"


def keep_former(file: LedgerFile, count: int) -> None:
    """Keep how many creates of a former ledger have no known end. Raises StateError."""
    with file.writing() as connection:
        connection.execute(
            "INSERT INTO set_apart (at, origin, content) VALUES (?, ?, ?)",
            (to_microseconds(file.clock.now()), _FORMER, str(count)),
        )


def told_losses(file: LedgerFile) -> tuple[str, ...]:
    """Return what is to be told, a line each. Raises StateError."""
    return file.read(lambda connection, _: tuple(_lines(connection)))


def find_losses(file: LedgerFile) -> None:
    """Read all that people did here, so that whatever is damaged is told. Raises StateError."""
    for table in (INTENTS, *_WORK):
        file.rows(table, "1")


def drop_losses(file: LedgerFile) -> bool:
    """Keep that a person has looked after all of it; False: nothing is lost. Raises StateError."""
    with file.writing() as connection:
        dropped = connection.execute(
            f"UPDATE set_apart SET origin = ? || origin WHERE {_ARE_TOLD}",  # noqa: S608  ours
            (_LOOKED, *_TOLD),
        )
        return dropped.rowcount > 0


def forbid_lost_key(connection: sqlite3.Connection, key: str) -> None:
    """Make sure that no create is lost that may have had this key.

    Raises:
        StateError: there is one, and nobody knows how it ended.
    """
    # Set apart as Python writes it: the key is in quotes.
    damaged = connection.execute(
        "SELECT 1 FROM set_apart WHERE origin IN (?, ?) AND instr(content, ?)",
        (INTENTS.name, _LOOKED + INTENTS.name, repr(key)),
    ).fetchone()
    if damaged:
        raise StateError(
            f"a create with the key {clean(key)} was damaged: look at the vendor whether its"
            " ticket exists, and take another key"
        )
    # Which bytes of a damaged row are wrong is unknown: they may be those of its key.
    lost = connection.execute(
        "SELECT 1 FROM set_apart WHERE origin IN (?, ?)", (INTENTS.name, _FORMER)
    ).fetchone()
    if lost:
        raise StateError(
            f"the outbox has lost creates, and {clean(key)} may be the key of one: look at the"
            " vendor whether its ticket exists, then: ticketdeck outbox drop lost"
        )


def _lines(connection: sqlite3.Connection) -> Iterator[str]:
    count_of = "SELECT count(*) FROM set_apart WHERE origin = ?"
    (count,) = connection.execute(count_of, (INTENTS.name,)).fetchone()
    if count:
        was, them = ("was", "it") if count == 1 else ("were", "them")
        yield (
            f"{_creates(count)} in the outbox {was} damaged and set apart: look at the vendor"
            f" before sending {them} again"
        )
    former = "SELECT CAST(content AS INTEGER) FROM set_apart WHERE origin = ?"
    for (count,) in connection.execute(former, (_FORMER,)):
        # Where none was open, their keys alone are lost.
        if count:
            them = "it" if count == 1 else "them"
            yield (
                f"{_creates(count)} from before ledger.db was begun anew had no known end (see"
                f" audit.log): look at the vendor before sending {them} again"
            )
    for table in _WORK:
        (count,) = connection.execute(count_of, (table.name,)).fetchone()
        if count:
            yield f"{LEDGER.file}: {table.loss}"


def _creates(count: int) -> str:
    return "1 create" if count == 1 else f"{count} creates"
