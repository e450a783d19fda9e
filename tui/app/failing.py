"""The part of the dashboard that fails: it prints nothing, and hands on what it failed of."""

from contextlib import suppress

from rich.console import RenderableType
from textual.app import App
from textual.worker import WorkerFailed

from tui.app.failure import DashboardFailed


class FailingApp(App[int], inherit_bindings=False):
    """Ends on a mistake of the program, without a word, once the terminal is restored.

    Textual 8.2 would print local variables, and an API key with them.
    """

    _screens_then: tuple[str, ...] = ()
    """The kinds of those that were open when it failed."""

    @property
    def failure(self) -> BaseException | None:
        """What the program failed of."""
        failed = self._exception
        # Textual wraps what a worker failed of, and forgets where.
        return failed.error if isinstance(failed, WorkerFailed) else failed

    def raise_failure(self) -> None:
        """Do nothing if all went well.

        Raises:
            DashboardFailed: of its cause.
        """
        if self.failure is not None:
            raise DashboardFailed(self._screens_then, self.size) from self.failure

    def keep_now(self) -> None:
        """Keep what was typed and is not kept yet: the program ends."""

    def panic(self, *renderables: RenderableType) -> None:
        """End without printing: Textual has errors that draw themselves, with what they hold."""
        self._fatal_error()

    def _fatal_error(self) -> None:
        # What failed may be just what is asked here, and the program has to end.
        with suppress(Exception):
            self._screens_then = tuple(type(screen).__name__ for screen in self.screen_stack)
        with suppress(Exception):
            self.keep_now()
        self._close_messages_no_wait()
