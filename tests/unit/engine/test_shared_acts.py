"""What one viewer does, all see within a second; where nothing is done, nothing is read."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.journal import open_acts, open_ledger
from support.offload import at_once
from tui.domain.acts import NOBODY_ACTED, Act, ActKind, Signed
from tui.domain.errors import StateError, UsageError
from tui.domain.ticket import TicketRef
from tui.engine.shared_acts import TIDY_S, SharedActs
from tui.store.local_acts import ActLog, Reading

ACK = Act(ActKind.ACKNOWLEDGE)
ONE, TWO = make_ticket("1"), make_ticket("2")
SOON_S = 1.0
"""Within so long others' acts are shown."""


class CountingLog(ActLog):
    """Counts how often it is read, and fails where a test says so."""

    reads = 0
    problem: StateError | None = None

    def read(self, known: Reading | None = None) -> Reading:
        self.reads += 1
        if self.problem is not None:
            raise self.problem
        return super().read(known)

    def add(self, *values: object, **named: object) -> None:
        if self.problem is not None:
            raise self.problem
        super().add(*values, **named)  # type: ignore[arg-type]


class Viewer:
    """One process with what people do here."""

    def __init__(self, folder: Path | None, name: str = "ana", *, has_log: bool = True) -> None:
        self.clock = FakeClock()
        self.log = CountingLog(open_acts(folder)._file)
        self.notified = 0
        self.gone: set[TicketRef] = set()
        self.shared = SharedActs(
            self.log if has_log else None,
            problem=None if has_log else "ledger.db: damaged; move it away to begin anew",
            viewer=name,
            retention=timedelta(days=30),
            clock=self.clock,
            offload=at_once,
            notify=self._count,
            missing=self._missing,
        )

    def _count(self) -> None:
        self.notified += 1

    def _missing(self, refs: Iterable[TicketRef]) -> set[TicketRef]:
        return self.gone & set(refs)

    @property
    def acked(self) -> dict[str, str]:
        """Who acknowledged what."""
        return {
            ref.id: each.acknowledged.by
            for ref, each in self.shared.acts.items()
            if each.acknowledged
        }

    async def follow(self) -> asyncio.Task[None]:
        await self.shared.look()
        return asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        """Look as the follower does."""
        while True:
            await self.clock.sleep(SOON_S / 2)
            if self.shared.has_news():
                await self.shared.look()


@pytest.fixture
def ana(tmp_path: Path) -> Viewer:
    return Viewer(tmp_path, "ana")


@pytest.fixture
def ben(tmp_path: Path) -> Viewer:
    return Viewer(tmp_path, "ben")


async def test_ones_own_act_stands_before_its_batch_is_told(ana: Viewer) -> None:
    batch = await ana.shared.act(ACK, [ONE, TWO])

    assert ana.shared.acts[ONE.ref].acknowledged == Signed(by="ana", at=NOON)
    assert ana.notified == 1
    assert await ana.shared.undo(batch) == 2
    assert (ana.acked, ana.notified) == ({}, 2)
    assert await ana.shared.undo(batch) == 0


async def test_what_others_do_is_seen_within_a_second_and_signed_by_them(
    ana: Viewer, ben: Viewer
) -> None:
    following = await ben.follow()

    batch = await ana.shared.act(ACK, [ONE])
    await ben.clock.advance(SOON_S)
    assert (ben.acked, ben.notified) == ({"1": "ana"}, 1)

    await ben.shared.act(ACK, [TWO])
    await ana.shared.undo(batch)
    await ben.clock.advance(SOON_S)
    assert ben.acked == {"2": "ben"}
    await ana.shared.look()
    assert ana.acked == {"2": "ben"}
    following.cancel()


async def test_undoing_ones_own_leaves_what_another_did_to_the_same_ticket(
    ana: Viewer, ben: Viewer
) -> None:
    mine = await ana.shared.act(ACK, [ONE])
    await ben.shared.act(ACK, [ONE])

    await ana.shared.undo(mine)

    assert ana.acked == {"1": "ben"}


async def test_where_nothing_is_done_nothing_is_read_and_nobody_is_told(
    ana: Viewer, tmp_path: Path
) -> None:
    await ana.shared.act(ACK, [ONE])
    following = await ana.follow()
    before, reads, heard = ana.shared.acts, ana.log.reads, ana.notified

    await ana.clock.advance(20)
    assert ana.log.reads == reads

    open_ledger(tmp_path).add_calls("a", 1, NOON)
    await ana.clock.advance(SOON_S)
    assert (ana.log.reads, ana.notified) == (reads + 1, heard), "a call was counted, no more"
    assert ana.shared.acts is before
    following.cancel()


