"""A frozen screen stands still; what goes on meanwhile is followed, counted and caught up with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.service import FakeService
from tui.app.formatting import ClockFace
from tui.app.freeze import Freezer, frozen_lines
from tui.app.mirror import QueueMirror
from tui.app.queue_view import QueueView
from tui.domain.activity import Novelty
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import DueSource, Priority, Ticket, TicketRef
from tui.domain.urgency import urgency_key
from tui.domain.workspace import Workspace

WORKSPACES = [Workspace(name="qp", vendor="x", title="qp")]
FACE = ClockFace("UTC")


def _frozen(*tickets: Ticket) -> tuple[FakeService, QueueMirror, Freezer]:
    service = FakeService(WORKSPACES, tickets)
    shown = QueueMirror(service)
    freezer = Freezer(shown)
    freezer.pull(NOON)
    freezer.freeze(NOON)
    return service, shown, freezer


def _words(freezer: Freezer) -> str:
    left, _ = frozen_lines(freezer, FACE, NOON, "P")[0]
    return "".join(span.text for span in left)


def test_what_is_shown_stands_still_while_the_world_goes_on() -> None:
    service, shown, freezer = _frozen(make_ticket("1"), make_ticket("2"))
    changed = make_ticket("1", title="Other")
    service.change(changed, make_ticket("3", priority=Priority.CRITICAL))
    service.change(removed=[TicketRef("qp", "2")])

    step = freezer.pull(NOON)

    assert not step.shown
    assert set(shown.tickets) == {TicketRef("qp", "1"), TicketRef("qp", "2")}
    assert step.news.refs == {TicketRef("qp", name) for name in "123"}
    assert freezer.live.tally().critical == 1
    assert shown.tally().critical == 0
    assert _words(freezer) == "FROZEN since 12:00, 3 changes wait"


def test_a_change_that_is_taken_back_does_not_wait() -> None:
    ticket = make_ticket("1")
    service, _, freezer = _frozen(ticket)
    service.change(replace(ticket, title="Other"))
    freezer.pull(NOON)
    assert _words(freezer).endswith("1 change waits")

    service.change(ticket)
    freezer.pull(NOON)
    assert _words(freezer).endswith("nothing waits")


def test_sums_trust_and_due_words_go_on() -> None:
    due = make_ticket("1", due_at=NOON + timedelta(minutes=5), due_source=DueSource.SLA)
    service, shown, freezer = _frozen(due, make_ticket("2"))
    later = NOON + timedelta(minutes=5)
    late = WorkspaceHealth(state=HealthState.LATE, as_of=NOON)
    service.set_health("qp", late)

    assert not freezer.advance(later).shown
    assert shown.tally().overdue == 1
    assert shown.overdue == {due.ref}
    assert shown.health["qp"] == late


def test_it_thaws_at_its_time() -> None:
    _, _, freezer = _frozen()

    _, (right,) = frozen_lines(freezer, FACE, NOON, "P")[0]
    assert right.text == "P thaws, else 12:10"
    freezer.thaw(NOON)
    assert freezer.thaws_at is None
    assert frozen_lines(freezer, FACE, NOON, "P") == ()


def test_in_fewer_words_it_still_says_since_when() -> None:
    service, _, freezer = _frozen()
    service.change(make_ticket("1"))
    freezer.pull(NOON)

    forms = [
        " | ".join(span.text for side in form for span in side)
        for form in frozen_lines(freezer, FACE, NOON, "P")
    ]

    assert forms == [
        "FROZEN since 12:00, 1 change waits | P thaws, else 12:10",
        "FROZEN since 12:00, 1 change waits | P thaws",
        "FROZEN since 12:00, 1 waits | P thaws",
        "FROZEN since 12:00 | P thaws",
    ]


def test_the_users_own_ticket_is_shown_now_or_as_soon_as_it_comes() -> None:
    service, shown, freezer = _frozen()
    here, coming = make_ticket("1"), make_ticket("2")
    service.change(here, make_ticket("3"))
    freezer.pull(NOON)

    assert freezer.let_in(here.ref, NOON).refs == {here.ref}
    assert not freezer.let_in(coming.ref, NOON)
    service.change(coming)
    assert freezer.pull(NOON).shown.refs == {coming.ref}
    assert set(shown.tickets) == {here.ref, coming.ref}
    assert freezer.waiting == 1


def test_marks_of_what_waits_wait_too() -> None:
    service, shown, freezer = _frozen(make_ticket("1"), make_ticket("2"))
    service.unseen = {TicketRef("qp", name): Novelty.CHANGED for name in "12"}
    service.change(make_ticket("1", title="Other"))

    freezer.pull(NOON)
    assert set(shown.novelties) == {TicketRef("qp", "2")}
    freezer.thaw(NOON)
    assert set(shown.novelties) == {TicketRef("qp", "1"), TicketRef("qp", "2")}


_TICKETS = st.builds(
    lambda number, title, minutes: make_ticket(
        str(number), title=title, due_at=NOON + timedelta(minutes=minutes)
    ),
    st.integers(1, 20),
    st.sampled_from(["a", "b"]),
    st.integers(-90, 90),
)
_REFS = st.builds(lambda number: TicketRef("qp", str(number)), st.integers(1, 20))
_STEPS = st.lists(
    st.tuples(st.lists(_TICKETS, max_size=6), st.lists(_REFS, max_size=4), st.integers(0, 40)),
    max_size=5,
)
_Steps = Sequence[tuple[list[Ticket], list[TicketRef], int]]


@given(st.lists(_TICKETS, max_size=20), _STEPS)
def test_a_thawed_list_is_the_one_that_was_never_frozen(first: list[Ticket], steps: _Steps) -> None:
    service, shown, freezer = _frozen(*first)
    view = QueueView(shown.tickets, NOON)
    before, now = [view[index].ref for index in range(len(view))], NOON
    for changed, removed, minutes in steps:
        now += timedelta(minutes=minutes)
        service.queue.apply(changed, removed)
        view.update(freezer.advance(now).shown.refs, now)
        view.update(freezer.pull(now).shown.refs, now)
        assert [view[index].ref for index in range(len(view))] == before
        differing = {
            ref
            for ref in {*shown.tickets, *freezer.live.tickets}
            if shown.tickets.get(ref) != freezer.live.tickets.get(ref)
        }
        assert freezer.waiting == len(differing)

    view.update(freezer.thaw(now).shown.refs, now)

    expected = sorted(service.queue.tickets(), key=lambda ticket: urgency_key(ticket, now))
    assert [view[index] for index in range(len(view))] == expected
    fresh = QueueMirror(service)
    fresh.pull(now)
    assert shown.tally() == fresh.tally()
    assert shown.overdue == fresh.overdue
