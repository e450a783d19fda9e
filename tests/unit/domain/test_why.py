"""The reason that is told for a place is the reason why the ticket is there."""

import itertools
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.strategies import clock_times, tickets
from tui.domain.ticket import DueSource, Priority, Status, Ticket
from tui.domain.urgency import Band, band, is_overdue, urgency_key
from tui.domain.why import BAND_OF, Case, case_of, coming_turn, due_kind

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _due(span: timedelta, source: DueSource = DueSource.SLA, **overrides: Any) -> Ticket:
    values: dict[str, Any] = {"due_at": NOON + span, "due_source": source}
    return make_ticket(**(values | overrides))


@given(tickets(), clock_times())
def test_the_case_leads_to_the_band_that_the_list_sorts_by(ticket: Ticket, now: datetime) -> None:
    assert BAND_OF[case_of(ticket, now)] is band(ticket, now)


@given(tickets(), clock_times())
def test_a_case_that_speaks_of_overdue_is_told_of_overdue_tickets_only(
    ticket: Ticket, now: datetime
) -> None:
    over = {
        Case.HIGH_OVERDUE,
        Case.HIGH_FLAGGED,
        Case.OVERDUE,
        Case.GIVEN_UP,
        Case.FLAGGED,
    }
    calm = {Case.CLOSED, Case.HIGH_SOON, Case.SOON, Case.LATER, Case.UNDATED}
    case = case_of(ticket, now)

    assert case not in over or is_overdue(ticket, now)
    assert case not in calm or not is_overdue(ticket, now)


@pytest.mark.parametrize(
    ("ticket", "case"),
    [
        (make_ticket(status=Status.RESOLVED, priority=Priority.CRITICAL), Case.CLOSED),
        (make_ticket(priority=Priority.CRITICAL), Case.CRITICAL),
        (_due(-HOUR, priority=Priority.HIGH), Case.HIGH_OVERDUE),
        (_due(-HOUR, DueSource.ESTIMATE, priority=Priority.HIGH), Case.HIGH_OVERDUE),
        (make_ticket(priority=Priority.HIGH, flagged_overdue=True), Case.HIGH_FLAGGED),
        (_due(HOUR, priority=Priority.HIGH), Case.HIGH_SOON),
        (_due(HOUR + MINUTE, priority=Priority.HIGH), Case.LATER),
        (_due(-7 * DAY), Case.OVERDUE),
        (_due(-7 * DAY - MINUTE), Case.GIVEN_UP),
        (_due(-8 * DAY, flagged_overdue=True), Case.GIVEN_UP),
        (make_ticket(flagged_overdue=True), Case.FLAGGED),
        (_due(-HOUR, DueSource.ESTIMATE, flagged_overdue=True), Case.FLAGGED),
        (_due(HOUR), Case.SOON),
        (_due(-HOUR, DueSource.ESTIMATE), Case.ESTIMATED),
        (_due(DAY), Case.LATER),
        (make_ticket(), Case.UNDATED),
    ],
)
def test_each_rule_of_the_contract_has_its_case(ticket: Ticket, case: Case) -> None:
    assert case_of(ticket, NOON) is case


@given(st.lists(tickets(), min_size=2), clock_times())
def test_among_equals_the_kind_of_due_time_decides_as_it_is_told(
    queue: list[Ticket], now: datetime
) -> None:
    queue.sort(key=lambda ticket: urgency_key(ticket, now))
    for ahead, behind in itertools.pairwise(queue):
        where = band(ahead, now)
        equals = where is band(behind, now) and ahead.priority is behind.priority
        if equals and where is not Band.CLOSED:
            assert due_kind(ahead) <= due_kind(behind)


@given(tickets(), clock_times(), st.timedeltas(timedelta(), 5000 * DAY))
def test_until_the_coming_turn_nothing_turns(
    ticket: Ticket, now: datetime, later: timedelta
) -> None:
    turn = coming_turn(ticket, now)
    here = band(ticket, now), is_overdue(ticket, now)
    if turn is not None:
        assert turn.at > now
        assert (turn.band, turn.overdue) == (band(ticket, turn.at), is_overdue(ticket, turn.at))
        assert (turn.band, turn.overdue) != here
    with suppress(OverflowError):
        moment = now + later
        if turn is None or moment < turn.at:
            assert (band(ticket, moment), is_overdue(ticket, moment)) == here


@pytest.mark.parametrize(
    ("ticket", "after", "where", "overdue"),
    [
        (_due(2 * HOUR), HOUR, Band.PRESSING, False),
        (_due(12 * MINUTE), 12 * MINUTE, Band.PRESSING, True),
        (_due(2 * HOUR, DueSource.ESTIMATE), 2 * HOUR, Band.OPEN, True),
        (_due(2 * HOUR, priority=Priority.CRITICAL), 2 * HOUR, Band.CRITICAL, True),
    ],
)
def test_what_time_brings_is_told_with_its_moment(
    ticket: Ticket, after: timedelta, where: Band, *, overdue: bool
) -> None:
    turn = coming_turn(ticket, NOON)

    assert turn is not None
    assert (turn.at - NOON, turn.band, turn.overdue) == (after, where, overdue)


def test_what_was_given_up_on_waits_for_nothing() -> None:
    assert coming_turn(_due(-8 * DAY), NOON) is None
    assert coming_turn(make_ticket(), NOON) is None
