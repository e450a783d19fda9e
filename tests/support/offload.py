"""Work at once instead of in a thread, so that a fake clock need not wait for it."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def at_once(work: Callable[[], T]) -> T:
    return work()
