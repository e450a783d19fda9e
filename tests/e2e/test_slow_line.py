"""Keys and sizes on a real terminal: a line that delivers in pieces, garbage, and little bytes."""

import random
import time

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
IDLE_S, SETTLED_S = 1.5, 5.0
FRAME = 8_000
"""Bytes of a whole screen of 80x24, generously."""


def test_keys_in_pieces_are_keys_and_what_comes_too_late_is_nothing() -> None:
    with session(Program(), *DEMO, environ=SSH) as run:
        first = _marked(run.wait_for("[4:All(60)]", "? help"))
        _type_slowly(run, SLOW_S, b"\x1b", b"[B")
        _type_slowly(run, SLOW_S, b"\x1b", b"O", b"B")
        run.press(b"?", "One row down")
        for key in ((b"\x1b", b"[1;", b"5A"), (b"\x1b[", b"<64;9", b";9M"), (b"\x1b", b"[", b"I")):
            _type_slowly(run, SLOW_S, *key)
        assert "One row down" in run.after(LATE_S), "no piece was an Esc"
        run.press(b"\x1b", "? help")
        assert _marked(run.text) == first + 2

        for late in ((b"\x1b", b"[A"), (b"\x1b", b"OP"), (b"\x1b", b"[", b"A")):
            _type_slowly(run, LATE_S, *late)
        shown = run.after(LATE_S)
        assert _marked(shown) == first + 2
        assert "[4:All(60)]" in shown
        assert "FROZEN" not in shown

        _type_slowly(run, LATE_S, b"\x1b", b"[")
        run.press(b"", "[3:Unseen")
        run.press(b"]/", "[4:All(60)]")
        paste = (START[:1], START[1:3], START[3:] + b"caf\xc3", b"\xa9\x11" + END)
        _type_slowly(run, SLOW_S, *paste, b" \xe6", b"\xbc", b"\xa2")
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
        for _ in range(10):
            run.type(bytes(chance.choices(letters, k=40)))
            run.bytes_within(0.02)
        run.type(END)
        run.bytes_within(1.5)
        assert run.process.poll() is None
        run.type(b"\x11")
        assert run.end() == 0
    assert len(server.calls.of("klinkcx", method="POST")) == posts


def test_a_storm_of_sizes_ends_in_the_right_frame_and_then_nothing_is_sent() -> None:
    chance = random.Random(80)
    with session(Program(), *DEMO, environ=SSH) as run:
        run.wait_for("[4:All(60)]", "? help")
        for size in ((1, 1), (1000, 300)):
            run.resize(*size)
            while not run.bytes_within(0.3):
                assert run.process.poll() is None
        while run.bytes_within(0.3):  # 300,000 cells
            assert run.process.poll() is None
        for _ in range(5):
            for _ in range(40):
                run.resize(chance.randint(1, 160), chance.randint(1, 50))
                run.bytes_within(chance.random() / 500)
            _assert_it_comes_right(run)
            run.resize(40, 10)
            _assert_it_comes_right(run)
        assert _is_right(run.after(0.5))

        assert run.bytes_within(IDLE_S) <= FRAME // 10, "a new minute on the clock at most"
        run.type(b"q")
        assert run.end() == 0


@pytest.mark.parametrize(
    ("environ", "title"),
    [
        ({"TERM": "vt100"}, "café 漢字."),
        ({"LC_ALL": ""}, "café 漢字."),
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "cafe ????."),
        ({"PYTHONIOENCODING": "iso-8859-1"}, "caf\ufffd ????."),
    ],
    ids=["vt100", "no locale", "C", "Latin-1"],
)
def test_a_terminal_gets_signs_that_it_has(environ: dict[str, str], title: str) -> None:
    steps = [
        (b"inbox/", "/café 漢字.".encode()),
        (b"????." if "????" in title else "字.".encode(), b"\x11"),
    ]
    code, drawn = play(
        Program(), *DEMO, steps=steps, environ={"TERM": "xterm-256color", "LANG": "", **environ}
    )

    assert code == 0
    assert "▸".encode() not in drawn
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(drawn.rpartition(b"\x1b[?1049l")[0])
    assert any(title in line for line in screen.display), screen.display


def _assert_it_comes_right(run: Session) -> None:
    """Give it 80x24, of which nothing is left, even if it was so large a moment ago."""
    run.blank()
    run.resize(80, 24)
    started = time.monotonic()
    while not _is_right(run.text):
        run.after(0.02)
        assert time.monotonic() - started < SETTLED_S, run.text


def _type_slowly(run: Session, pause_s: float, *parts: bytes) -> None:
    """Type the parts with pauses between them."""
    for at, part in enumerate(parts):
        if at:
            run.after(pause_s)
        run.type(part)


def _is_right(screen: str) -> bool:
    """Whether the list stands in its place on a screen of 80x24."""
    first, *_, last = screen.splitlines()
    is_whole = "[4:All(60)]" in screen and "1-13 of 60" in screen
    return first.startswith(" All  ") and is_whole and last.rstrip().endswith("? help")


def _marked(screen: str) -> int:
    """Return the line with the cursor."""
    return next(at for at, line in enumerate(screen.splitlines()) if line.startswith("▸"))
