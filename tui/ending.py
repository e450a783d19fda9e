"""Which signals ask the program to end."""

import signal

ENDING_SIGNALS = tuple(
    number
    for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2")
    if (number := getattr(signal, name, None)) is not None
)
"""All that people, shells and services send to end a program, and two that would end it anyway.

Left to the system each would take the program away from a terminal that is not its own any more.
"""
