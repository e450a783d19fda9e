"""Errors that nobody catches beside the main thread: kept as reports, never printed as they are."""

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

log = logging.getLogger(__name__)


class CrashLog(logging.Handler):
    """Keeps a report of each error that is logged with its traceback: types and places only.

    asyncio logs what a callback or a forgotten task ended with, and our threads do the same. It
    also is the handler without which Python writes warnings of any library to stderr.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.command = "dashboard"
        self.tell: Callable[[str], object] = log.error
        """Called with a line on every report, on the thread of the error."""
        self._kept: set[tuple[str, str]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        # What asyncio says of a connection that broke is a vendor's doing, and no mistake of ours.
        if error is None or (record.name == "asyncio" and isinstance(error, OSError)):
            return
        with suppress(Exception):  # to log must never be what the program fails of
            self._keep(error)

    def _keep(self, error: BaseException) -> None:
        from tui.cli.report import Scene, innermost_place, keep_report, kind_of, report_of
        from tui.config.paths import state_dir
        from tui.engine.clock import SystemClock

        what = kind_of(error), innermost_place(error)
        if what in self._kept:
            return
        self._kept.add(what)
        at = SystemClock().now()
        text = report_of(error, at=at, scene=Scene(self.command))
        path = keep_report(text, state_dir(None, os.environ), at)
        self.tell(f"internal error: {what[0]} at {what[1]}; report: {path or 'cannot be written'}")


crash_log = CrashLog()
"""The one of this process."""


def guard_errors() -> None:
    """Have what threads, finalizers and asyncio leave uncaught end in `crash_log`."""
    root = logging.getLogger()
    if crash_log not in root.handlers:
        root.addHandler(crash_log)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    threading.excepthook = _log_thread_error
    sys.unraisablehook = _log_unraisable


def _log_thread_error(ended: threading.ExceptHookArgs) -> None:
    _log("a thread ended with", ended.exc_type, ended.exc_value, ended.exc_traceback)


def _log_unraisable(ignored: "sys.UnraisableHookArgs") -> None:
    _log("nobody could catch", ignored.exc_type, ignored.exc_value, ignored.exc_traceback)


def _log(
    words: str,
    kind: type[BaseException],
    error: BaseException | None,
    trace: TracebackType | None,
) -> None:
    exc_info = (kind, error, trace) if error is not None else None
    log.error("%s %s", words, kind.__name__, exc_info=exc_info)
