"""What is printed, and what happens when it cannot be."""

import errno
import fcntl
import io
import os
import select
import struct
import termios
from collections.abc import Iterator
from typing import TextIO

import pyte
import pytest

from tui.cli.output import Output, OutputLost, ReaderGone


class _Broken(io.StringIO):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def write(self, text: str) -> int:
        raise self._error


def test_data_goes_to_stdout_and_narration_to_stderr() -> None:
    stdout, stderr = io.StringIO(), io.StringIO()
    output = Output(stdout, stderr)
    output.data("a ticket")
    output.narrate("a word")
    assert stdout.getvalue() == "a ticket\n"
    assert stderr.getvalue() == "a word\n"


def test_narration_is_one_cleaned_line() -> None:
    stderr = io.StringIO()
    Output(io.StringIO(), stderr).narrate("a\x1b]0;title\x07b\nc\u202ed")
    assert stderr.getvalue() == "a␛b c<U+202E>d\n"


def test_a_closed_stdout_is_lost_output() -> None:
    output = Output(None, io.StringIO())
    with pytest.raises(OutputLost):
        output.require_stdout()
    with pytest.raises(OutputLost):
        output.data("x")


def test_a_full_device_is_lost_output() -> None:
    output = Output(_Broken(OSError(errno.ENOSPC, "full")), None)
    with pytest.raises(OutputLost, match="no space left"):
        output.data("x")


def test_a_reader_that_left_is_no_lost_output() -> None:
    output = Output(_Broken(BrokenPipeError()), None)
    with pytest.raises(ReaderGone):
        output.data("x")


@pytest.mark.parametrize("stderr", [None, _Broken(OSError(errno.ENOSPC, "full"))])
def test_a_lost_stderr_is_no_error(stderr: io.StringIO | None) -> None:
    output = Output(io.StringIO(), stderr)
    output.narrate("one")
    output.narrate("two")
    output.ask("three")


def test_what_a_stream_cannot_encode_is_escaped() -> None:
    raw = io.BytesIO()
    output = Output(io.TextIOWrapper(raw, encoding="ascii"), None)
    output.data("Bergen ✓")
    assert raw.getvalue() == b"Bergen \\u2713\n"


def test_only_a_terminal_has_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Output(io.StringIO(), None).columns is None
    assert Output(None, None).columns is None
    leader, follower = os.openpty()
    with os.fdopen(follower, "w") as stream:
        output = Output(stream, None)
        assert output.is_terminal
        assert output.columns is None, "a terminal of size 0 has no width to fit"
    os.close(leader)


@pytest.fixture
def terminal() -> Iterator[tuple[int, TextIO]]:
    """Both ends of a terminal that is 20 cells wide."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 5, 20, 0, 0))
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        yield ours, stream
    os.close(ours)


def test_progress_rewrites_one_line_and_leaves_nothing(terminal: tuple[int, TextIO]) -> None:
    ours, stream = terminal
    output = Output(io.StringIO(), stream)
    screen = pyte.Screen(20, 5)

    def shown() -> list[str]:
        while select.select([ours], [], [], 0.05)[0]:
            pyte.ByteStream(screen).feed(os.read(ours, 4096))
        return [line.rstrip() for line in screen.display if line.strip()]

    output.progress("qp 9 of 12 pages")
    assert shown() == ["qp 9 of 12 pages"]
    output.progress("qp 12\x1b[2J of 12,345 pages, klink")
    assert shown() == ["qp 12␛ of 12,345 p…"]
    output.progress("klink")
    assert shown() == ["klink"]
    output.progress("")
    output.narrate("done")
    assert shown() == ["done"]
    output.progress("")
    output.narrate("again")
    assert shown() == ["done", "again"]


def test_progress_is_for_terminals_only() -> None:
    stderr = io.StringIO()
    Output(io.StringIO(), stderr).progress("12 pages")
    Output(io.StringIO(), None).progress("12 pages")
    assert stderr.getvalue() == ""
