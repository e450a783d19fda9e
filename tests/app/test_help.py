"""The help: what it lists, its search, and the ways back."""

import gc
from weakref import ref

import pytest
from textual._styles_cache import StylesCache

from support.builders import NOON
from support.deck import SMALL, make_app, make_list_app, settle, text_of, tickets_screen, typed
from support.service import world
from tui.app.screens.help import HelpScreen


async def test_it_lists_every_command_of_the_screen_by_its_id() -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=(80, 110)) as pilot:
        commands = tickets_screen(app).COMMAND_IDS
        await pilot.press("f1")
        await settle(pilot)
        text = text_of(app)

        named = [name for name in commands if not name.startswith("view.") or name[5:].isalpha()]
        assert [name for name in named if name not in text] == []
        assert "view.1-9" in text
        assert "Signs in the list" in text
        assert "What the filter takes" in text


@pytest.mark.parametrize("key", ["escape", "f1", "ctrl+c"])
async def test_the_keys_that_lead_back_and_write_nothing_do_so(key: str) -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("?")
        await settle(pilot)
        assert isinstance(app.screen, HelpScreen)
        await pilot.press(key)
        await settle(pilot)

        assert len(app.screen_stack) == 1
        assert app.is_running


async def test_what_it_drew_is_given_back_when_it_is_closed() -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        before = {id(each) for each in _drawn()}
        await pilot.press("?")
        await settle(pilot)
        drawn = [ref(each) for each in _drawn() if id(each) not in before]
        assert drawn
        await pilot.press("escape")
        await settle(pilot)
        gc.collect()

        assert [each() for each in drawn if each() is not None] == []


def _drawn() -> list[StylesCache]:
    """Return all that widgets keep of what they have drawn."""
    return [each for each in gc.get_objects() if isinstance(each, StylesCache)]


async def test_typing_searches_and_escape_clears_first() -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("?", *"undo")
        await settle(pilot)
        text = text_of(app)
        assert "ticket.undo" in text
        assert "ticket.pin" not in text
        assert "1 found" in text
        await pilot.press("escape")
        await settle(pilot)
        assert "list.open" in text_of(app)
        await pilot.press("escape")
        await settle(pilot)

        assert len(app.screen_stack) == 1


@pytest.mark.parametrize("words", ["quit", "undo", "query", "?", "/quit", "/"])
async def test_every_character_is_typed_even_where_it_is_the_key_of_a_command(words: str) -> None:
    service = world(NOON, 5)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("a")
        await settle(pilot)
        done = service.acts()
        await pilot.press("?", *words)
        await settle(pilot)

        assert isinstance(app.screen, HelpScreen)
        assert typed(app) == words
        assert " 0 found" not in text_of(app)
        assert "esc clear" in text_of(app)
        assert service.acts() == done


async def test_what_is_not_there_is_said() -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("?", *"zebra")
        await settle(pilot)

        assert "Nothing here has these words; esc clears them" in text_of(app)


async def test_it_scrolls_with_the_keys_that_no_field_takes() -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("?", "pagedown", "down")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, HelpScreen)
        assert screen.text.top > 1
        assert "pgdn page" in text_of(app)


async def test_it_tells_where_the_keys_are_configured() -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("?", *"configuration")
        await settle(pilot)

        assert "ticketdeck config init" in text_of(app)


async def test_on_a_screen_without_a_list_of_tickets_it_tells_of_its_keys_only() -> None:
    app = make_app(world(NOON, 5))
    async with app.run_test(size=(80, 60)) as pilot:
        await pilot.press("L", "?")
        await settle(pilot)

        assert "What the filter takes" not in text_of(app)
        assert "data.refresh" in text_of(app)


@pytest.mark.parametrize("words", ["mark", "snooze", "ack", "filter", "sort"])
async def test_before_a_ticket_is_seen_it_tells_what_can_be_done_to_one(words: str) -> None:
    app = make_app(world(NOON, 5))
    async with app.run_test(size=(80, 60)) as pilot:
        await pilot.press("?", *words)
        await settle(pilot)

        assert "On the list of tickets: enter first" in text_of(app)


async def test_what_works_on_the_first_screen_too_is_told_once() -> None:
    app = make_app(world(NOON, 5))
    async with app.run_test(size=(80, 110)) as pilot:
        await pilot.press("?")
        await settle(pilot)
        text = text_of(app)

        assert text.count("data.refresh_all") == 1
        assert text.count("view.1-9") == 1
        assert text.index("data.refresh_all") < text.index("On the list of tickets")
