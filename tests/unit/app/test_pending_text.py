"""The rows of creates without an end: in the list's own columns, and never too many of them."""

import pytest

from support.creates import make_create
from tui.app.columns import choose_columns, header_row
from tui.app.formatting import UNICODE, Line, line_width
from tui.app.pending_text import creates_here, pending_height, pending_line, pending_row
from tui.domain.creates import Stage
from tui.domain.order import Order
from tui.domain.ticket import Priority


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


def test_only_those_of_the_workspaces_that_are_shown_the_latest_first() -> None:
    creates = (make_create(3), make_create(2, "klink"), make_create(1))

    assert [each.id for each in creates_here(creates, ("qp",))] == ["i1", "i3"]
    assert [each.id for each in creates_here(creates, ())] == ["i1", "i2", "i3"]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160, 240])
def test_a_row_stands_in_the_columns_of_the_list(width: int) -> None:
    columns = choose_columns(width, width, 12)
    head = _text(header_row(columns, UNICODE, Order()))
    create = make_create(priority=Priority.HIGH, stage=Stage.OPEN, message="no answer came")
    row = pending_row(create, columns, UNICODE)

    text = _text(row)
    assert text[head.index("PRI") :].startswith("HIGH ")
    assert text[head.index("DUE") :].startswith("unknown ")
    assert text[head.index("TICKET") :].startswith("qp ")
    assert text[head.index("TITLE") :].startswith("Create 1 ")
    assert text.startswith("  ? ")
    assert line_width(row) <= width
    assert ("no answer" in text) is (columns.customer > 0)


@pytest.mark.parametrize(
    ("stage", "word"),
    [(Stage.SENDING, "sending"), (Stage.LOOKING, "looking"), (Stage.OPEN, "unknown")],
)
def test_the_stage_is_a_word(stage: Stage, word: str) -> None:
    row = pending_row(make_create(stage=stage), choose_columns(80, 80, 8), UNICODE)

    assert f" {word} " in _text(row)


def test_no_priority_is_claimed_where_none_is_known() -> None:
    row = pending_row(make_create(), choose_columns(80, 80, 8), UNICODE)

    assert _text(row)[4:9] == "     "


@pytest.mark.parametrize(
    ("count", "room", "lines"),
    [(0, 20, 0), (1, 20, 1), (3, 20, 3), (4, 20, 4), (99, 20, 4), (3, 6, 2), (2, 5, 1), (9, 2, 0)],
)
def test_they_take_three_rows_and_a_count_and_never_more_than_a_third(
    count: int, room: int, lines: int
) -> None:
    assert pending_height(count, room) == lines


def _lines(count: int, height: int, key: str = "X") -> list[str]:
    creates, columns = [make_create(number) for number in range(count)], choose_columns(80, 80, 8)
    lines = [
        pending_line(number, creates, columns, UNICODE, height=height, outbox_key=key)
        for number in range(height)
    ]
    return [_text(line).strip() for line in lines]


def test_those_without_a_row_are_counted_and_the_way_to_them_is_told() -> None:
    assert _lines(5, 4)[-1] == "2 more open creates; X shows all"
    assert _lines(2, 1) == ["2 open creates; X shows all"]
    assert _lines(5, 4, key="")[-1] == "2 more open creates"
    assert "Create 2" in _lines(3, 3)[-1]
