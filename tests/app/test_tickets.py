"""The list of tickets: the cursor, the filter, the preview, the states."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.message import Message

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, make_list_app, settle, text_of, tickets_screen
from support.service import FakeService, make_workspaces, world
from tui.app.widgets.line_pane import LinePane
from tui.app.widgets.ticket_list import TicketList
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import DueSource, Priority, Status


def _lines(text: str, part: str) -> list[str]:
    return [line for line in text.splitlines() if part in line]


async def test_the_list_begins_with_what_is_most_urgent() -> None:
    app = make_list_app(world(NOON, 231))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        text = text_of(app).splitlines()

        assert text[0].startswith(" All  193 open  10 OVER  5 CRIT")
        assert text[0].endswith("12:00 UTC ")
        assert "inbox KEY REFUSED 11:33 | klink LATE as of 11:54" in text[1]
        assert text[2].startswith(" 1:On fire(37)  2:Overdue(10)  3:Unseen(0) [4:All(231)]")
        assert text[3].split() == ["PRI", "DUE", "TICKET", "STAT", "TITLE"]
        assert text[4].startswith("▸   CRIT")
        assert text[-1].startswith(" enter open  n new")
        assert all(len(line) == 80 for line in text if line.isascii())


async def test_the_cursor_stays_on_its_ticket_and_line_through_a_storm() -> None:
    service = world(NOON, 300)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        tickets_screen(app).items.move_by(60)
        items = tickets_screen(app).items
        chosen, line = items.ticket, items.cursor - items.top
        assert chosen is not None

        for number in range(30):
            arrival = make_ticket(f"n{number}", priority=Priority.CRITICAL)
            gone = items._view[number].ref
            service.change(arrival, removed=[gone] if gone != chosen.ref else [])
            await pilot.pause()

            assert items.ticket == chosen
            assert items.cursor - items.top == line
        assert text_of(app).splitlines()[4 + line].startswith("▸")


async def test_the_cursor_follows_a_ticket_that_is_sorted_elsewhere() -> None:
    service = world(NOON, 200)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("G", "k", "k")
        items = tickets_screen(app).items
        chosen = items.ticket
        assert chosen is not None

        service.change(replace(chosen, priority=Priority.CRITICAL, status=Status.OPEN))
        await settle(pilot)

        assert items.ticket is not None
        assert items.ticket.ref == chosen.ref
        assert items.cursor < 10
        assert items.top <= items.cursor < items.top + items.page


async def test_a_removed_ticket_hands_the_cursor_to_its_neighbour() -> None:
    service = world(NOON, 50)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "j", "j")
        items = tickets_screen(app).items
        gone, neighbour = items._view[3], items._view[4]

        service.change(removed=[gone.ref])
        await settle(pilot)
        assert items.ticket == neighbour

        await pilot.press("G")
        last, before = items._view[len(items._view) - 1], items._view[len(items._view) - 2]
        service.change(removed=[last.ref])
        await settle(pilot)
        assert items.ticket == before

        service.change(removed=list(tickets_screen(app)._mirror.tickets))
        await settle(pilot)
        assert len(items._view) == 0
        assert "No tickets" in text_of(app)


async def test_while_the_first_sweep_runs_an_unmoved_cursor_stays_on_top() -> None:
    service = FakeService(make_workspaces(), [make_ticket("1")])
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        service.change(make_ticket("2", priority=Priority.CRITICAL))
        await settle(pilot)
        items = tickets_screen(app).items
        assert items.ticket is not None
        assert items.ticket.ref.id == "2"

        await pilot.press("j")
        service.change(make_ticket("3", priority=Priority.CRITICAL))
        await settle(pilot)
        assert items.ticket.ref.id == "1"


async def test_what_is_most_urgent_stays_in_sight_above_an_unscrolled_cursor() -> None:
    service = world(NOON, 50)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j")
        chosen = tickets_screen(app).items.ticket
        service.change(make_ticket("n", priority=Priority.CRITICAL, due_at=NOON, title="Fresh"))
        await settle(pilot)

        assert "Fresh" in text_of(app).splitlines()[4]
        assert tickets_screen(app).items.ticket == chosen


async def test_a_row_turns_overdue_without_a_poll() -> None:
    clock = FakeClock()
    due = NOON + timedelta(minutes=90)
    ticket = make_ticket("1", due_at=due, due_source=DueSource.SLA, title="Voucher rejected")
    app = make_list_app(FakeService(make_workspaces(), [ticket]), clock)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert "in 1h" in _lines(text_of(app), "Voucher")[0]

        await clock.advance(90 * 60)
        app.time_passed()
        await settle(pilot)

        assert "OVER <1m" in _lines(text_of(app), "Voucher")[0]
        assert "1 OVER" in text_of(app).splitlines()[0]
        assert "13:30 UTC" in text_of(app).splitlines()[0]


async def test_only_what_differs_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    service = world(NOON, 300)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        items = tickets_screen(app).items
        drawn: list[int] = []
        refresh = TicketList.refresh

        def spy(self: TicketList, *regions: object, **options: bool) -> TicketList:
            drawn.extend(region.y for region in regions if hasattr(region, "y"))
            drawn.extend([-1] * (not regions))
            return refresh(self, *regions, **options)  # type: ignore[arg-type] # passed on as they came

        monkeypatch.setattr(TicketList, "refresh", spy)
        off_screen = items._view[200]
        service.change(replace(off_screen, title="Changed"))
        await settle(pilot)
        assert drawn == []

        visible = items._view[5]
        service.change(replace(visible, title="Changed"))
        await settle(pilot)
        assert drawn == [6]

        drawn.clear()
        await pilot.press("j")
        await settle(pilot)
        assert sorted(drawn) == [1, 2]


async def test_rows_of_a_workspace_that_is_not_current_carry_a_mark() -> None:
    service = world(NOON, 60)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        rows = text_of(app).splitlines()[3:16]
        doubtful = [row for row in rows if "klink/" in row or "inbox/" in row]
        assert doubtful
        assert all(row[2] == "!" for row in doubtful)
        assert all(row[2] == " " for row in rows if row not in doubtful)
        assert "! not current" in text_of(app)

        for name in ("klink", "inbox"):
            service.set_health(name, WorkspaceHealth(state=HealthState.OK, as_of=NOON))
        await settle(pilot)
        assert "!" not in "".join(row[2] for row in text_of(app).splitlines()[3:16])
        assert "4 ok" in text_of(app)


async def test_esc_leaves_the_filter_but_never_the_program() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/", "x", "escape", "escape", "escape")
        await settle(pilot)

        assert app.is_running
        assert "q or ctrl+q quits" in text_of(app)
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert app.is_running
        await pilot.press("q")
    assert app.return_value == 0


async def test_the_detail_shows_more_as_soon_as_the_vendor_answers() -> None:
    service = world(NOON, 20)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        ref, future = service.fetched[0]
        assert "Asking the vendor for more" in text_of(app)

        listed = tickets_screen(app)._mirror.tickets[ref]
        future.set_result(replace(listed, extra={"field.till": "7"}))
        await settle(pilot)
        assert "Read from the vendor at 12:00" in text_of(app)
        await pilot.press("G")
        await settle(pilot)
        assert "Custom fields" in text_of(app)
        assert "till" in text_of(app)

        await pilot.press("q")
        await settle(pilot)
        assert len(app.screen_stack) == 1


async def test_a_vendor_that_cannot_be_asked_costs_a_line_and_no_more() -> None:
    service = world(NOON, 20)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        service.fetched[0][1].set_exception(RuntimeError("boom sk-canary"))
        await settle(pilot)

        assert "As the list shows it: the program failed (RuntimeError)" in text_of(app)
        assert "canary" not in text_of(app)


async def test_the_preview_goes_and_comes() -> None:
    app = make_list_app(world(NOON, 100))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        rows = tickets_screen(app).items.page
        assert "Since 20:05" in text_of(app)

        await pilot.press("p")
        await settle(pilot)
        assert tickets_screen(app).items.page == rows + 5
        assert "Since 20:05" not in text_of(app)

        await pilot.press("p")
        await settle(pilot)
        assert tickets_screen(app).items.page == rows


async def test_a_row_that_terminals_measure_otherwise_pushes_nothing_out_of_its_place() -> None:
    hindi = make_ticket("hi", priority=Priority.CRITICAL, title="रिफ़ंड बाकी है")
    app = make_list_app(FakeService(make_workspaces(), [hindi, make_ticket("2")]))
    lines: list[int] = []

    def note(message: Message) -> None:
        if isinstance(message, LinePane.Unsteady):
            lines.append(message.line)

    async with app.run_test(size=(170, 40), message_hook=note) as pilot:
        await settle(pilot)
        row = text_of(app).splitlines().index(_lines(text_of(app), "▸")[0])
        assert row in lines, "drawn by itself, and with it the pane beside and the line below"

        lines.clear()
        await pilot.press("j")
        await settle(pilot)
        assert row in lines
