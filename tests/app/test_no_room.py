"""Too small a terminal says so on every screen, does nothing unseen, and leaves all as it was."""

from support.builders import NOON
from support.deck import SMALL, make_list_app, settle, text_of, typed, until
from support.service import world
from tui.app.dashboard import Dashboard
from tui.app.screens.deck import LEAST_HEIGHT, LEAST_WIDTH

NONE = (39, 10)
"""A size without room, for every screen."""
SIZES = ((1, 1), (2, 30), (300, 2), (39, 9), (40, 9), (40, 10), (40, 12), (1000, 300))
"""For the list."""
SCREENS = (
    *((), ("slash", "a"), ("enter",), ("L",), ("question_mark",), ("w",), ("s",), ("m",), ("i",)),
    *(("colon",), ("T",), ("S",), ("n", "enter"), ("R",)),
)
"""The keys that lead from the list to each, and by as many Esc back."""


async def test_every_screen_is_back_with_its_focus_when_there_is_room() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "1-13 of 20" in text_of(app))
        for keys in SCREENS:
            await pilot.press(*keys)
            await settle(pilot)
            before, focused = text_of(app), app.focused

            for size in (NONE, *(() if keys else SIZES)):
                await pilot.resize_terminal(*size)
                await settle(pilot)
                is_too_small = size[0] < LEAST_WIDTH or size[1] < LEAST_HEIGHT
                assert _is_said(app) == is_too_small, (keys, size)
            await pilot.resize_terminal(*SMALL)
            await settle(pilot)

            assert app.focused is focused, keys
            assert text_of(app) == before, keys
            for _ in keys:
                await pilot.press("escape")
                await settle(pilot)


def _is_said(app: Dashboard) -> bool:
    """Whether there is the sentence, as far as there is room for it, and nothing else."""
    width, height = app.size
    words = f"ticketdeck needs {LEAST_WIDTH}x{LEAST_HEIGHT}; this is {width}x{height}"
    shown = "".join(text_of(app).split())
    return "".join(words.split()).startswith(shown)


async def test_no_key_does_anything_that_nobody_sees() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "1-13 of 20" in text_of(app))
        before = text_of(app)
        await pilot.resize_terminal(39, 9)
        await settle(pilot)
        await pilot.press("j", "a", "space", "b", "n", "slash", "question_mark", "P", "tab")
        await pilot.resize_terminal(*SMALL)
        await settle(pilot)

        assert text_of(app) == before
        await pilot.press("j", "space")
        await settle(pilot)
        assert "1 marked" in text_of(app)


async def test_what_is_typed_goes_on_in_its_field() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("slash", *"tex")
        await pilot.resize_terminal(20, 5)
        await settle(pilot)
        await pilot.press("a", "q")
        await pilot.resize_terminal(*SMALL)
        await settle(pilot)
        await pilot.press("t")

        assert typed(app) == "text"


async def test_what_went_meanwhile_does_not_get_the_focus_back() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("slash")
        field = app.focused
        assert field is not None
        await pilot.resize_terminal(20, 5)
        await settle(pilot)
        await field.remove()
        await pilot.resize_terminal(*SMALL)
        await settle(pilot)

        assert app.focused is not field
        assert app.focused is not None


async def test_one_can_leave_without_room() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.press("ctrl+q")

    assert app.return_code == 0
