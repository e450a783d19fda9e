import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.journal import QUEUES, closed_later
from support.offload import at_once
from support.sources import FixedCredential, make_allowance
from support.stations import make_acts
from support.vendors import ListVendor
from tui.domain.errors import (
    BudgetSpent,
    ConnectionLost,
    CredentialError,
    CredentialRefused,
    LeaseLost,
    RateLimited,
)
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Status, Ticket, TicketRef
from tui.domain.workspace import Workspace
from tui.engine import sweep as sweep_module
from tui.engine.attention import Attention
from tui.engine.follower import Follower
from tui.engine.outage import Outage
from tui.engine.poller import Poller
from tui.engine.source import Source
from tui.engine.tenure import Tenure
from tui.store import cache as cache_module
from tui.store.cache import TicketCache
from tui.store.journal import Journal
from tui.store.queue import TicketQueue

CANARY = "canary-credential"


class FullCache(TicketCache):
    """A cache that cannot keep what a complete sweep means."""

    def finish_sweep(self, *_: object, **__: object) -> frozenset[TicketRef]:
        raise OSError("no space left")


class Bench:
    """One poller over a vendor whose answers the test decides."""

    def __init__(
        self,
        tickets: Sequence[Ticket] = (),
        *,
        interval_s: float | None = 60,
        cache_kind: type[TicketCache] = TicketCache,
        **rules: object,
    ) -> None:
        self.workspace = replace(
            Workspace(name="qp", vendor="v", title="V", poll_interval_s=interval_s),
            **rules,  # type: ignore[arg-type]  # a test's shorthand
        )
        self.clock = FakeClock()
        self.queue = TicketQueue(["qp"])
        self.journal = closed_later(Journal(None, {"qp": QUEUES["qp"]}, clock=self.clock))
        self.credential = FixedCredential()
        self.allowance = make_allowance(self.clock)
        self.vendor = ListVendor(tickets)
        self.notified = 0
        source = Source(
            workspace=self.workspace,
            open_vendor=lambda: self.vendor,
            credential=self.credential,
            gate=self.allowance.gate("qp"),
        )
        follower = Follower(
            self.journal.cache,
            self.queue,
            Attention(self.journal.seen, viewer="ana", offload=at_once),
            [make_acts(self.journal, self.queue, self.clock, self._count)],
            {"qp": self.workspace},
            clock=self.clock,
            offload=at_once,
            notify=self._count,
        )
        self.tenure = Tenure(
            "qp", self.journal.leases, clock=self.clock, owner="ana", offload=at_once
        )
        self.poller = Poller(
            source,
            self.tenure,
            cache_kind(self.journal.file),
            self.journal.polls,
            Outage(clock=self.clock, random=Random(2)),
            clock=self.clock,
            random=Random(1),
            offload=at_once,
            pull=follower.pull,
            tell=follower.tell,
            notify=self._count,
        )

    def _count(self) -> None:
        self.notified += 1

    @property
    def health(self) -> WorkspaceHealth:
        return self.poller.trouble or self.queue.health()["qp"]

    async def poll(self, *, by_hand: bool = False) -> float | None:
        assert await self.tenure.try_gain()
        return await self.poller.poll(by_hand=by_hand)

    async def run_for(self, seconds: float) -> None:
        task = asyncio.create_task(self.poller.run())
        await self.clock.advance(seconds)
        assert not task.done()
        task.cancel()


