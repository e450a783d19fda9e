"""From one open ticket to the next of the list, without leaving."""

import pytest
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.deck import SMALL, make_list_app, settle, text_of, tickets_screen
from support.service import FakeService, make_workspaces
from tui.app.dashboard import Dashboard
from tui.app.screens.detail import REST_S, DetailScreen
from tui.domain.activity import Novelty
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Priority, TicketRef

NUMBERS = "123456789"


def _app(unseen: str = "", overdue: str = "") -> tuple[Dashboard, FakeService]:
    """Return a list of nine tickets, 1 to 9."""
    tickets = [
        make_ticket(
            number,
            title=f"Title {number}",
            flagged_overdue=number in overdue,
            priority=Priority.MEDIUM,
        )
        for number in NUMBERS
    ]
    service = FakeService(make_workspaces(), tickets)
    for workspace in service.workspaces:
        health = WorkspaceHealth(state=HealthState.OK, as_of=NOON)
        service.queue.set_health(workspace.name, health)
    service.unseen = {TicketRef("qp", number): Novelty.NEW for number in unseen}
    return make_list_app(service), service


async def _press(pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


def _open(app: Dashboard) -> tuple[str, int]:
    """Return which ticket is open, and where it stands in the list, the cursor on it."""
    detail = app.screen
    assert isinstance(detail, DetailScreen)
    items = tickets_screen(app).items
    assert items.ticket is not None
    assert items.ticket.ref == detail.ref
    text = text_of(app)
    assert f"Title {detail.ref.id}" in text
    assert f" {items.cursor + 1} of {items.item_count()} " in text.splitlines()[0]
    return detail.ref.id, items.cursor


async def test_the_tickets_of_the_list_are_read_one_after_the_other() -> None:
    app, _ = _app()
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "enter")
        first, place = _open(app)
        assert place == 0
        await _press(pilot, "J", "J")
        third, place = _open(app)
        assert place == 2
        await _press(pilot, "K", "K")
        assert _open(app) == (first, 0)
        await _press(pilot, "J", "J", "q")

        items = tickets_screen(app).items
        assert app.screen is tickets_screen(app)
        assert items.ticket is not None
        assert items.ticket.ref.id == third, "the cursor of the list came along"


@pytest.mark.parametrize(("keys", "words"), [("K", "first"), ("GJ", "last")])
async def test_the_ends_of_the_list_are_told(keys: str, words: str) -> None:
    app, _ = _app()
    async with app.run_test(size=SMALL) as pilot:
        if keys.startswith("G"):
            await _press(pilot, "G")
        await _press(pilot, "enter", keys[-1])

        assert f"This is the {words} ticket of the list" in text_of(app)
        _open(app)


async def test_dot_and_comma_lead_to_the_next_overdue_and_unseen_ticket() -> None:
    app, service = _app(unseen="47", overdue="2")
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "enter")
        assert _open(app)[0] == "2", "the overdue one stands first"
        await _press(pilot, ".")
        assert "No other overdue ticket in this list" in text_of(app)
        await _press(pilot, ",")
        seen = {_open(app)[0]}
        await _press(pilot, ",")
        seen.add(_open(app)[0])
        assert seen == {"4", "7"}
        assert service.unseen == {}, "what is open is seen"
        await _press(pilot, ",")
        assert "Nothing unseen" in text_of(app)
        await _press(pilot, ".")

        assert _open(app)[0] == "2"
        assert "Began again at the top" in text_of(app)


async def test_who_leafs_through_asks_the_vendor_only_where_they_stay() -> None:
    app, service = _app()
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "enter")
        first = _open(app)[0]
        await _press(pilot, *"JJJ")
        last = _open(app)[0]
        await pilot.pause(2 * REST_S)

        assert [ref.id for ref, _ in service.fetched] == [first, last]


async def test_an_answer_for_the_ticket_before_is_not_taken_for_this_one() -> None:
    app, service = _app()
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "enter", "J")
        service.fetched[0][1].set_result(make_ticket(service.fetched[0][0].id, title="Other"))
        await settle(pilot)

        _open(app)
        assert "Other" not in text_of(app)


async def test_one_that_left_the_list_gives_way_to_its_neighbour() -> None:
    app, service = _app()
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "j")
        neighbour = tickets_screen(app).view[2].ref
        await _press(pilot, "enter")
        detail = app.screen
        assert isinstance(detail, DetailScreen)
        service.change(removed=[detail.ref])
        await settle(pilot)
        assert " of 8 " not in text_of(app).splitlines()[0], "it has no place any more"
        await _press(pilot, "J")

        assert _open(app) == (neighbour.id, 1)
