"""The pace: never beyond the budget, sooner where something happens, never asleep."""

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.builders import NOON
from tui.domain.budget import CallBudget
from tui.engine.pacing import (
    CALM_S,
    FASTEST,
    JITTER,
    LONGEST_AUTO_S,
    SHORTEST_AUTO_S,
    SHORTEST_WATCHED_S,
    SLOWEST_AUTO_S,
    USUAL_SHARE,
    Credit,
    Pace,
    spread_s,
)

DAY_S = 86_400.0
HOUR_S = 3_600.0
LICENCE = CallBudget(20_000, 30)
TRIAL = CallBudget(500, 30)


def untouched(budget: CallBudget) -> Credit:
    calls = budget.calls - budget.reserve
    return Credit(calls=calls, left=calls, window_s=budget.days * DAY_S)


def pace(budget: CallBudget = LICENCE, **values: object) -> Pace:
    settled = Pace(configured_s=None, credit=untouched(budget), unchanged_s=CALM_S)
    return replace(settled, **values)  # type: ignore[arg-type]


class TestInterval:
    @pytest.mark.parametrize("configured_s", [0, 5, 7200])
    def test_a_configured_one_is_obeyed_whatever_happens(self, configured_s: float) -> None:
        spent = Credit(calls=10, left=0, window_s=DAY_S, freed=((900.0, 10),))

        assert pace(configured_s=configured_s).interval_s(5) == configured_s
        assert pace(configured_s=configured_s, credit=spent).interval_s(5) == configured_s

    def test_the_usual_one_spends_a_part_of_the_even_pace(self) -> None:
        even = 30 * DAY_S / 19_600

        assert pace().interval_s(1) == pytest.approx(even / USUAL_SHARE)
        assert pace().interval_s(3) == pytest.approx(3 * even / USUAL_SHARE)
        assert pace(workspaces=4).interval_s(1) == pytest.approx(4 * even / USUAL_SHARE)

    def test_a_trial_is_polled_about_every_two_hours(self) -> None:
        assert 1.7 < pace(TRIAL).interval_s(1) / HOUR_S < 2.0

    def test_it_is_a_quarter_after_a_change_and_while_a_person_looks(self) -> None:
        usual = pace().interval_s(1)

        assert pace(unchanged_s=0.0).interval_s(1) == pytest.approx(usual / FASTEST)
        assert pace(is_watched=True).interval_s(1) == pytest.approx(usual / FASTEST)

    @given(
        one=st.floats(0, 100 * CALM_S),
        other=st.floats(0, 100 * CALM_S),
        is_watched=st.booleans(),
    )
    def test_it_only_grows_while_nothing_changes(
        self, one: float, other: float, *, is_watched: bool
    ) -> None:
        sooner, later = sorted((one, other))

        def interval(unchanged_s: float) -> float:
            return pace(unchanged_s=unchanged_s, is_watched=is_watched).interval_s(1)

        assert interval(sooner) <= interval(later) * (1 + 1e-9)

    @given(
        calls=st.integers(1, 100),
        workspaces=st.integers(1, 9),
        unchanged_s=st.floats(0, 1e9),
        budget=st.builds(CallBudget, st.integers(1, 10**6), st.integers(1, 90)),
        is_watched=st.booleans(),
    )
    def test_no_rest_is_longer_than_the_ceiling_unless_the_budget_has_no_more(
        self,
        *,
        calls: int,
        workspaces: int,
        unchanged_s: float,
        budget: CallBudget,
        is_watched: bool,
    ) -> None:
        paced = pace(budget, workspaces=workspaces, unchanged_s=unchanged_s, is_watched=is_watched)
        interval = paced.interval_s(calls)
        by_budget = paced.seconds_per_call * calls

        assert interval <= max(SLOWEST_AUTO_S, by_budget * (1 + 1e-9))
        assert interval >= (SHORTEST_WATCHED_S if is_watched else SHORTEST_AUTO_S)

    def test_it_is_no_shorter_than_people_act_on_and_half_of_that_while_they_look(self) -> None:
        plenty = CallBudget(10**6, 1)

        assert pace(plenty, unchanged_s=0.0).interval_s(1) == SHORTEST_AUTO_S
        assert pace(plenty, is_watched=True).interval_s(1) == SHORTEST_WATCHED_S

    def test_who_borrowed_much_is_not_hurried_by_a_look(self) -> None:
        # A third of the month is gone, and more than half of the calls.
        credit = Credit(
            calls=19_600, left=8_000, window_s=30 * DAY_S, freed=((20 * DAY_S, 11_600),)
        )
        watched = pace(credit=credit, is_watched=True).interval_s(1)

        assert watched == pytest.approx(20 * DAY_S / 8_001)
        assert watched == pace(credit=credit).interval_s(1)

    def test_nothing_left_waits_until_something_comes_back(self) -> None:
        credit = Credit(calls=10, left=0, window_s=DAY_S, freed=((4_000.0, 1), (80_000.0, 9)))

        assert pace(credit=credit).interval_s(1) * (1 - JITTER) >= 4_000
        assert pace(credit=credit).interval_s(2) * (1 - JITTER) >= 80_000

    def test_what_people_took_of_their_reserve_must_come_back_too(self) -> None:
        credit = Credit(calls=10, left=-3, window_s=DAY_S, freed=((50.0, 2), (7_000.0, 11)))

        assert credit.wait_s(1) == 7_000

    def test_those_with_a_fixed_interval_are_left_their_calls(self) -> None:
        half = 19_600 / (30 * DAY_S) / 2

        assert pace(taken_per_s=half).interval_s(1) == pytest.approx(2 * pace().interval_s(1))

    def test_who_takes_all_leaves_the_others_a_poll_now_and_then(self) -> None:
        assert pace(taken_per_s=99.0).interval_s(1) < DAY_S

    def test_no_budget_is_so_small_that_the_calendar_ends_before_the_next_poll(self) -> None:
        interval = pace(CallBudget(1, 3_650)).interval_s(100)

        assert interval == LONGEST_AUTO_S
        assert NOON + timedelta(seconds=interval) > NOON


