"""The cache as a prompt or a status bar reads it: counted by SQLite, never written.

Loads nothing but SQLite, because it may be asked every few seconds. Whatever else reads the cache
goes through `cache_file.CacheFile`.
"""

import os
import sqlite3
import stat

from tui.store.moments import to_moment
from tui.store.trust import is_foreign, is_open
from tui.store.wrong_row import WrongRow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from tui.domain.activity import Novelty
    from tui.domain.diff import Totals
    from tui.domain.health import WorkspaceHealth
    from tui.domain.ticket import Ticket, TicketRef

COUNT_TICKETS = """
    SELECT count(*), ifnull(sum(flagged OR ifnull(due <= ?, 0)), 0), ifnull(sum(rank = 0), 0)
    FROM tickets WHERE queue = ? AND NOT closed
"""
"""How many tickets of a queue are open, overdue at a time in microseconds, and critical."""

_TOTALS = """
    SELECT (SELECT count(*) FROM tickets WHERE queue = ?2), count(*),
        ifnull(sum(flagged OR ifnull(due <= ?1, 0)), 0),
        ifnull(sum(rank = 0), 0),
        ifnull(sum(flagged OR ifnull(due <= ?1, 0) OR rank = 0), 0)
    FROM tickets WHERE queue = ?2 AND NOT closed
"""
_QUEUE = """
    SELECT queue, state, as_of, late_at FROM queues WHERE (vendor, origin, place) = (?, ?, ?)
"""
_POSITION = """
    SELECT epoch, (SELECT seq FROM sqlite_sequence WHERE name = 'changes') FROM journal
"""
_UNSEEN = """
    SELECT count(DISTINCT changes.id)
    FROM viewers
    JOIN journal USING (epoch)
    JOIN changes ON changes.queue = viewers.queue AND changes.n > viewers.seen
    JOIN tickets ON tickets.queue = changes.queue AND tickets.id = changes.id
    LEFT JOIN seen ON seen.viewer = viewers.viewer
        AND seen.queue = changes.queue AND seen.id = changes.id
    WHERE viewers.viewer = ? AND viewers.queue = ? AND changes.n > ifnull(seen.n, 0)
"""
_NOVELTIES = """
    SELECT changes.id, max(was IS NULL)
    FROM viewers
    JOIN journal USING (epoch)
    JOIN changes ON changes.queue = viewers.queue AND changes.n > viewers.seen
    JOIN tickets ON tickets.queue = changes.queue AND tickets.id = changes.id
    LEFT JOIN seen ON seen.viewer = viewers.viewer
        AND seen.queue = changes.queue AND seen.id = changes.id
    WHERE viewers.viewer = ? AND viewers.queue = ? AND changes.n > ifnull(seen.n, 0)
    GROUP BY changes.id
"""
_TICKETS = """
    SELECT tickets.id, content, checksum, confirmed
    FROM tickets JOIN sightings USING (queue, id) WHERE tickets.queue = ?
"""
_BY_URGENCY = """
    SELECT tickets.queue, tickets.id, content, checksum, confirmed
    FROM tickets INDEXED BY tickets_by_urgency CROSS JOIN sightings
    WHERE sightings.queue = tickets.queue AND sightings.id = tickets.id
        AND closed = 0 AND rank = ? AND ifnull(due, 9223372036854775807) >= ?
        AND tickets.queue IN (SELECT value FROM json_each(?))
    ORDER BY ifnull(due, 9223372036854775807), created LIMIT ?
"""
_ALLOWED = """
    SELECT tickets.queue, tickets.id, content, checksum, confirmed
    FROM tickets INDEXED BY tickets_by_urgency CROSS JOIN sightings
    WHERE sightings.queue = tickets.queue AND sightings.id = tickets.id
        AND closed = 0 AND rank = ? AND ifnull(due, 9223372036854775807) = 9223372036854775807
        AND created >= ? AND tickets.queue IN (SELECT value FROM json_each(?))
    ORDER BY created LIMIT ?
"""
_COUNT_ALLOWED = """
    SELECT count(*) FROM tickets INDEXED BY tickets_by_urgency
    WHERE closed = 0 AND rank = ? AND ifnull(due, 9223372036854775807) = 9223372036854775807
        AND created <= ? AND NOT flagged AND queue = ?
"""
_FLAGGED = """
    SELECT flagged.queue, flagged.id, content, checksum, confirmed
    FROM (
        SELECT rowid AS row, queue, id FROM tickets INDEXED BY open_tickets
        WHERE NOT closed AND flagged AND (rank <= 1 OR ifnull(due, 9223372036854775807) >= ?)
            AND queue IN (SELECT value FROM json_each(?))
        ORDER BY rank, ifnull(due, 9223372036854775807), created LIMIT ?
    ) AS flagged
    JOIN tickets ON tickets.rowid = flagged.row
    JOIN sightings ON sightings.queue = flagged.queue AND sightings.id = flagged.id
"""
_GIVEN_UP = 7 * 86_400 * 1_000_000
"""Microseconds after which an overdue ticket that nobody ranked high presses no more."""
_EVER = -(2**63)
Allowed = dict[int, int]
"""By the rank of a priority, in how many microseconds after its creation a ticket is due that its
vendor gives no due time."""
_RANKS = 6
_HIGH = 1
_WAIT_S = 5.0
"""For those who write, where the file has no write-ahead log."""


