from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tui.engine.backoff import (
    EARLIEST_SHARE,
    LONGEST_WINDOW_S,
    backoff_s,
    most_tries,
    window_s,
)
from tui.engine.pacing import spread_s


@given(st.integers(1, 10_000), st.integers())
def test_a_delay_stays_within_its_window(failures: int, seed: int) -> None:
    delay = backoff_s(failures, Random(seed))

    assert EARLIEST_SHARE * window_s(failures) <= delay <= window_s(failures) <= LONGEST_WINDOW_S


@given(st.integers(1, 50), st.floats(0, 900), st.integers())
def test_nothing_comes_before_retry_after(failures: int, retry_after_s: float, seed: int) -> None:
    assert backoff_s(failures, Random(seed), retry_after_s=retry_after_s) >= retry_after_s


def test_the_window_doubles_until_the_longest() -> None:
    longest = [max(backoff_s(n, Random(seed)) for seed in range(300)) for n in range(1, 10)]

    assert longest == sorted(longest)
    assert longest[0] < 10 < longest[1] < 20
    assert 0.9 * LONGEST_WINDOW_S < longest[-1] <= LONGEST_WINDOW_S


def test_first_retries_spread_over_most_of_their_window() -> None:
    delays = [backoff_s(1, Random(seed)) for seed in range(300)]

    assert max(delays) - min(delays) > 0.5 * 10


@given(st.floats(0, 86_400), st.floats(5, 3_600), st.integers())
def test_no_outage_is_tried_more_often_than_the_formula_says(
    lasts_s: float, pace_s: float, seed: int
) -> None:
    random, elapsed, tries = Random(seed), 0.0, 0
    while elapsed <= lasts_s:
        tries += 1
        elapsed += backoff_s(tries, random, pace_s=pace_s)

    assert tries <= most_tries(lasts_s, pace_s)


def test_an_hour_of_a_vendor_that_is_down_is_22_tries_at_most_and_30_at_a_short_pace() -> None:
    assert most_tries(3_600) == 22
    assert max(most_tries(3_600, pace_s) for pace_s in range(5, 1_000, 5)) == 30
    assert most_tries(0) == 1


@given(st.floats(5, 3_600), st.floats(0, 2), st.integers())
def test_what_fails_for_two_intervals_is_tried_within_one_after_its_end(
    pace_s: float, intervals: float, seed: int
) -> None:
    ends_at = intervals * pace_s
    random, elapsed, tries = Random(seed), 0.0, 0
    while elapsed <= ends_at:
        tries += 1
        elapsed += backoff_s(tries, random, pace_s=pace_s)

    assert elapsed - ends_at <= pace_s


@given(st.floats(5, 3_600))
def test_at_any_pace_the_window_never_shrinks_and_reaches_the_longest(pace_s: float) -> None:
    windows = [window_s(failures, pace_s) for failures in range(1, 20)]

    assert windows == sorted(windows)
    assert windows[-1] == LONGEST_WINDOW_S


@given(st.floats(1, 3_600), st.integers())
def test_chance_moves_an_interval_by_a_tenth_at_most(interval: float, seed: int) -> None:
    assert 0.89 * interval <= spread_s(interval, Random(seed)) <= 1.11 * interval
