"""Deletes the tickets and the history that are older than asked for, as a purge does."""

import sqlite3

from tui.store.cache_file import renew_epoch
from tui.store.positions import last_change
from tui.store.totals import forget_samples


def forget_older(connection: sqlite3.Connection, queue: int, cutoff: int) -> int:
    """Delete a queue's tickets and history from before `cutoff`; return how many tickets."""
    before = last_change(connection)
    deleted = connection.execute(
        "DELETE FROM tickets WHERE queue = ? AND id IN"
        " (SELECT id FROM sightings WHERE queue = ? AND confirmed < ?)",
        (queue, queue, cutoff),
    ).rowcount
    # The vendor did not remove them: their going is no event.
    connection.execute(
        "DELETE FROM changes WHERE queue = ? AND (n > ? OR at < ?)", (queue, before, cutoff)
    )
    connection.execute("DELETE FROM polls WHERE queue = ? AND at < ?", (queue, cutoff))
    connection.execute("DELETE FROM choices WHERE queue = ? AND as_of < ?", (queue, cutoff))
    connection.execute("DELETE FROM tenant_fields WHERE queue = ? AND as_of < ?", (queue, cutoff))
    forget_samples(connection, cutoff, queue)
    renew_epoch(connection, [queue])
    return deleted
