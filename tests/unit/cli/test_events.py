"""The stream of events: nothing twice, nothing from before, nothing that did not happen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.scripted_queue import ScriptedQueue
from support.strategies import tickets
from tui.cli.events import Event, EventKind, EventStream
from tui.domain.diff import Position, Reset
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.query import parse_query
from tui.domain.record import to_record
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.domain.urgency import is_overdue

MINUTE = timedelta(minutes=1)
WHOLE = WorkspaceHealth(state=HealthState.OK, as_of=NOON)


def make_queue(*shown: Ticket) -> ScriptedQueue:
    queue = ScriptedQueue(["qp", "klink"])
    queue.take_health({"qp": WHOLE, "klink": WHOLE})
    queue.apply(shown)
    return queue


def stream_of(queue: ScriptedQueue, query: str = "") -> EventStream:
    return EventStream(queue, parse_query(query), NOON)


def words(events: Sequence[Event]) -> list[tuple[str, str]]:
    return [
        (event.kind.value, event.ticket.ref.id if event.ticket else event.workspace)
        for event in events
    ]


def test_what_is_there_at_first_is_no_event() -> None:
    queue = make_queue(make_ticket("1", due_at=NOON - MINUTE))

    assert stream_of(queue).look(NOON) == []


def test_a_change_tells_every_key_of_the_record_that_differs() -> None:
    old = make_ticket("1")
    queue = make_queue(old)
    stream = stream_of(queue)
    person = replace(old.customer, name="Ann")
    new = replace(old, status=Status.RESOLVED, customer=person, confirmed_at=NOON + MINUTE)
    queue.apply([new])

    (event,) = stream.look(NOON + MINUTE)

    assert event.record(NOON + MINUTE) == {
        "event": "changed",
        "at": "2026-02-04T12:01:00.000Z",
        "workspace": "qp",
        "ref": "qp/1",
        "ticket": to_record(new, NOON + MINUTE),
        "changes": {
            "status": ["open", "resolved"],
            "customer": [
                {"name": None, "email": None, "phone": None},
                {"name": "Ann", "email": None, "phone": None},
            ],
            "closed": [False, True],
        },
    }
    assert stream.look(NOON + 2 * MINUTE) == []


def test_what_comes_and_goes_is_told_with_the_ticket() -> None:
    queue = make_queue()
    stream = stream_of(queue)
    ticket = make_ticket("1")
    queue.apply([ticket])
    added = stream.look(NOON)
    queue.apply([], [ticket.ref])
    removed = stream.look(NOON)

    assert words(added) == [("added", "1")]
    assert words(removed) == [("removed", "1")]
    assert removed[0].ticket == ticket
    queue.apply([], [TicketRef("qp", "never seen")])
    assert stream.look(NOON) == []


def test_a_ticket_becomes_overdue_at_its_moment_without_any_poll() -> None:
    stream = stream_of(make_queue(make_ticket("1", due_at=NOON + MINUTE)))
    moments = [stream.next_moment]
    assert stream.look(NOON + MINUTE - timedelta(seconds=1)) == []

    (event,) = stream.look(NOON + 3 * MINUTE)

    assert (event.kind, event.at) == (EventKind.OVERDUE, NOON + MINUTE)
    assert event.changes == {"overdue": (False, True)}
    assert event.record(NOON + 3 * MINUTE)["changes"] == {"overdue": [False, True]}
    assert stream.look(NOON + 4 * MINUTE) == []
    assert [*moments, stream.next_moment] == [NOON + MINUTE, None]


def test_a_change_that_makes_overdue_is_told_as_both() -> None:
    ticket = make_ticket("1", due_at=NOON + MINUTE)
    queue = make_queue(ticket)
    stream = stream_of(queue)
    queue.apply([replace(ticket, title="changed"), make_ticket("2", flagged_overdue=True)])

    found = words(stream.look(NOON + 2 * MINUTE))

    assert found == [("added", "2"), ("overdue", "2"), ("changed", "1"), ("overdue", "1")]


def test_a_due_time_that_was_put_off_counts_and_the_old_one_does_not() -> None:
    ticket = make_ticket("1", due_at=NOON + MINUTE)
    queue = make_queue(ticket)
    stream = stream_of(queue)
    queue.apply([replace(ticket, due_at=NOON + 9 * MINUTE)])

    assert words(stream.look(NOON)) == [("changed", "1")]
    assert stream.look(NOON + 5 * MINUTE) == []
    assert words(stream.look(NOON + 9 * MINUTE)) == [("overdue", "1")]


def test_a_query_tells_of_what_matches_before_or_after() -> None:
    ours, other = make_ticket("1", title="printer"), make_ticket("2", title="till")
    queue = make_queue(ours, other)
    stream = stream_of(queue, "printer")

    queue.apply([replace(other, body="x"), make_ticket("3")])
    assert stream.look(NOON) == []
    queue.apply([replace(ours, title="moved on"), replace(other, title="a printer after all")])
    assert words(stream.look(NOON)) == [("changed", "1"), ("changed", "2")]
    queue.apply([], [ours.ref, other.ref])
    assert words(stream.look(NOON)) == [("removed", "2")]


def test_a_workspaces_first_sweep_is_no_news_and_what_follows_is() -> None:
    queue = ScriptedQueue(["qp", "klink"])
    stream = stream_of(queue)
    queue.apply([make_ticket("1")])
    assert stream.look(NOON) == []
    queue.apply([make_ticket("2")])
    queue.take_health({"qp": WHOLE, "klink": WorkspaceHealth()})
    assert words(stream.look(NOON)) == [("health", "qp")]

    queue.apply([make_ticket("3"), make_ticket("4", workspace="klink")])

    assert words(stream.look(NOON)) == [("added", "3")]


def test_a_purge_is_no_event_and_neither_is_what_is_read_again() -> None:
    ticket = make_ticket("1")
    queue = make_queue(ticket)
    stream = stream_of(queue)
    queue.take(Reset(position=Position("another", 1), tickets=()))
    queue.take_health({"qp": WorkspaceHealth(), "klink": WHOLE})
    assert [event.kind for event in stream.look(NOON)] == [EventKind.HEALTH]

    queue._n = 1
    queue.take(Reset(position=Position("another", 2), tickets=(ticket,)))
    queue.take_health({"qp": WHOLE, "klink": WHOLE})

    assert words(stream.look(NOON)) == [("health", "qp")]


def test_a_reset_of_the_same_journal_tells_what_was_missed() -> None:
    stays, goes = make_ticket("1"), make_ticket("2")
    queue = make_queue(stays, goes)
    stream = stream_of(queue)
    changed = replace(stays, title="changed")
    queue.take(Reset(position=Position("script", 9), tickets=(changed, make_ticket("3"))))

    found = words(stream.look(NOON))

    assert found == [("changed", "1"), ("added", "3"), ("removed", "2")]


@pytest.mark.parametrize(
    ("health", "changes"),
    [
        (replace(WHOLE, as_of=NOON + MINUTE, pages_done=3), {}),
        (replace(WHOLE, state=HealthState.LATE), {"state": ("ok", "late")}),
        (
            replace(WHOLE, state=HealthState.REFUSED, error="401"),
            {"state": ("ok", "refused"), "error": (None, "401")},
        ),
    ],
)
def test_a_workspace_tells_its_state_and_error_and_not_every_poll(
    health: WorkspaceHealth, changes: Mapping[str, tuple[object, object]]
) -> None:
    queue = make_queue()
    stream = stream_of(queue, "no ticket matches this")
    queue.set_health("klink", health)

    events = stream.look(NOON)

    assert [event.changes for event in events] == ([changes] if changes else [])
    for event in events:
        assert event.record(NOON)["workspace"] == "klink"
        assert event.record(NOON)["ref"] is event.record(NOON)["ticket"] is None


@given(
    st.lists(
        st.tuples(
            st.lists(tickets(st.sampled_from("123")), max_size=3),
            st.sets(st.sampled_from("123")),
            st.integers(0, 500),
        ),
        max_size=6,
    )
)
def test_who_follows_the_events_has_what_the_queue_has(
    steps: Sequence[tuple[Sequence[Ticket], set[str], int]],
) -> None:
    queue = make_queue()
    stream = stream_of(queue)
    state: dict[TicketRef, Ticket] = {}
    overdue: set[TicketRef] = set()
    now: datetime = NOON
    for shown, gone, minutes in steps:
        now += minutes * MINUTE
        queue.apply(shown, [TicketRef("qp", each) for each in gone])
        for event in stream.look(now):
            assert event.ticket is not None
            ref = event.ticket.ref
            match event.kind:
                case EventKind.ADDED:
                    assert ref not in state
                    state[ref] = event.ticket
                case EventKind.CHANGED:
                    assert ref in state
                    assert event.changes
                    state[ref] = event.ticket
                    if not is_overdue(event.ticket, now):
                        overdue.discard(ref)
                case EventKind.REMOVED:
                    del state[ref]
                    overdue.discard(ref)
                case EventKind.OVERDUE:
                    assert ref not in overdue
                    overdue.add(ref)
                case _:
                    pytest.fail("nothing was said of a workspace")
        changes = queue.changes_since(None)
        assert isinstance(changes, Reset)
        there = {ticket.ref: ticket for ticket in changes.tickets}
        assert {ref: to_record(ticket, now) for ref, ticket in state.items()} == {
            ref: to_record(ticket, now) for ref, ticket in there.items()
        }
        assert overdue == {ref for ref, ticket in there.items() if is_overdue(ticket, now)}


def test_priorities_are_told_in_the_records_words() -> None:
    queue = make_queue(make_ticket("1"))
    stream = stream_of(queue)
    queue.apply([make_ticket("1", priority=Priority.CRITICAL)])

    (event,) = stream.look(NOON)

    assert event.record(NOON)["changes"] == {"priority": ["medium", "critical"]}
