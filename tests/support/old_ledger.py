"""A ledger as the version before could write it."""

from dataclasses import replace
from pathlib import Path

from support.builders import NOON
from support.journal import closed_later
from tui.store.checked_rows import CheckedTable
from tui.store.database import open_kept
from tui.store.ledger_file import LEDGER
from tui.store.moments import to_microseconds

AT = to_microseconds(NOON)
ENDS_OF_4 = {
    "sending": (None, None, None, None),
    "unknown": ("unknown", "no answer", None, AT),
    "created": ("created", "", "77", AT),
    "refused": ("not_created", "no such status", None, AT),
    "dropped": ("dropped", "", None, AT),
}
"""The creates in it by their ids: state, message, ticket, and when that was known."""

_INTENTS = CheckedTable(
    *("intents", "id", "queue", "workspace", "at", "content"),
    *("state", "message", "ticket", "resolved"),
    loss="",
)
_QUEUE = '["questionpro", "https://api.example", "25739"]'


def write_ledger_of_version_4(folder: Path) -> None:
    """Write a ledger of version 4 with a create in every state."""
    content = '{"title": "It broke", "tags": ["x", "y"]}'
    old = closed_later(open_kept(folder, replace(LEDGER, version=4)))
    with old.writing() as connection:
        for intent_id, end in ENDS_OF_4.items():
            _INTENTS.put(connection, (intent_id, _QUEUE, "qp", AT, content, *end))
        connection.execute("INSERT INTO rests VALUES ('a', 1, 2)")
    old.close()
