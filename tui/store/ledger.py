"""The ledger's counts: how many calls were made, and whose they are.

Nothing here is thrown away, not by a purge and not where it is damaged: a row that is not as it was
written is set apart and reported, and never used.
"""

import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from tui.domain.budget import CallBudget
from tui.domain.ports import Clock
from tui.store.checked_rows import CheckedTable, Row
from tui.store.ledger_file import LedgerFile
from tui.store.moments import to_microseconds, to_moment
from tui.store.queue_key import QueueKey
from tui.store.spending import (
    HOUR,
    LONGEST_REST,
    SHORT_WINDOW,
    Spending,
    counting,
    free_again,
    since,
    slot_end,
    slot_of,
    take_turns,
)

_SINCE = "account = ? AND slot > ? ORDER BY slot"
_SALT_BYTES = 32
_MICROSECOND = timedelta(microseconds=1)
_CALLS: Final = CheckedTable(
    *("calls", "account", "slot", "calls"),
    loss="a count of calls was damaged: the budget misses some of them",
)
_TURNS: Final = CheckedTable(
    *("turns", "account", "next"),
    loss="a rate limit was damaged: some calls may come too soon after others",
)
_RESTS: Final = CheckedTable(
    *("rests", "account", "until"),
    loss="how long a vendor asked to be left alone was damaged: a call may come too soon",
)
_SALT: Final = CheckedTable(
    *("salt", "n", "value"),
    loss="what tells accounts apart was damaged: their calls are counted from nothing again",
)
_ACCOUNTS: Final = CheckedTable(
    *("accounts", "origin", "account"),
    loss="whose calls they are was damaged: the next call finds it out again",
)


