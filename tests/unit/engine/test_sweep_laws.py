"""Laws of polling, in worlds that change between any two calls.

What the totals cannot tell, no law can promise: a list without a total, or one in sections, may
move so that its pages look as if nothing had happened. There the worlds are tame by one change
between two calls, and a ticket's status goes forward only.
"""

import asyncio
import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.journal import close_opened, open_cache
from support.moving_world import LISTED, Act, Desk, Move, MovingWorld, Paging
from tui.domain.diff import ChangeSet
from tui.domain.ticket import TicketRef
from tui.engine.plan import PagePlan

INTERVAL_S = 100.0


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_opened()


@dataclass(frozen=True, kw_only=True)
class Case:
    """A world of some pages, and what happens to it.

    That comes from a seed: lists drawn one by one are mostly too short for two changes to meet.
    """

    paging: Paging
    acts: tuple[Act, ...]
    at_once: int
    """Changes between two calls, at most."""
    page_size: int
    tickets: int
    moving_calls: int
    """Before so many calls something happens; then the world stands still."""
    seconds_per_call: float
    seed: int

    def desk(self) -> Desk:
        """Return a desk that has not polled yet."""
        random = Random(self.seed)
        world = MovingWorld(self.paging, page_size=self.page_size)
        for _ in range(self.tickets):
            world.add(len(world.tickets), random.choice(LISTED))
        world.script = self._script(random)
        plan = PagePlan(world.sections)
        return Desk(world, open_cache(None), plan, seconds_per_call=self.seconds_per_call)

    def _script(self, random: Random) -> Iterator[list[Move]]:
        def place() -> float:
            return random.choice((0.0, 1.0, random.random()))

        for _ in range(self.moving_calls):
            yield [
                Move(random.choice(self.acts), place(), place(), random.choice(LISTED))
                for _ in range(random.randint(0, self.at_once))
            ]


def cases(paging: Paging, *acts: Act, at_once: int) -> st.SearchStrategy[Case]:
    return st.builds(
        Case,
        paging=st.just(paging),
        acts=st.just(acts),
        at_once=st.just(at_once),
        page_size=st.integers(2, 6),
        tickets=st.integers(0, 130 if paging is Paging.OFFSET else 24),
        moving_calls=st.integers(0, 150),
        seconds_per_call=st.sampled_from((5.0, 30.0, 100.0)),
        seed=st.integers(0, 2**32),
    )


POLLS = st.lists(st.integers(1, 8), min_size=15, max_size=60)
"""What each poll may afford."""

WILD = cases(Paging.NUMBERED, Act.ADD, Act.REMOVE, Act.REORDER, Act.EDIT, at_once=4)
TAME = cases(Paging.OFFSET, Act.ADD, Act.REMOVE, Act.REORDER, Act.EDIT, at_once=1)
FORWARD = cases(
    Paging.SECTIONED, Act.ADD, Act.REMOVE, Act.REORDER, Act.EDIT, Act.ADVANCE, at_once=1
)
ANY = (
    WILD
    | cases(Paging.OFFSET, Act.ADD, Act.REMOVE, Act.REORDER, Act.EDIT, at_once=4)
    | cases(Paging.SECTIONED, Act.ADD, Act.REMOVE, Act.REORDER, Act.RESTATUS, at_once=4)
)


async def stand_still(desk: Desk) -> int:
    """Poll a world that does not move any more, as often as the plan promises to need."""
    desk.world.script = iter(())
    before = desk.world.calls
    round_s = desk.plan.round_s(desk.seconds_per_call)
    for _ in range(3 * math.ceil(round_s / INTERVAL_S) + 4):
        await desk.poll(desk.plan.pages + 1, after_s=INTERVAL_S)
    return desk.world.calls - before


@given(WILD | TAME | FORWARD, POLLS)
def test_no_proof_is_without_a_ticket_that_is_there(case: Case, polls: list[int]) -> None:
    async def check() -> None:
        desk = case.desk()
        for affordable in polls:
            await desk.poll(affordable, after_s=INTERVAL_S)
            assert not desk.wrongly_missed

    asyncio.run(check())


@given(WILD | TAME | FORWARD, POLLS)
def test_a_ticket_that_is_there_is_never_called_removed(case: Case, polls: list[int]) -> None:
    async def check() -> None:
        desk = case.desk()
        known: set[TicketRef] = set()
        for affordable in polls:
            await desk.poll(affordable, after_s=INTERVAL_S)
            stored = desk.stored().keys()
            known |= stored
            assert known & desk.truth().keys() <= stored

    asyncio.run(check())


@given(ANY, POLLS)
def test_when_the_world_stands_still_the_store_becomes_the_truth(
    case: Case, polls: list[int]
) -> None:
    async def check() -> None:
        desk = case.desk()
        for affordable in polls:
            await desk.poll(affordable, after_s=INTERVAL_S)
        await stand_still(desk)
        assert desk.stored() == desk.truth()

    asyncio.run(check())


@given(ANY, POLLS)
def test_every_change_is_told_once(case: Case, polls: list[int]) -> None:
    async def check() -> None:
        desk = case.desk()
        there: set[TicketRef] = set()
        position = None
        for affordable in polls:
            await desk.poll(affordable, after_s=INTERVAL_S)
            told = desk.cache.changes_since(position)
            position = told.position
            if isinstance(told, ChangeSet):
                added = {ticket.ref for ticket in told.added}
                assert not added & there
                there = (there | added) - set(told.removed)
            else:
                there = {ticket.ref for ticket in told.tickets}
            assert there == desk.stored().keys()

    asyncio.run(check())
