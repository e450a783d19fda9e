"""Clock times of the command line."""

from datetime import timedelta

import pytest

from support.builders import NOON
from tui.cli.clock_time import clock_time


@pytest.mark.parametrize(
    ("ago", "zone", "says"),
    [
        (timedelta(minutes=3), "UTC", "11:57"),
        (timedelta(minutes=3), "Europe/Berlin", "12:57"),
        (timedelta(minutes=3), "local", "11:57"),
        (timedelta(days=1), "UTC", "02-03 12:00"),
        (timedelta(days=60), "UTC", "2025-12-06 12:00"),
    ],
)
def test_times_are_clock_times_of_the_configured_zone(ago: timedelta, zone: str, says: str) -> None:
    assert clock_time(NOON - ago, NOON, zone) == says
