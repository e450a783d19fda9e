"""Whether this process may stop, as ctrl+z asks for: somebody must be there to let it go on."""

import os


def has_shell() -> bool:
    """Whether a shell with job control started this process, and is still there.

    POSIX lets ctrl+z stop no process group that nobody could continue, an orphaned one; but a
    SIGSTOP, which the process sends itself once it is ready to stop, does. A group that leads its
    session is what `ssh -t host ticketdeck`, a container or a service runs: no shell is above it.
    """
    session = os.getsid(0)
    return os.getpgrp() != session and _session_of(os.getppid()) == session


def _session_of(process: int) -> int | None:
    try:
        return os.getsid(process)
    except OSError:
        return None
