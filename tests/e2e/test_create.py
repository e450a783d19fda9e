"""`ticketdeck create`, over HTTP."""

import json
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from support.live_call import LiveCall
from support.program import PATIENCE_S, Configure, Program
from support.pseudo_terminal import play
from tui.sandbox.exchange import Delivery
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.server import SandboxServer

pytestmark = pytest.mark.e2e


FIELDS = {
    "cx-emea": ["comment=Tills down in Oslo", "priority=HIGH", "emailAddress=ann@example.com"],
    "inbox": ["title=Tills down", "message=In Oslo", "creator.name=Ann", "tags=vip", "tags=oslo"],
    "klink": ["title=Tills down in Oslo", "priority=high", "customFields.cf_date=2025-10-23"],
}


def _words(workspace: str) -> list[str]:
    return [word for field in FIELDS[workspace] for word in ("--field", field)]


def _posts(server: SandboxServer) -> int:
    return sum(
        1
        for vendor in ("questionpro", "socialboards", "klinkcx")
        for call in server.calls.of(vendor, method="POST")
        if not call.request.path.endswith(("/token", "/list"))
    )


@pytest.mark.parametrize("workspace", list(FIELDS))
def test_a_new_ticket_is_found_by_the_ref_that_is_printed(
    ticketdeck: Program, workspace: str
) -> None:
    created = ticketdeck("create", "-w", workspace, *_words(workspace))
    assert created.code == 0, created.err
    assert created.out.startswith(f"{workspace}/")

    shown = ticketdeck("show", created.out.strip(), "--format", "json")

    assert shown.code == 0, shown.err
    assert "Tills down" in json.loads(shown.out)["title"]


def test_fields_come_from_a_file_and_options_win_over_it(
    ticketdeck: Program, tmp_path: Path
) -> None:
    path = tmp_path / "ticket.toml"
    path.write_text(
        'title = "From the file"\npriority = "low"\n[customFields]\ncf_date = 2025-10-23\n'
    )

    created = ticketdeck(
        *("create", "-w", "klink", "--from", str(path), "--field", "title=From the option"),
        *("--format", "json"),
    )

    answer = json.loads(created.out)
    assert answer["outcome"] == "created"
    shown = json.loads(ticketdeck("show", answer["ref"], "--format", "json").out)
    assert (shown["title"], shown["priority"]) == ("From the option", "low")


def test_fields_come_from_stdin(ticketdeck: Program) -> None:
    created = ticketdeck("create", "-w", "klink", "--from", "-", stdin='{"title": "From a pipe"}')

    assert created.code == 0, created.err


TEMPLATE = """
[[templates]]
name = "Lift stuck"
workspace = "klink"

[templates.fields]
title = "From the template"
priority = "high"
"""


def test_fields_come_from_a_template_and_everything_else_wins_over_it(
    configure: Configure,
) -> None:
    ticketdeck = configure(tail=TEMPLATE)

    created = ticketdeck(
        *("create", "--template", "Lift stuck", "--from", "-", "--format", "json"),
        stdin='{"title": "From a pipe"}',
    )

    assert created.code == 0, created.err
    shown = json.loads(ticketdeck("show", json.loads(created.out)["ref"], "--format", "json").out)
    assert (shown["title"], shown["priority"]) == ("From a pipe", "high")


def test_a_template_that_is_not_there_is_told_with_the_nearest(configure: Configure) -> None:
    ended = configure(tail=TEMPLATE)("create", "--template", "lift", "--field", "title=x")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "ticketdeck: no template 'lift' (nearest: Lift stuck)\n"


def test_the_same_key_never_sends_twice(ticketdeck: Program, server: SandboxServer) -> None:
    before = _posts(server)
    call = ("create", "-w", "klink", *_words("klink"), "--key", "alert-7", "--format", "json")

    first, second = ticketdeck(*call), ticketdeck(*call)

    assert (first.code, second.code) == (0, 0), second.err
    assert json.loads(first.out)["ref"] == json.loads(second.out)["ref"]
    assert _posts(server) == before + 1


def test_what_was_not_created_under_a_key_is_sent_again(
    ticketdeck: Program, faults: Faults
) -> None:
    faults.add(Fault(vendor="klinkcx", method="POST", status=422))
    call = ("create", "-w", "klink", *_words("klink"), "--key", "alert-8")

    assert ticketdeck(*call).code == 1
    assert ticketdeck(*call).code == 0


def test_names_are_taken_for_values(ticketdeck: Program) -> None:
    name = "Grace Okoro"
    created = ticketdeck(
        "create", "-w", "cx-emea", "--field", "comment=x", "--field", f"assignTo={name}"
    )

    assert created.code == 0, created.err
    shown = json.loads(ticketdeck("show", created.out.strip(), "--format", "json").out)
    assert shown["assignee"]["name"] == name


