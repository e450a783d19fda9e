"""The counts of the last 24 hours as a line of small columns. Knows no widget."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from tui.app.formatting import Glyphs, Line, Span
from tui.domain.activity import Sample

WINDOW = timedelta(hours=24)
LEAST_SPAN = 3
"""From the lowest to the highest column, in tickets: one ticket more is no cliff."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def open_trend(samples: Sequence[Sample], now: datetime, cells: int, glyphs: Glyphs) -> Line:
    """Return how many tickets were open, `cells` wide; blank where nobody counted."""
    points = _points([(sample.at, sample.open) for sample in samples], now, cells)
    lowest = min((point for point in points if point is not None), default=0)
    return (Span(_draw(points, lowest, glyphs), "muted"),)


def overdue_trend(samples: Sequence[Sample], now: datetime, cells: int, glyphs: Glyphs) -> Line:
    """Return how many tickets were overdue, `cells` wide; none at all is no alarming colour."""
    points = _points([(sample.at, sample.overdue) for sample in samples], now, cells)
    drawn = _draw(points, 0, glyphs)
    line: list[Span] = []
    for was_overdue, places in groupby(range(cells), key=lambda place: bool(points[place])):
        text = "".join(drawn[place] for place in places)
        line.append(Span(text, "overdue" if was_overdue else "muted"))
    return tuple(line)


def recent(samples: Sequence[Sample], now: datetime) -> Sequence[Sample]:
    """Return those of the last 24 hours."""
    return [sample for sample in samples if now - WINDOW <= sample.at <= now]


def _draw(points: Sequence[int | None], lowest: int, glyphs: Glyphs) -> str:
    highest = max((point for point in points if point is not None), default=lowest)
    span = max(highest - lowest, LEAST_SPAN)
    most = len(glyphs.columns) - 1
    return "".join(
        " " if point is None else glyphs.columns[round(most * (point - lowest) / span)]
        for point in points
    )


def _points(counts: Sequence[tuple[datetime, int]], now: datetime, number: int) -> list[int | None]:
    """Return the highest count of each stretch of time; None where there is none.

    The stretches begin at fixed moments, so that the line moves once a stretch and not each minute.
    """
    points: list[int | None] = [None] * number
    if not number:
        return points
    step = WINDOW / number
    first = (now - _EPOCH) // step - number + 1
    for at, count in counts:
        place = (at - _EPOCH) // step - first
        if 0 <= place < number:
            points[place] = max(count, points[place] or 0)
    return points
