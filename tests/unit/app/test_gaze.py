"""When a ticket counts as seen."""

from datetime import timedelta

from support.builders import NOON
from tui.app.gaze import RESTS_AFTER, Gaze
from tui.domain.ticket import TicketRef

A, B = TicketRef("qp", "1"), TicketRef("qp", "2")
MOMENT = timedelta(milliseconds=100)


def test_a_ticket_is_seen_when_the_cursor_has_rested_on_it() -> None:
    gaze = Gaze()

    assert not gaze.rest_on(A, NOON)
    assert not gaze.rest_on(A, NOON + MOMENT)
    assert gaze.rest_on(A, NOON + RESTS_AFTER) == {A}
    assert gaze.rests_at is None
    assert not gaze.rest_on(A, NOON + 2 * RESTS_AFTER)


def test_a_cursor_that_only_passes_sees_nothing() -> None:
    gaze = Gaze()
    for step in range(100):
        assert not gaze.rest_on((A, B)[step % 2], NOON + step * MOMENT)


def test_where_one_walked_to_is_seen_when_one_goes_on() -> None:
    gaze = Gaze()
    gaze.walk_to(A)

    assert not gaze.rest_on(A, NOON)
    gaze.walk_to(B)
    assert gaze.rest_on(B, NOON + MOMENT) == {A}
    assert gaze.rest_on(None, NOON + 2 * MOMENT) == {B}


def test_steps_that_were_not_even_drawn_count_as_well() -> None:
    gaze = Gaze()
    gaze.walk_to(A)
    gaze.walk_to(B)

    assert gaze.rest_on(B, NOON) == {A}


def test_who_comes_back_rests_anew() -> None:
    gaze = Gaze()
    gaze.rest_on(A, NOON)
    gaze.look_away()

    assert not gaze.rest_on(A, NOON + RESTS_AFTER)
    assert gaze.rests_at == NOON + 2 * RESTS_AFTER