def test_a_terminal_is_asked_for_what_is_missing_until_it_is_right(ticketdeck: Program) -> None:
    code, drawn = play(
        ticketdeck,
        *("create", "-w", "klink"),
        steps=[(b"Title", b"\r"), (b"Title", b"Typed at a prompt\r")],
    )

    assert code == 0
    assert b"klink/" in drawn


def test_nobody_is_asked_without_a_terminal(ticketdeck: Program, server: SandboxServer) -> None:
    before = _posts(server)

    ended = ticketdeck("create", "-w", "klink", "--field", "priority=high", stdin="a title\n")

    assert (ended.code, ended.lines) == (2, ["title: required"])
    assert _posts(server) == before


def test_every_field_that_is_wrong_is_a_line(ticketdeck: Program, server: SandboxServer) -> None:
    before = _posts(server)

    ended = ticketdeck(
        *("create", "-w", "cx-emea", "--field", "emailAdress=a@b.c"),
        *("--field", "emailAddress=nobody"),
    )

    assert (ended.code, ended.out) == (2, "")
    assert ended.lines == [
        "emailAdress: no such field (nearest: emailAddress)",
        "emailAddress: not an e-mail address",
        "comment: required",
    ]
    assert _posts(server) == before


def test_what_the_tenant_requires_is_checked_whatever_fields_are_given(
    ticketdeck: Program, faults: Faults, server: SandboxServer
) -> None:
    faults.add(Fault(vendor="klinkcx", path="/tickets/fields", retype={"is_required": True}))
    before = _posts(server)

    ended = ticketdeck("create", "-w", "klink", "--field", "title=Tills down")

    assert (ended.code, ended.out) == (2, "")
    assert "customFields.cf_date: required" in ended.lines
    assert _posts(server) == before


def test_a_dry_run_shows_the_request_and_sends_nothing(
    ticketdeck: Program, server: SandboxServer
) -> None:
    before = _posts(server)

    ended = ticketdeck("create", "-w", "cx-emea", *_words("cx-emea"), "--dry-run")

    assert ended.code == 0, ended.err
    assert ended.out.startswith("POST http://127.0.0.1:")
    assert "Tills down in Oslo" in ended.out
    assert "sandbox-questionpro-key" not in ended.out
    assert _posts(server) == before


@pytest.mark.parametrize("workspace", list(FIELDS))
def test_a_dry_run_works_for_every_vendor(ticketdeck: Program, workspace: str) -> None:
    ended = ticketdeck(
        *("create", "-w", workspace, *_words(workspace), "--dry-run", "--format", "json")
    )

    request = json.loads(ended.out)
    assert request["method"] == "POST"
    assert "Tills down" in request["body"]
    assert "sandbox-" not in str(request["headers"])


def test_observing_writes_nothing(ticketdeck: Program, server: SandboxServer) -> None:
    before = _posts(server)

    ended = ticketdeck("--observe", "create", "-w", "klink", *_words("klink"))

    assert (ended.code, ended.out) == (2, "")
    assert "observe" in ended.err
    assert _posts(server) == before


def test_a_vendor_that_takes_no_tickets_says_so(ticketdeck: Program) -> None:
    ended = ticketdeck("create", "-w", "cx-legacy", "--field", "comment=x")

    assert ended.code == 2
    assert "takes no new tickets" in ended.err


@pytest.mark.parametrize("words", [[], ["-w", "klink", "-w", "inbox"]])
def test_one_workspace_must_be_named(ticketdeck: Program, words: list[str]) -> None:
    ended = ticketdeck("create", *words, "--field", "title=x")

    assert ended.code == 2
    assert "-w NAME" in ended.err


def test_what_the_vendor_refuses_is_not_created(ticketdeck: Program, faults: Faults) -> None:
    faults.add(Fault(vendor="klinkcx", method="POST", status=422))

    ended = ticketdeck("create", "-w", "klink", *_words("klink"), "--format", "json")

    assert ended.code == 1
    assert json.loads(ended.out)["outcome"] == "not_created"
    assert ended.err.startswith("klink: not created: ")


def test_a_refused_credential_has_its_own_code(configure: Configure) -> None:
    ticketdeck = configure(("sandbox-klink-token", "canary-wrong"))

    ended = ticketdeck("create", "-w", "klink", *_words("klink"))

    assert (ended.code, ended.out) == (3, "")
    assert "canary" not in ended.err


def test_an_answer_that_never_came_is_looked_for(ticketdeck: Program, faults: Faults) -> None:
    faults.add(Fault(vendor="klinkcx", method="POST", delivery=Fault.reset(at=5).delivery))

    ended = ticketdeck("create", "-w", "klink", "--field", "title=Lost once", "--format", "json")

    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    assert (answer["outcome"], answer["ref"][:6]) == ("created", "klink/")
    assert "no certain answer came, but its ticket is there" in ended.err


