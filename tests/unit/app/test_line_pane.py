"""Which cells of a line are drawn again: all that differ, and not many more."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.app.formatting import Line, Span, line_width
from tui.app.widgets.line_pane import _difference

SPANS = st.builds(
    Span,
    st.text(st.sampled_from("aab  漢é"), max_size=4),
    st.sampled_from(["text", "muted"]),
)
LINES = st.lists(SPANS, max_size=4).map(tuple)
WIDTH = 40


def _cells(line: Line) -> list[tuple[str, str]]:
    """What stands in each cell; a wide character stands in two."""
    cells = [
        (character, span.style)
        for span in line
        for character in span.text
        for _ in range(cell_len(character))
    ]
    return cells + [(" ", "")] * (WIDTH - len(cells))


@given(LINES, LINES)
def test_every_cell_that_differs_is_drawn_again(before: Line, now: Line) -> None:
    start, end = _difference((before, "background"), (now, "background"), WIDTH)

    assert 0 <= start <= end <= WIDTH
    old, new = _cells(before), _cells(now)
    differing = [x for x in range(WIDTH) if old[x] != new[x]]
    assert all(start <= x < end for x in differing)


def test_what_begins_and_ends_alike_is_not_drawn_again() -> None:
    before, now = (Span("row 3 of all"),), (Span("row 7 of all"),)
    assert _difference((before, "background"), (now, "background"), WIDTH) == (4, 5)


def test_another_ground_is_drawn_all_along_the_line() -> None:
    line = (Span("a"),)
    assert _difference((line, "background"), (line, "cursor"), WIDTH) == (0, WIDTH)
    assert line_width(line) == 1