class TestPolling:
    async def test_the_interval_is_kept_within_its_jitter(self) -> None:
        bench = Bench([make_ticket()])

        await bench.run_for(600)

        assert 10 <= len(bench.vendor.calls) <= 12

    async def test_who_was_stopped_for_an_hour_polls_once(self) -> None:
        bench = Bench([make_ticket()])
        task = asyncio.create_task(bench.poller.run())
        await bench.clock.advance(1)
        before = len(bench.vendor.calls)

        bench.clock.jump(3_600)
        await bench.clock.advance(30)

        assert len(bench.vendor.calls) == before + 1
        task.cancel()

    async def test_zero_polls_by_hand_only(self) -> None:
        bench = Bench([make_ticket()], interval_s=0)
        task = asyncio.create_task(bench.poller.run())

        await bench.clock.advance(3_600)
        assert (bench.vendor.calls, bench.health.state) == ([], HealthState.OFF)
        bench.poller.wake()
        await bench.clock.advance(3_600)

        assert len(bench.vendor.calls) == 1
        assert bench.health.state is HealthState.OFF
        assert bench.health.as_of is not None
        task.cancel()

    async def test_what_was_polled_by_hand_before_is_not_said_to_be_so_now(self) -> None:
        bench = Bench([make_ticket()])
        by_hand = WorkspaceHealth(state=HealthState.OFF, as_of=bench.clock.now())
        bench.journal.cache.set_health("qp", by_hand)
        bench.vendor.gate = asyncio.Event()
        task = asyncio.create_task(bench.poller.run())

        await bench.clock.advance(120)

        assert bench.health.state is HealthState.STARTING
        assert bench.health.as_of == by_hand.as_of
        task.cancel()

    async def test_a_request_during_a_poll_is_dropped_not_queued(self) -> None:
        bench = Bench([make_ticket()])
        bench.vendor.gate = asyncio.Event()
        task = asyncio.create_task(bench.poller.run())
        await bench.clock.advance(1)

        for _ in range(5):
            bench.poller.wake()
        bench.vendor.gate.set()
        await bench.clock.advance(1)

        assert len(bench.vendor.calls) == 1
        task.cancel()

    async def test_a_key_held_down_is_one_request(self) -> None:
        bench = Bench([make_ticket()])
        task = asyncio.create_task(bench.poller.run())
        await bench.clock.advance(5)

        for _ in range(20):
            bench.poller.wake()
            await bench.clock.advance(0.05)

        assert len(bench.vendor.calls) == 2
        task.cancel()

    async def test_tickets_get_the_rules_of_their_workspace(self) -> None:
        bench = Bench(
            [make_ticket(status=Status.UNKNOWN, vendor_status="Erledigt")],
            status_words={"erledigt": Status.RESOLVED},
        )

        await bench.poll()

        assert bench.queue.tickets()[0].status is Status.RESOLVED

    async def test_an_idle_poll_changes_health_and_no_ticket(self) -> None:
        bench = Bench([make_ticket()])
        await bench.poll()
        position = bench.queue.changes_since(None).position

        await bench.poll()

        assert not getattr(bench.queue.changes_since(position), "changed", ())

    async def test_a_ticket_missed_by_two_sweeps_is_removed(self) -> None:
        bench = Bench([make_ticket("1"), make_ticket("2")])
        await bench.poll()
        del bench.vendor.tickets[1]

        await bench.poll()
        assert len(bench.queue.tickets()) == 2
        await bench.poll()

        assert [ticket.ref.id for ticket in bench.queue.tickets()] == ["1"]

    async def test_without_the_lease_nothing_is_asked_and_nothing_written(self) -> None:
        bench = Bench([make_ticket()])

        with pytest.raises(LeaseLost):
            await bench.poller.poll()

        assert bench.vendor.calls == []
        assert bench.journal.polls.last("qp") == ()

    async def test_a_vendor_that_invents_tickets_without_end_fills_no_memory_and_is_forgotten(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweep_module, "TICKETS_LIMIT", 50)
        monkeypatch.setattr(cache_module, "TICKETS_LIMIT", 50)
        bench = Bench([])
        vendor = bench.vendor
        vendor.total = 10**9

        def invent() -> None:
            call = len(vendor.calls)
            vendor.tickets = [make_ticket(f"{call}-{number}") for number in range(100)]

        vendor.before_call = invent
        for _ in range(4):
            bench.clock.jump(60)
            await bench.poll(by_hand=True)
            assert len(bench.queue.tickets()) == 50
            assert not bench.health.is_whole
            assert bench.health.remarks == (
                "more than 50 tickets, the rest is not read: choose a smaller list",
            )

        vendor.before_call, vendor.total = lambda: None, None
        vendor.tickets = [make_ticket("real")]
        for _ in range(3):
            bench.clock.jump(60)
            await bench.poll(by_hand=True)
        assert [ticket.ref.id for ticket in bench.queue.tickets()] == ["real"]
        assert bench.health.is_whole

    async def test_a_failed_sweep_removes_nothing(self) -> None:
        bench = Bench([make_ticket(str(number)) for number in range(30)])
        await bench.poll()
        bench.vendor.tickets = bench.vendor.tickets[:20]

        def fail_late() -> None:
            bench.vendor.failure = ConnectionLost("cut") if len(bench.vendor.calls) % 2 else None

        bench.vendor.before_call = fail_late
        for _ in range(6):
            await bench.poll()

        assert len(bench.queue.tickets()) == 30


