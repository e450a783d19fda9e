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
from tui.domain.likeness import SKEW, can_be_told, find_alike
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
SECOND = timedelta(seconds=1)
PLAIN = st.text("abX .'", max_size=19)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200)


def make_intent(**values: str) -> Intent:
    return Intent(id="a", draft=Draft("qp", dict(values)), at=NOON)


def shown(**overrides: Any) -> Ticket:
    """Return a ticket as a vendor shows it a second after the intent."""
    values: dict[str, Any] = {"created_at": NOON + SECOND, "title": "Tills down"}
    return make_ticket(**(values | overrides))


def is_alike(intent: Intent, ticket: Ticket, *, now: datetime = NOON + 30 * SECOND) -> bool:
    return bool(find_alike(intent, SPECS, [ticket], now=now))


class TestTexts:
    def test_the_same_title_is_enough(self) -> None:
        assert is_alike(make_intent(title="Tills down"), shown())
        assert not is_alike(make_intent(title="Tills up"), shown())

    def test_blanks_escapes_and_composition_make_no_other_title(self) -> None:
        typed = make_intent(title=" Caf\u0065\u0301  & bar\tdown ")

        assert is_alike(typed, shown(title="Caf\u00e9 &amp; bar down"))

    def test_two_tickets_of_one_title_are_told_apart_by_what_they_say(self) -> None:
        typed = make_intent(title="Tills down", text="In Oslo.")

        assert is_alike(typed, shown(body="In Oslo."))
        assert is_alike(typed, shown(body="In Oslo.\n\nSent from the API"))
        assert is_alike(typed, shown(body="")), "not every list shows the text"
        assert not is_alike(typed, shown(body="In Bergen."))

    def test_without_a_title_the_text_tells(self) -> None:
        typed = make_intent(text="Tills down\nin Oslo")

        assert is_alike(typed, shown(body="Tills down\r\nin Oslo"))
        assert is_alike(typed, shown(body="")), "the first line is all that is shown"
        assert not is_alike(typed, shown(body="Tills down\nin Bergen"))
        assert not is_alike(typed, shown(title="Tills", body=""))

    def test_a_vendor_may_name_the_ticket_by_its_text(self) -> None:
        typed = make_intent(title="Oslo", text="Tills down\nsince noon")

        assert is_alike(typed, shown(body="Tills down\nsince noon"))
        assert not is_alike(typed, shown(body="Tills down\nsince ten"))

    @pytest.mark.parametrize("mark", ["…", "...", " …"])
    def test_a_text_that_was_cut_is_the_same_text(self, mark: str) -> None:
        typed = make_intent(text="The tills in the four stores of Oslo are down since noon")

        assert is_alike(typed, shown(body=f"The tills in the four stores{mark}"))
        assert not is_alike(typed, shown(body=f"The tills in the five stores{mark}"))
        assert not is_alike(typed, shown(body=f"The tills{mark}")), "too little is left"

    def test_a_long_text_may_be_cut_without_a_mark_a_short_one_not(self) -> None:
        text = "All of the tills in the four stores of Oslo have been down since noon today"

        assert is_alike(make_intent(text=text), shown(body=text[:70]))
        assert not is_alike(make_intent(text=text), shown(body=text[:40]))

    def test_a_draft_without_a_word_is_like_nothing(self) -> None:
        for empty in (make_intent(email="a@b.example"), make_intent(title=" ", text="\n")):
            assert not can_be_told(empty.draft, SPECS)
            assert not is_alike(
                empty, shown(title="", body="", customer=Person(email="a@b.example"))
            )
        assert can_be_told(make_intent(text="x").draft, SPECS)


class TestTime:
    @pytest.mark.parametrize(
        ("created_at", "expected"),
        [
            (None, True),
            (NOON - SKEW, True),
            (NOON - SKEW - SECOND, False),
            (NOON + 30 * SECOND + SKEW, True),
            (NOON + 31 * SECOND + SKEW, False),
        ],
    )
    def test_only_what_came_since_then_counts(
        self, created_at: datetime | None, *, expected: bool
    ) -> None:
        assert is_alike(make_intent(title="Tills down"), shown(created_at=created_at)) is expected


