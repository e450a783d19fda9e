"""The table for notes. What programs read is tested where the command line prints it."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from tui.domain.clean import clean
from tui.domain.export import as_csv, as_markdown
from tui.domain.person import Person
from tui.domain.ticket import DueSource, Priority, Status

HEAD = "| Ticket | Priority | Due (UTC) | Status | Title | Customer | Assignee | Created (UTC) |"


def test_a_ticket_is_a_row() -> None:
    ticket = make_ticket(
        "35637",
        workspace="qp",
        title="Tills offline",
        status=Status.ESCALATED,
        priority=Priority.CRITICAL,
        customer=Person("Ann"),
        assignee=Person("Bo"),
        created_at=NOON - timedelta(hours=4),
        due_at=NOON - timedelta(hours=3),
        due_source=DueSource.SLA,
    )

    due = "2026-02-04 09:00, OVER 3h"
    assert as_markdown([ticket], NOON).split("\n") == [
        "1 ticket as of 2026-02-04 12:00 UTC",
        "",
        HEAD,
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        f"| qp/35637 | CRIT | {due} | escalated | Tills offline | Ann | Bo | 2026-02-04 08:00 |",
    ]


@pytest.mark.parametrize(
    ("overrides", "due"),
    [
        ({"due_at": NOON + timedelta(minutes=39)}, "2026-02-04 12:39, in 39m"),
        (
            {"due_at": NOON - timedelta(days=3), "due_source": DueSource.ESTIMATE},
            "~2026-02-01 12:00, ~OVER 3d",
        ),
        ({"flagged_overdue": True}, "OVER"),
        ({"due_at": NOON, "status": Status.RESOLVED}, ""),
        ({}, ""),
    ],
)
def test_a_due_time_is_a_moment_and_what_it_means_now(overrides: dict[str, Any], due: str) -> None:
    row = as_markdown([make_ticket("1", **overrides)], NOON).split("\n")[-1]

    assert row.replace("\\", "").split(" | ")[2] == due


def test_no_ticket_is_said_too() -> None:
    assert as_markdown([], NOON).startswith("0 tickets as of 2026-02-04 12:00 UTC\n\n| Ticket")


@pytest.mark.parametrize(
    "title", ["=1+1", "    =1+1", "\u3000\uff1d1", "  @x", clean("\t=HYPERLINK(1)", multiline=True)]
)
def test_blanks_do_not_hide_a_formula(title: str) -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv([make_ticket(body=title)], NOON)))

    assert row["body"] == f"'{title}"


def test_what_a_stranger_wrote_is_neither_a_cell_nor_a_picture_nor_a_link() -> None:
    title = "a | b ![x](http://evil.example) <img src=x> `rm` **bold** [y](z) &amp; \\"
    row = as_markdown([make_ticket("1", title=title)], NOON).split("\n")[4]

    assert len(re.findall(r"(?<!\\)\|", row)) == 9
    assert not re.search(r"(?<!\\)[\[\]<>`*_~&]", row)


@given(st.text().map(clean))
def test_a_row_is_one_line_of_eight_cells_whatever_the_title(title: str) -> None:
    row = as_markdown([make_ticket("1", title=title)], NOON).split("\n")[4:]

    assert len(row) == 1
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row[0])) >= 9
    assert row[0].replace("\\\\", "").replace("\\|", "").count("|") == 9


def test_a_time_at_the_edge_of_time_is_no_error() -> None:
    early = datetime(1, 1, 1, tzinfo=UTC)

    assert "0001-01-01 00:00" in as_markdown([make_ticket("1", created_at=early)], NOON)
