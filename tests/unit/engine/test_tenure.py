import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from support.builders import NOON
from support.clock import FakeClock
from support.journal import cache_path, open_file
from support.offload import at_once
from tui.engine.tenure import Tenure
from tui.store.lease import Leases

PATIENCE = timedelta(seconds=4)


class Pair:
    """Two processes that want the same lease, on one clock."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.leases = Leases(open_file(folder, clock=self.clock), patience=PATIENCE)
        elsewhere = Leases(open_file(folder, clock=self.clock), patience=PATIENCE)
        self.one = self._tenure(self.leases, "one")
        self.two = self._tenure(elsewhere, "two")
        self.asked = 0
        self.watched: list[datetime] = []

    def _tenure(self, leases: Leases, owner: str) -> Tenure:
        return Tenure("qp", leases, clock=self.clock, owner=owner, offload=at_once)

    def keep(self, tenure: Tenure) -> asyncio.Task[None]:
        return asyncio.create_task(tenure.keep(self._ask, self.watched.append))

    def _ask(self) -> None:
        self.asked += 1


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


async def test_one_gains_it_and_the_other_waits(pair: Pair) -> None:
    assert await pair.one.try_gain()

    assert not await pair.two.try_gain()
    assert await pair.two.is_held_by_another()
    assert not await pair.one.is_held_by_another()
    assert await pair.one.try_gain(), "it is held already"


async def test_a_heartbeat_keeps_it(pair: Pair) -> None:
    await pair.one.try_gain()
    keeping = pair.keep(pair.one)

    await pair.clock.advance(60)

    assert not await pair.two.try_gain()
    keeping.cancel()


async def test_without_one_another_takes_it_and_the_first_hears_of_it(pair: Pair) -> None:
    await pair.one.try_gain()
    pair.clock.jump(5)

    assert not await pair.one.is_held_by_another()
    assert await pair.two.try_gain()
    keeping = pair.keep(pair.one)
    await pair.clock.advance(1)

    assert keeping.done()
    assert pair.one.lease is None


async def test_what_is_given_back_is_free_at_once(pair: Pair) -> None:
    await pair.one.try_gain()
    keeping = pair.keep(pair.one)

    await pair.one.give_back()
    await pair.one.give_back()

    assert await pair.two.try_gain()
    await pair.clock.advance(1)
    assert keeping.done(), "there is nothing to keep any more"


async def test_who_lost_it_cannot_give_back_the_other_s(pair: Pair) -> None:
    await pair.one.try_gain()
    pair.clock.jump(5)
    await pair.two.try_gain()

    await pair.one.give_back()

    assert await pair.one.is_held_by_another()
    assert not await pair.one.try_gain()


async def test_it_is_free_for_others_as_soon_as_it_is_given_back(pair: Pair) -> None:
    await pair.one.try_gain()
    keeping = pair.keep(pair.one)
    await pair.clock.advance(10)
    assert not await pair.two.try_gain()

    await pair.one.give_back()
    await pair.clock.advance(1)

    assert await pair.two.try_gain()
    assert keeping.done()


async def test_requests_and_looks_of_others_are_told(pair: Pair) -> None:
    await pair.one.try_gain()
    keeping = pair.keep(pair.one)
    await pair.clock.advance(2)
    assert (pair.asked, pair.watched) == (0, [])

    await pair.two.ask()
    await pair.two.ask()
    await pair.two.watch()
    await pair.clock.advance(3)

    assert pair.asked == 1, "once for all who asked"
    assert set(pair.watched) == {NOON + timedelta(seconds=2)}
    keeping.cancel()


async def test_two_tasks_that_want_it_at_once_gain_one_lease(pair: Pair) -> None:
    async def slowly(work: object) -> object:
        await asyncio.sleep(0)
        return work()  # type: ignore[operator]  # whatever it is, it is called

    tenure = Tenure("qp", pair.leases, clock=pair.clock, owner="one", offload=slowly)  # type: ignore[arg-type]

    assert all(await asyncio.gather(tenure.try_gain(), tenure.try_gain()))

    state = pair.leases.state("qp")
    assert state is not None
    assert state.token == 1


async def test_a_locked_journal_costs_a_beat_and_no_lease(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await pair.one.try_gain()
    keeping = pair.keep(pair.one)
    await pair.clock.advance(1)
    pair.leases._file._database._connection.execute("PRAGMA busy_timeout = 1")

    with closing(sqlite3.connect(cache_path(tmp_path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await pair.clock.advance(2)
        await pair.one.ask()
        await pair.one.watch()
        other.execute("ROLLBACK")
    assert "qp: no heartbeat" in caplog.text
    await pair.clock.advance(2)

    assert not keeping.done()
    assert not await pair.two.try_gain()
    keeping.cancel()
