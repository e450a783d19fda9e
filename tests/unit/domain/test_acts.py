"""What may be kept of an act, and how long a snooze lasts."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given

from support.builders import NOON, make_ticket
from support.strategies import hostile_texts
from tui.domain.acts import (
    NO_ACTS,
    NOTE_LIMIT,
    Act,
    ActKind,
    LocalActs,
    Snooze,
    checked,
    is_snoozed,
    wakes_at,
)
from tui.domain.clean import clean
from tui.domain.errors import UsageError
from tui.domain.ticket import Priority, Status, Ticket

HOUR = timedelta(hours=1)


def snoozed(*, overdue: bool = False, until: datetime = NOON + 4 * HOUR) -> LocalActs:
    return LocalActs(
        snooze=Snooze(
            by="ana",
            at=NOON,
            until=until,
            status=Status.OPEN,
            priority=Priority.MEDIUM,
            overdue=overdue,
        )
    )


class TestChecked:
    @given(hostile_texts())
    def test_a_note_is_cleaned_or_refused_as_empty(self, text: str) -> None:
        try:
            kept = checked(Act(ActKind.NOTE, text=text), NOON).text
        except UsageError:
            assert not clean(text, multiline=True).strip()
        else:
            assert kept
            assert clean(kept, multiline=True) == kept

    def test_a_note_keeps_its_lines(self) -> None:
        kept = checked(Act(ActKind.NOTE, text="  \nCalled.\n\nNobody there.\x1b[2J\n"), NOON)

        assert kept.text == "Called.\n\nNobody there.␛"

    @pytest.mark.parametrize("text", ["", " \n ", "\u200b"])
    def test_an_empty_note_is_refused(self, text: str) -> None:
        with pytest.raises(UsageError, match="an empty note is not kept"):
            checked(Act(ActKind.NOTE, text=text), NOON)

    def test_a_note_has_a_limit_and_the_error_says_by_how_much_it_is_over(self) -> None:
        assert len(checked(Act(ActKind.NOTE, text="x" * NOTE_LIMIT), NOON).text) == NOTE_LIMIT
        with pytest.raises(UsageError, match=r"at most 4,000 characters, this one 4,001: shorten"):
            checked(Act(ActKind.NOTE, text="x" * (NOTE_LIMIT + 1)), NOON)

    @pytest.mark.parametrize("until", [None, NOON, NOON - HOUR])
    def test_a_snooze_needs_a_time_that_is_to_come(self, until: datetime | None) -> None:
        with pytest.raises(UsageError, match="still to come"):
            checked(Act(ActKind.SNOOZE, until=until), NOON)

    def test_other_acts_are_kept_as_they_are(self) -> None:
        for act in (Act(ActKind.PIN), Act(ActKind.SNOOZE, until=NOON + HOUR)):
            assert checked(act, NOON) == act


class TestSnoozes:
    def test_one_lasts_until_its_time(self) -> None:
        ticket = make_ticket()

        assert is_snoozed(snoozed(), ticket, NOON + 4 * HOUR - timedelta(microseconds=1))
        assert not is_snoozed(snoozed(), ticket, NOON + 4 * HOUR)
        assert not is_snoozed(NO_ACTS, ticket, NOON)
        assert wakes_at(snoozed(), ticket, NOON) == NOON + 4 * HOUR
        assert wakes_at(snoozed(), ticket, NOON + 5 * HOUR) is None

    @pytest.mark.parametrize(
        "ticket", [make_ticket(status=Status.ESCALATED), make_ticket(priority=Priority.CRITICAL)]
    )
    def test_a_change_of_status_or_priority_ends_it(self, ticket: Ticket) -> None:
        assert not is_snoozed(snoozed(), ticket, NOON)
        assert is_snoozed(snoozed(), make_ticket(title="Other"), NOON)

    def test_becoming_overdue_ends_it_at_that_moment(self) -> None:
        ticket = make_ticket(due_at=NOON + HOUR)

        assert wakes_at(snoozed(), ticket, NOON) == NOON + HOUR
        assert is_snoozed(snoozed(), ticket, NOON + HOUR - timedelta(microseconds=1))
        assert not is_snoozed(snoozed(), ticket, NOON + HOUR)

    def test_one_of_an_overdue_ticket_lasts(self) -> None:
        ticket = make_ticket(due_at=NOON - HOUR)

        assert is_snoozed(snoozed(overdue=True), ticket, NOON)
        assert wakes_at(snoozed(overdue=True), ticket, NOON) == NOON + 4 * HOUR

    def test_a_closed_ticket_is_never_overdue_and_sleeps_to_the_end(self) -> None:
        acts = snoozed()
        assert acts.snooze is not None
        closed = LocalActs(snooze=replace(acts.snooze, status=Status.RESOLVED))
        past = make_ticket(status=Status.RESOLVED, due_at=NOON - HOUR)
        ahead = make_ticket(status=Status.RESOLVED, due_at=NOON + HOUR)

        for ticket in (past, ahead):
            assert wakes_at(closed, ticket, NOON) == NOON + 4 * HOUR
