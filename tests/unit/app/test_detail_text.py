"""The whole ticket on one page: nothing of the contract is left out, and the reader stays put."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from tui.app.detail_text import MEASURE, Document, Known, detail, last_shown
from tui.app.formatting import UNICODE, ClockFace, Line, Span, line_width
from tui.domain.acts import LocalActs, Note, Signed
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.person import Person
from tui.domain.revision import Revision
from tui.domain.ticket import DueSource, Priority, Status, Ticket
from tui.domain.workspace import Workspace

OSLO = ClockFace("Europe/Oslo")
UTC_FACE = ClockFace("UTC")
MINUTE = timedelta(minutes=1)
PLACE = Workspace(name="qp", vendor="questionpro", title="QuestionPro EU")
WHOLE = make_ticket(
    "id-1",
    number="2323",
    title="Card terminals offline",
    body="Since 20:05\n    def code():\n        pass",
    status=Status.ESCALATED,
    vendor_status="ESCALATED",
    priority=Priority.HIGH,
    vendor_priority="HIGH",
    kind="MANUAL TICKET",
    customer=Person("Ann", "ann@example.com", "+47 1"),
    assignee=Person("M. Larsen", "ml@example.com"),
    tags=("till", "bergen"),
    channel="phone",
    origin_segment="S1",
    current_segment="CS",
    created_at=NOON - timedelta(hours=5),
    updated_at=NOON - timedelta(hours=2),
    due_at=NOON - timedelta(hours=3),
    due_source=DueSource.SLA,
    flagged_overdue=True,
    url="https://app.example/tickets/id-1",
    extra={"field.till": "7", "rating": 3, "empty": None},
)


def _text(line: Line) -> str:
    return "".join(span.text for span in line).rstrip()


def _page(
    ticket: Ticket = WHOLE, *, face: ClockFace = UTC_FACE, width: int = 78, **known: Any
) -> list[str]:
    values: dict[str, Any] = {"workspace": PLACE, "note": "As the list shows it"}
    page = detail(ticket, NOON, face, width=width, glyphs=UNICODE, known=Known(**(values | known)))
    return [_text(line) for line in page.lines]


def test_a_ticket_is_told_whole() -> None:
    acts = LocalActs(
        acknowledged=Signed(by="ana", at=NOON - 9 * MINUTE),
        notes=(Note(by="ben", at=NOON - 2 * MINUTE, text="Called.\nNobody there."),),
    )
    after = replace(WHOLE, body="Before")
    first = Revision(
        n=2,
        at=NOON - 4 * MINUTE,
        ref=WHOLE.ref,
        existed=True,
        exists=True,
        before=after,
        after=WHOLE,
        is_news=True,
    )

    assert _page(face=OSLO, acts=acts, revisions=(first,)) == [
        "Card terminals offline",
        "HIGH  escalated  S1 > CS                         OVER 3h since 10:00 CET (sla)",
        "Customer      Ann <ann@example.com>  +47 1",
        "Assignee      M. Larsen <ml@example.com>",
        "Acked here    ana, 2026-02-04 12:51 CET (11:51 UTC)  9m ago",
        "Note here     ben, 2026-02-04 12:58 CET (11:58 UTC)  2m ago",
        "              Called.",
        "              Nobody there.",
        "As the list shows it",
        "",
        "Text",
        "Since 20:05",
        "    def code():",
        "        pass",
        "",
        "Fields",
        "Number        2323",
        "Id            id-1",
        "Workspace     qp, QuestionPro EU (questionpro)",
        "Status        escalated (the vendor says ESCALATED)",
        "Priority      high (the vendor says HIGH)",
        "Kind          MANUAL TICKET",
        "Channel       phone",
        "Segments      S1 > CS",
        "Tags          till, bergen",
        "Address       https://app.example/tickets/id-1",
        "",
        "Times",
        "Due           2026-02-04 10:00 CET (09:00 UTC)  OVER 3h, by the sla of qp,",
        "              flagged overdue by the vendor",
        "Created       2026-02-04 08:00 CET (07:00 UTC)  5h ago",
        "Updated       2026-02-04 11:00 CET (10:00 UTC)  2h ago",
        "Last shown    2026-02-04 13:00 CET (12:00 UTC)  <1m ago",
        "",
        "Custom fields",
        "till          7",
        "",
        "Other fields",
        "rating        3",
        "empty         -",
        "",
        "Changes",
        "12:56  text changed",
    ]


def test_what_the_vendor_does_not_give_is_named_in_one_line() -> None:
    page = _page(make_ticket("7", body="Ticket 7"))

    assert "Not given     kind, channel, segments, tags, address" in page
    assert "Customer      unknown" in page
    assert "Assignee      nobody" in page
    assert "Due           none: neither the vendor nor an sla tells one" in page
    assert "Updated       not told" in page
    assert "The title is all of it." in page
    assert "None are known." in page


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (
            {"due_at": NOON + MINUTE, "due_source": DueSource.ESTIMATE},
            "~2026-02-04 12:01 UTC  ~in 1m, an estimate",
        ),
        (
            {"due_at": NOON + MINUTE, "due_source": DueSource.VENDOR},
            "2026-02-04 12:01 UTC  in 1m, by the vendor",
        ),
        ({"flagged_overdue": True}, "flagged overdue by the vendor, without a time"),
    ],
)
def test_a_due_time_tells_where_it_comes_from_and_is_never_invented(
    overrides: dict[str, Any], words: str
) -> None:
    assert f"Due           {words}" in _page(make_ticket(**overrides))


def test_texts_that_are_not_kept_are_not_called_empty() -> None:
    assert "None is known here: the vendor gave none, or texts are not kept." in _page(
        make_ticket(title="", body="")
    )
    assert "None." in _page(make_ticket(body=""))


def test_a_source_that_is_not_current_is_said_above_the_text() -> None:
    late = WorkspaceHealth(state=HealthState.LATE, as_of=NOON - 6 * MINUTE)
    page = _page(health=late)

    warning = "qp is LATE as of 11:54: this may not be the present state"
    assert page.index(warning) < page.index("Text")


@pytest.mark.parametrize(
    ("health", "is_fetched", "words"),
    [
        (None, False, "2026-02-04 10:00 UTC  2h ago"),
        (
            WorkspaceHealth(state=HealthState.OK, as_of=NOON - 4 * MINUTE),
            False,
            "2026-02-04 11:56 UTC  4m ago, with the whole list",
        ),
        (
            WorkspaceHealth(state=HealthState.OK, as_of=NOON - 4 * MINUTE, missing=3),
            False,
            "2026-02-04 10:00 UTC  2h ago; the list has not come whole since",
        ),
        (
            WorkspaceHealth(state=HealthState.OK, as_of=NOON - timedelta(hours=3)),
            False,
            "2026-02-04 10:00 UTC  2h ago",
        ),
        (
            WorkspaceHealth(state=HealthState.OK, as_of=NOON - 4 * MINUTE),
            True,
            "2026-02-04 10:00 UTC  2h ago, by itself",
        ),
    ],
)
def test_when_the_vendor_last_showed_it_is_never_older_than_what_is_known(
    health: WorkspaceHealth | None, is_fetched: object, words: str
) -> None:
    ticket = make_ticket(confirmed_at=NOON - timedelta(hours=2))
    known = Known(health=health, is_fetched=bool(is_fetched))

    assert last_shown(ticket, known, NOON, UTC_FACE) == words


def test_no_line_is_longer_than_can_be_read() -> None:
    ticket = replace(WHOLE, body="word " * 5000, title="x" * 500)
    page = detail(ticket, NOON, UTC_FACE, width=200, glyphs=UNICODE, known=Known())

    assert max(line_width(line) for line in page.lines) == MEASURE


LINES = st.lists(st.sampled_from("abcd"), min_size=1, max_size=12)


@given(LINES, LINES, st.integers(0, 60))
def test_a_place_is_found_again_whatever_came_above_it(
    before: list[str], after: list[str], line: int
) -> None:
    old, new = _document(before), _document(after)
    line = min(line, len(old.lines) - 1)
    name, below = old.place_of(line)
    there = new.line_of(line, old)

    assert there >= 0
    if name in new.parts:
        assert there == new.parts[name] + below


def _document(parts: list[str]) -> Document:
    document = Document()
    for size, name in enumerate(parts):
        document.add(name, [(Span(name),)] * (size % 3 + 1))
    return document


def test_fetched_fields_above_do_not_move_the_text_that_is_read() -> None:
    def lay_out(ticket: Ticket) -> Document:
        return detail(ticket, NOON, UTC_FACE, width=78, glyphs=UNICODE, known=Known(note="n"))

    short = lay_out(make_ticket(body="one\ntwo\nthree"))
    long = lay_out(make_ticket(body="one\ntwo\nthree", customer=Person("Ann " * 60)))
    line = next(at for at, each in enumerate(short.lines) if _text(each) == "two")

    there = long.line_of(line, short)
    assert there > line
    assert _text(long.lines[there]) == "two"
