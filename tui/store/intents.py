"""The outbox: every create from before it is sent until its end is certain, for all processes."""

import sqlite3
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from tui.domain.clean import clean
from tui.domain.draft import Outcome, OutcomeState
from tui.domain.errors import StateError
from tui.domain.ports import Intent
from tui.domain.ticket import TicketRef
from tui.store.act_rows import of_queues
from tui.store.entry import INTERRUPTED, Entry
from tui.store.intent_rows import (
    DROPPED,
    HOLDS,
    INTENTS,
    IS_OPEN,
    NO_VALUES,
    RETRIED,
    IntentRow,
    closed,
    ended,
    is_kept,
    may_replace,
    read_entries,
    reopened,
    to_row,
)
from tui.store.ledger_file import LedgerFile
from tui.store.losses import drop_losses, find_losses, forbid_lost_key, told_losses
from tui.store.moments import to_microseconds

_FIXED: Final = timedelta(seconds=2)
"""So long after a create was asked for, its form surely stood still; what is typed later is another
text."""
_LATE: Final = timedelta(minutes=5)
"""So long after a create was asked for, its ticket may come."""
_AT_ONCE: Final = timedelta(seconds=2)
"""So long after a create was asked for at most, the one that it takes the place of is closed."""
_OF_ANOTHER: Final = "what looked like its ticket is another create's; it is looked for again"
_HELD: Final = "queue = ? AND ticket IS NOT NULL AND state = 'created'"


