"""The last lines of the program's own log."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from support.builders import NOON
from support.clock import FakeClock
from tui.engine.recent_log import LogLine, RecentLog

log = logging.getLogger("tui.engine.poller")


@pytest.fixture
def kept() -> Iterator[RecentLog]:
    recent = RecentLog(FakeClock(), limit=3)
    recent.begin()
    yield recent
    recent.end()


async def test_lines_are_kept_newest_first_with_their_time() -> None:
    clock = FakeClock()
    kept = RecentLog(clock)
    kept.begin()
    log.warning("%s: skipped %s", "qp", "page 3")
    await clock.advance(60)
    log.error("qp: KeyError")
    kept.end()

    assert kept.lines() == (
        LogLine(NOON + timedelta(minutes=1), "error", "qp: KeyError"),
        LogLine(NOON, "warning", "qp: skipped page 3"),
    )


def test_only_the_last_lines_are_kept(kept: RecentLog) -> None:
    for number in range(10):
        log.info("line %d", number)

    assert [line.text for line in kept.lines()] == ["line 9", "line 8", "line 7"]


def test_texts_are_cleaned_to_one_line(kept: RecentLog) -> None:
    log.warning("a\x1b]0;title\x07b\nsecond\u202e")

    (line,) = kept.lines()
    assert "\x1b" not in line.text
    assert "\n" not in line.text
    assert "\u202e" not in line.text


def test_a_traceback_is_left_out(kept: RecentLog) -> None:
    try:
        int("sk-canary")
    except ValueError:
        log.exception("qp: the poll failed")

    assert [line.text for line in kept.lines()] == ["qp: the poll failed"]


def test_libraries_are_not_listened_to(kept: RecentLog) -> None:
    logging.getLogger("httpx").error("GET https://example/?key=sk-canary")

    assert kept.lines() == ()


def test_a_line_that_cannot_be_written_ends_nothing(kept: RecentLog) -> None:
    kept.emit(log.makeRecord(log.name, logging.WARNING, "", 0, "%d tickets", ("many",), None))

    assert [line.text for line in kept.lines()] == [
        "tui.engine.poller: a line that could not be written"
    ]


def test_afterwards_the_logger_is_as_it_was() -> None:
    before = logging.getLogger("tui").level
    kept = RecentLog(FakeClock())
    kept.begin()
    kept.end()
    log.warning("too late")

    assert logging.getLogger("tui").level == before
    assert kept.lines() == ()
