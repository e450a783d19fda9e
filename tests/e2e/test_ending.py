"""Every way the dashboard can end: its code, the terminal it leaves, and nothing that runs on."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.left_behind import modes_left, processes_of
from support.program import PATIENCE_S, Configure, Program
from support.terminal_session import Session, session
from tui.sandbox.exchange import Delivery
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import World

pytestmark = pytest.mark.e2e

_STALL_S = float(os.environ.get("STALL_S", "5"))
"""How long nobody reads; a minute and more in a soak."""
_SOON_S = 3.0


@contextmanager
def _ending_well(
    program: Program, *words: str, code: int, environ: dict[str, str]
) -> Iterator[Session]:
    """Run the dashboard meanwhile, and look how it ends: it was asked to within."""
    with session(program, *words, environ=environ) as run:
        before = run.modes
        yield run
        asked = time.monotonic()
        assert run.end() == code, run.text
        assert time.monotonic() - asked < _SOON_S
        run.catch_up()
        assert modes_left(bytes(run.drawn)) == set()
        assert run.modes == before
        assert processes_of(run.process.pid) == set()


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A folder for temporary files that is empty at the end, as variables."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    yield {"TMPDIR": str(folder)}
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "keys", "shown"),
    [
        (signal.SIGTERM, b"", "klink/"),
        (signal.SIGHUP, b"?", "type to search"),
        (signal.SIGINT, b"n", "New ticket in klink"),
        (signal.SIGQUIT, b"/", "klink/"),
        (signal.SIGUSR1, b"\r", "klink/"),
    ],
)
def test_a_signal_ends_the_dashboard_with_its_code_on_every_screen(
    ticketdeck: Program,
    temporary: dict[str, str],
    number: signal.Signals,
    keys: bytes,
    shown: str,
) -> None:
    with _ending_well(ticketdeck, "-w", "klink", code=128 + number, environ=temporary) as run:
        run.wait_for("klink/", "n new")
        run.type(keys)
        run.wait_for(shown)
        run.process.send_signal(number)
        _terminate_until_it_is_gone(run)


def _terminate_until_it_is_gone(run: Session) -> None:
    """Send what changes nothing any more; of signals at once Python takes the highest one last."""
    deadline = time.monotonic() + _SOON_S
    while run.process.poll() is None and time.monotonic() < deadline:
        run.process.terminate()
        _let_pass(0.005)


def test_a_signal_before_the_first_frame_ends_it_as_well(
    ticketdeck: Program, temporary: dict[str, str]
) -> None:
    # The first time without a store, the second time from it.
    for number in (signal.SIGTERM, signal.SIGABRT):
        with _ending_well(ticketdeck, "-w", "klink", code=128 + number, environ=temporary) as run:
            run.wait_for_bytes(b"\x1b[?1049h")
            run.process.send_signal(number)
            _terminate_until_it_is_gone(run)
        ticketdeck("list", "-w", "klink")


def test_while_nobody_reads_all_goes_on_and_who_reads_again_sees_what_is_now(
    configure: Configure, world: World, server: SandboxServer, temporary: dict[str, str]
) -> None:
    quick = configure(('poll_interval = "10s"', 'poll_interval = "5s"'))
    ticket = next(each for each in world.tickets.of("klinkcx"))
    title, ticket.title = ticket.title, "What it was before"
    try:
        with _ending_well(quick, "-w", "klink", code=143, environ=temporary) as run:
            run.wait_for("klink/", "n new")
            _draw_without_being_read(run)
            memory, calls = _memory_kib(run.process.pid), server.calls.counts["klinkcx"]
            ticket.title = "What came while nobody read"
            _let_pass(_STALL_S + 1)

            assert server.calls.counts["klinkcx"] > calls, "it polls"
            stored = quick("list", "-w", "klink", "--cached", "--format", "json").out
            assert "What came while nobody read" in stored, "and keeps what it reads"
            assert _memory_kib(run.process.pid) - memory < 5 * 1024

            began = time.monotonic()
            run.type(f"/{'What came while nobody'}\r".encode())
            run.wait_for("What came while nobody read", " 1 of ")
            assert time.monotonic() - began < 1.5

            _draw_without_being_read(run)
            run.process.terminate()
            assert _ends_within(run, _SOON_S), "though nobody reads"
    finally:
        ticket.title = title


def _draw_without_being_read(run: Session) -> None:
    """Have frames drawn until no terminal takes more of them."""
    for _ in range(50):
        run.type(b"\x0c")
        _let_pass(0.02)


def _let_pass(seconds: float) -> None:
    threading.Event().wait(seconds)


def _ends_within(run: Session, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while run.process.poll() is None and time.monotonic() < deadline:
        _let_pass(0.02)
    return run.process.poll() is not None


def _memory_kib(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


@pytest.mark.parametrize("way", ["keeps what was typed", "ignores what it is asked"])
def test_a_signal_ends_the_editor_too_and_what_it_wrote_is_kept(
    ticketdeck: Program, tmp_path: Path, temporary: dict[str, str], way: str
) -> None:
    editor = tmp_path / "editor"
    on_end = 'printf "Typed in the editor" > "$1"; exit 1' if way == "keeps what was typed" else ""
    editor.write_text(
        f"#!/bin/bash\ntrap '{on_end}' TERM HUP\nstty raw -echo\nprintf 'EDITOR IS HERE'\n"
        "while true; do read -t 60 answer; done\n"
    )
    editor.chmod(0o700)
    environ = temporary | {"EDITOR": str(editor)}
    with _ending_well(ticketdeck, "-w", "klink", code=143, environ=environ) as run:
        run.wait_for("klink/", "n new")
        run.type(b"n")
        run.wait_for("New ticket in klink")
        run.type(b"Tills down\x1bOS")
        run.wait_for("EDITOR IS HERE")
        run.process.terminate()

    with session(ticketdeck, "-w", "klink", environ=environ) as run:
        run.wait_for("klink/", "n new")
        run.type(b"n")
        if way == "keeps what was typed":
            run.wait_for("2 drafts for klink")
            run.type(b"\r")
            run.wait_for("Typed in the editor")
        else:
            run.wait_for("Tills down")


def test_a_signal_while_a_create_is_sent_says_that_its_end_is_open(
    ticketdeck: Program, faults: Faults, temporary: dict[str, str]
) -> None:
    faults.add(Fault(vendor="klinkcx", method="POST", delivery=Delivery(delay_s=30)))
    with _ending_well(ticketdeck, "-w", "klink", code=143, environ=temporary) as run:
        run.wait_for("klink/", "n new")
        run.type(b"n")
        run.wait_for("New ticket in klink")
        run.type(b"Line down\x1bOQ")
        run.wait_for("Sending to")
        run.process.terminate()

    assert "may or may not have been created" in run.text
    assert "the program ended before an answer came" in ticketdeck("outbox").err


_FAILING = """
import tui.app.screens.deck as deck
def fail(self):
    raise ZeroDivisionError("canary-value")
deck.DeckScreen.action_app_redraw = fail
"""


def test_a_failure_leaves_the_terminal_as_it_was(
    ticketdeck: Program, tmp_path: Path, temporary: dict[str, str]
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_FAILING)
    environ = temporary | {"PYTHONPATH": str(tmp_path)}
    with _ending_well(ticketdeck, "-w", "klink", code=1, environ=environ) as run:
        run.wait_for("klink/", "n new")
        run.type(b"\x0c")

    assert "ZeroDivisionError" in run.text
    assert b"canary" not in run.drawn


def test_commands_that_run_until_a_signal_end_by_a_quit_too(ticketdeck: Program) -> None:
    with (
        session(ticketdeck, "poll") as poll,
        session(ticketdeck, "watch") as watch,
        session(Program(), "sandbox", "--tickets", "10", "--still") as sandbox,
    ):
        poll.wait_for("klink: ")
        watch.wait_for("watching ")
        sandbox.wait_for("serving at ")
        for run, number in (
            (poll, signal.SIGQUIT),
            (watch, signal.SIGUSR1),
            (sandbox, signal.SIGQUIT),
        ):
            run.process.send_signal(number)
            assert run.process.wait(PATIENCE_S) == 128 + number
            assert processes_of(run.process.pid) == set()
