"""The command palette: what it lists, and that it does what is chosen."""

import pytest

from support.builders import NOON
from support.deck import SMALL, make_app, make_list_app, settle, text_of, tickets_screen
from support.service import FakeService, make_workspaces, world
from tui.app.screens.create import CreateScreen
from tui.app.screens.palette import PaletteScreen
from tui.app.screens.sources import SourcesScreen


@pytest.mark.parametrize("key", [":", "ctrl+p"])
async def test_typing_finds_a_command_and_enter_runs_it(key: str) -> None:
    app = make_list_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(key, *"polls", "enter")
        await settle(pilot)

        assert isinstance(app.screen, SourcesScreen)


async def test_letters_are_typed_and_arrows_move() -> None:
    app = make_list_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(":", *"qj")
        await settle(pilot)
        assert "No command has this" in text_of(app)
        await pilot.press("backspace", "backspace", *"refresh", "down", "enter")
        await settle(pilot)

        assert app.screen is tickets_screen(app)
        assert "Reading all workspaces" in text_of(app)


async def test_it_lists_every_command_of_the_screen_with_its_effective_key() -> None:
    keys = {"data.sources": ("ctrl+y",), "app.theme": ()}
    app = make_list_app(world(NOON, 50), keys=keys)
    async with app.run_test(size=(80, 60)) as pilot:
        await pilot.press(":")
        await settle(pilot)
        palette = app.screen
        assert isinstance(palette, PaletteScreen)
        await pilot.press(*"polls")
        await settle(pilot)
        entries = {entry.name: entry.keys for entry in palette._entries}
        screen = tickets_screen(app)

        themes = {name for name in app.themes.names if name != app.themes.name}
        assert themes < entries.keys()
        assert entries.keys() - themes - {"inbox", "klink", "legacy", "qp"} == {
            name for name in screen.COMMAND_IDS if screen.offers(name) and name != "app.palette"
        }
        assert entries["data.sources"] == "ctrl+y"
        assert entries["app.theme"] == ""
        assert "ctrl+y" in text_of(app)


async def test_a_view_is_gone_to_by_its_name_and_those_that_are_not_there_are_not_offered() -> None:
    app = make_list_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(":", *"view over", "enter")
        await settle(pilot)
        screen = tickets_screen(app)

        assert "[2:Overdue" in text_of(app)
        assert screen.offers("view.2")
        assert not screen.offers("view.9")


async def test_escape_closes_it_and_nothing_is_done() -> None:
    service = world(NOON, 50)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(":", *"refresh", "escape")
        await settle(pilot)

        assert app.screen is tickets_screen(app)
        assert service.refreshed == []


async def test_a_workspace_is_gone_to_by_its_name() -> None:
    app = make_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(":", *"klink", "enter")
        await settle(pilot)
        assert tickets_screen(app).workspaces == ("klink",)
        await pilot.press(":", *"qp", "enter")
        await settle(pilot)

        assert tickets_screen(app).workspaces == ("qp",)
        assert len(app.screen_stack) == 2


@pytest.mark.parametrize("words", ["daylight", "theme day", "light"])
async def test_a_theme_is_put_on_by_its_name(words: str) -> None:
    app = make_list_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(":", *words)
        await settle(pilot)
        assert "Theme daylight: light" in text_of(app)
        await pilot.press("enter")
        await settle(pilot)
        assert (app.themes.name, app.look.painter.theme.name) == ("daylight", "daylight")
        assert 'theme = "daylight" in the configuration keeps it' in text_of(app)
        await pilot.press(":", *"daylight")
        await settle(pilot)

        assert "No command has this" in text_of(app), "it is worn already"


async def test_in_a_form_it_opens_by_the_key_that_is_no_letter() -> None:
    app = make_app(world(NOON, 20), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("n", ":", "ctrl+p")
        await settle(pilot)
        assert isinstance(app.screen, PaletteScreen)
        await pilot.press(*"close the form", "enter")
        await settle(pilot)

        assert not any(isinstance(screen, CreateScreen) for screen in app.screen_stack)
        assert len(app.screen_stack) == 1


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
async def test_the_line_that_is_chosen_is_in_sight_at_every_size(size: tuple[int, int]) -> None:
    app = make_list_app(FakeService(make_workspaces()))
    async with app.run_test(size=size) as pilot:
        await pilot.press(":", "pageup", *["down"] * 12)
        await settle(pilot)
        palette = app.screen
        assert isinstance(palette, PaletteScreen)
        chosen = palette.items.chosen

        assert chosen is not None
        assert chosen.words[:20] in text_of(app)
        assert "close" in text_of(app).splitlines()[-1]
