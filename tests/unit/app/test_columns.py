"""The columns of the list: what is there in which room, what a row says, and that all align."""

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from support.builders import NOON, make_ticket
from tui.app.columns import (
    GUTTER,
    HANDLE_LEAST,
    TITLE_ENOUGH,
    TITLE_LEAST,
    RowState,
    choose_columns,
    header_row,
    ticket_row,
)
from tui.app.formatting import ASCII, UNICODE, Glyphs, Line, line_width
from tui.domain.activity import Novelty
from tui.domain.acts import LocalActs, Signed, Snooze
from tui.domain.clean import clean
from tui.domain.order import SORT_KEYS, Order
from tui.domain.person import Person
from tui.domain.ticket import DueSource, Priority, Status, Ticket

TEXT = st.text() | st.text(st.sampled_from("aé漢字👩\u200d👧\ufe0f🏽 \u0627\u0301\u0e33ﷺ[]/"))
SIGNED = Signed(by="ana", at=NOON)
ACKED = LocalActs(acknowledged=SIGNED)


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


def _snoozed(ticket: Ticket, until: datetime) -> LocalActs:
    snooze = Snooze(
        by="ana",
        at=NOON,
        until=until,
        status=ticket.status,
        priority=ticket.priority,
        overdue=False,
    )
    return LocalActs(snooze=snooze)


@given(
    st.tuples(st.integers(0, 320), st.integers(0, 320), st.integers(0, 40)),
    TEXT.map(clean),
    st.tuples(st.sampled_from(list(Priority)), st.sampled_from(list(Status))),
    st.builds(
        RowState,
        is_cursor=st.booleans(),
        is_current=st.booleans(),
        is_marked=st.booleans(),
        novelty=st.none() | st.sampled_from(list(Novelty)),
        acts=st.sampled_from([LocalActs(), ACKED, LocalActs(pinned=SIGNED)]),
    ),
    st.sampled_from([UNICODE, ASCII]),
)
def test_every_row_fills_the_same_cells_as_the_header(
    room: tuple[int, int, int],
    text: str,
    rank: tuple[Priority, Status],
    state: RowState,
    glyphs: Glyphs,
) -> None:
    columns = choose_columns(*room)
    ticket = make_ticket(
        "35637",
        title=text,
        priority=rank[0],
        status=rank[1],
        vendor_status=text,
        customer=Person(text),
        assignee=Person(text),
        tags=(text, text),
        updated_at=NOON - timedelta(days=400),
        due_at=NOON - timedelta(days=400),
        due_source=DueSource.ESTIMATE,
    )
    row = ticket_row(ticket, NOON, columns, glyphs, state)

    assert line_width(row) == line_width(header_row(columns, glyphs, Order()))
    assert columns.handle >= HANDLE_LEAST


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (40, "PRI DUE TICKET TITLE"),
        (59, "PRI DUE TICKET TITLE"),
        (60, "PRI DUE TICKET STAT TITLE"),
        (80, "PRI DUE TICKET STAT TITLE"),
        (100, "PRI DUE TICKET STAT TITLE CUSTOMER"),
        (120, "PRI DUE TICKET STAT TITLE CUSTOMER ASSIGNEE AGE"),
        (150, "PRI DUE TICKET STATUS TITLE CUSTOMER ASSIGNEE AGE UPD"),
        (220, "PRI DUE TICKET STATUS TITLE CUSTOMER ASSIGNEE TAGS AGE UPD"),
    ],
)
def test_columns_come_with_the_width(width: int, words: str) -> None:
    columns = choose_columns(width, width, 12)
    text = _text(header_row(columns, UNICODE, Order()))

    assert text.split() == words.split()
    assert text.index("PRI") == GUTTER
    assert cell_len(text) == width


