"""The dashboard in a real pty over a stored queue: bytes, CPU time and memory, counted.

The queue changes as it does for every viewer: another process, here this one, writes the journal.
"""

import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path
from types import TracebackType
from typing import Self

from stored_queue import make_tickets, opened, store

COMMAND = str(Path(sys.executable).with_name("ticketdeck"))
FEW, MANY = 100, 100_000
KEYS, IN_PAGE = 60, 10
IDLE_S = 60
_QUIET_S = 0.25
_SETTLED_S = 3.0
_LIMIT_S = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")
_HANDLE = re.compile(rb"klink/(\d+)")


class Terminal:
    """A program in a pty of 80x24, and what it draws."""

    def __init__(self, command: Sequence[str], environ: dict[str, str] | None = None) -> None:
        self.began = time.perf_counter()
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", **(environ or {}))
            os.execv(command[0], list(command))  # noqa: S606 - our own command, in our own pty
        ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.close(self._terminal)
        os.waitpid(self._pid, 0)

    def read_until(self, marker: bytes) -> bytes:
        """Return what is drawn until `marker` is among it."""
        drawn = b""
        while marker not in drawn:
            if time.perf_counter() - self.began > _LIMIT_S:
                raise TimeoutError(f"nothing like {marker!r}")
            if select.select([self._terminal], [], [], 0.5)[0]:
                drawn += os.read(self._terminal, 65_536)
        return drawn

    def read_until_quiet(self, quiet_s: float = _QUIET_S) -> bytes:
        """Return what is drawn until nothing comes for so long."""
        drawn = b""
        while select.select([self._terminal], [], [], quiet_s)[0]:
            drawn += os.read(self._terminal, 65_536)
        return drawn

    def read_for(self, seconds: float) -> bytes:
        """Return what is drawn in that time."""
        drawn, end = b"", time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                drawn += os.read(self._terminal, 65_536)
        return drawn

    def press(self, keys: bytes, quiet_s: float = _QUIET_S) -> bytes:
        """Return what is drawn for some keys, until nothing comes for so long."""
        self.type(keys)
        return self.read_until_quiet(quiet_s)

    def type(self, keys: bytes) -> None:
        """Type; what is drawn for it is read later."""
        os.write(self._terminal, keys)

    def cpu_s(self) -> float:
        """Return the CPU seconds the program has taken."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def resident(self) -> int:
        """Return the bytes of memory the program holds."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self._pid}/status").read_text())
        assert found is not None
        return int(found[1]) * 1024


def main() -> None:
    """Print what the list costs with few and with very many tickets."""
    few, many = _measure(FEW), _measure(MANY)
    for name, value in many.items():
        if name != "resident":
            print(f"{name}: {few[name]:,.5g} with {FEW} tickets, {value:,.5g} with {MANY:,}")
    grown = many["resident"] - few["resident"]
    print(f"memory a ticket over the dashboard with {FEW}: {grown / (MANY - FEW):,.0f} bytes")


def _measure(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        path = store(Path(name), count)
        command = [COMMAND, "--config", str(path), "-w", "klink"]
        environ = {"XDG_STATE_HOME": name, "KLINK_TOKEN": "bench"}
        with Terminal(command, environ) as terminal:
            terminal.read_until(b"klink/")
            terminal.read_until_quiet(_SETTLED_S)
        # A user's second start finds what the first one has kept.
        with Terminal(command, environ) as terminal:
            first = terminal.read_until(b"klink/")
            first_frame = time.perf_counter() - terminal.began
            first += terminal.read_until_quiet(_SETTLED_S)
            shown = [int(number) for number in _HANDLE.findall(first)]
            figures = {
                "exec to the first ticket on the screen, ms": 1e3 * first_frame,
                "bytes until the first screen stands": float(len(first)),
                "resident": float(terminal.resident()),
            }
            figures |= _keys(terminal)
            figures |= _changes(terminal, path, shown, count)
            return figures | _idle(terminal)


def _keys(terminal: Terminal) -> dict[str, float]:
    before = terminal.cpu_s()
    sizes = [len(terminal.press(b"j")) for _ in range(KEYS)]
    cpu = terminal.cpu_s() - before
    return {
        "cursor down, bytes": statistics.median(sizes[:IN_PAGE]),
        "cursor down, scrolling now and then, bytes": statistics.mean(sizes),
        "cursor down, CPU ms": 1e3 * cpu / KEYS,
    }


def _changes(terminal: Terminal, path: Path, shown: Sequence[int], count: int) -> dict[str, float]:
    terminal.press(b"g")
    top = shown[-3]
    off_screen = [number for number in range(count) if number not in shown][-1_000:]
    with opened(path) as cache:
        cache.apply("klink", make_tickets([top], "Changed"))
    visible = terminal.read_for(3)
    with opened(path) as cache:
        cache.apply("klink", make_tickets(off_screen, "Changed"))
    hidden = terminal.read_for(4)
    return {
        "one visible ticket changes, bytes": float(len(visible)),
        "up to 1,000 tickets off the screen change, bytes": float(len(hidden)),
    }


def _idle(terminal: Terminal) -> dict[str, float]:
    before = terminal.cpu_s()
    drawn = terminal.read_for(IDLE_S)
    return {
        "an idle minute, bytes a second": len(drawn) / IDLE_S,
        "an idle minute, CPU %": 100 * (terminal.cpu_s() - before) / IDLE_S,
    }


if __name__ == "__main__":
    main()
