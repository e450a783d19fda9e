"""When to poll again while all is well. Pure."""

from random import Random

SHORTEST_AUTO_S = 30.0
"""Tickets are read by people: sooner than this nobody acts on them."""
LONGEST_AUTO_S = 365 * 86_400.0
"""However few calls there are, the next moment to poll is one that a calendar knows."""
JITTER = 0.1
"""Share of the interval by which polls are spread, so that workspaces do not go in step."""
LATE_PACES = 3
LATE_AT_LEAST_S = 300.0


def interval_s(configured_s: float | None, *, seconds_per_call: float, calls: int) -> float:
    """Return the seconds between two polls; 0 for never.

    Configured intervals are obeyed. Else a sweep of `calls` calls waits until it has earned them
    at one call in `seconds_per_call`.
    """
    if configured_s is not None:
        return configured_s
    return min(max(SHORTEST_AUTO_S, seconds_per_call * calls), LONGEST_AUTO_S)


def spread_s(interval: float, random: Random) -> float:
    """Return the interval, moved by a little chance."""
    return interval * random.uniform(1 - JITTER, 1 + JITTER)


def late_after_s(interval: float) -> float:
    """Return how long after a complete sweep its tickets count as late."""
    return max(LATE_PACES * interval, LATE_AT_LEAST_S)
