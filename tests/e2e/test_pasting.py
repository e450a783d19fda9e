"""Pasting on a real terminal: bytes that act as keys anywhere else are only text in a paste."""

import pyte
import pytest

from support.program import Program
from support.pseudo_terminal import play
from tui.app.paste import END, START
from tui.sandbox.server import SandboxServer

pytestmark = pytest.mark.e2e

LOG = b"FIRST\t\x1b[31mERR\x13 x\r\nSECOND with more words \x1b[0m\rTHIRD END"
LEAVE = b"\x1b[?1049l"


def test_a_pasted_log_stays_in_its_field_in_order_and_sends_nothing(
    ticketdeck: Program, server: SandboxServer
) -> None:
    sent = len(server.calls.of("klinkcx", method="POST"))
    steps = [
        (b"klink/", b"n"),
        (b"Create in klink", b"Line down\t" + START + LOG + END),
        (b"THIRD", b"\x11"),
    ]

    code, drawn = play(ticketdeck, "-w", "klink", steps=steps)

    assert code == 0, drawn[-2_000:]
    assert len(server.calls.of("klinkcx", method="POST")) == sent
    shown = _screen(drawn.rpartition(LEAVE)[0])
    at = next(number for number, line in enumerate(shown) if "FIRST" in line)
    start = shown[at].index("FIRST")
    field = [line[start:] for line in shown[at : at + 3]]
    assert field[0].split()[:2] == ["FIRST", "␛ERR␓"]
    assert field[1].startswith("SECOND with")
    assert field[2].startswith("THIRD END")
    assert any("Line down" in line for line in shown)


def test_bytes_that_are_no_text_do_not_end_the_program(ticketdeck: Program) -> None:
    pasted = START + b"caf\xe9 \xff" + END
    steps = [(b"klink/", b"\xff\xc3n"), (b"Create in klink", pasted), (b"caf", b"\x11")]

    code, drawn = play(ticketdeck, "-w", "klink", steps=steps)

    assert code == 0
    assert "caf\ufffd \ufffd" in drawn.decode()


def _screen(drawn: bytes) -> list[str]:
    """Return the lines that stand on a terminal after this."""
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(drawn)
    return list(screen.display)
