"""Paging by `skip` and `take` over a list that tells no total. Pure; knows the page read last.

Each page begins with the last ticket of the one before: where that does not match, the list moved
meanwhile. A page shorter than asked is the last, unless the server cuts every page shorter; so the
first short page of a connection is asked past once, and the answer remembered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TAKE = 50
"""The documented maximum of one page."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page tells of its list."""

    is_last: bool
    continues: bool | None
    """Whether it begins where the page before ended; None where that is not known."""


class Pages:
    """Where each page begins, and which is the last.

    Pages of a pass are read in the order of their numbers; a pass may leave some out.
    """

    def __init__(self) -> None:
        self._index: int | None = None
        """Of the page read last in this pass."""
        self._ids: Sequence[str | None] = ()
        """Of the page read last."""
        self._skips = [0]
        """Where the pages begin, as far as is known from the passes so far."""
        self._full = TAKE
        """Tickets on the first page, as it was read last."""
        self._is_cut: bool | None = None
        """Whether the server gives fewer than asked though there are more; None: not known."""

    def begin_pass(self) -> None:
        """Forget which page was read last: the list may have moved since."""
        self._index = None

    def skip(self, index: int) -> int:
        """Return how many tickets to pass over for a page."""
        if index == 0:
            return 0
        if self._follows(index):
            return self._skips[index - 1] + max(1, len(self._ids) - 1)
        if index < len(self._skips):
            return self._skips[index]
        beyond = index - len(self._skips) + 1
        return self._skips[-1] + beyond * max(1, self._full - 1)

    def read(self, index: int, ids: Sequence[str | None]) -> PageFacts:
        """Take in the ids on a page as they came."""
        skip = self.skip(index)
        continues = self._continues(index, ids)
        if index == 0:
            self._full = len(ids)
        is_only_overlap = len(ids) == 1 and index > 0 and continues is not False
        if index == 1 and self._follows(index) and self._full < TAKE:
            self._is_cut = bool(ids) and not is_only_overlap
        is_last = not ids or is_only_overlap or self._is_short(len(ids), index)
        if index <= len(self._skips):
            self._skips[index:] = [skip, *self._skips[index + 1 :]]
        self._index, self._ids = index, ids
        return PageFacts(is_last, continues)

    def _follows(self, index: int) -> bool:
        return self._index is not None and index == self._index + 1

    def _continues(self, index: int, ids: Sequence[str | None]) -> bool | None:
        if not self._follows(index) or not self._ids or self._ids[-1] is None:
            return None
        return bool(ids) and ids[0] == self._ids[-1]

    def _is_short(self, count: int, index: int) -> bool:
        if count >= TAKE:
            return False
        if index == 0:
            return self._is_cut is False
        return count < self._full or not self._is_cut
