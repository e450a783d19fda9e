"""The arithmetic of calls: what a rolling window still has, and when the rate limit lets go. Pure.

Calls are counted by slots of time, and a slot goes by its end. It counts as long as any moment of
it lies in the window, so slots of different lengths go together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tui.domain.budget import CallBudget

HOUR: Final = timedelta(hours=1)
"""A slot where the window is long: its calls come back so much late at most."""
SHORT_SLOT: Final = timedelta(minutes=5)
"""A slot where the window is short, ..."""
SHORT_WINDOW: Final = timedelta(days=2)
"""... which is up to here. More slots of this length would take long to add up."""
SLACK: Final = timedelta(minutes=1)
"""A call leaves at most so long after it was counted: it waits for the rate limit, a connection."""
GOOD_FOR: Final = timedelta(seconds=5)
"""Calls that were counted in advance are made within this, or given back."""
LONGEST_REST: Final = timedelta(days=1)
"""A rest that seems longer was written by a clock that was wrong."""
QUEUE: Final = timedelta(seconds=30)
"""No call is given a turn further ahead; whoever comes then asks again."""
AHEAD: Final = timedelta(seconds=2)
"""Several calls are counted together only as far as the rate limit lets them leave so soon."""

RATE_SHARE: Final = 0.85
BURST_SHARE: Final = 0.05
"""Of the calls a minute. A minute of turns that are used `GOOD_FOR` late at most, and the burst:
65 / 60 * 0.85 + 0.05 is less than all that the vendor allows."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What came of the wish to make calls."""

    at: datetime
    """When they were counted."""
    slot: datetime
    """The end of the slot they were counted in: what is not used is given back to it."""
    slots: Mapping[datetime, int]
    """The calls of every slot that counts, by its end, these among them."""
    turns: tuple[datetime, ...] = ()
    """When each of the calls that were counted may leave; () where none was."""
    free_at: datetime
    """When the next call is free; `at` where some were counted."""
    is_spent: bool = False
    """Whether the budget has none. Without turns and unspent, it is only too soon."""
    is_resting: bool = False
    """Whether the vendor asked to be left alone until `free_at`. Nothing was looked up then."""


def slot_length(budget: CallBudget) -> timedelta:
    """Return how long the slots are in which the calls of a budget are counted."""
    return SHORT_SLOT if budget.window <= SHORT_WINDOW else HOUR


def slot_of(budget: CallBudget, at: datetime) -> datetime:
    """Return the end of the slot in which a call at `at` is counted."""
    return slot_end(at, slot_length(budget))


def slot_end(at: datetime, length: timedelta) -> datetime:
    """Return the end of the slot of this length that `at` lies in."""
    return at + length - (at - _EPOCH) % length


def since(budget: CallBudget, at: datetime) -> datetime:
    """Return the moment after which a slot must end to count at `at`."""
    return at - budget.window - SLACK


def frees_at(slot: datetime, budget: CallBudget) -> datetime:
    """Return when the calls of a slot count no more."""
    return slot + budget.window + SLACK


def counting(
    slots: Mapping[datetime, int], budget: CallBudget, at: datetime
) -> dict[datetime, int]:
    """Return the slots that count, oldest first.

    A slot of the near future counts too: the clock was put back since. One that is further ahead
    than a window was written by a clock that was wrong, and would count for ever.
    """
    past, ahead = since(budget, at), at + budget.window + HOUR
    return {slot: slots[slot] for slot in sorted(slots) if past < slot <= ahead}


def free_again(
    slots: Mapping[datetime, int], budget: CallBudget, room: int, at: datetime
) -> datetime:
    """Return when fewer than `room` of the calls in `slots` count, so that one more fits."""
    used = sum(slots.values())
    for slot in sorted(slots):
        used -= slots[slot]
        if used < room:
            return frees_at(slot, budget)
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
