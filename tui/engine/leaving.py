"""A last check of calls whose first byte is about to leave.

Minutes may lie between a wish and its request: for a turn at the gate, for a name server, for a
connection, or because the process was stopped.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Check = Callable[[], Awaitable[None]]
"""Returns where the call may leave; what it raises stops the call."""

_CHECK: ContextVar[Check | None] = ContextVar("check_before_leaving", default=None)


@contextmanager
def checked(check: Check) -> Iterator[None]:
    """Have the calls made within, also by tasks begun within, checked by it."""
    token = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(token)


async def check_leaving() -> None:
    """Return where the present call may leave. Raises whatever stops it."""
    if (check := _CHECK.get()) is not None:
        await check()
