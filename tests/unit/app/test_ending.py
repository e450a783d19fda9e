"""Signals end the dashboard, whatever holds it up."""

import os
import signal
import subprocess
import sys
import termios
import time

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


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_each_signal_is_told_by_its_code_and_later_it_is_as_before(number: int) -> None:
    before = signal.getsignal(number)
    asked: list[int] = []

    with ending_on_signals(asked.append, patience_s=3_600):
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)

    assert asked == [128 + number] * 2
    assert signal.getsignal(number) == before


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