class NoGlance(Exception):
    """The file cannot be read as it is; `CacheFile` would put it aside or go on without."""

    def __init__(self, reason: str, advice: str = "ticketdeck list begins it anew") -> None:
        super().__init__(reason)
        self.advice = advice


class Glance:
    """One consistent state of the cache. Close it soon: it keeps the log from being emptied.

    Every method raises `NoGlance` where the file is not as we write it.
    """

    def __init__(self, path: str, *, application_id: int, version: int) -> None:
        """Open the file for reading.

        Raises:
            NoGlance: it is missing, not ours, of another version, or cannot be read.
        """
        _check_kind(path)
        # What would end the path in an address, and the sign that such a character is written with.
        shown = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        try:
            self._connection = sqlite3.connect(
                f"file:{shown}?mode=ro", uri=True, timeout=_WAIT_S, isolation_level=None
            )
        except (sqlite3.Error, ValueError) as error:
            raise NoGlance(str(error)) from None
        try:
            self._execute("PRAGMA trusted_schema = OFF")
            self._execute("BEGIN")
            found = self._row("PRAGMA application_id") + self._row("PRAGMA user_version")
        except NoGlance:
            self.close()
            raise
        if found != (application_id, version):
            self.close()
            raise NoGlance("not ticketdeck's, or another version's")

    def queue(
        self, vendor: str, origin: str, place: str
    ) -> tuple[int, str | None, int | None, int | None] | None:
        """Return a queue's number, its state, when it was complete and when that is late.

        None where nobody ever polled it.
        """
        for number, state, as_of, late_at in self._execute(_QUEUE, (vendor, origin, place)):
            _check_times(as_of, late_at)
            return number, state, as_of, late_at
        return None

    def count(self, queue: int, now: int) -> tuple[int, int, int]:
        """Return how many tickets are open, overdue and critical, as their vendor has them."""
        open_, overdue, critical = self._row(COUNT_TICKETS, (now, queue))
        return open_, overdue, critical

    def totals(self, queue: int, now: int, allowed: Allowed | None = None) -> "Totals":
        """Return how many tickets there are, as their vendor has them but for due times."""
        from tui.domain.diff import Totals

        tickets, open_, overdue, critical, pressing = self._row(_TOTALS, (now, queue))
        for rank, allowance in (allowed or {}).items():
            (late,) = self._row(_COUNT_ALLOWED, (rank, now - allowance, queue))
            overdue += late
            pressing += late if rank else 0
        return Totals(
            tickets=tickets, open=open_, overdue=overdue, critical=critical, pressing=pressing
        )

    def unseen(self, queue: int, viewer: str) -> int:
        """Return how many tickets are new or changed since the viewer looked at them."""
        (count,) = self._row(_UNSEEN, (viewer, queue))
        return int(count)

    def novelties(
        self, queue: int, workspace: str, viewer: str
    ) -> "Iterator[tuple[TicketRef, Novelty]]":
        """Yield the tickets that `unseen` counts, and whether they are new or changed."""
        from tui.domain.activity import Novelty
        from tui.domain.ticket import TicketRef

        for ticket_id, is_new in self._execute(_NOVELTIES, (viewer, queue)):
            yield TicketRef(workspace, ticket_id), Novelty.NEW if is_new else Novelty.CHANGED

    def position(self) -> tuple[str, int]:
        """Return what is another pair as soon as any ticket changes."""
        epoch, last = self._row(_POSITION)
        return epoch, last or 0

    def health(self, queue: int) -> "WorkspaceHealth":
        """Return how far a queue's tickets can be trusted."""
        from msgspec.msgpack import decode

        from tui.domain.health import WorkspaceHealth

        ((encoded,),) = self._execute("SELECT health FROM queues WHERE queue = ?", (queue,))
        try:
            return WorkspaceHealth() if encoded is None else decode(encoded, type=WorkspaceHealth)
        except (ValueError, TypeError):
            # The next poll writes it anew.
            return WorkspaceHealth()

    def tickets(self, queue: int, workspace: str) -> "Iterator[Ticket]":
        """Yield a queue's tickets as their vendor has them."""
        from tui.store.ticket_rows import to_ticket

        for row in self._execute(_TICKETS, (queue,)):
            try:
                yield to_ticket(workspace, *row)
            except WrongRow as error:
                raise NoGlance(str(error)) from None

    def most_urgent(
        self,
        queues: "Mapping[int, str]",
        now: int,
        limit: int,
        allowed: Allowed | None = None,
    ) -> "dict[TicketRef, Ticket]":
        """Return the open tickets that come first, and others, without reading all there are.

        `queues` are the workspaces' names by the numbers of their queues. The tickets are as their
        vendors have them: by the words of a workspace others may come first.
        """
        import json

        from tui.domain.ticket import TicketRef
        from tui.store.ticket_rows import to_ticket

        among = json.dumps(list(queues))
        rows = self._execute(_FLAGGED, (now - _GIVEN_UP, among, limit))
        for rank in range(_RANKS):
            since = (_EVER,) if rank <= _HIGH else (_EVER, now - _GIVEN_UP)
            for due in since:
                rows += self._execute(_BY_URGENCY, (rank, due, among, limit))
                if allowed and rank in allowed:
                    created = max(due, _EVER + allowed[rank]) - allowed[rank]
                    rows += self._execute(_ALLOWED, (rank, created, among, limit))
        found: dict[TicketRef, Ticket] = {}
        for queue, ticket_id, *row in rows:
            ref = TicketRef(queues[queue], ticket_id)
            if ref not in found:
                try:
                    found[ref] = to_ticket(ref.workspace, ticket_id, *row)
                except WrongRow as error:
                    raise NoGlance(str(error)) from None
        return found

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def _row(self, statement: str, values: tuple[object, ...] = ()) -> "tuple[Any, ...]":
        for row in self._execute(statement, values):
            return row
        raise NoGlance("something is missing in it")

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> "list[tuple[Any, ...]]":
        try:
            return self._connection.execute(statement, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise NoGlance(str(error)) from None


def _check_times(*stored: int | None) -> None:
    """Raise NoGlance for what is no time in microseconds."""
    try:
        for each in stored:
            if each is not None:
                to_moment(each)
    except WrongRow as error:
        raise NoGlance(str(error)) from None


def _check_kind(path: str) -> None:
    """Raise NoGlance for what is no file of any content: SQLite waits for ever for a pipe.

    And for what others may have put there: a row's checksum says that it is whole, not whose it is.
    """
    try:
        facts = os.stat(path)  # noqa: PTH116  pathlib takes longer to load than all of this
        folder = os.stat(os.path.dirname(path))  # noqa: PTH116, PTH120
    except OSError as error:
        raise NoGlance(error.strerror or "no such place", "ticketdeck check tells more") from None
    if is_open(folder):
        raise NoGlance("others may write in its folder", "chmod 700 makes it yours")
    if is_foreign(folder):
        raise NoGlance("its folder belongs to somebody else", "set state_dir to another place")
    if not stat.S_ISREG(facts.st_mode):
        raise NoGlance("not a file")
    if facts.st_size == 0:
        raise NoGlance("empty: nothing is stored yet")
