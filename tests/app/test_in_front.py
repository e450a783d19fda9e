"""What stands in front of the list: framed, laid out at once, and the list as it was beside it."""

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.pilot import Pilot

from support.builders import NOON
from support.deck import SMALL, make_list_app, settle, text_of
from support.drawn import segments_of
from support.service import world
from tui.app.dashboard import Dashboard
from tui.app.screens.deck import DeckModal

WAYS = {
    "themes": ("T",),
    "workspaces": ("w",),
    "snooze": ("s",),
    "note": ("m",),
    "palette": ("colon",),
    "why": ("i",),
    "sort": ("S",),
    "export": ("E",),
    "form": ("n", "enter"),
}
"""The keys that lead from the list to each."""
Cells = dict[tuple[int, int], tuple[str, Style]]


def _cells(app: Dashboard) -> Cells:
    cells: Cells = {}
    for y, x, segment in segments_of(app):
        at = x
        for character in segment.text:
            cells[at, y] = (character, segment.style or Style())
            at += cell_len(character)
    return cells


BESIDE = {name: way for name, way in WAYS.items() if name != "form"}
"""Those that leave enough of the list to be worth its bytes; the form at this size does not."""


@pytest.mark.parametrize("theme", ["midnight", "contrast", "ansi"])
async def test_the_list_beside_it_stays_as_it_was(theme: str) -> None:
    app = make_list_app(world(NOON, 40), theme=theme)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        before = _cells(app)
        for name, way in BESIDE.items():
            await pilot.press(*way)
            await settle(pilot)
            assert isinstance(app.screen, DeckModal), name
            region = app.screen.query_one("#dialog").region
            keys = app.size.height - 1
            for (x, y), cell in _cells(app).items():
                was = before.get((x, y))
                is_whole = was is not None and cell_len(was[0]) == 1
                if is_whole and y != keys and not region.contains(x, y):
                    assert cell == was, name
            await _leave(app, pilot)


@pytest.mark.parametrize(("glyphs", "side"), [("unicode", "│"), ("ascii", "|")])
async def test_a_frame_keeps_words_of_the_list_away_from_it(glyphs: str, side: str) -> None:
    app = make_list_app(world(NOON, 40), glyphs=glyphs)
    async with app.run_test(size=SMALL) as pilot:
        for name, way in WAYS.items():
            await pilot.press(*way)
            await settle(pilot)
            region = app.screen.query_one("#dialog").region
            lines = text_of(app).splitlines()
            if region.width < app.size.width:
                sides = {
                    line[region.x] + line[region.right - 1]
                    for line in lines[region.y + 1 : region.bottom - 1]
                }
                assert sides == {side * 2}, name
            for y in (region.y, region.bottom - 1):
                assert set(lines[y][region.x + 1 : region.right - 1]) <= set("─-"), name
            await _leave(app, pilot)


async def _leave(app: Dashboard, pilot: Pilot[int]) -> None:
    await pilot.press("escape")
    await settle(pilot)
    assert not isinstance(app.screen, DeckModal)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_it_is_laid_out_before_it_is_drawn(
    way: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What moves after the first frame is sent again, and all around it too."""
    app = make_list_app(world(NOON, 40))
    regions = []

    def note_where_it_is(*_: object) -> None:
        if isinstance(app.screen, DeckModal) and (found := app.screen.query("#dialog")):
            regions.append(found.first().region)

    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press(*way[:-1])
        await settle(pilot)
        monkeypatch.setattr(app, "_display", note_where_it_is)
        await pilot.press(way[-1])
        await settle(pilot)

        assert len(set(regions)) == 1, regions


async def _drawn(app: Dashboard, pilot: Pilot[int]) -> None:
    await settle(pilot)
    while app.holds_frames:
        await pilot.pause()
    await settle(pilot)


async def test_a_screen_is_sent_whole_once_when_it_comes_and_once_when_it_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[object] = []
    monkeypatch.setattr(App, "_display", lambda _, __, drawn: sent.append(drawn))
    app = make_list_app(world(NOON, 40))
    async with app.run_test(size=SMALL) as pilot:
        for way in (*WAYS.values(), ("enter",), ("L",), ("question_mark",)):
            await pilot.press(*way[:-1])
            await _drawn(app, pilot)
            for key in (way[-1], "escape"):
                sent.clear()
                await pilot.press(key)
                await _drawn(app, pilot)

                assert sum(isinstance(drawn, LayoutUpdate) for drawn in sent) == 1, (way, key)
