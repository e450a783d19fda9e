"""What `check` says of clocks, budgets and the state directory."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON
from tui.cli.check_lines import (
    SKEW_LIMIT,
    Finding,
    budget_findings,
    clock_findings,
    poller_findings,
    state_findings,
)
from tui.domain.activity import BudgetState, WorkspaceActivity
from tui.domain.budget import CallBudget
from tui.domain.clock_skew import clock_skew

SECOND = timedelta(seconds=1)
QUESTIONPRO = CallBudget(20_000, 30)
TRIAL = CallBudget(500, 30)


@pytest.mark.parametrize(
    ("told_s", "skew_s"),
    [(0, 0), (-1, 0), (-2, -1), (5, 0), (6, 1), (245, 240), (-241, -240)],
)
def test_what_the_length_of_the_call_explains_is_no_skew(told_s: int, skew_s: int) -> None:
    after = NOON + 5 * SECOND
    assert clock_skew(NOON + told_s * SECOND, NOON, after) == skew_s * SECOND


@given(st.integers(-100_000, 100_000), st.floats(0, 20), st.floats(0, 1))
def test_a_skew_is_found_to_within_the_call_and_never_made_larger(
    truth_s: int, took_s: float, share: float
) -> None:
    after = NOON + timedelta(seconds=took_s)
    moment = NOON + timedelta(seconds=took_s * share + truth_s)
    found = clock_skew(moment.replace(microsecond=0), NOON, after)
    assert abs(found.total_seconds()) <= abs(truth_s)
    assert abs(found.total_seconds() - truth_s) <= took_s + 1


def test_clocks_that_agree_are_one_line() -> None:
    (line,) = clock_findings({"one": timedelta(), "two": -12 * SECOND})
    assert line.ok
    assert line.message == "this machine's clock is within 12s of the vendors'"


@pytest.mark.parametrize(
    ("skew", "words"),
    [
        (timedelta(minutes=4), "4m behind the vendor's"),
        (-timedelta(hours=1, seconds=5), "1h5s ahead of the vendor's"),
        (SKEW_LIMIT, "30s behind the vendor's"),
    ],
)
def test_a_clock_that_is_off_is_named_with_what_it_does(skew: timedelta, words: str) -> None:
    (line,) = clock_findings({"one": skew, "two": SECOND})
    assert (line.subject, line.check, line.ok) == ("one", "clock", False)
    assert line.message == (
        f"this machine's clock is {words}; due times will be off: set it, or have it set by NTP"
    )


def test_where_no_vendor_told_the_time_nothing_is_claimed() -> None:
    assert list(clock_findings({})) == []


def budget_lines(
    *states: tuple[str, BudgetState | None],
    configured: CallBudget | None = None,
    trial: CallBudget | None = None,
) -> list[Finding]:
    return list(
        budget_findings(
            {name: WorkspaceActivity(budget=state) for name, state in states},
            configured={name: configured for name, _ in states},
            trials={name: trial for name, _ in states},
        )
    )


def test_a_documented_budget_says_its_pace_and_what_a_trial_has() -> None:
    (line,) = budget_lines(("qp", BudgetState(calls=20_000, days=30, left=19_412)), trial=TRIAL)
    assert line == Finding(
        subject="qp",
        check="budget",
        ok=True,
        message="20,000 calls in 30 days, 19,412 left, one in 2m9s evenly; as far as the vendor"
        " documents it; a trial has 500, one in 86 minutes: set call_budget for it",
    )


def test_a_configured_budget_speaks_of_no_trial() -> None:
    (line,) = budget_lines(
        ("qp", BudgetState(calls=500, days=30, left=7)), configured=TRIAL, trial=TRIAL
    )
    assert (
        line.message
        == "500 calls in 30 days, 7 left, one in 86 minutes evenly; as call_budget says"
    )


def test_our_own_caution_is_called_that() -> None:
    state = BudgetState(calls=2_880, days=1, left=2_880, is_documented=False)
    (line,) = budget_lines(("kx", state))
    assert line.message.endswith("our own caution, the vendor documents no limit")


def test_a_budget_that_is_spent_is_marked() -> None:
    (line,) = budget_lines(("qp", BudgetState(calls=500, days=30, left=0)))
    assert not line.ok


def test_an_account_is_one_line_for_all_who_share_it() -> None:
    (line,) = budget_lines(
        ("a", BudgetState(calls=9, days=1, left=9, shared_with=("b", "c"))),
        ("b", BudgetState(calls=9, days=1, left=9, shared_with=("a", "c"))),
        ("c", None),
    )
    assert line.subject == "a"
    assert line.message.endswith("shared with b, c")


def test_budgets_that_differ_for_one_credential_are_told() -> None:
    """The configuration cannot know it where two places hold the same one."""
    state = BudgetState(calls=60, days=1, left=9, shared_with=("b", "c"))
    budget, differs = budget_findings(
        {"a": WorkspaceActivity(budget=state)},
        configured={"a": None, "b": CallBudget(61, 1), "c": CallBudget(60, 1)},
        trials={},
    )
    assert budget.ok
    assert "as call_budget says" in budget.message
    assert (differs.subject, differs.check, differs.ok) == ("a", "budget", False)
    assert differs.message == (
        "call_budget differs for one credential (b 61 calls in 1 day, c 60 calls in 1 day):"
        " the smaller one holds"
    )


@pytest.mark.parametrize("calls", [0, 1, 10_000_000])
def test_every_budget_has_a_pace(calls: int) -> None:
    (line,) = budget_lines(("w", BudgetState(calls=calls, days=1, left=calls)))
    assert "evenly" in line.message


def test_who_polls_is_told_for_each_workspace() -> None:
    lines = poller_findings(
        {"a": WorkspaceActivity(poller="ana@host, process 812"), "b": WorkspaceActivity()}
    )
    assert [(line.subject, line.message) for line in lines] == [
        ("a", "polled by ana@host, process 812"),
        ("b", "nobody polls it now"),
    ]


class TestStateFolder:
    @pytest.mark.parametrize(
        ("mode", "words"),
        [
            (0o700, "yours alone (mode 700)"),
            (0o755, "yours alone (mode 700)"),
            (0o2770, "shared with its group (mode 2770)"),
            (0o2775, "shared with its group (mode 2775)"),
        ],
    )
    def test_it_says_whose_it_is(self, tmp_path: Path, mode: int, words: str) -> None:
        folder = tmp_path / "ticketdeck"
        folder.mkdir()
        folder.chmod(mode)
        (folder / "cache.db").write_bytes(b"x" * 3 * 2**19)
        (folder / "cache.db-wal").write_bytes(b"x" * 2**20)

        where, cache = state_findings(folder, tickets=1_231)

        assert (where.ok, where.message) == (True, f"{folder}, {words}")
        assert (cache.ok, cache.message) == (True, "1,231 tickets, 2.5 MiB")

    def test_a_mode_that_is_not_ours_to_change_is_told_as_it_is(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)

        where, _ = state_findings(tmp_path, tickets=0)

        assert where.message == f"{tmp_path}, yours (mode 755)"

    def test_one_that_others_may_write_in_is_marked(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o777)

        (line,) = state_findings(tmp_path, tickets=0)
        complaints = [line.message] * 2

        assert not line.ok
        assert "others may write in it" in line.message
        assert list(state_findings(tmp_path, tickets=0, problems=complaints)) == [line]

    def test_what_the_journal_complains_of_is_a_line_each(self, tmp_path: Path) -> None:
        *_, first, second = state_findings(tmp_path, tickets=0, problems=["put aside", "locked"])

        assert [(line.ok, line.message) for line in (first, second)] == [
            (False, "put aside"),
            (False, "locked"),
        ]
