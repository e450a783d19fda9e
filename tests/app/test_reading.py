"""Reading one ticket: the preview, the whole of it, its changes, and the reason of its place."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, WIDE, make_list_app, settle, text_of, tickets_screen
from support.service import FakeService, make_workspaces, world
from tui.app.dashboard import Dashboard
from tui.app.screens.detail import DetailScreen
from tui.app.screens.why import WhyScreen
from tui.app.widgets.preview import REST_S, Preview
from tui.domain.acts import Act, ActKind
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.person import Person
from tui.domain.revision import Revision
from tui.domain.ticket import DueSource, Priority, Ticket

MINUTE = timedelta(minutes=1)
LONG = "\n".join(f"line {number}" for number in range(1, 101))


def _app(*tickets: Ticket, clock: FakeClock | None = None) -> tuple[Dashboard, FakeService]:
    service = FakeService(make_workspaces(), tickets)
    service.now = NOON - 9 * MINUTE
    for workspace in service.workspaces:
        health = WorkspaceHealth(state=HealthState.OK, as_of=NOON)
        service.queue.set_health(workspace.name, health)
    return make_list_app(service, clock), service


def _detail(app: Dashboard) -> DetailScreen:
    assert isinstance(app.screen, DetailScreen)
    return app.screen


def _top_line(app: Dashboard) -> str:
    """Return the uppermost line of the text."""
    return text_of(app).splitlines()[1].strip()


async def _open(pilot: Pilot[int]) -> None:
    await pilot.press("enter")
    await settle(pilot)


def _revision(before: Ticket | None, after: Ticket, minutes: int) -> Revision:
    return Revision(
        n=1,
        at=NOON - minutes * MINUTE,
        ref=after.ref,
        existed=before is not None,
        exists=True,
        before=before,
        after=after,
        is_news=True,
    )


async def test_the_changes_of_a_ticket_are_told_newest_first() -> None:
    ticket = make_ticket("1", priority=Priority.HIGH)
    app, service = _app(ticket)
    before = replace(ticket, priority=Priority.MEDIUM)
    service.histories[ticket.ref] = (_revision(before, ticket, 9), _revision(None, before, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot)
        await pilot.press("G")
        await settle(pilot)

        lines = [line.strip() for line in text_of(app).splitlines()]
        place = lines.index("Changes")
        assert lines[place + 1 : place + 3] == ["11:51  priority MED > HIGH", "11:40  first seen"]


async def test_a_change_brings_its_place_in_the_history() -> None:
    ticket = make_ticket("1")
    app, service = _app(ticket)
    async with app.run_test(size=(100, 50)) as pilot:
        await _open(pilot)
        assert "None are known." in text_of(app)

        changed = replace(ticket, priority=Priority.HIGH)
        service.histories[ticket.ref] = (_revision(ticket, changed, 0),)
        service.change(changed)
        await settle(pilot)

        assert "12:00  priority MED > HIGH" in text_of(app)
        assert "Changed meanwhile; this is how the list shows it now; r asks for more" in (
            text_of(app)
        )


async def test_a_history_that_cannot_be_read_costs_one_calm_line() -> None:
    app, _ = _app(make_ticket("1"))
    async with app.run_test(size=(100, 50)) as pilot:
        await _open(pilot)
        _detail(app).history_came((), "the journal is damaged")
        await settle(pilot)

        assert "They cannot be read: the journal is damaged" in text_of(app)


async def test_what_the_vendor_adds_does_not_move_what_is_read() -> None:
    ticket = make_ticket("1", body=LONG)
    app, service = _app(ticket)
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot)
        await pilot.press("ctrl+d", "ctrl+d", "j")
        await settle(pilot)
        read = _top_line(app)
        assert read.startswith("line ")

        whole = replace(ticket, customer=Person("Ann " * 80), extra={"field.till": "7"})
        service.fetched[0][1].set_result(whole)
        await settle(pilot)

        assert _top_line(app) == read
        await pilot.press("g")
        await settle(pilot)
        assert "Read from the vendor at 12:00" in text_of(app)


async def test_a_ticket_that_goes_stays_readable_and_says_so() -> None:
    ticket = make_ticket("1", body="Help me")
    app, service = _app(ticket, make_ticket("2"))
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot)
        service.change(removed=[_detail(app).ref])
        await settle(pilot)

        assert "No longer in the vendor's list; this is how it was" in text_of(app)
        assert "Text" in text_of(app)


async def test_tab_goes_from_part_to_part_and_begins_again() -> None:
    app, _ = _app(make_ticket("1", body=LONG, extra={"rating": 3}))
    async with app.run_test(size=(80, 12)) as pilot:
        await _open(pilot)
        seen = []
        for _ in range(6):
            seen.append(_top_line(app))
            await pilot.press("tab")
            await settle(pilot)

        assert seen[1:4] == ["Text", "Fields", "Times"]
        assert seen[0] in (_top_line(app), *seen[4:])
        await pilot.press("g", "tab", "tab", "shift+tab")
        await settle(pilot)
        assert _top_line(app) == "Text"


async def test_what_is_done_here_stands_in_preview_and_detail() -> None:
    ticket = make_ticket("1", body="Help me")
    app, service = _app(ticket)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        service.act(Act(ActKind.ACKNOWLEDGE), [ticket])
        service.act(Act(ActKind.NOTE, text="Called the shop"), [ticket])
        await settle(pilot)
        assert "acked here, ana 11:51" in text_of(app)
        assert "note, ana 11:51: Called the shop" in text_of(app)

        await _open(pilot)
        assert "Acked here    ana, 2026-02-04 11:51 UTC  9m ago" in text_of(app)
        assert "Called the shop" in text_of(app)


async def test_a_text_of_100_000_characters_is_there_at_once_to_its_end() -> None:
    app, _ = _app(make_ticket("1", body="word " * 13_000 + "the end"))
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot)
        screen = _detail(app)
        lines = screen.text.line_count()
        assert lines > 800
        laid_out = screen._page.lines[10]

        await pilot.press("ctrl+d")
        screen.time_passed()
        await settle(pilot)
        assert screen._page.lines[10] is laid_out, "wrapped once, not at every minute"
        await pilot.press("G")
        await settle(pilot)
        assert "Changes" in text_of(app)


@pytest.mark.parametrize("size", [(40, 10), SMALL, WIDE, (200, 50)])
async def test_the_detail_fits_every_terminal(size: tuple[int, int]) -> None:
    app = make_list_app(world(NOON, 60))
    async with app.run_test(size=size) as pilot:
        await _open(pilot)
        for _ in range(4):
            lines = text_of(app).splitlines()
            assert max(len(line.rstrip()) for line in lines[1:-1]) <= min(size[0], 102)
            await pilot.press("ctrl+d")
            await settle(pilot)


async def test_why_explains_the_row_and_follows_the_clock() -> None:
    clock = FakeClock()
    due = NOON + 12 * MINUTE
    app, service = _app(make_ticket("1", due_at=due, due_source=DueSource.SLA), clock=clock)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("i")
        await settle(pilot)
        assert "Band 3 of 5" in text_of(app)
        assert "in 12m, 12:12 UTC: becomes OVER" in text_of(app)

        await clock.advance(12 * 60)
        app.time_passed()
        await settle(pilot)
        assert "overdue: the due time passed" in text_of(app)

        service.change(make_ticket("1", priority=Priority.CRITICAL))
        await settle(pilot)
        assert "Band 1 of 5: critical" in text_of(app)


@pytest.mark.parametrize("key", ["i", "escape", "q", "enter"])
async def test_why_is_left_as_it_was_entered(key: str) -> None:
    app, _ = _app(make_ticket("1"))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(app.screen, WhyScreen)

        await pilot.press(key)
        await settle(pilot)
        assert app.screen_stack == [tickets_screen(app)]


async def test_why_is_asked_from_the_open_ticket_too() -> None:
    app, _ = _app(make_ticket("1", priority=Priority.HIGH, flagged_overdue=True))
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot)
        await pilot.press("i")
        await settle(pilot)
        assert "Band 2 of 5: high, and overdue or due within the hour" in text_of(app)

        await pilot.press("q")
        await settle(pilot)
        assert isinstance(app.screen, DetailScreen)


async def test_a_long_explanation_scrolls_where_the_terminal_is_low() -> None:
    app, _ = _app(make_ticket("1", due_at=NOON, due_source=DueSource.SLA))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("i", "G")
        await settle(pilot)

        assert "Zone" in text_of(app)


async def test_without_a_ticket_there_is_nothing_to_explain() -> None:
    app, _ = _app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("i")
        await settle(pilot)

        assert "There is no ticket here to explain" in text_of(app)


async def test_over_a_slow_line_the_preview_waits_until_the_cursor_rests() -> None:
    app, _ = _app(*(make_ticket(str(number), title=f"Title {number}") for number in range(9)))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        preview = tickets_screen(app).query_one(Preview)
        preview._is_far = True
        first, *others = (make_ticket(str(number), title=f"T{number}") for number in range(5))

        preview.show_ticket(first, NOON)
        preview._moved_at = 0.0
        preview.show_ticket(others[0], NOON)
        assert _shown(preview) == "T1", "the first step is shown at once"
        preview.show_ticket(others[1], NOON)
        preview.show_ticket(others[2], NOON)
        assert _shown(preview) == "T1"

        await pilot.pause(2 * REST_S)
        assert _shown(preview) == "T3"


def _shown(preview: Preview) -> str:
    return "".join(span.text for span in preview.line_at(1)[0])
