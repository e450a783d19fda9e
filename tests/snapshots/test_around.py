"""Pictures of the palette, the help, and the dialogs that take tickets out."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from support.builders import NOON
from support.deck import SMALL, WIDE, make_list_app, settle
from support.service import world
from tui.app.dashboard import Dashboard

pytestmark = pytest.mark.snapshot

Compare = Callable[..., bool]
NARROW = (40, 10)


def _made() -> Dashboard:
    return make_list_app(world(NOON, 231))


@pytest.mark.parametrize("size", [SMALL, NARROW], ids=["80x24", "40x10"])
def test_palette(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(_made(), terminal_size=size, press=[":", "down"])


def test_palette_while_typing(snap_compare: Compare) -> None:
    assert snap_compare(_made(), terminal_size=SMALL, press=[":", *"copy"])


@pytest.mark.parametrize("size", [SMALL, NARROW, WIDE], ids=["80x24", "40x10", "120x36"])
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(_made(), terminal_size=size, press=["?"])


def test_help_of_the_query_language(snap_compare: Compare) -> None:
    assert snap_compare(_made(), terminal_size=SMALL, press=["?", *"filter takes"])


def test_address_over_ssh(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    service = world(NOON, 231)
    address = "https://app.example/tickets/35637?" + "&".join(f"field{n}=value" for n in range(9))
    service.change(*(replace(ticket, url=address) for ticket in service.queue.tickets()))

    assert snap_compare(make_list_app(service), terminal_size=SMALL, press=["o"])


def test_export(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")

    async def turn(pilot: Pilot[int]) -> None:
        await settle(pilot)
        await pilot.press("E", "tab")
        await pilot.pause()

    assert snap_compare(_made(), terminal_size=SMALL, run_before=turn)
