"""Events as lines for people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.builders import NOON, make_ticket
from tui.cli.events import Change, Event, EventKind
from tui.cli.watch import as_text
from tui.domain.ticket import Priority

TICKET = make_ticket("35637", number="4711", title="Till offline", priority=Priority.HIGH)


@pytest.mark.parametrize(
    ("kind", "changes", "says"),
    [
        (EventKind.ADDED, {}, "12:00 added   qp/4711 HIGH Till offline"),
        (EventKind.OVERDUE, {"overdue": (False, True)}, "12:00 overdue qp/4711 HIGH Till offline"),
        (
            EventKind.CHANGED,
            {"status": ("new", "open"), "closed": (False, True), "body": ("a", "b")},
            "12:00 changed qp/4711 HIGH Till offline; status new > open; closed no > yes; body",
        ),
        (
            EventKind.CHANGED,
            {"due_at": (None, "2026-02-04T12:00:00.000Z"), "tags": ([], ["vip"])},
            "12:00 changed qp/4711 HIGH Till offline; due_at - > 2026-02-04T12:00:00.000Z; tags",
        ),
    ],
)
def test_a_line_says_what_happened_to_which_ticket(
    kind: EventKind, changes: dict[str, Change], says: str
) -> None:
    event = Event(
        kind=kind, at=NOON, workspace="qp", ref=TICKET.ref, ticket=TICKET, changes=changes
    )

    assert as_text(event, NOON, "UTC") == says


def test_a_line_of_a_workspace_tells_its_state_and_why() -> None:
    changes: dict[str, Change] = {"state": ("ok", "refused"), "error": (None, "401 Unauthorized")}
    event = Event(kind=EventKind.HEALTH, at=NOON, workspace="qp", changes=changes)

    line = as_text(event, NOON, "UTC")

    assert line == "12:00 health  qp; state ok > refused; error - > 401 Unauthorized"
    later = as_text(replace(event, at=NOON - timedelta(days=1)), NOON, "UTC")
    assert later.startswith("02-03 12:00 health")


def test_a_ticket_that_cannot_be_read_goes_by_its_ref() -> None:
    event = Event(kind=EventKind.CHANGED, at=NOON, workspace="qp", ref=TICKET.ref)

    assert as_text(event, NOON, "UTC") == "12:00 changed qp/35637"
