"""The outbox where there is no ledger: nothing is created that could not be remembered."""

from collections.abc import Sequence

from tui.domain.draft import Outcome
from tui.domain.errors import StateError
from tui.domain.ports import Intent


class ClosedOutbox:
    """Refuses every create, and says why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def record(self, intent: Intent) -> None:
        """Refuse. Raises StateError."""
        raise StateError(self._reason)

    def resolve(self, outcome: Outcome) -> None:
        """Do nothing: nothing was recorded."""

    def open_intents(self) -> Sequence[Intent]:
        """Return nothing."""
        return ()
