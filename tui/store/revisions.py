"""The single changes of the tickets, read from the cache.

The state after a change is what the ticket's next change found, or the present one.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from tui.domain.revision import Revision
from tui.domain.ticket import Ticket, TicketRef
from tui.store.moments import to_moment
from tui.store.positions import last_change
from tui.store.ticket_rows import to_ticket
from tui.store.wrong_row import WrongRow

_REVISIONS = """
    SELECT this.n, this.queue, this.id, this.at, this.was IS NOT NULL, this.became IS NOT NULL,
        this.before, this.checksum, this.confirmed,
        this.next, later.before, later.checksum, tickets.content, tickets.checksum
    FROM (
        SELECT *, (
            SELECT min(n) FROM changes AS later
            WHERE later.queue = changes.queue AND later.id = changes.id
                AND later.was IS NOT NULL AND later.n > changes.n
        ) AS next
        FROM changes WHERE {which} LIMIT ?
    ) AS this
    LEFT JOIN changes AS later ON later.n = this.next
    LEFT JOIN tickets
        ON this.next IS NULL AND tickets.queue = this.queue AND tickets.id = this.id
    ORDER BY this.n
"""
_SINCE = _REVISIONS.format(which="n > ? ORDER BY n")
# Without the additions, which no index holds: they are what a first sync consists of.
_OF_TICKET = _REVISIONS.format(which="queue = ? AND id = ? AND was IS NOT NULL ORDER BY n DESC")
HISTORY_LIMIT: Final = 500
"""Changes of one ticket that are told at most."""

Complete = Callable[[int, Ticket], Ticket]
"""Adds to a ticket of a queue what is not stored of it."""


class _Row(NamedTuple):
    n: int
    queue: int
    id: str
    at: int
    existed: int
    exists: int
    before: bytes | None
    checksum: int
    confirmed: int | None
    next: int | None
    after: bytes | None
    after_checksum: int
    present: bytes
    present_checksum: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some revisions, and how far they go."""

    revisions: tuple[Revision, ...]
    last: int
    """The last change that was read, of any queue."""
    more_from: datetime | None = None
    """When it was made, where there are more after it; None where there are none."""


def read_part(
    connection: sqlite3.Connection,
    names: Mapping[int, Sequence[str]],
    since: int,
    limit: int,
    *,
    complete: Complete,
) -> Part:
    """Return the revisions that `limit` changes after the change `since` come to.

    Changes of queues that have no name here come to none.

    Raises:
        WrongRow: a present ticket, or a time, is not as it was written.
    """
    rows = [_Row(*row) for row in connection.execute(_SINCE, (since, limit))]
    begun = _begun(connection)
    revisions = tuple(
        revision
        for row in rows
        for revision in _revisions(row, names.get(row.queue, ()), begun, complete)
    )
    newest = last_change(connection)
    if len(rows) < limit or rows[-1].n == newest:
        return Part(revisions, newest)
    return Part(revisions, rows[-1].n, more_from=to_moment(rows[-1].at))


def read_history(
    connection: sqlite3.Connection, queue: int, ref: TicketRef, *, complete: Complete
) -> tuple[Revision, ...]:
    """Return the changes of one ticket of a queue, newest first, but not when it came.

    Raises:
        WrongRow: the present ticket, or a time, is not as it was written.
    """
    values = (queue, ref.id, HISTORY_LIMIT)
    rows = [_Row(*row) for row in connection.execute(_OF_TICKET, values)]
    begun = _begun(connection)
    return tuple(
        revision
        for row in reversed(rows)
        for revision in _revisions(row, (ref.workspace,), begun, complete)
    )


def _begun(connection: sqlite3.Connection) -> Mapping[int, int | None]:
    return dict(connection.execute("SELECT queue, begun FROM queues"))


def _revisions(
    row: _Row,
    names: Sequence[str],
    begun: Mapping[int, int | None],
    complete: Complete,
) -> Iterator[Revision]:
    for name in names:
        first = begun.get(row.queue)
        before, after = _before(row, name), _after(row, name)
        yield Revision(
            n=row.n,
            at=to_moment(row.at),
            ref=TicketRef(name, row.id),
            existed=bool(row.existed),
            exists=bool(row.exists),
            before=before and complete(row.queue, before),
            after=after and complete(row.queue, after),
            is_news=first is not None and row.n > first,
        )


def _before(row: _Row, name: str) -> Ticket | None:
    if not row.existed:
        return None
    confirmed = row.at if row.confirmed is None else row.confirmed
    return _kept(name, row.id, row.before, row.checksum, confirmed)


def _after(row: _Row, name: str) -> Ticket | None:
    if not row.exists:
        return None
    if row.next is not None:
        return _kept(name, row.id, row.after, row.after_checksum, row.at)
    return to_ticket(name, row.id, row.present, row.present_checksum, row.at)


def _kept(name: str, ticket_id: str, content: Any, checksum: Any, at: int) -> Ticket | None:
    """Return a ticket of the past; None where it is damaged, for the present does not need it."""
    try:
        return to_ticket(name, ticket_id, content, checksum, at)
    except WrongRow:
        return None
