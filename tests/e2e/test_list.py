"""`ticketdeck list` and `show`, over HTTP."""

import csv
import io
import json
import re
import socket
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from support.program import Configure, Program
from tui.domain.record import to_record
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.world import World

pytestmark = pytest.mark.e2e


WORKSPACES = {"cx-emea", "cx-legacy", "inbox", "klink"}
_UTC = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


def test_json_has_every_ticket_of_all_workspaces_with_every_key(
    ticketdeck: Program, world: World
) -> None:
    ended = ticketdeck("list", "--format", "json")

    assert ended.code == 0, ended.err
    assert ended.out.isascii()
    tickets = json.loads(ended.out, parse_constant=pytest.fail)
    assert {ticket["workspace"] for ticket in tickets} == WORKSPACES
    assert len({ticket["ref"] for ticket in tickets}) == len(tickets) == len(world.tickets)
    keys = list(to_record(make_ticket(), NOON))
    assert all(list(ticket) == keys for ticket in tickets)
    moments = [
        ticket[key]
        for ticket in tickets
        for key in ("created_at", "updated_at", "confirmed_at", "due_at")
        if ticket[key] is not None
    ]
    assert moments
    assert all(map(_UTC.fullmatch, moments))
    assert all(isinstance(ticket["id"], str) for ticket in tickets)


def test_json_lines_and_csv_hold_the_same_tickets(ticketdeck: Program) -> None:
    lines = ticketdeck("list", "--format", "jsonl", "--sort", "ref")
    table = ticketdeck("list", "--format", "csv", "--sort", "ref")

    refs = [json.loads(line)["ref"] for line in lines.out.splitlines()]
    assert refs == [row["ref"] for row in csv.DictReader(io.StringIO(table.out))]
    assert len(refs) > 0


def test_a_table_has_a_line_a_ticket_and_nothing_a_terminal_acts_on(
    ticketdeck: Program, world: World
) -> None:
    ended = ticketdeck("list")

    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0].split()[:3] == ["PRI", "DUE", "TICKET"]
    assert len(lines) == 1 + len(world.tickets)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e]", ended.out)


def test_words_limits_and_workspaces_narrow_the_list(ticketdeck: Program) -> None:
    every = json.loads(ticketdeck("list", "-w", "klink", "--format", "json").out)
    word = every[0]["title"].split()[0]

    some = json.loads(ticketdeck("-w", "klink", "list", word, "--format", "json").out)
    others = json.loads(ticketdeck("list", f"-{word}", "-w", "klink", "--format", "json").out)
    two = json.loads(ticketdeck("list", "--limit", "2", "-w", "klink", "--format=json").out)

    assert {ticket["workspace"] for ticket in every} == {"klink"}
    assert len(some) > 0
    assert len(some) + len(others) == len(every)
    assert [ticket["ref"] for ticket in two] == [ticket["ref"] for ticket in every[:2]]


def test_a_query_asks_for_values_and_says_what_it_cannot_read(ticketdeck: Program) -> None:
    words = ["is:open", "-status:pending,esc", "due:8h-", "--sort", "due"]
    ended = ticketdeck("list", *words, "--format", "json")
    stored = ticketdeck("list", *words, "--format", "json", "--cached")

    tickets = json.loads(ended.out)
    assert len(tickets) > 0
    assert {ticket["status"] for ticket in tickets} <= {"new", "open", "unknown"}
    assert all(ticket["overdue"] or ticket["due_at"] for ticket in tickets)
    assert [ticket["ref"] for ticket in json.loads(stored.out)] == [
        ticket["ref"] for ticket in tickets
    ]
    wrong = ticketdeck("list", "is:open", "status:opne")
    assert (wrong.code, wrong.out) == (2, "")
    assert "query, column 16: 'opne' is no word for status: (nearest: open)" in wrong.err
    marks = ticketdeck("watch", "is:marked")
    assert (marks.code, marks.out) == (2, "")
    assert "marks live on the dashboard's screen" in marks.err


def test_nothing_that_matches_is_an_empty_list(ticketdeck: Program) -> None:
    ended = ticketdeck("list", "no-such-word-anywhere", "--format", "json")

    assert (ended.code, ended.out) == (0, "[]\n")


def test_one_failing_workspace_never_hides_the_others(configure: Configure, faults: Faults) -> None:
    ticketdeck = configure(
        ("sandbox-klink-token", "canary-wrong-token"), head='network = { timeout = "1s" }\n'
    )
    faults.add(
        Fault.hang(3, times=None, vendor="socialboards"),
        Fault.html(times=None, vendor="questionpro-legacy"),
    )

    ended = ticketdeck("list", "--format", "json")

    assert ended.code == 4, ended.err
    assert {ticket["workspace"] for ticket in json.loads(ended.out)} == {"cx-emea"}
    assert {line.split(":")[0] for line in ended.lines} == WORKSPACES - {"cx-emea"}
    assert len(ended.lines) == 3, ended.err
    assert "canary" not in ended.err


def test_only_failures_print_nothing(configure: Configure, faults: Faults) -> None:
    faults.add(Fault.html(times=None))

    ended = configure()("list", "--format", "json")

    assert (ended.code, ended.out) == (1, "")
    assert len(ended.lines) == len(WORKSPACES)


def test_only_refused_credentials_have_their_own_code(configure: Configure) -> None:
    ticketdeck = configure(
        ("sandbox-klink-token", "wrong"),
        ('command = ["echo", "sandbox-questionpro-key"]', 'env = "NOT_SET_ANYWHERE"'),
    )

    ended = ticketdeck("list", "-w", "klink", "-w", "cx-emea")

    assert (ended.code, ended.out) == (3, "")
    assert any("NOT_SET_ANYWHERE" in line for line in ended.lines)


def test_a_vendor_that_is_not_there_is_named(configure: Configure) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        ticketdeck = configure()
        config = Path(str(ticketdeck.config))
        config.write_text(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", config.read_text()))

        ended = ticketdeck("list", "-w", "klink")

    assert (ended.code, ended.out) == (1, "")
    assert ended.lines[0].startswith("klink: ")
    assert len(ended.lines) == 1


def test_a_ticket_is_shown_by_id_and_by_number(ticketdeck: Program) -> None:
    tickets = json.loads(ticketdeck("list", "-w", "klink", "--format", "json").out)
    ticket = tickets[0]
    assert ticket["number"] != ticket["id"]

    by_id = ticketdeck("show", ticket["ref"], "--format", "json")
    by_number = ticketdeck("show", f"klink/{ticket['number']}", "--format", "json")
    text = ticketdeck("show", ticket["ref"])

    assert json.loads(by_id.out)["ref"] == json.loads(by_number.out)["ref"] == ticket["ref"]
    assert ticket["title"] in text.out
    assert text.code == 0


@pytest.mark.parametrize("workspace", sorted(WORKSPACES))
def test_a_ticket_of_every_vendor_can_be_shown(ticketdeck: Program, workspace: str) -> None:
    listed = ticketdeck("list", "-w", workspace, "--limit", "1", "--format", "json")
    ticket = json.loads(listed.out)[0]

    shown = ticketdeck("show", ticket["ref"], "--format", "json")

    assert shown.code == 0, shown.err
    assert json.loads(shown.out)["id"] == ticket["id"]


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        ("klink/no-such-ticket", "no ticket"),
        ("klnk/1", "nearest: klink"),
        ("klink", "workspace/id"),
    ],
)
def test_an_unknown_ticket_is_a_wrong_call(ticketdeck: Program, ref: str, says: str) -> None:
    ended = ticketdeck("show", ref)

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert len(ended.lines) == 1
