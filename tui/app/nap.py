"""Until when a ticket is put off: what is offered, and what people type. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tui.app.formatting import ClockFace
from tui.domain.duration import parse_duration

_LENGTHS = ("15m", "30m", "1h", "4h")
_MORNING = time(8)
_AT_LEAST_BEFORE_MORNING = timedelta(hours=1)
"""Who says in the morning, a few minutes before eight, means the next one."""
_LONGEST = timedelta(days=366)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOMENT = re.compile(r"(?:(?P<day>[a-z]{2,9})\b)?\s*(?:(?P<hour>\d{1,2}):(?P<minute>\d{2}))?")
HOW = "type 45m, 2h, 3d, 07:30, mon 07:30"


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
    """Return the moment that was typed: a length of time, a time of day, a day of the week.

    Raises:
        ValueError: it is none, has passed, or is over a year away. The message says what to type.
    """
    words = " ".join(text.casefold().split())
    if found := _MOMENT.fullmatch(words):
        until = _named(found, words, now, face)
    else:
        try:
            length = parse_duration(words.replace(" ", ""))
        except ValueError:
            length = timedelta()
        if length <= timedelta():
            raise ValueError(HOW)
        if length < timedelta(minutes=1):
            raise ValueError("at least 1m")
        until = _in(min(length, _LONGEST + timedelta(days=1)), now)
    if until - now > _LONGEST:
        raise ValueError("at most a year")
    return until


def until_words(until: datetime, now: datetime, face: ClockFace) -> str:
    """Return `08:00 UTC`, or `Mon 02-09 08:00 UTC` on another day."""
    day = "" if face.day(until) == face.day(now) else f"{_DAYS[face.day(until).weekday()][:3]} "
    return f"{day.capitalize()}{face.at(until, now)} {face.zone(until)}"


def _named(found: re.Match[str], words: str, now: datetime, face: ClockFace) -> datetime:
    day, hour = found["day"], found["hour"]
    days = [at for at, name in enumerate(_DAYS) if day and name.startswith(day)]
    if not words or (day and len(days) != 1):
        raise ValueError(HOW)
    at = _MORNING
    if hour:
        try:
            at = time(int(hour), int(found["minute"]))
        except ValueError:
            raise ValueError(f"{hour}:{found['minute']} is no time of day") from None
    return _next(at, now, face, weekday=days[0] if days else None)


def _in(length: timedelta, now: datetime) -> datetime:
    """Return the full minute that is so far away, because minutes are what is shown."""
    return (now + length + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _next(at: time, after: datetime, face: ClockFace, *, weekday: int | None = None) -> datetime:
    """Return the first moment behind `after` at which the clock shows this time, on such a day."""
    days = (face.day(after) + timedelta(days=ahead) for ahead in range(9))
    fitting = (day for day in days if weekday in (None, day.weekday()))
    return next(moment for day in fitting if (moment := face.moment(day, at)) > after)