class TestWhose:
    @pytest.mark.parametrize(
        ("values", "customer", "expected"),
        [
            ({"email": "Ann@A.example"}, Person(email="ann@a.example"), True),
            ({"email": "ann@a.example"}, Person(email="bo@a.example"), False),
            ({"email": "ann@a.example"}, Person("Ann"), True),
            ({}, Person(email="ann@a.example"), True),
            ({"name": "Ann"}, Person("Ann Larsen"), True),
            ({"name": "Larsen, Ann"}, Person("ann larsen"), True),
            ({"name": "Ann"}, Person("Bo"), False),
            ({"phone": "+47 22 00 00 01"}, Person(phone="004722000001"), True),
            ({"phone": "22 00 00 01"}, Person(phone="+4722000001"), True),
            ({"phone": "22 00 00 01"}, Person(phone="22 00 00 02"), False),
            ({"phone": "110"}, Person(phone="22000110"), False),
            ({"email": "ann@a.example", "name": "Ann"}, Person("Bo", "ann@a.example"), False),
        ],
    )
    def test_another_customer_is_another_ticket(
        self, values: dict[str, str], customer: Person, *, expected: bool
    ) -> None:
        typed = make_intent(title="Tills down", **values)

        assert is_alike(typed, shown(customer=customer)) is expected

    def test_a_customers_id_is_compared_where_the_ticket_shows_one(self) -> None:
        typed = make_intent(title="Tills down", contact="c-1")

        assert is_alike(typed, shown())
        assert is_alike(typed, shown(extra={"contactId": "c-1"}))
        assert is_alike(typed, shown(extra={"contact.id": "c-1", "contact_id": "x"}))
        assert not is_alike(typed, shown(extra={"contactId": "c-2"}))


class TestWhichTickets:
    def test_what_is_known_or_came_of_another_create_is_left_out(self) -> None:
        tickets = [shown(ticket_id=name) for name in "123"]
        typed = replace(make_intent(title="Tills down"), known=("1",))

        found = find_alike(typed, SPECS, tickets, now=NOON, held={"2"})

        assert [ticket.ref.id for ticket in found] == ["3"]

    def test_other_workspaces_are_left_out(self) -> None:
        assert not is_alike(make_intent(title="Tills down"), shown(workspace="klink"))

    def test_a_ticket_that_is_read_twice_is_one_ticket_as_it_was_read_last(self) -> None:
        later = shown(body="more")

        found = find_alike(make_intent(title="Tills down"), SPECS, [shown(), later], now=NOON)

        assert found == (later,)


@given(WORDS, WORDS)
def test_whatever_was_typed_is_found_as_a_vendor_echoes_it(title: str, text: str) -> None:
    """Through the one door that texts of vendors come through, with a title or without."""
    body = clean(text, multiline=True)
    assume(first_line(body))
    with_title = make_intent(title=title, text=text)
    without = make_intent(text=text)

    if clean(title).strip():
        assert is_alike(with_title, shown(title=clean(title), body=body))
    assert is_alike(without, shown(title=first_line(body), body=body))


@given(PLAIN, PLAIN)
def test_what_nobody_typed_is_never_found(typed: str, other: str) -> None:
    """Short and plain: what is longer may have been cut, what is strange was changed on the way."""
    assume(typed.split() != other.split())
    ticket = shown(title=other.strip(), body=other)

    assert not is_alike(make_intent(title=typed), ticket)
    assert not is_alike(make_intent(text=typed), ticket)


@given(st.text(max_size=30), st.sampled_from(sorted(ROLES)))
def test_no_text_of_strangers_breaks_the_comparison(text: str, key: str) -> None:
    ticket = shown(
        title=clean(text),
        body=clean(text, multiline=True),
        customer=Person(clean(text), clean(text), clean(text)),
        extra={"contactId": clean(text)},
    )
    values = {"title": "Tills down", key: text}

    found = find_alike(make_intent(**values), SPECS, [ticket], now=NOON)

    assert found in ((), (ticket,))


def test_the_fields_are_told_by_what_they_mean_not_by_their_names() -> None:
    specs = (
        FieldSpec(key="comment", label="Comment", type=FieldType.LONG_TEXT, role=FieldRole.TEXT),
        FieldSpec(key="title", label="A tenant's own"),
    )
    intent = make_intent(comment="Tills down", title="7")

    assert find_alike(intent, specs, [shown(body="Tills down")], now=NOON)
    assert not find_alike(
        replace(intent, draft=Draft("qp", {"title": "Tills down"})), specs, [shown()], now=NOON
    )
