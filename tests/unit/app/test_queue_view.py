"""The order of the list, whatever happens to it; and the sums beside it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.service import FakeService
from tui.app.mirror import QueueMirror, Tally
from tui.app.queue_view import QueueView
from tui.domain.diff import Position, Reset
from tui.domain.query import QueryContext, parse_query
from tui.domain.ticket import DueSource, Priority, Status, Ticket, TicketRef
from tui.domain.urgency import is_overdue, urgency_key
from tui.domain.workspace import Workspace

WORKSPACES = tuple(Workspace(name=name, vendor="x", title=name) for name in ("a", "b"))
MINUTES = st.integers(-20_000, 20_000)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    due = draw(st.none() | MINUTES)
    return make_ticket(
        str(draw(st.integers(1, 60))),
        workspace=draw(st.sampled_from(["a", "b"])),
        title=draw(st.sampled_from(["red", "green", "blue"])),
        priority=draw(st.sampled_from(list(Priority))),
        status=draw(st.sampled_from(list(Status))),
        created_at=NOON + timedelta(minutes=draw(MINUTES)),
        due_at=None if due is None else NOON + timedelta(minutes=due),
        due_source=None if due is None else draw(st.sampled_from(list(DueSource))),
        flagged_overdue=draw(st.booleans()),
    )


Steps = Sequence[tuple[list[Ticket], list[TicketRef], int]]
REFS = st.builds(TicketRef, st.sampled_from(["a", "b"]), st.integers(1, 60).map(str))
STEPS = st.lists(
    st.tuples(st.lists(tickets(), max_size=50), st.lists(REFS, max_size=50), st.integers(0, 900)),
    max_size=6,
)


def _shown(view: QueueView) -> list[TicketRef]:
    return [view[index].ref for index in range(len(view))]


def _expected(
    mirror: QueueMirror, now: datetime, *, word: str, scope: str | None
) -> list[TicketRef]:
    query = parse_query(word)
    kept = [
        ticket
        for ticket in mirror.tickets.values()
        if query.matches(ticket, QueryContext(now=now)) and scope in (None, ticket.ref.workspace)
    ]
    return [ticket.ref for ticket in sorted(kept, key=lambda ticket: urgency_key(ticket, now))]


@given(STEPS, st.sampled_from(["", "red", "-red"]), st.sampled_from([None, "a"]))
def test_the_list_is_in_urgency_order_after_every_change_and_at_every_moment(
    steps: Steps, word: str, scope: str | None
) -> None:
    service, now = FakeService(WORKSPACES), NOON
    mirror = QueueMirror(service)
    mirror.pull(now)
    view = QueueView(
        mirror.tickets, now, workspaces=(scope,) if scope else (), query=parse_query(word)
    )
    for changed, removed, minutes in steps:
        now += timedelta(minutes=minutes)
        service.queue.apply(changed, removed)
        view.update(mirror.advance(now).refs, now)
        view.update(mirror.pull(now).refs, now)

        assert _shown(view) == _expected(mirror, now, word=word, scope=scope)
        assert [view.find(ref) for ref in _shown(view)] == list(range(len(view)))


@given(STEPS)
def test_the_sums_are_those_of_a_recount(steps: Steps) -> None:
    service, now = FakeService(WORKSPACES), NOON
    mirror = QueueMirror(service)
    for changed, removed, minutes in steps:
        now += timedelta(minutes=minutes)
        service.queue.apply(changed, removed)
        mirror.pull(now)
        mirror.advance(now)

        for scope in ((), ("a",), ("a", "b")):
            there = [
                ticket
                for ticket in mirror.tickets.values()
                if not scope or ticket.ref.workspace in scope
            ]
            is_open = [ticket for ticket in there if not ticket.closed]
            assert mirror.tally(scope) == Tally(
                len(is_open),
                sum(is_overdue(ticket, now) for ticket in is_open),
                sum(ticket.priority is Priority.CRITICAL for ticket in is_open),
                sum(
                    is_overdue(ticket, now) or ticket.priority is Priority.CRITICAL
                    for ticket in is_open
                ),
            )
            assert mirror.count(scope) == len(there)


@given(st.lists(tickets(), min_size=1, max_size=40), st.data())
def test_a_ticket_that_leaves_hands_the_cursor_to_its_neighbour(
    some: list[Ticket], data: st.DataObject
) -> None:
    service = FakeService(WORKSPACES, some)
    mirror = QueueMirror(service)
    mirror.pull(NOON)
    view = QueueView(mirror.tickets, NOON)
    before = _shown(view)
    gone = set(data.draw(st.lists(st.sampled_from(before), min_size=1)))
    cursor = data.draw(st.sampled_from(sorted(gone)))
    key = view.key(before.index(cursor))

    service.queue.apply((), gone)
    view.update(mirror.pull(NOON).refs, NOON)

    place = before.index(cursor)
    after = [ref for ref in before[place:] if ref not in gone]
    ahead = [ref for ref in before[:place] if ref not in gone]
    neighbour = (after or ahead[-1:])[:1]
    assert [_shown(view)[view.place_after(key)] for _ in neighbour] == neighbour


def test_a_row_turns_overdue_and_moves_at_its_moment() -> None:
    due = make_ticket("1", workspace="a", due_at=NOON + timedelta(hours=3), priority=Priority.LOW)
    other = make_ticket("2", workspace="a", priority=Priority.HIGH)
    mirror = QueueMirror(FakeService(WORKSPACES, [due, other]))
    mirror.pull(NOON)
    view = QueueView(mirror.tickets, NOON)
    assert _shown(view) == [other.ref, due.ref]

    soon = mirror.next_turn
    assert soon == NOON + timedelta(hours=2)
    assert not mirror.advance(soon - timedelta(microseconds=1))
    touched = mirror.advance(soon)
    view.update(touched.refs, soon)

    assert touched.refs == {due.ref}
    assert _shown(view) == [due.ref, other.ref]
    assert mirror.tally().overdue == 0
    assert mirror.next_turn == NOON + timedelta(hours=3)
    mirror.advance(NOON + timedelta(hours=3))
    assert mirror.tally().overdue == 1


def test_a_position_that_is_gone_reads_everything_anew() -> None:
    service = FakeService(WORKSPACES, [make_ticket("1", workspace="a")])
    mirror = QueueMirror(service)
    mirror.pull(NOON)
    other = make_ticket("2", workspace="b")
    service.queue.take(Reset(position=Position("another", 1), tickets=(other,)))

    touched = mirror.pull(NOON)

    assert touched.everything
    assert touched.refs == {TicketRef("a", "1"), other.ref}
    assert list(mirror.tickets) == [other.ref]
    assert mirror.tally(("a",)) == Tally()


@given(st.lists(tickets(), max_size=40), st.integers(-1, 40), st.data())
def test_the_next_of_some_tickets_is_found_around_the_end(
    some: list[Ticket], start: int, data: st.DataObject
) -> None:
    mirror = QueueMirror(FakeService(WORKSPACES, some))
    mirror.pull(NOON)
    view = QueueView(mirror.tickets, NOON)
    shown = _shown(view)
    index = min(start, len(shown) - 1)
    wanted = set(data.draw(st.lists(REFS, max_size=5)))

    found = view.next_among(wanted, index)

    around = [*range(index + 1, len(shown)), *range(index + 1)]
    assert found == next((place for place in around if shown[place] in wanted), None)


def test_the_next_of_a_few_tickets_is_found_far_away() -> None:
    many = [make_ticket(f"{number:04}", workspace="a") for number in range(2_000)]
    mirror = QueueMirror(FakeService(WORKSPACES, many))
    mirror.pull(NOON)
    view = QueueView(mirror.tickets, NOON)

    assert view.next_among({many[1_900].ref}, 3) == 1_900
    assert view.next_among({many[2].ref, many[1].ref}, 3) == 1
