"""A screen that was covered while the terminal changed is laid out for what it is now."""

import pytest
from textual.geometry import Size

from support.builders import NOON, make_ticket
from support.deck import SMALL, make_app, settle, text_of, tickets_screen
from support.service import world


@pytest.mark.parametrize("sizes", [[(60, 20), (40, 12), SMALL], [(40, 12), SMALL], [(120, 36)]])
async def test_the_list_behind_a_form_comes_back_in_its_new_size(
    sizes: list[tuple[int, int]],
) -> None:
    app = make_app(world(NOON, 50), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("n")
        await settle(pilot)
        for size in sizes:
            await pilot.resize_terminal(*size)
            await settle(pilot)
        await pilot.press("ctrl+n", "escape")
        await settle(pilot)

        assert app.screen is tickets_screen(app)
        assert "sort:urgency" in text_of(app).splitlines()[2]
        assert app.screen.size == Size(*sizes[-1])


async def test_what_changes_in_the_list_while_it_is_covered_is_fitted_afterwards() -> None:
    service = world(NOON, 50)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("n")
        await settle(pilot)
        for size in ((60, 20), (40, 12)):
            await pilot.resize_terminal(*size)
            service.change(make_ticket(f"9{size[0]}", title="Down"))
            await settle(pilot)
        await pilot.resize_terminal(*SMALL)
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)

        assert "sort:urgency" in text_of(app).splitlines()[2]