class TestAMachineThatSleeps:
    """Meanwhile the wall clock goes on and the monotonic clock stands still."""

    async def running(self, *, interval_s: float, failure: Exception | None = None) -> Bench:
        """Return a bench whose poller has just made its first poll, and goes on."""
        bench = Bench([make_ticket()], interval_s=interval_s)
        bench.vendor.failure = failure
        self.task = asyncio.create_task(bench.poller.run())
        await bench.clock.advance(5)
        assert len(bench.vendor.calls) == 1
        return bench

    async def test_what_came_due_meanwhile_comes_soon_after_it_wakes(self) -> None:
        bench = await self.running(interval_s=3_600)

        bench.clock.suspend(8 * 3_600)
        await bench.clock.advance(30)

        assert len(bench.vendor.calls) == 2
        await bench.clock.advance(60)
        assert len(bench.vendor.calls) == 2, "once, however long it slept"
        self.task.cancel()

    async def test_what_is_not_due_yet_comes_at_its_time_of_day(self) -> None:
        bench = await self.running(interval_s=3_600)
        planned = bench.health.next_at
        assert planned is not None

        bench.clock.suspend(1_800)
        left_s = (planned - bench.clock.now()).total_seconds()
        await bench.clock.advance(left_s - 1)
        assert len(bench.vendor.calls) == 1
        await bench.clock.advance(31)

        assert len(bench.vendor.calls) == 2
        self.task.cancel()

    async def test_a_failure_is_retried_when_it_wakes(self) -> None:
        bench = await self.running(
            interval_s=60, failure=RateLimited("slow down", retry_after_s=3_600)
        )
        bench.vendor.failure = None

        bench.clock.suspend(8 * 3_600)
        await bench.clock.advance(30)

        assert bench.health.state is HealthState.OK
        self.task.cancel()

    async def test_a_person_need_not_wait_out_a_rest_that_ended_meanwhile(self) -> None:
        bench = await self.running(
            interval_s=60, failure=RateLimited("slow down", retry_after_s=3_600)
        )
        bench.vendor.failure = None

        bench.clock.suspend(8 * 3_600)
        bench.poller.wake()
        await bench.clock.advance(1)

        assert bench.health.state is HealthState.OK
        self.task.cancel()

    async def test_a_wall_clock_that_is_set_back_holds_up_no_poll(self) -> None:
        bench = await self.running(interval_s=600)

        bench.clock.suspend(-8 * 3_600)
        await bench.clock.advance(660)

        assert len(bench.vendor.calls) == 2
        self.task.cancel()


