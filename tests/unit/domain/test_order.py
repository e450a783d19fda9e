"""The orders a list can have."""

import random
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.strategies import clock_times, hostile_texts, tickets
from tui.domain.errors import UsageError
from tui.domain.order import SORT_KEYS, Order, parse_order
from tui.domain.person import Person
from tui.domain.ticket import Priority, Status, Ticket
from tui.domain.urgency import urgency_key


def _ids(tickets: list[Ticket]) -> list[str]:
    return [ticket.ref.id for ticket in tickets]


def test_urgency_is_the_default() -> None:
    tickets = [
        make_ticket("low", priority=Priority.LOW),
        make_ticket("critical", priority=Priority.CRITICAL),
        make_ticket("late", due_at=NOON - timedelta(hours=1)),
    ]
    assert _ids(Order().sort(tickets, NOON)) == ["critical", "late", "low"]


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        (Order("due"), ["soon", "later", "none"]),
        (Order("due", descending=True), ["later", "soon", "none"]),
    ],
)
def test_tickets_without_the_value_come_last_in_either_direction(
    order: Order, ids: list[str]
) -> None:
    tickets = [
        make_ticket("none"),
        make_ticket("soon", due_at=NOON + timedelta(hours=2)),
        make_ticket("later", due_at=NOON + timedelta(hours=3)),
    ]
    assert _ids(order.sort(tickets, NOON)) == ids


@given(tickets(), st.sampled_from(SORT_KEYS), st.booleans())
def test_keys_end_with_the_key_of_urgency(ticket: Ticket, key: str, descending: bool) -> None:  # noqa: FBT001 - hypothesis gives it by name
    order, urgency = Order(key, descending), urgency_key(ticket, NOON)
    whole = order.key_at(NOON)(ticket)

    assert order.key_beside()(ticket, urgency) == whole
    if order != Order(descending=True):
        assert whole[-len(urgency) :] == urgency


@pytest.mark.parametrize("descending", [False, True])
def test_a_closed_ticket_has_no_due_time_to_be_sorted_by(*, descending: bool) -> None:
    closed = make_ticket("a", status=Status.RESOLVED, due_at=NOON - timedelta(hours=1))
    late = make_ticket("b", due_at=NOON - timedelta(hours=2))
    later = make_ticket("c", due_at=NOON + timedelta(hours=2))
    placed = Order("due", descending).sort([closed, late, later], NOON)
    assert placed[-1] is closed


def test_refs_stand_as_they_are_shown_and_their_numbers_count() -> None:
    queue = [
        make_ticket("x", workspace="a", number="900"),
        make_ticket("d", number="2099"),
        make_ticket("c", number="12000"),
        make_ticket("b", number="CR-9"),
        make_ticket("a", number="CR-0010"),
        make_ticket("CR-11"),
    ]
    assert Order("ref").sort(queue[::-1], NOON) == queue
    assert Order("ref", descending=True).sort(queue, NOON) == queue[::-1]


def test_equals_stay_in_the_order_of_urgency_in_either_direction() -> None:
    tickets = [
        make_ticket("b", customer=Person("Ann")),
        make_ticket("a", customer=Person("ann"), priority=Priority.CRITICAL),
        make_ticket("c", customer=Person("Bo")),
    ]
    assert _ids(Order("customer").sort(tickets, NOON)) == ["a", "b", "c"]
    assert _ids(Order("customer", descending=True).sort(tickets, NOON)) == ["c", "a", "b"]


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("key", SORT_KEYS)
def test_every_order_is_the_same_however_the_tickets_came(key: str, direction: str) -> None:
    tickets = [
        make_ticket(
            str(number),
            priority=list(Priority)[number % 6],
            due_at=None if number % 3 else NOON + timedelta(minutes=number),
            updated_at=None if number % 4 else NOON - timedelta(minutes=number),
            customer=Person(None if number % 5 else f"customer {number % 2}"),
        )
        for number in range(40)
    ]
    shuffled = tickets[:]
    random.Random(1).shuffle(shuffled)
    order = parse_order(f"{key}:{direction}")
    assert order.sort(shuffled, NOON) == order.sort(tickets, NOON)
    assert sorted(_ids(order.sort(shuffled, NOON))) == sorted(_ids(tickets))


def test_descending_urgency_is_the_reverse() -> None:
    tickets = [make_ticket(str(number), priority=list(Priority)[number]) for number in range(6)]
    forward = Order().sort(tickets, NOON)
    assert forward == sorted(tickets, key=lambda ticket: urgency_key(ticket, NOON))
    assert Order("urgency", descending=True).sort(tickets, NOON) == forward[::-1]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("due", Order("due")),
        ("created:desc", Order("created", descending=True)),
        ("ref:asc", Order("ref")),
    ],
)
def test_a_direction_may_follow_the_key(text: str, order: Order) -> None:
    assert parse_order(text) == order


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("urgncy", "nearest: urgency"),
        ("xyz", "known: urgency priority"),
        ("due:down", "due:asc or due:desc"),
        ("due:", "due:asc or due:desc"),
        ("", "known: "),
    ],
)
def test_a_wrong_order_says_what_is_meant(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_order(text)
    assert says in str(caught.value)


names = st.sampled_from(["", "Ann", "ann", "Anne", "bo"]) | hostile_texts(max_size=4)
queues = st.lists(
    st.builds(
        lambda ticket, title, name: replace(ticket, title=title, customer=Person(name)),
        tickets(),
        names,
        names,
    ),
    max_size=8,
    unique_by=lambda ticket: ticket.ref,
)
orders = st.builds(Order, st.sampled_from(SORT_KEYS), st.booleans())


@given(queue=queues, order=orders, now=clock_times())
def test_a_key_places_a_ticket_where_the_whole_order_has_it(
    queue: list[Ticket], order: Order, now: datetime
) -> None:
    key = order.key_at(now)
    placed = order.sort(queue, now)
    keys = [key(ticket) for ticket in placed]

    assert len(set(keys)) == len(queue)
    assert keys == sorted(keys)
    assert all(placed[bisect_left(keys, key(ticket))] is ticket for ticket in queue)


@pytest.mark.parametrize(
    ("key", "value_of"),
    [
        ("due", lambda ticket: None if ticket.closed else ticket.due_at),
        ("created", lambda ticket: ticket.created_at),
        ("title", lambda ticket: ticket.title.casefold() or None),
        ("customer", lambda ticket: ticket.customer.words.casefold() or None),
        ("ref", lambda ticket: (ticket.ref.workspace, int(ticket.ref.id))),
    ],
)
@given(queue=queues, now=clock_times())
def test_a_direction_turns_the_values_round_and_neither_the_unknown_nor_the_equal(
    key: str, value_of: Callable[[Ticket], Any], queue: list[Ticket], now: datetime
) -> None:
    by_urgency = Order().sort(queue, now)
    known = [ticket for ticket in by_urgency if value_of(ticket) is not None]
    unknown = [ticket for ticket in by_urgency if value_of(ticket) is None]

    for descending in (False, True):
        expected = sorted(known, key=value_of, reverse=descending)
        assert Order(key, descending).sort(queue, now) == expected + unknown
