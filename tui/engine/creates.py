"""Creates as their askers see them: sent, looked for where no answer came, settled by a person."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from tui.domain.creates import OpenCreate
from tui.domain.draft import Draft, Outcome
from tui.engine.personal_calls import PersonalCalls
from tui.engine.poller import Poller
from tui.engine.runtime import Runtime

SETTLED_KEPT: Final = 50
"""So many ends are remembered for whoever asks late."""


class Creates:
    """Sends what is created. Every method may be called from any thread."""

    def __init__(
        self, runtime: Runtime, calls: PersonalCalls, poller: Callable[[str], Poller]
    ) -> None:
        self._runtime = runtime
        self._calls = calls
        self._poller = poller

    def create(
        self, draft: Draft, *, draft_id: str = "", key: str | None = None
    ) -> Future[Outcome]:
        """Create a ticket once. The future may be left alone: the create goes on.

        It is done when the end is known, or when reading did not tell it either. `draft_id` is the
        kept draft that goes once the ticket exists. What was created under `key` before, or may
        have been, is not sent: the outcome of then is returned.

        Raises in the future: WriteRefused, UsageError.
        """
        return self._runtime.submit(self._calls.create(self._poller(draft.workspace), draft))

    def open_creates(self) -> tuple[OpenCreate, ...]:
        """Return the creates whose end nobody knows, of every viewer, oldest first.

        The same object as long as nothing changed. When `Service.start` has returned, what this
        process takes up is in it as LOOKING: `ticketdeck outbox` waits for what is not OPEN. One
        that is older than half a minute is looked for once, at once, and wholly.
        """
        return ()

    def settled(self) -> tuple[Outcome, ...]:
        """Return how the last creates ended in this process's time, oldest first."""
        return ()

    def send_again(self, intent_id: str) -> Future[Outcome]:
        """Create anew what an open or refused create was for, because a person wants it.

        Raises in the future: UsageError where there is none of this id, or it is still on its way;
        WriteRefused.
        """
        raise NotImplementedError

    def drop(self, intent_id: str) -> Future[None]:
        """Take in that nothing is to come of an open create.

        Raises in the future: UsageError where there is none of this id, or it is still on its way.
        """
        raise NotImplementedError
