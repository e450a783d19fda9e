"""Where the engine's loop puts what blocks: name look-ups, credential commands, key stores.

asyncio's own pool has a few threads, which a name server that is silent can hold all at once, and
Python waits for every one of them before it exits. Here each call has a thread of its own that
nobody waits for.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class DaemonExecutor(ThreadPoolExecutor):
    """Runs each call at once in a daemon thread. A `ThreadPoolExecutor` because asyncio asks so."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run `fn`; the result's callbacks run on the new thread."""
        future: Future[T] = Future()
        threading.Thread(
            target=_run, args=(future, fn, args, kwargs), name="engine-call", daemon=True
        ).start()
        return future


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