class Ledger:
    """Call counts on disk, and whose calls they are. For any thread.

    Every method raises StateError where the file cannot be read or written. What a method wrote is
    on the disk when it returns.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    @classmethod
    def open(cls, folder: Path, queues: Mapping[str, QueueKey], *, clock: Clock) -> Self:
        """Open or create the ledger in `folder`, as `LedgerFile.open`."""
        return cls(LedgerFile.open(folder, queues, clock=clock))

    @classmethod
    def in_memory(cls, queues: Mapping[str, QueueKey], *, clock: Clock) -> Self:
        """Return a ledger that goes with the process, for a demo that leaves nothing behind."""
        return cls(LedgerFile.in_memory(queues, clock=clock))

    @property
    def is_on_disk(self) -> bool:
        """Whether its methods wait for a disk and for other processes."""
        return self._file.is_on_disk

    @property
    def notices(self) -> tuple[str, ...]:
        """What was found damaged so far, a line each."""
        return self._file.notices

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def salt(self) -> bytes:
        """Return the random bytes of this ledger, the same for every process, for ever."""
        rows = self._file.rows(_SALT, "n = 1")
        if not rows:
            with self._file.writing() as connection:
                # Another process may have been sooner.
                rows = self._file.checked(connection, _SALT, "n = 1")
                if not rows:
                    rows = [(1, secrets.token_hex(_SALT_BYTES))]
                    _SALT.put(connection, rows[0])
        return bytes.fromhex(rows[0][1])

    def account_of(self, workspace: str, source: str) -> str | None:
        """Return whose calls they were when a credential from `source` was last read.

        Where none ever was, as on the desk of somebody who has none: whose calls those of the
        workspace's queue were last, by whatever credential.
        """
        origins = self._origins(workspace, source)
        known = self._accounts(origins)
        return next((known[origin] for origin in origins if origin in known), None)

    def remember_account(self, workspace: str, source: str, account: str) -> None:
        """Keep whose calls those of a credential are. `source` and `account` are digests."""
        origins = self._origins(workspace, source)
        known = self._accounts(origins)
        if any(known.get(origin) != account for origin in origins):
            with self._file.writing() as connection:
                for origin in origins:
                    _ACCOUNTS.put(connection, (origin, account))

    def rest(self, account: str, until: datetime) -> None:
        """Keep that a vendor asked the calls of an account to wait; the later moment holds."""
        with self._file.writing() as connection:
            if (self._rest(connection, account) or until) <= until:
                _RESTS.put(connection, (account, to_microseconds(until)))

    def add_calls(self, account: str, calls: int, slot: datetime) -> None:
        """Count calls that were made before the end of `slot`, whatever the budget says.

        `account` stands for all that share a budget. It is kept as it is: no credential, please.
        """
        with self._file.writing() as connection:
            self._add(connection, account, slot, calls)

    def return_calls(self, account: str, unused: Mapping[datetime, int]) -> None:
        """Take back calls that were counted, by their slot, and not made."""
        with self._file.writing() as connection:
            for slot, calls in unused.items():
                self._add(connection, account, slot, -calls)

    def spend_calls(
        self,
        account: str,
        wanted: int,
        at: datetime,
        budget: CallBudget,
        *,
        keep: int = 0,
        per_minute: int | None = None,
        unused: Mapping[datetime, int] | None = None,
    ) -> Spending:
        """Count up to `wanted` calls as made, so that no window ever has more than its budget.

        `keep` of the budget are left alone. `per_minute` is the vendor's rate limit, `unused` what
        was counted before and is given back first. All of it is one transaction: any number of
        processes may ask at once.
        """
        with self._file.writing() as connection:
            for counted_in, calls in (unused or {}).items():
                self._add(connection, account, counted_in, -calls)
            slot = slot_of(budget, at)
            rest = self._rest(connection, account)
            if rest is not None and at < rest <= at + LONGEST_REST:
                return Spending(at=at, slot=slot, slots={}, free_at=rest, is_resting=True)
            slots = counting(self._slots(connection, account, since(budget, at)), budget, at)
            used, room = sum(slots.values()), budget.calls - keep
            calls = min(wanted, room - used)
            if calls < 1:
                free_at = free_again(slots, budget, room, at)
                return Spending(at=at, slot=slot, slots=slots, free_at=free_at, is_spent=True)
            turns = (at,) * calls
            if per_minute is not None:
                rows = self._file.checked(connection, _TURNS, "account = ?", account)
                known = to_moment(rows[0][1]) if rows else None
                turns, following = take_turns(known, per_minute, calls, at)
                if not turns:
                    return Spending(at=at, slot=slot, slots=slots, free_at=following)
                _TURNS.put(connection, (account, to_microseconds(following)))
            if slot not in slots:
                self._fold(connection, account, at)
            self._add(connection, account, slot, len(turns))
            slots[slot] = slots.get(slot, 0) + len(turns)
            return Spending(at=at, slot=slot, turns=turns, slots=slots, free_at=at)

    def calls_by_slot(self, account: str, since: datetime) -> Mapping[datetime, int]:
        """Return the calls of each slot, by its end; the slot of `since` counts as whole."""
        return _by_slot(self._file.rows(_CALLS, _SINCE, account, to_microseconds(since)))

    def _add(
        self, connection: sqlite3.Connection, account: str, slot: datetime, calls: int
    ) -> None:
        end = to_microseconds(slot)
        known = self._file.checked(connection, _CALLS, "account = ? AND slot = ?", account, end)
        before = sum(row[2] for row in known)
        _CALLS.put(connection, (account, end, max(0, before + calls)))

    def _fold(self, connection: sqlite3.Connection, account: str, at: datetime) -> None:
        """Count by the hour what no short window holds any more: the file must stay small."""
        condition = f"account = ? AND slot < ? AND slot % {HOUR // _MICROSECOND}"
        old = to_microseconds(at - 2 * SHORT_WINDOW)
        for _, end, calls in self._file.checked(connection, _CALLS, condition, account, old):
            connection.execute("DELETE FROM calls WHERE account = ? AND slot = ?", (account, end))
            self._add(connection, account, slot_end(to_moment(end), HOUR), calls)

    def _slots(
        self, connection: sqlite3.Connection, account: str, since: datetime
    ) -> Mapping[datetime, int]:
        return _by_slot(
            self._file.checked(connection, _CALLS, _SINCE, account, to_microseconds(since))
        )

    def _rest(self, connection: sqlite3.Connection, account: str) -> datetime | None:
        rows = self._file.checked(connection, _RESTS, "account = ?", account)
        return to_moment(rows[0][1]) if rows else None

    def _origins(self, workspace: str, source: str) -> tuple[str, str]:
        """Return what tells whose calls they are: where the credential is from, then the queue."""
        return source, self._key(workspace)

    def _accounts(self, origins: tuple[str, str]) -> dict[str, str]:
        return {row[0]: row[1] for row in self._file.rows(_ACCOUNTS, "origin IN (?, ?)", *origins)}

    def _key(self, workspace: str) -> str:
        return self._file.key_of(workspace) or workspace


def _by_slot(rows: list[Row]) -> Mapping[datetime, int]:
    return {to_moment(slot): calls for _, slot, calls in rows}
