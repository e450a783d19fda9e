"""The dashboard leaves the terminal to the shell, and comes back."""

import fcntl
import os
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress

import pyte
import pytest

from support.left_behind import modes_left, processes_of
from support.program import PATIENCE_S, Program
from support.terminal_session import Session, session_of

pytestmark = pytest.mark.e2e

SIZE = (24, 80)


class _Seen:
    """What stands on the terminal of a program that runs."""

    def __init__(self, ours: int) -> None:
        self._ours = ours
        self._screen = pyte.Screen(SIZE[1], SIZE[0])
        self._stream = pyte.ByteStream(self._screen)

    def forget(self) -> None:
        self._screen.reset()

    def wait_for(self, *parts: str) -> list[str]:
        """Read until all of this stands on the screen; return its lines."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if select.select([self._ours], [], [], 0.1)[0]:
                self._stream.feed(os.read(self._ours, 65_536))
            text = "\n".join(self._screen.display)
            if all(part in text for part in parts):
                return list(self._screen.display)
        raise AssertionError("\n".join(self._screen.display))


def _wait_until_stopped(process: subprocess.Popen[bytes], seen: _Seen) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        pid, status = os.waitpid(process.pid, os.WNOHANG | os.WUNTRACED)
        if pid and os.WIFSTOPPED(status):
            return
        seen.wait_for("")
    raise AssertionError("the program was not stopped")


def test_ctrl_z_stops_the_program_and_the_whole_screen_comes_back() -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
    process = subprocess.Popen(
        Program().command("demo", "--tickets", "40", "--still"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        process_group=0,  # as a shell with job control starts it
    )
    seen = _Seen(ours)
    try:
        before = seen.wait_for("TICKET", "inbox/", "4 ok")
        os.write(ours, b"\x1a")
        _wait_until_stopped(process, seen)
        seen.forget()
        os.kill(process.pid, signal.SIGCONT)

        after = seen.wait_for("TICKET", "inbox/", "4 ok", "? help")
        assert after[2:4] == before[2:4]
        os.write(ours, b"q")
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("way", ["leads", "is led"])
def test_without_a_shell_ctrl_z_says_so_and_the_program_goes_on(way: str) -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
    command = Program().command("demo", "--tickets", "40", "--still")
    # As ssh does with a command: its shell has no job control, and may stay in front of it.
    process = subprocess.Popen(
        command if way == "leads" else ["/bin/sh", "-c", '"$@"; exit $?', "sh", *command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    seen = _Seen(ours)
    try:
        seen.wait_for("TICKET", "inbox/", "4 ok")
        os.write(ours, b"\x1a")
        seen.wait_for("There is no shell to suspend to")
        os.killpg(process.pid, signal.SIGTSTP)
        os.write(ours, b"?")
        seen.wait_for("One row down")
        os.write(ours, b"\x11")
        assert process.wait(PATIENCE_S) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)
        os.close(theirs)


_SHELL = """
import fcntl, os, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp("bash", ["bash", "--norc", "--noediting", "-i"])
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="it takes a shell with job control")
def test_a_shell_has_its_terminal_back_whoever_stops_and_ends_the_program() -> None:
    demo = shlex.join(Program().command("demo", "--tickets", "40", "--still"))
    environ = {"PS1": "shell> ", "TERM": "xterm-256color"}
    with session_of([sys.executable, "-c", _SHELL], environ) as shell:
        shell.wait_for_bytes(b"shell> ")
        before = shell.modes
        drawn = _type_and_see(shell, f"{demo}\n", b"4 ok")

        (dashboard,) = processes_of(shell.process.pid) - {shell.process.pid}
        os.kill(dashboard, signal.SIGSTOP)
        drawn += _type_and_see(shell, "", b"shell> ")
        drawn += _type_and_see(shell, "fg\n", b"4 ok")
        drawn += _type_and_see(shell, "\x1a", b"shell> ")
        drawn += _type_and_see(shell, "kill %1\n", b"shell> ")
        deadline = time.monotonic() + PATIENCE_S
        while processes_of(shell.process.pid) != {shell.process.pid}:
            assert time.monotonic() < deadline, shell.catch_up()
        drawn += _type_and_see(shell, "wait %1; echo ended $?\n", b"ended 143")
        assert shell.modes == before
        assert modes_left(drawn) <= {"2004"}, "bash has pastes marked itself"


def _type_and_see(shell: Session, keys: str, part: bytes) -> bytes:
    """Type, and wait for what is drawn then: what the screen shows may be from before."""
    shell.drawn.clear()
    shell.type(keys.encode())
    shell.wait_for_bytes(part)
    return bytes(shell.drawn)
