"""How long to leave a vendor alone after a failure. Pure."""

from random import Random

FIRST_WINDOW_S = 10.0
"""The first retry comes somewhere within this."""
LONGEST_WINDOW_S = 900.0
"""A monitor that waits longer than a quarter of an hour is of no use on call."""
SHORTEST_DELAY_S = 1.0


def backoff_s(failures: int, random: Random, *, retry_after_s: float | None = None) -> float:
    """Return the seconds until the next try after `failures` (at least 1) in a row.

    The window doubles with each failure and the delay falls anywhere in it ("full jitter"), so
    that many clients do not come back in step. What the vendor asks for comes on top.
    """
    window = min(LONGEST_WINDOW_S, FIRST_WINDOW_S * 2.0 ** min(failures - 1, 16))
    return max(SHORTEST_DELAY_S, random.uniform(0, window)) + (retry_after_s or 0.0)
