"""ctrl+z takes back in the field what was typed last, whatever kind of field it is."""

import pytest
from textual import events

from support.builders import NOON
from support.deck import SMALL, make_app, settle, text_of, typed
from support.service import world


@pytest.mark.parametrize("way", [[], ["tab"]])
async def test_what_was_typed_or_pasted_last_is_taken_back(way: list[str]) -> None:
    app = make_app(world(NOON, 20), start_in=("inbox",))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("n", *way, *"Tills")
        app.post_message(events.Paste("-down"))
        await settle(pilot)
        assert typed(app) == "Tills-down"

        await pilot.press("ctrl+z")
        await settle(pilot)
        assert typed(app) == "Tills"
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+z")
        await settle(pilot)
        assert typed(app) == ""


async def test_a_choice_that_was_typed_over_comes_back() -> None:
    app = make_app(world(NOON, 20), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("n", "h")
        await settle(pilot)
        assert typed(app) == "h"
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+z")
        await settle(pilot)

        assert typed(app) == "Medium"


async def test_the_help_of_the_form_says_what_ctrl_z_does_there() -> None:
    app = make_app(world(NOON, 20), start_in=("qp",))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("n", "f1")
        await settle(pilot)

        assert "ctrl+z" in text_of(app)
        assert "Take back what was typed last in the field" in " ".join(text_of(app).split())
