"""What is new: its marks, the walk through it, the digest of an absence, who is looked at."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual import events
from textual.geometry import Region
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, make_app, make_list_app, settle, text_of, tickets_screen
from support.service import FakeService, make_workspaces
from tui.app.dashboard import Dashboard
from tui.app.widgets.ticket_list import TicketList
from tui.domain.activity import Novelty
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Priority, Status, Ticket, TicketRef


def _service(tickets: Iterable[Ticket]) -> FakeService:
    service = FakeService(make_workspaces(), tickets)
    for workspace in service.workspaces:
        service.queue.set_health(
            workspace.name, WorkspaceHealth(state=HealthState.OK, as_of=NOON - timedelta(minutes=1))
        )
    return service


def _calm(count: int = 9) -> list[Ticket]:
    return [make_ticket(str(number)) for number in range(1, count + 1)]


def _ref(name: str, workspace: str = "qp") -> TicketRef:
    return TicketRef(workspace, name)


def _row(app: Dashboard, ref: str) -> str:
    return next(line for line in text_of(app).splitlines()[2:] if f"{ref} " in line)


def _cursor(app: Dashboard) -> str:
    ticket = tickets_screen(app).items.ticket
    assert ticket is not None
    return ticket.ref.id


async def _wait(app: Dashboard, clock: FakeClock, pilot: Pilot[int], seconds: float) -> None:
    await settle(pilot)
    await clock.advance(seconds)
    app.time_passed()
    await settle(pilot)


async def test_new_and_changed_rows_are_marked_and_the_signs_explained() -> None:
    service = _service(_calm())
    service.unseen = {_ref("3"): Novelty.NEW, _ref("4"): Novelty.CHANGED}
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert _row(app, "qp/2").startswith("    MED")
        assert _row(app, "qp/3").startswith(" *  MED")
        assert _row(app, "qp/4").startswith(" +  MED")
        assert "* new  + changed" in text_of(app)

        await pilot.press("w", "j", "enter")
        await settle(pilot)
        assert "* new" not in text_of(app), "of another workspace"


async def test_the_legend_gives_way_where_there_is_no_room() -> None:
    service = _service(_calm())
    service.unseen = {_ref("3"): Novelty.NEW, _ref("4"): Novelty.CHANGED}
    service.set_health("klink", WorkspaceHealth(state=HealthState.LATE, as_of=NOON))
    app = make_list_app(service)
    async with app.run_test(size=(40, 12)) as pilot:
        await settle(pilot)
        place = next(line for line in text_of(app).splitlines() if " of 9" in line)

        assert place.strip().startswith("1-")
        assert place.rstrip().endswith("+ changed  ! not current")


async def test_a_row_is_seen_when_the_cursor_has_rested_on_it() -> None:
    service, clock = _service(_calm()), FakeClock()
    service.unseen = {_ref(name): Novelty.NEW for name in ("2", "3", "4")}
    app = make_list_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "j", "j")
        await _wait(app, clock, pilot, 0.9)
        assert set(service.unseen) == {_ref("2"), _ref("3"), _ref("4")}

        await _wait(app, clock, pilot, 0.1)
        assert set(service.unseen) == {_ref("2"), _ref("3")}
        assert _row(app, "qp/4").startswith("▸   MED")


async def test_a_row_is_seen_when_it_is_opened_and_when_it_changes_while_open() -> None:
    service = _service(_calm())
    service.unseen = {_ref("2"): Novelty.NEW}
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "enter")
        await settle(pilot)
        assert service.unseen == {}

        service.unseen = {_ref("2"): Novelty.CHANGED, _ref("3"): Novelty.CHANGED}
        service.change(make_ticket("2", title="Other"), make_ticket("3", title="Other"))
        await settle(pilot)
        assert set(service.unseen) == {_ref("3")}


async def test_marks_cost_the_rows_that_they_are_on(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(_calm())
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        drawn: list[Region] = []
        refresh = TicketList.refresh

        def spy(self: TicketList, *regions: object, **options: bool) -> TicketList:
            drawn.extend(region for region in regions if isinstance(region, Region))
            drawn.extend([self.region] * (not regions))
            return refresh(self, *regions, **options)  # type: ignore[arg-type] # passed on as they came

        monkeypatch.setattr(TicketList, "refresh", spy)
        service.unseen = {_ref("5"): Novelty.NEW}
        service.tell()
        await settle(pilot)
        assert [(region.y, region.height) for region in drawn] == [(5, 1)]
        assert drawn[0].width < 12

        drawn.clear()
        service.tell()
        await settle(pilot)
        assert drawn == []


async def test_comma_walks_through_what_is_unseen_and_around() -> None:
    service = _service(_calm())
    service.unseen = {_ref(name): Novelty.NEW for name in ("2", "5", "7")}
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        walked = []
        await pilot.press("j", "j", "j")
        for _ in range(3):
            await pilot.press("comma")
            await settle(pilot)
            walked.append(_cursor(app))
        assert walked == ["5", "7", "2"]
        assert "Began again at the top" in text_of(app)
        assert set(service.unseen) == {_ref("2")}

        await pilot.press("comma")
        await settle(pilot)
        assert "No other unseen ticket in this list" in text_of(app)
        assert service.unseen == {}
        await pilot.press("comma")
        await settle(pilot)
        assert "Nothing unseen" in text_of(app)


async def test_what_is_unseen_elsewhere_is_told() -> None:
    service = _service([*_calm(), make_ticket("1", workspace="klink")])
    service.unseen = {_ref("1", "klink"): Novelty.NEW}
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("comma")
        await settle(pilot)

        assert "Nothing unseen in this list; 1 not shown here" in text_of(app)


async def test_dot_goes_to_the_next_overdue_ticket() -> None:
    late = [make_ticket(f"9{n}", priority=Priority.LOW, flagged_overdue=True) for n in (1, 2)]
    calm = [make_ticket(str(n), priority=Priority.CRITICAL) for n in range(1, 30)]
    app = make_list_app(_service([*calm, *late]))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("full_stop")
        assert _cursor(app) == "91"
        await pilot.press("full_stop")
        assert _cursor(app) == "92"
        await pilot.press("full_stop")
        await settle(pilot)
        assert _cursor(app) == "91"
        assert "Began again at the top" in text_of(app)


async def test_dot_says_so_where_nothing_is_overdue() -> None:
    app = make_list_app(_service(_calm()))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("full_stop")
        await settle(pilot)

        assert text_of(app).splitlines()[-1].strip() == "Nothing overdue"


async def test_all_tickets_of_the_list_can_be_called_seen_at_once() -> None:
    service = _service([*_calm(), make_ticket("1", workspace="klink")])
    service.unseen = {_ref(name): Novelty.NEW for name in ("2", "5")}
    service.unseen[_ref("1", "klink")] = Novelty.NEW
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("M")
        await settle(pilot)

        assert set(service.unseen) == {_ref("1", "klink")}
        assert "2 tickets called seen" in text_of(app)
        assert "*" not in text_of(app)

        await pilot.press("M")
        await settle(pilot)
        assert "Nothing unseen in this list; 1 not shown here" in text_of(app)


async def test_over_ten_are_called_seen_only_where_somebody_says_so() -> None:
    tickets = [make_ticket(str(number)) for number in range(12)]
    service = _service(tickets)
    service.unseen = {ticket.ref: Novelty.NEW for ticket in tickets}
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("M")
        await settle(pilot)
        assert "Call 12 tickets of this list seen?" in text_of(app)
        assert "That cannot be taken back." in text_of(app)
        assert "enter, y yes   esc, n no" in text_of(app)
        await pilot.press("n")
        await settle(pilot)
        assert len(service.unseen) == 12
        assert "Nothing was called seen" in text_of(app)

        await pilot.press("M", "y")
        await settle(pilot)
        assert not service.unseen
        assert "12 tickets called seen" in text_of(app)


async def test_an_undo_behind_it_undoes_nothing_else_unsaid() -> None:
    service = _service(_calm())
    service.unseen = {_ref("2"): Novelty.NEW}
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("a", "M", "u")
        await settle(pilot)
        assert len(service.acts()) == 1
        said = "1 ticket called seen: that cannot be taken back; u takes back more"
        assert said in text_of(app)

        await pilot.press("u")
        await settle(pilot)
        assert all(acts.acknowledged is None for acts in service.acts().values())


async def _away(app: Dashboard, clock: FakeClock, pilot: Pilot[int], service: FakeService) -> None:
    """Go away for ten minutes, in which something of each kind happens."""
    app.post_message(events.AppBlur())
    await settle(pilot)
    service.unseen = {_ref("n1"): Novelty.NEW, _ref("n2"): Novelty.NEW, _ref("3"): Novelty.CHANGED}
    service.change(make_ticket("n1"), make_ticket("n2"), make_ticket("3", title="Other"))
    service.change(make_ticket("4", status=Status.RESOLVED), removed=[_ref("5")])
    await settle(pilot)
    await clock.advance(600)
    app.time_passed()
    await settle(pilot)


_HAPPENED = "since you looked: 2 new, 1 overdue, 1 resolved, 1 gone, 1 changed"


def _eventful() -> FakeService:
    due = make_ticket("8", due_at=NOON + timedelta(minutes=5))
    return _service([*_calm(7), due])


async def test_who_comes_back_is_told_what_happened_until_it_is_dealt_with() -> None:
    service, clock = _eventful(), FakeClock()
    app = make_list_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _away(app, clock, pilot, service)
        assert "since you looked" not in text_of(app)

        app.post_message(events.AppFocus())
        await pilot.pause(0.2)
        assert f"{_HAPPENED}  next: , " in text_of(app)
        assert service.refreshed == ["inbox", "klink", "legacy", "qp"]

        await pilot.press("j", "j", "p")
        await clock.advance(60)
        app.time_passed()
        await settle(pilot)
        await pilot.press("k")
        await settle(pilot)
        assert "since you looked" in text_of(app)
        await pilot.press("escape")
        await settle(pilot)
        assert "since you looked" not in text_of(app)
        assert app.is_running


async def test_comma_walks_through_the_digest_to_its_end() -> None:
    service, clock = _eventful(), FakeClock()
    app = make_list_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _away(app, clock, pilot, service)
        app.post_message(events.AppFocus())
        await pilot.pause(0.2)

        walked = []
        while "since you looked" in text_of(app):
            await pilot.press("comma")
            await settle(pilot)
            walked.append(_cursor(app))
            assert len(walked) < 9
        assert set(walked) == {"n1", "n2", "3", "4", "8"}
        assert service.unseen == {}


async def test_the_key_that_one_comes_back_with_does_not_clear_the_digest() -> None:
    service, clock = _eventful(), FakeClock()
    app = make_list_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        service.change(make_ticket("n1"))
        await settle(pilot)
        await clock.advance(300)
        app.time_passed()
        await pilot.press("escape")
        await pilot.pause(0.2)

        assert "since you looked: 1 new, 1 overdue" in text_of(app)


async def test_from_the_workspaces_comma_opens_the_list_at_the_first() -> None:
    service, clock = _eventful(), FakeClock()
    app = make_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _away(app, clock, pilot, service)
        app.post_message(events.AppFocus())
        await pilot.pause(0.2)
        assert _HAPPENED in text_of(app)

        await pilot.press("comma")
        await settle(pilot)
        assert _cursor(app) == "8"
        assert "1 overdue" in text_of(app)


async def test_while_nobody_looks_nothing_is_seen() -> None:
    service, clock = _service(_calm()), FakeClock()
    app = make_list_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        app.post_message(events.AppBlur())
        service.unseen = {_ref("1"): Novelty.CHANGED}
        service.change(replace(_calm()[0], title="Other"))
        await _wait(app, clock, pilot, 30)
        assert _cursor(app) == "1"
        assert service.unseen

        app.post_message(events.AppFocus())
        await _wait(app, clock, pilot, 1)
        assert service.unseen == {}


async def test_the_engine_is_told_what_is_looked_at() -> None:
    service, clock = _service(_calm()), FakeClock()
    every = ["inbox", "klink", "legacy", "qp"]
    app = make_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert list(service.looked_at) == every
        await pilot.press("j", "enter")
        await settle(pilot)
        assert list(service.looked_at) == ["inbox"]
        await pilot.press("w", "G", "enter")
        await settle(pilot)
        assert list(service.looked_at) == ["qp"]
        await pilot.press("w", "g", "enter", "enter")
        await settle(pilot)
        assert list(service.looked_at) == ["qp"], "the ticket that is open"
        await pilot.press("q")
        await settle(pilot)
        assert list(service.looked_at) == every

        app.post_message(events.AppBlur())
        await settle(pilot)
        assert list(service.looked_at) == []
        app.post_message(events.AppFocus())
        await settle(pilot)
        assert list(service.looked_at) == every
        await _wait(app, clock, pilot, 300)
        assert list(service.looked_at) == []
        await pilot.press("j")
        await settle(pilot)
        assert list(service.looked_at) == every


@pytest.mark.parametrize(
    "health",
    [
        WorkspaceHealth(state=HealthState.OFF, as_of=NOON),
        WorkspaceHealth(state=HealthState.REFUSED, as_of=NOON),
        WorkspaceHealth(state=HealthState.BUDGET_SPENT, as_of=NOON),
        WorkspaceHealth(state=HealthState.BACKING_OFF, as_of=NOON),
        WorkspaceHealth(
            state=HealthState.LATE, as_of=NOON, rest_until=NOON + timedelta(minutes=11)
        ),
        WorkspaceHealth(state=HealthState.OK, as_of=NOON + timedelta(minutes=10)),
    ],
)
async def test_coming_back_reads_nothing_that_is_to_be_left_alone(health: WorkspaceHealth) -> None:
    service, clock = _eventful(), FakeClock()
    app = make_app(service, clock, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _away(app, clock, pilot, service)
        service.set_health("qp", health)
        await settle(pilot)
        app.post_message(events.AppFocus())
        await settle(pilot)

        assert service.refreshed == []


async def test_the_title_counts_what_presses_anywhere() -> None:
    both = make_ticket("1", priority=Priority.CRITICAL, flagged_overdue=True)
    service, clock = _service([both, make_ticket("2", workspace="klink")]), FakeClock()
    app = make_app(service, clock, start_in=("qp",), demo=True)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert app.terminal_title == "1! ticketdeck DEMO"

        service.change(make_ticket("2", workspace="klink", flagged_overdue=True))
        await settle(pilot)
        assert app.terminal_title == "2! ticketdeck DEMO"
        service.change(removed=[both.ref, _ref("2", "klink")])
        await settle(pilot)
        assert app.terminal_title == "ticketdeck DEMO"
