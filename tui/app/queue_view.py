"""Which tickets a list shows, and in what order: refs as sorted keys. Pure; knows no widget.

A key ends with the ticket's ref, so that the sorted keys are both the order and the index: the
place of any ticket is found by bisection, and no second table has to follow the order.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from tui.domain.query import Query, QueryContext
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.urgency import is_overdue, urgency_key

SortKey = tuple[int, float, int, float, float, str, str]

_FEW = 32
"""Up to so many changes are put in one by one; more of them are sorted in together."""
_NEAR = 500
"""So many rows are looked at before each of the tickets that are looked for is placed."""


class QueueView:
    """The tickets of some workspaces that a query matches, most urgent first."""

    def __init__(
        self,
        tickets: Mapping[TicketRef, Ticket],
        now: datetime,
        *,
        workspaces: Collection[str] = (),
        query: Query | None = None,
    ) -> None:
        self._tickets = tickets
        self.workspaces = frozenset(workspaces)
        """Only these; empty for all."""
        self.query = query or Query()
        self._now = now
        self._keys: dict[TicketRef, SortKey] = {}
        self._order: list[SortKey] = []
        self.handle_width = 0
        """Characters of the longest handle so far; it only grows, so that columns stand still."""
        self.rebuild(now)

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, index: int) -> Ticket:
        return self._tickets[self._ref(index)]

    def key(self, index: int) -> SortKey:
        """Return the sort key at `index`; it still says where its ticket was once that is gone."""
        return self._order[index]

    def find(self, ref: TicketRef) -> int | None:
        """Return the ticket's index; None if it is not shown."""
        key = self._keys.get(ref)
        return None if key is None else bisect_left(self._order, key)

    def next_among(self, refs: Collection[TicketRef], index: int) -> int | None:
        """Return the next index behind `index` whose ticket is one of `refs`.

        Behind the end comes the beginning; `index` itself comes last. None if none is shown.
        """
        for near in range(index + 1, min(index + _NEAR, len(self._order))):
            if self._ref(near) in refs:
                return near
        places = [place for ref in refs if (place := self.find(ref)) is not None]
        return min(places, key=lambda place: (place <= index, place), default=None)

    def place_after(self, key: SortKey) -> int:
        """Return the index for a cursor whose ticket of that key is gone: its next neighbour."""
        return max(min(bisect_left(self._order, key), len(self._order) - 1), 0)

    def rebuild(self, now: datetime) -> None:
        """Read everything anew."""
        self._now = now
        shown: Iterable[tuple[TicketRef, Ticket]] = self._tickets.items()
        if self.workspaces or self.query.terms:
            shown = [(ref, ticket) for ref, ticket in shown if self._shows(ticket)]
        self._keys = {ref: urgency_key(ticket, now) for ref, ticket in shown}
        self._order = sorted(self._keys.values())
        widths = (_handle_width(ticket) for _, ticket in shown)
        self.handle_width = max(widths, default=self.handle_width)

    def update(self, refs: Iterable[TicketRef], now: datetime) -> bool:
        """Put these tickets where they belong now, or take them out; return whether any moved."""
        self._now = now
        gone: list[SortKey] = []
        come: list[SortKey] = []
        for ref in refs:
            ticket = self._tickets.get(ref)
            old = self._keys.pop(ref, None)
            new = None
            if ticket is not None and self._shows(ticket):
                new = self._keys[ref] = urgency_key(ticket, now)
                self.handle_width = max(self.handle_width, _handle_width(ticket))
            if old == new:
                continue
            if old is not None:
                gone.append(old)
            if new is not None:
                come.append(new)
        self._take_out(gone)
        if len(come) <= _FEW:
            for key in come:
                insort(self._order, key)
        else:
            # Two sorted runs: Timsort merges them without looking at most of the longer one.
            self._order += sorted(come)
            self._order.sort()
        return bool(gone or come)

    def overdue(self, now: datetime) -> int:
        """Return how many of the shown tickets are overdue."""
        return sum(is_overdue(self._tickets[ref], now) for ref in self._keys)

    def _take_out(self, keys: Sequence[SortKey]) -> None:
        places = sorted(bisect_left(self._order, key) for key in keys)
        if len(places) <= _FEW:
            for place in reversed(places):
                del self._order[place]
            return
        left: list[SortKey] = []
        start = 0
        for place in places:
            left += self._order[start:place]
            start = place + 1
        self._order = left + self._order[start:]

    def _ref(self, index: int) -> TicketRef:
        key = self._order[index]
        return TicketRef(key[-2], key[-1])

    def _shows(self, ticket: Ticket) -> bool:
        if self.workspaces and ticket.ref.workspace not in self.workspaces:
            return False
        return self.query.matches(ticket, QueryContext(now=self._now))


def _handle_width(ticket: Ticket) -> int:
    return len(ticket.ref.workspace) + 1 + len(ticket.number or ticket.ref.id)
