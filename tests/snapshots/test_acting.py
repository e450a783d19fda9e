"""Pictures of the dialogs of marking and acting. After a wanted change: `make snap`, and look."""

from collections.abc import Callable

import pytest

from support.builders import NOON
from support.deck import SMALL, make_list_app
from support.service import world

pytestmark = pytest.mark.snapshot

Compare = Callable[..., bool]


def test_confirm(snap_compare: Compare) -> None:
    app = make_list_app(world(NOON, 231), demo=True)

    assert snap_compare(app, terminal_size=SMALL, press=["/", *"voucher", "enter", "V", "a"])


def test_marks_out_of_sight(snap_compare: Compare) -> None:
    app = make_list_app(world(NOON, 231), demo=True)

    assert snap_compare(app, terminal_size=SMALL, press=["V", "/", *"voucher", "enter", "a"])


def test_snooze(snap_compare: Compare) -> None:
    app = make_list_app(world(NOON, 231))

    assert snap_compare(app, terminal_size=SMALL, press=["j", "s", "j"])


def test_snooze_until_a_typed_time(snap_compare: Compare) -> None:
    app = make_list_app(world(NOON, 231), theme="daylight")

    assert snap_compare(app, terminal_size=SMALL, press=["s", *"fri 7:30"])


def test_snooze_at_the_least_size(snap_compare: Compare) -> None:
    app = make_list_app(world(NOON, 231), glyphs="ascii")

    assert snap_compare(app, terminal_size=(40, 10), press=["s", "G"])


def test_note_below_an_earlier_one(snap_compare: Compare) -> None:
    app = make_list_app(world(NOON, 231))
    note = ["m", *"Called the store, nobody there", "enter"]

    assert snap_compare(app, terminal_size=SMALL, press=[*note, "m", *"Try at 8"])


def test_marked_and_acted(snap_compare: Compare) -> None:
    app = make_list_app(world(NOON, 231))
    press = ["space", "space", "b", "space", "a", "space", "j", "space", "/", *"o", "enter"]

    assert snap_compare(app, terminal_size=SMALL, press=press)
