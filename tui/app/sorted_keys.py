"""Sorted lists of keys that stay sorted while keys come and go. Pure."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Any

from tui.domain.ticket import Ticket

SortKey = tuple[Any, ...]
"""A rank, the parts of an order's key, the ticket.

The parts tell any two tickets apart, so that nothing ever asks which ticket is less.
"""

_FEW = 32
"""Up to so many are put in or taken out one by one; more of them go together."""


def holds(keys: Sequence[SortKey], key: SortKey) -> bool:
    """Whether this very key is one of the sorted keys."""
    place = bisect_left(keys, key)
    return place < len(keys) and keys[place] is key


def keys_of(tickets: Iterable[Ticket], keys: Iterable[SortKey]) -> list[SortKey]:
    """Return the keys of the tickets, which are some of those of the keys in their order."""
    wanted = iter(tickets)
    next_wanted = next(wanted, None)
    found: list[SortKey] = []
    for key in keys:
        if key[-1] is next_wanted:
            found.append(key)
            next_wanted = next(wanted, None)
    return found


class Exchange:
    """The keys that go out of a sorted list and those that come into it."""

    def __init__(self) -> None:
        self._gone: list[SortKey] = []
        self._come: list[SortKey] = []
        self.moves = False
        """Whether anything has another place than before."""

    def replace(self, old: SortKey | None, new: SortKey | None) -> None:
        """Let `new` stand for `old`, which must be in the list; None for no key."""
        if old is new:
            return
        if old is not None:
            self._gone.append(old)
        if new is not None:
            self._come.append(new)
        self.moves |= old is None or new is None or old[:-1] != new[:-1]

    def apply(self, keys: list[SortKey]) -> None:
        """Do it."""
        places = sorted(bisect_left(keys, key) for key in self._gone)
        if len(places) <= _FEW:
            for place in reversed(places):
                del keys[place]
        else:
            left: list[SortKey] = []
            start = 0
            for place in places:
                left += keys[start:place]
                start = place + 1
            keys[:] = left + keys[start:]
        if len(self._come) <= _FEW:
            for key in self._come:
                insort(keys, key)
        else:
            # Two sorted runs: Timsort merges them without looking at most of the longer one.
            keys += sorted(self._come)
            keys.sort()
