"""How long to leave a vendor alone after a failure. Pure."""

import math
from random import Random

FIRST_WINDOW_S = 10.0
"""The first retry comes somewhere within this."""
LONGEST_WINDOW_S = 900.0
"""A monitor that waits longer than a quarter of an hour is of no use on call."""
EARLIEST_SHARE = 0.25
"""Of its window passes before a retry. Pure chance would bound nothing: it may fall on 0 often."""
TRIES_AT_PACE = 8
"""So many windows that would be longer than the usual pace are as long as it. Where chance makes
each of them shortest, they take two intervals together."""


def backoff_s(
    failures: int,
    random: Random,
    *,
    pace_s: float = math.inf,
    retry_after_s: float | None = None,
) -> float:
    """Return the seconds until the next try after `failures` (at least 1) in a row.

    The window doubles with each failure and the delay falls anywhere in its last three quarters, so
    that many clients do not come back in step. What the vendor asks for comes on top.

    `pace_s` is the interval while all is well. A fault that lasts for no longer than two of them is
    noticed to be over within one: so often the vendor would have been asked anyway.
    """
    window = window_s(failures, pace_s)
    return random.uniform(EARLIEST_SHARE * window, window) + (retry_after_s or 0.0)


def window_s(failures: int, pace_s: float = math.inf) -> float:
    """Return the longest that `backoff_s` waits after so many failures in a row."""
    return min(_doubled_s(failures), max(pace_s, _doubled_s(failures - TRIES_AT_PACE)))


def most_tries(outage_s: float, pace_s: float = math.inf) -> int:
    """Return how often something is tried at most while it fails for so long.

    The first try, and as many retries as their shortest delays leave room for:
    1 + max k with EARLIEST_SHARE * (window(1) + … + window(k)) <= outage_s.
    For an hour that is 22, and 13 on average; 30 at any pace.
    """
    tries, left = 1, outage_s
    while (left := left - EARLIEST_SHARE * window_s(tries, pace_s)) >= 0:
        tries += 1
    return tries


def _doubled_s(failures: int) -> float:
    return min(LONGEST_WINDOW_S, FIRST_WINDOW_S * 2.0 ** min(failures - 1, 16))
