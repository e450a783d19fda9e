"""The sources screen: the last polls, the calls left, who polls, and the log."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, WIDE, make_app, make_list_app, settle, text_of
from support.service import FakeService, make_workspaces, world
from tui.app.formatting import Line, line_width
from tui.app.screens.sources import SourcesScreen, log_rows, tabs_line
from tui.app.widgets.line_pane import LinePane
from tui.domain.activity import BudgetState, PollRecord, WorkspaceActivity
from tui.domain.clean import clean
from tui.domain.ticket import Priority
from tui.engine.recent_log import LogLine

log = logging.getLogger("tui.engine.poller")

POLL = PollRecord(
    at=NOON - timedelta(seconds=30), took_s=1.2, calls=3, size=48_000, is_sweep=True, changes=2
)


def _polls(count: int) -> tuple[PollRecord, ...]:
    return tuple(
        replace(POLL, at=POLL.at - number * timedelta(minutes=1), calls=number + 1)
        for number in range(count)
    )


def _polled(count: int = 3) -> FakeService:
    service = world(NOON, 20)
    service.activities = {
        "inbox": WorkspaceActivity(
            polls=(replace(POLL, error="401 Unauthorized"),), poller="ana@deck-1, process 812"
        ),
        "qp": WorkspaceActivity(
            polls=_polls(count),
            budget=BudgetState(calls=500, days=30, left=312, is_documented=False),
            poller="this process",
        ),
    }
    return service


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


async def test_it_opens_at_the_workspace_under_the_cursor_and_tab_goes_on() -> None:
    app = make_app(_polled())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "L")
        await settle(pilot)
        text = text_of(app).splitlines()
        assert text[1].split() == [
            *("[inbox]", "klink", "legacy", "qp", "log"),
            *("polled", "by", "ana@deck-1,", "process", "812"),
        ]
        assert any("401 Unauthorized" in line and "11:59:30" in line for line in text)

        await pilot.press("shift+tab", "shift+tab")
        await settle(pilot)
        text = text_of(app).splitlines()
        assert "[qp]" in text[1]
        assert "~312 of 500 calls left in any 30 days" in text_of(app)
        assert next(line for line in text if "11:59:30" in line).split() == [
            *("11:59:30", "1.2s", "1", "48", "kB", "2", "all", "ok")
        ]

        await pilot.press("escape")
        await settle(pilot)
        assert "WORKSPACE" in text_of(app)


async def test_from_the_list_it_opens_at_the_tickets_workspace() -> None:
    service = FakeService(make_workspaces(), [make_ticket("1", workspace="klink")])
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("L", "L")
        await settle(pilot)

        assert "[klink]" in text_of(app)
        assert "No poll yet." in text_of(app)
        assert len(app.screen_stack) == 2


async def test_the_polls_scroll_and_a_new_one_does_not_move_what_is_read() -> None:
    service = _polled(60)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("L")
        await settle(pilot)
        await pilot.press(*"jjjjj")
        await settle(pilot)
        before = text_of(app).splitlines()[5:16]
        assert "11:54:30" in before[0]

        newer = replace(POLL, at=NOON, error="the vendor said no " * 8)
        service.activities["qp"] = replace(
            service.activities["qp"], polls=(newer, *service.activities["qp"].polls)
        )
        screen = app.screen
        assert isinstance(screen, SourcesScreen)
        screen.activity_came(service.activities)
        await settle(pilot)
        assert text_of(app).splitlines()[5:16] == before

        await pilot.press("g")
        await settle(pilot)
        assert "12:00:00" in text_of(app).splitlines()[5]


async def test_the_log_is_shown_newest_first_and_whole_in_its_own_tab() -> None:
    app = make_app(_polled())
    async with app.run_test(size=SMALL) as pilot:
        for number in range(30):
            log.warning("qp: skipped ticket %d", number)
        await pilot.press("j", "L")
        await settle(pilot)
        assert "12:00:00     warning  qp: skipped ticket 29" in text_of(app)
        assert "skipped ticket 20" not in text_of(app)

        await pilot.press("shift+tab")
        await settle(pilot)
        text = text_of(app)
        assert "[log]" in text
        assert "RESULT" not in text
        assert "skipped ticket 12" in text

        await pilot.press("G")
        await settle(pilot)
        assert "skipped ticket 0" in text_of(app)


async def test_what_is_logged_and_told_is_only_text() -> None:
    payload = clean("[/] [b]x[/b] [@click=app.quit]y[/] \x1b[2J\u202e")
    service = _polled()
    service.activities["inbox"] = WorkspaceActivity(
        polls=(replace(POLL, error=payload),), poller=payload
    )
    app = make_app(service)
    async with app.run_test(size=WIDE) as pilot:
        log.error("%s", "[b]log[/b]\x1b[2J")
        await pilot.press("j", "L")
        await settle(pilot)

        assert "[/] [b]x[/b] [@click=app.quit]y[/]" in text_of(app)
        assert "[b]log[/b]" in text_of(app)
        assert "\x1b" not in text_of(app)


async def test_no_size_breaks_it() -> None:
    app = make_app(_polled(60))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "L")
        for size in [(1, 1), (40, 10), (41, 19), (160, 45), (80, 24)]:
            await pilot.resize_terminal(*size)
            await pilot.press("tab", "j", "ctrl+d")
            await settle(pilot)

        assert all(len(line) == 80 for line in text_of(app).splitlines())


async def test_it_reads_the_workspace_anew_on_r() -> None:
    service = _polled()
    app = make_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "L", "tab", "r", "R")
        await settle(pilot)

        assert service.refreshed == ["klink", None]


async def test_nothing_is_drawn_again_when_nothing_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = FakeClock()
    app = make_app(_polled(60), clock)
    drawn: list[object] = []
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "L")
        await settle(pilot)
        monkeypatch.setattr(LinePane, "refresh", lambda *args, **_: drawn.append(args))
        for _ in range(5):
            await clock.advance(1)
            app.time_passed()
            await settle(pilot)

        assert drawn == []


async def test_a_change_on_the_screen_below_draws_nothing_above_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = _polled()
    app = make_list_app(service)
    drawn: list[object] = []
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("L")
        for _ in range(5):
            await settle(pilot)
        monkeypatch.setattr(app, "_display", lambda *args: drawn.append(args))
        service.change(make_ticket("new", priority=Priority.CRITICAL))
        for _ in range(5):
            await settle(pilot)
        assert drawn == []

        monkeypatch.undo()
        await pilot.press("escape", "g")
        await settle(pilot)
        assert "qp/new" in text_of(app)


@pytest.mark.parametrize("at", [0, 4, 9])
@pytest.mark.parametrize("width", [20, 40, 60, 200])
def test_the_tab_that_is_open_is_always_in_sight(at: int, width: int) -> None:
    names: Sequence[str] = [f"place-{number}" for number in range(10)]
    line = tabs_line(names, at, width)

    assert f"[place-{at}]" in _text(line)
    assert line_width(line) <= width
    assert ("<" in _text(line) or ">" in _text(line)) is (width < 100)


def test_a_long_line_of_the_log_goes_on_below_itself() -> None:
    rows = list(log_rows([LogLine(NOON, "error", "word " * 30)], 60, lambda _: "12:00:00"))

    assert _text(rows[0]).startswith("12:00:00     error    word word")
    assert _text(rows[1]).startswith(" " * 22 + "word")
    assert all(line_width(row) <= 60 for row in rows)
