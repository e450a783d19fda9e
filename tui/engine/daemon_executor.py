"""Where the engine's loop puts what blocks: the disk, name look-ups, credential commands.

asyncio's own pool has a few threads, which a name server that is silent can hold all at once, and
Python waits for every one of them before it exits. Here each call has a thread for itself that
nobody waits for.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

KEPT = 4
"""Threads that wait for more work: starting one takes longer than a small write to the disk."""

Work = Callable[[], None]


class DaemonExecutor(ThreadPoolExecutor):
    """Runs each call at once in a daemon thread. A `ThreadPoolExecutor` because asyncio asks so."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[SimpleQueue[Work]] = deque()
        """The way to each thread that has nothing to do."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run `fn`; the result's callbacks run on the thread that ran it."""
        future: Future[T] = Future()

        def work() -> None:
            _run(future, fn, args, kwargs)

        try:
            self._waiting.pop().put(work)
        except IndexError:
            threading.Thread(
                target=self._serve, args=(work,), name="engine-call", daemon=True
            ).start()
        return future

    def _serve(self, work: Work) -> None:
        inbox: SimpleQueue[Work] = SimpleQueue()
        while True:
            work()
            # What the work held, a customer's texts among it, must not outlive it here.
            del work
            if len(self._waiting) >= KEPT:
                return
            self._waiting.append(inbox)
            work = inbox.get()


def _run(
    future: Future[T], fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = fn(*args, **kwargs)
    except BaseException as error:  # whoever waits for the future gets it
        future.set_exception(error)
    else:
        future.set_result(result)