class TestHealth:
    async def test_success_is_dated(self) -> None:
        bench = Bench()

        await bench.poll()

        assert bench.health.state is HealthState.OK
        assert bench.health.as_of == NOON
        assert bench.health.late_at == NOON + timedelta(minutes=5)

    @pytest.mark.parametrize(
        ("error", "state", "advice"),
        [
            (ConnectionLost("timed out"), HealthState.BACKING_OFF, None),
            (
                CredentialRefused("no"),
                HealthState.REFUSED,
                "check credential of [qp]: variable QP_KEY",
            ),
            (CredentialError("not set", advice="set QP_KEY"), HealthState.REFUSED, "set QP_KEY"),
            (
                BudgetSpent("spent"),
                HealthState.BUDGET_SPENT,
                "more calls must be bought from the vendor; then refresh",
            ),
        ],
    )
    async def test_each_failure_has_its_state(
        self, error: Exception, state: HealthState, advice: str | None
    ) -> None:
        bench = Bench()
        bench.vendor.failure = error

        await bench.poll()

        assert bench.health.state is state
        assert bench.health.error == str(error)
        assert bench.health.advice == advice

    async def test_the_last_good_list_and_its_time_stay(self) -> None:
        bench = Bench([make_ticket()])
        await bench.poll()
        bench.vendor.failure = ConnectionLost("cut")

        await bench.clock.advance(100)
        await bench.poll()

        assert bench.health.as_of == NOON
        assert len(bench.queue.tickets()) == 1

    async def test_an_error_of_ours_is_named_by_its_type_alone(self) -> None:
        bench = Bench()
        bench.vendor.failure = ValueError(CANARY)

        await bench.poll()

        assert bench.health.error == "internal error: ValueError"

    async def test_a_queue_that_fails_ends_no_polling(self) -> None:
        bench = Bench([make_ticket()], cache_kind=FullCache)

        await bench.run_for(600)

        assert bench.health.error == "internal error: OSError"
        assert len(bench.vendor.calls) > 1

    async def test_without_a_complete_sweep_health_turns_late_by_itself(self) -> None:
        bench = Bench()
        await bench.poll()

        assert bench.health.at(NOON + timedelta(seconds=299)).state is HealthState.OK
        assert bench.health.at(NOON + timedelta(seconds=300)).state is HealthState.LATE


class TestBackingOff:
    async def test_nothing_is_sent_before_retry_after(self) -> None:
        bench = Bench()
        bench.vendor.failure = RateLimited("slow down", retry_after_s=120)
        task = asyncio.create_task(bench.poller.run())

        await bench.clock.advance(120)
        assert len(bench.vendor.calls) == 1
        await bench.clock.advance(11)

        assert len(bench.vendor.calls) == 2
        task.cancel()

    async def test_nobody_polls_by_hand_before_retry_after_either(self) -> None:
        bench = Bench()
        bench.vendor.failure = RateLimited("slow down", retry_after_s=120)
        task = asyncio.create_task(bench.poller.run())

        for _ in range(11):
            await bench.clock.advance(10)
            bench.poller.wake()
        assert len(bench.vendor.calls) == 1
        await bench.clock.advance(10)
        bench.poller.wake()
        await bench.clock.advance(1)

        assert len(bench.vendor.calls) == 2
        task.cancel()

    async def test_trying_by_hand_does_not_lengthen_the_back_off(self) -> None:
        bench = Bench()
        bench.vendor.failure = ConnectionLost("down")
        await bench.poll()
        for _ in range(10):
            await bench.poll(by_hand=True)

        delay = await bench.poll(by_hand=True)

        assert delay is not None
        assert delay <= 10

    async def test_an_hour_of_failures_costs_few_calls(self) -> None:
        bench = Bench(interval_s=5)
        bench.vendor.failure = ConnectionLost("down")

        await bench.run_for(3_600)

        assert len(bench.vendor.calls) <= 24

    async def test_after_a_recovery_the_first_window_counts_again(self) -> None:
        bench = Bench()
        bench.vendor.failure = ConnectionLost("down")
        for _ in range(8):
            await bench.poll()
        bench.vendor.failure = None
        await bench.poll()
        bench.vendor.failure = ConnectionLost("down")

        delay = await bench.poll()

        assert delay is not None
        assert delay <= 10

    async def test_a_spent_budget_is_not_asked_again_by_itself(self) -> None:
        bench = Bench()
        bench.vendor.failure = BudgetSpent("spent")

        await bench.run_for(2 * 3_600)

        assert len(bench.vendor.calls) == 1
