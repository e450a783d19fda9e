"""The queue as JSON, JSON lines and CSV."""

import csv
import io
import json
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from tui.cli.formats import as_json, in_envelope, to_json, written
from tui.domain.export import as_csv
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.person import Person
from tui.domain.record import to_record
from tui.domain.ticket import Ticket

_ODD = [
    make_ticket("1", title="Bergen ✓ \u00a0 店", body='one\ntwo, "three"', tags=("vip", "oslo")),
    make_ticket("2", extra={"field.cf_date": "2025-10-23", "replyCount": 3}),
]


def test_json_is_an_array_with_a_ticket_a_line() -> None:
    text = as_json(_ODD, NOON)
    assert json.loads(text) == [to_record(ticket, NOON) for ticket in _ODD]
    assert len(text.split("\n")) == len(_ODD) + 2


def test_no_tickets_are_an_empty_array_no_lines_and_a_header() -> None:
    assert as_json([], NOON) == "[]"
    assert written([], NOON, "jsonl") == ""
    assert as_csv([], NOON) == as_csv(_ODD, NOON).split("\n")[0]


def test_json_lines_hold_a_ticket_each() -> None:
    lines = written(_ODD, NOON, "jsonl").split("\n")
    assert [json.loads(line)["id"] for line in lines] == ["1", "2"]


@given(st.text())
@example("\x7f\x80\x00")
def test_json_is_printable_ascii_and_round_trips(text: str) -> None:
    encoded = to_json({"body": text})
    assert encoded.isascii()
    assert encoded.isprintable()
    assert json.loads(encoded) == {"body": text}


def test_json_has_no_word_for_what_is_no_number() -> None:
    assert to_json([float("nan"), float("inf"), 10**400]) == f"[null,null,{10**400}]"


HEALTHS = {
    "qp": WorkspaceHealth(state=HealthState.OK, as_of=NOON),
    "klink": WorkspaceHealth(state=HealthState.REFUSED, error="401 Unauthorized"),
}
WORKSPACES = [
    {"name": "qp", "state": "ok", "as_of": "2026-02-04T12:00:00.000Z", "error": None},
    {"name": "klink", "state": "refused", "as_of": None, "error": "401 Unauthorized"},
]


@pytest.mark.parametrize("tickets", [_ODD, ()])
def test_an_envelope_tells_of_the_workspaces_too(tickets: Sequence[Ticket]) -> None:
    whole = json.loads(in_envelope(tickets, HEALTHS, NOON, "json"))
    first, *lines = in_envelope(tickets, HEALTHS, NOON, "jsonl").split("\n")

    assert whole["workspaces"] == json.loads(first)["workspaces"] == WORKSPACES
    assert list(whole) == ["workspaces", "tickets"]
    assert list(json.loads(first)) == ["workspaces"]
    assert whole["tickets"] == [json.loads(line) for line in lines]
    assert [ticket["id"] for ticket in whole["tickets"]] == [each.ref.id for each in tickets]


def test_csv_has_the_scalar_keys_and_dots_for_nested_ones() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(_ODD, NOON))))
    record = to_record(_ODD[0], NOON)
    scalars = {key for key, value in record.items() if not isinstance(value, dict | list)}
    people = {"customer.name", "customer.email", "customer.phone"}
    assert set(rows[0]) == scalars | people | {"assignee.name", "assignee.email"}
    assert rows[0]["body"] == 'one\ntwo, "three"'
    assert rows[0]["overdue"] == "false"
    assert rows[0]["number"] == ""
    assert rows[0]["created_at"] == "2026-02-04T11:00:00.000Z"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff20"])
def test_no_csv_cell_begins_a_formula(begin: str) -> None:
    ticket = make_ticket(title=f"{begin}1+1", customer=Person(phone="+47 55"))
    (row,) = csv.DictReader(io.StringIO(as_csv([ticket], NOON)))
    assert row["title"] == f"'{begin}1+1"
    assert row["customer.phone"] == "'+47 55"


def test_whatever_ends_a_line_is_quoted_in_csv() -> None:
    assert ',"one\rtwo",' in as_csv([make_ticket("1", title="one\rtwo")], NOON)


def test_no_csv_cell_begins_with_a_line_that_a_spreadsheet_may_drop() -> None:
    assert ',"\'\n=1+1",' in as_csv([make_ticket(body="\n=1+1")], NOON)
