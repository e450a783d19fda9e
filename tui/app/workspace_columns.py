"""The columns of the list of workspaces, by the room there is. Pure; knows no widget."""

from dataclasses import dataclass

from tui.app.activity_text import CALLS_WIDTH, NEXT_WIDTH
from tui.app.health_text import STATE_WIDTH

GUTTER = 2
NAME_LEAST, NAME_MOST = 11, 26
"""Cells of a name and the gap behind it."""
OPEN_FROM = 48
"""From this width on what is open has a column; what is overdue and critical always has."""
TREND_LEAST, TREND_MOST = 3, 12
LONG_CALLS_WIDTH = len("19,240 of 20,000/30d")


@dataclass(frozen=True, slots=True)
class WorkspaceColumns:
    """How wide each column is; 0 where it is left out."""

    name: int
    """With its gap."""
    count: int
    """Of what is open, and of what is overdue."""
    critical: int
    gap: int
    """Before the state."""
    title: int = 0
    """With its gap."""
    has_open: bool = False
    trend: int = 0
    """Of what is open, and as much of what is overdue."""
    next: int = 0
    calls: int = 0


def choose_workspace_columns(width: int, longest_name: int, longest_title: int) -> WorkspaceColumns:
    """Share `width` cells out.

    Where it is narrow the vendor's place goes first, then the trend, the calls left, the next poll
    and what is open; the name, what is overdue and critical, and the state always stay.
    """
    has_open = width >= OPEN_FROM
    count, critical, gap = (6, 5, 2) if has_open else (5, 5, 1)
    counts = (2 if has_open else 1) * count + critical
    # Nothing ends at the very edge, unless every cell is needed.
    room = width - GUTTER - counts - gap - STATE_WIDTH - has_open
    name = min(max(longest_name + 2, NAME_LEAST), NAME_MOST, max(room, 8, width // 5))
    room -= name
    next_ = calls = trend = title = 0
    if room >= NEXT_WIDTH + 1:
        next_, room = NEXT_WIDTH, room - NEXT_WIDTH - 1
    if next_ and room >= CALLS_WIDTH + 1:
        calls, room = CALLS_WIDTH, room - CALLS_WIDTH - 1
    if calls and room >= 2 * (TREND_LEAST + 1):
        trend = min(room // 2 - 1, 5)
        room -= 2 * (trend + 1)
    wanted = max(longest_title, len("VENDOR")) + 2
    if trend and room >= wanted:
        title, room = wanted, room - wanted
    if title and room >= LONG_CALLS_WIDTH - CALLS_WIDTH:
        calls, room = LONG_CALLS_WIDTH, room - (LONG_CALLS_WIDTH - CALLS_WIDTH)
    if trend:
        trend = min(trend + room // 2, TREND_MOST)
    return WorkspaceColumns(name, count, critical, gap, title, has_open, trend, next_, calls)
