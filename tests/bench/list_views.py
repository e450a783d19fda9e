"""Sorting and filtering very many tickets in the list's own view, against plain Python.

The floor of an order is `sorted` with the same key, that of a word is `in` over the same texts, and
that of a field a list of the tickets for which one plain comparison holds.
"""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.builders import make_ticket
from tui.app.queue_view import QueueView
from tui.app.search_texts import SearchTexts
from tui.domain.order import SORT_KEYS, Order
from tui.domain.person import Person
from tui.domain.query import Query, parse_begun
from tui.domain.ticket import Priority, Status, Ticket
from tui.engine.clock import SystemClock

COUNT = 100_000
GOAL = 2.0
"""The view takes at most so many times what the floor does."""
WORD = "bergen"
_WORDS = ("card", "terminals", "offline", "voucher", "parcel", "refund", "twice", "bergen", "oslo")
_PEOPLE = [Person(f"Agent {number}", f"a{number}@example.com") for number in range(40)]
_HIGH = frozenset({Priority.HIGH, Priority.CRITICAL})

Work = Callable[[], float]
"""Does it once; returns the seconds."""
Pair = tuple[str, Work, Work]
"""What is done, by the view and by plain Python."""


class Views:
    """A view of very many tickets, with all that it keeps of them made before."""

    def __init__(self) -> None:
        self._now = SystemClock().now()
        random = Random(17)
        tickets = {ticket.ref: ticket for ticket in map(self._make(random), range(COUNT))}
        texts = SearchTexts(tickets)
        while texts.make(COUNT):
            pass
        self._view = QueueView(tickets, self._now, texts=texts)
        self._tickets = self._view.tickets
        self._texts = [texts[ticket.ref] for ticket in self._tickets]

    def orders(self) -> Iterator[Pair]:
        """Yield each order; the view comes from the order of urgency, as a list does at first."""
        for key in SORT_KEYS:
            order = Order(key, descending=key == "urgency")
            words = f"sort {COUNT:,} by {key}{' descending' * order.descending}"
            yield words, self._arrange(order), self._sort(order)

    def letters(self) -> Iterator[Pair]:
        """Yield each letter of a word as it is typed; the view shows what was typed before it."""
        for length in range(1, len(WORD) + 1):
            text = WORD[:length]
            words = f"filter {COUNT:,} by /{text}"
            yield words, self._show(text, before=text[:-1]), self._look_for(text)

    def fields(self) -> Iterator[Pair]:
        """Yield filters that name a field."""
        now = self._now
        for text, holds in (
            ("priority:high+", lambda ticket: ticket.priority in _HIGH),
            ("is:open", lambda ticket: not ticket.closed),
            ("is:overdue", lambda ticket: ticket.due_at is not None and ticket.due_at < now),
            ("assignee:agent", lambda ticket: "agent" in ticket.assignee.words.casefold()),
        ):
            words = f"filter {COUNT:,} by /{text}"
            yield words, self._show(text), self._compare(holds)

    def _make(self, random: Random) -> Callable[[int], Ticket]:
        statuses, priorities = list(Status), list(Priority)

        def make(number: int) -> Ticket:
            return make_ticket(
                str(number),
                title=" ".join(random.choices(_WORDS, k=4)),
                body=f"Since 20:05 no till accepts cards. {' '.join(random.choices(_WORDS, k=20))}",
                customer=Person(f"Customer {number}", f"c{number}@example.com"),
                assignee=random.choice(_PEOPLE),
                status=random.choice(statuses),
                priority=random.choice(priorities),
                created_at=self._now - timedelta(minutes=random.randint(1, 50_000)),
                updated_at=self._now - timedelta(minutes=random.randint(1, 50_000)),
                due_at=self._now + timedelta(minutes=random.randint(-500, 3_000)),
            )

        return make

    def _arrange(self, order: Order) -> Work:
        def arrange() -> float:
            self._view.arrange(Order(), self._now)
            return _seconds(lambda: self._view.arrange(order, self._now))

        return arrange

    def _sort(self, order: Order) -> Work:
        return lambda: _seconds(lambda: sorted(self._tickets, key=order.key_at(self._now)))

    def _show(self, text: str, before: str = "") -> Work:
        query, query_before = parse_begun(text).query, parse_begun(before).query

        def show() -> float:
            self._view.arrange(Order(), self._now)
            self._view.show_only(Query(), self._now)
            self._view.show_only(query_before, self._now)
            return _seconds(lambda: self._view.show_only(query, self._now))

        return show

    def _look_for(self, word: str) -> Work:
        return lambda: _seconds(
            lambda: [
                ticket
                for ticket, text in zip(self._tickets, self._texts, strict=True)
                if word in text
            ]
        )

    def _compare(self, holds: Callable[[Ticket], bool]) -> Work:
        return lambda: _seconds(lambda: [ticket for ticket in self._tickets if holds(ticket)])


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
