"""The changes of a ticket in words: what matters first, and never a whole text."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from support.builders import NOON, make_ticket
from tui.app.formatting import ClockFace
from tui.app.history_text import change_words, history_rows
from tui.domain.person import Person
from tui.domain.revision import Revision
from tui.domain.ticket import DueSource, Priority, Status, Ticket

FACE = ClockFace("UTC")
HOUR = timedelta(hours=1)
BEFORE = make_ticket(
    priority=Priority.MEDIUM,
    body="Old text",
    tags=("a", "b"),
    due_at=NOON,
    due_source=DueSource.ESTIMATE,
    extra={"field.till": "7"},
)


def _revision(
    before: Ticket | None, after: Ticket | None, *, at: int = 0, **values: Any
) -> Revision:
    known: dict[str, Any] = {
        "n": 1,
        "at": NOON - timedelta(minutes=at),
        "ref": BEFORE.ref,
        "existed": before is not None,
        "exists": after is not None,
        "before": before,
        "after": after,
        "is_news": True,
    }
    return Revision(**(known | values))


def _rows(*revisions: Revision) -> list[tuple[str, str]]:
    return list(history_rows(revisions, NOON, FACE))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"priority": Priority.HIGH, "vendor_priority": "HIGH"}, "priority MED > HIGH"),
        ({"vendor_priority": "P2"}, "priority at the vendor MEDIUM > P2"),
        ({"status": Status.PENDING, "vendor_status": "PEND"}, "status open > pending"),
        ({"vendor_status": "Offen"}, "status at the vendor OPEN > Offen"),
        ({"assignee": Person("Ann")}, "assignee - > Ann"),
        ({"due_at": NOON + HOUR}, "due ~12:00 > ~13:00"),
        ({"due_at": None, "due_source": None}, "due ~12:00 > -"),
        ({"due_source": DueSource.VENDOR}, "due ~12:00 > 12:00"),
        ({"flagged_overdue": True}, "flagged overdue"),
        ({"body": "New text"}, "text changed"),
        ({"title": "Fire"}, "title Ticket 1 > Fire"),
        ({"title": "x" * 41}, "title changed"),
        ({"tags": ("b", "c")}, "tags -a +c"),
        ({"tags": ("b", "a")}, "tags in another order"),
        ({"channel": "phone"}, "channel - > phone"),
        ({"extra": {"field.till": "8", "rating": 3}}, "field.till 7 > 8, rating - > 3"),
        ({"extra": {}}, "field.till 7 > -"),
        ({"updated_at": NOON}, "updated at the vendor"),
        ({"customer": Person("Bo", "new@example.com")}, "customer - > Bo"),
    ],
)
def test_each_field_tells_its_change(changes: dict[str, Any], words: str) -> None:
    assert change_words(BEFORE, replace(BEFORE, **changes), NOON, FACE) == words


def test_every_compared_field_has_words_of_its_own() -> None:
    changes: dict[str, Any] = {
        "number": "7",
        "kind": "x",
        "url": "https://example.org",
        "origin_segment": "S",
        "current_segment": "T",
        "created_at": NOON,
        "customer": Person("Ann"),
    }
    for name, value in changes.items():
        words = change_words(BEFORE, replace(BEFORE, **{name: value}), NOON, FACE)
        assert words != "updated at the vendor", name


def test_what_decides_on_the_place_comes_first_and_the_rest_is_counted() -> None:
    after = replace(
        BEFORE,
        priority=Priority.HIGH,
        assignee=Person("Ann"),
        body="New",
        title="New",
        kind="x",
        channel="y",
        tags=(),
    )
    words = change_words(BEFORE, after, NOON, FACE)

    assert words.startswith("priority MED > HIGH, assignee - > Ann, title Ticket 1 > New, text")
    assert words.endswith("and 2 more")


def test_a_life_is_told_newest_first() -> None:
    changed = replace(BEFORE, priority=Priority.HIGH)

    assert _rows(
        _revision(changed, None, at=1),
        _revision(BEFORE, changed, at=9),
        _revision(None, BEFORE, at=20),
        _revision(BEFORE, None, at=30),
        _revision(None, BEFORE, at=1500),
    ) == [
        ("11:59", "no longer in the vendor's list"),
        ("11:51", "priority MED > HIGH"),
        ("11:40", "back in the vendor's list"),
        ("11:30", "no longer in the vendor's list"),
        ("02-03 11:00", "first seen"),
    ]


def test_a_journal_that_does_not_keep_the_coming_of_a_ticket_tells_the_changes_alone() -> None:
    assert _rows(_revision(BEFORE, replace(BEFORE, body="New"), at=1)) == [
        ("11:59", "text changed")
    ]
    assert _rows() == []


def test_a_damaged_state_costs_the_words_and_no_more() -> None:
    rows = _rows(_revision(None, BEFORE, existed=True), _revision(None, BEFORE))

    assert rows[0] == ("12:00", "changed; how cannot be read any more")
