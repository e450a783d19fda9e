"""What one call stored, another tells: list again, list --cached, status and purge."""

import json
from pathlib import Path

import pytest

from support.program import Program
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import World

pytestmark = pytest.mark.e2e


def test_a_list_that_is_asked_again_calls_nobody(
    ticketdeck: Program, server: SandboxServer
) -> None:
    first = ticketdeck("list", "--format", "json")
    calls = server.calls.counts.total()

    again = ticketdeck("list", "--format", "json")
    assert again.code == 0, again.err
    assert refs(again.out) == refs(first.out)
    assert server.calls.counts.total() == calls
    assert ticketdeck("list", "--max-age", "1h").code == 0
    assert server.calls.counts.total() == calls

    assert ticketdeck("list", "--max-age", "0s", "-w", "klink").code == 0
    assert server.calls.counts.total() > calls


def test_what_is_stored_is_listed_without_a_credential_or_a_vendor(
    ticketdeck: Program, server: SandboxServer
) -> None:
    words = ("list", "--format", "jsonl", "--sort", "ref")
    live = ticketdeck(*words)
    calls = server.calls.counts.total()

    # The credentials come from a command, which is not found without a path.
    cached = ticketdeck(*words, "--cached", environ={"PATH": "/nowhere"})

    assert (cached.code, cached.err) == (0, "")
    assert cached.out == live.out
    assert server.calls.counts.total() == calls


def test_nothing_stored_is_a_failure_and_not_an_empty_queue(ticketdeck: Program) -> None:
    for words in (["list", "--cached"], ["list", "--cached", "--format", "json"], ["status"]):
        ended = ticketdeck(*words)

        assert (ended.code, ended.out) == (1, ""), words
        assert len(ended.lines) == 1
        assert "nothing is stored yet" in ended.err
    assert ticketdeck("purge").out == "nothing is stored\n"


def test_a_workspace_that_fails_keeps_its_tickets_and_the_envelope_says_so(
    ticketdeck: Program, faults: Faults
) -> None:
    before = ticketdeck("list", "--format", "json")
    faults.add(Fault.html(times=None, vendor="klinkcx"))

    ended = ticketdeck("list", "--max-age", "0s", "--format", "json", "--envelope")
    cached = ticketdeck("list", "--cached", "--format", "jsonl", "--envelope")

    assert ended.code == 4
    assert [line.split(":")[0] for line in ended.lines] == ["klink"]
    whole = json.loads(ended.out)
    assert {ticket["ref"] for ticket in whole["tickets"]} == refs(before.out)
    states = {each["name"]: each for each in whole["workspaces"]}
    assert states["klink"]["state"] == "backing_off"
    assert states["klink"]["error"]
    assert states["klink"]["as_of"] < states["cx-emea"]["as_of"]
    assert states["cx-emea"]["error"] is None
    assert cached.code == 0
    assert json.loads(cached.out.splitlines()[0])["workspaces"] == whole["workspaces"]
    assert cached.lines[0].startswith("klink: ")
    assert "as of" in cached.lines[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--cached", "--max-age", "1m"], "leave out --max-age"),
        (["--envelope"], "--format json or jsonl"),
        (["--envelope", "--format", "csv"], "--format json or jsonl"),
        (["--max-age", "soon"], "such as"),
    ],
)
def test_options_that_do_not_fit_are_told_before_any_call(
    ticketdeck: Program, server: SandboxServer, words: list[str], says: str
) -> None:
    calls = server.calls.counts.total()

    ended = ticketdeck("list", *words)

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert server.calls.counts.total() == calls


def test_the_status_counts_what_the_list_shows(ticketdeck: Program, faults: Faults) -> None:
    faults.add(Fault.html(times=None, vendor="questionpro-legacy"))
    tickets = json.loads(ticketdeck("list", "--format", "json").out)

    open_ = [ticket for ticket in tickets if not ticket["closed"]]
    for _ in range(2):
        ended = ticketdeck("status", "--line", "{open} {overdue} {critical} {unseen} {stale}")
        assert ended.code == 0, ended.err
        overdue = sum(ticket["overdue"] for ticket in open_)
        critical = sum(ticket["priority"] == "critical" for ticket in open_)
        assert overdue > 0
        assert ended.out == f"{len(open_)} {overdue} {critical} 0 1\n"
    klink = [ticket for ticket in open_ if ticket["workspace"] == "klink"]
    assert ticketdeck("-w", "klink", "status", "--line", "{open}").out == f"{len(klink)}\n"
    assert ticketdeck("status", "-w", "klnk").code == 2
    assert "nearest: open" in ticketdeck("status", "--line", "{opne}").err


def test_a_purge_leaves_nothing_of_the_tickets_on_the_disk(
    ticketdeck: Program, world: World
) -> None:
    tickets = json.loads(ticketdeck("list", "--format", "json").out)
    state = Path.home() / ".local/state/ticketdeck"
    title = tickets[0]["title"].encode()
    assert any(title in path.read_bytes() for path in state.iterdir())

    klink = sum(ticket["workspace"] == "klink" for ticket in tickets)
    assert ticketdeck("purge", "--older-than", "1h").out == "0 tickets removed\n"
    assert ticketdeck("purge", "-w", "klink").out == f"{klink} tickets removed\n"
    rest = len(world.tickets) - klink
    assert ticketdeck("purge").out == f"{rest} tickets removed\n"

    assert not any(title in path.read_bytes() for path in state.iterdir())
    assert ticketdeck("list", "--cached").code == 1
    assert len(refs(ticketdeck("list", "--format", "json").out)) == len(world.tickets)


def test_a_ledger_that_cannot_be_used_is_told_by_every_command(ticketdeck: Program) -> None:
    (Path.home() / ".local/state/ticketdeck/ledger.db").mkdir(parents=True, mode=0o700)

    listed = ticketdeck("list", "--format", "json")
    checked = ticketdeck("check")

    assert listed.code == 0
    assert "ledger.db" in listed.err
    assert "without the ledger nothing is created" in listed.err
    assert checked.code == 4


def refs(out: str) -> set[str]:
    return {ticket["ref"] for ticket in json.loads(out)}
