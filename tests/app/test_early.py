"""The first moments of a start with a stored queue: only the tickets that come first are there."""

from support.builders import NOON
from support.deck import SMALL, make_list_app, settle, text_of, tickets_screen
from support.service import FakeService, make_workspaces, world
from tui.domain.diff import ChangeSet, Position, Reset, Totals
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Ticket
from tui.domain.urgency import urgency_key

_BEGINNING = Position("what is stored", 0)


class EarlyService(FakeService):
    """Shows twenty of its tickets until it is let show all of them."""

    is_up = False

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        if self.is_up:
            return super().changes_since(position)
        if position is not None:
            return ChangeSet(position=position)
        first = sorted(self.queue.tickets(), key=_urgency)[:20]
        nothing = Totals(tickets=0, open=0, overdue=0, critical=0, pressing=0)
        totals = {workspace.name: nothing for workspace in self.workspaces}
        totals["qp"] = Totals(tickets=300, open=250, overdue=40, critical=15, pressing=50)
        return Reset(position=_BEGINNING, tickets=tuple(first), totals=totals)

    def come_up(self) -> None:
        self.is_up = True
        self.tell()


def _urgency(ticket: Ticket) -> tuple[object, ...]:
    return urgency_key(ticket, NOON)


def _make_service() -> EarlyService:
    service = EarlyService(make_workspaces(), world(NOON, 300).queue.tickets())
    for name in ("inbox", "klink", "legacy", "qp"):
        service.queue.set_health(name, WorkspaceHealth(state=HealthState.OK, as_of=NOON))
    return service


async def test_the_list_says_that_the_rest_is_still_to_come() -> None:
    service = _make_service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        text = text_of(app)
        assert "250 open  40 OVER  15 CRIT" in text
        assert "of 300; loading the rest" in text

        service.come_up()
        await settle(pilot)

        assert "loading" not in text_of(app)
        assert len(tickets_screen(app).view) == 300


async def test_what_is_about_all_tickets_waits_until_all_are_there() -> None:
    service = _make_service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        for key in ("V", "G", "E", "M"):
            await pilot.press(key)
            await settle(pilot)
            assert "Still loading 300 tickets; again in a moment" in text_of(app)
        screen = tickets_screen(app)
        assert not screen.marked
        assert screen.items.cursor == 0
        assert app.screen is screen

        service.come_up()
        await settle(pilot)
        await pilot.press("V")
        await settle(pilot)

        assert len(screen.marked) == 300


async def test_a_cursor_that_nobody_moved_stays_on_top_when_the_rest_comes() -> None:
    service = _make_service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)

        service.come_up()
        await settle(pilot)

        assert tickets_screen(app).items.cursor == 0


async def test_a_cursor_that_was_moved_stays_on_its_ticket_when_the_rest_comes() -> None:
    service = _make_service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "j", "j")
        await settle(pilot)
        chosen = tickets_screen(app).items.ticket

        service.come_up()
        await settle(pilot)

        assert tickets_screen(app).items.ticket == chosen
