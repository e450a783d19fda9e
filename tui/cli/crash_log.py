"""Errors that nobody catches beside the main thread: kept as reports, never printed as they are."""

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from tui.domain.errors import TicketdeckError
from tui.ending import Ended

ASYNCIO = "asyncio"
log = logging.getLogger(__name__)


class CrashLog(logging.Handler):
    """Keeps a report of each mistake of the program that is logged: types and places only.

    A record carries it as `error`, as `engine.defects` does, or where asyncio logs what a callback
    or a forgotten task ended with, as its traceback. This also is the handler without which Python
    writes the warnings of any library to stderr.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.command = "dashboard"
        self.tell: Callable[[str], object] = log.error
        """Called with a line on every report, on the thread of the error."""
        self._kept: set[tuple[str, str]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        error = getattr(record, "error", None) or (record.exc_info and record.exc_info[1])
        if not isinstance(error, BaseException) or isinstance(error, TicketdeckError):
            return
        # What asyncio says of a connection that broke is a vendor's doing, and no mistake of ours.
        if record.name == ASYNCIO and isinstance(error, OSError):
            return
        with suppress(Exception):  # to log must never be what the program fails of
            self._keep(error)

    def _keep(self, error: BaseException) -> None:
        from tui.cli import report
        from tui.engine.clock import SystemClock

        kind, place = report.kind_of(error), report.innermost_place(error)
        if (kind, place) in self._kept:
            return
        self._kept.add((kind, place))
        at = SystemClock().now()
        text = report.report_of(error, at=at, scene=report.Scene(self.command))
        path = report.keep_report(text, report.reports_folder(), at)
        self.tell(
            f"internal error: {kind} at {place}; report: {path or 'none, it cannot be written'}"
        )


crash_log = CrashLog()
"""The one of this process."""


def guard_errors() -> None:
    """Have what threads, finalizers and asyncio leave uncaught end in `crash_log`."""
    root = logging.getLogger()
    if crash_log not in root.handlers:
        root.addHandler(crash_log)
    # It logs with tracebacks: whatever else listens at the root is to see none of them.
    loops = logging.getLogger(ASYNCIO)
    loops.propagate = False
    if crash_log not in loops.handlers:
        loops.addHandler(crash_log)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    threading.excepthook = _log_thread_error
    sys.unraisablehook = _log_unraisable


def _log_thread_error(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_type is SystemExit:
        return
    log.error("a thread ended: %s", ended.exc_type.__name__, extra={"error": ended.exc_value})


def _log_unraisable(ignored: "sys.UnraisableHookArgs") -> None:
    if isinstance(ignored.exc_value, Ended):
        return
    log.error(
        "nobody could catch: %s", ignored.exc_type.__name__, extra={"error": ignored.exc_value}
    )
