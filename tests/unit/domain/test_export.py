"""The table for notes. What programs read is tested where the command line prints it."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from tui.domain.clean import clean
from tui.domain.export import as_markdown
from tui.domain.person import Person
from tui.domain.ticket import DueSource, Priority, Status

HEAD = "| Ticket | Priority | Due | Status | Title | Customer | Assignee | Created (UTC) |"


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

    assert as_markdown([ticket], NOON).split("\n") == [
        HEAD,
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| qp/35637 | CRIT | OVER 3h | escalated | Tills offline | Ann | Bo | 2026-02-04 08:00 |",
    ]


def test_what_a_stranger_wrote_is_neither_a_cell_nor_a_picture_nor_a_link() -> None:
    title = "a | b ![x](http://evil.example) <img src=x> `rm` **bold** [y](z) &amp; \\"
    row = as_markdown([make_ticket("1", title=title)], NOON).split("\n")[2]

    assert len(re.findall(r"(?<!\\)\|", row)) == 9
    assert not re.search(r"(?<!\\)[\[\]<>`*_~&]", row)


@given(st.text().map(clean))
def test_a_row_is_one_line_of_eight_cells_whatever_the_title(title: str) -> None:
    row = as_markdown([make_ticket("1", title=title)], NOON).split("\n")[2:]

    assert len(row) == 1
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row[0])) >= 9
    assert row[0].replace("\\\\", "").replace("\\|", "").count("|") == 9


def test_a_time_at_the_edge_of_time_is_no_error() -> None:
    early = datetime(1, 1, 1, tzinfo=UTC)

    assert "0001-01-01 00:00" in as_markdown([make_ticket("1", created_at=early)], NOON)
