"""Taking tickets out: copying their names and addresses, going there, exporting the list."""

import base64
import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from support.builders import NOON
from support.deck import SMALL, make_list_app, settle, text_of, tickets_screen
from support.service import FakeService, make_workspaces, world
from tui.app.dashboard import Dashboard
from tui.app.screens.export import ExportScreen
from tui.app.screens.text import TextScreen
from tui.app.widgets.one_line_input import OneLineInput
from tui.domain.ticket import Ticket

ADDRESS = "https://app.example/tickets/35637?view=" + "x" * 150


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def _made(monkeypatch: pytest.MonkeyPatch, **options: Any) -> tuple[Dashboard, list[str]]:
    """Return a dashboard whose tickets have addresses, and what it writes past the frames."""
    service = world(NOON, 40)
    service.change(*(replace(ticket, url=ADDRESS) for ticket in service.queue.tickets()))
    return _watched(monkeypatch, service, **options)


def _watched(
    monkeypatch: pytest.MonkeyPatch, service: FakeService, **options: Any
) -> tuple[Dashboard, list[str]]:
    app = make_list_app(service, **options)
    written: list[str] = []
    monkeypatch.setattr(app, "write_to_terminal", written.append)
    return app, written


async def _settled(app: Dashboard, pilot: Pilot[int]) -> str:
    await settle(pilot)
    await app.workers.wait_for_complete()
    await settle(pilot)
    return text_of(app)


def _copied(written: Sequence[str]) -> list[str]:
    parts = [part.removeprefix("\x1b]52;c;").removesuffix("\a") for part in written]
    return [base64.b64decode(part).decode() for part in parts]


def _first(app: Dashboard) -> Ticket:
    return tickets_screen(app).view[0]


async def test_y_copies_the_name_of_the_ticket_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    app, written = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("y")
        text = await _settled(app, pilot)

        handle = _first(app).handle
        assert _copied(written) == [handle]
        assert f"Sent to the terminal's clipboard: {handle}" in text


async def test_capital_y_copies_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    app, written = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("Y")
        await _settled(app, pilot)

        assert _copied(written) == [ADDRESS]


async def test_the_ticket_that_is_open_is_copied_too(monkeypatch: pytest.MonkeyPatch) -> None:
    app, written = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "y", "Y")
        await _settled(app, pilot)

        assert _copied(written) == [_first(app).handle, ADDRESS]


