"""Counts of the past, which need no ticket to be read."""

from datetime import timedelta
from pathlib import Path

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.journal import open_file
from tui.domain.activity import Sample
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Status
from tui.store.cache import TicketCache
from tui.store.totals import SAMPLE_EVERY, read_samples


def test_the_past_is_counted_once_a_quarter_of_an_hour_and_forgotten_in_the_end(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    file = open_file(tmp_path, clock=clock)
    cache = TicketCache(file, retention=timedelta(days=1))
    late = make_ticket("1", due_at=NOON + timedelta(minutes=10))
    cache.apply("qp", [late, make_ticket("2")])
    for _ in range(3):
        cache.finish_sweep("qp", {late.ref, make_ticket("2").ref})
        clock._now += timedelta(minutes=7)
    cache.apply("qp", [make_ticket("2", status=Status.RESOLVED)])
    clock._now += SAMPLE_EVERY
    cache.finish_sweep("qp", {late.ref, make_ticket("2").ref})

    assert read_samples(file, "qp", NOON) == (
        Sample(NOON, 2, 0),
        Sample(NOON + 2 * SAMPLE_EVERY, 1, 1),
    )
    assert len(read_samples(file, "qp", NOON + SAMPLE_EVERY)) == 1
    assert read_samples(file, "klink", NOON) == ()

    clock._now += timedelta(days=1) + SAMPLE_EVERY
    cache.finish_sweep("qp", {late.ref})
    assert [each.at for each in read_samples(file, "qp", NOON)] == [
        NOON + timedelta(days=1) + 3 * SAMPLE_EVERY
    ]
    cache.purge()
    assert read_samples(file, "qp", NOON) == ()


def test_good_polls_that_finish_no_sweep_are_counted_too(tmp_path: Path) -> None:
    clock = FakeClock()
    file = open_file(tmp_path, clock=clock)
    cache = TicketCache(file)
    cache.apply("qp", [make_ticket("1")])
    cache.set_health("qp", WorkspaceHealth())
    assert read_samples(file, "qp", NOON) == (), "nobody knows the whole list yet"

    well = WorkspaceHealth(state=HealthState.OK, as_of=NOON)
    failed = WorkspaceHealth(state=HealthState.BACKING_OFF, as_of=NOON, error="nobody answers")
    for health in (well, well, failed, well):
        cache.set_health("qp", health)
        clock._now += SAMPLE_EVERY

    assert read_samples(file, "qp", NOON) == tuple(
        Sample(NOON + quarters * SAMPLE_EVERY, 1, 0) for quarters in (0, 1, 3)
    )
