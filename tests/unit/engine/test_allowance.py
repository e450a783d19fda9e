"""One account: counted before it leaves, shared by all, spent by no one beyond its end."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from support.allowance_worker import ACCOUNT
from support.builders import NOON
from support.clock import FakeClock
from support.journal import calls_since
from support.offload import at_once
from tui.domain.budget import CallBudget
from tui.domain.errors import BudgetSpent, RateLimited, StateError
from tui.domain.ports import CallGate
from tui.engine.allowance import CHUNK_LIMIT, Allowance, Gate, for_a_person
from tui.engine.pacing import Pace
from tui.store.ledger import Ledger
from tui.store.spending import GOOD_FOR, SLACK, Spending

HOUR = timedelta(hours=1)
SMALL = CallBudget(100, 30)
LARGE = CallBudget(20_000, 30)
T = TypeVar("T")
TESTS = Path(__file__).resolve().parents[2]


class LedgerOfTests:
    """A ledger in memory that counts how often it is used, and can be made to fail."""

    is_on_disk = True

    def __init__(self, clock: FakeClock) -> None:
        self.ledger = Ledger.in_memory({}, clock=clock)
        self.uses = 0
        self.fails = False

    def spend_calls(self, *args: Any, **options: Any) -> Spending:
        return self.do(lambda: self.ledger.spend_calls(*args, **options))

    def rest(self, account: str, until: datetime) -> None:
        self.do(lambda: self.ledger.rest(account, until))

    def add_calls(self, account: str, calls: int, slot: datetime) -> None:
        self.do(lambda: self.ledger.add_calls(account, calls, slot))

    def return_calls(self, account: str, unused: Mapping[datetime, int]) -> None:
        self.do(lambda: self.ledger.return_calls(account, unused))

    def calls_by_slot(self, account: str, since: datetime) -> Mapping[datetime, int]:
        return self.do(lambda: self.ledger.calls_by_slot(account, since))

    @property
    def counted(self) -> int:
        return calls_since(self.ledger, ACCOUNT, NOON - HOUR)

    def do(self, work: Callable[[], T]) -> T:
        self.uses += 1
        if self.fails:
            raise StateError("ledger.db: no space left on the disk")
        return work()


class Desk:
    """An allowance of a test, its ledger and its clock."""

    def __init__(self, budget: CallBudget = LARGE, *, rate_limit: int | None = None) -> None:
        self.clock = FakeClock()
        self.ledger = LedgerOfTests(self.clock)
        self.budget = budget
        self.rate_limit = rate_limit
        self.allowance = self.another()
        self.gate = self.allowance.gate("qp")

    def another(self) -> Allowance:
        """The same account in another process."""
        return Allowance(
            ACCOUNT,
            self.budget,
            rate_limit=self.rate_limit,
            counts=self.ledger,
            clock=self.clock,
            offload=at_once,
        )

    def left(self) -> int:
        return self.allowance.state(self.clock.now()).left


@asynccontextmanager
async def opened(budget: CallBudget = LARGE, **options: Any) -> AsyncIterator[Desk]:
    desk = Desk(budget, **options)
    yield desk
    desk.ledger.ledger.close()


async def spend(gate: Gate, calls: int) -> None:
    for _ in range(calls):
        await gate.admit()


async def spend_all(gate: Gate) -> BudgetSpent:
    while True:
        try:
            await gate.admit()
        except BudgetSpent as error:
            return error


class TestCounting:
    async def test_a_gate_is_one_and_counts_calls_and_bytes(self) -> None:
        async with opened() as desk:
            gate: CallGate = desk.gate

            await gate.admit()
            gate.answered(1_000)
            gate.answered(24)

            assert (desk.gate.calls, desk.gate.size) == (1, 1_024)
            assert desk.allowance.gate("other").calls == 0

    async def test_a_call_is_counted_before_it_leaves(self) -> None:
        async with opened() as desk:
            for made in range(1, 100):
                await desk.gate.admit()

                assert desk.ledger.counted >= made

    async def test_a_poll_of_one_page_counts_that_one(self) -> None:
        async with opened() as desk:
            for made in range(1, 5):
                await desk.gate.admit()
                assert desk.ledger.counted == made
                await desk.clock.advance(60)

    async def test_a_long_sweep_syncs_the_disk_once_for_many_calls(self) -> None:
        async with opened() as desk:
            await spend(desk.gate, 1_000)

            assert desk.ledger.uses < 1_000 / CHUNK_LIMIT + 10
            assert desk.ledger.counted < 1_000 + CHUNK_LIMIT

    async def test_what_was_counted_in_advance_comes_back_with_the_next_call(self) -> None:
        async with opened() as desk:
            await spend(desk.gate, 20)
            assert desk.ledger.counted > 20
            await desk.clock.advance(GOOD_FOR.total_seconds() + 1)

            await desk.gate.admit()

            assert desk.ledger.counted == 21
            assert desk.left() == LARGE.calls - 21

    async def test_it_comes_back_to_its_own_hour(self) -> None:
        async with opened() as desk:
            await spend(desk.gate, 20)
            await desk.clock.advance(3_600)
            await desk.gate.admit()

            assert desk.ledger.ledger.calls_by_slot(ACCOUNT, NOON) == {
                NOON + HOUR: 20,
                NOON + 2 * HOUR: 1,
            }

    async def test_closing_gives_it_back_and_a_restart_knows_the_rest(self) -> None:
        async with opened() as desk:
            await spend(desk.gate, 20)
            await desk.allowance.close()

            assert desk.ledger.counted == 20
            assert (await desk.another().read()).left == LARGE.calls - 20

    async def test_a_clock_that_is_put_back_lets_nothing_leave_that_was_counted_before(
        self,
    ) -> None:
        async with opened() as desk:
            await spend(desk.gate, 20)
            desk.clock._now -= 2 * HOUR
            await desk.gate.admit()

            assert desk.ledger.ledger.calls_by_slot(ACCOUNT, NOON - 9 * HOUR) == {
                NOON - HOUR: 1,
                NOON + HOUR: 20,
            }

    async def test_whoever_stops_waiting_for_its_turn_does_not_pay(self) -> None:
        async with opened(rate_limit=6) as desk:
            await desk.gate.admit()
            waiting = asyncio.create_task(desk.gate.admit())
            await desk.clock.advance(1)
            waiting.cancel()
            await desk.clock.advance(60)
            await desk.allowance.close()

            assert waiting.cancelled()
            assert desk.ledger.counted == desk.gate.calls == 1

    async def test_whoever_stops_waiting_for_the_disk_does_not_pay(self) -> None:
        disk = asyncio.Event()

        async def slowly(work: Callable[[], T]) -> T:
            await disk.wait()
            return work()

        async with opened() as desk:
            allowance = Allowance(
                *(ACCOUNT, LARGE),
                rate_limit=None,
                counts=desk.ledger,
                clock=desk.clock,
                offload=slowly,
            )
            waiting = asyncio.create_task(allowance.gate("qp").admit())
            await desk.clock.advance(0)
            waiting.cancel()
            await desk.clock.advance(0)
            assert waiting.cancelled()
            disk.set()
            await desk.clock.advance(0)
            assert desk.ledger.counted == 1, "the disk was under way"

            await allowance.close()

            assert desk.ledger.counted == 0


class TestBudget:
    async def test_polls_leave_a_reserve_that_people_may_use(self) -> None:
        async with opened(SMALL) as desk:
            polls_refused = await spend_all(desk.gate)
            assert desk.gate.calls == SMALL.calls - SMALL.reserve == 95

            with for_a_person():
                await asyncio.create_task(spend(desk.gate, 4))
                await desk.gate.admit()
                people_refused = await spend_all(desk.gate)

            assert desk.gate.calls == desk.ledger.counted == SMALL.calls
            assert str(polls_refused) == (
                "100 calls in 30 days are spent but for 5, kept for people;"
                " the next one is free at 2026-03-06 13:01 UTC"
            )
            assert str(people_refused) == (
                "100 calls in 30 days are spent; the next one is free at 2026-03-06 13:01 UTC"
            )
            assert polls_refused.until == NOON + 30 * 24 * HOUR + HOUR + SLACK

    @pytest.mark.parametrize(
        ("calls", "reserve"), [(1, 0), (3, 1), (10, 5), (500, 10), (2_880, 58), (20_000, 400)]
    )
    def test_the_reserve_is_small_and_never_most_of_it(self, calls: int, reserve: int) -> None:
        assert CallBudget(calls, 30).reserve == reserve

    async def test_the_end_of_today_is_named_to_within_a_few_minutes(self) -> None:
        async with opened(CallBudget(10, 1)) as desk:
            await spend(desk.gate, 1)
            await desk.clock.advance(12 * 3_600)
            await spend(desk.gate, 4)

            await spend_all(desk.gate)
            await desk.clock.advance(12 * 3_600 - 1)
            soon = await spend_all(desk.gate)

            assert str(soon).endswith("the next one is free at 12:06 UTC")

    async def test_our_own_caution_sets_the_pace_and_stops_nobody(self) -> None:
        async with opened(CallBudget(10, 1, is_documented=False)) as desk:
            await spend(desk.gate, 30)

            now = desk.clock.now()
            assert desk.allowance.state(now).left == 0
            assert desk.allowance.credit(now).left < 0

    async def test_calls_are_free_again_at_the_time_that_was_told(self) -> None:
        async with opened(SMALL) as desk:
            refused = await spend_all(desk.gate)
            assert refused.until is not None
            wait = (refused.until - desk.clock.now()).total_seconds()

            await desk.clock.advance(wait - 1)
            await spend_all(desk.gate)
            assert desk.gate.calls == 95
            await desk.clock.advance(1)
            await desk.gate.admit()

            assert desk.gate.calls == 96

    async def test_workspaces_and_processes_share_it(self) -> None:
        async with opened(SMALL) as desk:
            others = [desk.allowance.gate("two"), desk.another().gate("qp")]
            gates = [desk.gate, *others]

            await asyncio.gather(*(spend_all(gate) for gate in gates))

            assert sum(gate.calls for gate in gates) == 95
            state = desk.allowance.state(desk.clock.now(), "qp")
            assert state.shared_with == ("two",)

    async def test_the_state_is_as_of_the_last_look_and_forgets_what_is_past(self) -> None:
        async with opened(SMALL) as desk:
            other = desk.another()
            await spend(other.gate("qp"), 10)
            await other.close()

            assert desk.left() == 100
            assert (await desk.allowance.read()).left == desk.left() == 90
            await desk.clock.advance(32 * 86_400)
            assert desk.left() == 100

    async def test_the_credit_is_what_polls_may_spend_and_when_it_comes_back(self) -> None:
        async with opened(SMALL) as desk:
            await spend(desk.gate, 3)
            credit = desk.allowance.credit(desk.clock.now())

            assert (credit.calls, credit.left) == (95, 92)
            whole_window = 30 * 86_400 + 3_600 + SLACK.total_seconds()
            assert credit.window_s == whole_window
            assert [(calls, seconds) for seconds, calls in credit.freed] == [(3, whole_window)]
            assert Pace(configured_s=None, credit=credit).interval_s(1) > 3_600


class TestRateLimit:
    async def test_calls_wait_for_it_and_none_is_lost(self) -> None:
        async with opened(rate_limit=60) as desk:
            left: list[float] = []

            async def call() -> None:
                await desk.gate.admit()
                left.append(desk.clock.monotonic())

            calls = [asyncio.create_task(call()) for _ in range(90)]
            await desk.clock.advance(240)
            await asyncio.gather(*calls)

            assert left[0] == 0
            assert 90 / 60 * 60 < left[-1] < 1.3 * 90 / 60 * 60
            for first, last in zip(left, left[60:], strict=False):
                assert last - first >= 60

    async def test_two_processes_share_it(self) -> None:
        async with opened(rate_limit=60) as desk:
            gates = [desk.gate, desk.another().gate("qp")]
            calls = [asyncio.create_task(spend(gate, 50)) for gate in gates]

            await desk.clock.advance(60)

            assert 40 < sum(gate.calls for gate in gates) <= 60
            await desk.clock.advance(120)
            await asyncio.gather(*calls)

    async def test_what_was_not_used_in_time_does_not_crowd_later_calls(self) -> None:
        async with opened(rate_limit=60) as desk:
            left: list[float] = []
            for pause in (0.0, 0.0, 0.0, 0.0, 7.0, 0.5, 0.5, 30.0, 0.1, 0.1, 0.1, 0.1):
                await desk.clock.advance(pause)
                call = asyncio.create_task(desk.gate.admit())
                while not call.done():
                    await desk.clock.advance(0.1)
                left.append(desk.clock.monotonic())

            assert left == sorted(left)
            burst = [each for each in left if each >= left[-4]]
            assert burst[-1] - burst[0] > 1


class TestWithoutLedger:
    async def test_calls_are_counted_in_memory(self) -> None:
        clock = FakeClock()
        allowance = Allowance(ACCOUNT, SMALL, rate_limit=None, counts=None, clock=clock)

        await spend_all(allowance.gate("qp"))
        await allowance.close()

        assert allowance.state(clock.now()).left == 5

    async def test_a_ledger_that_fails_is_stood_in_for_and_told_afterwards(self) -> None:
        async with opened(SMALL) as desk:
            await spend(desk.gate, 10)
            desk.ledger.fails = True
            # What was counted in advance is used first.
            await spend(desk.gate, 30)
            assert desk.ledger.counted < 40
            assert desk.left() <= 60
            desk.ledger.fails = False
            await desk.clock.advance(60)

            await desk.gate.admit()
            await desk.allowance.close()

            assert desk.ledger.counted == 41
            assert desk.left() == 59

    async def test_it_is_not_asked_for_every_call_while_it_fails(self) -> None:
        async with opened(SMALL) as desk:
            desk.ledger.fails = True

            await spend_all(desk.gate)

            assert desk.gate.calls == 95
            assert desk.ledger.uses == 1
            await desk.allowance.close()

    async def test_what_is_left_is_still_told_and_what_is_given_back_while_it_fails(self) -> None:
        async with opened(SMALL) as desk:
            await spend(desk.gate, 10)
            desk.ledger.fails = True

            assert (await desk.allowance.read()).left == 90
            await desk.clock.advance(61)
            await desk.allowance.close()

            assert desk.left() == 90


class TestMoving:
    """A workspace whose credential is another one spends from another account."""

    async def test_nothing_is_spent_from_the_former_account_and_what_it_held_is_given_back(
        self,
    ) -> None:
        async with opened() as desk:
            other = Allowance(
                *("other", LARGE), rate_limit=None, counts=desk.ledger, clock=desk.clock
            )
            await spend(desk.gate, 20)
            assert desk.ledger.counted > 20, "some are held"

            desk.gate.move_to(other)
            await spend(desk.gate, 5)
            await desk.gate.close()

            assert desk.ledger.counted == 20
            assert calls_since(desk.ledger.ledger, "other", NOON - HOUR) == 5
            assert desk.gate.calls == 25

    async def test_those_who_stay_keep_what_is_held(self) -> None:
        async with opened() as desk:
            stays = desk.allowance.gate("two")
            await spend(desk.gate, 20)
            held = desk.ledger.counted - 20
            uses = desk.ledger.uses

            desk.gate.move_to(Allowance("x", LARGE, rate_limit=None, counts=None, clock=desk.clock))
            await desk.gate.admit()
            await spend(stays, held)

            assert desk.ledger.uses == uses
            await desk.gate.close()

    async def test_who_shares_an_account_is_told_by_who_spends_from_it_now(self) -> None:
        async with opened(SMALL) as desk:
            desk.allowance.gate("two")
            other = Allowance("x", LARGE, rate_limit=None, counts=None, clock=desk.clock)
            third = other.gate("three")

            desk.gate.move_to(other)

            now = desk.clock.now()
            assert desk.allowance.state(now, "two").shared_with == ()
            states = [gate.state(now) for gate in (desk.gate, third)]
            assert [state and state.shared_with for state in states] == [("three",), ("qp",)]

    async def test_the_smallest_budget_that_is_configured_holds_for_all(self) -> None:
        async with opened(LARGE) as desk:
            desk.allowance.gate("two", CallBudget(70, 7))
            tight = desk.allowance.gate("three", CallBudget(30, 30))

            assert desk.allowance.budget == CallBudget(30, 30)
            assert (await spend_all(desk.gate)).until is not None
            assert desk.gate.calls == 25

            tight.move_to(desk.another())
            assert desk.allowance.budget == CallBudget(70, 7)


def worker(folder: Path, calls: int) -> "subprocess.Popen[str]":
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(TESTS), str(TESTS.parent)]))
    return subprocess.Popen(
        [sys.executable, "-m", "support.allowance_worker", str(folder), str(calls)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def counted(folder: Path) -> int:
    with closing(Ledger.open(folder, {}, clock=FakeClock())) as ledger:
        return calls_since(ledger, ACCOUNT, NOON - timedelta(days=9_999))


def test_four_processes_spend_one_budget_to_its_end_and_not_beyond(tmp_path: Path) -> None:
    budget = CallBudget(600, 30)
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(tmp_path, budget.calls)) for _ in range(4)]
        made = [len(each.communicate(timeout=30)[0].split()) for each in workers]

    assert sum(made) <= budget.calls - budget.reserve
    assert counted(tmp_path) == sum(made)
    # Whoever ends first has given back what the others then find.
    assert sum(made) >= budget.calls - budget.reserve - len(made) * CHUNK_LIMIT


def test_kill_9_costs_less_than_what_was_counted_in_advance(tmp_path: Path) -> None:
    with worker(tmp_path, 100_000) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(300)]
        process.send_signal(signal.SIGKILL)
        process.wait()
        lines += process.stdout.read().splitlines(keepends=True)

    made = sum(line.endswith("\n") for line in lines)
    assert made <= counted(tmp_path) <= made + CHUNK_LIMIT


class TestRests:
    async def test_no_call_leaves_before_the_vendor_wants_it_for_anybody(self) -> None:
        async with opened(CallBudget(100, 1)) as desk:
            await spend(desk.gate, 3)

            await desk.gate.rest(120)
            with pytest.raises(RateLimited, match="left alone until 12:02 UTC") as refusal:
                await desk.gate.admit()
            with for_a_person(), pytest.raises(RateLimited):
                await desk.gate.admit()
            await desk.clock.advance(121)
            await spend(desk.gate, 1)

            assert refusal.value.retry_after_s == 120
            assert refusal.value.nothing_was_created
            assert (await desk.allowance.read()).left == 96

    async def test_a_longer_rest_is_not_cut_by_a_shorter_one(self) -> None:
        async with opened(CallBudget(100, 1)) as desk:
            await desk.gate.rest(600)
            await desk.gate.rest(5)
            await desk.clock.advance(10)

            with pytest.raises(RateLimited):
                await desk.gate.admit()
