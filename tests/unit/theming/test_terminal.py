"""How many colours a terminal has, told by its environment."""

import pytest

from tui.theming.spec import Depth
from tui.theming.terminal import color_depth, wants_no_color


@pytest.mark.parametrize(
    ("term", "colorterm", "depth"),
    [
        ("xterm-256color", "truecolor", Depth.TRUE),
        ("xterm-256color", "24bit", Depth.TRUE),
        ("xterm-256color", "yes", Depth.INDEXED),
        ("xterm-direct", "", Depth.TRUE),
        ("xterm-kitty", "", Depth.TRUE),
        ("xterm-ghostty", "", Depth.TRUE),
        ("foot-extra", "", Depth.TRUE),
        ("screen-256color-bce", "", Depth.INDEXED),
        ("rxvt-unicode-256color", "", Depth.INDEXED),
        ("xterm", "", Depth.ANSI),
        ("screen", "", Depth.ANSI),
        ("linux", "", Depth.ANSI),
        ("", "", Depth.ANSI),
        ("vt100", "", Depth.NONE),
        ("vt220", "truecolor", Depth.NONE),
        ("xterm-mono", "", Depth.NONE),
        ("linux-m", "", Depth.NONE),
    ],
)
def test_the_depth_is_what_the_terminal_calls_itself(
    term: str, colorterm: str, depth: Depth
) -> None:
    assert color_depth({"TERM": term, "COLORTERM": colorterm}) is depth


def test_no_color_counts_unless_it_is_empty() -> None:
    assert wants_no_color({"NO_COLOR": "0"})
    assert not wants_no_color({"NO_COLOR": ""})
    assert not wants_no_color({})
