"""Which signals ask the program to end, and how a command hears of it."""

import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

ENDING_SIGNALS = tuple(
    number
    for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGTERM", "SIGUSR1", "SIGUSR2")
    if (number := getattr(signal, name, None)) is not None
)
"""All that people, shells and services send to end a program, and two that would end it anyway.

Left to the system each would take the program away from a terminal that is not its own any more.
"""

_received: list[int] = []
heeded: set[signal.Signals] = set()
"""Those that `Ended` is raised by; none any more once it is decided how the program ends."""


class Ended(KeyboardInterrupt):
    """A signal asks the program to end; `code` is the exit code that says which came first."""

    def __init__(self, signum: int) -> None:
        super().__init__()
        self.code = 128 + signum


def end_on_signals() -> None:
    """Have `Ended` raised by whatever signal comes, so that a command can say what it left."""
    _received.clear()
    heeded.update(ENDING_SIGNALS)
    sys.unraisablehook = _tell_of_all_but_the_end
    for number in ENDING_SIGNALS:
        # `nohup` has SIGHUP ignored, and wants it to stay so.
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)


def ignore_signals() -> None:
    """Have the system ignore what comes from now on: Python's handlers end before the process."""
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _end(signum: int, _frame: "FrameType | None") -> None:
    """Raise each time: a second one cuts short what a command still does about the first."""
    if signum in heeded:
        _received.append(signum)
        raise Ended(_received[0])


def _tell_of_all_but_the_end(ignored: "sys.UnraisableHookArgs") -> None:
    """Say what nobody could catch, as Python does; an end is not forgotten: see `end_if_asked`."""
    if not isinstance(ignored.exc_value, Ended):
        sys.__unraisablehook__(ignored)


def end_if_asked() -> None:
    """Raise `Ended` once more if a signal came already, and yet the program goes on.

    Python drops what is raised in a callback of its own; importing a module has many of them.
    """
    if _received:
        raise Ended(_received[0])
