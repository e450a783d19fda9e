"""What a configured queue adds to its tickets: the tenant's words, due times and links."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given

from support.builders import NOON, make_ticket
from support.strategies import hostile_texts, tickets
from tui.domain.clean import clean_id, raw_id
from tui.domain.ticket import DueSource, Priority, Status, Ticket
from tui.domain.workspace import Workspace, plain_word

HOUR = timedelta(hours=1)
CREATED = NOON - HOUR
"""When `make_ticket` says that a ticket was created."""


def make_workspace(**rules: object) -> Workspace:
    return Workspace(name="qp", vendor="questionpro", title="QuestionPro EU", **rules)  # type: ignore[arg-type]  # any field


class TestWords:
    @pytest.mark.parametrize(
        "written", ["In Progress", "in_progress", " IN-PROGRESS ", "in__progress", "-in progress-"]
    )
    def test_case_and_separators_make_no_difference(self, written: str) -> None:
        assert plain_word(written) == "in progress"

    @pytest.mark.parametrize("written", ["-1", " -1 "])
    def test_a_negative_number_is_not_the_positive_one(self, written: str) -> None:
        assert plain_word(written) == "-1"

    def test_the_tenants_words_teach_status_and_priority(self) -> None:
        workspace = make_workspace(
            status_words={"erledigt": Status.RESOLVED}, priority_words={"p 1": Priority.CRITICAL}
        )
        ticket = workspace.apply_rules(
            make_ticket(status=Status.UNKNOWN, vendor_status="Erledigt", vendor_priority="P-1")
        )

        assert (ticket.status, ticket.vendor_status) == (Status.RESOLVED, "Erledigt")
        assert (ticket.priority, ticket.vendor_priority) == (Priority.CRITICAL, "P-1")

    def test_they_stand_over_the_ones_known_already(self) -> None:
        workspace = make_workspace(status_words={"open": Status.PENDING})

        assert workspace.apply_rules(make_ticket()).status is Status.PENDING

    def test_a_word_not_taught_stays_what_it_was(self) -> None:
        ticket = make_ticket(vendor_status=None, vendor_priority=None)
        workspace = make_workspace(
            status_words={"open": Status.PENDING}, priority_words={"p1": Priority.LOW}
        )

        assert workspace.apply_rules(ticket) is ticket
        assert workspace.apply_rules(make_ticket(vendor_status="x")).status is Status.OPEN


class TestDueTimes:
    sla = make_workspace(
        sla={Priority.MEDIUM: timedelta(days=1), Priority.CRITICAL: HOUR},
        priority_words={"p1": Priority.CRITICAL},
    )

    @pytest.mark.parametrize(
        ("source", "due_at", "expected"),
        [
            (None, None, (CREATED + timedelta(days=1), DueSource.SLA)),
            (DueSource.ESTIMATE, NOON, (CREATED + timedelta(days=1), DueSource.SLA)),
            (DueSource.SLA, NOON, (CREATED + timedelta(days=1), DueSource.SLA)),
            (DueSource.VENDOR, NOON, (NOON, DueSource.VENDOR)),
        ],
    )
    def test_the_vendors_word_stands_and_an_estimate_gives_way(
        self,
        source: DueSource | None,
        due_at: datetime | None,
        expected: tuple[datetime, DueSource],
    ) -> None:
        ticket = self.sla.apply_rules(make_ticket(due_at=due_at, due_source=source))

        assert (ticket.due_at, ticket.due_source) == expected

    def test_the_priority_is_the_one_that_the_tenants_words_give(self) -> None:
        ticket = self.sla.apply_rules(make_ticket(vendor_priority="P1"))

        assert ticket.due_at == CREATED + HOUR

    @pytest.mark.parametrize("source", [None, DueSource.ESTIMATE])
    def test_nothing_is_promised_without_a_rule_or_a_time_to_count_from(
        self, source: DueSource | None
    ) -> None:
        due_at = NOON if source else None
        for left_out in ({"priority": Priority.LOW}, {"created_at": None}):
            ticket = make_ticket(due_at=due_at, due_source=source, **left_out)

            assert self.sla.apply_rules(ticket) is ticket

    def test_a_promise_beyond_the_calendar_is_none(self) -> None:
        ticket = make_ticket(created_at=datetime.max.replace(tzinfo=UTC))

        assert self.sla.apply_rules(ticket) is ticket


class TestLinks:
    @pytest.mark.parametrize(
        ("ticket", "url"),
        [
            (make_ticket("35637"), "https://app.example/t/35637?n=35637"),
            (make_ticket("6b2f", number="2323"), "https://app.example/t/6b2f?n=2323"),
            (
                make_ticket("a/b?c#d &%"),
                "https://app.example/t/a%2Fb%3Fc%23d%20%26%25?n=a%2Fb%3Fc%23d%20%26%25",
            ),
            (make_ticket(clean_id("a\u202eb")), "https://app.example/t/a%E2%80%AEb?n=a%E2%80%AEb"),
            (
                make_ticket("{number}", number="{id}"),
                "https://app.example/t/%7Bnumber%7D?n=%7Bid%7D",
            ),
            (make_ticket(clean_id("\ud800")), "https://app.example/t/%3F?n=%3F"),
        ],
    )
    def test_id_and_number_are_encoded_as_the_vendor_wrote_them(
        self, ticket: Ticket, url: str
    ) -> None:
        workspace = make_workspace(link="https://app.example/t/{id}?n={number}")

        assert workspace.apply_rules(ticket).url == url

    def test_the_vendors_own_address_stands(self) -> None:
        workspace = make_workspace(link="https://app.example/{id}")

        assert (
            workspace.apply_rules(make_ticket(url="https://v.example")).url == "https://v.example"
        )

    def test_an_id_that_was_shortened_leads_nowhere_but_its_number_does(self) -> None:
        ticket = make_ticket(clean_id("x" * 500), number="7")
        nameless = make_ticket(clean_id("x" * 500))
        by_id = make_workspace(link="https://app.example/{id}")
        by_number = make_workspace(link="https://app.example/{number}")

        assert by_id.apply_rules(ticket).url is None
        assert by_number.apply_rules(ticket).url == "https://app.example/7"
        assert by_number.apply_rules(nameless).url is None

    @given(raw=hostile_texts(max_size=8))
    def test_an_address_holds_nothing_but_printable_ascii(self, raw: str) -> None:
        ticket = make_ticket(clean_id(raw))
        assume(raw_id(ticket.ref.id) is not None)

        url = make_workspace(link="https://a.example/{id}").apply_rules(ticket).url

        assert url is not None
        assert url.isascii()
        assert url.isprintable()
        assert " " not in url


@given(ticket=tickets())
def test_applying_the_rules_twice_changes_nothing_more(ticket: Ticket) -> None:
    workspace = make_workspace(
        sla={priority: HOUR for priority in Priority if priority is not Priority.LOW},
        status_words={"open": Status.PENDING},
        priority_words={"medium": Priority.LOW},
        link="https://app.example/{id}",
    )
    once = workspace.apply_rules(ticket)

    assert workspace.apply_rules(once) is once


def test_a_workspace_without_rules_returns_the_very_same_ticket() -> None:
    ticket = make_ticket()

    assert make_workspace().apply_rules(ticket) is ticket
