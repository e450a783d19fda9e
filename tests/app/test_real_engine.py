"""The dashboard over the engine itself, its thread and its files; the vendor is a list."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from support.builders import make_ticket
from support.deck import SMALL, text_of, tickets_screen
from support.journal import closed_later
from support.sources import FixedCredential, make_allowance
from support.vendors import ListVendor
from tui.app.dashboard import Dashboard, DashboardOptions
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.engine.service import Service
from tui.engine.source import Source
from tui.store.journal import Journal
from tui.store.queue_key import QueueKey

MANY = 1_000
TEN = 10.0
"""Seconds after which a test that waits has failed."""


def _service(folder: Path) -> Service:
    clock = SystemClock()
    vendor = ListVendor([make_ticket(str(number)) for number in range(MANY)])
    source = Source(
        workspace=Workspace(name="qp", vendor="v", title="QP", poll_interval_s=3_600),
        open_vendor=lambda: vendor,
        credential=FixedCredential(),
        gate=make_allowance(clock).gate("qp"),
        fields=(),
    )
    keys = {"qp": QueueKey("v", "https://v.example", "qp")}
    journal = closed_later(Journal(folder, keys, clock=clock))
    return Service([source], journal, clock=clock, viewer="ana")


async def _until(pilot: Pilot[int], is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(TEN):
        while not is_so():
            await pilot.pause(0.01)


async def test_a_thousand_marked_tickets_are_acted_on_and_one_undo_takes_it_back(
    tmp_path: Path,
) -> None:
    service = _service(tmp_path)
    service.start()
    service.start_polling()
    try:
        app = Dashboard(service, DashboardOptions(clock=SystemClock(), start_in=("qp",)))
        async with app.run_test(size=SMALL) as pilot:
            screen = tickets_screen(app)
            await _until(pilot, lambda: len(screen.view) == MANY)
            await pilot.press("V", "a")
            await _until(pilot, lambda: "Acknowledge 1,000 tickets here?" in text_of(app))
            await pilot.press("y")
            await _until(pilot, lambda: "Acked here only: 1,000 tickets" in text_of(app))
            assert len(service.acts()) == MANY
            assert not screen.marked

            await pilot.press("u")
            await _until(pilot, lambda: "No longer acked here: 1,000 tickets" in text_of(app))
            assert not service.acts()
            assert len(screen.marked) == MANY
    finally:
        service.stop()
