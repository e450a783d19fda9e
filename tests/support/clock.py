"""A clock that a test moves by hand."""

import asyncio
import heapq
from datetime import datetime, timedelta

from support.builders import NOON


class FakeClock:
    """Time stands still until `advance`; sleepers wake in the order of their moments."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._elapsed + max(seconds, 0), self._count, future))
        await future

    async def advance(self, seconds: float) -> None:
        """Let time pass; everything that falls due meanwhile runs, each at its own moment."""
        end = self._elapsed + seconds
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            moment, _, future = heapq.heappop(self._sleepers)
            self._move_to(max(moment, self._elapsed))
            if not future.done():
                future.set_result(None)
            await self._settle()
        self._move_to(end)

    def jump(self, seconds: float) -> None:
        """Let time pass of which nobody takes notice, as while a process is stopped."""
        self._move_to(self._elapsed + seconds)

    def suspend(self, seconds: float) -> None:
        """Let time pass by the wall clock alone, as while the machine sleeps; or set it back."""
        self._now += timedelta(seconds=seconds)

    def _move_to(self, elapsed: float) -> None:
        self._now += timedelta(seconds=elapsed - self._elapsed)
        self._elapsed = elapsed

    async def _settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
