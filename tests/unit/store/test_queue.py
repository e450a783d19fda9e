from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.scripted_queue import ScriptedQueue
from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Ticket, TicketRef
from tui.store import queue as queue_module
from tui.store.queue import TicketQueue

State = dict[TicketRef, Ticket]


def follow(state: State, answer: ChangeSet | Reset) -> State:
    """Bring a reader's state up to date."""
    if isinstance(answer, Reset):
        return {ticket.ref: ticket for ticket in answer.tickets}
    assert not set(answer.removed) - set(state), "only what was there is removed"
    assert not {ticket.ref for ticket in answer.added} & set(state), "only new tickets are added"
    assert {ticket.ref for ticket in answer.changed} <= set(state), "only known tickets change"
    after = {ref: ticket for ref, ticket in state.items() if ref not in answer.removed}
    return after | {ticket.ref: ticket for ticket in (*answer.added, *answer.changed)}


class TestChangesSince:
    def test_without_a_position_everything_comes(self) -> None:
        queue = ScriptedQueue()
        queue.apply([make_ticket("1"), make_ticket("2")])

        answer = queue.changes_since(None)

        assert isinstance(answer, Reset)
        assert [ticket.ref.id for ticket in answer.tickets] == ["1", "2"]

    def test_a_position_of_another_queue_is_void(self) -> None:
        queue = ScriptedQueue()
        queue.apply([make_ticket()])

        assert isinstance(queue.changes_since(Position("elsewhere", 0)), Reset)
        assert isinstance(queue.changes_since(replace(here(queue), n=99)), Reset)
        assert isinstance(queue.changes_since(replace(here(queue), n=-1)), Reset)

    def test_nothing_new_is_an_empty_answer(self) -> None:
        queue = ScriptedQueue()
        queue.apply([make_ticket()])
        position = here(queue)

        assert queue.apply([make_ticket()]) is False
        answer = queue.changes_since(position)

        assert isinstance(answer, ChangeSet)
        assert not answer

    def test_being_confirmed_again_is_no_change_but_is_remembered(self) -> None:
        queue = ScriptedQueue()
        queue.apply([make_ticket(confirmed_at=NOON)])
        later = NOON + timedelta(minutes=5)

        assert queue.apply([make_ticket(confirmed_at=later)]) is False
        assert queue.tickets()[0].confirmed_at == later

    def test_a_reader_that_comes_too_late_reads_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(queue_module, "LOG_LIMIT", 3)
        queue = ScriptedQueue()
        queue.apply([make_ticket()])
        position = here(queue)
        for number in range(20):
            queue.apply([make_ticket(title=f"Title {number}")])

        assert isinstance(queue.changes_since(position), Reset)

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["apply", "remove", "read"]),
                st.integers(1, 5),
                st.integers(0, 2),
            ),
            max_size=40,
        )
    )
    def test_any_reader_that_follows_the_changes_has_the_queue(
        self, steps: list[tuple[str, int, int]]
    ) -> None:
        queue = ScriptedQueue()
        reader: State = {}
        position: Position | None = None
        for action, number, version in steps:
            ticket = make_ticket(str(number), title=f"Version {version}")
            if action == "apply":
                queue.apply([ticket])
            elif action == "remove":
                queue.apply([], [ticket.ref])
            else:
                answer = queue.changes_since(position)
                reader, position = follow(reader, answer), answer.position

        reader = follow(reader, queue.changes_since(position))

        assert reader == {ticket.ref: ticket for ticket in queue.tickets()}


def test_what_the_vendor_calls_deleted_goes_at_once() -> None:
    queue = ScriptedQueue()
    ticket = make_ticket()
    queue.apply([ticket])

    assert queue.apply([], [ticket.ref]) is True
    assert queue.apply([], [ticket.ref]) is False
    assert queue.tickets() == ()


def test_health_keeps_the_order_of_the_configuration() -> None:
    queue = ScriptedQueue(["b", "a"])

    assert queue.take_health({"a": WorkspaceHealth(state=HealthState.OK)}) is True
    assert queue.take_health({"a": WorkspaceHealth(state=HealthState.OK)}) is False
    assert list(queue.health()) == ["b", "a"]


def here(queue: TicketQueue) -> Position:
    return queue.changes_since(None).position


def test_missing_are_tickets_that_a_workspace_read_whole_does_not_have() -> None:
    queue = TicketQueue(["qp", "klink"])
    queue.take(Reset(position=Position("e", 1), tickets=(make_ticket("1"),)))
    queue.take_health({"qp": WorkspaceHealth(as_of=NOON)})
    refs = [TicketRef("qp", "1"), TicketRef("qp", "2"), TicketRef("klink", "3")]

    assert queue.missing(refs) == {TicketRef("qp", "2")}
