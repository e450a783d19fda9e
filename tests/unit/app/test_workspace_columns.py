"""Which columns the list of workspaces has, by the room there is."""

import pytest

from tui.app.health_text import STATE_WIDTH
from tui.app.workspace_columns import GUTTER, WorkspaceColumns, choose_workspace_columns


def _taken(columns: WorkspaceColumns) -> int:
    """The cells that a row takes, with those of the state."""
    counts = columns.count * (1 + columns.has_open) + columns.critical
    trend = 2 * (columns.trend + 1) if columns.trend else 0
    rest = sum(width + 1 for width in (columns.next, columns.calls) if width)
    return GUTTER + columns.name + columns.title + counts + trend + columns.gap + STATE_WIDTH + rest


@pytest.mark.parametrize("name", [1, 7, 15, 40])
@pytest.mark.parametrize("title", [0, 14, 60])
def test_every_width_is_kept(name: int, title: int) -> None:
    for width in range(40, 200):
        assert _taken(choose_workspace_columns(width, name, title)) <= width


def test_80_columns_have_everything_but_the_vendor() -> None:
    columns = choose_workspace_columns(80, 7, 18)

    assert columns.has_open
    assert columns.next
    assert columns.calls
    assert columns.trend == 5
    assert not columns.title


def test_where_it_is_narrower_the_vendor_goes_first_then_the_trend_then_the_calls() -> None:
    def named(width: int) -> list[str]:
        columns = choose_workspace_columns(width, 7, 18)
        optional = ("title", "trend", "calls", "next", "has_open")
        return [name for name in optional if getattr(columns, name)]

    seen = [named(width) for width in range(120, 39, -1)]
    order = [names for number, names in enumerate(seen) if number == 0 or names != seen[number - 1]]

    assert order == [
        ["title", "trend", "calls", "next", "has_open"],
        ["trend", "calls", "next", "has_open"],
        ["calls", "next", "has_open"],
        ["next", "has_open"],
        ["has_open"],
        [],
    ]
