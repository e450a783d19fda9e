"""How far our clock is from a vendor's. Pure."""

from datetime import datetime, timedelta
from typing import Final

_TICK: Final = timedelta(seconds=1)
"""`Date` has whole seconds."""


def clock_skew(told: datetime, before: datetime, after: datetime) -> timedelta:
    """Return how far our clock is behind the vendor's; negative where it is ahead.

    `told` is what the vendor called the time at some moment of the call that lasted, by our clock,
    from `before` to `after`. What the length of the call explains is no skew.
    """
    if told > after:
        return told - after
    if told + _TICK < before:
        return told + _TICK - before
    return timedelta()
