"""The real clock: the one place that asks this machine for the time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Implements `domain.ports.Clock`."""

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - everyone else is handed this clock

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        import asyncio  # half of a short command's start-up, and only sleepers need it

        await asyncio.sleep(seconds)
