"""Since when every ticket that a vendor counted has been shown, though pages shift meanwhile. Pure.

A call tells how many tickets the list has at that moment. Once so many tickets that were known
before it have been shown since, by whatever pages in whatever order, none of that moment's list is
left to be seen; and a ticket not shown since was not on it.
"""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from tui.domain.page import PageKey
from tui.domain.ticket import TicketRef
from tui.engine.reading import PageReading


@dataclass(slots=True)
class _Call:
    at: datetime
    total: int | None
    fresh: int
    """Tickets on it that nobody knew: they may have come after the calls before."""
    shown: int = 0
    """Tickets on it that no later call has shown, readable or not."""


class Confirmation:
    """The calls of one list, as far back as they may still prove something."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}
        """By number, in their order."""
        self._count = 0
        self._last_shown: dict[TicketRef, int] = {}
        self._last_read: dict[PageKey, tuple[int, int]] = {}
        """The number of the call, and the unreadable tickets that it brought."""
        self._whole: int | None = None
        self._counted_until = 0
        """The first call that no miss was counted for yet."""

    def add(self, reading: PageReading, at: datetime, *, fresh: Collection[TicketRef]) -> None:
        """Take in a call of a poll that began `at`; `fresh` are the tickets not known before."""
        number = self._count
        self._count += 1
        call = _Call(at, reading.total, len(fresh), len(reading.refs) + reading.unreadable)
        for ref in reading.refs:
            self._forget(self._last_shown.get(ref), 1)
            self._last_shown[ref] = number
        self._forget(*self._last_read.get(reading.key, (None, 0)))
        self._last_read[reading.key] = (number, reading.unreadable)
        self._calls[number] = call

    def advance(self, pages: Collection[PageKey]) -> datetime | None:
        """Return the latest moment whose whole list has been shown since; None: not proven.

        `pages` are those that must have been read since, too.
        """
        oldest = min((self._last_read.get(page, (-1, 0))[0] for page in pages), default=-1)
        shown = 0
        for number, call in reversed(self._calls.items()):
            shown += call.shown
            if number <= oldest and call.total is not None and shown >= call.total:
                self._whole = number
                break
            shown -= call.fresh
        if self._whole is None:
            return None
        for number in [each for each in self._calls if each < self._whole]:
            del self._calls[number]
        return self._calls[self._whole].at

    def take_proof(self) -> AbstractSet[TicketRef] | None:
        """Return the tickets shown since that moment; every proof stands on calls of its own.

        None while the calls since the last proof prove nothing yet.
        """
        if self._whole is None or self._whole < self._counted_until:
            return None
        self._counted_until = self._count
        gone = [ref for ref, number in self._last_shown.items() if number < self._whole]
        for ref in gone:
            del self._last_shown[ref]
        return frozenset(self._last_shown)

    def forget_calls(self) -> None:
        """Begin anew; the tickets stay known."""
        self._calls.clear()
        self._whole = None

    def _forget(self, number: int | None, shown: int) -> None:
        if number is not None and (call := self._calls.get(number)) is not None:
            call.shown -= shown
