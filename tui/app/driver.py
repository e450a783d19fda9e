"""The terminal's driver: Textual's own, but its bytes pass through the paste filter."""

import os
import selectors
import signal
import termios
from codecs import getincrementaldecoder
from contextlib import suppress

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tui.app.paste import PasteFilter

_MOMENT_S = 0.1
_CHUNK = 4096


class PasteSafeDriver(LinuxDriver):
    """Reads the keyboard as `LinuxDriver` of Textual 8.2 does; bytes that are no UTF-8 do no harm.

    Textual has no place to put a filter between its reading and its parsing, hence a loop of our
    own.
    """

    def run_input_thread(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        pastes = PasteFilter()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_MOMENT_S):
                    typed = self._typed()
                    if not typed:
                        # The terminal is gone for good; asking it again would never end.
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    read = pastes.feed(typed)
                else:
                    read = pastes.quiet()
                if text := decode(read):
                    for message in parser.feed(text):
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)
        with suppress(EOFError, ParseError):
            list(parser.feed(""))

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
