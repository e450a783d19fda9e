"""The terminal around the dashboard: what it can do, and leaving it as it was found."""

import os
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
