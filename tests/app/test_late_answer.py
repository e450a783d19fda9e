"""An answer that comes late moves nobody's cursor: the next key would hit another ticket."""

from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.deck import SMALL, make_app, settle, text_of, tickets_screen
from support.service import FakeService, world
from tui.app.dashboard import Dashboard
from tui.domain.draft import Outcome, OutcomeState
from tui.domain.ticket import Ticket

FRESH = make_ticket("99999", title="Down")


def _qp(service: FakeService) -> Dashboard:
    return make_app(service, start_in=("qp",))


async def _send(pilot: Pilot[int]) -> None:
    await pilot.press("n", "tab", "tab", *"Down", "ctrl+s")
    await settle(pilot)


async def _answer(pilot: Pilot[int], service: FakeService, ticket: Ticket | None = FRESH) -> None:
    service.created[0][1].set_result(
        Outcome(intent_id="i", state=OutcomeState.CREATED, ref=FRESH.ref, ticket=ticket)
    )
    if ticket is not None:
        service.change(ticket)
    await settle(pilot)


async def test_the_cursor_stays_where_somebody_moved_on_after_closing_the_form() -> None:
    service = world(NOON, 400)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _send(pilot)
        await pilot.press("escape", "G", "k")
        await settle(pilot)
        items = tickets_screen(app).items
        before, line = items.ticket, items.cursor - items.top

        await _answer(pilot, service)

        assert "Created qp/99999" in text_of(app)
        assert items.ticket is before
        assert items.cursor - items.top == line


async def test_the_cursor_goes_to_the_ticket_where_the_form_was_still_open() -> None:
    service = world(NOON, 50)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _send(pilot)
        await _answer(pilot, service)

        ticket = tickets_screen(app).items.ticket
        assert ticket is not None
        assert ticket.ref == FRESH.ref


async def test_a_ticket_that_is_seen_only_after_the_next_key_is_not_jumped_to() -> None:
    service = world(NOON, 50)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _send(pilot)
        await _answer(pilot, service, ticket=None)
        await pilot.press("j")
        await settle(pilot)
        items = tickets_screen(app).items
        before = items.ticket

        service.change(FRESH)
        await settle(pilot)

        assert items.ticket is before
