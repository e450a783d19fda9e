"""Acts as the rows of the ledger's tables, and the other way."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from tui.domain.act_record import ActRecord
from tui.domain.acts import ActKind, Signed
from tui.domain.clean import clean
from tui.domain.ticket import Priority, Status, TicketRef
from tui.store.checked_rows import CheckedTable, Row
from tui.store.ledger_file import ReadRows
from tui.store.moments import to_microseconds, to_moment

ACTS: Final = CheckedTable(
    *("acts", "n", "batch", "queue", "ticket", "kind", "viewer", "at"),
    *("until", "text", "status", "priority", "overdue"),
    loss="an acknowledgement, snooze, pin or note was damaged and is lost: do it again",
)
TAKEN_BACK: Final = CheckedTable(
    *("taken_back", "n", "batch", "viewer", "at"),
    loss="what was undone may stand again: the record of it was damaged; look at your tickets",
)

Key = tuple[str, str]
"""What a ticket is stored under: its queue's key, and the vendor's id."""
NamesOf = Callable[[str], Sequence[str]]
"""Returns what a queue is called in the present configuration."""


def to_row(queue: str, record: ActRecord) -> Row:
    """Return the row of an act on a ticket of that queue."""
    is_snooze = record.kind is ActKind.SNOOZE
    return (
        *(record.n, record.batch, queue, record.ref.id, record.kind.value),
        *(record.by, to_microseconds(record.at)),
        *(to_microseconds(record.until), record.text or None),
        record.status.value if is_snooze else None,
        record.priority.value if is_snooze else None,
        int(record.overdue) if is_snooze else None,
    )


def read_records(
    read_rows: ReadRows, names_of: NamesOf, condition: str, *values: object
) -> Mapping[Key, list[ActRecord]]:
    """Return the acts for which a condition holds by ticket, each ticket's in order.

    What a later version of the program may have written is left out.
    """
    undone = {
        batch: Signed(by=clean(viewer), at=to_moment(at))
        for _, batch, viewer, at in read_rows(TAKEN_BACK, "1")
    }
    records: dict[Key, list[ActRecord]] = {}
    for row in read_rows(ACTS, f"{condition} ORDER BY n", *values):
        key = (row[2], row[3])
        name = next(iter(names_of(key[0])), "")
        record = _to_record(row, name, undone.get(row[1]))
        if record is not None:
            records.setdefault(key, []).append(record)
    return records


def of_queues(keys: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return the condition for the acts of some queues, and its values."""
    chosen = tuple(keys)
    return f"queue IN ({', '.join('?' * len(chosen))})", chosen


def next_number(connection: sqlite3.Connection) -> int:
    """Return the number of the next act; never one that was given out before."""
    (last,) = connection.execute(
        "SELECT max(ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'acts'), 0),"
        " ifnull((SELECT max(n) FROM acts), 0))"
    ).fetchone()
    return int(last) + 1


def _to_record(row: Row, workspace: str, taken_back: Signed | None) -> ActRecord | None:
    n, batch, _, ticket, kind, viewer, at, until, text, status, priority, overdue = row
    try:
        return ActRecord(
            n=n,
            batch=batch,
            ref=TicketRef(workspace, ticket),
            kind=ActKind(kind),
            # Whoever shares the state directory may have written anything.
            by=clean(viewer),
            at=to_moment(at),
            until=None if until is None else to_moment(until),
            text=clean(text or "", multiline=True),
            status=Status.UNKNOWN if status is None else Status(status),
            priority=Priority.UNKNOWN if priority is None else Priority(priority),
            overdue=bool(overdue),
            taken_back=taken_back,
        )
    except (ValueError, OverflowError, TypeError):
        return None
