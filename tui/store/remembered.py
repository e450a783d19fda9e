"""What people chose for their last new tickets, kept in the ledger."""

from collections.abc import Mapping

from tui.domain.creates import Remembered
from tui.store.ledger_file import LedgerFile


class RememberedChoices:
    """By viewer and workspace. For any thread; methods raise StateError like the ledger's."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def load(self, viewer: str) -> Remembered:
        """Return what a viewer chose last in each of the configured workspaces."""
        raise NotImplementedError

    def keep(self, viewer: str, workspace: str, values: Mapping[str, str]) -> None:
        """Keep what a viewer chose, in place of what was chosen there before."""
        raise NotImplementedError
