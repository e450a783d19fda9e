"""The installed program on a terminal that a test watches and types on, for as long as it likes."""

import os
import select
import signal
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pyte

from support.program import PATIENCE_S, Program

COLUMNS, LINES = 80, 24
_MOMENT_S = 0.05
"""A screen on which nothing was drawn for so long stands still."""


class Session:
    """One run of the program; what it has drawn is a screen."""

    def __init__(self, process: subprocess.Popen[bytes], ours: int) -> None:
        self.process = process
        self._ours = ours
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self.drawn = bytearray()
        """Every byte that was read so far."""

    @property
    def text(self) -> str:
        """What stands on the screen, as far as it was read."""
        return "\n".join(self._screen.display)

    @property
    def modes(self) -> list[Any]:
        """How the terminal is set at the moment."""
        return termios.tcgetattr(self._ours)

    def wait_for(self, *parts: str) -> str:
        """Read until all of this stands on the screen; return the screen."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self._read()
            if all(part in self.text for part in parts):
                return self.text
            assert self.process.poll() is None, self.text
        raise AssertionError(self.text)

    def wait_for_bytes(self, part: bytes) -> None:
        """Read until these bytes were drawn."""
        deadline = time.monotonic() + PATIENCE_S
        while part not in self.drawn:
            assert time.monotonic() < deadline, self.text
            self._read()

    def type(self, keys: bytes) -> None:
        """Type; what was drawn meanwhile is read later."""
        os.write(self._ours, keys)

    def press(self, keys: bytes, *parts: str) -> str:
        """Type, read until all of this stands on the screen, still; return the screen."""
        self.type(keys)
        deadline = time.monotonic() + PATIENCE_S
        while self._read() or not all(part in self.text for part in parts):
            assert time.monotonic() < deadline, f"{keys!r} {parts}\n{self.text}"
            assert self.process.poll() is None, self.text
        return self.text

    def catch_up(self) -> str:
        """Read what was drawn until now; return the screen."""
        while self._read():
            continue
        return self.text

    def after(self, seconds: float) -> str:
        """Read what is drawn in this time; return the screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._read()
        return self.text

    def bytes_within(self, seconds: float) -> int:
        """Take in what is sent in this time, in whatever size; return how many bytes it was."""
        end, count = time.monotonic() + seconds, 0
        while (left := end - time.monotonic()) > 0:
            if select.select([self._ours], [], [], left)[0]:
                count += len(os.read(self._ours, 65_536))
        return count

    def blank(self) -> None:
        """Forget what stands on the screen: what stands there from now on was drawn since."""
        self._screen.reset()

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size; the screen of the test keeps its own."""
        termios.tcsetwinsize(self._ours, (lines, columns))
        self.process.send_signal(signal.SIGWINCH)

    def end(self) -> int:
        """Read until the program has ended; return its exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            self._read()
        return self.process.wait(1.0)

    def _read(self) -> bool:
        """Read what comes within a moment; return whether there was anything."""
        if not select.select([self._ours], [], [], _MOMENT_S)[0]:
            return False
        try:
            part = os.read(self._ours, 65_536)
        except OSError:  # Linux: nobody has the other side open any more
            return False
        self.drawn += part
        self._stream.feed(part)
        return True


@contextmanager
def session(
    program: Program, *words: str, environ: Mapping[str, str] | None = None
) -> Iterator[Session]:
    """Run the program on a terminal of its own; it is killed at the end if it still runs."""
    with session_of(program.command(*words), environ) as run:
        yield run


@contextmanager
def session_of(
    command: Sequence[str], environ: Mapping[str, str] | None = None, *, is_job: bool = False
) -> Iterator[Session]:
    """Run any command like that.

    `is_job`: in a group of processes of its own, as a shell with job control starts it, else in a
    session of its own.
    """
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (LINES, COLUMNS))
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **(environ or {})},
        start_new_session=not is_job,
        process_group=0 if is_job else None,
    )
    try:
        yield Session(process, ours)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)
        os.close(theirs)
