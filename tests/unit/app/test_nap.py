"""Until when tickets are put off: at whole minutes, in the configured zone, never in the past."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import make_ticket
from tui.app.formatting import ClockFace
from tui.app.nap import HOW, HOW_ELSE, offered_naps, read_nap, snooze_words, until_words
from tui.domain.ticket import Status, Ticket

NIGHT = datetime(2026, 2, 4, 2, 5, 40, tzinfo=UTC)
"""A Wednesday; 03:05 in Oslo."""
OSLO = ClockFace("Europe/Oslo")


def _shown(text: str, now: datetime = NIGHT) -> str:
    return until_words(read_nap(text, now, OSLO), now, OSLO)


def test_what_is_offered_says_when_it_ends_on_the_clock_of_the_zone() -> None:
    offered = {nap.name: until_words(nap.until, NIGHT, OSLO) for nap in offered_naps(NIGHT, OSLO)}

    assert offered == {
        "15m": "03:21 CET",
        "30m": "03:36 CET",
        "1h": "04:06 CET",
        "4h": "07:06 CET",
        "morning": "08:00 CET",
        "Monday": "Mon 02-09 08:00 CET",
    }


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (datetime(2026, 2, 4, 6, 0, tzinfo=UTC), "Thu 02-05 08:00 CET"),
        (datetime(2026, 2, 4, 5, 59, tzinfo=UTC), "08:00 CET"),
        (datetime(2026, 2, 4, 20, 0, tzinfo=UTC), "Thu 02-05 08:00 CET"),
    ],
)
def test_shortly_before_eight_the_morning_is_the_next_one(now: datetime, morning: str) -> None:
    until = next(nap.until for nap in offered_naps(now, OSLO) if nap.name == "morning")

    assert until_words(until, now, OSLO) == morning


def test_on_a_sunday_the_morning_is_monday_and_stands_once() -> None:
    sunday = datetime(2026, 2, 8, 20, 0, tzinfo=UTC)

    assert [nap.name for nap in offered_naps(sunday, OSLO)][-1] == "morning"


def test_on_a_monday_the_monday_is_the_one_in_a_week() -> None:
    monday = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
    naps = {nap.name: nap.until for nap in offered_naps(monday, OSLO)}

    assert naps["Monday"] == datetime(2026, 2, 16, 7, 0, tzinfo=UTC)
    assert naps["morning"] == datetime(2026, 2, 9, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("45m", "03:51 CET"),
        ("45", "03:51 CET"),
        ("tomorrow", "Thu 02-05 08:00 CET"),
        ("Tom", "Thu 02-05 08:00 CET"),
        ("tomorrow 07:15", "Thu 02-05 07:15 CET"),
        (" 1h 30m ", "04:36 CET"),
        ("2D", "Fri 02-06 03:06 CET"),
        ("07:30", "07:30 CET"),
        ("7:30", "07:30 CET"),
        ("02:00", "Thu 02-05 02:00 CET"),
        ("fri", "Fri 02-06 08:00 CET"),
        ("Wednesday 01:00", "Wed 02-11 01:00 CET"),
        ("wed 04:00", "04:00 CET"),
    ],
)
def test_what_is_typed_is_read_as_people_mean_it(text: str, shown: str) -> None:
    assert _shown(text) == shown


def test_a_time_of_day_stays_that_time_when_the_clocks_change() -> None:
    saturday = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)

    assert _shown("sun 08:00", saturday) == "Sun 03-29 08:00 CEST"
    assert read_nap("sun 08:00", saturday, OSLO) == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", HOW),
        ("  ", HOW),
        ("0", f"'0' is no time; {HOW_ELSE}"),
        ("soon", f"'soon' is no time; {HOW_ELSE}"),
        ("tomorrows", f"'tomorrows' is no time; {HOW_ELSE}"),
        ("t 08:00", f"'t 08:00' is no time; {HOW_ELSE}"),
        ("0m", f"'0m' is no time; {HOW_ELSE}"),
        ("when I am back from it all", f"'when I am back fro..' is no time; {HOW_ELSE}"),
        ("a\x1bb", f"'a␛' is no time; {HOW_ELSE}"),
        ("30s", "at least 1m"),
        ("25:00", "25:00 is no time of day"),
        ("07:60", "07:60 is no time of day"),
        ("53w", "at most a year"),
        ("9w9d99999999h", f"'9w9d99999999h' is no time; {HOW_ELSE}"),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_to_type(text: str, problem: str) -> None:
    with pytest.raises(ValueError) as error:
        read_nap(text, NIGHT, OSLO)

    assert str(error.value) == problem


def test_what_becomes_overdue_sooner_comes_back_sooner_and_that_is_said() -> None:
    until = NIGHT + timedelta(days=1)
    soon = make_ticket("1", due_at=NIGHT + timedelta(minutes=42))
    later = make_ticket("2", due_at=NIGHT + timedelta(days=2))
    closed = make_ticket("3", due_at=NIGHT + timedelta(minutes=42), status=Status.RESOLVED)
    over = make_ticket("4", due_at=NIGHT - timedelta(minutes=1))

    def words(*tickets: Ticket, at: datetime = until) -> str:
        return snooze_words(at, tickets, NIGHT, OSLO)

    assert words(soon) == "Thu 02-05 03:05 CET, or 03:47 when OVER"
    assert words(later, at=NIGHT + timedelta(days=3)) == (
        "Sat 02-07 03:05 CET, or Fri 03:05 when OVER"
    )
    for each in (later, closed, over):
        assert words(each) == "Thu 02-05 03:05 CET"
    assert words(soon, later, soon) == "Thu 02-05 03:05 CET, 2 of them sooner: when OVER"


@given(st.text("0123456789:mhdw monfritomorrow", max_size=12), st.integers(0, 1_000_000))
def test_a_nap_is_always_ahead_and_ends_with_a_minute(text: str, minutes: int) -> None:
    now = NIGHT + timedelta(minutes=minutes)
    try:
        until = read_nap(text, now, OSLO)
    except ValueError:
        return

    assert timedelta() < until - now <= timedelta(days=366)
    assert (until.second, until.microsecond) == (0, 0)
