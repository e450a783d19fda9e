"""Which signals ask the program to end, and how a command hears of it."""

import signal
from contextlib import suppress

ENDING_SIGNALS = tuple(
    number
    for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2")
    if (number := getattr(signal, name, None)) is not None
)
"""All that people, shells and services send to end a program, and two that would end it anyway.

Left to the system each would take the program away from a terminal that is not its own any more.
"""

_received: list[int] = []


class Ended(KeyboardInterrupt):
    """A signal asks the program to end; commands tell it from an interrupt only by its code."""

    def __init__(self, signum: int) -> None:
        super().__init__()
        self.code = 128 + signum


def end_on_signals() -> None:
    """Have `Ended` raised by whatever signal comes, so that a command can say what it left."""
    _received.clear()

    def end(signum: int, _frame: object) -> None:
        _received.append(signum)
        raise Ended(signum)

    # `nohup` has SIGHUP ignored, and wants it to stay so. Threads have no say in signals.
    with suppress(ValueError):
        for number in ENDING_SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, end)


def end_if_asked() -> None:
    """Raise `Ended` once more if a signal came already, and yet the program goes on.

    Python drops what is raised in a callback of its own; importing a module has many of them.
    """
    if _received:
        raise Ended(_received[0])
