"""The list of workspaces: what is in each, how far it can be trusted, what is left to call."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, WIDE, make_app, make_list_app, settle, text_of
from support.service import FakeService, make_workspaces, world
from tui.app.widgets.line_pane import LinePane
from tui.domain.activity import BudgetState, Sample, WorkspaceActivity
from tui.domain.clean import clean
from tui.domain.errors import StateError
from tui.domain.health import HealthState, WorkspaceHealth

MINUTE = timedelta(minutes=1)
OK = WorkspaceHealth(state=HealthState.OK, as_of=NOON - MINUTE, next_at=NOON + 4 * MINUTE)
BUDGET = BudgetState(calls=20_000, days=30, left=19_240, shared_with=("legacy",))
TREND = tuple(
    Sample(NOON - number * timedelta(minutes=15), 40 + number % 9, number % 4)
    for number in range(95, -1, -1)
)


def _lines(text: str, part: str) -> list[str]:
    return [line for line in text.splitlines() if part in line]


def _busy(count: int = 20) -> FakeService:
    service = world(NOON, count)
    service.queue.set_health("qp", OK)
    service.activities = {
        "qp": WorkspaceActivity(trend=TREND, budget=BUDGET, poller="this process"),
        "legacy": WorkspaceActivity(budget=replace(BUDGET, shared_with=("qp",))),
    }
    return service


class _Asked(FakeService):
    """Counts how often the activity was asked for; answers when the test says so."""

    def __init__(self) -> None:
        super().__init__(make_workspaces())
        self.answers: list[Future[Mapping[str, WorkspaceActivity]]] = []

    def activity(self) -> Future[Mapping[str, WorkspaceActivity]]:
        self.answers.append(Future())
        return self.answers[-1]


async def test_each_workspace_shows_its_state_and_what_to_do() -> None:
    app = make_app(world(NOON, 10))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        text = text_of(app)

        assert "KEY REFUSED" in _lines(text, "inbox")[0]
        assert "set SOCIALBOARDS_REFRESH_TOKEN in the environment" in text
        assert "502 Bad Gateway; retry 12:01" in text
        assert _lines(text, "All")[0].split()[1:3] == ["All", str(app.mirror.tally().open)]


async def test_what_was_never_read_is_not_counted_as_nothing() -> None:
    service = FakeService(make_workspaces(), [make_ticket("1")])
    service.queue.set_health("qp", WorkspaceHealth(state=HealthState.OK, as_of=NOON))
    app = make_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        text = text_of(app)
        assert _lines(text, "inbox")[0].split()[1:5] == ["-", "-", "-", "starting"]
        assert _lines(text, "qp")[0].split()[1:4] == ["1", "0", "0"]
        assert "1 of 4 current" in _lines(text, "All")[0]

        await pilot.press("enter")
        await settle(pilot)
        assert "at least 1 open" in text_of(app).splitlines()[0]
        await pilot.press("escape", "j", "enter")
        await settle(pilot)
        assert text_of(app).startswith(" inbox  not read yet")


async def test_the_state_is_readable_in_the_least_terminal() -> None:
    app = make_app(world(NOON, 10))
    async with app.run_test(size=(40, 10)) as pilot:
        await settle(pilot)

        assert _lines(text_of(app), "inbox")[0].rstrip().endswith("KEY REFUSED 11:33")
        assert _lines(text_of(app), "WORKSPACE")[0].split()[1:] == ["OVER", "CRIT", "STATE"]


async def test_next_poll_calls_left_and_trend_stand_in_80_columns() -> None:
    app = make_app(_busy())
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        row = next(line for line in text_of(app).splitlines() if line.startswith("  qp"))

        assert row.split()[-4:] == ["ok", "11:59", "12:04", "shared"]
        assert sum(letter in "▁▂▃▄▅▆▇█" for letter in row) == 10
        assert _lines(text_of(app), "legacy")[0].rstrip().endswith("19,240")
        assert max(map(len, text_of(app).splitlines())) == 80


async def test_a_narrow_terminal_drops_the_trend_first() -> None:
    app = make_app(_busy(), glyphs="ascii")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert "24h" in text_of(app)
        assert "CALLS LEFT" in text_of(app)

        await pilot.resize_terminal(68, 24)
        await settle(pilot)
        assert "24h" not in text_of(app)
        assert "CALLS LEFT" in text_of(app)


async def test_the_workspace_under_the_cursor_is_told_whole_below_the_list() -> None:
    app = make_app(_busy())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("G")
        await settle(pilot)
        below = text_of(app).splitlines()[15:]

        assert below[0].split() == ["qp", "QuestionPro", "EU", "polled", "by", "this", "process"]
        assert below[1].strip() == "ok 11:59, next poll 12:04"
        assert below[2].strip().startswith("19,240 of 20,000 calls left in any 30 days, shared")
        assert below[3].rstrip().endswith("40 to 48 in 24 h")
        assert below[4].rstrip().endswith("0 to 3 in 24 h")

        await pilot.press("g")
        await settle(pilot)
        assert "inbox KEY REFUSED 11:33 | klink LATE as of 11:54" in text_of(app).splitlines()[16]

        await pilot.resize_terminal(80, 14)
        await settle(pilot)
        assert "polled by" not in text_of(app)


async def test_a_first_and_a_later_long_sweep_say_how_far_they_are() -> None:
    service = world(NOON, 20)
    app = make_app(service)
    async with app.run_test(size=SMALL) as pilot:
        service.set_health("klink", WorkspaceHealth(pages_done=3, pages_known=12))
        service.set_health("qp", replace(OK, pages_done=12, pages_known=40))
        service.set_health("legacy", replace(OK, pages_done=1, pages_known=2))
        await settle(pilot)
        text = text_of(app)

        assert "reading 3/12" in _lines(text, "klink")[0]
        assert "ok 11:59 12/40" in _lines(text, "qp")[0]
        assert "ok 11:59   " in _lines(text, "legacy")[0]


async def test_what_is_kept_from_an_earlier_run_is_marked_until_it_is_confirmed() -> None:
    service = FakeService(make_workspaces()[3:], [make_ticket("1")])
    service.queue.set_health("qp", WorkspaceHealth(as_of=NOON - timedelta(hours=9)))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        text = text_of(app)
        assert text.splitlines()[1].strip() == "qp as of 03:00, reading"
        assert "! MED" in _lines(text, "qp/1")[0]

        service.set_health("qp", OK)
        await settle(pilot)
        assert text_of(app).splitlines()[1].strip() == "1 ok 11:59"
        assert "!" not in _lines(text_of(app), "qp/1")[0]


async def test_why_nothing_is_kept_is_in_sight_on_every_screen() -> None:
    service = world(NOON, 20)
    service.banner = "nothing is kept on disk: cache.db is of a newer ticketdeck"
    app = make_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert "MEMORY ONLY" in text_of(app).splitlines()[0]
        assert text_of(app).splitlines()[1].strip() == service.banner

        await pilot.press("enter")
        await settle(pilot)
        assert "MEMORY ONLY" in text_of(app).splitlines()[0]
        assert "PRI" in text_of(app).splitlines()[3], "no row is lost in the list"
        await pilot.press("L")
        await settle(pilot)
        assert service.banner in text_of(app)


async def test_the_polling_is_asked_for_once_in_a_while_however_much_changes() -> None:
    service = _Asked()
    app = make_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        for number in range(20):
            service.change(make_ticket(str(number)))
            await settle(pilot)
        assert len(service.answers) == 1

        service.answers[0].set_result({"inbox": WorkspaceActivity(budget=BUDGET)})
        await settle(pilot)
        assert _lines(text_of(app), "inbox")[0].rstrip().endswith("19,240")


async def test_it_is_not_asked_for_where_it_is_not_shown() -> None:
    service = _Asked()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        service.change(make_ticket("1"))
        await settle(pilot)
        assert service.answers == []


async def test_a_journal_that_cannot_be_read_leaves_the_screen_as_it_is() -> None:
    service = _Asked()
    app = make_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        service.answers[0].set_exception(StateError("cache.db: disk I/O error"))
        await settle(pilot)

        assert app.is_running
        assert _lines(text_of(app), "qp")[0].rstrip().endswith("-")


async def test_nothing_is_drawn_again_when_nothing_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = FakeClock()
    app = make_app(_busy(100), clock)
    drawn: list[object] = []
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        monkeypatch.setattr(LinePane, "refresh", lambda *args, **_: drawn.append(args))
        for _ in range(5):
            await clock.advance(1)
            app.time_passed()
            await settle(pilot)

        assert drawn == []


async def test_texts_of_the_vendor_are_only_text() -> None:
    service = world(NOON, 5)
    payload = clean("[/] [b]x[/b] [@click=app.quit]y[/] \x1b[2J" + "z" * 300)
    service.banner = payload
    service.activities = {"inbox": WorkspaceActivity(poller=payload)}
    service.queue.set_health(
        "inbox", WorkspaceHealth(state=HealthState.REFUSED, error=payload, advice=payload)
    )
    app = make_app(service)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("j")
        await settle(pilot)

        assert "[/] [b]x[/b] [@click=app.quit]y[/]" in text_of(app)


async def test_the_lease_is_given_back_while_the_program_is_suspended() -> None:
    seen: list[str] = []

    class Resting(FakeService):
        @contextmanager
        def at_rest(self) -> Iterator[None]:
            seen.append("at rest")
            yield
            seen.append("back")

    service = Resting(make_workspaces())
    app = make_app(service, has_shell=lambda: True)
    async with app.run_test(size=SMALL) as pilot:
        app.action_suspend_process = lambda: seen.append("stopped")  # type: ignore[method-assign] # a test must go on
        await settle(pilot)
        service.queue.apply([make_ticket("7")])
        await pilot.press("ctrl+z")
        await settle(pilot)

        assert seen == ["at rest", "stopped", "back"]
        assert _lines(text_of(app), "qp")[0].split()[1] == "1", "what came meanwhile is shown"
