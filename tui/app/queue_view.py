"""Which tickets a list shows, and in what order: sorted keys. Pure; knows no widget.

All tickets of the chosen workspaces are kept in order, and what the query leaves of them beside
that: another query, as with every letter that somebody types, sorts nothing. The sorted keys are
both the order and the index: the place of any ticket is found by bisection, and no second table has
to follow the order.
"""

import gc
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tui.app.search_texts import SearchTexts
from tui.app.sorted_keys import Exchange, SortKey, holds, keys_of
from tui.domain.acts import LocalActs, is_snoozed
from tui.domain.order import Order
from tui.domain.query import Query, QueryContext
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.urgency import is_overdue

_PINNED, _USUAL, _HIDDEN = range(3)
"""The ranks: pinned tickets are first in every order; those that are hidden because they are
snoozed stand behind everything that is shown."""

_EVERYTHING = Query()
_BY_URGENCY = Order()
_URGENCY_REVERSED = Order(descending=True)
_URGENCY = slice(-8, -1)
"""Where the key of urgency stands in that of an order."""
_NEAR = 500
"""So many rows are looked at before each of the tickets that are looked for is placed."""
_MANY = 10_000
_MINUTE = timedelta(minutes=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


class QueueView:
    """The tickets of some workspaces that a query matches, in an order, the pinned ones first.

    `context` gives what a query may ask beyond the ticket itself, what was done to it here
    included; `texts` are shared with others who search the same tickets.
    """

    def __init__(
        self,
        tickets: Mapping[TicketRef, Ticket],
        now: datetime,
        *,
        workspaces: Collection[str] = (),
        query: Query | None = None,
        order: Order = _BY_URGENCY,
        context: Callable[[datetime], QueryContext] | None = None,
        texts: SearchTexts | None = None,
    ) -> None:
        self._tickets = tickets
        self.workspaces = frozenset(workspaces)
        """Only these; empty for all."""
        self.query = query or _EVERYTHING
        self.order = order
        self._context_at = context or (lambda now: QueryContext(now=now))
        self._texts = SearchTexts(tickets) if texts is None else texts
        self.handle_width = 0
        """Characters of the longest handle so far; it only grows, so that columns stand still."""
        self._keys: dict[TicketRef, SortKey] = {}
        self._ranked: list[SortKey] = []
        """Every ticket of the workspaces."""
        self._ranked_texts: list[str] | None = None
        """What words are looked for in, in the same order; None until somebody looks."""
        self._matching: list[SortKey] = []
        """Those that the query matches; the same list where it matches everything."""
        self._length = 0
        self._answered: tuple[datetime, Mapping[str, object]] = (now, {})
        """When the query was asked, and what the context said of what that depends on."""
        self._overdue: set[TicketRef] | None = None
        """Which of all the tickets are overdue; None until somebody asks."""
        self._overdue_until = now
        self._overdue_shown: int | None = None
        self.rebuild(now)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Ticket:
        ticket: Ticket = self.key(index)[-1]
        return ticket

    def refs(self) -> list[TicketRef]:
        """Return what is shown, in order."""
        return [key[-1].ref for key in self._matching[: self._length]]

    def key(self, index: int) -> SortKey:
        """Return the sort key at `index`; it still says where its ticket was once that is gone."""
        if not 0 <= index < self._length:
            raise IndexError(index)
        return self._matching[index]

    def find(self, ref: TicketRef) -> int | None:
        """Return the ticket's index; None if it is not shown."""
        key = self._keys.get(ref)
        if key is None:
            return None
        place = bisect_left(self._matching, key, hi=self._length)
        return place if place < self._length and self._matching[place] is key else None

    def next_among(self, refs: Collection[TicketRef], index: int) -> int | None:
        """Return the next index behind `index` whose ticket is one of `refs`.

        Behind the end comes the beginning; `index` itself comes last. None if none is shown.
        """
        for near in range(index + 1, min(index + _NEAR, self._length)):
            if self[near].ref in refs:
                return near
        places = [place for ref in refs if (place := self.find(ref)) is not None]
        return min(places, key=lambda place: (place <= index, place), default=None)

    def place_after(self, key: SortKey) -> int:
        """Return the index for a cursor whose ticket of that key is gone: its next neighbour.

        The key must be of the same order.
        """
        return max(min(bisect_left(self._matching, key), self._length - 1), 0)

    @property
    def tickets(self) -> list[Ticket]:
        """All tickets of the workspaces in order, shown or not."""
        return [key[-1] for key in self._ranked]

    @property
    def total(self) -> int:
        """How many tickets the workspaces have, whatever the query."""
        return len(self._ranked)

    @property
    def snoozed(self) -> int:
        """How many tickets that the query matches are hidden because they are snoozed."""
        return len(self._matching) - self._length

    def overdue(self, now: datetime) -> int:
        """Return how many of the shown tickets are overdue."""
        if self._overdue is None or now >= self._overdue_until:
            self._overdue, self._overdue_until = set(), _NEVER
            self._overdue_shown = None
            for key in self._ranked:
                ticket: Ticket = key[-1]
                if ticket.due_at is not None or ticket.flagged_overdue:
                    self._note_overdue(self._overdue, ticket, now)
        if self._overdue_shown is None:
            self._overdue_shown = self._count_shown(self._overdue)
        return self._overdue_shown

    def _count_shown(self, refs: Collection[TicketRef]) -> int:
        if self._length == len(self._ranked):
            return len(refs)
        if self._length < len(refs):
            return sum(key[-1].ref in refs for key in self._matching[: self._length])
        return sum(self.find(ref) is not None for ref in refs)

    def next_change(self, now: datetime) -> datetime | None:
        """Return when `pass_time` has something to do by time alone; None: never.

        Snoozed tickets that wake and tickets that turn overdue are told of by the mirror.
        """
        return _minute(now) + _MINUTE if self.query.is_timed else None

    def pass_time(self, now: datetime) -> bool:
        """Take in what the query owes to time and to the context; return whether rows changed.

        At most once a minute for a query that asks for times.
        """
        asked_at, _ = self._answered
        is_due = self.query.is_timed and asked_at < _minute(now)
        if not is_due and not self._is_outdated(now):
            return False
        before = self._matching
        self._ask(self._ranked, now)
        return self._matching != before

    def rebuild(self, now: datetime) -> None:
        """Read everything anew."""
        scope = self.workspaces
        tickets = [
            ticket
            for ticket in self._tickets.values()
            if not scope or ticket.ref.workspace in scope
        ]
        self.handle_width = max(map(_handle_width, tickets), default=self.handle_width)
        self._overdue = None
        key_of = self.order.key_at(now)
        self._sort(((*key_of(ticket), ticket) for ticket in tickets), now)

    def arrange(self, order: Order, now: datetime) -> None:
        """Show the same tickets in another order."""
        before, self.order = self.order, order
        if before == _URGENCY_REVERSED:
            self.rebuild(now)
            return
        # The keys of all other orders end with that of urgency, which takes longest to make.
        key_of = order.key_beside()
        self._sort(((*key_of(key[-1], key[_URGENCY]), key[-1]) for key in self._ranked), now)

    def _sort(self, ranked: Iterable[SortKey], now: datetime) -> None:
        """Take over these keys, which are without a rank yet."""
        with _no_collection():
            self._ranked_texts = None
            keys = sorted(ranked)
            # Made again in their order the keys lie side by side: going through them is fast.
            keys = [(_USUAL, *key) for key in keys]
            self._keys = {key[-1].ref: key for key in keys}
            if acts := self._context_at(now).acts:
                for ref in acts.keys() & self._keys.keys():
                    key = self._keys[ref]
                    self._keys[ref] = (self._rank(key[-1], acts[ref], now), *key[1:])
                keys = sorted(self._keys.values())
            self._ranked = keys
            if len(keys) >= _MANY:
                # Else the collector would stop the program for as long as a bad key feels, to look
                # at objects that live on anyway.
                gc.freeze()
        self._ask(self._ranked, now)

    def show_only(self, query: Query, now: datetime) -> None:
        """Show what this query matches instead."""
        before, self.query = self.query, query
        if before.asks_for_snoozed is not query.asks_for_snoozed:
            self._matching = self._ranked
            self.update(self._context_at(now).acts, now)
        is_narrower = query.narrows(before) and not before.is_timed and not self._is_outdated(now)
        # The texts of all are at hand in their order; those of most of them would be gathered.
        is_short = len(self._matching) < len(self._ranked) // 2
        self._ask(self._matching if is_narrower and is_short else self._ranked, now)

    def update(self, refs: Iterable[TicketRef], now: datetime) -> bool:
        """Put these tickets where they belong now, or take them out; return whether any moved.

        Something of them may have changed, or of what was done to them here, or time has.
        """
        context, key_of = self._context_at(now), self.order.key_at(now)
        matches_all = self._matching is self._ranked
        ranked, matching = Exchange(), Exchange()
        for ref in dict.fromkeys(refs):
            if self.workspaces and ref.workspace not in self.workspaces:
                continue
            self._texts.forget(ref)
            ticket, old = self._tickets.get(ref), self._keys.pop(ref, None)
            before = old if old and (matches_all or holds(self._matching, old)) else None
            new = after = None
            if ticket is not None:
                rank = self._rank(ticket, context.acts.get(ref), now)
                new = (rank, *key_of(ticket), ticket)
                if old is not None and old[-1] is ticket and old == new:
                    new = old
                self._keys[ref] = new
                self.handle_width = max(self.handle_width, _handle_width(ticket))
                if matches_all or self._matches(ticket, context):
                    after = new
            ranked.replace(old, new)
            matching.replace(before, after)
            if self._overdue is not None:
                self._overdue.discard(ref)
                if ticket is not None:
                    self._note_overdue(self._overdue, ticket, now)
        if not matches_all:
            matching.apply(self._matching)
        ranked.apply(self._ranked)
        self._ranked_texts = None
        self._measure()
        return matching.moves

    def _rank(self, ticket: Ticket, acts: LocalActs | None, now: datetime) -> int:
        if acts is None:
            return _USUAL
        if not self.query.asks_for_snoozed and is_snoozed(acts, ticket, now):
            return _HIDDEN
        return _USUAL if acts.pinned is None else _PINNED

    def _matches(self, ticket: Ticket, context: QueryContext) -> bool:
        text = self._texts[ticket.ref] if self.query.needs_text else None
        return self.query.matches(ticket, context, text)

    def _ask(self, keys: list[SortKey], now: datetime) -> None:
        """Ask the query for each of these, in order."""
        context = self._context_at(now)
        if self.query == _EVERYTHING:
            self._matching = self._ranked
        else:
            # Never the list of all itself, which is kept up beside this one.
            if self.query.needs_text:
                keys = self.query.holding(keys, self._texts_of(keys))
            if self.query.names_fields:
                keys = keys_of(self.query.agreeing([key[-1] for key in keys], context), keys)
            self._matching = keys
        self._answered = (now, self._asked(context))
        self._measure()

    def _texts_of(self, keys: list[SortKey]) -> list[str]:
        if keys is not self._ranked:
            return [self._texts[key[-1].ref] for key in keys]
        if self._ranked_texts is None:
            self._ranked_texts = [self._texts[key[-1].ref] for key in keys]
        return self._ranked_texts

    def _measure(self) -> None:
        self._length = bisect_left(self._matching, (_HIDDEN,))
        self._overdue_shown = None

    def _asked(self, context: QueryContext) -> Mapping[str, object]:
        """Return what the context says of what the query depends on."""
        said: dict[str, object] = {
            "novelties": context.novelties,
            "marked": frozenset(context.marked),
            "stale": frozenset(context.stale),
        }
        return {name: said[name] for name in self.query.depends_on if name in said}

    def _is_outdated(self, now: datetime) -> bool:
        # What was done to tickets is told by `update`, ticket by ticket.
        return self._asked(self._context_at(now)) != self._answered[1]

    def _note_overdue(self, overdue: set[TicketRef], ticket: Ticket, now: datetime) -> None:
        due_at = ticket.due_at
        if due_at is not None and now < due_at < self._overdue_until and not ticket.closed:
            self._overdue_until = due_at
        if is_overdue(ticket, now):
            overdue.add(ticket.ref)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Make very many keys without the collector going through all of them again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _handle_width(ticket: Ticket) -> int:
    return len(ticket.ref.workspace) + 1 + len(ticket.number or ticket.ref.id)