@pytest.mark.parametrize("key", ["Y", "o"])
async def test_without_an_address_it_says_how_there_would_be_one(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    app, written = _watched(monkeypatch, world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(key)
        text = await _settled(app, pilot)

        ref = _first(app).ref
        assert written == []
        assert f"{ref} has no address; set link in workspace {ref.workspace}" in text


@pytest.mark.parametrize("key", ["y", "Y", "o", "E"])
async def test_in_an_empty_list_nothing_is_taken(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    app, written = _watched(monkeypatch, FakeService(make_workspaces()))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(key)
        text = await _settled(app, pilot)

        assert written == []
        assert app.screen is tickets_screen(app)
        assert "There is no ticket" in text or "The list is empty" in text


async def test_with_the_clipboard_off_the_text_is_shown_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, written = _made(monkeypatch, clipboard="off")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("Y")
        text = await _settled(app, pilot)

        assert written == []
        assert isinstance(app.screen, TextScreen)
        assert ADDRESS in "".join(line.strip() for line in text.splitlines())
        assert 'clipboard = "off"' in text
        await pilot.press("escape")
        await settle(pilot)
        assert len(app.screen_stack) == 1


async def test_what_no_terminal_takes_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    service = world(NOON, 5)
    long = ADDRESS + "y" * 80_000
    service.change(*(replace(ticket, url=long) for ticket in service.queue.tickets()))
    app, written = _watched(monkeypatch, service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("Y")
        text = await _settled(app, pilot)

        assert written == []
        assert "Not copied" in text


async def test_o_shows_the_whole_address_and_its_host_and_over_ssh_opens_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    app, written = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("o")
        text = await _settled(app, pilot)
        lines = [line.strip() for line in text.splitlines()]

        assert "app.example" in lines
        assert ADDRESS in "".join(lines)
        assert "other end of this SSH" in " ".join(lines)
        await pilot.press("y")
        text = await _settled(app, pilot)
        assert _copied(written) == [ADDRESS]
        assert app.screen is tickets_screen(app)


async def test_o_opens_the_address_with_the_programs_of_the_desktop(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "xdg-open"
    program.write_text(f'#!/bin/sh\necho "$1|$API_KEY" > {tmp_path}/said\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("API_KEY", "secret")
    monkeypatch.setattr("sys.platform", "linux")
    app, _ = _made(monkeypatch, withheld=frozenset({"API_KEY"}))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("o")
        text = await _settled(app, pilot)

        assert "Opened in the browser" in text
        assert (tmp_path / "said").read_text() == f"{ADDRESS}|\n"


async def test_an_address_of_another_kind_is_shown_and_never_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    service = world(NOON, 1)
    service.change(*(replace(each, url="javascript:alert(1)") for each in service.queue.tickets()))
    app, _ = _watched(monkeypatch, service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("o")
        text = await _settled(app, pilot)

        assert "javascript:alert(1)" in text
        assert "only addresses of http and https" in text


async def test_what_is_shown_is_exported_in_its_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app, _ = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("E", "tab", "enter")
        text = await _settled(app, pilot)
        path = tmp_path / "tickets-2026-02-04-1200.json"
        view = tickets_screen(app).view

        assert f"Wrote {len(view)} tickets to" in text
        assert [each["ref"] for each in json.loads(path.read_text())] == list(map(str, view.refs()))
        assert path.stat().st_mode & 0o777 == 0o600


async def test_marked_tickets_are_copied_and_exported_instead_of_what_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app, written = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("space", "j", "space", "y")
        await _settled(app, pilot)
        view = tickets_screen(app).view
        marked = tickets_screen(app).marked_here()
        handles = [view[place].handle for place in range(len(view)) if view[place].ref in marked]
        assert len(handles) == 2
        assert _copied(written) == ["\n".join(handles)]

        await pilot.press("E")
        await settle(pilot)
        assert "Export 2 marked tickets" in text_of(app)
        await pilot.press("tab", "enter")
        text = await _settled(app, pilot)
        path = tmp_path / "tickets-2026-02-04-1200.json"

        assert "Wrote 2 marked tickets to" in text
        assert [each["ref"] for each in json.loads(path.read_text())] == handles


@pytest.mark.parametrize(("key", "verb"), [("y", "copy"), ("Y", "copy"), ("o", "open")])
async def test_where_all_that_is_marked_is_hidden_it_is_asked_first(
    monkeypatch: pytest.MonkeyPatch, key: str, verb: str
) -> None:
    app, written = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("space", "space", "/", *"priority:low", "enter")
        await settle(pilot)
        first = _first(app)
        await pilot.press(key)
        await _settled(app, pilot)
        assert "2 of 2 marked tickets not in this list" in text_of(app)
        assert not written

        await pilot.press("enter")
        text = await _settled(app, pilot)
        if verb == "open":
            assert f"Address of {first.handle}" in text
        else:
            assert _copied(written) == [first.handle if key == "y" else ADDRESS]


@pytest.mark.parametrize(
    ("steps", "what"),
    [(0, "1 marked ticket"), (1, "tickets, as the list shows them"), (2, "3 marked tickets, 2 of")],
)
async def test_an_export_of_hidden_marks_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, steps: int, what: str
) -> None:
    app, _ = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("space", "space", "/", *"priority:low", "enter", "space", "E")
        await settle(pilot)
        assert "2 of 3 marked tickets not in this list" in text_of(app)
        assert "in this list, marked or not" in text_of(app)
        assert not isinstance(app.screen, ExportScreen)

        await pilot.press(*("j" * steps), "enter")
        await settle(pilot)
        assert isinstance(app.screen, ExportScreen)
        assert what in text_of(app)


async def test_a_file_that_is_there_stays_and_another_name_is_proposed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    app, _ = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("E")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, ExportScreen)
        screen.query_one(OneLineInput).value = "mine.csv"
        await pilot.press("enter")
        text = await _settled(app, pilot)
        assert "mine.csv is there already and stays; mine-2.csv is free" in text
        await pilot.press("enter")
        await _settled(app, pilot)

        assert (tmp_path / "mine.csv").read_text() == "mine"
        with (tmp_path / "mine-2.csv").open(newline="") as file:
            assert len(list(csv.reader(file))) == 41


async def test_a_file_that_cannot_be_written_is_told_and_the_name_can_be_mended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, _ = _made(monkeypatch)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("E")
        await settle(pilot)
        app.screen.query_one(OneLineInput).value = "none/x.md"
        await pilot.press("enter")
        text = await _settled(app, pilot)

        assert "cannot be written: No such file or directory" in text
        assert "[Markdown]" in text
        await pilot.press("escape")
        await settle(pilot)
        assert app.screen is tickets_screen(app)


@pytest.mark.parametrize("size", [(40, 10), (80, 24)])
async def test_the_dialogs_fit(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    app, _ = _made(monkeypatch)
    async with app.run_test(size=size) as pilot:
        await pilot.press("E")
        await settle(pilot)
        text = text_of(app)
        assert "tickets-2026-02-04-1200.csv" in text
        assert "[CSV]" in text
        await pilot.press("escape", "o")
        text = await _settled(app, pilot)
        assert "app.example" in text
        assert "close" in text.splitlines()[-1]
