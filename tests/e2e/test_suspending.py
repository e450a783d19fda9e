"""The dashboard leaves the terminal to the shell, and comes back."""

import os
import shlex
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from support.left_behind import modes_left, processes_of
from support.program import PATIENCE_S, Program
from support.terminal_session import Session, session_of

pytestmark = pytest.mark.e2e

DEMO = Program().command("demo", "--tickets", "40", "--still")


def test_ctrl_z_stops_the_program_and_the_whole_screen_comes_back() -> None:
    with session_of(DEMO, is_job=True) as run:
        before = run.wait_for("TICKET", "[4:All(40)]", "4 ok", "? help").splitlines()
        run.type(b"\x1a")
        _wait_until_stopped(run)
        run.blank()
        os.kill(run.process.pid, signal.SIGCONT)

        after = run.wait_for("TICKET", "[4:All(40)]", "4 ok", "? help").splitlines()
        assert after[2:4] == before[2:4]
        run.type(b"q")
        assert run.end() == 0


def _wait_until_stopped(run: Session) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        pid, status = os.waitpid(run.process.pid, os.WNOHANG | os.WUNTRACED)
        if pid and os.WIFSTOPPED(status):
            return
        run.catch_up()
    raise AssertionError("the program was not stopped")


@pytest.mark.parametrize("way", ["leads", "is led"])
def test_without_a_shell_ctrl_z_says_so_and_the_program_goes_on(way: str) -> None:
    # As ssh does with a command: its shell has no job control, and may stay in front of it.
    led = ["/bin/sh", "-c", '"$@"; exit $?', "sh", *DEMO]
    with session_of(DEMO if way == "leads" else led) as run:
        run.wait_for("TICKET", "inbox/", "4 ok")
        run.type(b"\x1a")
        run.wait_for("There is no shell to suspend to")
        os.killpg(run.process.pid, signal.SIGTSTP)
        run.type(b"?")
        run.wait_for("One row down")
        run.type(b"\x11")
        assert run.end() == 0


_SHELL = """
import fcntl, os, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp("bash", ["bash", "--norc", "--noediting", "-i"])
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="it takes a shell with job control")
@pytest.mark.parametrize("way", ["ctrl+z", "SIGSTOP"])
def test_a_shell_has_its_terminal_back_whoever_stops_and_ends_the_program(way: str) -> None:
    environ = {"PS1": "shell> ", "TERM": "xterm-256color"}
    with session_of([sys.executable, "-c", _SHELL], environ) as shell:
        shell.wait_for_bytes(b"shell> ")
        before = shell.modes
        drawn = _type_and_see(shell, f"{shlex.join(DEMO)}\n", b"4 ok")

        (dashboard,) = processes_of(shell.process.pid) - {shell.process.pid}
        os.kill(dashboard, signal.SIGSTOP)
        drawn += _type_and_see(shell, "", b"shell> ")
        if way == "ctrl+z":
            drawn += _type_and_see(shell, "fg\n", b"4 ok")
            drawn += _type_and_see(shell, "\x1a", b"shell> ")
        drawn += _type_and_see(shell, "kill %1\n", b"shell> ")
        deadline = time.monotonic() + PATIENCE_S
        while Path(f"/proc/{dashboard}").exists():  # until the shell has heard of its end
            assert time.monotonic() < deadline, shell.catch_up()
        assert processes_of(shell.process.pid) == {shell.process.pid}
        drawn += _type_and_see(shell, "wait %1; echo ended $?\n", b"ended 143")
        assert shell.modes == before
        assert modes_left(drawn) <= {"2004"}, "bash has pastes marked itself"


def _type_and_see(shell: Session, keys: str, part: bytes) -> bytes:
    """Type, and wait for what is drawn then: what the screen shows may be from before."""
    shell.drawn.clear()
    shell.type(keys.encode())
    shell.wait_for_bytes(part)
    return bytes(shell.drawn)
