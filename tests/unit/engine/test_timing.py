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


@given(st.floats(0, 86_400), st.integers())
def test_no_outage_is_tried_more_often_than_the_formula_says(lasts_s: float, seed: int) -> None:
    random, elapsed, tries = Random(seed), 0.0, 0
    while elapsed <= lasts_s:
        tries += 1
        elapsed += backoff_s(tries, random)

    assert tries <= most_tries(lasts_s)


def test_an_hour_of_a_vendor_that_is_down_is_22_tries_at_most() -> None:
    assert most_tries(3_600) == 22
    assert most_tries(0) == 1


@given(st.floats(1, 3_600), st.integers())
def test_chance_moves_an_interval_by_a_tenth_at_most(interval: float, seed: int) -> None:
    assert 0.89 * interval <= spread_s(interval, Random(seed)) <= 1.11 * interval
