"""What changed between two states of a ticket, and what counts as no change."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from support.builders import NOON, make_ticket
from support.strategies import tickets
from tui.domain.diff import ChangeSet, Position, changed_fields
from tui.domain.ticket import Priority, Ticket

HERE = Position("e", 1)


def test_each_changed_field_comes_with_its_old_and_its_new_value() -> None:
    old = make_ticket(tags=("a",), extra={"x": 1})
    new = replace(old, priority=Priority.HIGH, tags=("a", "b"), extra={"x": 2})

    assert changed_fields(old, new) == {
        "priority": (Priority.MEDIUM, Priority.HIGH),
        "tags": (("a",), ("a", "b")),
        "extra": ({"x": 1}, {"x": 2}),
    }


def test_being_shown_again_is_no_change() -> None:
    old = make_ticket()
    new = replace(old, confirmed_at=NOON + timedelta(hours=1))

    assert old == new
    assert changed_fields(old, new) == {}


OTHERS = [field.name for field in fields(Ticket) if field.name != "confirmed_at"]


@pytest.mark.parametrize("name", OTHERS)
def test_every_other_field_is_compared(name: str) -> None:
    old = make_ticket()
    changed: dict[str, Any] = {name: object()}

    assert list(changed_fields(old, replace(old, **changed))) == [name]


@given(old=tickets(), new=tickets())
def test_there_are_changes_exactly_where_two_tickets_differ(old: Ticket, new: Ticket) -> None:
    changes = changed_fields(old, new)
    new_values: dict[str, Any] = {name: value for name, (_, value) in changes.items()}

    assert bool(changes) is (old != new)
    assert replace(old, **new_values) == new


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (ChangeSet(position=HERE), False),
        (ChangeSet(position=HERE, added=(make_ticket(),)), True),
        (ChangeSet(position=HERE, changed=(make_ticket(),)), True),
        (ChangeSet(position=HERE, removed=(make_ticket().ref,)), True),
    ],
)
def test_a_set_of_changes_is_true_when_it_holds_one(changes: ChangeSet, expected: object) -> None:
    assert bool(changes) is expected
