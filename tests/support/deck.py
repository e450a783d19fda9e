"""The dashboard for tests: over a fake service, at a moment that stands still."""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from support.clock import FakeClock
from support.service import FakeService
from tui.app.dashboard import Dashboard, DashboardOptions
from tui.app.screens.tickets import TicketsScreen

WIDE = (120, 36)
SMALL = (80, 24)


def make_app(service: FakeService, clock: FakeClock | None = None, **options: Any) -> Dashboard:
    """Return the dashboard, not yet running."""
    values: dict[str, Any] = {
        "clock": clock or FakeClock(),
        "time_zone": "UTC",
        "glyphs": "unicode",
    }
    return Dashboard(service, DashboardOptions(**(values | options)))


def make_list_app(
    service: FakeService, clock: FakeClock | None = None, **options: Any
) -> Dashboard:
    """Return the dashboard that starts in the list of all workspaces."""
    every = tuple(workspace.name for workspace in service.workspaces)
    return make_app(service, clock, start_in=every, **options)


def tickets_screen(app: Dashboard) -> TicketsScreen:
    """Return the list's screen, wherever it is in the stack."""
    return next(screen for screen in app.screen_stack if isinstance(screen, TicketsScreen))


def text_of(app: Dashboard) -> str:
    """Return what stands on the current screen, as text."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text.ljust(width) for strip in lines[:height])


def typed(app: Dashboard) -> str:
    """Return what stands in the field that has the focus."""
    focused = app.focused
    if isinstance(focused, TextArea):
        return focused.text
    assert isinstance(focused, Input)
    return focused.value


async def until(pilot: Pilot[int], is_so: Callable[[], bool]) -> None:
    """Wait for what other threads or timers bring; fails after ten seconds."""
    async with asyncio.timeout(10):
        while not is_so():
            await pilot.pause(0.01)


async def settle(pilot: Pilot[int]) -> None:
    """Wait until all messages are handled and drawn."""
    for _ in range(3):
        await pilot.pause()
