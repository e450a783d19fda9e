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
"""Up to so many go in and out one by one; for more of them the list is made anew."""


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
        self._renewed: list[tuple[SortKey, SortKey]] = []

    @property
    def moves(self) -> bool:
        """Whether anything has another place than before."""
        return bool(self._gone or self._come)

    def replace(self, old: SortKey | None, new: SortKey | None) -> None:
        """Let `new` stand for `old`, which must be in the list; None for no key."""
        if old is not None and new is not None and old[:-1] == new[:-1]:
            if old is not new:
                self._renewed.append((old, new))
            return
        if old is not None:
            self._gone.append(old)
        if new is not None:
            self._come.append(new)

    def apply(self, keys: list[SortKey]) -> None:
        """Do it."""
        for old, new in self._renewed:
            keys[bisect_left(keys, old)] = new
        gone, come = self._gone, sorted(self._come)
        if len(gone) + len(come) <= _FEW:
            for key in gone:
                del keys[bisect_left(keys, key)]
            for key in come:
                insort(keys, key)
            return
        edits = [(bisect_left(keys, key), False, number) for number, key in enumerate(come)]
        edits += [(bisect_left(keys, key), True, 0) for key in gone]
        changed: list[SortKey] = []
        start = 0
        for place, is_gone, number in sorted(edits):
            changed += keys[start:place]
            start = place + is_gone
            if not is_gone:
                changed.append(come[number])
        keys[:] = changed + keys[start:]
