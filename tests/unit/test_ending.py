"""A signal ends a command, also where Python drops what its handler raises."""

import signal
import subprocess
import sys

import pytest

_DROPPED = """
import os, signal, weakref
from tui.ending import Ended, end_if_asked, end_on_signals
end_on_signals()
end_if_asked()
class Thing: pass
thing = Thing()
watched = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.{name}))
del thing
try:
    end_if_asked()
except Ended as ended:
    raise SystemExit(ended.code)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1"])
def test_a_signal_whose_exception_was_dropped_is_not_forgotten(name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _DROPPED.format(name=name)], capture_output=True, check=False
    )

    assert ended.returncode == 128 + getattr(signal, name)
    assert ended.stderr == b""


_MANY = """
import atexit, os, signal, sys
from tui.cli import main
from tui.ending import ENDING_SIGNALS
def send(numbers):
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    for number in numbers: os.kill(os.getpid(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)
class Last:
    def __del__(self): send(ENDING_SIGNALS)
main.last = Last()
atexit.register(send, ENDING_SIGNALS)
main._answer = lambda words: send([int(word) for word in words]) or 0
sys.exit(main.run())
"""


@pytest.mark.parametrize(
    ("at_once", "code"),
    [((), 0), ((signal.SIGABRT,), 134), ((signal.SIGHUP, signal.SIGABRT), 129)],
)
def test_the_first_signal_decides_and_those_behind_it_change_nothing(
    at_once: tuple[signal.Signals, ...], code: int
) -> None:
    words = [str(int(number)) for number in at_once]

    ended = subprocess.run([sys.executable, "-c", _MANY, *words], capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (code, b"")


_FULL = """
import sys
from tui.cli.main import run
class Ring:
    def __init__(self): self.me = self
    def __del__(self): print("walked")
ring = Ring()
sys.exit(run(["--version"]))
"""


def test_the_end_takes_no_longer_with_all_the_more_in_memory() -> None:
    ended = subprocess.run([sys.executable, "-c", _FULL], capture_output=True, check=True)

    assert ended.stdout.startswith(b"ticketdeck ")
    assert b"walked" not in ended.stdout
