"""`P`: the screens stand still, say so, and go on by themselves."""

from dataclasses import replace
from datetime import timedelta

from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, make_app, make_list_app, settle, text_of, tickets_screen
from support.service import FIELDS, FakeService, make_workspaces, world
from tui.app.dashboard import Dashboard
from tui.domain.draft import Outcome, OutcomeState
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import DueSource, Priority, Ticket, TicketRef


def _first_line(app: Dashboard) -> str:
    return text_of(app).splitlines()[0].strip()


def _rows(app: Dashboard) -> list[str]:
    return [line for line in text_of(app).splitlines() if "qp/" in line[10:30]]


def _quiet(*tickets: Ticket) -> FakeService:
    service = FakeService(make_workspaces(), tickets)
    for workspace in service.workspaces:
        service.queue.set_health(workspace.name, WorkspaceHealth(state=HealthState.OK, as_of=NOON))
    return service


async def test_a_frozen_list_stands_still_and_says_so() -> None:
    service = _quiet(make_ticket("1"), make_ticket("2"))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("P")
        await settle(pilot)
        assert _first_line(app).startswith("FROZEN since 12:00, nothing waits")
        before = _rows(app)

        service.change(make_ticket("3", priority=Priority.CRITICAL), make_ticket("1", title="New"))
        await settle(pilot)
        assert _rows(app) == before
        assert _first_line(app).startswith("FROZEN since 12:00, 2 changes wait")
        assert "0 CRIT" in text_of(app)

        await pilot.press("P")
        await settle(pilot)
        assert "FROZEN" not in text_of(app)
        assert "Thawed; 2 changes came" in text_of(app)
        assert "qp/3" in _rows(app)[0]
        assert "1 CRIT" in _first_line(app)


async def test_it_thaws_after_ten_minutes_on_the_same_ticket() -> None:
    service, clock = _quiet(*(make_ticket(str(number)) for number in range(9))), FakeClock()
    app = make_list_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "j", "P")
        await settle(pilot)
        items = tickets_screen(app).items
        chosen = items.ticket
        assert chosen is not None
        service.change(replace(chosen, title="Other", priority=Priority.HIGH))
        await settle(pilot)
        assert items.ticket == chosen

        await clock.advance(599)
        app.time_passed()
        await settle(pilot)
        assert "FROZEN" in text_of(app)
        await clock.advance(1)
        app.time_passed()
        await settle(pilot)
        assert "FROZEN" not in text_of(app)
        assert "Thawed after 10 minutes; 1 change came" in text_of(app)
        assert items.ticket == replace(chosen, title="Other", priority=Priority.HIGH)


async def test_words_of_time_go_on_in_place() -> None:
    due = make_ticket("1", due_at=NOON + timedelta(minutes=5), due_source=DueSource.SLA)
    other = make_ticket("2", priority=Priority.HIGH, due_at=NOON + timedelta(minutes=65))
    service, clock = _quiet(due, other), FakeClock()
    app = make_list_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("P")
        await settle(pilot)
        assert ["qp/1" in row for row in _rows(app)] == [True, False]

        await clock.advance(6 * 60)
        app.time_passed()
        await settle(pilot)
        assert ["qp/1" in row for row in _rows(app)] == [True, False], "qp/2 would come first"
        assert "OVER 1m" in _rows(app)[0]
        assert "in 59m" in _rows(app)[1]
        assert "1 OVER" in text_of(app).splitlines()[1]
        assert "12:06 UTC" in text_of(app).splitlines()[1]

        await pilot.press("P")
        await settle(pilot)
        assert ["qp/1" in row for row in _rows(app)] == [False, True]


async def test_every_screen_stands_still() -> None:
    service = world(NOON, 50)
    app = make_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("P")
        await settle(pilot)
        assert _first_line(app).startswith("FROZEN since 12:00")
        await pilot.press("enter", "enter")
        await settle(pilot)
        ref = service.fetched[0][0]
        listed = app.mirror.tickets[ref]
        assert _first_line(app).startswith("FROZEN since 12:00")

        service.change(replace(listed, title="Written anew"))
        await settle(pilot)
        assert "Written anew" not in text_of(app)
        assert "1 change waits" in _first_line(app)
        await pilot.press("P")
        await settle(pilot)
        assert "Written anew" in text_of(app)


async def test_the_line_is_in_no_ones_way() -> None:
    app = make_list_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("P")
        for width, height in [(39, 12), (1, 1), (40, 10), (160, 45), SMALL]:
            await pilot.resize_terminal(width, height)
            await settle(pilot)
            is_too_small = width < 40 or height < 10
            assert ("FROZEN" in text_of(app)) is not is_too_small
        assert text_of(app).splitlines()[-1].startswith(" enter open")


async def _create(pilot: Pilot[int], service: FakeService, outcome: Outcome) -> None:
    await pilot.press("n", "tab", "tab", *"Down", "ctrl+s")
    await settle(pilot)
    service.created[0][1].set_result(outcome)
    await settle(pilot)


async def test_the_users_own_ticket_is_shown_all_the_same() -> None:
    service = _quiet(make_ticket("1"))
    service.field_specs = {"qp": FIELDS}
    app = make_app(service, start_in=("qp",))
    own = make_ticket("9", title="My own")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("P")
        service.queue.apply([own, make_ticket("2", title="Of others")])
        await _create(
            pilot,
            service,
            Outcome(intent_id="i", state=OutcomeState.CREATED, ref=own.ref, ticket=own),
        )
        service.tell()
        await settle(pilot)

        text = text_of(app)
        assert "My own" in text
        assert "Of others" not in text
        assert "1 change waits" in text
        assert tickets_screen(app).items.ticket == own


async def test_alerts_and_the_title_go_on() -> None:
    service, rung = _quiet(make_ticket("1")), []
    app = make_list_app(service)
    app.bell = lambda: rung.append(1)  # type: ignore[method-assign] # there is no terminal to ring
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert app.terminal_title == "ticketdeck"
        await pilot.press("P")
        service.change(make_ticket("2", priority=Priority.CRITICAL))
        await settle(pilot)

        assert app.terminal_title == "1! ticketdeck"
        assert rung == [1]
        await pilot.press("P")
        await settle(pilot)
        assert rung == [1]


async def test_the_bell_rings_once_for_all_that_comes_within_a_few_seconds() -> None:
    service, clock, rung = _quiet(make_ticket("1")), FakeClock(), []
    app = make_list_app(service, clock)
    app.bell = lambda: rung.append(1)  # type: ignore[method-assign] # there is no terminal to ring
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        for number in ("2", "3", "4"):
            service.change(make_ticket(number, priority=Priority.CRITICAL))
            await settle(pilot)
        assert rung == [1]

        await clock.advance(10)
        app.time_passed()
        await settle(pilot)
        assert rung == [1, 1]

        await clock.advance(60)
        app.time_passed()
        await settle(pilot)
        assert rung == [1, 1]


async def test_a_removed_ticket_under_the_cursor_hands_it_on_when_it_thaws() -> None:
    service = _quiet(*(make_ticket(str(number)) for number in range(5)))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "P")
        items = tickets_screen(app).items
        service.change(removed=[TicketRef("qp", "1")])
        await settle(pilot)
        assert items.ticket is not None
        assert items.ticket.ref.id == "1"

        await pilot.press("P")
        await settle(pilot)
        assert items.ticket.ref.id == "2"
