"""The arithmetic of calls: what a rolling window still has, and when the rate limit lets go. Pure.

Calls are counted by the hour. An hour counts as long as any moment of it lies in the window.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tui.domain.budget import CallBudget

HOUR: Final = timedelta(hours=1)
SLACK: Final = timedelta(minutes=1)
"""A call leaves at most so long after it was counted: it waits for the rate limit, a connection."""
GOOD_FOR: Final = timedelta(seconds=5)
"""Calls that were counted in advance are made within this, or given back."""
QUEUE: Final = timedelta(seconds=30)
"""No call is given a turn further ahead; whoever comes then asks again."""
AHEAD: Final = timedelta(seconds=2)
"""Several calls are counted together only as far as the rate limit lets them leave so soon."""

RATE_SHARE: Final = 0.85
BURST_SHARE: Final = 0.05
"""Of the calls a minute. A minute of turns that are used `GOOD_FOR` late at most, and the burst:
65 / 60 * 0.85 + 0.05 is less than all that the vendor allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What came of the wish to make calls."""

    at: datetime
    """When they were counted: what is not used is given back to this hour."""
    hours: Mapping[datetime, int]
    """The calls of every hour that counts, by its beginning, these among them."""
    turns: tuple[datetime, ...] = ()
    """When each of the calls that were counted may leave; () where none was."""
    free_at: datetime
    """When the next call is free; `at` where some were counted."""
    is_spent: bool = False
    """Whether the budget has none. Without turns and unspent, it is only too soon."""


def since(budget: CallBudget, at: datetime) -> datetime:
    """Return a moment of the oldest hour that counts at `at`."""
    return at - budget.window - SLACK


def frees_at(hour: datetime, budget: CallBudget) -> datetime:
    """Return when the calls of an hour count no more."""
    return hour + HOUR + budget.window + SLACK


def counting(
    hours: Mapping[datetime, int], budget: CallBudget, at: datetime
) -> dict[datetime, int]:
    """Return the hours that count, oldest first.

    An hour of the near future counts too: the clock was put back since. One that is further ahead
    than a window was written by a clock that was wrong, and would count for ever.
    """
    past, ahead = at - budget.window - SLACK - HOUR, at + budget.window
    return {hour: hours[hour] for hour in sorted(hours) if past < hour <= ahead}


def free_again(
    hours: Mapping[datetime, int], budget: CallBudget, room: int, at: datetime
) -> datetime:
    """Return when fewer than `room` of the calls in `hours` count, so that one more fits."""
    used = sum(hours.values())
    for hour in sorted(hours):
        used -= hours[hour]
        if used < room:
            return frees_at(hour, budget)
    return at + budget.window


def take_turns(
    next_turn: datetime | None, per_minute: int, wanted: int, at: datetime
) -> tuple[tuple[datetime, ...], datetime]:
    """Return when each of up to `wanted` calls may leave, and the turn after them.

    A token bucket as one number (the "generic cell rate algorithm"): `next_turn` is when the next
    call would come at a steady rate, and a call may come a burst before its turn. No turn is given
    where the first is too far ahead.
    """
    step = timedelta(minutes=1) / (RATE_SHARE * per_minute)
    burst = step * (max(1, int(BURST_SHARE * per_minute)) - 1)
    turn = at if next_turn is None else max(at, next_turn)
    if turn > at + QUEUE + AHEAD + burst + 2 * step:
        # Further ahead than any turn that was ever given: the clock was put back since.
        turn = at
    turns: list[datetime] = []
    while len(turns) < wanted:
        leaves_at = max(at, turn - burst)
        if leaves_at > at + (AHEAD if turns else QUEUE):
            break
        turns.append(leaves_at)
        turn += step
    return tuple(turns), turn
