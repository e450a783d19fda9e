"""A ticket's own words, its preview, and what was done here to it."""

from datetime import timedelta
from typing import Any

import pytest

from support.builders import NOON, make_ticket
from tui.app.formatting import ASCII, UNICODE, ClockFace, Line
from tui.app.ticket_text import facts, person_words, preview, status_words
from tui.domain.acts import LocalActs, Note, Signed, Snooze
from tui.domain.person import Person
from tui.domain.ticket import DueSource, Priority, Status, Ticket

FACE = ClockFace("UTC")
HOUR = timedelta(hours=1)
ANA = Signed(by="ana", at=NOON - timedelta(minutes=9))
NOTE = Note(by="ben", at=NOON - timedelta(minutes=2), text="Called the shop\nnobody there")


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


def _ticket(**overrides: Any) -> Ticket:
    values: dict[str, Any] = {
        "title": "Card terminals offline",
        "body": "Card terminals offline\n\nSince 20:05 no till accepts cards.\n\nPlease call.",
        "priority": Priority.CRITICAL,
        "status": Status.ESCALATED,
        "origin_segment": "S1",
        "current_segment": "CS",
        "due_at": NOON - 3 * HOUR,
        "due_source": DueSource.SLA,
        "customer": Person("Nordic Foods", "it@nordic.example"),
        "assignee": Person("M. Larsen"),
    }
    return make_ticket("35637", **(values | overrides))


def _preview(ticket: Ticket, acts: LocalActs, width: int = 78, height: int = 6) -> list[str]:
    lines = preview(ticket, NOON, FACE, width=width, height=height, glyphs=UNICODE, acts=acts)
    return [_text(line) for line in lines]


def test_a_preview_is_what_one_asks_of_a_ticket_at_night() -> None:
    acts = LocalActs(acknowledged=ANA, notes=(NOTE,))

    assert _preview(_ticket(), acts) == [
        "qp/35637  CRIT  escalated  S1 > CS               OVER 3h since 09:00 UTC (sla)",
        "Card terminals offline",
        "Nordic Foods <it@nordic.example>  for M. Larsen          acked here, ana 11:51",
        "note, ben 11:58: Called the shop",
        "Since 20:05 no till accepts cards.",
        "Please call.",
    ]


def test_a_tall_preview_cuts_nothing_and_tells_the_times() -> None:
    lines = _preview(_ticket(), LocalActs(acknowledged=ANA), width=40, height=40)

    assert lines == [
        "qp/35637  CRIT  escalated        OVER 3h",
        "Card terminals offline",
        "Nordic Foods <it@nordic.example>",
        "for M. Larsen",
        "OVER 3h since 09:00 UTC (sla)",
        "created 11:00",
        "acked here, ana 11:51",
        "",
        "Since 20:05 no till accepts cards.",
        "",
        "Please call.",
    ]


def test_a_preview_says_that_there_is_more_to_read() -> None:
    lines = _preview(_ticket(body="one\ntwo\nthree\nfour\nfive"), LocalActs())

    assert lines[-1] == "three …"
    lines = _preview(_ticket(body="one two three " * 400), LocalActs(), width=40)
    assert lines[-1].endswith("…")
    assert len(lines[-1]) <= 40


def test_what_was_done_here_gets_a_line_of_its_own_where_it_is_narrow() -> None:
    until = NOON + 2 * HOUR
    snooze = Snooze(
        by="ana",
        at=NOON,
        until=until,
        status=Status.ESCALATED,
        priority=Priority.CRITICAL,
        overdue=True,
    )
    acts = LocalActs(acknowledged=ANA, pinned=ANA, snooze=snooze)

    assert _preview(_ticket(), acts)[3] == (
        "acked here, ana 11:51  pinned here  snoozed until 14:00"
    )


def test_a_snooze_that_ended_is_not_told() -> None:
    snooze = Snooze(
        by="ana",
        at=NOON - HOUR,
        until=NOON + HOUR,
        status=Status.NEW,
        priority=Priority.CRITICAL,
        overdue=True,
    )
    assert "snoozed" not in "".join(_preview(_ticket(), LocalActs(snooze=snooze)))


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({}, "OVER 3h since 09:00 UTC (sla)"),
        ({"due_source": DueSource.ESTIMATE}, "~OVER 3h since 09:00 UTC (estimate)"),
        ({"due_at": NOON + HOUR / 2}, "in 30m at 12:30 UTC (sla)"),
        ({"due_at": NOON + 50 * HOUR}, "in 2d at 2026-02-06 14:00 UTC (sla)"),
        ({"due_at": NOON + HOUR, "flagged_overdue": True}, "OVER flagged, due 13:00 UTC (sla)"),
        ({"due_at": None, "flagged_overdue": True}, "OVER flagged by the vendor"),
        ({"due_at": None}, ""),
        ({"status": Status.RESOLVED}, ""),
    ],
)
def test_the_due_time_is_said_with_its_source_and_never_invented(
    overrides: dict[str, Any], words: str
) -> None:
    line = _text(facts(_ticket(**overrides), NOON, FACE, width=90, glyphs=UNICODE))

    assert line.rpartition("S1 > CS")[2].strip() == words


@pytest.mark.parametrize("width", [90, 60, 40, 24, 14])
def test_where_it_is_narrow_the_name_and_the_priority_stay_longest(width: int) -> None:
    line = _text(facts(_ticket(), NOON, FACE, width=width, glyphs=ASCII))

    assert len(line) == width
    assert line.startswith("qp/35637  CRIT"[:width])
    assert ("OVER 3h" in line) is (width >= 24)
    assert ("escalated" in line) is (width >= 40)


def test_a_status_that_is_not_known_is_said_in_the_vendors_word() -> None:
    unknown = make_ticket(status=Status.UNKNOWN, vendor_status="Erledigt")

    assert status_words(unknown) == "status Erledigt"
    assert status_words(make_ticket(status=Status.UNKNOWN, vendor_status=None)) == "status unknown"
    assert status_words(make_ticket(status=Status.PENDING)) == "pending"


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person("Ann", "ann@example.com", "+49 1"), "Ann <ann@example.com>  +49 1"),
        (Person(None, "ann@example.com"), "ann@example.com"),
        (Person(None, None, "+49 1"), "+49 1"),
        (Person(), ""),
    ],
)
def test_a_person_is_told_by_whatever_is_known(person: Person, words: str) -> None:
    assert person_words(person) == words