class IntentLog:
    """The creates of everybody. For any thread; every method raises StateError like the ledger's.

    What a method wrote is on the disk when it returns.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file
        self._was_whole = False

    def record(self, intent: Intent, busy_until: datetime) -> Entry | None:
        """Keep an intent, before anything of it is sent; None: it is kept, and may be sent.

        Else the entry of the same key that forbids it, and nothing was written: one that was
        created, dropped, or is open. A key counts for all workspaces. A second intent of the same
        id is an error.
        """
        # What was damaged a moment ago may have had this key.
        self._file.rows(INTENTS, "1")
        with self._file.writing() as connection:
            blocking = self._find_blocking(connection, intent.key)
            if blocking is None:
                self._add(connection, intent, busy_until)
            return blocking

    def hold(self, intent_id: str, busy_until: datetime) -> bool:
        """Keep until when this process is at an open create; its `now` lets go of it.

        False: it is not open any more.
        """
        with self._file.writing() as connection:
            condition = f"id = ? AND {IS_OPEN}"
            is_open = bool(self._file.checked(connection, INTENTS, condition, intent_id))
            if is_open:
                HOLDS.put(connection, (intent_id, to_microseconds(busy_until)))
            return is_open

    def hold_to_send(self, intent_id: str, busy_until: datetime) -> bool:
        """Hold a create whose request is about to leave; False: it must not leave.

        Then it is closed, or another process has taken it up: this one was stopped for a while.
        """
        with self._file.writing() as connection:
            condition = "id = ? AND state IS NULL"
            is_ours = bool(self._file.checked(connection, INTENTS, condition, intent_id))
            if is_ours:
                HOLDS.put(connection, (intent_id, to_microseconds(busy_until)))
            return is_ours

    def take_up(
        self,
        now: datetime,
        busy_until: datetime,
        workspaces: Collection[str],
        *,
        besides: Collection[str] = (),
    ) -> tuple[Entry, ...]:
        """Hold what is open, nobody is at, and was not looked for to the end; return it as it was.

        Every process may ask at once: each entry goes to one of them. What was not answered is
        UNKNOWN from then on, so that who was about to send it does not. `besides` are ids of
        creates that the asker is at itself.
        """
        self._read_whole()
        queues, keys = of_queues(dict.fromkeys(map(self._key, workspaces)))
        condition = f"{IS_OPEN} AND ifnull(looked, 0) = 0 AND {queues}"
        idle = partial(_idle, now=now, besides=frozenset(besides))
        if not idle(self._entries(condition, *keys)):
            return ()
        with self._file.writing() as connection:
            found = idle(self._read(connection, condition, *keys))
            for entry in found:
                self._take(connection, entry, now, busy_until)
        return tuple(replace(entry, busy_until=busy_until) for entry in found)

    def take(self, intent_id: str, now: datetime, busy_until: datetime) -> bool:
        """Hold an open create as `take_up` does, looked for or not; False: somebody is at it.

        False also where it is not open.
        """
        with self._file.writing() as connection:
            for entry in self._read(connection, "id = ?", intent_id):
                if entry.is_open and not entry.is_busy(now):
                    self._take(connection, entry, now, busy_until)
                    return True
        return False

    def resolve(self, outcome: Outcome, *, is_looked: bool = False) -> bool:
        """Keep how a create ended; False: its ticket is another create's, nothing was written.

        False also for a CREATED where something else is known of it that counts for more.

        `is_looked`: it is what reading the vendor's tickets told, to the end. Without that it is
        the word of who sent it, and counts for more: it replaces what reading told, and a ticket
        that reading gave to another create is taken from that one, which is open again. What is
        certain is never replaced by what is not, and what a person closed only by CREATED.

        UNKNOWN leaves it held where it was not read to the end: a process is still at it. With
        CREATED its kept draft goes, unless it was typed on since.
        """
        with self._file.writing() as connection:
            row = self._row(connection, outcome.intent_id)
            if row is None:
                return True
            if not may_replace(row, outcome.state, is_looked=is_looked):
                return outcome.state is not OutcomeState.CREATED or is_kept(row, outcome)
            return self._put_end(connection, row, outcome, is_looked=is_looked)

    def claim(self, outcome: Outcome) -> bool:
        """Keep that reading found the ticket of an open create; False: nothing was written.

        Because it is not open any more, or the ticket is another create's. Of several who find it
        at once, one is told that it was.
        """
        with self._file.writing() as connection:
            row = self._row(connection, outcome.intent_id)
            if row is None or row.state not in (None, OutcomeState.UNKNOWN.value):
                return False
            return self._put_end(connection, row, outcome, is_looked=True)

    def held(self, workspace: str) -> frozenset[str]:
        """Return the ids of a workspace's tickets that came of creates."""
        rows = self._file.rows(INTENTS, _HELD, self._key(workspace))
        return frozenset(str(IntentRow(*row).ticket) for row in rows)

    def supersede(self, old_id: str, new_intent: Intent, busy_until: datetime) -> Entry | None:
        """Record an intent in place of one that is open or was refused; its key moves on.

        None: it is kept, and may be sent. Else the entry that forbids it, and nothing was written:
        the old one where some process is at it, or it is closed; another one of the same key.
        Raises StateError where there is no old one, too.
        """
        now = self._file.clock.now()
        with self._file.writing() as connection:
            row = self._row(connection, old_id)
            found = self._read(connection, "id = ?", old_id)
            if row is None or not found:
                raise StateError(f"there is no create {clean(old_id)} in the outbox")
            (old,) = found
            if not _may_be_retried(old, now):
                return old
            key = row.key or new_intent.key
            blocking = self._find_blocking(connection, key, besides=old_id)
            if blocking is not None:
                return blocking
            INTENTS.put(connection, closed(row, RETRIED, now)._replace(key=None))
            _let_go(connection, old_id)
            self._add(connection, replace(new_intent, key=key), busy_until)
        return None

    def drop(self, intent_id: str) -> bool:
        """Keep that nothing is to come of an open create; False: none of this id, or it is busy."""
        now = self._file.clock.now()
        with self._file.writing() as connection:
            row = self._row(connection, intent_id)
            entries = self._read(connection, "id = ?", intent_id)
            if row is None or not any(each.is_open and not each.is_busy(now) for each in entries):
                return False
            INTENTS.put(connection, closed(row, DROPPED, now))
            _let_go(connection, intent_id)
        return True

    def entries(self) -> tuple[Entry, ...]:
        """Return every create, oldest first, those of other configurations too."""
        return tuple(self._entries("1"))

    def entry(self, intent_id: str) -> Entry | None:
        """Return one create; None where there is none of this id."""
        return next(iter(self._entries("id = ?", intent_id)), None)

    def open_entries(self) -> tuple[Entry, ...]:
        """Return the open creates of the configured workspaces, oldest first."""
        self._read_whole()
        return tuple(entry for entry in self._entries(IS_OPEN) if entry.is_configured)

    def losses(self) -> tuple[str, ...]:
        """Return what the ledger has lost, a line each, until `drop_losses`."""
        self._read_whole()
        return told_losses(self._file)

    def drop_losses(self) -> bool:
        """Keep that a person has looked after what is lost; False: nothing is."""
        return drop_losses(self._file)

    def rivals(self, intent_id: str) -> tuple[Entry, ...]:
        """Return the other creates of its queue that a ticket may be of as well, oldest first.

        What is open; and what a person closed, because its ticket may be there, or come yet. Not
        what this one was sent in place of.
        """
        found = self._file.rows(INTENTS, "id = ?", intent_id)
        if not found:
            return ()
        row = IntentRow(*found[0])
        late, at_once = (each // timedelta(microseconds=1) for each in (_LATE, _AT_ONCE))
        is_former = f"(state = '{RETRIED}' AND resolved BETWEEN ? AND ?)"
        is_closed = f"(state IN ('{DROPPED}', '{RETRIED}') AND at > ? AND NOT {is_former})"
        return tuple(
            self._entries(
                f"queue = ? AND id != ? AND ({IS_OPEN} OR {is_closed})",
                *(row.queue, row.id, row.at - late, row.at, row.at + at_once),
            )
        )

    def tidy(self, before: datetime) -> int:
        """Forget what was closed before then; return how many creates it was.

        Of one with a key only what was in it is forgotten, unless it was refused: the key must
        forbid another create for ever.
        """
        old = f"NOT {IS_OPEN} AND resolved < ?"
        spare = "key IS NULL OR state = 'not_created'"
        moment = to_microseconds(before)
        if not self._file.rows(INTENTS, f"{old} AND ({spare} OR content != ?)", moment, NO_VALUES):
            return 0
        with self._file.writing() as connection:
            closed_rows = self._file.checked(connection, INTENTS, f"{old} AND ({spare})", moment)
            forgotten = [(IntentRow(*row).id,) for row in closed_rows]
            connection.executemany("DELETE FROM intents WHERE id = ?", forgotten)
            for row in self._file.checked(
                connection, INTENTS, f"{old} AND content != ?", moment, NO_VALUES
            ):
                INTENTS.put(connection, IntentRow(*row)._replace(content=NO_VALUES, known=None))
        return len(forgotten)

    def data_version(self) -> int:
        """Return a number that changes when another process has written to the ledger. Cheap."""
        return self._file.data_version()

    def version_at_once(self) -> int | None:
        """Return the `data_version`; None where this process is in a transaction just now."""
        return self._file.version_at_once()

    def _take(
        self, connection: sqlite3.Connection, entry: Entry, now: datetime, busy_until: datetime
    ) -> None:
        HOLDS.put(connection, (entry.intent.id, to_microseconds(busy_until)))
        row = self._row(connection, entry.intent.id)
        if row is not None and row.state is None:
            left = Outcome(intent_id=row.id, state=OutcomeState.UNKNOWN, message=INTERRUPTED)
            INTENTS.put(connection, ended(row, left, now, is_looked=False))

    def _add(self, connection: sqlite3.Connection, intent: Intent, busy_until: datetime) -> None:
        if self._row(connection, intent.id) is not None:
            raise StateError(
                f"the create {clean(intent.id)} was recorded before: it is not sent twice"
            )
        INTENTS.put(connection, to_row(self._key(intent.draft.workspace), intent))
        HOLDS.put(connection, (intent.id, to_microseconds(busy_until)))

    def _find_blocking(
        self, connection: sqlite3.Connection, key: str | None, *, besides: str = ""
    ) -> Entry | None:
        """Return the create of this key that forbids another one.

        Raises:
            StateError: one that is lost, or cannot be understood here, may forbid it.
        """
        if key is None:
            return None
        condition = "key = ? AND id != ? AND state IS NOT 'not_created'"
        if found := self._read(connection, condition, key, besides):
            return found[0]
        if self._file.checked(connection, INTENTS, condition, key, besides):
            raise StateError(
                f"what became of the create with the key {clean(key)} cannot be read: update"
                " ticketdeck, or look at the vendor and take another key"
            )
        forbid_lost_key(connection, key)
        return None

    def _put_end(
        self, connection: sqlite3.Connection, row: IntentRow, outcome: Outcome, *, is_looked: bool
    ) -> bool:
        """Write how a create ended; False: its ticket is another one's, nothing was written."""
        if outcome.state is OutcomeState.CREATED:
            if not self._give(connection, row, outcome.ref, is_looked=is_looked):
                return False
            _forget_draft(connection, row)
        INTENTS.put(connection, ended(row, outcome, self._file.clock.now(), is_looked=is_looked))
        if is_looked or outcome.state is not OutcomeState.UNKNOWN:
            _let_go(connection, row.id)
        return True

    def _give(
        self,
        connection: sqlite3.Connection,
        row: IntentRow,
        ref: TicketRef | None,
        *,
        is_looked: bool,
    ) -> bool:
        """Make sure that a ticket is this create's alone; False: it is surely another's."""
        if ref is None:
            return True
        condition = f"{_HELD} AND ticket = ? AND id != ?"
        rows = self._file.checked(connection, INTENTS, condition, row.queue, ref.id, row.id)
        others = [IntentRow(*each) for each in rows]
        if any(is_looked or not other.looked for other in others):
            return False
        for other in others:
            INTENTS.put(connection, reopened(other, _OF_ANOTHER))
        return True

    def _read_whole(self) -> None:
        """Read every create once: one that was damaged may look as if it were closed.

        With it all else that is told as lost, where it is.
        """
        if not self._was_whole:
            find_losses(self._file)
            self._was_whole = True

    def _row(self, connection: sqlite3.Connection, intent_id: str) -> IntentRow | None:
        for row in self._file.checked(connection, INTENTS, "id = ?", intent_id):
            return IntentRow(*row)
        return None

    def _entries(self, condition: str, *values: object) -> list[Entry]:
        return self._file.read(
            lambda _, read_rows: read_entries(read_rows, self._file.names_of, condition, *values)
        )

    def _read(self, connection: sqlite3.Connection, condition: str, *values: object) -> list[Entry]:
        read_rows = partial(self._file.checked, connection)
        return read_entries(read_rows, self._file.names_of, condition, *values)

    def _key(self, workspace: str) -> str:
        return self._file.key_of(workspace) or workspace


def _idle(entries: list[Entry], *, now: datetime, besides: frozenset[str]) -> list[Entry]:
    return [entry for entry in entries if not entry.is_busy(now) and entry.intent.id not in besides]


def _may_be_retried(entry: Entry, now: datetime) -> bool:
    if entry.is_open:
        return not entry.is_busy(now)
    return entry.outcome is not None and entry.outcome.state is OutcomeState.NOT_CREATED


def _forget_draft(connection: sqlite3.Connection, row: IntentRow) -> None:
    """Delete the draft that was sent, unless it was typed on since it was first sent so."""
    first_sent = "SELECT min(at) FROM intents WHERE draft = ? AND content = ?"
    connection.execute(
        f"DELETE FROM drafts WHERE id = ? AND at <= ? + ({first_sent})",  # noqa: S608  ours
        (row.draft, _FIXED // timedelta(microseconds=1), row.draft, row.content),
    )


def _let_go(connection: sqlite3.Connection, intent_id: str) -> None:
    connection.execute("DELETE FROM holds WHERE intent = ?", (intent_id,))