async def test_in_memory_nobody_else_is_waited_for() -> None:
    alone = Viewer(None)

    batch = await alone.shared.act(ACK, [ONE])
    assert alone.acked == {"1": "ana"}
    assert not alone.shared.has_news()
    assert await alone.shared.undo(batch) == 1


async def test_without_a_ledger_acting_says_why_and_the_rest_goes_on() -> None:
    viewer = Viewer(None, has_log=False)

    await viewer.shared.look()
    await asyncio.wait_for(viewer.shared.tidy_up(), 1)
    assert not viewer.shared.has_news()
    for refused in (viewer.shared.act(ACK, [ONE]), viewer.shared.undo("batch")):
        with pytest.raises(StateError) as caught:
            await refused
        assert str(caught.value) == (
            "nothing can be done here: ledger.db: damaged; move it away to begin anew"
        )
    assert viewer.shared.acts is NOBODY_ACTED


async def test_what_cannot_be_kept_was_not_done(ana: Viewer) -> None:
    ana.log.problem = StateError("ledger.db: disk full")

    with pytest.raises(StateError, match=r"^nothing was done: ledger\.db: disk full$"):
        await ana.shared.act(ACK, [ONE])

    ana.log.problem = None
    await ana.shared.look()
    assert (ana.acked, ana.notified) == ({}, 0)


async def test_a_note_that_is_too_long_is_refused_and_nothing_is_kept(ana: Viewer) -> None:
    with pytest.raises(UsageError, match="at most 4,000 characters"):
        await ana.shared.act(Act(ActKind.NOTE, text="x" * 4_001), [ONE])

    assert ana.log.since(NOON) == ()


async def test_a_look_that_fails_is_made_up_for_by_the_next(ana: Viewer, ben: Viewer) -> None:
    following = await ben.follow()
    ben.log.problem = StateError("ledger.db: other processes kept it locked for 5 s")
    await ana.shared.act(ACK, [ONE])
    await ben.clock.advance(SOON_S)
    assert ben.acked == {}

    ben.log.problem = None
    await ben.clock.advance(SOON_S)

    assert ben.acked == {"1": "ana"}
    following.cancel()


async def test_a_transaction_of_ones_own_is_not_waited_for(ana: Viewer, ben: Viewer) -> None:
    """The queue is followed by the same look, and must not stand still for the ledger."""
    await ben.shared.look()
    await ana.shared.act(ACK, [ONE])

    with ben.log._file.writing():
        assert not ben.shared.has_news()
    assert ben.shared.has_news()


async def test_a_file_that_cannot_be_read_is_no_news(ben: Viewer) -> None:
    ben.log._file.close()

    assert not ben.shared.has_news()
    await ben.shared.look()
    assert ben.shared.acts is NOBODY_ACTED


async def test_acts_on_tickets_that_are_gone_go_after_the_retention_and_two_looks(
    ana: Viewer,
) -> None:
    await ana.shared.act(ACK, [ONE, TWO])
    tidying = asyncio.create_task(ana.shared.tidy_up())
    ana.gone = {ONE.ref}
    await ana.clock.advance(2 * TIDY_S)
    assert len(ana.log.since(NOON)) == 2, "not old enough"

    ana.gone = set()
    ana.clock.jump(timedelta(days=31).total_seconds())
    await ana.clock.advance(TIDY_S)
    ana.gone = {ONE.ref}
    await ana.clock.advance(TIDY_S)
    assert len(ana.log.since(NOON)) == 2, "one look may be mistaken"
    await ana.clock.advance(TIDY_S)

    assert [record.ref.id for record in ana.log.since(NOON)] == ["2"]
    tidying.cancel()


async def test_tidying_is_tried_again_whatever_happened(ana: Viewer) -> None:
    await ana.shared.act(ACK, [ONE])
    await ana.shared.act(Act(ActKind.UNACKNOWLEDGE), [ONE])
    tidying = asyncio.create_task(ana.shared.tidy_up())
    ana.clock.jump(timedelta(days=31).total_seconds())
    ana.gone = None  # type: ignore[assignment]  # a bug
    await ana.clock.advance(TIDY_S)
    assert len(ana.log.since(NOON)) == 2

    ana.gone = set()
    await ana.clock.advance(TIDY_S)

    assert ana.log.since(NOON) == ()
    tidying.cancel()
