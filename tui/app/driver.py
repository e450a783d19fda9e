"""The terminal's driver: Textual's own, with a filter for pastes, a title, and a cursor to see."""

import os
import selectors
import signal
import termios
from collections.abc import Container
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import Protocol, runtime_checkable

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size

from tui.app.keyboard import Keyboard
from tui.app.outlet import Outlet
from tui.app.sequences import escape_delay
from tui.app.slimming import slim
from tui.app.terminal import (
    CURSOR_HIDDEN,
    CURSOR_SHOWN,
    SHAPE_BACK,
    STEADY_BLOCK,
    TITLE_BACK,
    TITLE_KEPT,
    has_title,
    is_in_front,
    places_cursor,
    set_title,
)
from tui.engine.suspending import has_shell

_MOMENT_S = 0.1
_END_BEHIND_S = 1.0
"""So long a program that goes on behind a shell's back may yet be told to end."""
_CHUNK = 4096


@runtime_checkable
class HasCursor(Protocol):
    """An app that knows where the terminal's own cursor stands for something."""

    @property
    def shows_cursor(self) -> bool: ...


@runtime_checkable
class HasAltKeys(Protocol):
    """An app in which some characters are keys with alt."""

    @property
    def alt_characters(self) -> Container[str]: ...


@runtime_checkable
class HasEnd(Protocol):
    """An app that may have been asked to end."""

    @property
    def is_ending(self) -> bool: ...


class TerminalDriver(LinuxDriver):
    """As `LinuxDriver` of Textual 8.2, but for what it reads: see `Keyboard`.

    Textual has no place to put a filter between its reading and its parsing, hence a loop of our
    own. The terminal's own title comes back whenever the screen is left: at the end, by a signal,
    after a failure, and while the program is suspended. What is drawn leaves by an `Outlet`, so
    that Textual's own thread for it has nothing to do.
    """

    _title = ""
    _keeps_title = False
    _is_cursor_shown = False
    _outlet: Outlet | None = None

    @property
    def is_behind(self) -> bool:
        """Whether the terminal reads too slowly; it gets a whole frame when it has caught up."""
        return self._outlet is not None and self._outlet.is_behind

    def write(self, data: str) -> None:
        """Write; the cursor is seen only while nothing is drawn, for that moves it about."""
        slimmed = slim(data)
        if places_cursor(data):
            app: object = self._app
            slimmed = (CURSOR_HIDDEN if self._is_cursor_shown else "") + slimmed
            self._is_cursor_shown = isinstance(app, HasCursor) and app.shows_cursor
            slimmed += CURSOR_SHOWN if self._is_cursor_shown else ""
        if self._outlet is not None:
            self._outlet.write(slimmed)

    def show_title(self, title: str) -> None:
        """Give the terminal a title, where it has one. Our own words only."""
        self._title = title
        if self._keeps_title:
            self.write(set_title(title))

    def start_application_mode(self) -> None:
        self._close_outlet()
        if self._file is not None:
            self._outlet = Outlet(self._file.fileno(), self._file.encoding, self._caught_up)
        super().start_application_mode()  # type: ignore[no-untyped-call] # it has no annotation
        signal.signal(signal.SIGWINCH, self._resized)
        # Textual gives up, with no writer, if the program was put into the background meanwhile.
        if has_title() and self._writer_thread is not None and self._writer_thread.is_alive():
            self._keeps_title = True
            self.write(STEADY_BLOCK + TITLE_KEPT + (set_title(self._title) if self._title else ""))

    def _resized(self, *_: object) -> None:
        # Textual reads the size in the handler; one that another signal interrupts tells an older
        # size after the newer one. In the loop they are read in the order in which they are told.
        with suppress(RuntimeError):  # the program has just ended
            self._loop.call_soon_threadsafe(self._tell_size)

    def _tell_size(self) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(Resize(size, size))

    def disable_input(self) -> None:
        # Who is suspended, and touches a terminal that is the shell's, is stopped by the system.
        if self._outlet is not None:
            super().disable_input()

    def stop_application_mode(self) -> None:
        if self._outlet is None:
            return
        if self._keeps_title:
            self._keeps_title = False
            self.write(SHAPE_BACK + TITLE_BACK)
        self._is_cursor_shown = False
        super().stop_application_mode()

    def close(self) -> None:
        super().close()
        self._close_outlet()

    def _close_outlet(self) -> None:
        outlet, self._outlet = self._outlet, None
        if outlet is not None:
            outlet.close()

    def _caught_up(self) -> None:
        with suppress(RuntimeError):  # the program has just ended
            self.send_message(self.SignalResume())

    def _sigtstp_application(self, *_: object) -> None:
        # Sent by somebody else it is not asked for on the screen, where the answer could be seen.
        if has_shell():
            super()._sigtstp_application()

    def _sigcont_application(self, *_: object) -> None:
        # A shell that ends a suspended job has it go on for that, behind the shell's back: of the
        # two signals this one may be here first.
        deadline = monotonic() + _END_BEHIND_S
        while not (self._is_ending or is_in_front(self.fileno)) and monotonic() < deadline:
            Event().wait(_MOMENT_S)
        if self._is_ending:
            self._end_behind_shell()
            return
        if self._outlet is not None and self._auto_restart:
            # Stopped by somebody else's SIGSTOP: a shell may have had the terminal meanwhile.
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()

    @property
    def _is_ending(self) -> bool:
        app: object = self._app
        return isinstance(app, HasEnd) and app.is_ending

    def _end_behind_shell(self) -> None:
        """Let the end give the screen back, but not touch the modes, if those are the shell's."""
        if not is_in_front(self.fileno):
            self.attrs_before = None
            for number in (signal.SIGTTIN, signal.SIGTTOU):
                signal.signal(number, signal.SIG_IGN)

    def run_input_thread(self) -> None:
        app: object = self._app
        alt_keys = app.alt_characters if isinstance(app, HasAltKeys) else ()
        keyboard = Keyboard(escape_delay(os.environ), alt_keys)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                due = keyboard.due()
                pause = _MOMENT_S if due is None else min(max(due - monotonic(), 0.0), _MOMENT_S)
                if selector.select(pause):
                    typed = self._typed()
                    if not typed:
                        # The terminal is gone for good; asking it again would never end.
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    messages = keyboard.feed(typed, monotonic())
                else:
                    messages = keyboard.quiet(monotonic())
                for message in messages:
                    self.process_message(message)

    def _get_terminal_size(self) -> tuple[int, int]:
        # A serial line or a bare pseudo-terminal has a size of zero. Textual and Rich guess at it
        # differently (24 and 25 lines) and would lay out for ever to agree.
        with suppress(OSError, termios.error):
            lines, columns = termios.tcgetwinsize(self.fileno)
            if not (lines and columns):
                termios.tcsetwinsize(self.fileno, (lines or 24, columns or 80))
        return super()._get_terminal_size()

    def _typed(self) -> bytes:
        """Return what was typed; nothing where nobody can type any more."""
        try:
            return os.read(self.fileno, _CHUNK)
        except OSError:
            return b""
