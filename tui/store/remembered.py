"""What people chose for their last new tickets, kept in the ledger."""

import json
from collections.abc import Mapping
from typing import Final

from tui.domain.creates import Remembered
from tui.store.checked_rows import CheckedTable
from tui.store.drafts import read_texts
from tui.store.ledger_file import LedgerFile
from tui.store.moments import to_microseconds

_REMEMBERED: Final = CheckedTable(
    *("remembered", "viewer", "queue", "workspace", "at", "content"),
    loss="what was chosen for the last new ticket was damaged and is forgotten",
)


class RememberedChoices:
    """By viewer and workspace. For any thread; methods raise StateError like the ledger's."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def load(self, viewer: str) -> Remembered:
        """Return what a viewer chose last in each of the configured workspaces."""
        last: str | None = None
        values: dict[str, Mapping[str, str]] = {}
        condition = "viewer = ? ORDER BY at, rowid"
        for _, queue, stored_name, _, content in self._file.rows(_REMEMBERED, condition, viewer):
            names = self._file.names_of(queue)
            if names:
                last = stored_name if stored_name in names else names[0]
                values |= dict.fromkeys(names, read_texts(content))
        return Remembered(last, values)

    def keep(self, viewer: str, workspace: str, values: Mapping[str, str]) -> None:
        """Keep what a viewer chose, in place of what was chosen there before."""
        now = to_microseconds(self._file.clock.now())
        queue = self._file.key_of(workspace) or workspace
        with self._file.writing() as connection:
            row = (viewer, queue, workspace, now, json.dumps(dict(values)))
            _REMEMBERED.put(connection, row)
