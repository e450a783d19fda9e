"""The terminal around the dashboard: what it can do, and leaving it as it was found."""

import os
import re
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from tui.app.formatting import is_remote

_SIGNALS = tuple(
    number
    for name in ("SIGTERM", "SIGHUP", "SIGINT")
    if (number := getattr(signal, name, None)) is not None
)


TITLE_KEPT = "\x1b[22;2t"
"""Has the terminal put its title away (XTWINOPS); what does not know it ignores it."""
TITLE_BACK = "\x1b]2;\x1b\\\x1b[23;2t"
"""Takes our title away and the old one back: where none was kept, none is better than ours."""
CURSOR_HIDDEN, CURSOR_SHOWN = "\x1b[?25l", "\x1b[?25h"
STEADY_BLOCK, SHAPE_BACK = "\x1b[2 q", "\x1b[0 q"
"""The shape of the cursor (DECSCUSR): one that does not blink, and the terminal's own."""
_CURSOR_PLACED = re.compile(r"\x1b\[\d+;\d+H\Z")
_WITHOUT_TITLE = re.compile(r"|dumb|unknown|linux|ansi|cons\d.*|vt\d.*")


def places_cursor(drawn: str) -> bool:
    """Whether what is drawn ends with the cursor in its place, as every frame does."""
    return _CURSOR_PLACED.search(drawn, max(len(drawn) - 16, 0)) is not None


def has_title(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal has a title, as far as its type tells."""
    return _WITHOUT_TITLE.fullmatch(environ.get("TERM", "")) is None


def set_title(title: str) -> str:
    """Return what gives the terminal a title; in tmux it becomes the pane's.

    It ends with ST, because BEL would be taken for an alarm where titles are not known.
    """
    return f"\x1b]2;{title}\x1b\\"


def wants_mouse(setting: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to report the mouse: `auto` leaves it to the terminal's own selection over SSH."""
    return setting == "on" or (setting == "auto" and not is_remote(environ))


@contextmanager
def ending_on_signals(end: Callable[[int], object]) -> Iterator[None]:
    """Call `end` with 128 + n when a signal asks the program to end; main thread only.

    `signal.signal` and not the loop's handlers, which never run while the terminal stalls.
    """

    def handle(number: int, _frame: FrameType | None) -> None:
        end(128 + number)

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def crash_report(error: BaseException) -> str:
    """Return where the program failed: types and places only.

    Neither messages nor local variables, because both may hold a credential or a customer's text.
    """
    frames = [
        f"  {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-8:]
    ]
    head = f"ticketdeck failed ({type(error).__name__}); please report these lines:"
    return "\n".join([head, *frames])