class TestPagesAffordable:
    def test_they_are_what_the_interval_earns(self) -> None:
        assert pace().pages_affordable(pace().seconds_per_call * 7.5) == 7
        assert pace(workspaces=2).pages_affordable(pace().seconds_per_call * 7.5) == 3

    def test_haste_earns_more_and_calm_no_less(self) -> None:
        eager = pace(unchanged_s=0.0)

        assert eager.pages_affordable(eager.seconds_per_call) == FASTEST
        assert pace(unchanged_s=1e9).pages_affordable(pace().seconds_per_call) == 1

    def test_one_page_is_always_read_unless_nothing_is_left(self) -> None:
        few = Credit(calls=99, left=5, window_s=DAY_S, freed=((9_000.0, 94),))

        assert pace(configured_s=5.0).pages_affordable(5.0) == 1
        assert pace(credit=few).pages_affordable(1e9) == 5
        assert pace(credit=few, workspaces=6).pages_affordable(1e9) == 0
        assert pace(credit=replace(few, left=-2)).pages_affordable(1e9) == 0


@dataclass
class Night:
    """Workspaces that are paced for weeks, with nothing but arithmetic between the polls."""

    budget: CallBudget
    calls: int
    workspaces: int
    random: Random
    phases: list[tuple[bool, bool]]
    """By turns of eight hours: whether something changes, whether somebody looks."""
    hours: Counter[int] = field(default_factory=Counter)
    made: list[tuple[float, int]] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)

    def run(self, days: int) -> None:
        """Poll; every poll must find its calls, or the pace has broken its promise."""
        due = [self.random.uniform(0, 60) for _ in range(self.workspaces)]
        changed = [0.0] * self.workspaces
        while min(due) < days * DAY_S:
            now = min(due)
            which = due.index(now)
            credit = self.credit(now)
            assert credit.left >= self.calls, "the pace spent what it did not have"
            self.hours[int(now // HOUR_S)] += self.calls
            self.made.append((now, self.calls))
            changes, is_watched = self.phases[int(now // (8 * HOUR_S)) % len(self.phases)]
            if changes:
                changed[which] = now
            paced = Pace(
                configured_s=None,
                credit=self.credit(now),
                workspaces=self.workspaces,
                unchanged_s=now - changed[which],
                is_watched=is_watched,
            )
            gap = spread_s(paced.interval_s(self.calls), self.random)
            self.gaps.append(gap)
            due[which] = now + gap

    def credit(self, now: float) -> Credit:
        window_s = self.budget.days * DAY_S
        for hour in [each for each in self.hours if (each + 1) * HOUR_S + window_s <= now]:
            del self.hours[hour]
        calls = self.budget.calls - self.budget.reserve
        return Credit(
            calls=calls,
            left=calls - self.hours.total(),
            window_s=window_s + HOUR_S,
            freed=tuple(
                ((hour + 1) * HOUR_S + window_s - now, made)
                for hour, made in sorted(self.hours.items())
            ),
        )

    def most_in_a_window(self) -> int:
        window: deque[tuple[float, int]] = deque()
        most = total = 0
        for at, calls in self.made:
            window.append((at, calls))
            total += calls
            while window[0][0] <= at - self.budget.days * DAY_S:
                total -= window.popleft()[1]
            most = max(most, total)
        return most


BUDGETS = st.builds(CallBudget, st.integers(60, 400), st.integers(1, 12))


@settings(max_examples=20, deadline=None)
@given(
    budget=BUDGETS,
    calls=st.integers(1, 6),
    workspaces=st.integers(1, 4),
    phases=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=9),
    seed=st.integers(),
)
def test_whatever_changes_and_whoever_looks_no_window_exceeds_the_budget(
    budget: CallBudget, calls: int, workspaces: int, phases: list[tuple[bool, bool]], seed: int
) -> None:
    night = Night(budget, calls, workspaces, Random(seed), phases)

    night.run(40)

    assert night.most_in_a_window() <= budget.calls - budget.reserve


@settings(max_examples=10, deadline=None)
@given(budget=BUDGETS, workspaces=st.integers(1, 4), seed=st.integers())
def test_a_busy_account_uses_most_of_what_it_may(
    budget: CallBudget, workspaces: int, seed: int
) -> None:
    night = Night(budget, 1, workspaces, Random(seed), [(True, True)])
    days = 3 * budget.days

    night.run(days)

    evenly = days * (budget.calls - budget.reserve) / budget.days
    # Hours count as whole, which costs most where the window is a day.
    assert len(night.made) >= 0.85 * evenly


def test_a_quiet_workspace_is_polled_at_least_as_often_as_the_ceiling_says() -> None:
    night = Night(CallBudget(1_500, 3), 1, 1, Random(3), [(False, False)])

    night.run(9)

    assert max(night.gaps) <= SLOWEST_AUTO_S * (1 + JITTER)
    assert sum(night.gaps[-100:]) / 100 > 0.97 * SLOWEST_AUTO_S * (1 - JITTER), "and not oftener"


def test_changes_at_work_are_seen_sooner_than_those_at_night_cost() -> None:
    office = [(False, False), (True, False), (False, False)]
    night = Night(CallBudget(1_500, 3), 1, 1, Random(4), office)

    night.run(9)

    by_phase = Counter(int(at // (8 * HOUR_S)) % 3 for at, _ in night.made)
    assert by_phase[1] > 3 * by_phase[0]
