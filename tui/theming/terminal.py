"""How many colours the terminal draws, as far as its environment tells. Pure."""

import re
from collections.abc import Mapping

from tui.theming.spec import Depth

_TRUE = re.compile(
    r".*-direct\d*|(?:xterm-)?(?:kitty|ghostty)|alacritty.*|foot.*|wezterm|contour.*|rio|iterm2.*"
)
"""They draw all colours, and say so in COLORTERM, which SSH does not pass on."""
_NONE = re.compile(r"vt(?:52|1\d\d|2\d\d|3\d\d|4\d\d).*|.*-m(?:ono)?|unknown")


def color_depth(environ: Mapping[str, str]) -> Depth:
    """Return the depth that COLORTERM and TERM promise; 16 colours where nobody knows."""
    term = environ.get("TERM", "").lower()
    if _NONE.fullmatch(term):
        return Depth.NONE
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return Depth.TRUE
    if _TRUE.fullmatch(term):
        return Depth.TRUE
    return Depth.INDEXED if "256col" in term else Depth.ANSI


def wants_no_color(environ: Mapping[str, str]) -> bool:
    """Whether the user asks all programs for no colour (no-color.org): empty does not count."""
    return bool(environ.get("NO_COLOR"))
