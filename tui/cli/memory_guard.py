"""Keeps what this process holds in memory out of core dumps and from other processes."""

from contextlib import suppress

_NOT_DUMPABLE = 4
"""PR_SET_DUMPABLE of linux/prctl.h; with 0 nobody else may attach either."""


def forbid_core_dumps() -> None:
    """Have no core file written, of children neither, whatever limit the user has."""
    import resource as limits

    with suppress(OSError, ValueError):
        limits.setrlimit(limits.RLIMIT_CORE, (0, 0))


def forbid_attaching() -> None:
    """Have no other process read our memory; a core dump that goes to a program is none either.

    It takes a few milliseconds to load, and where there is no prctl, as on macOS, nothing happens.
    """
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_NOT_DUMPABLE, 0, 0, 0, 0)
