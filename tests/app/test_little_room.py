"""The least terminal, 40x10: what one must not miss is there."""

import pytest

from support.builders import NOON, make_ticket
from support.deck import make_list_app, settle, text_of
from support.service import FakeService, make_workspaces, world
from tui.domain.ticket import Priority

LEAST = (40, 10)


async def test_with_two_workspaces_the_first_line_still_tells_what_presses() -> None:
    app = make_list_app(world(NOON, 60))
    async with app.run_test(size=LEAST) as pilot:
        await pilot.press("w", "down", "space", "space", "enter")
        await settle(pilot)
        first = text_of(app).splitlines()[0]

        assert "OVER" in first
        assert "CRIT" in first


async def test_a_frozen_screen_says_since_when() -> None:
    app = make_list_app(world(NOON, 60))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("P")
        await settle(pilot)
        assert "thaws, else 12:10" in text_of(app).splitlines()[0]

        await pilot.resize_terminal(*LEAST)
        await settle(pilot)
        assert text_of(app).splitlines()[0].strip() == "FROZEN since 12:00, 0 wait     P thaws"


async def test_an_id_is_readable() -> None:
    service = FakeService(make_workspaces())
    service.change(make_ticket("4478939", priority=Priority.CRITICAL))
    app = make_list_app(service)
    async with app.run_test(size=LEAST) as pilot:
        await settle(pilot)

        assert "4478939" in text_of(app)


@pytest.mark.parametrize(
    "keys",
    [(), ("enter",), ("L",), ("question_mark",), ("w",), ("s",), ("m",), ("i",), ("colon",)],
    ids=lambda keys: "-".join(keys) or "list",
)
async def test_the_way_back_is_always_in_the_line_of_keys(keys: tuple[str, ...]) -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=LEAST) as pilot:
        await pilot.press(*keys)
        await settle(pilot)
        words = text_of(app).splitlines()[-1].split()

        assert {"back", "quit", "close", "close,"} & set(words), words
