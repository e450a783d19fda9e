"""What is drawn leaves by a thread of its own, whether or not the terminal reads."""

import fcntl
import os
import select
import termios
import threading
import time
from collections.abc import Iterator

import pytest

from tui.app.outlet import Outlet, leave_terminal

_FRAME = "x" * 20_000


class _Terminal:
    """A pseudo-terminal; only what the test reads is read."""

    def __init__(self) -> None:
        self.ours, self.theirs = os.openpty()
        attributes = termios.tcgetattr(self.theirs)
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(self.theirs, termios.TCSANOW, attributes)
        self.caught_up = threading.Event()
        self.outlet = Outlet(self.theirs, "utf-8", self.caught_up.set)

    def read(self, most_s: float = 0.2) -> bytes:
        """Read until nothing comes for so long."""
        read = bytearray()
        while select.select([self.ours], [], [], most_s)[0]:
            read += os.read(self.ours, 65_536)
        return bytes(read)

    def fill(self) -> None:
        """Draw without end until the outlet says that it is behind."""
        for _ in range(1_000):
            if self.outlet.is_behind:
                return
            self.outlet.write(_FRAME)
        raise AssertionError("it never was behind")


@pytest.fixture
def terminal() -> Iterator[_Terminal]:
    terminal = _Terminal()
    yield terminal
    for descriptor in (terminal.ours, terminal.theirs):
        try:
            os.close(descriptor)
        except OSError:
            continue


def test_what_is_written_comes_in_order_and_wholly(terminal: _Terminal) -> None:
    written = [f"{number:05};" for number in range(2_000)]

    for text in written:
        terminal.outlet.write(text)
    reader = threading.Thread(target=terminal.outlet.close)
    reader.start()
    read = terminal.read()
    reader.join(5)

    assert read.decode() == "".join(written)


def test_who_draws_never_waits_for_who_reads(terminal: _Terminal) -> None:
    began = time.monotonic()

    terminal.fill()

    assert time.monotonic() - began < 1.0
    assert terminal.outlet.is_behind
    assert not terminal.caught_up.is_set()


def test_a_reader_that_comes_back_gets_all_that_waited_and_the_app_is_told(
    terminal: _Terminal,
) -> None:
    terminal.fill()

    read = terminal.read()

    assert set(read) == {ord("x")}
    assert len(read) % len(_FRAME) == 0
    assert terminal.caught_up.wait(2)
    assert not terminal.outlet.is_behind
    terminal.outlet.close()


def test_a_terminal_that_does_not_read_gets_only_what_leaves_it_at_the_end(
    terminal: _Terminal,
) -> None:
    terminal.fill()
    began = time.monotonic()

    terminal.outlet.close()

    assert time.monotonic() - began < 1.5
    read = terminal.read()
    assert read.count(b"\x1b[?1049l") == read.count(b"\x1b[?25h") == 1
    assert not terminal.caught_up.is_set(), "there is nobody to draw anything"
    frame, _, left = read.partition(b"\x1b\\")
    assert set(frame) <= {ord("x")}
    assert b"x" not in left


def test_a_slow_terminal_is_waited_for_as_long_as_it_reads(terminal: _Terminal) -> None:
    for _ in range(5):
        terminal.outlet.write(_FRAME)
    terminal.outlet.write("\x1b[?1049l")
    closing = threading.Thread(target=terminal.outlet.close)
    closing.start()
    read = bytearray()
    while closing.is_alive() or select.select([terminal.ours], [], [], 0)[0]:
        if select.select([terminal.ours], [], [], 0.02)[0]:
            read += os.read(terminal.ours, 4_096)

    assert len(read) == 5 * len(_FRAME) + len("\x1b[?1049l")


def test_what_is_written_to_a_terminal_that_is_gone_is_for_nobody(terminal: _Terminal) -> None:
    os.close(terminal.ours)
    began = time.monotonic()

    for _ in range(100):
        terminal.outlet.write(_FRAME)
    terminal.outlet.close()
    leave_terminal(terminal.theirs)

    assert time.monotonic() - began < 1.0


def test_the_shells_own_opening_of_the_terminal_keeps_its_ways(terminal: _Terminal) -> None:
    assert not fcntl.fcntl(terminal.theirs, fcntl.F_GETFL) & os.O_NONBLOCK
    terminal.outlet.close()
    assert not fcntl.fcntl(terminal.theirs, fcntl.F_GETFL) & os.O_NONBLOCK


def test_a_character_that_the_terminal_has_not_is_one_of_its_width() -> None:
    ours, theirs = os.openpty()
    outlet = Outlet(theirs, "ascii", lambda: None)
    outlet.write("café")
    outlet.close()

    assert os.read(ours, 100) == b"cafe"
    os.close(ours)
    os.close(theirs)
