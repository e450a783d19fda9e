"""The program on a terminal that stalls, changes its size and is typed on without sense."""

import fcntl
import os
import select
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from contextlib import suppress

_STEP_S = 0.02
_KEPT = 65_536


class Terminal:
    """A pty with one program on it. What is drawn is read only while `read_for` runs."""

    def __init__(self, command: Sequence[str], environ: dict[str, str]) -> None:
        self._ours, self._theirs = os.openpty()
        self.resize(80, 24)
        self._modes = termios.tcgetattr(self._theirs)
        self.process = subprocess.Popen(
            command,
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            env=environ,
            start_new_session=True,
        )
        self.drawn = 0
        """How many bytes were read."""
        self.last = b""
        """The end of what was read."""
        self.traceback = b""
        """The first words that look like an exception."""

    @property
    def is_restored(self) -> bool:
        """Whether the terminal is set as it was before the program."""
        return termios.tcgetattr(self._theirs) == self._modes and b"\x1b[?1049l" in self.last

    def resize(self, columns: int, lines: int) -> None:
        """Change the size; the program is told by a signal."""
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type(self, keys: bytes) -> None:
        """Type, as far as the program takes it in."""
        if select.select([], [self._ours], [], 0)[1]:
            os.write(self._ours, keys)

    def read_for(self, seconds: float) -> bytes:
        """Return what is drawn in that time."""
        read = bytearray()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self._ours], [], [], _STEP_S)[0]:
                read += os.read(self._ours, _KEPT)
        self.drawn += len(read)
        self.last = (self.last + read)[-_KEPT:]
        if not self.traceback and (place := self.last.find(b"Traceback")) >= 0:
            self.traceback = self.last[place : place + 2_000]
        return bytes(read)

    def stall_for(self, seconds: float) -> None:
        """Read nothing for so long, as a connection that hangs."""
        select.select([], [], [], seconds)

    def end(self, signal: int, patience_s: float) -> int | None:
        """Send a signal and read on; return the exit code, None where it still runs."""
        self.process.send_signal(signal)
        end = time.monotonic() + patience_s
        while self.process.poll() is None and time.monotonic() < end:
            self.read_for(_STEP_S)
        self.read_for(_STEP_S)
        return self.process.poll()

    def close(self) -> None:
        """Take the terminal away, and the program with it."""
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)
