"""What a status bar reads of the cache without touching it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.journal import QUEUES, cache_path, close_opened, open_cache, open_file, statement
from support.strategies import clock_times, tickets
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import DueSource, Priority, Ticket
from tui.domain.urgency import is_overdue, urgency_key
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE
from tui.store.glance import Glance, NoGlance
from tui.store.moments import to_microseconds
from tui.store.seen_marks import SeenMarks


@contextmanager
def glancing(folder: Path) -> Iterator[Glance]:
    path = str(cache_path(folder))
    glance = Glance(path, application_id=CACHE.application_id, version=CACHE.version)
    with closing(glance):
        yield glance


def number_of(glance: Glance, workspace: str) -> int:
    key = QUEUES[workspace]
    found = glance.queue(key.vendor, key.origin, key.place)
    assert found is not None
    return found[0]


@given(st.lists(tickets(), max_size=6, unique_by=lambda ticket: ticket.ref), clock_times())
def test_the_counts_and_the_tickets_are_those_of_the_cache(
    shown: list[Ticket], now: datetime
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = open_cache(Path(folder))
        for name in QUEUES:
            cache.apply(name, [each for each in shown if each.ref.workspace == name])

        with glancing(Path(folder)) as glance:
            for name in QUEUES:
                number = number_of(glance, name)
                ours = [each for each in shown if each.ref.workspace == name]
                open_ = [each for each in ours if not each.closed]
                assert glance.count(number, to_microseconds(now)) == (
                    len(open_),
                    sum(is_overdue(each, now) for each in open_),
                    sum(each.priority is Priority.CRITICAL for each in open_),
                )
                assert sorted(glance.tickets(number, name), key=lambda each: each.ref) == sorted(
                    ours, key=lambda each: each.ref
                )
        close_opened()


def _of_known_times(ticket: Ticket) -> Ticket:
    """Return it as one whose place the index knows: created at some time, its due time no guess."""
    created_at = ticket.created_at or NOON
    return replace(ticket, due_source=DueSource.VENDOR, created_at=created_at)


def _urgency(ticket: Ticket, now: datetime) -> tuple[object, ...]:
    return urgency_key(ticket, now)[:-2]


@given(
    st.lists(
        tickets().map(_of_known_times),
        max_size=24,
        unique_by=lambda ticket: ticket.ref,
    ),
    clock_times(),
)
def test_the_most_urgent_tickets_are_found_without_reading_all(
    shown: list[Ticket], now: datetime
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = open_cache(Path(folder))
        for name in QUEUES:
            cache.apply(name, [each for each in shown if each.ref.workspace == name])

        with glancing(Path(folder)) as glance:
            numbers = {number_of(glance, name): name for name in QUEUES}
            found = glance.most_urgent(numbers, to_microseconds(now), 3)
            totals = [glance.totals(number, to_microseconds(now)) for number in numbers]

        open_ = [each for each in shown if not each.closed]
        first = sorted(open_, key=lambda each: urgency_key(each, now))[:3]
        found_first = sorted(found.values(), key=lambda each: urgency_key(each, now))[:3]
        # Of those that differ in nothing but their name, any may be among the first.
        assert [_urgency(each, now) for each in found_first] == [
            _urgency(each, now) for each in first
        ]
        assert all(found[each.ref] == each for each in shown if each.ref in found)
        overdue = {each.ref for each in open_ if is_overdue(each, now)}
        critical = {each.ref for each in open_ if each.priority is Priority.CRITICAL}
        assert sum(total.tickets for total in totals) == len(shown)
        assert sum(total.open for total in totals) == len(open_)
        assert sum(total.overdue for total in totals) == len(overdue)
        assert sum(total.critical for total in totals) == len(critical)
        assert sum(total.pressing for total in totals) == len(overdue | critical)
        close_opened()


def test_it_tells_how_far_a_queue_can_be_trusted(tmp_path: Path) -> None:
    late_at = NOON + timedelta(minutes=5)
    health = WorkspaceHealth(state=HealthState.OK, as_of=NOON, late_at=late_at)
    open_cache(tmp_path).set_health("qp", health)

    with glancing(tmp_path) as glance:
        key = QUEUES["qp"]
        found = glance.queue(key.vendor, key.origin, key.place)
        assert found is not None
        assert found[1:] == ("ok", to_microseconds(NOON), to_microseconds(late_at))
        assert glance.queue(key.vendor, key.origin, "another") is None


def test_what_nobody_has_seen_is_counted_as_the_marks_have_it(tmp_path: Path) -> None:
    file = open_file(tmp_path)
    cache, marks = TicketCache(file), SeenMarks(file)
    cache.apply("qp", [make_ticket("1"), make_ticket("2")])
    cache.set_health("qp", WorkspaceHealth(state=HealthState.OK, as_of=NOON))

    def count(viewer: str = "ana") -> int:
        with glancing(tmp_path) as glance:
            number = number_of(glance, "qp")
            if viewer == "ana":
                assert dict(glance.novelties(number, "qp", viewer)) == marks.unseen(viewer)
            return glance.unseen(number, viewer)

    assert count("ben") == 0, "who has never looked has missed nothing"
    assert marks.unseen("ana") == {}
    cache.apply("qp", [make_ticket("2", title="changed"), make_ticket("3"), make_ticket("4")])
    cache.apply("qp", [make_ticket("3", title="changed too")])
    assert count() == len(marks.unseen("ana")) == 3
    marks.mark("ana", [make_ticket("3").ref])
    assert count() == len(marks.unseen("ana")) == 2
    cache.apply("qp", [], [make_ticket("4").ref])
    assert count() == len(marks.unseen("ana")) == 1
    assert count("ben") == 0


def test_a_position_changes_with_every_ticket_and_with_nothing_else(tmp_path: Path) -> None:
    cache = open_cache(tmp_path)
    positions = []
    for step in (
        lambda: cache.apply("qp", [make_ticket("1")]),
        lambda: cache.apply("qp", [make_ticket("1", title="changed")]),
        cache.purge,
        lambda: cache.set_health("qp", WorkspaceHealth(state=HealthState.OK, as_of=NOON)),
    ):
        step()
        with glancing(tmp_path) as glance:
            positions.append(glance.position())

    assert len(set(positions)) == 3
    assert positions[2] == positions[3]


def test_a_writer_in_the_middle_of_its_work_is_not_waited_for(tmp_path: Path) -> None:
    file = open_file(tmp_path)
    TicketCache(file).apply("qp", [make_ticket("1")])

    def look_meanwhile(_: object) -> tuple[int, int, int]:
        with glancing(tmp_path) as glance:
            return glance.count(number_of(glance, "qp"), 0)

    assert file.write(look_meanwhile) == (1, 0, 0)


def test_a_missing_file_stays_missing(tmp_path: Path) -> None:
    with pytest.raises(NoGlance), glancing(tmp_path):
        pass

    assert not cache_path(tmp_path).exists()


@pytest.mark.parametrize(
    "change",
    [
        "PRAGMA application_id = 7",
        f"PRAGMA user_version = {CACHE.version + 1}",
        "DROP TABLE tickets",
        "UPDATE tickets SET content = x'00'",
    ],
)
def test_a_file_that_is_not_as_we_write_it_is_told_from_one_without_tickets(
    tmp_path: Path, change: str
) -> None:
    open_cache(tmp_path).apply("qp", [make_ticket("1")])
    close_opened()
    statement(cache_path(tmp_path), change)

    def read() -> None:
        with glancing(tmp_path) as glance:
            number = number_of(glance, "qp")
            glance.count(number, 0)
            list(glance.tickets(number, "qp"))

    with pytest.raises(NoGlance):
        read()


def test_a_file_of_other_bytes_is_no_database(tmp_path: Path) -> None:
    cache_path(tmp_path).write_bytes(b"\0" * 5_000)

    with pytest.raises(NoGlance), glancing(tmp_path):
        pass


def test_counting_loads_nothing_but_sqlite() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json, sys, tui.store.glance; print(json.dumps([*sys.modules]))",
        ],
        capture_output=True,
        check=True,
    ).stdout

    assert not set(json.loads(loaded)) & {"msgspec", "dataclasses", "httpx", "textual", "asyncio"}


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(cache_path(tmp_path))

    with pytest.raises(NoGlance, match="not a file"), glancing(tmp_path):
        pass


def test_an_empty_file_holds_nothing_yet(tmp_path: Path) -> None:
    cache_path(tmp_path).touch()

    with pytest.raises(NoGlance, match="nothing is stored yet"), glancing(tmp_path):
        pass
