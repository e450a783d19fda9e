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
    """Where each page begins, and which is the last."""

    def __init__(self) -> None:
        self._index = -1
        self._skip = 0
        self._ids: Sequence[str | None] = ()
        """Of the page read last."""
        self._full = TAKE
        """Tickets on the first page of this pass."""
        self._is_cut: bool | None = None
        """Whether the server gives fewer than asked though there are more; None: not known."""

    def skip(self, index: int) -> int:
        """Return how many tickets to pass over for a page."""
        if index == 0:
            return 0
        if index == self._index + 1:
            return self._skip + max(1, len(self._ids) - 1)
        return index * (TAKE - 1)

    def read(self, index: int, ids: Sequence[str | None]) -> PageFacts:
        """Take in the ids on a page as they came; pages of a pass come in order."""
        continues = self._continues(index, ids)
        if index == 0:
            self._full = len(ids)
        is_only_overlap = continues is True and len(ids) == 1
        if index == 1 and self._full < TAKE:
            self._is_cut = bool(ids) and not is_only_overlap
        is_last = not ids or is_only_overlap or self._is_short(len(ids), index)
        self._skip, self._index, self._ids = self.skip(index), index, ids
        return PageFacts(is_last, continues)

    def _continues(self, index: int, ids: Sequence[str | None]) -> bool | None:
        if not 0 < index == self._index + 1 or not self._ids or self._ids[-1] is None:
            return None
        return bool(ids) and ids[0] == self._ids[-1]

    def _is_short(self, count: int, index: int) -> bool:
        if count >= TAKE:
            return False
        if index == 0:
            return self._is_cut is False
        return count < self._full or not self._is_cut
