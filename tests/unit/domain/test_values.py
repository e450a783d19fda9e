"""The small values of the domain: tickets, people, pages, health, settings."""

from datetime import timedelta
from typing import Any

import pytest

from support.builders import NOON, make_ticket
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.page import Page, PageKey, Skipped
from tui.domain.person import NOBODY, Person
from tui.domain.ticket import Status, TicketRef

MINUTE = timedelta(minutes=1)


class TestTicket:
    def test_the_ref_names_it_and_the_handle_is_what_people_say(self) -> None:
        assert str(make_ticket("6b2f", workspace="klink").ref) == "klink/6b2f"
        assert make_ticket("6b2f", workspace="klink").handle == "klink/6b2f"
        assert make_ticket("6b2f", workspace="klink", number="2323").handle == "klink/2323"

    def test_refs_are_ordered_by_workspace_first(self) -> None:
        assert sorted([TicketRef("b", "1"), TicketRef("a", "2"), TicketRef("a", "1")]) == [
            TicketRef("a", "1"),
            TicketRef("a", "2"),
            TicketRef("b", "1"),
        ]

    @pytest.mark.parametrize("status", Status)
    def test_only_a_resolved_one_is_closed(self, status: Status) -> None:
        assert make_ticket(status=status).closed is (status is Status.RESOLVED)


class TestPerson:
    @pytest.mark.parametrize(
        ("person", "words"),
        [
            (Person("Ann", "a@b.ch", "112"), "Ann"),
            (Person(None, "a@b.ch", "112"), "a@b.ch"),
            (Person(None, None, "112"), "112"),
            (Person(""), ""),
            (NOBODY, ""),
        ],
    )
    def test_the_words_are_the_first_that_is_known(self, person: Person, words: str) -> None:
        assert person.words == words
        assert bool(person) is bool(words)


def test_a_page_counts_all_that_was_on_the_wire() -> None:
    page = Page(
        key=PageKey(),
        tickets=(make_ticket("1"), make_ticket("2")),
        removed=(TicketRef("qp", "3"),),
        skipped=(Skipped("page 1, item 4", "no id"),),
    )

    assert page.count == 4
    assert Page(key=PageKey(section=1, index=2)).count == 0


class TestHealth:
    def test_states_are_listed_worst_first(self) -> None:
        assert [state.severity for state in HealthState] == list(range(len(HealthState)))
        assert min(HealthState, key=lambda state: state.severity) is HealthState.REFUSED
        assert max(HealthState, key=lambda state: state.severity) is HealthState.OK

    @pytest.mark.parametrize("state", HealthState)
    def test_tickets_are_current_only_after_a_sweep_that_still_counts(
        self, state: HealthState
    ) -> None:
        swept = WorkspaceHealth(state=state, as_of=NOON)

        assert swept.is_current is (state in {HealthState.OK, HealthState.OFF})
        assert not WorkspaceHealth(state=state).is_current

    @pytest.mark.parametrize("state", HealthState)
    def test_what_was_promised_and_did_not_come_is_late_from_that_moment_on(
        self, state: HealthState
    ) -> None:
        health = WorkspaceHealth(state=state, as_of=NOON, late_at=NOON + MINUTE)
        turns = state in {HealthState.OK, HealthState.BACKING_OFF}
        late = HealthState.LATE if turns else state

        assert health.at(NOON + MINUTE - timedelta(microseconds=1)) is health
        assert health.at(NOON + MINUTE).state is late
        assert WorkspaceHealth(state=state).at(NOON + MINUTE).state is state


class TestRemarks:
    def test_a_whole_sweep_leaves_nothing_to_say(self) -> None:
        health = WorkspaceHealth(state=HealthState.OK)

        assert health.is_whole
        assert health.remarks == ()

    def test_each_count_is_a_line_in_the_right_number(self) -> None:
        health = WorkspaceHealth(skipped=1, missing=1_200, defects=2, doubts=("said twice",))

        assert health.remarks == (
            "1 ticket could not be read",
            "1,200 tickets counted by the vendor but not shown",
            "2 fields of a wrong type and left empty",
            "said twice",
        )

    @pytest.mark.parametrize("flaw", [{"skipped": 1}, {"missing": 1}, {"doubts": ("x",)}])
    def test_what_may_lack_a_ticket_is_not_whole(self, flaw: dict[str, Any]) -> None:
        assert not WorkspaceHealth(**flaw).is_whole

    def test_a_field_that_was_left_empty_lacks_no_ticket(self) -> None:
        assert WorkspaceHealth(defects=3).is_whole
