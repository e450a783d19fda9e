"""The engine's thread and its event loop.

A terminal that stops reading freezes Textual's loop; what runs here goes on.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from tui.engine.daemon_executor import DaemonExecutor

T = TypeVar("T")

_CANCELLING_S = 0.5
"""What is cancelled has this long to clean up."""


class Runtime:
    """Runs coroutines in a thread of its own, from `start` to `stop`; a context manager."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        loop = asyncio.new_event_loop()
        loop.set_default_executor(DaemonExecutor())
        # A daemon: nothing that hangs may keep the program from ending.
        self._thread = threading.Thread(target=_run, args=(loop,), name="engine", daemon=True)
        self._loop = loop
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine over there. The result's callbacks run on the engine's thread.

        Before `start` and after `stop` nothing runs, and the future is cancelled.
        """
        if self._loop is not None:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        nothing: Future[T] = Future()
        nothing.cancel()
        return nothing

    def call(self, function: Callable[[], object]) -> None:
        """Call a function over there, soon; before `start` and after `stop` nothing happens."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(function)

    def stop(self) -> None:
        """Cancel what still runs, let it clean up for a moment, end the thread."""
        loop, thread = self._loop, self._thread
        self._loop = self._thread = None
        if loop is None or thread is None:
            return
        ending = asyncio.run_coroutine_threadsafe(_cancel_all(), loop)
        ending.add_done_callback(lambda _: loop.call_soon_threadsafe(loop.stop))
        thread.join(2 * _CANCELLING_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_CANCELLING_S)
