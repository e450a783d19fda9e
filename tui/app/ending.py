"""Ends the dashboard when a signal asks for it, in good order or else by force."""

import os
import signal
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from types import FrameType
from typing import Any

from tui.app.outlet import leave_terminal
from tui.app.terminal import is_in_front
from tui.config.command import end_commands
from tui.ending import ENDING_SIGNALS

_KEYBOARD, _SCREEN = 0, 2
_PATIENCE_S = 2.6
"""Ending in good order has so long: what is being sent may come to its end in it."""


@contextmanager
def ending_on_signals(
    end: Callable[[int], object], *, patience_s: float = _PATIENCE_S
) -> Iterator[None]:
    """Call `end` with 128 + n when a signal asks the program to end; main thread only.

    The first one decides; from then on, also after this, signals change nothing any more.
    `signal.signal` and not the loop's handlers, which never run while something holds the loop up.
    Whatever holds up the end itself, then or later, the process is gone in under three seconds, and
    the terminal as it was.
    """
    modes = _modes()
    has_begun = False

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal has_begun
        if has_begun:
            return
        has_begun = True
        # A daemon: it does not hold up an end in good order.
        how = (128 + number, modes, patience_s)
        Thread(target=_end_by_force, args=how, daemon=True).start()
        end(128 + number)

    before = {number: signal.signal(number, handle) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            if not has_begun:
                signal.signal(number, handler)


def _modes() -> list[Any] | None:
    try:
        return termios.tcgetattr(_KEYBOARD)
    except termios.error:  # no terminal, as in tests
        return None


def _end_by_force(code: int, modes: list[Any] | None, patience_s: float) -> None:
    Event().wait(patience_s)
    end_commands()
    if modes is not None and is_in_front(_KEYBOARD):
        with suppress(termios.error):
            termios.tcsetattr(_KEYBOARD, termios.TCSANOW, modes)
        leave_terminal(_SCREEN)
    os._exit(code)
