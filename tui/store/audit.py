"""The audit log: a line for each write to a vendor and its end, without any content."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


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

    def write(self, record: AuditRecord) -> None:
        """Append one line. Raises StateError where that cannot be done."""
        raise NotImplementedError
