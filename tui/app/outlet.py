"""The way out to the terminal: who draws never waits for who reads."""

import os
import select
import termios
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread
from typing import Final

from tui.app.encoding import encode
from tui.app.terminal import leaving

_MOST_WAITING: Final = 30
"""So many writes wait before frames are left out; a slow line is used to the full until then."""
_GLANCE_S: Final = 0.05
_PATIENCE_S: Final = 0.5
"""A terminal that takes nothing for so long at the end is not waited for any more."""
_PATIENCE_IN_ALL_S: Final = 1.0


class Outlet:
    """Writes to a terminal in a thread of its own, from its making until `close`.

    A reader that stops (a stalled SSH line, a window in which text is being selected) must not stop
    the dashboard. So nothing here blocks: whoever draws asks `is_behind` before and leaves frames
    out then; `caught_up` is called, in the outlet's thread, when all that waited is written.
    """

    def __init__(self, descriptor: int, encoding: str, caught_up: Callable[[], object]) -> None:
        self._terminal = descriptor
        self._encoding = encoding
        self._caught_up = caught_up
        self._descriptor = _opened_anew(descriptor)
        self._waiting: deque[str] = deque()
        self._changed = Condition()
        self._is_behind = self._is_closing = self._is_given_up = self._is_gone = False
        self._taken = 0
        """How many bytes the terminal took."""
        # A daemon: where the terminal could not be opened anew, a write may block for ever.
        self._thread = Thread(target=self._run, name="terminal-outlet", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Whether the terminal reads more slowly than is drawn, or not at all."""
        with self._changed:
            self._is_behind = self._is_behind or len(self._waiting) >= _MOST_WAITING
            return self._is_behind

    def write(self, text: str) -> None:
        """Have this written behind all else; never waits."""
        with self._changed:
            self._waiting.append(text)
            self._changed.notify_all()

    def close(self) -> None:
        """Write what waits, and end. A terminal that does not read is left without it.

        It gets what gives a shell its screen back instead, in place of whatever it did not read.
        """
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        for _ in range(round(_PATIENCE_IN_ALL_S / _PATIENCE_S)):
            taken = self._taken
            self._thread.join(_PATIENCE_S)
            if taken == self._taken:
                break
        if self._thread.is_alive():
            self._is_given_up = True
            self._thread.join(_PATIENCE_S)
            leave_terminal(self._terminal)
        if not self._thread.is_alive():
            os.close(self._descriptor)

    def _run(self) -> None:
        while (text := self._next()) is not None:
            self._put(encode(text, self._encoding))

    def _next(self) -> str | None:
        """Wait for something to write; None when nothing more will come."""
        with self._changed:
            has_caught_up = self._is_behind and not self._waiting and not self._is_closing
            if has_caught_up:
                self._is_behind = False
        if has_caught_up:
            self._caught_up()
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closing)
            return self._waiting.popleft() if self._waiting and not self._is_given_up else None

    def _put(self, data: bytes) -> None:
        left = memoryview(data)
        while left and not (self._is_gone or self._is_given_up):
            try:
                written = os.write(self._descriptor, left)
            except BlockingIOError:
                _wait_for_room(self._descriptor)
            except OSError:
                # The terminal is gone for good; what is written from now on is for nobody.
                self._is_gone = True
            else:
                self._taken += written
                left = left[written:]


def leave_terminal(descriptor: int) -> None:
    """Give the shell its screen back, on a terminal that may not read; never waits.

    What it did not read yet is thrown away, or there would be no room.
    """
    with suppress(OSError, termios.error):
        termios.tcflush(descriptor, termios.TCOFLUSH)
        anew = os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            os.write(anew, leaving().encode())
        finally:
            os.close(anew)


def _opened_anew(descriptor: int) -> int:
    """Return the same terminal, opened so that writing to it never waits.

    Opened anew, because this is a property of an opening, and the one we have is the shell's too.
    """
    with suppress(OSError):
        return os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    return os.dup(descriptor)


def _wait_for_room(descriptor: int) -> None:
    # `select` takes no descriptor above 1023, and `poll` no terminal of macOS.
    with suppress(OSError, ValueError):
        select.select([], [descriptor], [], _GLANCE_S)
