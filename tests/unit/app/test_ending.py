"""Signals end the dashboard, whatever holds it up."""

import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

import pytest

from tui.app.ending import ending_on_signals
from tui.ending import ENDING_SIGNALS

_HELD_UP = """
import signal, threading, tty
from tui.app.ending import ending_on_signals
with ending_on_signals(lambda code: print("asked", code, flush=True), patience_s=0.3):
    tty.setraw(0)
    print("ready", flush=True)
    while True:
        threading.Event().wait()
"""


@pytest.fixture
def former() -> Iterator[dict[int, object]]:
    """The handlers as they were; they are again at the end."""
    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    yield dict(before)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", ENDING_SIGNALS)
@pytest.mark.usefixtures("former")
def test_the_first_signal_says_how_it_ends_whatever_comes_then_and_later(number: int) -> None:
    asked: list[int] = []

    with ending_on_signals(asked.append, patience_s=3_600):
        os.kill(os.getpid(), number)
        for other in ENDING_SIGNALS:
            os.kill(os.getpid(), other)
    for other in ENDING_SIGNALS:
        os.kill(os.getpid(), other)

    assert asked == [128 + number]


def test_where_no_signal_came_they_are_as_before(former: dict[int, object]) -> None:
    with ending_on_signals(lambda _code: None):
        pass

    assert {number: signal.getsignal(number) for number in ENDING_SIGNALS} == former


def test_what_never_ends_is_ended_and_the_terminal_is_as_it_was() -> None:
    ours, theirs = os.openpty()
    before = termios.tcgetattr(theirs)
    with subprocess.Popen(
        [sys.executable, "-c", _HELD_UP],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert termios.tcgetattr(theirs) != before
        began = time.monotonic()

        process.send_signal(signal.SIGTERM)

        assert process.wait(10) == 143
        assert time.monotonic() - began < 2
        assert process.stdout.read() == "asked 143\n"
    assert termios.tcgetattr(theirs) == before
    assert b"\x1b[?1049l" in os.read(ours, 1_000)
    os.close(ours)
    os.close(theirs)
