"""What a program may leave behind when it ends: processes, and a terminal that is not as it was."""

import re
from pathlib import Path

_ON, _OFF = "h", "l"
_MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")
_KITTY = re.compile(rb"\x1b\[([<>])\d*u")
_USUALLY_ON = {b"7", b"25"}
"""Lines wrap, and the cursor is seen."""


def modes_left(drawn: bytes) -> set[str]:
    """Return the private modes that are not as a shell wants them, after all of this was drawn."""
    left = {
        mode.decode()
        for mode, state in dict(_MODE.findall(drawn)).items()
        if (state.decode() == _ON) is not (mode in _USUALLY_ON)
    }
    if (found := _KITTY.findall(drawn)) and found[-1] == b">":
        left.add("kitty keys")
    return left


def processes_of(session: int) -> set[int]:
    """Return the processes of a session that still run; Linux only."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] not in ("Z", "X"):
            found.add(int(entry.name))
    return found
