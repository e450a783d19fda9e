"""Leases: which of the processes on one journal polls a queue.

A holder shows that it lives by its heartbeat. Whoever finds it missing for `patience` takes over
and gets a higher token, by which the cache tells the writes of a holder that only slept.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui.domain.errors import LeaseLost
from tui.store.cache_file import CacheFile
from tui.store.moments import to_microseconds, to_moment


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to poll a workspace, for as long as nobody takes it over."""

    workspace: str
    owner: str
    token: int


@dataclass(frozen=True, slots=True)
class Beat:
    """What a holder hears from the others when it shows that it lives."""

    asked: bool
    """Whether somebody asked for a poll since the last beat; once for all who asked."""
    watched: datetime | None
    """When a person last looked at the queue."""


@dataclass(frozen=True, slots=True)
class LeaseState:
    """What the journal says of one queue's polling."""

    owner: str | None
    """None: nobody polls."""
    token: int
    heartbeat: datetime

    def may_be_taken(self, owner: str, now: datetime, patience: timedelta) -> bool:
        """Whether `owner` may poll from now on.

        A heartbeat far in the future comes from a clock that was put back since: waiting for it
        could take years.
        """
        return self.owner in (None, owner) or abs(now - self.heartbeat) > patience


class Leases:
    """Acquires, renews and gives back leases. Methods raise StateError like the cache's."""

    def __init__(self, file: CacheFile, *, patience: timedelta) -> None:
        self._file = file
        self._patience = patience
        """How long a heartbeat may be missing: a few times the interval of `beat`."""

    def acquire(self, workspace: str, owner: str, now: datetime) -> Lease | None:
        """Return a new lease for `owner`; None while somebody else holds one."""
        if self.is_held_by_another(workspace, owner, now):
            # Many wait and one holds: those who wait take no lock for it.
            return None

        def operation(connection: sqlite3.Connection) -> Lease | None:
            queue = self._file.id_of(workspace)
            state = _state(connection, queue)
            if state is not None and not state.may_be_taken(owner, now, self._patience):
                return None
            (token,) = connection.execute(
                "INSERT INTO leases (queue, owner, token, heartbeat) VALUES (?, ?, 1, ?)"
                " ON CONFLICT (queue) DO UPDATE SET owner = excluded.owner,"
                " token = token + 1, heartbeat = excluded.heartbeat RETURNING token",
                (queue, owner, to_microseconds(now)),
            ).fetchone()
            return Lease(workspace, owner, int(token))

        return self._file.write(operation)

    def beat(self, lease: Lease, now: datetime) -> Beat | None:
        """Show that the holder lives; return None where another process has taken over."""

        def operation(connection: sqlite3.Connection) -> Beat | None:
            key = (self._file.id_of(lease.workspace), lease.owner, lease.token)
            found = connection.execute(
                "SELECT asked IS NOT NULL, watched FROM leases"
                " WHERE (queue, owner, token) = (?, ?, ?)",
                key,
            ).fetchone()
            if found is None:
                return None
            connection.execute(
                "UPDATE leases SET heartbeat = ?, asked = NULL WHERE queue = ?",
                (to_microseconds(now), key[0]),
            )
            asked, watched = found
            return Beat(bool(asked), None if watched is None else to_moment(watched))

        return self._file.write(operation)

    def release(self, lease: Lease) -> bool:
        """Let others poll at once; return False where one does already."""

        def operation(connection: sqlite3.Connection) -> bool:
            released = connection.execute(
                "UPDATE leases SET owner = NULL WHERE (queue, owner, token) = (?, ?, ?)",
                (self._file.id_of(lease.workspace), lease.owner, lease.token),
            )
            return released.rowcount > 0

        return self._file.write(operation)

    def state(self, workspace: str) -> LeaseState | None:
        """Return who polls the workspace; None where nobody ever did."""
        return self._file.read(lambda c: _state(c, self._file.id_of(workspace)))

    def is_held_by_another(self, workspace: str, owner: str, now: datetime) -> bool:
        """Whether another process than `owner` polls the workspace, and lives."""
        state = self.state(workspace)
        return state is not None and not state.may_be_taken(owner, now, self._patience)

    def ask_for_poll(self, workspace: str, now: datetime) -> None:
        """Ask whoever holds the workspace's lease to poll now."""
        self._note(workspace, "asked", now)

    def watch(self, workspace: str, now: datetime) -> None:
        """Tell whoever holds the workspace's lease that a person looks at it."""
        self._note(workspace, "watched", now)

    def _note(self, workspace: str, column: str, now: datetime) -> None:
        self._file.write(
            lambda connection: connection.execute(
                f"UPDATE leases SET {column} = ? WHERE queue = ?",  # noqa: S608  a name of ours
                (to_microseconds(now), self._file.id_of(workspace)),
            )
        )


def check_lease(connection: sqlite3.Connection, queue: int, lease: Lease) -> None:
    """Raise LeaseLost unless the lease is still held, as of this transaction."""
    state = _state(connection, queue)
    if state is None or (state.owner, state.token) != (lease.owner, lease.token):
        raise LeaseLost(f"{lease.workspace}: another process polls it now")


def _state(connection: sqlite3.Connection, queue: int) -> LeaseState | None:
    found = connection.execute(
        "SELECT owner, token, heartbeat FROM leases WHERE queue = ?", (queue,)
    ).fetchone()
    if found is None:
        return None
    owner, token, heartbeat = found
    return LeaseState(owner, token, to_moment(heartbeat))
