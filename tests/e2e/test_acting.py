"""Acting here on a real terminal: kept for the next start, and no vendor hears of it."""

import pytest

from support.program import Program
from support.pseudo_terminal import play
from tui.sandbox.server import SandboxServer

pytestmark = pytest.mark.e2e

QUIT = b"\x11"


def test_what_is_done_here_in_one_packet_is_there_at_the_next_start(
    ticketdeck: Program, server: SandboxServer
) -> None:
    written = [call for call in server.calls.of("klinkcx") if call.request.method != "GET"]

    code, drawn = play(
        ticketdeck,
        "-w",
        "klink",
        steps=[(b"klink/", b"amaquaduct, quiet jV\rb"), (b"Pinned here only", QUIT)],
    )
    assert code == 0, drawn[-2_000:]

    steps = [(b"acked here", b"\r"), (b"aquaduct, quiet jV", QUIT)]
    code, drawn = play(ticketdeck, "-w", "klink", steps=steps)
    assert code == 0, drawn[-2_000:]
    now = [call for call in server.calls.of("klinkcx") if call.request.method != "GET"]
    assert now == written
