"""Why a row stands where it stands and looks as it looks, in words that the rules agree with."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.strategies import clock_times, tickets
from tui.app.formatting import ClockFace, Line, line_width
from tui.app.ticket_text import due_style
from tui.app.why_text import BANDS, Circumstances, why
from tui.domain.activity import Novelty
from tui.domain.acts import LocalActs, Signed, Snooze
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.labels import priority_label
from tui.domain.order import Order
from tui.domain.ticket import DueSource, Priority, Status, Ticket
from tui.domain.urgency import band, due_words, is_overdue
from tui.domain.workspace import Workspace

FACE = ClockFace("UTC")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
OK = WorkspaceHealth(state=HealthState.OK, as_of=NOON - MINUTE)
PLACE = Workspace(
    name="qp",
    vendor="questionpro",
    title="QuestionPro EU",
    sla={Priority.HIGH: HOUR, Priority.LOW: 36 * HOUR},
)


def _text(line: Line) -> str:
    return "".join(span.text for span in line).rstrip()


def _why(ticket: Ticket, now: datetime = NOON, width: int = 90, **around: Any) -> list[str]:
    values: dict[str, Any] = {"workspace": PLACE, "health": OK}
    lines = why(ticket, now, FACE, Circumstances(**(values | around)), width=width)
    return [_text(line) for line in lines]


def test_a_row_is_explained_by_field_rule_threshold_and_zone() -> None:
    ticket = make_ticket(
        priority=Priority.HIGH,
        vendor_priority="HIGH",
        created_at=NOON - 4 * HOUR - 5 * MINUTE,
        due_at=NOON - 3 * HOUR - 5 * MINUTE,
        due_source=DueSource.SLA,
        flagged_overdue=True,
    )
    late = WorkspaceHealth(state=HealthState.LATE, as_of=NOON - 6 * MINUTE)
    acts = LocalActs(acknowledged=Signed(by="ana", at=NOON - 9 * MINUTE))

    assert _why(ticket, health=late, novelty=Novelty.NEW, is_marked=True, acts=acts) == [
        "Band 2 of 5: high, and overdue or due within the hour",
        "",
        "Place     Its priority is high, and its due time has passed.",
        "          Within the band: priority, then sooner due, then older.",
        "          Its due time is known.",
        "Priority  HIGH  high (the vendor says HIGH); colour: high",
        "Due       OVER 3h  overdue: the due time passed 3h5m ago; colour: overdue",
        "          The due time (due_at) is 2026-02-04 08:55 UTC, from the sla of qp: created",
        "          2026-02-04 07:55 UTC + high 1h",
        "          The vendor itself flags it overdue.",
        "Dimmed    with !, colour: stale, because qp is LATE as of 11:54",
        "Signs     *  new, and nobody has looked at it",
        "          x  marked on this screen",
        "Here      acked here, ana 11:51  the vendor hears nothing of it",
        "Next      nothing changes its place by time alone",
        "Zone      clock times are UTC; bands compare moments, in any zone",
    ]


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"due_at": NOON + 12 * MINUTE}, "in 12m, 12:12 UTC: becomes OVER"),
        ({"due_at": NOON + 3 * HOUR}, "in 2h, 14:00 UTC: goes to band 3: any other, overdue for"),
        ({"due_at": NOON + HOUR}, "the due time is 1h away, within the hour; colour: due soon"),
        ({"due_at": NOON + HOUR}, "from the vendor"),
        ({"flagged_overdue": True}, "and no time is told: none is invented; colour: overdue"),
        ({"flagged_overdue": True}, "The vendor itself flags it overdue."),
        (
            {"due_at": NOON - HOUR, "due_source": DueSource.ESTIMATE},
            "(due_at) is ~2026-02-04 11:00 UTC",
        ),
        ({"due_at": NOON - HOUR, "due_source": DueSource.ESTIMATE}, "that lifts high tickets only"),
        ({"due_at": NOON - 8 * 24 * HOUR}, "more than 7 days ago, and its priority is not high"),
        ({"due_at": NOON + HOUR, "flagged_overdue": True}, "though the due time is 1h away"),
        ({}, "There is no due time (due_at): the vendor gives none, and qp has no sla for medium."),
        ({"priority": Priority.NONE}, "-  its vendor has no priorities"),
        ({"priority": Priority.UNKNOWN, "vendor_priority": "P1"}, "the vendor's word 'P1' is not"),
        (
            {"priority": Priority.UNKNOWN, "vendor_priority": None},
            "?  the vendor tells no priority",
        ),
        ({"status": Status.RESOLVED}, "colour: muted, because it is closed"),
        ({"status": Status.RESOLVED, "due_at": NOON}, "a closed ticket is never overdue"),
        (
            {
                "priority": Priority.LOW,
                "created_at": NOON,
                "due_at": NOON + 36 * HOUR,
                "due_source": DueSource.SLA,
            },
            "from the sla of qp: created 2026-02-04 12:00 UTC + low 1d12h",
        ),
    ],
)
def test_each_circumstance_has_its_sentence(overrides: dict[str, Any], words: str) -> None:
    ticket = make_ticket(**({"due_source": DueSource.VENDOR} | overrides))

    assert words in "\n".join(_why(ticket, width=200))


def test_what_was_done_here_says_what_it_does_to_the_place() -> None:
    ticket = make_ticket()
    signed = Signed(by="ana", at=NOON)
    snooze = Snooze(
        by="ana",
        at=NOON,
        until=NOON + HOUR,
        status=ticket.status,
        priority=ticket.priority,
        overdue=False,
    )
    lines = _why(ticket, acts=LocalActs(pinned=signed, snooze=snooze))

    assert "          It is pinned here: that puts it above all bands, in every order." in lines
    assert "          It is snoozed here: only a filter with is:snoozed shows it." in lines


def test_another_order_is_not_passed_off_as_urgency() -> None:
    sorted_by = "The list is sorted by title now: urgency decides among equals only."
    turned = "The list is turned around now: the least urgent comes first."

    assert sorted_by in "\n".join(_why(make_ticket(), order=Order("title")))
    assert turned in "\n".join(_why(make_ticket(), order=Order("urgency", descending=True)))
    assert "The list is" not in "\n".join(_why(make_ticket()))


@given(tickets(), clock_times(), st.integers(20, 100))
def test_what_is_said_agrees_with_the_rules_of_the_list(
    ticket: Ticket, now: datetime, width: int
) -> None:
    where = band(ticket, now)
    lines = why(ticket, now, FACE, Circumstances(workspace=PLACE, health=OK), width=width)
    spans = [span for line in lines for span in line]

    assert max(map(line_width, lines)) <= width
    if width < 60:
        return
    text = "\n".join(map(_text, lines))
    assert text.startswith(f"Band {where.value} of 5: {BANDS[where].split(',')[0]}")
    assert priority_label(ticket) in [span.text for span in spans]
    if words := due_words(ticket, now):
        shown = next(span for span in spans if span.text == words)
        assert shown.style == due_style(ticket, now)
        assert shown.bold is is_overdue(ticket, now)
    else:
        assert "OVER" not in text
    assert ("becomes OVER" in text) <= (not is_overdue(ticket, now))
