from datetime import timedelta

import pytest

from support.clock import FakeClock
from support.sources import FixedCredential, make_allowance
from support.vendors import ListVendor
from tui.domain.workspace import Workspace
from tui.engine.pacer import WATCHED_S, Pacer
from tui.engine.source import Shares, Source


def make_pacer(
    clock: FakeClock, *, interval_s: float | None = None, calls: int = 1_000_000
) -> Pacer:
    source = Source(
        workspace=Workspace(name="qp", vendor="v", title="V", poll_interval_s=interval_s),
        open_vendor=ListVendor,
        credential=FixedCredential(),
        gate=make_allowance(clock, calls=calls).gate("qp"),
    )
    return Pacer(source, Shares, clock=clock)


async def test_a_look_counts_until_it_is_old() -> None:
    clock = FakeClock()
    pacer = make_pacer(clock)

    assert pacer.watched(clock.now())
    await clock.advance(WATCHED_S - 1)
    assert pacer.is_watched
    await clock.advance(1)

    assert not pacer.is_watched


async def test_only_the_first_look_begins_a_time_of_looking() -> None:
    clock = FakeClock()
    pacer = make_pacer(clock)

    assert pacer.watched(clock.now())
    await clock.advance(WATCHED_S / 2)
    assert not pacer.watched(clock.now())
    await clock.advance(2 * WATCHED_S)

    assert pacer.watched(clock.now())


def test_an_old_look_begins_nothing() -> None:
    clock = FakeClock()

    assert not make_pacer(clock).watched(clock.now() - timedelta(seconds=WATCHED_S))


async def test_it_is_due_sooner_while_a_person_looks() -> None:
    clock = FakeClock()
    pacer = make_pacer(clock)
    pacer.polled()
    unwatched_s = pacer.due_in_s()

    pacer.watched(clock.now())

    assert pacer.due_in_s() == unwatched_s / 2 == 15


def test_the_poll_of_another_process_counts_and_one_of_the_future_does_not() -> None:
    pacer = make_pacer(FakeClock(), interval_s=60)

    pacer.polled(ago_s=45)
    assert pacer.due_in_s() == 15
    pacer.polled(ago_s=-45)

    assert pacer.due_in_s() == 60


async def test_what_changes_is_due_sooner_than_what_stands_still() -> None:
    clock = FakeClock()
    pacer = make_pacer(clock, calls=1_000)
    await clock.advance(6 * 3_600)
    pacer.polled()
    quiet_s = pacer.due_in_s()

    pacer.changed()

    assert pacer.due_in_s() < quiet_s


def test_a_configured_interval_is_shared_by_the_pages() -> None:
    assert make_pacer(FakeClock(), interval_s=60).seconds_per_call(4) == 15


@pytest.mark.parametrize(
    ("interval_s", "calls", "takes_all"),
    [(60, 1_000_000, True), (60, 2_000, False), (None, 1_000_000, False)],
)
def test_all_pages_are_read_each_time_where_a_configured_interval_leaves_the_calls(
    interval_s: float | None, calls: int, *, takes_all: bool
) -> None:
    pacer = make_pacer(FakeClock(), interval_s=interval_s, calls=calls)

    assert pacer.takes_all(10) is takes_all
