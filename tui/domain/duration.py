"""Lengths of time as people write them: `30s`, `2m`, `4h`, `1d`, `1h30m`. Pure."""

import re
from datetime import timedelta

LONGEST = timedelta(days=3_650)
"""Ten years; beyond that somebody meant another unit."""

_UNITS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
"""Seconds; a year is 365 days, as in the words for an age."""
_DURATION = re.compile("".join(rf"(?:(?P<{unit}>[0-9]{{1,9}}){unit})?" for unit in _UNITS))


def parse_duration(text: str) -> timedelta:
    """Return the length of time that `text` says.

    Raises:
        ValueError: it is none, or longer than ten years. The message says how to write one.
    """
    found = _DURATION.fullmatch(text.strip())
    if not text.strip() or found is None:
        raise ValueError('write a length of time such as "30s", "2m", "4h" or "1d"')
    counts = found.groupdict()
    seconds = sum(int(count) * _UNITS[unit] for unit, count in counts.items() if count)
    if seconds > LONGEST.total_seconds():
        raise ValueError("longer than ten years")
    return timedelta(seconds=seconds)


def duration_words(length: timedelta) -> str:
    """Return a length of whole seconds as `parse_duration` reads it, in the units that fit."""
    seconds = int(length.total_seconds())
    words = ""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        words += f"{count}{unit}" if count else ""
    return words or "0s"
