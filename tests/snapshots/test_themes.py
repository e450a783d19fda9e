"""The ticket screen once in each theme. After a wanted change: `make snap`, and look at it."""

from collections.abc import Callable

import pytest

from support.builders import NOON
from support.deck import SMALL, make_list_app
from support.service import world
from tui.theming.files import theme_names

pytestmark = pytest.mark.snapshot


@pytest.mark.parametrize("name", theme_names())
def test_tickets_in_each_theme(name: str, snap_compare: Callable[..., bool]) -> None:
    app = make_list_app(world(NOON, 60), theme=name)

    assert snap_compare(app, terminal_size=SMALL, press=["j", "j"])


def test_themes_to_choose(snap_compare: Callable[..., bool]) -> None:
    app = make_list_app(world(NOON, 60))

    assert snap_compare(app, terminal_size=SMALL, press=["T", "j"])
