"""The outbox in memory: what was asked to be created, and how it ended."""

import threading
from collections.abc import Sequence

from tui.domain.draft import Outcome, OutcomeState
from tui.domain.ports import Intent


class MemoryOutbox:
    """Keeps intents until their outcome is certain; forgets all of them with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, Intent] = {}

    def record(self, intent: Intent) -> None:
        """Keep the intent."""
        with self._lock:
            self._open[intent.id] = intent

    def resolve(self, outcome: Outcome) -> None:
        """Let go of the intent, unless nobody knows how it ended."""
        if outcome.state is not OutcomeState.UNKNOWN:
            with self._lock:
                self._open.pop(outcome.intent_id, None)

    def open_intents(self) -> Sequence[Intent]:
        """Return those whose outcome is not certain, oldest first."""
        with self._lock:
            return tuple(sorted(self._open.values(), key=lambda intent: intent.at))
