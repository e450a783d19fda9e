"""The way of a text to the terminal's clipboard."""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.app.clipboard import Clipboard, Way, osc52

TEXT = "cx-emea/35637\nklink/2323 ✓"
ENCODED = base64.b64encode(TEXT.encode()).decode()


def test_the_text_travels_as_base64_in_one_sequence() -> None:
    assert osc52(TEXT) == f"\x1b]52;c;{ENCODED}\a"


def test_for_tmux_every_escape_is_doubled_in_its_frame() -> None:
    assert osc52(TEXT, Way.THROUGH_TMUX) == f"\x1bPtmux;\x1b\x1b]52;c;{ENCODED}\a\x1b\\"


def test_for_screen_it_goes_in_small_frames_that_add_up() -> None:
    text = "x" * 500
    sequence = osc52(text, Way.THROUGH_SCREEN)
    frames = sequence.removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")

    assert len(frames) > 1
    assert max(map(len, frames)) <= 76
    assert "".join(frames) == osc52(text)


def test_a_lone_surrogate_is_no_error() -> None:
    assert osc52("\ud800") == osc52("?")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[str]:
    """A tmux of the test's own, as it comes; yields the value of $TMUX."""
    if shutil.which("tmux") is None:
        pytest.skip("there is no tmux")
    socket = tmp_path / "socket"
    command = ["tmux", "-S", str(socket), "-f", "/dev/null"]
    subprocess.run([*command, "new-session", "-d", "sleep 60"], check=True)
    try:
        yield f"{socket},0,0"
    finally:
        subprocess.run([*command, "kill-server"], check=True)


def _tmux(tmux: str, *words: str) -> str:
    command = ["tmux", "-S", tmux.partition(",")[0], *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _in(tmux: str) -> Clipboard:
    return Clipboard({**os.environ, "TMUX": tmux, "SECRET": "x"}, withheld={"SECRET"})


def test_tmux_as_it_comes_takes_the_text_by_its_own_command(tmux: str) -> None:
    clipboard = _in(tmux)

    assert clipboard.find_way() is Way.BY_TMUX
    assert clipboard.load_into_tmux(TEXT)
    assert _tmux(tmux, "show-buffer") == TEXT


def test_tmux_that_sets_the_clipboard_gets_the_plain_sequence(tmux: str) -> None:
    _tmux(tmux, "set", "-g", "set-clipboard", "on")

    assert _in(tmux).find_way() is Way.PLAIN


def test_tmux_that_lets_pass_gets_the_frame(tmux: str) -> None:
    _tmux(tmux, "set", "-g", "set-clipboard", "off")
    _tmux(tmux, "set", "-gw", "allow-passthrough", "on")

    assert _in(tmux).find_way() is Way.THROUGH_TMUX


def test_a_tmux_that_does_not_answer_gets_the_frame(tmp_path: Path) -> None:
    gone = Clipboard({"TMUX": f"{tmp_path}/none,1,0", "PATH": os.environ["PATH"]})

    assert gone.find_way() is Way.THROUGH_TMUX
    assert not gone.load_into_tmux(TEXT)


def test_without_tmux_and_screen_the_sequence_is_plain() -> None:
    assert Clipboard({}).find_way() is Way.PLAIN
    assert Clipboard({"STY": "1.pts"}).find_way() is Way.THROUGH_SCREEN
