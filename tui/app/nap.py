"""Until when a ticket is put off: what is offered, and what people type. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tui.app.formatting import ClockFace
from tui.domain.acts import snooze_ends
from tui.domain.clean import clean
from tui.domain.duration import parse_duration
from tui.domain.ticket import Ticket

_LENGTHS = ("15m", "30m", "1h", "4h")
_MORNING = time(8)
_AT_LEAST_BEFORE_MORNING = timedelta(hours=1)
"""Who says in the morning, a few minutes before eight, means the next one."""
_LONGEST = timedelta(days=366)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TOMORROW = "tomorrow"
_TOMORROW_LEAST = 3
"""So many of its letters are enough."""
_WEEK = timedelta(days=6)
"""Within this a day of the week says which day it is."""
_SHOWN_MOST = 20
"""So much of what was typed is repeated."""
_MOMENT = re.compile(r"(?:(?P<day>[a-z]{2,9})\b)?\s*(?:(?P<hour>\d{1,2}):(?P<minute>\d{2}))?")
HOW = "type 45m, 2h, 3d, 07:30, mon 07:30"
HOW_ELSE = "type 45m, 07:30 or mon 07:30"


@dataclass(frozen=True, slots=True)
class Nap:
    """One time to come back, and how people call it."""

    name: str
    until: datetime


def offered_naps(now: datetime, face: ClockFace) -> tuple[Nap, ...]:
    """Return what is offered, the soonest first."""
    naps = [Nap(name, _in(parse_duration(name), now)) for name in _LENGTHS]
    morning = _next(_MORNING, now + _AT_LEAST_BEFORE_MORNING, face)
    naps.append(Nap("morning", morning))
    monday = _next(_MORNING, now, face, weekday=0)
    if face.day(monday) == face.day(now):
        monday = _next(_MORNING, monday, face, weekday=0)
    if monday != morning:
        naps.append(Nap("Monday", monday))
    return tuple(sorted(naps, key=lambda nap: nap.until))


def read_nap(text: str, now: datetime, face: ClockFace) -> datetime:
    """Return the moment that was typed: a length of time, a time of day, a day.

    A plain number is one of minutes.

    Raises:
        ValueError: it is none, has passed, or is over a year away. The message says what to type.
    """
    words = " ".join(text.casefold().split())
    if not words:
        raise ValueError(HOW)
    if words.isdecimal():
        words += "m"
    if found := _MOMENT.fullmatch(words):
        until = _named(found, text, now, face)
    else:
        try:
            length = parse_duration(words.replace(" ", ""))
        except ValueError:
            length = timedelta()
        if length <= timedelta():
            raise _no_time(text)
        if length < timedelta(minutes=1):
            raise ValueError("at least 1m")
        until = _in(min(length, _LONGEST + timedelta(days=1)), now)
    if until - now > _LONGEST:
        raise ValueError("at most a year")
    return until


def until_words(until: datetime, now: datetime, face: ClockFace) -> str:
    """Return `08:00 UTC`, or `Mon 02-09 08:00 UTC` on another day."""
    return f"{_weekday(until, now, face)}{face.at(until, now)} {face.zone(until)}"


def snooze_words(until: datetime, tickets: Sequence[Ticket], now: datetime, face: ClockFace) -> str:
    """Return `Mon 02-09 08:00 UTC, or 16:09 when OVER`: what becomes overdue comes back then."""
    words = until_words(until, now, face)
    sooner = [ends for each in tickets if (ends := snooze_ends(until, each, now)) < until]
    if not sooner:
        return words
    if len(tickets) > 1:
        return f"{words}, {len(sooner):,} of them sooner: when OVER"
    is_near = sooner[0] - now < _WEEK
    at = face.at(sooner[0], sooner[0] if is_near else now)
    return f"{words}, or {_weekday(sooner[0], now, face)}{at} when OVER"


def _weekday(moment: datetime, now: datetime, face: ClockFace) -> str:
    """Return `Mon `; nothing for today."""
    day = face.day(moment)
    return "" if day == face.day(now) else f"{_DAYS[day.weekday()][:3].capitalize()} "


def _no_time(text: str) -> ValueError:
    shown = clean(" ".join(text.split()))
    if len(shown) > _SHOWN_MOST:
        shown = f"{shown[: _SHOWN_MOST - 2]}.."
    return ValueError(f"'{shown}' is no time; {HOW_ELSE}")


def _named(found: re.Match[str], text: str, now: datetime, face: ClockFace) -> datetime:
    day, hour = found["day"], found["hour"]
    days = [at for at, name in enumerate(_DAYS) if day and name.startswith(day)]
    is_tomorrow = bool(day) and len(day) >= _TOMORROW_LEAST and _TOMORROW.startswith(day)
    if day and len(days) != 1 and not is_tomorrow:
        raise _no_time(text)
    at = _MORNING
    if hour:
        try:
            at = time(int(hour), int(found["minute"]))
        except ValueError:
            raise ValueError(f"{hour}:{found['minute']} is no time of day") from None
    if is_tomorrow:
        return face.moment(face.day(now) + timedelta(days=1), at)
    return _next(at, now, face, weekday=days[0] if days else None)


def _in(length: timedelta, now: datetime) -> datetime:
    """Return the full minute that is so far away, because minutes are what is shown."""
    return (now + length + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _next(at: time, after: datetime, face: ClockFace, *, weekday: int | None = None) -> datetime:
    """Return the first moment behind `after` at which the clock shows this time, on such a day."""
    days = (face.day(after) + timedelta(days=ahead) for ahead in range(9))
    fitting = (day for day in days if weekday in (None, day.weekday()))
    return next(moment for day in fitting if (moment := face.moment(day, at)) > after)
