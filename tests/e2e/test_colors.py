"""What leaves for the terminal: colours that it has, and none where nobody wants them."""

import itertools

import pyte
import pytest

from support.drawn import Codes, sgr_codes
from support.program import Program
from support.pseudo_terminal import play

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("environ", "codes"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, Codes(true=True)),
        ({"TERM": "tmux-256color", "COLORTERM": ""}, Codes(indexed=True)),
        ({"TERM": "linux", "COLORTERM": ""}, Codes(ansi=True)),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, Codes()),
    ],
    ids=["truecolor", "256", "16", "none"],
)
def test_a_terminal_gets_the_colours_that_it_has(
    ticketdeck: Program, environ: dict[str, str], codes: Codes
) -> None:
    code, drawn = play(
        ticketdeck, "-w", "klink", environ=environ, steps=[(b"klink/", b"j"), (b"klink/", b"\x11")]
    )

    assert code == 0
    assert sgr_codes(drawn.decode()) == codes
    assert _reversed_or_coloured_rows(drawn.rpartition(b"\x1b[?1049l")[0])


def _reversed_or_coloured_rows(drawn: bytes) -> bool:
    """Whether a row stands out by its ground from the one below it, as the cursor's must."""
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(drawn)
    grounds = [
        {(screen.buffer[y][x].bg, screen.buffer[y][x].reverse) for x in range(1, 80)}
        for y in range(4, 10)
    ]
    return any(not one & other for one, other in itertools.pairwise(grounds))
