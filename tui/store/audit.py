"""The audit log: a line for each write to a vendor and its end, without any content."""

import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.domain.clean import clean
from tui.domain.record import utc_text
from tui.store.folder import PlacedError, create_file, prepare_folder

AUDIT_FILE: Final = "audit.log"
_CERTAIN: Final = {"created", "not_created", "dropped"}
"""Outcomes after which nobody need look for a ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One line of the log. Nothing that was typed, and nothing that a vendor said."""

    at: datetime
    who: str
    action: str
    """`create`, `retry` or `drop`."""
    workspace: str
    vendor: str
    intent: str
    """Its id."""
    outcome: str | None = None
    """None: it begins."""
    ref: str | None = None


class AuditLog:
    """Appends to the log. For any thread and any number of processes."""

    def __init__(self, folder: Path | None) -> None:
        """Make it for a state directory; None: nothing is written."""
        self._folder = folder

    def open_creates(self) -> int | None:
        """Return how many creates have no certain end in the log; None where it has no lines.

        It outlives a ledger that is lost. A line that is not ours tells nothing.
        """
        if self._folder is None:
            return None
        ends: dict[str, bool] = {}
        with suppress(OSError):
            descriptor = _open_file(self._folder / AUDIT_FILE, os.O_RDONLY)
            with os.fdopen(descriptor, "rb") as file:
                for line in file:
                    with suppress(ValueError, TypeError, KeyError, RecursionError):
                        fields = json.loads(line)
                        ends[fields["intent"]] = fields["outcome"] in _CERTAIN
        return sum(not is_certain for is_certain in ends.values()) if ends else None

    def write(self, record: AuditRecord) -> None:
        """Append one line, and wait until it is on the disk.

        Raises:
            StateError: that cannot be done, and why.
        """
        if self._folder is None:
            return
        path = self._folder / AUDIT_FILE
        mode = prepare_folder(self._folder)
        try:
            create_file(path, mode)
            descriptor = _open_file(path, os.O_RDWR | os.O_APPEND)
            try:
                _append(descriptor, _line(record))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise PlacedError(f"cannot be written ({error.strerror})", path) from None


def _open_file(path: Path, flags: int) -> int:
    """Open the log never through a link, and never waiting for the other end of a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _line(record: AuditRecord) -> bytes:
    fields = {
        "at": utc_text(record.at),
        "who": clean(record.who),
        "action": record.action,
        "workspace": record.workspace,
        "vendor": record.vendor,
        "intent": record.intent,
        "outcome": record.outcome,
        "ref": record.ref,
    }
    return json.dumps(fields).encode("ascii") + b"\n"


def _append(descriptor: int, line: bytes) -> None:
    """Write a line in one piece: those of other processes stand before or behind it."""
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(0, "not a file")
    # A disk that was full may have left a piece of a line.
    if facts.st_size and os.pread(descriptor, 1, facts.st_size - 1) != b"\n":
        line = b"\n" + line
    written = os.write(descriptor, line)
    os.fsync(descriptor)
    if written != len(line):
        raise OSError(0, "no space left for a whole line")
