"""The single changes of the tickets, read from the cache.

The state after a change is what the ticket's next change found, or the present one.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tui.domain.revision import Revision
from tui.domain.ticket import Ticket, TicketRef
from tui.store.database import DamagedFile
from tui.store.moments import to_moment
from tui.store.positions import last_change
from tui.store.ticket_rows import WrongRow, to_ticket

_SINCE = """
    SELECT this.n, this.queue, this.id, this.at, this.was IS NOT NULL, this.became IS NOT NULL,
        this.before, this.checksum, this.confirmed,
        this.next, later.before, later.checksum, tickets.content, tickets.checksum
    FROM (
        SELECT *, (
            SELECT min(n) FROM changes AS later
            WHERE later.queue = changes.queue AND later.id = changes.id
                AND later.was IS NOT NULL AND later.n > changes.n
        ) AS next
        FROM changes WHERE n > ? ORDER BY n LIMIT ?
    ) AS this
    LEFT JOIN changes AS later ON later.n = this.next
    LEFT JOIN tickets
        ON this.next IS NULL AND tickets.queue = this.queue AND tickets.id = this.id
    ORDER BY this.n
"""

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
        DamagedFile: a present ticket, or a time, is not as it was written.
    """
    rows = [_Row(*row) for row in connection.execute(_SINCE, (since, limit))]
    begun: dict[int, int | None] = dict(connection.execute("SELECT queue, begun FROM queues"))
    try:
        revisions = tuple(
            revision
            for row in rows
            for revision in _revisions(row, names.get(row.queue, ()), begun, complete)
        )
        newest = last_change(connection)
        if len(rows) < limit or rows[-1].n == newest:
            return Part(revisions, newest)
        return Part(revisions, rows[-1].n, more_from=to_moment(rows[-1].at))
    except (WrongRow, OverflowError, TypeError) as error:
        raise DamagedFile("a stored change cannot be read") from error


def _revisions(
    row: _Row,
    names: Sequence[str],
    begun: Mapping[int, int | None],
    complete: Complete,
) -> Iterator[Revision]:
    for name in names:
        first = begun[row.queue]
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
    except (WrongRow, TypeError):
        return None
