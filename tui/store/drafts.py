"""What people typed into forms and have not sent, kept in the ledger."""

from tui.domain.creates import KeptDraft
from tui.store.ledger_file import LedgerFile


class Drafts:
    """The drafts of every viewer. For any thread; methods raise StateError like the ledger's."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def load(self, viewer: str) -> tuple[KeptDraft, ...]:
        """Return a viewer's drafts for the configured workspaces, latest first."""
        raise NotImplementedError

    def save(self, viewer: str, draft: KeptDraft) -> KeptDraft:
        """Keep a draft in place of the version it was made from; return it as it is kept.

        Where that is not the version that is kept, both stay, this one under another id; so too
        where its ticket was created meanwhile.
        """
        raise NotImplementedError

    def forget(self, viewer: str, draft_id: str) -> None:
        """Delete a draft; nothing happens where there is none of this id."""
        raise NotImplementedError
