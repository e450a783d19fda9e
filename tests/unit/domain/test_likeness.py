"""A ticket is taken for what came of a create only where nothing speaks against it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from tui.domain.clean import clean, first_line
from tui.domain.draft import Draft, FieldRole, FieldSpec, FieldType
from tui.domain.likeness import (
    SKEW,
    Alike,
    Span,
    can_be_told,
    find_alike,
    find_known,
    is_same_wish,
)
from tui.domain.person import Person
from tui.domain.ports import Intent
from tui.domain.ticket import Ticket

ROLES = {
    "title": FieldRole.TITLE,
    "text": FieldRole.TEXT,
    "email": FieldRole.CUSTOMER_EMAIL,
    "name": FieldRole.CUSTOMER_NAME,
    "phone": FieldRole.CUSTOMER_PHONE,
    "contact": FieldRole.CUSTOMER_ID,
}
SPECS = tuple(FieldSpec(key=key, label=key, role=role) for key, role in ROLES.items())
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
PLAIN = st.text("abX .'", max_size=19)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200)
SURE, MAYBE, NO = "sure", "maybe", "no"
LONG = "All of the tills in the four stores of Oslo have been down since noon today"
SAME_CLOCKS = Span(at=NOON, ended_at=NOON + 10 * SECOND, now=NOON + 41 * SECOND, offset=timedelta())
"""A request of ten seconds, half a minute ago."""


def make_intent(**values: str) -> Intent:
    return Intent(id="a", draft=Draft("qp", dict(values)), at=NOON)


def shown(**overrides: Any) -> Ticket:
    """Return a ticket as a vendor shows it a second after the intent."""
    values: dict[str, Any] = {"created_at": NOON + SECOND, "title": "Tills down"}
    return make_ticket(**(values | overrides))


def texts(text: str, **overrides: Any) -> Ticket:
    """Return a ticket of a vendor that has texts alone."""
    return shown(title=first_line(text), body=text, **overrides)


def grade(intent: Intent, ticket: Ticket, span: Span = SAME_CLOCKS) -> str:
    alike = find_alike(intent, SPECS, [ticket], span)
    assert alike.candidates in ((), (ticket,))
    return SURE if alike.sure else MAYBE if alike.maybe else NO


class TestTexts:
    def test_what_says_the_same_and_nothing_more_is_it(self) -> None:
        assert grade(make_intent(title="Tills down"), shown()) == SURE
        assert grade(make_intent(title="Tills up"), shown()) == NO
        assert (
            grade(make_intent(text="Tills down\nin Oslo"), texts("Tills down\r\nin Oslo")) == SURE
        )
        both = make_intent(title="Tills down", text="In Oslo.")
        assert grade(both, shown(body="In Oslo.")) == SURE

    def test_blanks_escapes_and_composition_make_no_other_text(self) -> None:
        typed = make_intent(title=" Caf\u0065\u0301  & bar\tdown ", text="a\n\nb")

        assert grade(typed, shown(title="Caf\u00e9 &amp; bar down", body="a b")) == SURE

    @pytest.mark.parametrize(
        ("values", "ticket"),
        [
            ({"title": "Tills down"}, shown(body="In Bergen, another trouble.")),
            ({"title": "Tills down", "text": "In Oslo."}, shown(body="")),
            (
                {"title": "Tills down", "text": "In Oslo."},
                shown(body="In Oslo.\nSent from the API"),
            ),
            ({"title": "Tills down", "text": "In Oslo."}, shown(body="In Bergen.")),
            ({"title": "Tills up", "text": LONG}, shown(body=LONG)),
            ({"text": LONG}, shown(body=LONG)),
            ({"text": "Tills down\nin Oslo"}, texts("Tills down\nin Bergen")),
            ({"text": "Tills down\nin Oslo"}, shown(body="")),
            ({"text": LONG}, texts(LONG[:70])),
            ({"text": LONG}, texts(LONG[:40])),
            ({"text": f"{LONG}\nCustomer A waits"}, texts(LONG)),
            ({"text": LONG}, texts(f"{LONG}\nCustomer B waits")),
        ],
    )
    def test_what_begins_the_same_and_says_less_or_more_may_be_it(
        self, values: dict[str, str], ticket: Ticket
    ) -> None:
        assert grade(make_intent(**values), ticket) == MAYBE

    def test_a_vendor_may_name_the_ticket_by_its_text(self) -> None:
        typed = make_intent(title="Oslo", text="Tills down\nsince noon")

        assert grade(typed, texts("Tills down\nsince noon")) == SURE
        assert grade(typed, shown(title="Tills", body="up")) == NO

    @pytest.mark.parametrize("mark", ["…", "...", " …"])
    def test_a_text_that_was_cut_and_says_so_is_the_same_text(self, mark: str) -> None:
        typed = make_intent(text="The tills in the four stores of Oslo are down since noon")

        assert grade(typed, texts(f"The tills in the four stores{mark}")) == SURE
        assert grade(typed, texts(f"The tills in the five stores{mark}")) == NO
        assert grade(typed, texts(f"The tills in the fou{mark}")) == SURE
        assert grade(typed, texts(f"The tills in the fo{mark}")) == NO, "too little is left"

    @pytest.mark.parametrize("mark", ["", "…", "...", " …"])
    def test_a_text_that_was_cut_at_another_time_may_be_the_same_text(self, mark: str) -> None:
        typed = make_intent(text="The tills in the four stores of Oslo are down since noon")

        def show(beginning: str) -> Ticket:
            return texts(f"{beginning}{mark}", created_at=None)

        assert grade(typed, show("The tills in the four stores")) == MAYBE
        assert grade(typed, show("The tills in the fou")) == MAYBE
        assert grade(typed, show("The tills in the fo")) == NO, "too little is left"

    def test_a_draft_without_a_word_is_like_nothing(self) -> None:
        for empty in (make_intent(email="a@b.example"), make_intent(title=" ", text="\n")):
            assert not can_be_told(empty.draft, SPECS)
            ticket = shown(title="", body="", customer=Person(email="a@b.example"))
            assert grade(empty, ticket) == NO
        assert can_be_told(make_intent(text="x").draft, SPECS)


class TestTime:
    @pytest.mark.parametrize(
        ("created_at", "expected"),
        [
            (None, MAYBE),
            (NOON - SKEW - SECOND, NO),
            (NOON - SKEW, MAYBE),
            (NOON - 6 * SECOND, MAYBE),
            (NOON - 5 * SECOND, SURE),
            (NOON + 45 * SECOND, SURE),
            (NOON + 46 * SECOND, MAYBE),
            (NOON + HOUR + SKEW, MAYBE),
            (NOON + HOUR + SKEW + SECOND, NO),
        ],
    )
    def test_only_what_was_made_by_the_request_is_it(
        self, created_at: datetime | None, expected: str
    ) -> None:
        span = replace(SAME_CLOCKS, now=NOON + HOUR)

        assert (
            grade(make_intent(title="Tills down"), shown(created_at=created_at), span) == expected
        )

    @pytest.mark.parametrize("offset", [HOUR, -HOUR, 180 * SECOND])
    def test_a_clock_that_is_known_to_be_off_is_read_as_it_is(self, offset: timedelta) -> None:
        span = replace(SAME_CLOCKS, offset=offset)
        typed = make_intent(title="Tills down")

        assert grade(typed, shown(created_at=NOON + offset), span) == SURE
        assert grade(typed, shown(created_at=NOON + offset - 30 * SECOND), span) == MAYBE
        assert grade(typed, shown(created_at=NOON), span) == NO

    @pytest.mark.parametrize("off_s", [180, -180, 3600, -3600])
    def test_a_clock_that_nobody_knows_leaves_a_doubt(self, off_s: int) -> None:
        span = replace(SAME_CLOCKS, offset=None)
        typed = make_intent(title="Tills down")

        assert grade(typed, shown(created_at=NOON + off_s * SECOND), span) == MAYBE
        assert grade(typed, shown(created_at=NOON), span) == SURE
        assert grade(typed, shown(created_at=NOON - 24 * HOUR), span) == MAYBE
        assert grade(typed, shown(created_at=NOON - 24 * HOUR - SECOND), span) == NO

    def test_what_the_vendor_has_not_come_to_yet_is_not_it(self) -> None:
        span = replace(SAME_CLOCKS, now=NOON + 11 * SECOND)

        assert grade(
            make_intent(title="Tills down"), shown(created_at=NOON + 17 * SECOND), span
        ) == (MAYBE)

    def test_a_process_that_stood_still_for_an_hour_had_no_request_of_an_hour(self) -> None:
        span = replace(SAME_CLOCKS, ended_at=NOON + HOUR, now=NOON + HOUR)

        ticket = shown(created_at=NOON + HOUR / 2)

        assert grade(make_intent(title="Tills down"), ticket, span) == MAYBE


class TestWhose:
    @pytest.mark.parametrize(
        ("values", "customer", "expected"),
        [
            ({}, Person(), SURE),
            ({}, Person(email="ann@a.example"), MAYBE),
            ({"email": "ann@a.example"}, Person(), MAYBE),
            ({"email": "Ann@A.example"}, Person(email="ann@a.example"), SURE),
            ({"email": "ann@a.example"}, Person("Ann", "ann@a.example"), SURE),
            ({"email": "ann@a.example"}, Person(email="bo@a.example"), NO),
            ({"email": "ann@a.example"}, Person("Zoe"), MAYBE),
            ({"name": "Ann"}, Person("Ann Larsen"), SURE),
            ({"name": "Larsen, Ann"}, Person("ann larsen"), SURE),
            ({"name": "Ann"}, Person("Bo"), NO),
            ({"phone": "+47 22 00 00 01"}, Person(phone="004722000001"), SURE),
            ({"phone": "22 00 00 01"}, Person(phone="+4722000001"), SURE),
            ({"phone": "22 00 00 01"}, Person(phone="22 00 00 02"), NO),
            ({"phone": "110"}, Person(phone="22000110"), NO),
            ({"phone": "123456"}, Person(phone="+4722123456"), SURE),
            ({"phone": "23456"}, Person(phone="+4722123456"), NO),
            ({"phone": "0110"}, Person(phone="110"), SURE),
            ({"phone": "220000010"}, Person(phone="22000001"), NO),
            ({"email": "a@a.example", "phone": "22000001"}, Person(email="a@a.example"), SURE),
            ({"email": "a@a.example", "name": "Ann"}, Person(email="a@a.example"), SURE),
            ({"phone": "22000001", "name": "Ann"}, Person(phone="22000001"), SURE),
            ({"phone": "22000001", "name": "Ann"}, Person("Ann"), SURE),
            ({"email": "ann@a.example", "name": "Ann"}, Person("Bo", "ann@a.example"), MAYBE),
            ({"email": "ann@a.example", "name": "Ann"}, Person("Ann B", "bo@a.example"), NO),
        ],
    )
    def test_it_is_of_the_customer_who_was_named_and_of_nobody_where_nobody_was(
        self, values: dict[str, str], customer: Person, expected: str
    ) -> None:
        typed = make_intent(title="Tills down", **values)

        assert grade(typed, shown(customer=customer)) == expected

    def test_a_customers_id_is_as_good_as_a_name(self) -> None:
        typed = make_intent(title="Tills down", contact="c-1")

        assert grade(typed, shown()) == MAYBE
        assert grade(typed, shown(extra={"contactId": "c-1"}, customer=Person("Ann"))) == SURE
        assert grade(typed, shown(extra={"contact.id": "c-1", "contact_id": "x"})) == SURE
        assert grade(typed, shown(extra={"contactId": "c-2"})) == NO
        assert grade(make_intent(title="Tills down"), shown(extra={"contactId": "c-2"})) == MAYBE

    @pytest.mark.parametrize(
        "changed", ["<p>In Oslo</p><p>since noon</p>", "In Oslo<br>since noon", "In", "?"]
    )
    def test_a_text_that_came_back_changed_may_be_that_of_the_same_customer(
        self, changed: str
    ) -> None:
        typed = make_intent(text="In Oslo\nsince noon", email="ann@a.example")
        ann = Person("Ann", "ann@a.example")

        assert grade(typed, texts(changed, customer=ann)) == MAYBE
        assert grade(typed, texts(changed)) == NO
        an_hour_ago = texts(changed, customer=ann, created_at=NOON - HOUR)
        assert grade(typed, an_hour_ago, replace(SAME_CLOCKS, offset=None)) == NO

    def test_a_phone_and_an_id_name_one_person_as_an_address_does(self) -> None:
        by_phone = make_intent(text="In Oslo", phone="22000001")
        by_id = make_intent(text="In Oslo", contact="c-1")

        assert grade(by_phone, texts("In Bergen", customer=Person(phone="22000001"))) == MAYBE
        assert grade(by_id, texts("In Bergen", extra={"contactId": "c-1"})) == MAYBE

    def test_half_a_name_is_not_the_same_customer(self) -> None:
        typed = make_intent(text="In Oslo", name="Ann")

        assert grade(typed, texts("In Bergen", customer=Person("Ann"))) == MAYBE
        assert grade(typed, texts("In Bergen", customer=Person("Ann Berg"))) == NO


class TestWhichTickets:
    def test_what_is_known_or_came_of_another_create_is_left_out(self) -> None:
        tickets = [shown(ticket_id=name) for name in "123"]
        typed = replace(make_intent(title="Tills down"), known=("1",))

        found = find_alike(typed, SPECS, tickets, SAME_CLOCKS, held={"2"})

        assert [ticket.ref.id for ticket in found.sure] == ["3"]

    def test_other_workspaces_are_left_out(self) -> None:
        assert grade(make_intent(title="Tills down"), shown(workspace="klink")) == NO

    def test_a_ticket_that_is_read_twice_is_one_ticket_as_it_was_read_last(self) -> None:
        later = shown(priority="high")

        found = find_alike(make_intent(title="Tills down"), SPECS, [shown(), later], SAME_CLOCKS)

        assert found == Alike(sure=(later,))

    def test_candidates_are_the_sure_ones_before_all_others(self) -> None:
        one, other = shown(ticket_id="1"), shown(ticket_id="2")

        assert Alike((one,), (other,)).candidates == (one, other)

    def test_whatever_might_be_taken_for_it_later_is_known_before(self) -> None:
        years_ago = NOON - 1_000 * 24 * HOUR
        tickets = [
            shown(ticket_id="1", created_at=years_ago),
            shown(ticket_id="2", title="Tills up"),
            shown(ticket_id="3", title="Tills up", customer=Person(email="ann@a.example")),
            shown(ticket_id="4", workspace="klink"),
        ]
        draft = make_intent(title="Tills down", email="ann@a.example").draft

        assert find_known(draft, SPECS, tickets) == ("1", "3")

    def test_two_drafts_are_one_wish_where_their_tickets_cannot_be_told_apart(self) -> None:
        draft = make_intent(title="Tills down", email="ann@a.example", priority="high").draft
        same = make_intent(title=" Tills  down", email="Ann@a.example", priority="low").draft
        other = make_intent(title="Tills down").draft

        assert is_same_wish(draft, same, SPECS)
        assert not is_same_wish(draft, other, SPECS)

    @pytest.mark.parametrize("key", ["title", "text"])
    @pytest.mark.parametrize("word", ["tills ", "tills &amp; bars "])
    def test_two_long_texts_that_end_differently_are_two_wishes(self, key: str, word: str) -> None:
        beginning = word * 1_000
        one, other = (make_intent(**{key: beginning + end}).draft for end in ("up", "down"))

        assert is_same_wish(one, one, SPECS)
        assert not is_same_wish(one, other, SPECS)


@given(WORDS, WORDS)
def test_whatever_was_typed_is_found_as_a_vendor_echoes_it(title: str, text: str) -> None:
    """Through the one door that texts of vendors come through, with a title or without."""
    body = clean(text, multiline=True)
    assume(first_line(body))
    with_title = make_intent(title=title, text=text)
    without = make_intent(text=text)

    if clean(title).strip():
        assert grade(with_title, shown(title=clean(title), body=body)) == SURE
    assert grade(without, texts(body)) == SURE


@given(PLAIN, PLAIN)
def test_what_nobody_typed_is_never_found(typed: str, other: str) -> None:
    """Short and plain: what is longer may have been cut, what is strange was changed on the way."""
    assume(typed.split() != other.split())
    ticket = shown(title=other.strip(), body=other)

    assert grade(make_intent(title=typed), ticket) == NO
    assert grade(make_intent(text=typed), ticket) == NO


@given(st.text(max_size=30), st.sampled_from(sorted(ROLES)))
def test_no_text_of_strangers_breaks_the_comparison(text: str, key: str) -> None:
    ticket = shown(
        title=clean(text),
        body=clean(text, multiline=True),
        customer=Person(clean(text), clean(text), clean(text)),
        extra={"contactId": clean(text)},
    )
    values = {"title": "Tills down", key: text}

    assert grade(make_intent(**values), ticket) in (SURE, MAYBE, NO)


def test_the_fields_are_told_by_what_they_mean_not_by_their_names() -> None:
    specs = (
        FieldSpec(key="comment", label="Comment", type=FieldType.LONG_TEXT, role=FieldRole.TEXT),
        FieldSpec(key="title", label="A tenant's own"),
    )
    intent = make_intent(comment="Tills down", title="7")

    assert find_alike(intent, specs, [texts("Tills down")], SAME_CLOCKS).sure
    by_name = replace(intent, draft=Draft("qp", {"title": "Tills down"}))
    assert find_alike(by_name, specs, [shown()], SAME_CLOCKS) == Alike()
