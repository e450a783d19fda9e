"""How long to leave a vendor alone after a failure. Pure."""

from random import Random

FIRST_WINDOW_S = 10.0
"""The first retry comes somewhere within this."""
LONGEST_WINDOW_S = 900.0
"""A monitor that waits longer than a quarter of an hour is of no use on call."""
EARLIEST_SHARE = 0.25
"""Of its window passes before a retry. Pure chance would bound nothing: it may fall on 0 often."""


def backoff_s(failures: int, random: Random, *, retry_after_s: float | None = None) -> float:
    """Return the seconds until the next try after `failures` (at least 1) in a row.

    The window doubles with each failure and the delay falls anywhere in its last three quarters, so
    that many clients do not come back in step. What the vendor asks for comes on top.
    """
    window = window_s(failures)
    return random.uniform(EARLIEST_SHARE * window, window) + (retry_after_s or 0.0)


def window_s(failures: int) -> float:
    """Return the longest that `backoff_s` waits after so many failures in a row."""
    return min(LONGEST_WINDOW_S, FIRST_WINDOW_S * 2.0 ** min(failures - 1, 16))


def most_tries(outage_s: float) -> int:
    """Return how often something is tried at most while it fails for so long.

    The first try, and as many retries as their shortest delays leave room for:
    1 + max k with EARLIEST_SHARE * (window(1) + … + window(k)) <= outage_s.
    For an hour that is 22, and 13 on average.
    """
    tries, left = 1, outage_s
    while (left := left - EARLIEST_SHARE * window_s(tries)) >= 0:
        tries += 1
    return tries
