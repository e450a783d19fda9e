"""The saved views as tabs."""

import pytest

from tui.app.views import BUILT_IN, Tabs
from tui.domain.errors import UsageError
from tui.domain.order import Order
from tui.domain.query import parse_query
from tui.domain.view import View


def _names(tabs: Tabs) -> list[str]:
    return [tab.name for tab in tabs.tabs]


def test_who_has_saved_none_gets_those_that_are_built_in_and_all() -> None:
    tabs = Tabs()

    assert _names(tabs) == [*(view.name for view in BUILT_IN), "All"]
    assert tabs.front.name == "All"


def test_saved_ones_come_first_and_everything_is_in_front() -> None:
    tabs = Tabs([View(name="Mine", query="assignee:ann", sort="due:desc")])

    assert _names(tabs) == ["Mine", "All"]
    assert tabs.active == 1
    assert tabs.tabs[0].query == parse_query("assignee:ann")
    assert tabs.tabs[0].order == Order("due", descending=True)


def test_a_saved_view_that_shows_everything_is_not_doubled() -> None:
    tabs = Tabs([View(name="Mine", query="is:open"), View(name="Whole", sort="due")])

    assert _names(tabs) == ["Mine", "Whole"]
    assert tabs.front.name == "Whole"


def test_a_view_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(UsageError):
        Tabs([View(name="Mine", query="status:opne")])
