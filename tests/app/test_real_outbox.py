"""The dashboard over the engine itself: a create from its first row to the end, and a restart."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from support.builders import make_ticket
from support.deck import SMALL, text_of, tickets_screen
from support.journal import closed_later
from support.service import FIELDS
from support.sources import FixedCredential, make_allowance
from support.vendors import CreatingVendor
from tui.app.dashboard import Dashboard, DashboardOptions
from tui.domain.draft import Created, Draft, FieldRole
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.engine.service import Service
from tui.engine.source import Source
from tui.store.journal import Journal
from tui.store.queue_key import QueueKey

TEN = 10.0
"""Seconds after which a test that waits has failed."""
SPECS = tuple(
    replace(spec, role=FieldRole.TEXT) if spec.key == "comment" else spec for spec in FIELDS
)
SEND = ("n", "tab", "tab", *"Down", "ctrl+s")


class SlowVendor(CreatingVendor):
    """Answers a create when a test says so."""

    def __init__(self) -> None:
        super().__init__([make_ticket(str(number)) for number in range(30)])
        self._answers = asyncio.Event()
        self.create_gate = self._answers
        self._loop: asyncio.AbstractEventLoop | None = None

    async def create(self, draft: Draft) -> Created:
        self._loop = asyncio.get_running_loop()
        return await super().create(draft)

    def answer(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._answers.set)


@contextmanager
def _running(folder: Path, vendor: CreatingVendor) -> Iterator[Dashboard]:
    clock = SystemClock()
    source = Source(
        workspace=Workspace(name="qp", vendor="v", title="QP", poll_interval_s=3_600),
        open_vendor=lambda: vendor,
        credential=FixedCredential(),
        gate=make_allowance(clock).gate("qp"),
        fields=SPECS,
    )
    keys = {"qp": QueueKey("v", "https://v.example", "qp")}
    journal = closed_later(Journal(folder, keys, clock=clock))
    service = Service([source], journal, clock=clock, viewer="ana")
    service.start()
    service.start_polling()
    try:
        yield Dashboard(service, DashboardOptions(clock=clock, start_in=("qp",)))
    finally:
        service.stop(0.2)


async def _until(pilot: Pilot[int], is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(TEN):
        while not is_so():
            await pilot.pause(0.01)


def _has_row(app: Dashboard, *stages: str) -> bool:
    lines = text_of(app).splitlines()
    return any(f" {stage} " in line and "Down" in line for line in lines for stage in stages)


async def test_a_create_has_a_row_until_its_ticket_takes_the_place_and_the_cursor_stays(
    tmp_path: Path,
) -> None:
    vendor = SlowVendor()
    with _running(tmp_path, vendor) as app:
        async with app.run_test(size=SMALL) as pilot:
            await _until(pilot, lambda: len(tickets_screen(app).view) == 30)
            await pilot.press(*SEND)
            await _until(pilot, lambda: vendor.posts == 1)
            await pilot.press("escape")
            await _until(pilot, lambda: _has_row(app, "sending"))

            vendor.answer()
            await _until(pilot, lambda: "Created qp/new-1" in text_of(app))
            await _until(pilot, lambda: not _has_row(app, "sending"))
            assert "qp/new-1" in text_of(app)
            ticket = tickets_screen(app).items.ticket
            assert ticket is not None
            assert ticket.ref.id == "0"


async def test_what_nobody_knew_the_end_of_stands_there_first_after_a_restart(
    tmp_path: Path,
) -> None:
    vendor = SlowVendor()
    with _running(tmp_path, vendor) as app:
        async with app.run_test(size=SMALL) as pilot:
            await _until(pilot, lambda: len(tickets_screen(app).view) == 30)
            await pilot.press(*SEND)
            await _until(pilot, lambda: vendor.posts == 1)

    with _running(tmp_path, SlowVendor()) as app:
        async with app.run_test(size=SMALL) as pilot:
            await _until(pilot, lambda: _has_row(app, "looking", "unknown"))
            await _until(pilot, lambda: "1 open create from before; X shows it" in text_of(app))

            await pilot.press("X")
            await _until(pilot, lambda: "Comment   Down" in text_of(app))
            assert "by ana to qp" in text_of(app)
    assert vendor.posts == 1
