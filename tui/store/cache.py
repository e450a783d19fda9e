"""The cache: every queue's tickets, changes and health on disk, shared by the processes of a host.

Every process fills its `queue.TicketQueue` from it. The revision of a change is given out by the
transaction that makes it, so that every process sees all changes, and in one order.
"""

import gc
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from itertools import repeat
from typing import Final

import msgspec

from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.page import TICKETS_LIMIT
from tui.domain.revision import Present, Revision, Revisions
from tui.domain.ticket import Ticket, TicketRef
from tui.store.cache_file import CacheFile, forget_tickets
from tui.store.lease import Lease, check_lease
from tui.store.moments import to_microseconds
from tui.store.positions import (
    is_kept,
    last_change,
    only_row,
    present_position,
    written_at,
)
from tui.store.purging import forget_older
from tui.store.revisions import read_history, read_part
from tui.store.ticket_rows import to_row, to_ticket
from tui.store.totals import forget_samples, take_sample
from tui.store.unstored_texts import Stamped, UnstoredTexts
from tui.store.wrong_row import WrongRow

MISSES_UNTIL_REMOVED: Final = 2
"""Complete sweeps that must miss a ticket before it counts as removed: pages shift while read."""
LOG_LIMIT: Final = 200_000
"""Changes kept at most, whatever the retention: about 100 MB with what was before them."""
REVISIONS_AT_ONCE: Final = 10_000
"""Changes read at once at most, so that who comes late needs no more memory than others."""

_UPSERT = """
    INSERT INTO tickets
        (queue, id, content, checksum, status, closed, rank, due, flagged, created, texts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (queue, id) DO UPDATE SET
        content = excluded.content, checksum = excluded.checksum, status = excluded.status,
        closed = excluded.closed, rank = excluded.rank, due = excluded.due,
        flagged = excluded.flagged, created = excluded.created, texts = excluded.texts
    WHERE content IS NOT excluded.content OR texts IS NOT excluded.texts
"""
_CONFIRM = """
    INSERT INTO sightings (queue, id, confirmed) VALUES (?, ?, ?)
    ON CONFLICT (queue, id) DO UPDATE SET confirmed = excluded.confirmed, misses = 0
"""
_SHED = """
    DELETE FROM tickets WHERE queue = ? AND id IN (
        SELECT id FROM sightings WHERE queue = ? ORDER BY confirmed DESC LIMIT -1 OFFSET ?
    )
"""
_ALL = """
    SELECT queue, id, content, checksum, confirmed
    FROM tickets JOIN sightings USING (queue, id)
    ORDER BY tickets.rowid
"""
_SINCE = """
    SELECT changed.queue, changed.id, content, checksum, confirmed, was
    FROM (SELECT queue, id, was, min(n) FROM changes WHERE n > ? GROUP BY queue, id) AS changed
    LEFT JOIN tickets USING (queue, id) LEFT JOIN sightings USING (queue, id)
"""
_HEALTH = msgspec.msgpack.Decoder(WorkspaceHealth)
_NO_HEALTH = WorkspaceHealth()

Row = tuple[int, str, bytes, int, int]