@pytest.mark.parametrize(("terminal", "has_customer"), [(160, False), (200, False), (320, True)])
def test_beside_a_preview_the_title_gets_the_room_of_the_customer(
    terminal: int, *, has_customer: bool
) -> None:
    preview = max(48, terminal * 32 // 100)
    beside = choose_columns(terminal - preview, terminal, 12)

    assert bool(beside.customer) is has_customer
    assert beside.assignee
    assert beside.age
    assert beside.title >= choose_columns(120, 120, 12).title


@given(st.integers(40, 320), st.integers(6, 30))
def test_what_is_optional_goes_before_the_title_is_short(width: int, handle: int) -> None:
    columns = choose_columns(width, width, handle)

    optional = (columns.customer, columns.assignee, columns.age, columns.tags, columns.updated)
    assert columns.title >= TITLE_LEAST or not any(optional)
    assert columns.title >= TITLE_ENOUGH or not (columns.tags or columns.updated)


def test_a_row_says_in_words_what_its_colors_say() -> None:
    columns = choose_columns(80, 80, 12)
    ticket = make_ticket(
        "35637",
        title="Checkout down",
        priority=Priority.CRITICAL,
        status=Status.ESCALATED,
        due_at=NOON - timedelta(hours=3),
        due_source=DueSource.SLA,
    )
    row = ticket_row(ticket, NOON, columns, ASCII, RowState(is_cursor=True, is_current=False))

    words = [">", "!", "CRIT", "OVER", "3h", "qp/35637", "esc", "Checkout", "down"]
    assert _text(row).split() == words
    assert {span.style for span in row} == {"accent", "stale"}


TICKET = make_ticket("1", priority=Priority.CRITICAL, due_at=NOON - timedelta(hours=1))
LATER = make_ticket("1", due_at=NOON + timedelta(hours=9))


@pytest.mark.parametrize(
    ("ticket", "state", "gutter"),
    [
        (TICKET, RowState(), "    "),
        (TICKET, RowState(is_cursor=True), ">   "),
        (TICKET, RowState(novelty=Novelty.NEW), " *  "),
        (TICKET, RowState(novelty=Novelty.CHANGED, is_cursor=True), ">+  "),
        (TICKET, RowState(novelty=Novelty.NEW, is_marked=True), " x  "),
        (TICKET, RowState(acts=ACKED), "  a "),
        (TICKET, RowState(acts=LocalActs(pinned=SIGNED)), "  ^ "),
        (TICKET, RowState(acts=replace(ACKED, pinned=SIGNED)), "  a "),
        (TICKET, RowState(acts=ACKED, is_current=False), "  ! "),
        (LATER, RowState(acts=_snoozed(LATER, NOON + timedelta(hours=1))), "  z "),
        (LATER, RowState(acts=_snoozed(LATER, NOON)), "    "),
    ],
)
def test_the_gutter_holds_the_cursor_a_mark_or_news_and_one_more_sign(
    ticket: Ticket, state: RowState, gutter: str
) -> None:
    row = ticket_row(ticket, NOON, choose_columns(80, 80, 12), ASCII, state)

    assert _text(row)[:GUTTER] == gutter


def test_an_acknowledged_row_is_calm_but_its_priority_and_due_time_keep_their_colors() -> None:
    columns = choose_columns(80, 80, 12)
    loud = ticket_row(TICKET, NOON, columns, UNICODE, RowState())
    calm = ticket_row(TICKET, NOON, columns, UNICODE, RowState(acts=ACKED))

    assert {span.style for span in loud} == {"critical", "overdue", "muted", "text"}
    assert {span.style for span in calm} == {"critical", "overdue", "muted"}
    assert any(span.bold for span in loud)
    assert not any(span.bold for span in calm)
    assert _text(calm)[GUTTER:] == _text(loud)[GUTTER:]


@pytest.mark.parametrize("acts", [ACKED, LocalActs(pinned=SIGNED)])
def test_the_sign_of_an_act_is_no_part_of_the_priority(acts: LocalActs) -> None:
    """Without colours a critical priority is underlined, and the sign in front of it is not."""
    row = ticket_row(TICKET, NOON, choose_columns(80, 80, 12), UNICODE, RowState(acts=acts))

    assert [span.text.strip() for span in row if span.style == "critical"] == ["CRIT"]


@pytest.mark.parametrize("key", SORT_KEYS)
def test_the_header_shows_by_which_column_the_list_is_sorted(key: str) -> None:
    columns = choose_columns(160, 160, 12)
    plain = _text(header_row(columns, ASCII, Order()))
    for order, sign in ((Order(key), "^"), (Order(key, descending=True), "v")):
        header = header_row(columns, ASCII, order)
        shown = [span.text.strip() for span in header if span.style == "accent"]

        assert line_width(header) == cell_len(plain)
        assert len(shown) == (key != "urgency")
        assert all(text[-1] == sign and text[:-1] in plain.split() for text in shown)


def test_no_sign_of_ambiguous_width_is_among_those_of_a_row() -> None:
    signs = (UNICODE.cursor, UNICODE.acknowledged, UNICODE.pinned, UNICODE.snoozed)
    assert {unicodedata.east_asian_width(sign) for sign in (*signs, UNICODE.up)} <= {"N", "Na"}


@pytest.mark.parametrize("title", ["لم يصل الطلب", "שלום עולם 12", "عربي abc עברית"])
def test_text_from_right_to_left_moves_no_column(title: str) -> None:
    columns = choose_columns(120, 120, 12)
    there = make_ticket("1", title=title, customer=Person("Ann"))
    plain = make_ticket("1", title="Order", customer=Person("Ann"))
    rows = [_text(ticket_row(each, NOON, columns, UNICODE, RowState())) for each in (there, plain)]

    assert [cell_len(row[: row.index("Ann")]) for row in rows] == [
        cell_len(rows[1][: rows[1].index("Ann")])
    ] * 2
    assert title in rows[0]
