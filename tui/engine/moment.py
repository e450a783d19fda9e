"""A moment to wait for, on two clocks of which neither tells for sure how much time passes.

While a laptop sleeps its monotonic clock stands still; a wall clock is set, forward and back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from tui.domain.ports import Clock


@dataclass(frozen=True, slots=True)
class Moment:
    """Has come as soon as either clock says so."""

    elapsed_s: float
    """On the monotonic clock."""
    at: datetime
    """On the wall clock."""

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> Self:
        """Return the moment in so many seconds from now."""
        return cls(clock.monotonic() + seconds, clock.now() + timedelta(seconds=seconds))

    def left_s(self, clock: Clock) -> float:
        """Return the seconds until then; 0 or less once it has come."""
        by_wall_clock = (self.at - clock.now()).total_seconds()
        return min(self.elapsed_s - clock.monotonic(), by_wall_clock)
