"""What is kept of an error that nobody foresaw: where it happened, and not one value.

Messages and local variables may hold customers' texts or a credential, so neither is kept.
"""

import os
import platform
import sys
import traceback
from pathlib import Path

from tui import __version__

REPORT_NAME = "last-error.txt"
DEBUG_VARIABLE = "TICKETDECK_DEBUG"


def report_of(error: BaseException) -> str:
    """Return the places an error went through, innermost last, with the types of its causes."""
    lines = [f"ticketdeck {__version__}, Python {platform.python_version()}, {sys.platform}"]
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines += [
            f'  "{frame.filename}", line {frame.lineno}, in {frame.name}'
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        if current.__cause__ is not None or current.__suppress_context__:
            current = current.__cause__
        else:
            current = current.__context__
    return "\n".join(lines) + "\n"


def keep_report(text: str, folder: Path) -> Path | None:
    """Write the report into the folder, readable by its owner only; None where that fails."""
    path = folder / REPORT_NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The old report goes first: a link that waits under this name must not be followed.
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return None
    return path
