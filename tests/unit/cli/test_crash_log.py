"""Mistakes beside the main thread: each is kept once, and none of its values."""

import asyncio
import gc
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.cli.crash_log import CrashLog, crash_log, guard_errors
from tui.domain.errors import VendorError
from tui.engine.defects import log_defect

CANARY = "canary-8d1f"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Guard this process for the length of a test; the lines that were told."""
    lines: list[str] = []
    loops, root = logging.getLogger("asyncio"), logging.getLogger()
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(loops, "propagate", loops.propagate)
    monkeypatch.setattr(crash_log, "tell", lines.append)
    monkeypatch.setattr(crash_log, "_kept", set())
    guard_errors()
    yield lines
    loops.removeHandler(crash_log)
    root.removeHandler(crash_log)


def _reports() -> list[str]:
    folder = Path(os.environ["HOME"], ".local/state/ticketdeck")
    return [path.read_text() for path in sorted(folder.glob("crash-*.txt"))]


def _fail() -> None:
    secret = CANARY
    raise LookupError(secret)


def _in_thread() -> None:
    thread = threading.Thread(target=_fail)
    thread.start()
    thread.join()


def _in_callback() -> None:
    loop = asyncio.new_event_loop()
    loop.call_soon(_fail)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()


def _in_forgotten_task() -> None:
    async def forget() -> None:
        async def fail() -> None:
            _fail()

        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(forget())


def _in_finalizer() -> None:
    class Failing:
        def __del__(self) -> None:
            _fail()

    Failing()
    gc.collect()


def _in_engine() -> None:
    try:
        _fail()
    except LookupError as error:
        log_defect(logging.getLogger("tui.engine.any"), "klink", error)


@pytest.mark.parametrize(
    "fail", [_in_thread, _in_callback, _in_forgotten_task, _in_finalizer, _in_engine]
)
def test_what_nobody_catches_is_kept_and_told_once(
    fail: Callable[[], None],
    told: list[str],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        fail()
        fail()

    (line,), (report,) = told, _reports()
    assert line.startswith("internal error: LookupError at ")
    assert line.endswith(".txt")
    assert "in _fail\n" in report
    assert CANARY not in line + report + caplog.text
    assert capfd.readouterr() == ("", "")


def test_what_a_vendor_or_a_connection_does_is_no_mistake(told: list[str]) -> None:
    log_defect(logging.getLogger("tui.engine.any"), "klink", VendorError("klink: busy"))
    logging.getLogger("asyncio").error("broken", exc_info=ConnectionResetError(CANARY))

    assert (told, _reports()) == ([], [])


def test_a_thread_that_ends_itself_is_no_mistake(told: list[str]) -> None:
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()

    assert (told, _reports()) == ([], [])


def test_a_report_that_cannot_be_kept_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    own, told = CrashLog(), list[str]()
    own.tell = told.append

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    own.emit(logging.makeLogRecord({"error": LookupError(CANARY)}))
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # as where no user is known
    own.emit(logging.makeLogRecord({"error": KeyError(CANARY)}))

    assert told == [
        f"internal error: {kind} at nowhere; report: none, it cannot be written"
        for kind in ("LookupError", "KeyError")
    ]
