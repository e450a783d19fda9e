"""A last check of calls that are about to leave: minutes may lie between a wish and its request."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Check = Callable[[], Awaitable[None]]
"""Returns where the call may leave; what it raises stops the call."""

_CHECK: ContextVar[Check | None] = ContextVar("check_before_leaving", default=None)


@contextmanager
def checked(check: Check) -> Iterator[None]:
    """Have the calls made within, also by tasks begun within, checked at their gate."""
    token = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(token)


async def check_leaving() -> None:
    """Return where the present call may leave. Raises whatever stops it."""
    if (check := _CHECK.get()) is not None:
        await check()
