"""Copying on a real terminal: one sequence of ours, whole, and nothing else for the clipboard."""

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.program import Program
from support.pseudo_terminal import Step, play

pytestmark = pytest.mark.e2e

STEPS: tuple[Step, ...] = ((b"klink/", b"y"), (b"clipboard: klink/", b"\x11"))
_OSC_52 = re.compile(rb"(?:\x1bPtmux;\x1b)?\x1b\]52;c;([A-Za-z0-9+/=]*)\x07(?:\x1b\\)?")


def _copied(drawn: bytes) -> tuple[bytes, str]:
    """Return the only sequence for the clipboard, and the text in it."""
    found = list(_OSC_52.finditer(drawn))
    assert len(found) == 1
    assert drawn.count(b"]52;") == 1
    return found[0][0], base64.b64decode(found[0][1]).decode()


def _said(drawn: bytes) -> str:
    found = re.search(rb"clipboard: (klink/\d+)", drawn)
    assert found
    return found[1].decode()


def test_y_writes_one_sequence_with_the_name_of_the_ticket(ticketdeck: Program) -> None:
    environ = {"TMUX": "", "STY": ""}

    code, drawn = play(ticketdeck, "-w", "klink", steps=STEPS, environ=environ)
    sequence, text = _copied(drawn)

    assert code == 0
    assert text == _said(drawn)
    assert sequence == b"\x1b]52;c;" + base64.b64encode(text.encode()) + b"\a"


def test_in_a_tmux_that_cannot_be_asked_the_sequence_is_wrapped(
    ticketdeck: Program, tmp_path: Path
) -> None:
    environ = {"TMUX": f"{tmp_path}/none,1,0", "STY": ""}

    code, drawn = play(ticketdeck, "-w", "klink", steps=STEPS, environ=environ)
    sequence, text = _copied(drawn)

    assert code == 0
    assert text == _said(drawn)
    encoded = base64.b64encode(text.encode())
    assert sequence == b"\x1bPtmux;\x1b\x1b]52;c;" + encoded + b"\a\x1b\\"


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[str]:
    """A tmux as it comes; yields its socket."""
    if shutil.which("tmux") is None:
        pytest.skip("there is no tmux")
    socket = str(tmp_path / "socket")
    command = ["tmux", "-S", socket, "-f", "/dev/null"]
    subprocess.run([*command, "new-session", "-d", "sleep 300"], check=True)
    try:
        yield socket
    finally:
        subprocess.run([*command, "kill-server"], check=True)


def test_tmux_as_it_comes_is_given_the_text_by_its_own_command(
    ticketdeck: Program, tmux: str
) -> None:
    environ = {**os.environ, "TMUX": f"{tmux},0,0", "STY": ""}

    code, drawn = play(ticketdeck, "-w", "klink", steps=STEPS, environ=environ)

    assert code == 0
    assert b"]52;" not in drawn
    shown = subprocess.run(["tmux", "-S", tmux, "show-buffer"], capture_output=True, check=True)
    assert shown.stdout.decode() == _said(drawn)
