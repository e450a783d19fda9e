"""What happened since somebody looked, and who looks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from support.builders import NOON, make_ticket
from tui.app.digest import AWAY_AFTER_BLUR, AWAY_AFTER_KEY, Absence, Digest, Event
from tui.app.mirror import Touched
from tui.domain.ticket import Priority, Status, Ticket, TicketRef

OPEN = make_ticket("1")
CLOSED = make_ticket("1", status=Status.RESOLVED)
OVERDUE = make_ticket("1", flagged_overdue=True)
DUE = make_ticket("1", due_at=NOON + timedelta(minutes=2))
CHANGED = make_ticket("1", priority=Priority.HIGH)
BACK = NOON + timedelta(minutes=10)
MOMENT = timedelta(seconds=1)


def _now_there(*tickets: Ticket) -> Mapping[TicketRef, Ticket]:
    return {ticket.ref: ticket for ticket in tickets}


def _digest(before: Ticket | None, after: Ticket | None) -> Digest:
    absence = Absence(NOON)
    absence.left(NOON)
    absence.note(Touched({OPEN.ref: before}))
    digest = absence.came(_now_there(*[after] if after else []), BACK)
    assert digest is not None
    return digest


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        (None, OPEN, Event.NEW),
        (None, OVERDUE, Event.NEW),
        (None, CLOSED, None),
        (None, None, None),
        (OPEN, CLOSED, Event.RESOLVED),
        (OPEN, None, Event.GONE),
        (CLOSED, None, None),
        (OPEN, OVERDUE, Event.OVERDUE),
        (DUE, DUE, Event.OVERDUE),
        (OVERDUE, replace(OVERDUE, title="Other"), Event.CHANGED),
        (OPEN, CHANGED, Event.CHANGED),
        (CLOSED, OPEN, Event.CHANGED),
        (OPEN, OPEN, None),
        (OVERDUE, OVERDUE, None),
    ],
)
def test_a_ticket_counts_for_what_became_of_it_in_all(
    before: Ticket | None, after: Ticket | None, event: Event | None
) -> None:
    assert _digest(before, after).events == ({OPEN.ref: event} if event else {})


def test_what_a_ticket_was_first_counts_however_often_it_changes() -> None:
    absence = Absence(NOON)
    absence.left(NOON)
    absence.note(Touched({OPEN.ref: OPEN}))
    absence.note(Touched({OPEN.ref: CHANGED}))

    assert absence.came(_now_there(OPEN), BACK) == Digest()


def test_the_first_reading_of_a_workspace_is_not_told() -> None:
    absence = Absence(NOON)
    absence.left(NOON)
    absence.note(Touched({OPEN.ref: None}, unread=frozenset({"qp"})))

    assert absence.came(_now_there(OPEN), BACK) == Digest()


def test_a_glance_at_another_window_is_no_absence() -> None:
    absence = Absence(NOON)
    absence.left(NOON)
    absence.note(Touched({OPEN.ref: None}))

    assert absence.came(_now_there(OPEN), NOON + AWAY_AFTER_BLUR - MOMENT) is None


def test_without_the_focus_nobody_looks_and_with_it_nobody_does_for_ever() -> None:
    absence = Absence(NOON)

    assert absence.looks(NOON + AWAY_AFTER_KEY - MOMENT)
    assert not absence.looks(NOON + AWAY_AFTER_KEY)
    absence.came({}, NOON + AWAY_AFTER_KEY)
    assert absence.looks(NOON + AWAY_AFTER_KEY)
    absence.left(NOON + AWAY_AFTER_KEY + MOMENT)
    assert not absence.looks(NOON + AWAY_AFTER_KEY + MOMENT)


def test_a_terminal_that_never_tells_of_its_focus_is_told_by_its_keys() -> None:
    absence = Absence(NOON)
    absence.note(Touched({OPEN.ref: None}))

    assert absence.came(_now_there(OPEN), NOON + AWAY_AFTER_KEY) == Digest({OPEN.ref: Event.NEW})
    assert absence.came(_now_there(OPEN), NOON + 2 * AWAY_AFTER_KEY) == Digest()


def test_what_happened_in_front_of_somebody_is_not_told() -> None:
    absence = Absence(NOON)
    absence.note(Touched({OPEN.ref: None}))
    assert absence.came(_now_there(OPEN), NOON + MOMENT) is None
    absence.left(NOON + 2 * MOMENT)

    assert absence.came(_now_there(OPEN), BACK) == Digest()


def test_who_is_away_already_does_not_leave_again() -> None:
    absence = Absence(NOON)
    absence.note(Touched({OPEN.ref: None}))
    absence.left(NOON + AWAY_AFTER_KEY)

    assert absence.came(_now_there(OPEN), NOON + 2 * AWAY_AFTER_KEY) == Digest(
        {OPEN.ref: Event.NEW}
    )


def _of(*events: Event) -> Digest:
    return Digest({TicketRef("qp", str(number)): event for number, event in enumerate(events)})


def test_the_words_count_each_kind() -> None:
    events = [Event.RESOLVED, Event.NEW, Event.OVERDUE, Event.NEW, Event.RESOLVED, Event.NEW]

    assert _of(*events).words() == "3 new, 1 overdue, 2 resolved"
    assert _of(Event.GONE, Event.CHANGED).words() == "1 gone, 1 changed"


def test_it_shrinks_while_one_walks_and_ends_where_nothing_is_left_to_look_at() -> None:
    digest = _of(Event.NEW, Event.CHANGED, Event.GONE)

    digest = digest.without({TicketRef("qp", "0")})
    assert digest.words() == "1 gone, 1 changed"
    assert not digest.without({TicketRef("qp", "1")})


def test_a_second_absence_is_told_with_the_first() -> None:
    first = _of(Event.NEW, Event.NEW, Event.CHANGED)
    second = Digest(
        {
            TicketRef("qp", "0"): Event.CHANGED,
            TicketRef("qp", "1"): Event.RESOLVED,
            TicketRef("qp", "9"): Event.OVERDUE,
        }
    )

    assert first.followed_by(second).words() == "1 new, 1 overdue, 1 resolved, 1 changed"


def test_only_what_happened_in_the_workspaces_on_the_screen_is_told_there() -> None:
    digest = Digest({TicketRef("a", "1"): Event.NEW, TicketRef("b", "1"): Event.NEW})

    assert digest.within(["a"]).words() == "1 new"
    assert digest.within([]).words() == "2 new"
