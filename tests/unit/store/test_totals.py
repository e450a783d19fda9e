"""Counts that need no ticket to be read."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.journal import open_cache, open_file
from support.strategies import clock_times, tickets
from tui.domain.activity import Sample
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Priority, Status, Ticket
from tui.domain.urgency import is_overdue
from tui.store.cache import TicketCache
from tui.store.totals import SAMPLE_EVERY, read_samples, read_totals


@given(st.lists(tickets(), max_size=8, unique_by=lambda ticket: ticket.ref), clock_times())
def test_the_totals_are_those_of_the_tickets(shown: list[Ticket], now: datetime) -> None:
    file = open_file(None)
    cache = TicketCache(file)
    for ticket in shown:
        cache.apply(ticket.ref.workspace, [ticket])

    totals = read_totals(file, now)

    assert list(totals) == ["qp", "klink"]
    for name, found in totals.items():
        ours = [each for each in shown if each.ref.workspace == name and not each.closed]
        assert found.open == len(ours)
        assert found.overdue == sum(is_overdue(each, now) for each in ours)
        assert found.critical == sum(each.priority is Priority.CRITICAL for each in ours)


def test_the_totals_tell_how_far_they_can_be_trusted(tmp_path: Path) -> None:
    late_at = NOON + timedelta(minutes=5)
    health = WorkspaceHealth(state=HealthState.OK, as_of=NOON, late_at=late_at)
    open_cache(tmp_path).set_health("qp", health)

    totals = read_totals(open_file(tmp_path), NOON)

    assert (totals["qp"].state, totals["qp"].as_of, totals["qp"].late_at) == (
        *(HealthState.OK, NOON, late_at),
    )
    assert (totals["klink"].state, totals["klink"].as_of) == (HealthState.STARTING, None)


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


def test_counting_loads_no_decoder() -> None:
    program = "import tui.store.totals, sys; print('msgspec' in sys.modules)"

    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "False"
