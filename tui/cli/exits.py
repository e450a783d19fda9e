"""What the program's exit codes mean: part of the public contract."""

from enum import IntEnum


class Exit(IntEnum):
    """Every exit code but 128 + n, which means: ended by signal n."""

    DONE = 0
    FAILED = 1
    """A vendor or the network failed, and nothing was printed."""
    USAGE = 2
    """Usage or configuration; a write in observe mode."""
    REFUSED = 3
    """Like FAILED, and every failure was a refused or missing credential."""
    PARTIAL = 4
    """Some workspaces failed, the rest was printed."""
    UNKNOWN = 5
    """A create may or may not have happened."""
    OUTPUT_LOST = 74
    """The output could not be written (EX_IOERR of sysexits.h)."""


def ended_by(signal_number: int) -> int:
    """Return the exit code of a program that a signal ended."""
    return 128 + signal_number
