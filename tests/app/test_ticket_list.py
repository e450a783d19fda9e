"""The cursor of the list: on its ticket and its line, whatever is changed, sorted or filtered."""

import random
from dataclasses import replace

import pytest

from support.builders import NOON, make_ticket
from support.deck import SMALL, make_list_app, settle, text_of, tickets_screen
from support.service import world
from tui.app.widgets.ticket_list import TicketList
from tui.domain.acts import Act, ActKind
from tui.domain.order import SORT_KEYS, Order
from tui.domain.query import parse_query
from tui.domain.ticket import Priority


def _line(items: TicketList) -> int:
    return items.cursor - items.top


async def test_the_cursor_stays_through_any_mix_of_storms_orders_and_filters() -> None:
    service, rng = world(NOON, 600), random.Random(4)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        screen, items = tickets_screen(app), tickets_screen(app).items
        items.move_to(300)
        for turn in range(60):
            chosen, line = items.ticket, _line(items)
            assert chosen is not None
            match turn % 3:
                case 0:
                    changed = [
                        replace(ticket, priority=rng.choice(list(Priority)), title=f"turn {turn}")
                        for ticket in rng.sample(service.queue.tickets(), 6)
                        if ticket.ref != chosen.ref
                    ]
                    service.change(*changed, make_ticket(f"n{turn}"))
                case 1:
                    order = Order(rng.choice(SORT_KEYS), descending=rng.random() < 0.5)
                    screen.view.arrange(order, NOON)
                    items.show(screen.view, NOON)
                case _:
                    word = "" if turn % 2 else chosen.ref.id[:2]
                    screen.view.show_only(parse_query(word), NOON)
                    items.show(screen.view, NOON)
            await pilot.pause()

            assert items.ticket == chosen
            last_top = max(len(screen.view) - items.page, 0)
            assert 0 <= _line(items) < items.page
            assert _line(items) == line or items.top in (0, last_top)
            assert text_of(app).splitlines()[4 + _line(items)].startswith("▸")


async def test_a_step_over_the_edge_scrolls_by_half_a_page_and_the_next_ones_by_nothing() -> None:
    app = make_list_app(world(NOON, 100))
    async with app.run_test(size=SMALL) as pilot:
        items = tickets_screen(app).items
        half = items.page // 2
        await pilot.press(*["j"] * items.page)
        assert items.top == half + 1

        await pilot.press(*["j"] * half)
        assert items.top == half + 1
        assert _line(items) == items.page - 1

        await pilot.press(*["k"] * items.page)
        assert items.top == 0
        await pilot.press("G")
        assert items.top == 100 - items.page


async def test_a_snoozed_ticket_hands_the_cursor_to_its_neighbour_and_a_pinned_one_takes_it() -> (
    None
):
    service = world(NOON, 40)
    service.now = NOON
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        items = tickets_screen(app).items
        items.move_to(5)
        await settle(pilot)
        view = tickets_screen(app).view
        chosen, neighbour = view[5], view[6]

        service.act(Act(ActKind.SNOOZE, until=NOON.replace(hour=18)), [chosen])
        await settle(pilot)
        assert items.ticket == neighbour
        assert "1 snoozed" in text_of(app).splitlines()[0]

        service.act(Act(ActKind.PIN), [neighbour])
        await settle(pilot)
        assert items.ticket == neighbour
        assert items.cursor == 0
        assert "▴ pinned" in text_of(app)


async def test_an_order_in_which_the_ticket_is_not_shown_begins_at_the_top() -> None:
    app = make_list_app(world(NOON, 60))
    async with app.run_test(size=SMALL) as pilot:
        screen, items = tickets_screen(app), tickets_screen(app).items
        items.move_to(40)
        assert items.ticket is not None
        other = next(
            screen.view[place]
            for place in range(60)
            if screen.view[place].title != items.ticket.title
        )
        screen.view.show_only(parse_query(f'"{other.title}"'), NOON)
        screen.view.arrange(Order("title", descending=True), NOON)
        items.show(screen.view, NOON)
        await settle(pilot)

        assert items.cursor == 0
        assert items.ticket is not None
        assert items.ticket.title == other.title


@pytest.mark.parametrize("width", [1, 2, 9, 20, 40, 59, 60, 100, 119, 300])
async def test_the_list_is_drawn_at_every_size(width: int) -> None:
    app = make_list_app(world(NOON, 30))
    async with app.run_test(size=SMALL) as pilot:
        for height in (1, 5, 10, 12, 24, 60):
            await pilot.resize_terminal(width, height)
            await pilot.press("j")
            await settle(pilot)
            items = tickets_screen(app).items
            assert items.ticket is not None
            assert items.page == 0 or 0 <= _line(items) < items.page
        if width >= 40:
            assert "PRI" in text_of(app)
