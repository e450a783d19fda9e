"""The program where a person sits: prompts, tables that fit, the dashboard coming and going."""

import fcntl
import itertools
import os
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from rich.cells import cell_len

from support.program import PATIENCE_S, Program
from support.pseudo_terminal import play
from support.terminal_session import session
from tui.sandbox.exchange import Delivery
from tui.sandbox.faults import Fault, Faults

pytestmark = pytest.mark.e2e


def test_a_required_field_that_is_missing_is_asked_for(ticketdeck: Program) -> None:
    code, drawn = play(ticketdeck, "create", "-w", "klink", steps=[(b"Title:", b"Typed by hand\n")])

    assert code == 0, drawn
    ref = drawn.decode().split()[-1]
    assert "Typed by hand" in ticketdeck("show", ref).out


def test_an_end_of_input_leaves_the_field_out(ticketdeck: Program) -> None:
    code, drawn = play(ticketdeck, "create", "-w", "klink", steps=[(b"Title:", b"\x04")])

    assert code == 2
    assert b"title: required" in drawn


def test_a_table_fits_the_terminal_and_needs_no_escape_codes(ticketdeck: Program) -> None:
    code, drawn = play(ticketdeck, "list", size=(60, 24))

    assert code == 0
    assert b"\x1b" not in drawn
    # What was said of the progress is overwritten before the table comes.
    lines = [line.rpartition("\r")[2] for line in drawn.decode().split("\r\n")]
    assert lines[0].split() == ["PRI", "DUE", "TICKET", "STAT", "TITLE"]
    assert max(map(cell_len, lines)) <= 60


def test_the_demo_shows_tickets_and_q_leaves_a_clean_terminal() -> None:
    code, drawn = play(Program(), "demo", "--tickets", "12", "--still", steps=[(b"inbox/", b"q")])

    assert code == 0, drawn[-2_000:]
    assert b"DEMO" in drawn
    assert drawn.rfind(b"\x1b[?1049l") > drawn.rfind(b"\x1b[?1049h") >= 0
    assert drawn.rfind(b"\x1b[?25h") > drawn.rfind(b"\x1b[?25l")


def test_with_a_workspace_the_dashboard_opens_in_its_list(ticketdeck: Program) -> None:
    code, drawn = play(ticketdeck, "-w", "klink", steps=[(b"klink/", b"\x11")])

    assert code == 0
    assert b"cx-emea/" not in drawn


@pytest.mark.parametrize("term", ["dumb", "", "Unknown"])
def test_a_terminal_that_cannot_draw_gets_no_dashboard(ticketdeck: Program, term: str) -> None:
    code, drawn = play(ticketdeck, environ={"TERM": term})

    assert code == 2
    assert re.fullmatch(rb"ticketdeck: .*TERM is .*ticketdeck list\r\n", drawn)


def test_who_quits_while_a_create_is_sent_is_told_to_look(
    ticketdeck: Program, faults: Faults
) -> None:
    faults.add(Fault(vendor="klinkcx", method="POST", delivery=Delivery(delay_s=30)))
    steps = [(b"klink/", b"n"), (b"Create in klink", b"Line down\x1bOQ"), (b"Sending to", b"\x11")]

    code, drawn = play(ticketdeck, "-w", "klink", steps=steps)

    assert code == 5, drawn[-2_000:]
    assert b"may or may not have been created at" in drawn
    assert b"stays in the outbox: ticketdeck outbox" in drawn


_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.parametrize("is_controlling", [False, True], ids=["end of input", "hangup"])
def test_a_terminal_that_goes_away_ends_the_dashboard(
    ticketdeck: Program,
    is_controlling: bool,  # noqa: FBT001 - pytest hands it in
) -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = ticketdeck.command("-w", "klink")
    with subprocess.Popen(
        [sys.executable, "-c", _TAKE_TERMINAL, *command] if is_controlling else command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    ) as process:
        os.close(theirs)
        drawn = b""
        while b"klink/" not in drawn:
            drawn += os.read(ours, 65_536)

        os.close(ours)

        try:
            assert process.wait(PATIENCE_S) == 128 + signal.SIGHUP
        finally:
            process.kill()


def test_what_was_exported_for_other_programs_changes_nothing(
    ticketdeck: Program, tmp_path: Path
) -> None:
    log = tmp_path / "textual.log"
    others = {
        "LINES": "12",
        "COLUMNS": "40",
        "TEXTUAL": "debug,devtools",
        "TEXTUAL_DRIVER": "another:Driver",
        "TEXTUAL_COLOR_SYSTEM": "none that there is",
        "TEXTUAL_FPS": "0",
        "TEXTUAL_LOG": str(log),
        "TEXTUAL_PRESS": "ctrl+q",
    }
    with session(ticketdeck, "-w", "klink", environ=others) as run:
        run.wait_for("klink/", "? help")
        run.type(b"\x11")
        assert run.end() == 0

    assert not log.exists(), "it would hold what tickets say"


def test_a_terminal_without_a_size_is_given_one_and_left_alone(ticketdeck: Program) -> None:
    steps = [(b"klink/", b"j"), (b"klink/", b"\x11")]

    code, drawn = play(ticketdeck, "-w", "klink", steps=steps, size=(0, 0))

    assert code == 0
    assert len(drawn) < 100_000, "laid out once or twice, not for ever"


def test_the_terminals_cursor_is_seen_on_the_row_and_only_between_the_frames() -> None:
    keys = [(b"inbox/", b"j"), (b"inbox/", b"?"), (b"type to search", b"\x1b"), (b"inbox/", b"q")]

    code, drawn = play(
        Program(),
        "demo",
        "--tickets",
        "12",
        "--still",
        steps=keys,
        environ={"TERM": "xterm-256color"},
    )

    assert code == 0
    frames, _, _ = drawn.rpartition(b"\x1b[?1049l")
    shown = re.compile(rb"\x1b\[(\d+);1H(?:\x1b\[m)?\x1b\[\?25h")
    rows = [int(row) for row in shown.findall(frames)]
    assert {4, 5} <= {*rows}, "it stood on the first row, and on the second"
    states = re.findall(rb"\x1b\[\?25[lh]", frames)
    assert all(one != other for one, other in itertools.pairwise(states)), "hidden while drawing"
    _, _, in_help = frames.partition(b"type to search")
    assert b"\x1b[?25h" in in_help, "back in the list"
    assert drawn.rfind(b"\x1b[2 q") < drawn.rfind(b"\x1b[0 q"), "its shape comes back"
