"""The only place that prints: data on stdout, narration on stderr.

Imports next to nothing, because `ticketdeck --version` goes through here too.
"""

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_STDOUT, _STDERR = 1, 2
_USUAL_COLUMNS = 80
"""Of a terminal that does not know its size."""


class OutputLost(Exception):
    """What was asked for could not be written to stdout."""


class ReaderGone(Exception):
    """Whoever read stdout went away, as `head` does. No error to speak of."""


class Output:
    """Both streams of one call of the program; either may be closed."""

    def __init__(self, stdout: "TextIO | None", stderr: "TextIO | None") -> None:
        self._stdout = stdout
        self._stderr = stderr
        self._progress_cells = 0
        """What the line of progress takes now."""
        for stream in (stdout, stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")

    @property
    def is_terminal(self) -> bool:
        """Whether a person sees stdout, as far as one can tell."""
        return self._stdout is not None and self._stdout.isatty()

    @property
    def narrates_to_terminal(self) -> bool:
        """Whether a person sees stderr as it comes."""
        return self._stderr is not None and self._stderr.isatty()

    @property
    def columns(self) -> int | None:
        """How wide the terminal behind stdout is, in cells; None where there is none."""
        return _columns_of(self._stdout)

    def require_stdout(self) -> None:
        """Fail before the work is done if its result surely has nowhere to go.

        Raises:
            OutputLost: stdout is closed.
        """
        self._open_stdout()

    def require_reader(self) -> None:
        """Fail if whoever read stdout went away, without anything to write.

        Raises:
            ReaderGone: the other end of the pipe is closed.
        """
        if self._stdout is None:
            return
        import select

        try:
            # Only errors are asked for: those are reported whatever is asked.
            poll = select.poll()
            poll.register(self._stdout.fileno(), 0)
            is_gone = any(event & select.POLLERR for _, event in poll.poll(0))
        except (OSError, ValueError):
            return
        if is_gone:
            self._give_up_stdout()
            raise ReaderGone

    def data(self, text: str) -> None:
        """Write text and a newline to stdout, at once even into a pipe.

        Raises:
            OutputLost: stdout is closed, or its device is full.
            ReaderGone: the other end of the pipe is closed.
        """
        stdout = self._open_stdout()
        try:
            print(text, file=stdout, flush=True)
        except BrokenPipeError:
            self._give_up_stdout()
            raise ReaderGone from None
        except (OSError, ValueError) as error:
            self._give_up_stdout()
            raise OutputLost(_reason(error)) from None

    def echo(self, text: str) -> None:
        """Write what the user named: exactly for a program, cleaned and on one line for people.

        Raises:
            OutputLost, ReaderGone: as `data` does.
        """
        self.data(_one_line(text) if self.is_terminal else text)

    def narrate(self, text: str) -> None:
        """Write one line for people to stderr, cleaned; a stderr that is gone is no error."""
        self._write_to_stderr(_one_line(text) + "\n")

    def progress(self, text: str) -> None:
        """Rewrite one line on the terminal behind stderr, cut to its width; "" erases it."""
        if not self.narrates_to_terminal:
            return
        width = _columns_of(self._stderr) or _USUAL_COLUMNS
        from tui.cli.cells import cell_width, cut

        shown = cut(_one_line(text), width - 1)
        cells = cell_width(shown)
        blanks, self._progress_cells = max(self._progress_cells - cells, 0), cells
        if cells or blanks:
            # Carriage returns and blanks do on every terminal what no sequence does on all.
            self._write_to_stderr(f"\r{shown}{' ' * blanks}" + ("" if cells else "\r"))

    def ask(self, prompt: str) -> None:
        """Write a prompt to stderr and leave the cursor behind it."""
        self._write_to_stderr(_one_line(prompt) + " ")

    def _open_stdout(self) -> "TextIO":
        if self._stdout is None:
            raise OutputLost("stdout is closed")
        return self._stdout

    def _write_to_stderr(self, text: str) -> None:
        if self._stderr is None:
            return
        try:
            self._stderr.write(text)
            self._stderr.flush()
        except (OSError, ValueError):
            stream, self._stderr = self._stderr, None
            _lead_nowhere(stream, _STDERR)

    def _give_up_stdout(self) -> None:
        stream, self._stdout = self._stdout, None
        if stream is not None:
            _lead_nowhere(stream, _STDOUT)


def occupy_closed_descriptors() -> None:
    """Put the null device where stdin, stdout or stderr is closed.

    Else the next socket would take the number, and whatever a library writes to "stderr" would go
    to a vendor.
    """
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= _STDERR:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)


def _lead_nowhere(stream: "TextIO", descriptor: int) -> None:
    """Let what a standard stream still holds go nowhere.

    Else Python fails to write it at exit: it complains, and makes the exit code 120.
    """
    try:
        if stream.fileno() == descriptor:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, descriptor)
            os.close(nowhere)
    except (OSError, ValueError):
        return


def _columns_of(stream: "TextIO | None") -> int | None:
    if stream is None or not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None


def _one_line(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    from tui.domain.clean import clean

    return clean(text)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "no space left where stdout goes"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "stdout is closed"
