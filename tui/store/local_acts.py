"""What people did here to tickets, kept in the ledger for all who share the state directory.

Acts are added, never changed, and no purge touches them. So that the file stays small, `tidy`
forgets what is older than the retention and stands no more: acknowledgements that were taken back
or replaced, snoozes that ended, and whatever but notes belongs to tickets that are gone. Notes are
kept for ever, and also where `store_bodies = false`: they are the user's own words and exist
nowhere else. Whoever may not keep customers' texts must not type them into a note.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from tui.domain.act_record import ActRecord, dispensable, standing
from tui.domain.acts import NO_ACTS, NOBODY_ACTED, Act, Acts, LocalActs
from tui.domain.errors import StateError
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.urgency import is_overdue
from tui.store.act_rows import (
    ACTS,
    TAKEN_BACK,
    Key,
    NamesOf,
    next_number,
    of_queues,
    read_records,
    to_row,
)
from tui.store.ledger_file import LedgerFile, ReadRows
from tui.store.moments import to_microseconds

_MARK = """
    SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'acts'), 0),
        ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'taken_back'), 0),
        ifnull((SELECT max(n) FROM set_apart), 0)
"""
_TOUCHED = """
    n IN (
        SELECT each.n
        FROM (
            SELECT queue, ticket FROM acts WHERE n > ?
            UNION
            SELECT queue, ticket FROM acts
            WHERE batch IN (SELECT batch FROM taken_back WHERE n > ?)
        ) AS touched
        CROSS JOIN acts AS each ON each.queue = touched.queue AND each.ticket = touched.ticket
    )
"""
"""Every act on the tickets to which something was done, or undone, since."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where the log was read. Another mark: there is news."""

    acts: int = 0
    taken_back: int = 0
    set_apart: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands, and up to where that was read."""

    mark: Mark
    acts: Acts


class ActLog:
    """The acts of everybody. For any thread; every method raises StateError like the ledger's."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    @property
    def is_shared(self) -> bool:
        """Whether other processes may write to it."""
        return self._file.is_on_disk

    def add(
        self, batch: str, act: Act, tickets: Collection[Ticket], *, by: str, at: datetime
    ) -> None:
        """Keep that somebody did something to these tickets, as they are now."""
        chosen = {(self._key_of(ticket), ticket.ref.id): ticket for ticket in tickets}
        with self._file.writing() as connection:
            first = next_number(connection)
            for n, ((queue, _), ticket) in enumerate(chosen.items(), first):
                record = ActRecord(
                    n=n,
                    batch=batch,
                    ref=ticket.ref,
                    kind=act.kind,
                    by=by,
                    at=at,
                    until=act.until,
                    text=act.text,
                    status=ticket.status,
                    priority=ticket.priority,
                    overdue=is_overdue(ticket, at),
                )
                ACTS.put(connection, to_row(queue, record))

    def take_back(self, batch: str, *, by: str, at: datetime) -> int:
        """Take back what was done at once, and nothing else; return how many tickets it was.

        0 where it was taken back before, or is too old to be kept.
        """
        with self._file.writing() as connection:
            rows = self._file.checked(connection, ACTS, "batch = ?", batch)
            if not rows or self._file.checked(connection, TAKEN_BACK, "batch = ?", batch):
                return 0
            (last,) = connection.execute("SELECT ifnull(max(n), 0) FROM taken_back").fetchone()
            (ever,) = connection.execute(
                "SELECT total(seq) FROM sqlite_sequence WHERE name = 'taken_back'"
            ).fetchone()
            TAKEN_BACK.put(connection, (max(last, int(ever)) + 1, batch, by, to_microseconds(at)))
            return len({(row[2], row[3]) for row in rows})

    def read(self, known: Reading | None = None) -> Reading:
        """Return what stands now; `known` itself where nothing was done since it was read.

        Only the tickets to which something was done since are read again.
        """

        def operation(connection: sqlite3.Connection, read_rows: ReadRows) -> Reading:
            mark = Mark(*connection.execute(_MARK).fetchone())
            if known is None or known.mark.set_apart != mark.set_apart:
                return Reading(mark, read_standing(read_rows, self._file.keys, self._file.names_of))
            if known.mark == mark:
                return known
            touched = read_records(
                read_rows, self._file.names_of, _TOUCHED, known.mark.acts, known.mark.taken_back
            )
            return Reading(mark, _replaced(known.acts, touched, self._file.names_of))

        found = self._file.read(operation)
        if known is None or found is known or found.acts != known.acts:
            return found
        return Reading(found.mark, known.acts)

    def since(self, moment: datetime) -> tuple[ActRecord, ...]:
        """Return what was done to the configured tickets since a moment, what was undone too."""
        condition, keys = of_queues(self._file.keys)
        found = self._file.read(
            lambda _, read_rows: read_records(
                read_rows,
                self._file.names_of,
                f"{condition} AND at >= ?",
                *keys,
                to_microseconds(moment),
            )
        )
        records = (record for each in found.values() for record in each)
        return tuple(sorted(records, key=lambda record: record.n))

    def tidy(self, before: datetime, gone: AbstractSet[TicketRef]) -> int:
        """Forget the acts from `before` that nobody misses; return how many.

        Of tickets that are `gone` all but the notes are among them.
        """

        def operation(_: sqlite3.Connection, read_rows: ReadRows) -> list[ActRecord]:
            condition, keys = of_queues(self._file.keys)
            names_of = self._file.names_of
            return [
                record
                for key, records in read_records(read_rows, names_of, condition, *keys).items()
                for record in dispensable(
                    records,
                    before,
                    is_gone=any(TicketRef(name, key[1]) in gone for name in names_of(key[0])),
                )
            ]

        forgotten = self._file.read(operation)
        if forgotten:
            with self._file.writing() as connection:
                connection.executemany(
                    "DELETE FROM acts WHERE n = ?", [(record.n,) for record in forgotten]
                )
                connection.execute(
                    "DELETE FROM taken_back WHERE batch NOT IN (SELECT batch FROM acts)"
                )
        return len(forgotten)

    def data_version(self) -> int:
        """Return a number that changes when another process has written to the ledger. Cheap."""
        return self._file.data_version()

    def version_at_once(self) -> int | None:
        """Return the `data_version`; None where this process is in a transaction just now."""
        return self._file.version_at_once()

    def _key_of(self, ticket: Ticket) -> str:
        key = self._file.key_of(ticket.ref.workspace)
        if key is None:
            raise StateError(f"{ticket.ref}: its workspace is not configured here")
        return key


def read_standing(read_rows: ReadRows, keys: Iterable[str], names_of: NamesOf) -> Acts:
    """Return all that stands of what was done to the tickets of some queues."""
    condition, values = of_queues(keys)
    return _replaced(NOBODY_ACTED, read_records(read_rows, names_of, condition, *values), names_of)


def _replaced(acts: Acts, touched: Mapping[Key, list[ActRecord]], names_of: NamesOf) -> Acts:
    """Return the acts with those on some tickets read anew."""
    now: dict[TicketRef, LocalActs] = dict(acts)
    for (queue, ticket), records in touched.items():
        found = standing(records)
        for name in names_of(queue):
            ref = TicketRef(name, ticket)
            if found == NO_ACTS:
                now.pop(ref, None)
            else:
                now[ref] = found
    return MappingProxyType(now) if now else NOBODY_ACTED
