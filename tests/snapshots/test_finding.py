"""Pictures of finding: the filter while it is typed, the pickers, the tabs, lists without a row."""

from collections.abc import Callable
from typing import Any

import pytest

from support.builders import NOON
from support.deck import SMALL, WIDE, make_list_app
from support.service import world
from tui.app.dashboard import Dashboard
from tui.domain.view import View

pytestmark = pytest.mark.snapshot

Compare = Callable[..., bool]
VIEWS = (
    View(name="On fire", query="is:open priority:high+"),
    View(name="Nordic Foods", query='customer:"nordic foods"', sort="created:desc"),
    View(name="Nobody has it", query="is:open is:unassigned"),
    View(name="Nothing", query="tag:none status:new tag:till"),
)


def _app(**options: Any) -> Dashboard:
    return make_list_app(world(NOON, 231), **options)


def test_candidates(snap_compare: Compare) -> None:
    assert snap_compare(_app(), terminal_size=SMALL, press=["/", *"is:o"])


def test_candidates_from_the_queue_wide(snap_compare: Compare) -> None:
    keys = ["/", *"is:overdue", "space", *"customer:"]

    assert snap_compare(_app(), terminal_size=WIDE, press=keys)


def test_fault(snap_compare: Compare) -> None:
    keys = ["/", *"status:opne", "space", "x"]

    assert snap_compare(_app(), terminal_size=SMALL, press=keys)


def test_fault_on_the_smallest_screen_in_ascii(snap_compare: Compare) -> None:
    keys = ["/", *"status:opne", "space", "x"]

    assert snap_compare(_app(glyphs="ascii"), terminal_size=(40, 10), press=keys)


def test_filter_on_a_tab(snap_compare: Compare) -> None:
    keys = ["2", "/", *"voucher", "enter"]

    assert snap_compare(_app(views=VIEWS), terminal_size=SMALL, press=keys)


def test_filtered_to_nothing(snap_compare: Compare) -> None:
    assert snap_compare(_app(), terminal_size=SMALL, press=["1", "/", *"zzz", "enter"])


def test_view_without_a_ticket(snap_compare: Compare) -> None:
    assert snap_compare(_app(views=VIEWS), terminal_size=SMALL, press=["4"])


def test_orders(snap_compare: Compare) -> None:
    assert snap_compare(_app(), terminal_size=SMALL, press=["S", "j", "j"])


def test_workspaces_to_choose(snap_compare: Compare) -> None:
    assert snap_compare(_app(), terminal_size=SMALL, press=["w", "j", "space", "space"])


def test_workspaces_to_choose_on_the_smallest_screen(snap_compare: Compare) -> None:
    assert snap_compare(_app(), terminal_size=(40, 10), press=["w"])


def test_more_tabs_than_fit(snap_compare: Compare) -> None:
    views = tuple(
        View(name=f"Customer number {number}", query=f"customer:{number}") for number in range(11)
    )

    assert snap_compare(_app(views=views), terminal_size=SMALL, press=["6"])