def test_nothing_open_is_no_output_and_no_error(ticketdeck: Program) -> None:
    ended = ticketdeck("outbox")

    assert (ended.code, ended.out, ended.err) == (0, "", "no create is open\n")
    assert ticketdeck("outbox", "list", "--format", "json").out == "[]\n"


def test_a_create_that_the_outbox_has_lost_is_told_every_time(
    ticketdeck: Program, faults: Faults, tmp_path: Path
) -> None:
    faults.add(Fault(vendor="klinkcx", method="POST", status=500))
    with LiveCall(ticketdeck, "create", "-w", "klink", "--field", "title=Lost for good") as call:
        assert call.says("looking whether it exists")
        call.end(signal.SIGINT)
    (ledger,) = tmp_path.rglob("ledger.db")
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("UPDATE intents SET state = 'created'")

    damaged = [ticketdeck("--observe", "outbox") for _ in range(2)]
    checked = ticketdeck("check")
    keyed = ticketdeck("create", "-w", "klink", "--field", "title=Lost for good", "--key", "k")
    dropped = ticketdeck("outbox", "drop", "lost")
    quiet = [ticketdeck("check"), ticketdeck("--observe", "outbox")]
    ledger.unlink()
    lost = [ticketdeck("--observe", "outbox") for _ in range(2)]

    for each in (*damaged, *lost):
        assert "look at the vendor before sending it again\n" in each.err
        assert "once you have looked: ticketdeck outbox drop lost\n" in each.err
        assert "no other create is open" in each.err
    assert "1 create in the outbox was damaged and set apart" in checked.out
    assert (checked.code, quiet[0].code) == (4, 0)
    assert (keyed.code, keyed.out) == (1, "")
    assert "nothing was sent: the outbox has lost creates, and k may be the key" in keyed.err
    assert (dropped.code, dropped.out) == (0, "")
    assert quiet[1].err == "no create is open\n"
    audit = json.loads((ledger.parent / "audit.log").read_text().splitlines()[-1])
    assert (audit["action"], audit["intent"], audit["outcome"]) == ("drop", "lost", "dropped")
    again = ticketdeck("outbox", "drop", "lost")
    assert again.code == 0, "those of the ledger that is gone"
    again = ticketdeck("outbox", "drop", "lost")
    assert (again.code, again.err) == (2, "ticketdeck: nothing is lost (see: ticketdeck outbox)\n")


@pytest.mark.parametrize("action", ["retry", "drop"])
def test_an_id_that_no_open_create_has_is_refused(ticketdeck: Program, action: str) -> None:
    ended = ticketdeck("outbox", action, "abcdef")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "ticketdeck: no open create 'abcdef' (see: ticketdeck outbox)\n"


def test_an_open_create_is_listed_dropped_and_gone(ticketdeck: Program, faults: Faults) -> None:
    faults.add(Fault(vendor="klinkcx", method="POST", status=500))
    words = ("create", "-w", "klink", "--field", "title=Lost for good", "--key", "lost-7")
    with LiveCall(ticketdeck, *words) as call:
        assert call.says("looking whether it exists")
        assert call.end(signal.SIGINT).code == 128 + signal.SIGINT

    (listed,) = json.loads(ticketdeck("--observe", "outbox", "--format", "json").out)
    retried = ticketdeck("--observe", "outbox", "retry", listed["id"][:6])
    dropped = ticketdeck("--observe", "outbox", "drop", listed["id"][:6])

    assert listed["fields"] == {"title": "Lost for good"}
    assert (retried.code, retried.out) == (2, "")
    assert "observe" in retried.err
    assert (dropped.code, dropped.err) == (0, "klink: dropped: Lost for good\n")
    assert ticketdeck("--observe", "outbox").out == ""
    again = ticketdeck(*words)
    assert again.code == 5
    assert "was dropped" in again.err
    assert "see: ticketdeck outbox" not in again.err, "it is not there any more"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_end_while_it_is_sent_is_an_unknown_outcome(
    ticketdeck: Program, server: SandboxServer, faults: Faults, number: signal.Signals
) -> None:
    faults.add(Fault(vendor="klinkcx", method="POST", delivery=Delivery(delay_s=30)))
    posts = _posts(server)
    with subprocess.Popen(
        ticketdeck.command("create", "-w", "klink", *_words("klink"), "--format", "json"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        deadline = time.monotonic() + PATIENCE_S
        while _posts(server) == posts:
            assert time.monotonic() < deadline
            threading.Event().wait(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 128 + number
    assert json.loads(out)["outcome"] == "unknown"
    assert b"look before sending again" in err
