"""The installed program on a terminal of its own, played by the test."""

import fcntl
import os
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterable, Mapping

from support.program import PATIENCE_S, Program

Step = tuple[bytes, bytes]
"""What must have been drawn, and what is typed then."""


def play(
    program: Program,
    *words: str,
    steps: Iterable[Step] = (),
    environ: Mapping[str, str] | None = None,
    size: tuple[int, int] = (80, 24),
) -> tuple[int, bytes]:
    """Run one call with all three streams on a terminal; return its exit code and all it drew.

    The steps are asked for one by one, each when the one before was typed.
    """
    ours, theirs = os.openpty()
    columns, lines = size
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        program.command(*words),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **(environ or {})},
        start_new_session=True,
    )
    os.close(theirs)
    drawn = bytearray()
    waiting = iter(steps)
    step = next(waiting, None)
    deadline = time.monotonic() + PATIENCE_S
    seen = 0
    try:
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    part = os.read(ours, 65_536)
                except OSError:  # Linux: the other side is closed
                    break
                if not part:
                    break
                drawn += part
            if step is not None and step[0] in drawn[seen:]:
                seen = len(drawn)
                os.write(ours, step[1])
                step = next(waiting, None)
        return process.wait(PATIENCE_S), bytes(drawn)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
