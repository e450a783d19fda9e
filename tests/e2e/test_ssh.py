"""The dashboard over a real SSH connection that stalls and is cut."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support.left_behind import processes_of
from support.program import Configure
from support.ssh_daemon import ssh_daemon, why_no_sshd
from support.terminal_session import session_of
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import World

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(why_no_sshd() is not None, reason=why_no_sshd() or "there is one"),
]


def _wait_until(happened: Callable[[], bool], most_s: float) -> None:
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < most_s
        threading.Event().wait(0.02)


def test_a_line_that_stalls_shows_what_is_now_and_one_that_is_cut_leaves_nothing(
    configure: Configure, world: World, server: SandboxServer, tmp_path: Path
) -> None:
    program = configure(('poll_interval = "10s"', 'poll_interval = "5s"'))
    number = tmp_path / "number"
    home = os.environ["HOME"]
    words = [
        *("env", f"HOME={home}", "LANG=C.UTF-8", "sh", "-c"),
        *(f"'echo $$ > {number}; exec \"$@\"'", "sh", *program.command("-w", "klink")),
    ]
    ticket = next(iter(world.tickets.of("klinkcx")))
    title, ticket.title = ticket.title, "What it was before"
    try:
        with ssh_daemon(tmp_path) as daemon, session_of(daemon.command(words)) as line:
            line.wait_for("klink/", "n new")
            remote = os.getsid(int(number.read_text()))

            line.process.send_signal(signal.SIGSTOP)
            ticket.title = "What came while nobody read"
            for _ in range(20):
                line.type(b"\x0c")
            calls = server.calls.counts["klinkcx"]
            _wait_until(lambda: server.calls.counts["klinkcx"] > calls, 20)
            line.process.send_signal(signal.SIGCONT)
            line.type(b"/What came while nobody\r")
            line.wait_for("What came while nobody read", " 1 of ")

            line.process.kill()
            _wait_until(lambda: not processes_of(remote), 3)
    finally:
        ticket.title = title

    for file in Path(home).rglob("*.db"):
        connection = sqlite3.connect(file)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
    assert program("list", "-w", "klink", "--cached").code == 0
