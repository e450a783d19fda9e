"""The queue as a table, and the width of texts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from tui.cli.cells import cell_width, cut, pad
from tui.cli.table import table
from tui.domain.clean import clean
from tui.domain.person import Person
from tui.domain.ticket import Priority

_TICKETS = [
    make_ticket("35637", title="Kort virker ikke", priority=Priority.CRITICAL),
    make_ticket("2", title="店舗の端末がすべて停止しています。至急ご確認ください。" * 3),
    make_ticket("3", due_at=NOON - timedelta(hours=3), customer=Person("Ann", "ann@example.com")),
]


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("店", 2), ("한", 2), ("🙂", 2)],
)
def test_width_is_counted_in_cells(text: str, cells: int) -> None:
    assert cell_width(text) == cells


@given(st.text().map(clean), st.integers(1, 40))
def test_a_cut_text_fits_and_is_a_beginning(text: str, cells: int) -> None:
    shown = cut(text, cells)
    assert cell_width(shown) <= cells
    assert shown == text or text.startswith(shown.removesuffix("…").rstrip(" "))


@given(st.text().map(clean), st.integers(0, 40))
def test_a_padded_text_is_at_least_so_wide(text: str, cells: int) -> None:
    assert cell_width(pad(text, cells)) == max(cells, cell_width(text))


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    lines = table(_TICKETS, NOON, columns).split("\n")
    assert max(map(cell_width, lines)) <= columns
    assert len(lines) == len(_TICKETS) + 1


def test_the_columns_that_matter_stay_in_a_narrow_terminal() -> None:
    header = table(_TICKETS, NOON, 40).split("\n")[0]
    assert header.split() == ["PRI", "DUE", "TICKET", "TITLE"]


def test_columns_begin_at_the_same_cell_in_every_row() -> None:
    lines = table(_TICKETS, NOON, 120).split("\n")
    begins = lines[0].index("CUSTOMER")
    row = next(line for line in lines if "Ann" in line)
    assert cell_width(row[: row.index("Ann")]) == begins


def test_in_a_pipe_nothing_is_cut() -> None:
    text = table(_TICKETS, NOON, None)
    assert all(ticket.title in text for ticket in _TICKETS)
    assert text.split("\n")[0].split() == [
        "PRI", "DUE", "TICKET", "STAT", "TITLE", "CUSTOMER", "ASSIGNEE", "AGE",
    ]  # fmt: skip


def test_a_row_says_what_presses() -> None:
    text = table([_TICKETS[2]], NOON, 80)
    assert "MED" in text
    assert "OVER 3h" in text
    assert "qp/3" in text


def test_one_very_long_id_takes_nothing_from_the_other_rows() -> None:
    tickets = [make_ticket("x" * 128), make_ticket("2", title="Card terminals offline")]

    lines = table(tickets, NOON, 80).splitlines()

    assert "Card terminals offline" in lines[2]
    assert "x" * 10 in lines[1]
