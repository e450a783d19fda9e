"""The last lines of the program's own log, kept in memory for the screen that shows them."""

import logging
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from tui.domain.clean import clean
from tui.domain.ports import Clock

LINES_KEPT = 500
LOGGER = "tui"
"""The logger above all of ours; those of libraries may write anything, credentials included."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log; its text is cleaned."""

    at: datetime
    level: str
    """`info`, `warning` or `error`."""
    text: str


class RecentLog(logging.Handler):
    """Keeps the last lines. Tracebacks are left out: they may hold anything."""

    def __init__(self, clock: Clock, limit: int = LINES_KEPT) -> None:
        super().__init__(logging.INFO)
        self._clock = clock
        self._kept: deque[LogLine] = deque(maxlen=limit)
        self._level_before = logging.NOTSET
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = clean(record.getMessage())
        except Exception:
            text = f"{record.name}: a line that could not be written"
        line = LogLine(self._clock.now(), record.levelname.lower(), text)
        with self._guard:
            self._kept.append(line)

    def lines(self) -> tuple[LogLine, ...]:
        """Return the lines, newest first. Safe to call from any thread."""
        with self._guard:
            return tuple(reversed(self._kept))

    def begin(self) -> None:
        """Listen to the program's log from now on."""
        logger = logging.getLogger(LOGGER)
        self._level_before = logger.level
        logger.setLevel(logging.INFO)
        logger.addHandler(self)

    def end(self) -> None:
        """Listen no more, and leave the logger as it was."""
        logger = logging.getLogger(LOGGER)
        logger.removeHandler(self)
        logger.setLevel(self._level_before)
