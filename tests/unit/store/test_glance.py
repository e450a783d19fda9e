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
from support.owners import disown
from support.strategies import clock_times, tickets
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import DueSource, Priority, Ticket
from tui.domain.urgency import PRIORITY_RANK, is_overdue, urgency_key
from tui.domain.workspace import Workspace
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE
from tui.store.glance import Glance, NoGlance
from tui.store.moments import to_microseconds, to_moment
from tui.store.seen_marks import SeenMarks

_EPOCH = to_moment(0)


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
    due_source = None if ticket.due_at is None else DueSource.VENDOR
    return replace(ticket, due_source=due_source, created_at=ticket.created_at or NOON)


def _urgency(ticket: Ticket, now: datetime) -> tuple[object, ...]:
    return urgency_key(ticket, now)[:-2]


@given(
    st.lists(
        tickets().map(_of_known_times),
        max_size=24,
        unique_by=lambda ticket: ticket.ref,
    ),
    clock_times(),
    st.dictionaries(
        st.sampled_from([Priority.CRITICAL, Priority.HIGH, Priority.MEDIUM, Priority.LOW]),
        st.timedeltas(timedelta(minutes=1), timedelta(days=9)),
    ),
)
def test_the_most_urgent_tickets_are_found_without_reading_all(
    stored: list[Ticket], now: datetime, sla: dict[Priority, timedelta]
) -> None:
    rules = Workspace(name="any", vendor="v", title="V", sla=sla).apply_rules
    shown = [*map(rules, stored)]
    moment = to_microseconds(now)
    allowed = {PRIORITY_RANK[each]: to_microseconds(_EPOCH + sla[each]) for each in sla}
    with tempfile.TemporaryDirectory() as folder:
        cache = open_cache(Path(folder))
        for name in QUEUES:
            cache.apply(name, [each for each in stored if each.ref.workspace == name])

        with glancing(Path(folder)) as glance:
            numbers = {number_of(glance, name): name for name in QUEUES}
            most_urgent = glance.most_urgent(numbers, moment, 1, allowed)
            totals = [glance.totals(number, moment, allowed) for number in numbers]
        found = {ref: rules(ticket) for ref, ticket in most_urgent.items()}

        open_ = [each for each in shown if not each.closed]
        first = sorted(open_, key=lambda each: urgency_key(each, now))[:1]
        found_first = sorted(found.values(), key=lambda each: urgency_key(each, now))[:1]
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


_HOUR = timedelta(hours=1)


def _due(ticket_id: str, priority: Priority, days: float) -> Ticket:
    due_at = NOON + timedelta(days=days)
    return make_ticket(
        ticket_id, priority=priority, due_at=due_at, due_source=DueSource.VENDOR, created_at=NOON
    )


@pytest.mark.parametrize(
    "first",
    [
        make_ticket("first", priority=Priority.MEDIUM, flagged_overdue=True),
        make_ticket("first", priority=Priority.HIGH, created_at=NOON - 2 * _HOUR),
        make_ticket("first", priority=Priority.LOW, created_at=NOON - timedelta(days=2)),
        _due("first", Priority.LOW, -0.1),
    ],
    ids=["flagged", "high by the sla", "low by the sla", "due"],
)
def test_the_most_urgent_ticket_is_found_behind_many_that_are_not(
    tmp_path: Path, first: Ticket
) -> None:
    others = [
        _due(f"{priority}-{days}", priority, days)
        for priority in (Priority.HIGH, Priority.MEDIUM, Priority.LOW)
        for days in ((3, 4) if priority is Priority.HIGH else (-30, -20, 3, 4))
    ]
    sla = {Priority.HIGH: _HOUR, Priority.LOW: timedelta(days=1)}
    rules = Workspace(name="qp", vendor="v", title="V", sla=sla).apply_rules
    open_cache(tmp_path).apply("qp", [*others, first])

    with glancing(tmp_path) as glance:
        allowed = {PRIORITY_RANK[each]: to_microseconds(_EPOCH + sla[each]) for each in sla}
        numbers = {number_of(glance, "qp"): "qp"}
        found = glance.most_urgent(numbers, to_microseconds(NOON), 1, allowed)

    assert (
        min(map(rules, found.values()), key=lambda each: urgency_key(each, NOON)).ref == first.ref
    )


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


@pytest.mark.parametrize("bits", [0o702, 0o720, 0o777, 0o2777])
def test_what_others_may_have_put_there_is_not_shown(tmp_path: Path, bits: int) -> None:
    """Its rows are as they were written, by whomever: what is in them was cleaned by nobody."""
    open_file(tmp_path).close()
    tmp_path.chmod(bits)

    with pytest.raises(NoGlance, match="others may write in its folder"), glancing(tmp_path):
        pass


def test_the_store_of_somebody_else_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_file(tmp_path).close()
    tmp_path.chmod(0o700)
    disown(tmp_path, monkeypatch)

    with pytest.raises(NoGlance, match="belongs to somebody else"), glancing(tmp_path):
        pass


@pytest.mark.parametrize("bits", [0o700, 0o755, 0o2770])
def test_a_store_that_is_ones_own_or_the_groups_is_shown(tmp_path: Path, bits: int) -> None:
    open_file(tmp_path).close()
    tmp_path.chmod(bits)

    with glancing(tmp_path) as glance:
        assert glance.count(number_of(glance, "qp"), 0) == (0, 0, 0)
