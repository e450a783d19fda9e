"""Keys and sizes on a real terminal: a line that delivers in pieces, garbage, and little bytes."""

import fcntl
import os
import random
import select
import signal
import struct
import termios
import time
from collections.abc import Iterable

import pyte
import pytest

from support.program import Program
from support.pseudo_terminal import play
from support.terminal_session import Session, session
from tui.app.paste import END, START
from tui.sandbox.server import SandboxServer

pytestmark = pytest.mark.e2e

SSH = {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22", "TERM": "xterm-256color"}
DEMO = ("demo", "--tickets", "60", "--still")
SLOW_S, LATE_S = 0.15, 0.4
IDLE_S, SETTLED_S = 3.0, 5.0
FRAME = 8_000
"""Bytes of a whole screen of 80x24, generously."""


def test_keys_in_pieces_are_keys_and_what_comes_too_late_is_nothing() -> None:
    with session(Program(), *DEMO, environ=SSH) as run:
        first = _marked(run.wait_for("[4:All(60)]", "? help"))
        for down in (b"\x1b[B", b"\x1bOB"):
            _type_slowly(run, _letters(down), SLOW_S)
        assert _marked(_after(run, LATE_S)) == first + 2

        run.type(b"?")
        run.wait_for("One row down")
        for key in (b"\x1b[1;5A", b"\x1b[<64;9;9M", b"\x1b[I"):
            _type_slowly(run, _letters(key), SLOW_S)
        assert "One row down" in _after(run, LATE_S), "no piece was an Esc"
        run.type(b"\x1b")
        run.wait_for("? help")

        for late in ((b"\x1b", b"[A"), (b"\x1b", b"OP"), (b"\x1b", b"[", b"A")):
            _type_slowly(run, late, LATE_S)
        shown = _after(run, LATE_S)
        assert _marked(shown) == first + 2
        assert "[4:All(60)]" in shown
        assert "FROZEN" not in shown

        _type_slowly(run, [b"\x1b", b"["], 1.3)
        run.wait_for("[3:Unseen")
        run.type(b"]/")
        run.wait_for("[4:All(60)]")
        _type_slowly(
            run, [START[:1], START[1:3], START[3:] + b"caf\xc3", b"\xa9\x11" + END], SLOW_S
        )
        _type_slowly(run, [b" \xe6", b"\xbc", b"\xa2"], SLOW_S)
        run.wait_for("café␑ 漢")
        run.type(b"\x11")
        assert run.end() == 0


def test_garbage_ends_nothing_and_creates_nothing(
    ticketdeck: Program, server: SandboxServer
) -> None:
    posts = len(server.calls.of("klinkcx", method="POST"))
    chance = random.Random(77)
    # Whoever presses q, ctrl+q, enter or the keys to send, to export and to stop means it.
    letters = bytes(set(range(256)) - set(b"q\x11\r\n\x13E\x1a~Q")) + b"\x1b[" * 12
    with session(ticketdeck, "-w", "klink", environ=SSH) as run:
        run.wait_for("klink/")
        for _ in range(30):
            run.type(bytes(chance.choices(letters, k=40)))
            run._read()
        run.type(END)
        _after(run, 1.5)
        assert run.process.poll() is None
        run.type(b"\x11")
        assert run.end() == 0
    assert len(server.calls.of("klinkcx", method="POST")) == posts


def test_a_storm_of_sizes_ends_in_the_right_frame_and_then_nothing_is_sent() -> None:
    chance = random.Random(80)
    with session(Program(), *DEMO, environ=SSH) as run:
        run.wait_for("[4:All(60)]", "? help")
        for size in ((1, 1), (1000, 300)):
            _resize(run, *size)
            _bytes_within(run, 0.5)
        for _ in range(300):
            _resize(run, chance.randint(1, 160), chance.randint(1, 50))
            _bytes_within(run, 0.002)
        started = time.monotonic()
        _resize(run, 80, 24)
        shown = run.wait_for("[4:All(60)]", "1-13 of 60", "? help")
        assert time.monotonic() - started < SETTLED_S, "0.2 s where nothing else runs"
        assert shown.splitlines()[0].startswith(" All  ")
        assert shown.splitlines()[-1].rstrip().endswith("? help")

        _after(run, 0.5)
        assert _bytes_within(run, IDLE_S) <= FRAME // 10, "a new minute on the clock at most"
        run.type(b"q")
        assert run.end() == 0


@pytest.mark.parametrize(
    ("environ", "has_signs", "title"),
    [
        ({"TERM": "vt100"}, False, "café 漢字."),
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, False, "cafe ????."),
        ({"PYTHONIOENCODING": "iso-8859-1"}, False, "caf\ufffd ????."),
    ],
    ids=["vt100", "C", "Latin-1"],
)
def test_a_terminal_gets_signs_that_it_has(
    environ: dict[str, str],
    has_signs: bool,  # noqa: FBT001 - pytest hands it in
    title: str,
) -> None:
    steps = [
        (b"inbox/", "/café 漢字.".encode()),
        (b"????." if "????" in title else "字.".encode(), b"\x11"),
    ]
    code, drawn = play(
        Program(), *DEMO, steps=steps, environ={"TERM": "xterm-256color", "LANG": "", **environ}
    )

    assert code == 0
    assert ("▸".encode() in drawn) == has_signs
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(drawn.rpartition(b"\x1b[?1049l")[0])
    assert any(title in line for line in screen.display), screen.display


def _letters(key: bytes) -> list[bytes]:
    return [key[at : at + 1] for at in range(len(key))]


def _type_slowly(run: Session, parts: Iterable[bytes], pause_s: float) -> None:
    for part in parts:
        run.type(part)
        _after(run, pause_s)


def _after(run: Session, seconds: float) -> str:
    """Return the screen as it is after this time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run._read()
    return run.text


def _marked(screen: str) -> int:
    """Return the line with the cursor."""
    return next(at for at, line in enumerate(screen.splitlines()) if line.startswith("▸"))


def _resize(run: Session, columns: int, lines: int) -> None:
    fcntl.ioctl(run._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    run.process.send_signal(signal.SIGWINCH)


def _bytes_within(run: Session, seconds: float) -> int:
    end, count = time.monotonic() + seconds, 0
    while (left := end - time.monotonic()) > 0:
        if select.select([run._ours], [], [], left)[0]:
            count += len(os.read(run._ours, 65_536))
    return count
