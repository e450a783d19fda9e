"""Polls, calls left and plans in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.builders import NOON
from tui.app.activity_text import (
    NEXT_WIDTH,
    budget_words,
    next_words,
    poll_lines,
    poller_words,
    polls_header,
    size_words,
    took_words,
    trend_lines,
    workspace_facts,
)
from tui.app.formatting import UNICODE, ClockFace, Line, line_width
from tui.app.mirror import Tally
from tui.domain.activity import BudgetState, PollRecord, Sample, WorkspaceActivity
from tui.domain.health import HealthState, WorkspaceHealth

FACE = ClockFace("UTC")
MINUTE = timedelta(minutes=1)
OK = WorkspaceHealth(state=HealthState.OK, as_of=NOON - MINUTE, next_at=NOON + MINUTE)
BUDGET = BudgetState(calls=20_000, days=30, left=19_240, shared_with=("legacy",))
POLL = PollRecord(
    at=NOON - timedelta(seconds=48), took_s=1.23, calls=3, size=48_100, is_sweep=False, changes=2
)


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


def _facts(health: WorkspaceHealth, activity: WorkspaceActivity | None = None) -> list[str]:
    known = activity or WorkspaceActivity()
    return [_text(line) for line in workspace_facts(health, known, FACE, NOON, 78)]


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (OK, "12:01"),
        (replace(OK, next_at=NOON + timedelta(days=1)), "02-05"),
        (replace(OK, next_at=None), "-"),
        (replace(OK, state=HealthState.BACKING_OFF, retry_at=NOON + 2 * MINUTE), "12:02"),
        (replace(OK, pages_done=1, pages_known=2), "12:01"),
        (replace(OK, pages_done=1, pages_known=40), "now"),
        (replace(OK, state=HealthState.BACKING_OFF, pages_done=0), "now"),
        (WorkspaceHealth(), "now"),
        (WorkspaceHealth(state=HealthState.OFF), "-"),
    ],
)
def test_the_next_poll_is_a_clock_time(health: WorkspaceHealth, words: str) -> None:
    assert next_words(health, FACE, NOON) == words
    assert len(words) <= NEXT_WIDTH


def test_the_calls_left_are_told_once_for_all_who_share_them() -> None:
    names = ("inbox", "legacy", "qp")

    assert budget_words(BUDGET, 1, names).text == "19,240"
    assert budget_words(BUDGET, 1, names, is_long=True).text == "19,240 of 20,000/30d"
    assert budget_words(BUDGET, 2, names).text == "shared"
    assert budget_words(BUDGET, 2, names, is_long=True).text == "with legacy"
    assert budget_words(None, 0, names).text == "-"


def test_a_budget_of_our_own_caution_is_marked_and_a_low_one_is_coloured() -> None:
    trial = BudgetState(calls=500, days=30, left=31, is_documented=False)

    assert budget_words(trial, 0, ("qp",)) == replace(
        budget_words(trial, 0, ("qp",)), text="~31", style="warning"
    )
    assert budget_words(replace(trial, left=0), 0, ("qp",)).style == "error"
    assert budget_words(replace(trial, left=400), 0, ("qp",)).style == "text"


def test_the_facts_say_state_plan_trouble_and_calls_each_in_a_line() -> None:
    failed = WorkspaceHealth(
        state=HealthState.LATE,
        as_of=NOON - 6 * MINUTE,
        error="502 Bad Gateway",
        retry_at=NOON + MINUTE,
    )

    assert _facts(failed, WorkspaceActivity(budget=BUDGET)) == [
        "LATE as of 11:54, next try 12:01",
        "502 Bad Gateway",
        "19,240 of 20,000 calls left in any 30 days, shared with legacy",
    ]
    assert _facts(OK) == ["ok 11:59, next poll 12:01"]
    assert _facts(WorkspaceHealth()) == ["starting"]
    assert _facts(WorkspaceHealth(as_of=NOON - MINUTE)) == ["as of 11:59, reading"]
    assert _facts(replace(OK, pages_done=3, pages_known=9)) == ["ok 11:59, reading 3/9"]


def test_a_long_trouble_is_wrapped_and_does_not_take_the_whole_screen() -> None:
    facts = _facts(replace(OK, error="a long story " * 60))

    assert len(facts) == 4
    assert max(map(len, facts)) <= 78


def test_a_poll_is_a_row_under_its_heading() -> None:
    (row,) = poll_lines([POLL], FACE, NOON, 78, UNICODE)

    assert _text(row) == "   11:59:12    1.2s      3    48 kB        2  pages  ok"
    assert _text(polls_header()).index("RESULT") == _text(row).index("ok")


def test_a_poll_of_another_day_tells_the_day() -> None:
    old = replace(POLL, at=NOON - timedelta(days=1), changes=0, is_sweep=True)
    (row,) = poll_lines([old], FACE, NOON, 78, UNICODE)

    assert _text(row).split() == ["02-03", "12:00", "1.2s", "3", "48", "kB", "-", "all", "ok"]


def test_an_error_goes_on_below_itself_but_not_for_ever() -> None:
    rows = list(poll_lines([replace(POLL, error="word " * 80)], FACE, NOON, 78, UNICODE))

    assert len(rows) == 3
    assert all(line_width(row) <= 78 for row in rows)
    assert _text(rows[1]).startswith(" " * 50)
    assert _text(rows[-1]).rstrip().endswith("…")


@pytest.mark.parametrize("width", range(1, 120, 7))
def test_no_width_breaks_the_words(width: int) -> None:
    activity = WorkspaceActivity(
        polls=(replace(POLL, error="[b]502[/b]"),), trend=(Sample(NOON, 5, 1),), budget=BUDGET
    )

    assert list(poll_lines(activity.polls, FACE, NOON, width, UNICODE))
    assert workspace_facts(replace(OK, error="x" * 90), activity, FACE, NOON, width)
    assert len(trend_lines(activity, Tally(5, 1, 0), NOON, width, UNICODE)) == 2


def test_the_trend_says_its_range_in_numbers() -> None:
    activity = WorkspaceActivity(
        trend=(Sample(NOON - timedelta(hours=3), 90, 0), Sample(NOON, 1_100, 4))
    )
    opened, overdue = trend_lines(activity, Tally(1_100, 4, 0), NOON, 78, UNICODE)

    assert _text(opened).startswith("Open      1,100  ")
    assert _text(opened).endswith("  90 to 1,100 in 24 h")
    assert _text(overdue).endswith("  0 to 4 in 24 h")
    assert trend_lines(WorkspaceActivity(), Tally(1, 0, 0), NOON, 78, UNICODE) == []


def test_who_polls_is_told() -> None:
    assert poller_words(WorkspaceActivity(poller="this process")) == "polled by this process"
    assert poller_words(WorkspaceActivity()) == "polled by nobody"


def test_sizes_and_durations_are_short() -> None:
    assert [size_words(size) for size in (0, 812, 48_300, 999_499, 999_500, 1_240_000)] == [
        "0 B",
        "812 B",
        "48 kB",
        "999 kB",
        "1.0 MB",
        "1.2 MB",
    ]
    assert [took_words(took) for took in (0.34, 12.04, 125.4)] == ["0.34s", "12.0s", "125s"]
