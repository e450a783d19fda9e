"""Creates as their askers see them: sent, looked for where no answer came, settled by a person."""

from concurrent.futures import Future

from tui.domain.creates import OpenCreate
from tui.domain.draft import Draft, Outcome
from tui.engine.create_runs import CreateRuns
from tui.engine.runtime import Runtime


class Creates:
    """Sends what is created. Every method may be called from any thread."""

    def __init__(self, runtime: Runtime, runs: CreateRuns) -> None:
        self._runtime = runtime
        self._runs = runs

    def create(
        self, draft: Draft, *, draft_id: str = "", key: str | None = None
    ) -> Future[Outcome]:
        """Create a ticket once. The future may be left alone: the create goes on.

        It is done when the end is known, or when reading did not tell it either. `draft_id` is the
        kept draft that goes once the ticket exists. What was created under `key` before, or may
        have been, is not sent: the outcome of then is returned.

        Raises in the future, and then nothing was sent: WriteRefused, UsageError.
        """
        return self._runtime.submit(self._runs.create(draft, draft_id=draft_id, key=key))

    def open_creates(self) -> tuple[OpenCreate, ...]:
        """Return the creates whose end nobody knows, of every viewer, oldest first.

        The same object as long as nothing changed. When `Service.start` has returned, what this
        process takes up is in it as LOOKING: `ticketdeck outbox` waits for what is not OPEN. One
        that is older than half a minute is looked for once, at once, and wholly.
        """
        return self._runs.view.creates

    def losses(self) -> tuple[str, ...]:
        """Return what the ledger has lost, a line each, until `drop_losses`; as read last."""
        return self._runs.view.losses

    def read(self) -> Future[tuple[OpenCreate, ...]]:
        """Return the open creates as the outbox has them now.

        Raises in the future: StateError where the outbox cannot be read.
        """
        return self._runtime.submit(self._runs.read())

    def look_again(self) -> Future[None]:
        """Begin to look once more, at once and wholly, for all open creates, as a person asks.

        When the future is done, they are LOOKING, but for those of workspaces that are only
        observed. Raises in the future: StateError where the outbox cannot be read.
        """
        return self._runtime.submit(self._runs.look_again())

    def left_open(self) -> tuple[OpenCreate, ...]:
        """Return those of them that were asked for by this process. After `Service.stop` too."""
        return self._runs.left_open()

    def settled(self) -> tuple[Outcome, ...]:
        """Return how the last creates ended in this process's time, oldest first.

        Those that were created or not; of every viewer.
        """
        return self._runs.view.settled

    def send_again(self, intent_id: str) -> Future[Outcome]:
        """Create anew what an open or refused create was for, because a person wants it.

        One that is open is looked for first, at once and wholly. Where its ticket is there, or
        tickets that may be it turn up, nothing is sent: the outcome is that of the open one. A
        vendor that cannot be read forbids nothing.

        Raises in the future, and then nothing was sent: UsageError where there is none of this id,
        or it is still on its way; WriteRefused; StateError where the outbox cannot be read.
        """
        return self._runtime.submit(self._runs.send_again(intent_id))

    def drop(self, intent_id: str) -> Future[None]:
        """Take in that nothing is to come of an open create.

        Raises in the future: UsageError where there is none of this id, or it is still on its way;
        StateError where the outbox cannot be written.
        """
        return self._runtime.submit(self._runs.drop(intent_id))

    def drop_losses(self) -> Future[None]:
        """Take in that a person has looked after what is lost.

        Raises in the future: UsageError where nothing is; StateError where it cannot be written.
        """
        return self._runtime.submit(self._runs.drop_losses())
