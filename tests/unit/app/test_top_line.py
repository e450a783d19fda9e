"""The first line of a list: what presses stays in any room, names are cut first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.formatting import Line, Span, join_sides, line_width
from tui.app.mirror import Tally
from tui.app.top_line import scope_and_clock

TALLY = Tally(open=231, overdue=6, critical=4, snoozed=3)
SCOPE = "questionpro-emea + klinkcx"
CLOCK = (Span("03:05 UTC"),)
DEMO = (Span("DEMO  "), *CLOCK)


def _line(width: int, scope: str = SCOPE, clock: Line = CLOCK, unread: int = 0) -> str:
    sides = scope_and_clock(scope, TALLY, clock, unread=unread, sources=2, width=width, cut="…")
    line = join_sides(*sides, width)
    assert line_width(line) == width
    return " ".join("".join(span.text for span in line).split())


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (78, "questionpro-emea + klinkcx 231 open 6 OVER 4 CRIT 3 snoozed 03:05 UTC"),
        (70, "questionpro-emea + kli… 231 open 6 OVER 4 CRIT 3 snoozed 03:05 UTC"),
        (55, "questio… 231 open 6 OVER 4 CRIT 3 snoozed 03:05 UTC"),
        (50, "questionpro-e… 231 open 6 OVER 4 CRIT 03:05 UTC"),
        (38, "questionpro… 6 OVER 4 CRIT 03:05 UTC"),
    ],
)
def test_names_are_cut_first_and_what_presses_never(width: int, line: str) -> None:
    assert _line(width) == line


def test_beside_the_words_that_always_stay_the_minute_goes() -> None:
    words = (Span("OBSERVE  "), Span("MEMORY ONLY  "), *CLOCK)

    assert _line(38, clock=DEMO) == "quest… 6 OVER 4 CRIT DEMO 03:05 UTC"
    assert _line(38, clock=words) == "6 OVER 4 CRIT OBSERVE MEMORY ONLY"


def test_what_was_never_read_is_told_in_any_room() -> None:
    assert _line(38, unread=1) == "qu… at least 6 OVER 4 CRIT 03:05 UTC"
    assert _line(38, unread=2) == "questionpro-e… not read yet 03:05 UTC"


@given(st.integers(38, 200), st.text("ab", min_size=1, max_size=90), st.booleans())
def test_in_every_room_it_says_how_many_are_overdue(width: int, scope: str, is_demo: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    assert " 6 OVER 4 CRIT " in _line(width, scope, DEMO if is_demo else CLOCK)