class TicketCache:
    """Keeps the tickets of all workspaces and answers what changed since a position.

    Every method raises StateError where other processes keep the file locked for too long, and
    nothing else. Writes that are handed a lease raise LeaseLost when it is not held any more.
    """

    def __init__(self, file: CacheFile, *, retention: timedelta = timedelta(days=30)) -> None:
        self._file = file
        self._retention = retention
        self._texts = UnstoredTexts()

    def apply(
        self,
        workspace: str,
        tickets: Iterable[Ticket],
        removed: Iterable[TicketRef] = (),
        *,
        lease: Lease | None = None,
    ) -> frozenset[TicketRef]:
        """Take in what a vendor showed of one workspace; return what was different before."""
        shown, gone = list(tickets), list(removed)

        def operation(connection: sqlite3.Connection) -> tuple[frozenset[TicketRef], Stamped]:
            queue = self._begin(connection, workspace, lease)
            before = last_change(connection)
            stamped = Stamped() if self._file.store_bodies else self._texts.stamped(queue, shown)
            self._upsert(connection, queue, shown, stamped.stamps or repeat(0))
            connection.executemany(
                "DELETE FROM tickets WHERE queue = ? AND id = ?", [(queue, ref.id) for ref in gone]
            )
            return _touched(connection, queue, workspace, before), stamped

        changed, stamped = self._file.write(operation)
        self._texts.keep(stamped)
        return changed

    def finish_sweep(
        self, workspace: str, seen: AbstractSet[TicketRef] | None, *, lease: Lease | None = None
    ) -> frozenset[TicketRef]:
        """Count a miss for the workspace's tickets that a complete sweep did not show.

        None for one that was not complete: it proves nothing about what it did not show. Of more
        than `TICKETS_LIMIT` those go that were not shown for longest. Forgets old changes too, and
        takes a sample of the counts. Returns the tickets that were removed by it.
        """
        shown = None if seen is None else {ref.id for ref in seen if ref.workspace == workspace}

        def operation(connection: sqlite3.Connection) -> frozenset[TicketRef]:
            queue = self._begin(connection, workspace, lease)
            before = last_change(connection)
            stored = connection.execute("SELECT id FROM tickets WHERE queue = ?", (queue,))
            ids = [ticket_id for (ticket_id,) in stored]
            missed = [(queue, each) for each in ids if shown is not None and each not in shown]
            connection.executemany(
                "UPDATE sightings SET misses = misses + 1 WHERE queue = ? AND id = ?", missed
            )
            connection.executemany(
                "DELETE FROM tickets WHERE queue = ? AND id = ? AND (SELECT misses FROM sightings"
                " WHERE sightings.queue = tickets.queue AND sightings.id = tickets.id) >= ?",
                [(*key, MISSES_UNTIL_REMOVED) for key in missed],
            )
            if len(ids) > TICKETS_LIMIT:
                connection.execute(_SHED, (queue, queue, TICKETS_LIMIT))
            take_sample(connection, queue, self._file.clock.now())
            gone = _touched(connection, queue, workspace, before)
            self._prune(connection)
            return gone

        return self._file.write(operation)

    def set_health(
        self, workspace: str, health: WorkspaceHealth, *, lease: Lease | None = None
    ) -> bool:
        """Replace the workspace's health; return whether it differs from before.

        Takes a sample of the counts where all is well: light polls seldom finish a sweep.
        """

        def operation(connection: sqlite3.Connection) -> bool:
            queue = self._begin(connection, workspace, lease)
            now, before = written_at(connection), self._healths(connection)[workspace]
            since = before.since if before.at(now).is_like(health.at(now)) else now
            encoded = msgspec.msgpack.encode(replace(health, since=since))
            if health.state is HealthState.OK and health.as_of is not None:
                take_sample(connection, queue, self._file.clock.now())
            written = connection.execute(
                "UPDATE queues SET health = ?, as_of = ?, late_at = ?, state = ?,"
                " begun = ifnull(begun, ?) WHERE queue = ? AND health IS NOT ?",
                (
                    encoded,
                    to_microseconds(health.as_of),
                    to_microseconds(health.late_at),
                    health.state.value,
                    None if health.as_of is None else last_change(connection),
                    queue,
                    encoded,
                ),
            )
            return written.rowcount > 0

        return self._file.write(operation)

    def health(self) -> Mapping[str, WorkspaceHealth]:
        """Return the health of every workspace, in the order of the configuration."""
        return self._file.read(self._healths)

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        """Return what changed since `position`, each ticket at most once, in its latest state."""

        def operation(connection: sqlite3.Connection) -> ChangeSet | Reset:
            here = present_position(connection)
            if position is None or not is_kept(connection, position):
                return Reset(position=here, tickets=self._all_tickets(connection))
            return self._changes(connection, position.n, here)

        return self._file.read(operation)

    def revisions_since(
        self, position: Position | None, *, settled: bool = False, limit: int = REVISIONS_AT_ONCE
    ) -> Revisions | Present:
        """Return every single change since `position`, as many as `limit` at once.

        Whoever asks is told the same. `settled` waits for writes that are under way, so that
        `until` is the present; else it is the time of the last write.
        """

        def operation(connection: sqlite3.Connection) -> Revisions | Present:
            health = self._healths(connection)
            until = self._file.clock.now() if settled else written_at(connection)
            if position is not None and is_kept(connection, position):
                part = read_part(
                    connection, self._file.names(), position.n, limit, complete=self._with_texts
                )
                return Revisions(
                    position=Position(position.epoch, part.last),
                    until=part.more_from or until,
                    revisions=part.revisions,
                    health=health,
                    has_more=part.more_from is not None,
                )
            return Present(
                position=present_position(connection),
                until=until,
                tickets=self._all_tickets(connection),
                health=health,
            )

        # Who may write is alone with the file: nothing from before is still to come.
        return self._file.write(operation) if settled else self._file.read(operation)

    def history(self, ref: TicketRef) -> tuple[Revision, ...]:
        """Return a ticket's changes, newest first, as far as they are kept; without its coming."""
        queue = self._file.id_of(ref.workspace)
        return self._file.read(
            lambda connection: read_history(connection, queue, ref, complete=self._with_texts)
        )

    def tickets(self) -> tuple[Ticket, ...]:
        """Return all tickets there are now."""
        return self._file.read(self._all_tickets)

    def epoch(self, workspace: str) -> str:
        """Return what is another text when what was stored of it is gone: purged, or begun anew."""

        def operation(connection: sqlite3.Connection) -> str:
            key = (self._file.id_of(workspace),)
            (epoch,) = only_row(connection.execute("SELECT epoch FROM queues WHERE queue = ?", key))
            return str(epoch)

        return self._file.read(operation)

    def has_news(self) -> bool:
        """Whether another process has written since the last call; True the first time. Cheap."""
        return self._file.has_news()

    def purge(
        self, older_than: timedelta | None = None, workspaces: Collection[str] | None = None
    ) -> int:
        """Delete tickets not confirmed for so long, and the history before; None: everything.

        Of these workspaces; None: of all queues in the file, those of other configurations too.
        Files that were put aside go in any case. Returns how many tickets were deleted. Every
        reader gets a Reset afterwards.
        """
        chosen = None if workspaces is None else [self._file.id_of(name) for name in workspaces]

        def operation(connection: sqlite3.Connection) -> int:
            if older_than is None:
                return forget_tickets(connection, chosen)
            cutoff = to_microseconds(self._file.clock.now() - older_than)
            found = connection.execute("SELECT queue FROM queues").fetchall()
            queues = [queue for (queue,) in found] if chosen is None else chosen
            return sum(forget_older(connection, queue, cutoff) for queue in queues)

        deleted = self._file.write(operation)
        if older_than is None:
            self._texts.forget(chosen)
        self._file.delete_files_aside()
        self._file.shrink()
        return deleted

    def _begin(self, connection: sqlite3.Connection, workspace: str, lease: Lease | None) -> int:
        queue = self._file.id_of(workspace)
        if lease is not None:
            check_lease(connection, queue, lease)
        connection.execute("UPDATE journal SET now = ?", (to_microseconds(self._file.clock.now()),))
        return queue

    def _upsert(
        self,
        connection: sqlite3.Connection,
        queue: int,
        tickets: list[Ticket],
        stamps: Iterable[int],
    ) -> None:
        with_texts = self._file.store_bodies
        if with_texts and tickets:
            connection.execute("UPDATE journal SET has_texts = 1 WHERE NOT has_texts")
        connection.executemany(
            _CONFIRM,
            [(queue, each.ref.id, to_microseconds(each.confirmed_at)) for each in tickets],
        )
        connection.executemany(
            _UPSERT,
            (
                (*to_row(queue, each, with_texts=with_texts), stamp)
                for each, stamp in zip(tickets, stamps, strict=False)
            ),
        )

    def _changes(self, connection: sqlite3.Connection, n: int, here: Position) -> ChangeSet:
        names = self._file.names()
        added: list[Ticket] = []
        changed: list[Ticket] = []
        removed: list[TicketRef] = []
        for *row, was in connection.execute(_SINCE, (n,)):
            queue, ticket_id, content, checksum, confirmed = row
            if queue not in names:
                continue
            if content is not None:
                found = self._tickets([(queue, ticket_id, content, checksum, confirmed)])
                (added if was is None else changed).extend(found)
            elif was is not None:
                removed.extend(TicketRef(name, ticket_id) for name in names[queue])
        return ChangeSet(
            position=here, added=tuple(added), changed=tuple(changed), removed=tuple(removed)
        )

    def _all_tickets(self, connection: sqlite3.Connection) -> tuple[Ticket, ...]:
        was_enabled = gc.isenabled()
        # The collector would walk through all tickets so far, again and again, and free none.
        gc.disable()
        try:
            found = self._tickets(connection.execute(_ALL))
            if len({ticket.ref for ticket in found}) != len(found):
                # An index misses a row, and the ticket was added anew.
                raise WrongRow("a stored ticket is there twice")
        finally:
            if was_enabled:
                gc.enable()
        return found

    def _tickets(self, rows: Iterable[Row]) -> tuple[Ticket, ...]:
        names = self._file.names()
        tickets: list[Ticket] = []
        for queue, ticket_id, content, checksum, confirmed in rows:
            for name in names.get(queue, ()):
                ticket = to_ticket(name, ticket_id, content, checksum, confirmed)
                tickets.append(self._with_texts(queue, ticket))
        return tuple(tickets)

    def _with_texts(self, queue: int, ticket: Ticket) -> Ticket:
        return ticket if self._file.store_bodies else self._texts.added_to(queue, ticket)

    def _healths(self, connection: sqlite3.Connection) -> Mapping[str, WorkspaceHealth]:
        stored = dict(connection.execute("SELECT queue, health FROM queues"))
        return {
            name: _read_health(stored.get(self._file.id_of(name))) for name in self._file.queues
        }

    def _prune(self, connection: sqlite3.Connection) -> None:
        """Forget changes that are older than the retention, or too many."""
        cutoff = to_microseconds(self._file.clock.now() - self._retention)
        forget_samples(connection, cutoff)
        oldest = connection.execute("SELECT n, at FROM changes ORDER BY n LIMIT 1").fetchone()
        if oldest is None:
            return
        surplus = last_change(connection) - LOG_LIMIT
        if oldest[1] >= cutoff and oldest[0] > surplus:
            return
        (until,) = connection.execute(
            "SELECT max(n) FROM changes WHERE at < ? OR n <= ?", (cutoff, surplus)
        ).fetchone()
        connection.execute("DELETE FROM changes WHERE n <= ?", (until,))
        connection.execute("UPDATE journal SET pruned = ?", (until,))


def _touched(
    connection: sqlite3.Connection, queue: int, workspace: str, since: int
) -> frozenset[TicketRef]:
    """Return the tickets of a queue that changed after `since`."""
    rows = connection.execute("SELECT id FROM changes WHERE n > ? AND queue = ?", (since, queue))
    return frozenset(TicketRef(workspace, ticket_id) for (ticket_id,) in rows)


def _read_health(encoded: bytes | None) -> WorkspaceHealth:
    if encoded is None:
        return _NO_HEALTH
    try:
        return _HEALTH.decode(encoded)
    except (ValueError, TypeError):
        # The next poll writes it anew.
        return _NO_HEALTH
