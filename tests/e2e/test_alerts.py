"""The bell and the title of a real terminal, and the title given back."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from support.program import Configure, Program
from support.pseudo_terminal import Step, play
from tui.sandbox.world import World

pytestmark = pytest.mark.e2e

MOUSE_POINTER = b"\x1b]22;default\x07"
"""Textual's; its end rings nothing."""
KEPT, GIVEN_BACK = b"\x1b[22;2t", b"\x1b]2;\x1b\\\x1b[23;2t"
TITLE = re.compile(rb"\x1b\]2;([^\x1b]+)\x1b\\")
READ = b"1 ok "
QUIT = b"\x11"
TITLE_CHANGED = b"! ticketdeck\x1b\\"


def _a_ticket_becomes_overdue(world: World) -> Iterator[Step]:
    """Play a shift in which the sla of one calm ticket has passed after the first sweep."""
    ticket = max(
        (ticket for ticket in world.tickets.of("klinkcx") if ticket.is_open),
        key=lambda ticket: ticket.created_at,
    )
    created_at = ticket.created_at
    yield READ, b""
    with world.lock:
        ticket.created_at -= timedelta(days=30)
    try:
        yield b"", b"r"
        yield TITLE_CHANGED, QUIT
    finally:
        ticket.created_at = created_at


def _rung(drawn: bytes) -> int:
    return drawn.replace(MOUSE_POINTER, b"").count(b"\x07")


def test_one_ticket_that_becomes_overdue_rings_once_and_is_counted_in_the_title(
    ticketdeck: Program, world: World
) -> None:
    code, drawn = play(ticketdeck, "-w", "klink", steps=_a_ticket_becomes_overdue(world))

    assert code == 0, drawn[-2_000:]
    counts = [
        int(b"0" + title.partition(b"!")[0]) if b"!" in title else 0
        for title in TITLE.findall(drawn)
    ]
    assert _rung(drawn) == 1
    assert counts[-1] == counts[-2] + 1
    assert drawn.index(KEPT) < drawn.index(b"\x1b]2;")
    assert drawn.rindex(b"\x1b]2;") == drawn.rindex(GIVEN_BACK) < drawn.rindex(b"\x1b[?1049l")


def test_an_empty_list_of_rules_is_silence(configure: Configure, world: World) -> None:
    program = configure(head="alerts.bell = []\n")

    code, drawn = play(program, "-w", "klink", steps=_a_ticket_becomes_overdue(world))

    assert code == 0
    assert _rung(drawn) == 0


@pytest.mark.parametrize("term", ["linux", "vt220"])
def test_a_terminal_without_a_title_is_given_none(ticketdeck: Program, term: str) -> None:
    code, drawn = play(ticketdeck, "-w", "klink", steps=[(READ, QUIT)], environ={"TERM": term})

    assert code == 0
    assert b"\x1b]2;" not in drawn
    assert KEPT not in drawn
