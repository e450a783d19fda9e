"""Keeps what waits for a disk off the engine's event loop."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Offload(Protocol):
    """Runs a function elsewhere and waits for its result without holding up the loop."""

    async def __call__(self, work: Callable[[], T], /) -> T: ...


async def in_thread(work: Callable[[], T]) -> T:
    """Run `work` in a thread: another process may keep the journal locked for seconds."""
    return await asyncio.to_thread(work)
