"""Tickets as rows: what goes in comes out, whatever is in them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.strategies import hostile_texts, tickets
from tui.domain.clean import clean, clean_id
from tui.domain.person import Person
from tui.domain.ticket import Priority, Status, Ticket
from tui.store.moments import to_microseconds
from tui.store.ticket_rows import to_row, to_ticket
from tui.store.wrong_row import WrongRow

FULL = make_ticket(
    "35637",
    number="T-7",
    body="It did not arrive.\nAgain.",
    kind="MANUAL TICKET",
    customer=Person("Ann", "ann@example.com", "+49 30 1"),
    assignee=Person("Bill"),
    tags=("a", "b"),
    channel="mail",
    origin_segment="S1",
    current_segment="CS",
    updated_at=NOON,
    url="https://vendor.example/35637",
    flagged_overdue=True,
    extra={"score": 7, "nps": 1.5, "vip": True, "note": "call her", "none": None},
)


def stored_and_read(ticket: Ticket, *, with_texts: bool = True) -> Ticket:
    _, ticket_id, content, checksum, *_ = to_row(1, ticket, with_texts=with_texts)
    confirmed = to_microseconds(ticket.confirmed_at)
    return to_ticket(ticket.ref.workspace, ticket_id, content, checksum, confirmed)


@given(tickets(), st.builds(lambda text: clean(text, multiline=True), hostile_texts()))
def test_what_goes_in_comes_out(ticket: Ticket, text: str) -> None:
    ticket = replace(ticket, body=text, customer=Person(name=text or None), tags=(text,))

    read = stored_and_read(ticket)

    assert read == ticket
    assert read.confirmed_at == ticket.confirmed_at


@given(hostile_texts())
def test_any_id_is_kept(raw: str) -> None:
    ticket = make_ticket(clean_id(raw))

    assert stored_and_read(ticket).ref == ticket.ref


def test_every_field_is_kept() -> None:
    assert stored_and_read(FULL) == FULL


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.sampled_from([2**63, 2**64, -(2**63) - 1, 2**200, -(2**200), 10**5_000])
        | st.text(max_size=5),
    )
)
def test_numbers_of_any_size_are_kept(extra: dict[str, str | int | float | bool | None]) -> None:
    assert stored_and_read(make_ticket(extra=extra)).extra == extra


def test_times_at_the_ends_of_the_calendar_are_kept() -> None:
    ticket = make_ticket(
        created_at=datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        due_at=datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
        extra={"big": 2**70},
    )

    assert stored_and_read(ticket) == ticket


def test_equal_tickets_have_equal_rows() -> None:
    local = timezone(timedelta(hours=5, minutes=30))
    one = make_ticket(created_at=NOON, extra={"a": 1, "b": 2})
    same = make_ticket(created_at=NOON.astimezone(local), extra={"b": 2, "a": 1})

    assert one == same
    assert to_row(1, one, with_texts=True) == to_row(1, same, with_texts=True)


def test_without_texts_nothing_of_the_customer_is_in_a_row() -> None:
    row = to_row(1, FULL, with_texts=False)

    for word in ("arrive", "Ann", "ann@", "+49", "Ticket 35637", "call her"):
        assert word not in repr(row)
    read = stored_and_read(FULL, with_texts=False)
    assert (read.title, read.body, read.extra) == ("", "", {})
    assert not read.customer
    assert (read.status, read.assignee, read.tags) == (FULL.status, FULL.assignee, FULL.tags)


def test_what_the_index_sorts_by_is_beside_the_content() -> None:
    critical = make_ticket(priority=Priority.CRITICAL, due_at=NOON.astimezone(UTC))
    resolved = make_ticket(status=Status.RESOLVED, created_at=None)

    assert to_row(7, critical, with_texts=True)[4:] == (
        *("open", False, 0, to_microseconds(NOON), False),
        to_microseconds(NOON - timedelta(hours=1)),
    )
    assert to_row(7, resolved, with_texts=True)[4:] == ("resolved", True, 2, None, False, None)


@given(st.data())
def test_any_wrong_byte_is_noticed(data: st.DataObject) -> None:
    _, ticket_id, content, checksum, *_ = to_row(1, FULL, with_texts=True)
    at = data.draw(st.integers(0, len(content) - 1))
    flipped = content[at] ^ data.draw(st.integers(1, 255))
    wrong = content[:at] + bytes([flipped]) + content[at + 1 :]

    with pytest.raises(WrongRow, match="not as it was written"):
        to_ticket("qp", ticket_id, wrong, checksum, 0)
    with pytest.raises(WrongRow):
        to_ticket("qp", f"{ticket_id}0", content, checksum, 0)
    with pytest.raises(WrongRow):
        to_ticket("qp", ticket_id, content, checksum, 2**62)
