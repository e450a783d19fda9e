"""The last 24 hours as a line of columns."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON
from tui.app.formatting import ASCII, UNICODE, Line, line_width
from tui.app.trend import open_trend, overdue_trend, recent
from tui.domain.activity import Sample

QUARTER = timedelta(minutes=15)


def _samples(*counts: tuple[int, int, int]) -> list[Sample]:
    """Return samples from hours before noon, what was open, and what was overdue."""
    return [Sample(NOON - timedelta(hours=hours), *rest) for hours, *rest in counts]


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


def test_columns_grow_from_the_lowest_count_of_what_is_open() -> None:
    samples = _samples((18, 100, 0), (12, 106, 0), (6, 114, 0), (0, 100, 0))

    assert _text(open_trend(samples, NOON, 4, UNICODE)) == "▁▄█▁"
    assert _text(open_trend(samples, NOON, 4, ASCII)) == "_-#_"


def test_columns_of_what_is_overdue_begin_at_none_and_have_no_alarming_colour_there() -> None:
    samples = _samples((18, 9, 0), (12, 9, 7), (6, 9, 3), (0, 9, 0))

    line = overdue_trend(samples, NOON, 4, UNICODE)

    assert [(span.text, span.style) for span in line] == [
        ("▁", "muted"),
        ("█▄", "overdue"),
        ("▁", "muted"),
    ]


def test_one_ticket_more_is_no_cliff() -> None:
    samples = _samples((12, 200, 0), (0, 201, 0))

    assert _text(open_trend(samples, NOON, 2, UNICODE)) == "▁▃"


def test_hours_in_which_nobody_counted_stay_blank() -> None:
    samples = _samples((18, 5, 0), (0, 5, 0))

    assert _text(open_trend(samples, NOON, 4, UNICODE)) == "▁  ▁"
    assert _text(open_trend([], NOON, 4, UNICODE)) == "    "


def test_a_short_peak_is_not_lost_among_the_samples_of_its_column() -> None:
    samples = [Sample(NOON - number * QUARTER, 10, 9 * (number == 50)) for number in range(96)]

    assert "█" in _text(overdue_trend(samples, NOON, 4, UNICODE))


def test_the_line_stands_still_while_its_last_column_goes_on() -> None:
    samples = [Sample(NOON - number * QUARTER, number % 7, 0) for number in range(96)]
    drawn = {
        _text(open_trend(samples, NOON + timedelta(minutes=minute), 48, UNICODE))
        for minute in range(30)
    }

    assert len(drawn) == 1


def test_only_the_last_day_counts() -> None:
    samples = _samples((30, 1, 0), (25, 1, 0), (23, 1, 0), (-1, 1, 0))

    assert [sample.at for sample in recent(samples, NOON)] == [NOON - timedelta(hours=23)]


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@given(
    counts=st.lists(st.tuples(st.integers(-100, 3000), st.integers(0), st.integers(0))),
    cells=st.integers(0, 60),
)
def test_any_counts_fill_exactly_the_cells_there_are(
    glyphs: object, counts: list[tuple[int, int, int]], cells: int
) -> None:
    samples = [Sample(NOON - minutes * QUARTER, *rest) for minutes, *rest in counts]
    signs = UNICODE if glyphs is UNICODE else ASCII

    assert line_width(open_trend(samples, NOON, cells, signs)) == cells
    assert line_width(overdue_trend(samples, NOON, cells, signs)) == cells
