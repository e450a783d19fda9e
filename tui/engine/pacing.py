"""When to poll again while all is well. Pure.

A budget that is spent evenly lasts for ever. `auto` spends a part of that, so that there is
something to borrow for the times when tickets move or a person looks; what was borrowed comes back
because the pace never exceeds what can be kept up with what is left.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

SHORTEST_AUTO_S: Final = 30.0
"""Tickets are read by people: sooner than this nobody acts on them."""
SHORTEST_WATCHED_S: Final = 15.0
"""While a person looks, and what may be borrowed is ample."""
SLOWEST_AUTO_S: Final = 15 * 60.0
"""A quiet night on call is still on call: no rest is longer, unless the budget has no more."""
LONGEST_AUTO_S: Final = 365 * 86_400.0
"""However few calls there are, the next moment to poll is one that a calendar knows."""
USUAL_SHARE: Final = 0.8
"""Of the even pace; the rest can be borrowed."""
FASTEST: Final = 2.0
"""Times the usual pace after a change, or while a person looks."""
SLOWEST: Final = 4.0
"""Times the usual interval where nothing changes."""
EAGER_S: Final = 10 * 60.0
"""After a change the pace is the fastest for so long, ..."""
CALM_S: Final = 60 * 60.0
"""... and from here on the usual; a quiet time of a multiple of this stretches the interval so."""
BORROWED_SHARE: Final = 0.3
"""So much of the even pace may be lost to what was borrowed before."""
AMPLE: Final = 0.5
"""Of what may be borrowed."""
JITTER: Final = 0.1
"""Share of the interval by which polls are spread, so that workspaces do not go in step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What the polls of one account may spend, now and later."""

    calls: int
    """Of each window, without those that are kept for people."""
    left: int
    """Of them now; below 0 after people have spent what is kept for them."""
    window_s: float
    """How long a call counts at most."""
    freed: tuple[tuple[float, int], ...] = ()
    """What comes back when: seconds from now and calls, soonest first."""

    def even_s(self, calls: float, *, taken_per_s: float = 0.0) -> float:
        """Return the interval at which `calls` at a time can be made for ever."""
        # Who takes all leaves something, or the others would never be polled at all.
        calls_left = max(self.calls - taken_per_s * self.window_s, 0.05 * self.calls, 0.5)
        return self.window_s * calls / calls_left

    def lasting_s(self, calls: float, *, taken_per_s: float = 0.0) -> float:
        """Return the shortest interval that what is left and what comes back can keep up.

        Never shorter than `even_s`; longer after more was spent than comes in evenly.
        """
        interval = self.even_s(calls, taken_per_s=taken_per_s)
        available: float = self.left
        for seconds, freed in self.freed:
            polls = max(0.0, available - taken_per_s * seconds) // calls
            interval = max(interval, seconds / (polls + 1))
            available += freed
        return interval

    def wait_s(self, calls: float) -> float:
        """Return the seconds until there are so many."""
        available: float = self.left
        if available >= calls:
            return 0.0
        for seconds, freed in self.freed:
            available += freed
            if available >= calls:
                return seconds
        return self.freed[-1][0] if self.freed else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What decides on the next poll of one workspace."""

    configured_s: float | None
    """Obeyed, 0 for never; None for `auto`."""
    credit: Credit
    """Of its account."""
    workspaces: int = 1
    """How many on the account are paced by us, this one among them."""
    taken_per_s: float = 0.0
    """Calls that the others on the account take, whose interval is configured."""
    unchanged_s: float = 0.0
    """How long ago something last changed there."""
    is_watched: bool = False
    """Whether a person looks at it."""

    def interval_s(self, calls: int) -> float:
        """Return the seconds between polls of `calls` calls; 0 for never. Without chance."""
        if self.configured_s is not None:
            return self.configured_s
        shared = max(1, calls) * self._shares
        usual, borrowable = self._usual(shared)
        interval = usual / self._haste(borrowable)
        if interval > usual:
            interval = max(usual, min(interval, SLOWEST_AUTO_S))
        is_ample = borrowable >= AMPLE
        shortest = SHORTEST_WATCHED_S if self.is_watched and is_ample else SHORTEST_AUTO_S
        # The jitter must not bring a poll forward to before its calls are there.
        possible = self.credit.wait_s(shared) / (1 - JITTER)
        return min(max(interval, shortest, possible), LONGEST_AUTO_S)

    def pages_affordable(self, interval_s: float) -> int:
        """Return how many calls a poll may make that comes once in `interval_s`.

        0 only where its share of the account has nothing left.
        """
        usual, borrowable = self._usual(self._shares)
        earned = interval_s / usual * max(1.0, self._haste(borrowable))
        return min(max(0, self.credit.left) // self._shares, max(1, int(earned)))

    @property
    def seconds_per_call(self) -> float:
        """What this workspace earns a call in at the usual pace."""
        return self._usual(self._shares)[0]

    @property
    def _shares(self) -> int:
        return max(1, self.workspaces)

    def _usual(self, calls: float) -> tuple[float, float]:
        """Return the usual interval, and how much of what may be borrowed is there, 0 to 1."""
        even = self.credit.even_s(calls, taken_per_s=self.taken_per_s)
        lasting = self.credit.lasting_s(calls, taken_per_s=self.taken_per_s)
        borrowable = max(0.0, 1 - (1 - even / lasting) / BORROWED_SHARE)
        return max(even / USUAL_SHARE, lasting), borrowable

    def _haste(self, borrowable: float) -> float:
        """Return how many times the usual pace is due now."""
        if self.is_watched or self.unchanged_s <= EAGER_S:
            wish = FASTEST
        elif self.unchanged_s < CALM_S:
            calm = (self.unchanged_s - EAGER_S) / (CALM_S - EAGER_S)
            wish = FASTEST - (FASTEST - 1) * calm
        else:
            return max(1 / SLOWEST, CALM_S / self.unchanged_s)
        return 1 + (wish - 1) * borrowable


def spread_s(interval: float, random: Random) -> float:
    """Return the interval, moved by a little chance."""
    return interval * random.uniform(1 - JITTER, 1 + JITTER)
