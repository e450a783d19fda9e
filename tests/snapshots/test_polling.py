"""Pictures of what the polling does. After a wanted change: `make snap`, and look at it."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from support.activity import make_activities
from support.builders import NOON
from support.deck import SMALL, WIDE, make_app, make_list_app
from support.service import FakeService, world
from tui.domain.health import HealthState, WorkspaceHealth

pytestmark = pytest.mark.snapshot

Compare = Callable[..., bool]
MINUTE = timedelta(minutes=1)


def _polled() -> FakeService:
    service = world(NOON, 231)
    service.activities = dict(make_activities(NOON))
    ok = WorkspaceHealth(state=HealthState.OK, as_of=NOON - MINUTE, next_at=NOON + 4 * MINUTE)
    service.queue.set_health("qp", ok)
    service.queue.set_health("legacy", replace(ok, pages_done=12, pages_known=40))
    return service


def test_workspaces_polled(snap_compare: Compare) -> None:
    assert snap_compare(make_app(_polled()), terminal_size=SMALL, press=["j", "j"])


def test_workspaces_in_memory_only(snap_compare: Compare) -> None:
    service = _polled()
    service.banner = "nothing is kept on disk: cache.db is of a newer ticketdeck"
    app = make_app(service, theme="daylight")

    assert snap_compare(app, terminal_size=WIDE, press=["G"])


def test_workspaces_narrow_and_in_ascii(snap_compare: Compare) -> None:
    app = make_app(_polled(), glyphs="ascii")

    assert snap_compare(app, terminal_size=(60, 20), press=["j", "j"])


def test_sources(snap_compare: Compare) -> None:
    app = make_app(_polled())

    async def log_and_open(pilot: Pilot[int]) -> None:
        log = logging.getLogger("tui.engine.poller")
        log.info("qp: polled here from now on")
        log.warning("klink: skipped page 3, ticket 7: no id")
        await pilot.press("j", "j", "L")

    assert snap_compare(app, terminal_size=SMALL, run_before=log_and_open)


def test_kept_from_an_earlier_run(snap_compare: Compare) -> None:
    service = world(NOON, 231)
    for number, workspace in enumerate(service.workspaces):
        kept = WorkspaceHealth(as_of=NOON - timedelta(hours=9 + number))
        service.queue.set_health(workspace.name, kept)

    assert snap_compare(make_list_app(service), terminal_size=SMALL)
