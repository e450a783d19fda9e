"""Any order, any query, pins and snoozes: what is kept up by changes is what a fresh look shows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.service import FakeService
from tui.app.freeze import Freezer
from tui.app.mirror import QueueMirror
from tui.app.queue_view import QueueView
from tui.app.sorted_keys import Exchange
from tui.domain.activity import Novelty
from tui.domain.acts import NO_ACTS, Act, ActKind, is_snoozed
from tui.domain.order import SORT_KEYS, Order
from tui.domain.person import Person
from tui.domain.query import QueryContext, parse_query
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.domain.urgency import is_overdue
from tui.domain.workspace import Workspace

WORKSPACES = tuple(Workspace(name=name, vendor="x", title=name) for name in ("a", "b"))
IDS = st.integers(1, 9)
MINUTES = st.integers(-600, 600)
REFS = st.builds(TicketRef, st.sampled_from(["a", "b"]), IDS.map(str))


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    due = draw(st.none() | MINUTES)
    return make_ticket(
        str(draw(IDS)),
        workspace=draw(st.sampled_from(["a", "b"])),
        title=draw(st.sampled_from(["red", "Red wine", "green", "blue", ""])),
        customer=Person(draw(st.sampled_from([None, "Ann", "ann", "Anna", "Bo"]))),
        priority=draw(st.sampled_from(list(Priority))),
        status=draw(st.sampled_from(list(Status))),
        updated_at=draw(st.none() | st.just(NOON - timedelta(minutes=draw(MINUTES) + 700))),
        due_at=None if due is None else NOON + timedelta(minutes=due),
    )


@st.composite
def acts(draw: st.DrawFn) -> tuple[Act, list[TicketRef]]:
    kind = draw(st.sampled_from([kind for kind in ActKind if kind is not ActKind.NOTE]))
    until = NOON + timedelta(minutes=draw(st.integers(1, 900)))
    act = Act(kind, until=until if kind is ActKind.SNOOZE else None)
    return act, draw(st.lists(REFS, min_size=2, max_size=6, unique=True))


Step = tuple[list[Ticket], list[TicketRef], list[tuple[Act, list[TicketRef]]], int]
STEPS = st.lists(
    st.tuples(
        st.lists(tickets(), min_size=3, max_size=40),
        st.lists(REFS, max_size=3),
        st.lists(acts(), min_size=1, max_size=3),
        st.integers(0, 120),
    ),
    min_size=1,
    max_size=5,
)
ORDERS = st.builds(Order, st.sampled_from(SORT_KEYS), st.booleans())
WORDS = ("", "red", "re", "-red", "is:pinned", "is:snoozed", "-is:snoozed", "is:acked red")
FIELDS = ("status:new,open", "priority:high+", "is:overdue", "due:2h-", "is:unseen", "zzz")
QUERIES = st.sampled_from(WORDS + FIELDS)


def _context(mirror: QueueMirror, now: datetime) -> QueryContext:
    return QueryContext(now=now, novelties=mirror.novelties, acts=mirror.acts)


def _view(mirror: QueueMirror, now: datetime, *, query: str, order: Order) -> QueueView:
    return QueueView(
        mirror.tickets,
        now,
        query=parse_query(query),
        order=order,
        context=lambda now: _context(mirror, now),
        texts=mirror.texts,
    )


def _expected(
    mirror: QueueMirror, now: datetime, *, query: str, order: Order
) -> tuple[list[TicketRef], int]:
    """What is to be shown, said in the plainest way; and how many snoozed ones are not."""
    parsed, context = parse_query(query), _context(mirror, now)
    matching = order.sort(
        (ticket for ticket in mirror.tickets.values() if parsed.matches(ticket, context)), now
    )
    acts = [mirror.acts.get(ticket.ref, NO_ACTS) for ticket in matching]
    pairs = list(zip(matching, acts, strict=True))
    if not parsed.asks_for_snoozed:
        pairs = [(each, done) for each, done in pairs if not is_snoozed(done, each, now)]
    pinned = [ticket.ref for ticket, done in pairs if done.pinned]
    others = [ticket.ref for ticket, done in pairs if not done.pinned]
    return pinned + others, len(matching) - len(pairs)


def _do(service: FakeService, step: Step) -> None:
    changed, removed, done, _ = step
    service.queue.apply(changed, removed)
    there = {ticket.ref: ticket for ticket in service.queue.tickets()}
    for act, refs in done:
        service.act(act, [there[ref] for ref in refs if ref in there])


@given(STEPS, QUERIES, ORDERS)
def test_a_list_that_is_kept_up_is_the_one_that_is_made_anew(
    steps: Sequence[Step], query: str, order: Order
) -> None:
    service, now = FakeService(WORKSPACES), NOON
    mirror = QueueMirror(service)
    mirror.pull(now)
    view = _view(mirror, now, query=query, order=order)
    for step in steps:
        _do(service, step)
        now += timedelta(minutes=step[3])
        view.update(mirror.advance(now).refs, now)
        view.update(mirror.pull(now).refs, now)
        view.pass_time(now)

        refs, snoozed = _expected(mirror, now, query=query, order=order)
        assert view.refs() == refs
        assert view.snoozed == snoozed
        assert view.total == len(mirror.tickets)
        assert [view.find(ref) for ref in refs] == list(range(len(refs)))
        assert [view[place].ref for place in range(len(view))] == refs
        shown = [mirror.tickets[ref] for ref in refs]
        assert view.overdue(now) == sum(is_overdue(ticket, now) for ticket in shown)
        asleep = [
            ticket
            for ticket in mirror.tickets.values()
            if is_snoozed(mirror.acts.get(ticket.ref, NO_ACTS), ticket, now)
        ]
        assert mirror.snoozed.keys() == {ticket.ref for ticket in asleep}
        assert mirror.tally().snoozed == sum(not ticket.closed for ticket in asleep)


@given(st.lists(tickets(), max_size=40), st.lists(acts(), max_size=4), st.lists(QUERIES), ORDERS)
def test_whatever_was_asked_before_a_query_shows_the_same(
    some: list[Ticket],
    done: list[tuple[Act, list[TicketRef]]],
    queries: list[str],
    order: Order,
) -> None:
    service = FakeService(WORKSPACES)
    _do(service, (some, [], done, 0))
    mirror = QueueMirror(service)
    mirror.pull(NOON)
    view = _view(mirror, NOON, query="", order=Order())
    for query in queries:
        view.show_only(parse_query(query), NOON)
        refs, snoozed = _expected(mirror, NOON, query=query, order=view.order)
        assert (view.refs(), view.snoozed) == (refs, snoozed)

        view.arrange(order, NOON)
        refs, snoozed = _expected(mirror, NOON, query=query, order=order)
        assert (view.refs(), view.snoozed) == (refs, snoozed)


@given(st.lists(tickets(), max_size=20), st.lists(ORDERS, min_size=2, max_size=4))
def test_one_order_after_another_is_the_order_by_itself(
    some: list[Ticket], orders: list[Order]
) -> None:
    mirror = QueueMirror(FakeService(WORKSPACES, some))
    mirror.pull(NOON)
    view = _view(mirror, NOON, query="", order=Order())
    for order in orders:
        view.arrange(order, NOON)
        assert view.refs() == _view(mirror, NOON, query="", order=order).refs()
        assert [view.key(place) for place in range(len(view))] == [
            (1, *order.key_at(NOON)(ticket), ticket) for ticket in view.tickets
        ]


@pytest.mark.parametrize("key", SORT_KEYS)
def test_pinned_tickets_are_first_in_every_order(key: str) -> None:
    tickets = [make_ticket(str(number), workspace="a") for number in range(6)]
    service = FakeService(WORKSPACES, tickets)
    service.act(Act(ActKind.PIN), tickets[2:4])
    mirror = QueueMirror(service)
    mirror.pull(NOON)

    for order in (Order(key), Order(key, descending=True)):
        refs = _view(mirror, NOON, query="", order=order).refs()
        assert set(refs[:2]) == {ticket.ref for ticket in tickets[2:4]}
        assert len(refs) == len(tickets)


def test_a_query_that_asks_for_times_is_asked_again_each_minute() -> None:
    soon = make_ticket("1", workspace="a", due_at=NOON + timedelta(minutes=130))
    mirror = QueueMirror(FakeService(WORKSPACES, [soon]))
    mirror.pull(NOON)
    view = _view(mirror, NOON, query="due:2h-", order=Order())
    assert view.refs() == []

    later = NOON + timedelta(minutes=10)
    assert view.next_change(NOON) == NOON + timedelta(minutes=1)
    assert not view.pass_time(NOON + timedelta(minutes=1))
    assert view.pass_time(later)
    assert view.refs() == [soon.ref]
    assert not view.pass_time(later)


def test_a_query_without_times_needs_no_clock() -> None:
    mirror = QueueMirror(FakeService(WORKSPACES, [make_ticket("1", workspace="a")]))
    mirror.pull(NOON)

    assert _view(mirror, NOON, query="red is:overdue", order=Order()).next_change(NOON) is None


def test_what_is_seen_or_marked_leaves_a_list_that_asks_for_it() -> None:
    tickets = [make_ticket(name, workspace="a") for name in "12"]
    service = FakeService(WORKSPACES, tickets)
    service.unseen = {ticket.ref: Novelty.NEW for ticket in tickets}
    mirror = QueueMirror(service)
    mirror.pull(NOON)
    marked = {tickets[0].ref}
    unseen = _view(mirror, NOON, query="is:unseen", order=Order())
    chosen = QueueView(
        mirror.tickets,
        NOON,
        query=parse_query("is:marked"),
        context=lambda now: QueryContext(now=now, marked=marked),
    )
    assert len(unseen) == 2
    assert chosen.refs() == [tickets[0].ref]

    service.unseen.pop(tickets[0].ref)
    mirror.pull(NOON)
    marked.add(tickets[1].ref)

    assert unseen.pass_time(NOON)
    assert unseen.refs() == [tickets[1].ref]
    assert chosen.pass_time(NOON)
    assert len(chosen) == 2


def test_a_snoozed_ticket_comes_back_at_its_time_and_when_it_becomes_overdue() -> None:
    due = make_ticket("1", workspace="a", due_at=NOON + timedelta(hours=2))
    free = make_ticket("2", workspace="a")
    service = FakeService(WORKSPACES, [due, free])
    service.now = NOON
    service.act(Act(ActKind.SNOOZE, until=NOON + timedelta(hours=5)), [due, free])
    mirror = QueueMirror(service)
    mirror.pull(NOON)
    view = _view(mirror, NOON, query="", order=Order())
    assert (len(view), view.snoozed, mirror.tally().snoozed, mirror.tally().open) == (0, 2, 2, 2)

    for hours, refs in ((2, [due.ref]), (5, [due.ref, free.ref])):
        now = NOON + timedelta(hours=hours)
        assert mirror.next_turn is not None
        assert mirror.next_turn <= now
        view.update(mirror.advance(now).refs, now)
        assert view.refs() == refs
    assert mirror.tally().snoozed == 0


def test_what_people_do_shows_at_once_though_the_screen_is_frozen() -> None:
    ticket = make_ticket("1", workspace="a")
    service = FakeService(WORKSPACES, [ticket, make_ticket("2", workspace="a")])
    shown = QueueMirror(service)
    freezer = Freezer(shown)
    freezer.pull(NOON)
    freezer.freeze(NOON)
    service.change(replace(ticket, title="Other"))
    service.act(Act(ActKind.ACKNOWLEDGE), [ticket])

    step = freezer.pull(NOON)

    assert step.shown.refs == {ticket.ref}
    assert shown.acts[ticket.ref].acknowledged is not None
    assert shown.tickets[ticket.ref] == ticket
    assert freezer.waiting == 1


@pytest.mark.parametrize("count", [1, 500])
def test_many_keys_change_places_as_few_do(count: int) -> None:
    some = [make_ticket(f"{number:05}") for number in range(2_000)]
    keys = [(number, ticket) for number, ticket in enumerate(some)]
    exchange = Exchange()
    for number in range(0, 2 * count, 2):
        exchange.replace(keys[number], (number + 5_000, some[number]))
    exchange.replace(keys[1], (1, replace(some[1], title="Changed")))
    exchange.replace(keys[1_999], None)
    exchange.replace(None, (0.5, make_ticket("new")))
    assert exchange.moves

    exchange.apply(keys)

    assert [key[0] for key in keys] == sorted(key[0] for key in keys)
    assert len(keys) == 2_000
    assert next(key[1].title for key in keys if key[0] == 1) == "Changed"
    assert keys[-1][0] == 5_000 + 2 * count - 2


def test_overdue_tickets_are_counted_by_the_clock_though_nobody_tells_of_them() -> None:
    due = make_ticket("1", workspace="a", due_at=NOON + timedelta(minutes=5))
    view = QueueView({due.ref: due}, NOON)

    assert view.overdue(NOON) == 0
    assert view.overdue(NOON + timedelta(minutes=5)) == 1
