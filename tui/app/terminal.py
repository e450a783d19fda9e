"""The terminal around the dashboard: what it can do, and leaving it as it was found."""

import os
import re
from collections.abc import Mapping

from tui.app.formatting import is_remote

TITLE_KEPT = "\x1b[22;2t"
"""Has the terminal put its title away (XTWINOPS); what does not know it ignores it."""
TITLE_BACK = "\x1b]2;\x1b\\\x1b[23;2t"
"""Takes our title away and the old one back: where none was kept, none is better than ours."""
CURSOR_HIDDEN, CURSOR_SHOWN = "\x1b[?25l", "\x1b[?25h"
STEADY_BLOCK, SHAPE_BACK = "\x1b[2 q", "\x1b[0 q"
"""The shape of the cursor (DECSCUSR): one that does not blink, and the terminal's own."""
_CUT_OFF_ENDS = "\x1b\\"
"""Ends whatever sequence was not sent to its end (ST)."""
_MODES_OFF = (
    "\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l"
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[<u\x1b[m\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
_CURSOR_PLACED = re.compile(r"\x1b\[\d+;\d+H\Z")
_WITHOUT_TITLE = re.compile(r"|dumb|unknown|linux|ansi|cons\d.*|vt\d.*")


def places_cursor(drawn: str) -> bool:
    """Whether what is drawn ends with the cursor in its place, as every frame does."""
    return _CURSOR_PLACED.search(drawn, max(len(drawn) - 16, 0)) is not None


def is_in_front(descriptor: int) -> bool:
    """Whether the terminal is this program's, and not a shell's that suspended it."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:  # no terminal that controls it
        return True


def has_title(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal has a title, as far as its type tells."""
    return _WITHOUT_TITLE.fullmatch(environ.get("TERM", "")) is None


def set_title(title: str) -> str:
    """Return what gives the terminal a title; in tmux it becomes the pane's.

    It ends with ST, because BEL would be taken for an alarm where titles are not known.
    """
    return f"\x1b]2;{title}\x1b\\"


def leaving(environ: Mapping[str, str] = os.environ) -> str:
    """Return what takes back all that the dashboard asked of the terminal, in whatever state."""
    return _CUT_OFF_ENDS + SHAPE_BACK + (TITLE_BACK if has_title(environ) else "") + _MODES_OFF


def wants_mouse(setting: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to report the mouse: `auto` leaves it to the terminal's own selection over SSH."""
    return setting == "on" or (setting == "auto" and not is_remote(environ))
