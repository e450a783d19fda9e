"""Several processes on one journal: who polls, when the next one does, and what it respects."""

import asyncio
import sqlite3
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from support.journal import cache_path
from support.sources import FixedCredential
from support.stations import Station, all_calls, oversleep, pass_time
from support.vendors import ListVendor
from tui.domain.errors import (
    BudgetSpent,
    ConnectionLost,
    CredentialError,
    CredentialRefused,
    RateLimited,
    TicketdeckError,
    Unreachable,
)
from tui.domain.health import HealthState
from tui.engine.allowance import for_a_person
from tui.engine.backoff import most_tries
from tui.store.queue_key import QueueKey

TAKEOVER_S = 6.0
"""Within so long another process polls in the place of one that is gone."""


@pytest.fixture
def vendor() -> ListVendor:
    return ListVendor([make_ticket("1"), make_ticket("2")])


class TestOnePolls:
    async def test_three_cost_as_many_calls_as_one(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        stations = [Station({"qp": vendor}, folder=tmp_path, name=name) for name in "abc"]
        for station in stations:
            await station.start()

        await pass_time(200, *stations)

        assert 3 <= len(vendor.calls) <= 5
        assert sum(station.holds for station in stations) == 1
        assert all(station.titles == ["Ticket 1", "Ticket 2"] for station in stations)
        assert len({station.queue.position for station in stations}) == 1
        for station in stations:
            await station.stop()

    async def test_who_ends_lets_another_poll_at_once(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a")
        second = Station({"qp": vendor}, folder=tmp_path, name="b")
        await first.start()
        await pass_time(2, first, second)
        await second.start()

        await first.stop()
        await pass_time(1.5, second)

        assert second.holds
        await second.stop()

    async def test_two_names_of_one_queue_share_its_polls(self, tmp_path: Path) -> None:
        key = QueueKey("questionpro", "https://api.example", "25739")
        one, other = ListVendor([make_ticket("1")]), ListVendor()
        other.tickets = [make_ticket("1", workspace="twin")]
        station = Station(
            {"qp": one, "twin": other}, folder=tmp_path, queues={"qp": key, "twin": key}
        )
        await station.start()

        await pass_time(600, station)

        assert 10 <= all_calls([one, other]) <= 12
        assert min(len(one.calls), len(other.calls)) == 0, "the lease stays where it is"
        assert {str(ticket.ref) for ticket in station.queue.tickets()} == {"qp/1", "twin/1"}
        shown = station.queue.health()
        assert shown["qp"] == shown["twin"]
        state = station.journal.leases.state("qp")
        assert state is not None
        assert state.token == 1
        await station.stop()


class TestTakingOver:
    async def two(self, vendor: ListVendor, folder: Path) -> tuple[Station, Station]:
        """Return one that has polled for a second, and one that follows it."""
        first = Station({"qp": vendor}, folder=folder, name="a")
        second = Station({"qp": vendor}, folder=folder, name="b")
        await first.start()
        await pass_time(1, first, second)
        await second.start()
        await pass_time(1, first, second)
        assert (first.holds, second.holds) == (True, False)
        return first, second

    async def test_one_that_stands_still_is_replaced_and_calls_nobody_before_its_time(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first, second = await self.two(vendor, tmp_path)

        await pass_time(TAKEOVER_S, second)
        assert second.holds
        await pass_time(40, second)
        assert len(vendor.calls) == 1, "the next poll was planned for later"
        await pass_time(20, second)

        assert len(vendor.calls) == 2
        await first.stop()
        await second.stop()

    async def test_one_that_comes_back_writes_nothing_and_follows(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first, second = await self.two(vendor, tmp_path)
        await pass_time(70, second)
        vendor.tickets[0] = make_ticket("1", title="Newer")
        await pass_time(60, second)

        await oversleep(130, first)
        await pass_time(120, first, second)

        assert (first.holds, second.holds) == (False, True)
        assert first.titles == second.titles == ["Newer", "Ticket 2"]
        state = second.journal.leases.state("qp")
        assert state is not None
        assert state.token == 2
        await first.stop()
        await second.stop()

    async def test_a_poll_that_outlasts_its_lease_writes_nothing_more(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        vendor.page_size = 1
        first, second = await self.two(vendor, tmp_path)
        vendor.tickets[1] = make_ticket("2", title="Read before the sleep")
        vendor.gate = asyncio.Event()
        first.poller.wake()
        await pass_time(2.25, first, second)
        first.poller.wake()
        await pass_time(0.5, first, second)
        slow = vendor.gate
        vendor.gate = None
        vendor.tickets[1] = make_ticket("2", title="Read by the other")
        await pass_time(70, second)
        assert second.titles == ["Read by the other", "Ticket 1"]
        polls = len(second.journal.polls.last("qp"))
        was = second.journal.cache.health()

        vendor.tickets[1] = make_ticket("2", title="Too late")
        slow.set()
        first.clock.jump(70)
        await first.clock.advance(3)

        assert second.journal.cache.health() == was
        assert len(second.journal.polls.last("qp")) == polls
        assert [t.title for t in second.journal.cache.tickets()][1] == "Read by the other"
        await first.stop()
        await second.stop()

    async def test_nobody_calls_before_retry_after_whoever_takes_over(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        vendor.failure = RateLimited("slow down", retry_after_s=120)
        first, second = await self.two(vendor, tmp_path)
        assert len(vendor.calls) == 1
        second.poller.wake()
        await pass_time(TAKEOVER_S, second)
        assert second.holds

        for _ in range(22):
            second.poller.wake()
            await second.poller.tenure.ask()
            assert (await second.poller.fresh(0)).state is HealthState.BACKING_OFF
            await pass_time(5, second)
        assert len(vendor.calls) == 1
        await pass_time(20, second)

        assert len(vendor.calls) == 2
        await first.stop()
        await second.stop()

    async def test_a_rest_is_kept_by_who_polls_at_another_pace(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a", interval_s=0)
        vendor.failure = RateLimited("slow down", retry_after_s=120)
        await first.start()
        first.poller.wake()
        await pass_time(2, first)
        await first.stop()

        second = Station({"qp": vendor}, folder=tmp_path, name="b", now=first.clock.now())
        await second.start()
        await pass_time(115, second)
        assert len(vendor.calls) == 1
        await pass_time(10, second)

        assert len(vendor.calls) == 2
        await second.stop()

    async def test_a_back_off_goes_on(self, vendor: ListVendor, tmp_path: Path) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a")
        vendor.failure = ConnectionLost("cut")
        await first.start()
        await pass_time(200, first)
        retry_at = first.health.retry_at
        assert retry_at is not None
        calls, left_s = len(vendor.calls), (retry_at - first.clock.now()).total_seconds()
        await first.stop()

        second = Station({"qp": vendor}, folder=tmp_path, name="b", now=first.clock.now())
        await second.start()
        await pass_time(left_s - 1, second)
        assert len(vendor.calls) == calls
        await pass_time(3, second)

        assert len(vendor.calls) == calls + 1
        await second.stop()

    async def test_a_request_of_long_ago_is_no_reason_to_poll(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first, second = await self.two(vendor, tmp_path)
        second.poller.wake()
        await pass_time(30, first, second)

        await pass_time(TAKEOVER_S, second)

        assert second.holds
        assert len(vendor.calls) == 1
        await first.stop()
        await second.stop()

    async def test_a_first_sweep_that_was_cut_off_is_not_shown_as_running(
        self, tmp_path: Path
    ) -> None:
        vendor = ListVendor([make_ticket(str(n)) for n in range(30)])
        vendor.gate = asyncio.Event()
        first = Station({"qp": vendor}, folder=tmp_path, name="a", interval_s=0)
        await first.start()
        first.poller.wake()
        await pass_time(1, first)
        vendor.gate.set()
        vendor.before_call = lambda: vendor.gate.clear() if vendor.gate else None
        await pass_time(1, first)
        assert first.health.pages_done == 1
        await first.stop()

        second = Station({"qp": vendor}, folder=tmp_path, name="b", interval_s=0)
        await second.start()
        await pass_time(2, second)

        assert second.health.pages_done is None
        await second.stop()

    async def test_what_the_other_has_read_meanwhile_is_not_dated_back(
        self, tmp_path: Path
    ) -> None:
        vendor = ListVendor([make_ticket(str(n)) for n in range(60)])
        first, second = await self.two(vendor, tmp_path)
        await pass_time(1_200, second)
        read = second.journal.cache.health()["qp"].as_of
        await second.stop()

        await oversleep(1_200, first)
        await pass_time(120, first)

        shown = first.journal.cache.health()["qp"].as_of
        assert first.holds
        assert read is not None
        assert shown is not None
        assert shown >= read
        await first.stop()


class TestLooking:
    async def test_a_look_from_another_process_brings_the_next_poll_forward(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a", interval_s=None)
        second = Station({"qp": vendor}, folder=tmp_path, name="b", interval_s=None)
        for station in (first, second):
            await station.start()
        await pass_time(1, first, second)
        planned = first.health.next_at
        assert planned is not None

        await second.poller.tenure.watch()
        await pass_time(20, first, second)

        assert len(vendor.calls) == 2
        for station in (first, second):
            await station.stop()

    async def test_a_start_with_somebody_looking_does_not_poll_anew_at_once(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a", interval_s=None)
        await first.start()
        await pass_time(2, first)
        await first.stop()

        second = Station(
            {"qp": vendor}, folder=tmp_path, name="b", interval_s=None, now=first.clock.now()
        )
        await second.start()
        await pass_time(2, second)
        second.poller.watched(second.clock.now())
        await pass_time(2, second)

        assert len(vendor.calls) == 1
        await second.stop()


class TestFreshness:
    async def test_what_is_not_due_is_not_polled(self, vendor: ListVendor, tmp_path: Path) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a")
        assert (await first.poller.fresh(None)).state is HealthState.OK
        assert len(vendor.calls) == 1

        for minute in range(10):
            now = NOON + timedelta(seconds=5 * minute)
            cron = Station({"qp": vendor}, folder=tmp_path, name=f"cron {minute}", now=now)
            await cron.poller.fresh(None)

        assert len(vendor.calls) == 1

    async def test_an_age_is_obeyed(self, vendor: ListVendor, tmp_path: Path) -> None:
        station = Station({"qp": vendor}, folder=tmp_path)
        await station.poller.fresh(0)
        await station.clock.advance(20)

        await station.poller.fresh(30)
        assert len(vendor.calls) == 1
        await station.poller.fresh(10)
        assert len(vendor.calls) == 2

    async def test_what_was_stored_by_a_clock_that_ran_ahead_is_read_anew_once(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        ahead = Station({"qp": vendor}, folder=tmp_path, now=NOON + timedelta(days=400))
        assert (await ahead.poller.fresh(0)).as_of == ahead.clock.now()
        await ahead.stop()
        calls = len(vendor.calls)
        station = Station({"qp": vendor}, folder=tmp_path)

        health = await station.poller.fresh(None)

        assert len(vendor.calls) > calls
        assert health.as_of == station.clock.now()
        calls = len(vendor.calls)
        await station.poller.fresh(None)
        assert len(vendor.calls) == calls, "now it is fresh"
        await station.stop()

    async def test_a_failure_keeps_its_pace_though_a_clock_ran_ahead_before(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        ahead = Station({"qp": vendor}, folder=tmp_path, now=NOON + timedelta(days=400))
        await ahead.poller.fresh(0)
        await ahead.stop()
        vendor.failure = ConnectionLost("cut")
        station = Station({"qp": vendor}, folder=tmp_path)
        calls = len(vendor.calls)

        assert (await station.poller.fresh(None)).retry_at is not None
        await station.poller.fresh(None)
        assert len(vendor.calls) == calls + 1, "the next try is not due"
        await station.poller.fresh(10)

        assert len(vendor.calls) == calls + 2, "who asks for an age has none of the future"
        await station.stop()

    @pytest.mark.parametrize(
        "failure", [None, ConnectionLost("cut"), RateLimited("slow", retry_after_s=9)]
    )
    async def test_the_plan_of_a_clock_that_ran_ahead_holds_nobody_up(
        self, failure: TicketdeckError | None, vendor: ListVendor, tmp_path: Path
    ) -> None:
        ahead = Station({"qp": vendor}, folder=tmp_path, now=NOON + timedelta(days=400))
        vendor.failure = failure
        await ahead.start()
        await pass_time(2, ahead)
        await ahead.stop()
        vendor.failure, calls = None, len(vendor.calls)
        station = Station({"qp": vendor}, folder=tmp_path)
        await station.start()
        await pass_time(10, station)

        assert len(vendor.calls) > calls
        assert station.health.state is HealthState.OK
        await station.stop()

    async def test_what_polls_leave_to_people_is_for_those_who_ask_for_an_age(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        station = Station({"qp": vendor}, folder=tmp_path, calls=10)
        with for_a_person():
            for _ in range(5):
                await station.allowance.gate("somebody").admit()

        by_pace = await station.poller.fresh(None)
        assert (by_pace.state, vendor.calls) == (HealthState.BUDGET_SPENT, [])
        asked = await station.poller.fresh(0)

        assert (asked.state, len(vendor.calls)) == (HealthState.OK, 1)

    async def test_zero_asks_who_polls_and_waits_for_the_answer(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a")
        await first.start()
        await pass_time(10, first)
        other = Station({"qp": vendor}, folder=tmp_path, name="b", now=first.clock.now())
        vendor.tickets.append(make_ticket("3"))

        asking = asyncio.create_task(other.poller.fresh(0))
        await pass_time(3, first, other)

        assert asking.done()
        assert (await asking).as_of is not None
        assert len(vendor.calls) == 2
        assert first.holds
        assert not other.holds
        await other.follower.pull()
        assert "Ticket 3" in other.titles
        await first.stop()

    async def test_a_request_right_after_a_poll_is_answered_too(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a", interval_s=0)
        await first.start()
        await pass_time(2, first)
        first.poller.wake()
        await pass_time(0.5, first)
        assert len(vendor.calls) == 1
        other = Station({"qp": vendor}, folder=tmp_path, name="b", now=first.clock.now())

        asking = asyncio.create_task(other.poller.fresh(0))
        await pass_time(6, first, other)

        assert asking.done()
        assert len(vendor.calls) == 2
        await first.stop()

    async def test_a_failure_of_who_polls_is_an_answer(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a")
        await first.start()
        await pass_time(10, first)
        vendor.failure = ConnectionLost("cut")
        other = Station({"qp": vendor}, folder=tmp_path, name="b", now=first.clock.now())

        asking = asyncio.create_task(other.poller.fresh(0))
        await pass_time(3, first, other)

        assert (await asking).error == "cut"
        await first.stop()

    async def test_who_polls_dies_before_the_answer(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a")
        await first.start()
        await pass_time(10, first)
        other = Station({"qp": vendor}, folder=tmp_path, name="b", now=first.clock.now())

        asking = asyncio.create_task(other.poller.fresh(0))
        await pass_time(TAKEOVER_S, other)

        assert (await asking).state is HealthState.OK
        assert len(vendor.calls) == 2
        assert not other.holds, "it only wanted one poll"
        await first.stop()

    async def test_two_who_ask_at_once_cost_one_poll(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        vendor.gate = asyncio.Event()
        one = Station({"qp": vendor}, folder=tmp_path, name="a")
        two = Station({"qp": vendor}, folder=tmp_path, name="b")

        asking = [asyncio.create_task(each.poller.fresh(0)) for each in (one, two)]
        await pass_time(1, one, two)
        vendor.gate.set()
        await pass_time(2, one, two)

        assert [(await each).state for each in asking] == [HealthState.OK, HealthState.OK]
        assert len(vendor.calls) == 1

    async def test_a_process_that_polls_itself_keeps_its_lease(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        station = Station({"qp": vendor}, folder=tmp_path)
        await station.start()
        await pass_time(5, station)

        await station.poller.fresh(0)
        await pass_time(5, station)

        state = station.journal.leases.state("qp")
        assert station.holds
        assert state is not None
        assert state.token == 1
        assert len(vendor.calls) == 2
        await station.stop()


class TestRefusedCredentials:
    async def test_a_process_tries_it_once_and_those_who_saw_that_do_not(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        vendor.failure = CredentialRefused("no")
        first = Station({"qp": vendor}, folder=tmp_path, name="a")
        earlier = NOON - timedelta(seconds=1)
        second = Station({"qp": vendor}, folder=tmp_path, name="b", now=earlier)
        for station in (first, second):
            await station.start()

        await pass_time(300, first, second)

        assert len(vendor.calls) == 1
        assert first.health.state is second.health.state is HealthState.REFUSED
        assert not first.holds
        assert not second.holds
        for station in (first, second):
            await station.stop()

    @pytest.mark.parametrize(("key", "calls"), [("key", 1), ("a newer key", 2)])
    async def test_a_new_process_tries_another_credential_and_not_the_same(
        self, vendor: ListVendor, tmp_path: Path, key: str, calls: int
    ) -> None:
        vendor.failure = CredentialRefused("no")
        first = Station({"qp": vendor}, folder=tmp_path, name="a")
        await first.start()
        await pass_time(10, first)
        await first.stop()

        second = Station(
            {"qp": vendor},
            folder=tmp_path,
            name="b",
            now=first.clock.now(),
            credential=FixedCredential(key),
        )
        await second.start()
        await pass_time(600, second)

        assert len(vendor.calls) == calls
        await second.stop()

    async def test_who_wants_the_queue_once_tries_it_no_more_either(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        vendor.failure = CredentialRefused("no")
        for number in range(5):
            station = Station({"qp": vendor}, folder=tmp_path, name=str(number))
            health = await station.pollers["qp"].fresh(None)

            assert health.state is HealthState.REFUSED
        assert len(vendor.calls) == 1

        await Station({"qp": vendor}, folder=tmp_path).pollers["qp"].fresh(0.0)
        assert len(vendor.calls) == 2, "a person asked"

    async def test_a_budget_that_a_vendor_calls_spent_is_asked_about_once_a_day(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        vendor.failure = BudgetSpent("API call limit exceeded")
        for hour in range(30):
            station = Station(
                {"qp": vendor}, folder=tmp_path, name=str(hour), now=NOON + timedelta(hours=hour)
            )
            await station.pollers["qp"].fresh(None)

        assert len(vendor.calls) == 2

    async def test_back_off_grows_from_one_process_to_the_next(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        vendor.failure = ConnectionLost("cut")
        for minute in range(60):
            station = Station(
                {"qp": vendor},
                folder=tmp_path,
                name=str(minute),
                now=NOON + timedelta(minutes=minute),
            )
            await station.pollers["qp"].fresh(None)

        assert len(vendor.calls) <= most_tries(3_600, 60)

    async def test_another_value_of_the_credential_is_tried_within_a_minute(
        self, vendor: ListVendor
    ) -> None:
        station = Station({"qp": vendor})
        vendor.failure = CredentialRefused("no")
        await station.start()
        await pass_time(100, station)

        station.credential.value, vendor.failure = "newer key", None
        await pass_time(65, station)

        assert station.health.state is HealthState.OK
        assert len(vendor.calls) == 2
        await station.stop()

    async def test_one_that_was_replaced_before_the_old_one_was_refused_is_tried_too(
        self, vendor: ListVendor
    ) -> None:
        """The usual order: the new key is put in place, then the old one is revoked."""
        station = Station({"qp": vendor})
        await station.start()
        await pass_time(10, station)
        station.credential.value = "newer key"
        vendor.failure = CredentialRefused("no")
        await pass_time(70, station)
        before = station.health.state
        vendor.failure = None
        await pass_time(65, station)

        assert (before, station.health.state) == (HealthState.REFUSED, HealthState.OK)
        await station.stop()

    async def test_a_person_may_try_at_any_time(self, vendor: ListVendor) -> None:
        station = Station({"qp": vendor})
        vendor.failure = CredentialRefused("no")
        await station.start()
        await pass_time(30, station)

        station.poller.wake()
        await pass_time(30, station)
        assert len(vendor.calls) == 2, "once for each request"
        vendor.failure = None
        station.poller.wake()
        await pass_time(2, station)

        assert station.health.state is HealthState.OK
        await station.stop()

    async def test_a_try_that_meets_another_trouble_is_followed_by_more(
        self, vendor: ListVendor
    ) -> None:
        station = Station({"qp": vendor})
        vendor.failure = CredentialRefused("no")
        await station.start()
        await pass_time(30, station)
        vendor.failure = ConnectionLost("cut")
        station.poller.wake()
        await pass_time(2, station)

        vendor.failure = None
        await pass_time(30, station)

        assert station.health.state is HealthState.OK
        await station.stop()

    async def test_who_was_refused_polls_again_after_it_worked_for_another(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        first = Station({"qp": vendor}, folder=tmp_path, name="a")
        second = Station({"qp": vendor}, folder=tmp_path, name="b")
        vendor.failure = CredentialRefused("no")
        for station in (first, second):
            await station.start()
        await pass_time(10, first, second)
        vendor.failure = None
        second.poller.wake()
        await pass_time(10, first, second)
        assert second.holds

        await second.stop()
        await pass_time(120, first)

        assert first.holds
        assert len(vendor.calls) >= 3
        await first.stop()


class TestMissingCredentials:
    def broken(self, vendor: ListVendor) -> ListVendor:
        """Return the vendor as it is to a process that has no credential."""
        without = ListVendor(vendor.tickets)
        without.failure = CredentialError("QP_KEY is not set", advice="set QP_KEY")
        return without

    async def test_alone_it_says_what_is_missing_and_lets_go_of_the_lease(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        station = Station(
            {"qp": self.broken(vendor)}, folder=tmp_path, credential=FixedCredential(None)
        )
        await station.start()
        heard = station.notified

        await pass_time(5, station)

        assert (station.health.state, station.health.advice) == (HealthState.REFUSED, "set QP_KEY")
        assert not station.holds
        assert station.notified > heard, "a dashboard hears of it"
        assert station.journal.cache.health()["qp"].error is None
        assert station.journal.polls.last("qp") == ()
        await station.stop()

    async def test_with_another_that_polls_it_shows_what_that_one_says(
        self, vendor: ListVendor, tmp_path: Path
    ) -> None:
        viewer = Station(
            {"qp": self.broken(vendor)},
            folder=tmp_path,
            name="v",
            credential=FixedCredential(None),
        )
        await viewer.start()
        await pass_time(5, viewer)
        assert viewer.health.error == "QP_KEY is not set"
        able = Station({"qp": vendor}, folder=tmp_path, name="a", now=viewer.clock.now())
        await able.start()

        await pass_time(5, able, viewer)
        assert viewer.health == able.health
        assert viewer.health.state is HealthState.OK
        vendor.failure = ConnectionLost("cut")
        await pass_time(70, able, viewer)
        assert viewer.health.error == "cut", "the trouble of the one who polls"
        await able.stop()
        await pass_time(3, viewer)

        assert viewer.health.error == "QP_KEY is not set"
        await viewer.stop()

    async def test_it_polls_when_its_credential_appears(self, vendor: ListVendor) -> None:
        station = Station({"qp": vendor}, credential=FixedCredential(None))
        vendor.failure = CredentialError("QP_KEY is not set", advice="set QP_KEY")
        await station.start()
        await pass_time(30, station)

        station.credential.value, vendor.failure = "key", None
        await pass_time(65, station)

        assert station.health.state is HealthState.OK
        await station.stop()


class TestTheJournalInTheWay:
    async def test_a_locked_journal_ends_no_polling(
        self, vendor: ListVendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui.store.database.BUSY_S", 0.01)
        station = Station({"qp": vendor}, folder=tmp_path)
        await station.start()
        await pass_time(2, station)
        with sqlite3.connect(cache_path(tmp_path), isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            await pass_time(70, station)
            other.execute("ROLLBACK")
        other.close()

        await pass_time(70, station)

        assert station.health.state is HealthState.OK
        assert len(vendor.calls) >= 2
        assert station.holds
        await station.stop()

    async def test_after_a_purge_everything_is_read_anew(self, tmp_path: Path) -> None:
        vendor = ListVendor([make_ticket(str(n)) for n in range(60)])
        station = Station({"qp": vendor}, folder=tmp_path, interval_s=None, calls=3_000)
        await station.start()
        await pass_time(600, station)
        assert not all(poll.is_sweep for poll in station.journal.polls.last("qp"))
        elsewhere = Station({"qp": vendor}, folder=tmp_path)

        elsewhere.journal.cache.purge()
        await pass_time(1, station)
        assert (station.titles, station.health.as_of) == ([], None)
        while not station.journal.polls.last("qp"):
            await pass_time(5, station)

        assert len(station.titles) == 60
        assert station.health.state is HealthState.OK
        assert station.attention.novelties == {}, "what is read anew is not new"
        await station.stop()

    async def test_a_purge_in_the_midst_of_a_sweep_does_not_pass_for_a_whole_list(
        self, tmp_path: Path
    ) -> None:
        vendor = ListVendor([make_ticket(str(n)) for n in range(30)])
        station = Station({"qp": vendor}, folder=tmp_path)
        elsewhere = Station({"qp": vendor}, folder=tmp_path)

        def purge_once() -> None:
            if len(vendor.calls) == 5:
                elsewhere.journal.cache.purge()

        vendor.before_call = purge_once
        await station.start()
        await pass_time(2, station)
        assert (len(vendor.calls), station.health.as_of) == (3, NOON)
        station.poller.wake()
        await pass_time(2, station)
        assert (len(vendor.calls), station.health.as_of) == (6, None)
        await pass_time(30, station)

        assert len(station.titles) == 30
        assert station.health.state is HealthState.OK
        await station.stop()

    async def test_a_purge_of_another_workspace_in_its_midst_does_not_spoil_a_sweep(
        self, tmp_path: Path
    ) -> None:
        vendor = ListVendor([make_ticket("1")])
        station = Station({"qp": vendor}, folder=tmp_path)

        def purge_klink() -> None:
            station.journal.cache.purge(workspaces=["klink"])

        vendor.before_call = purge_klink

        health = await station.pollers["qp"].fresh(0.0)

        assert (health.error, health.as_of) == (None, NOON)


class TestBudgetAndNetwork:
    async def test_a_spent_budget_says_until_when_and_polls_again_then(
        self, vendor: ListVendor
    ) -> None:
        station = Station({"qp": vendor}, calls=20)
        await station.start()
        await pass_time(1_500, station)

        assert station.health.state is HealthState.BUDGET_SPENT
        assert len(vendor.calls) < 20, "some are kept for people"
        until = station.health.retry_at
        assert until is not None
        assert f"free at {until:%Y-%m-%d %H:%M} UTC" in (station.health.error or "")
        calls = len(vendor.calls)
        station.poller.wake()
        await pass_time(5, station)
        assert len(vendor.calls) == calls + 1, "a person may"
        await station.stop()

    async def test_while_the_network_is_down_one_workspace_tries_for_all(self) -> None:
        vendors = {name: ListVendor() for name in ("qp", "klink")}
        for vendor in vendors.values():
            vendor.failure = Unreachable("no route", is_network=True)
        station = Station(vendors)
        await station.start()

        await pass_time(900, station)
        assert all_calls(list(vendors.values())) <= 16
        for health in station.queue.health().values():
            assert health.retry_at is not None
            assert health.retry_at > station.clock.now(), "nobody promises what is past"
        for vendor in vendors.values():
            vendor.failure = None
        await pass_time(920, station)

        states = {health.state for health in station.queue.health().values()}
        assert states == {HealthState.OK}
        await station.stop()


class TestQueuesNamedByTheirCredential:
    async def test_what_is_stored_under_another_credential_never_mixes_with_what_comes(
        self, tmp_path: Path
    ) -> None:
        shown: list[set[str]] = []

        def look(station: Station) -> None:
            shown.append(refs(station))

        for key, ids in (("a", "12"), ("a", "123"), ("b", "789"), ("b", "78")):
            vendor = ListVendor([make_ticket(each) for each in ids], page_size=1)
            station = Station(
                {"qp": vendor},
                folder=tmp_path,
                credential=FixedCredential(key),
                is_named_by_credential=True,
            )
            vendor.before_call = partial(look, station)
            health = await station.pollers["qp"].fresh(0.0)

            assert health.error is None
            shown.append(refs(station))

        assert all(each <= set("123") or each <= set("789") for each in shown)
        assert shown[-1] == set("789"), "one sweep that misses a ticket removes nothing"

    async def test_elsewhere_another_credential_shows_the_same_queue(self, tmp_path: Path) -> None:
        vendor = ListVendor([make_ticket("1")])
        first = Station({"qp": vendor}, folder=tmp_path, credential=FixedCredential("a"))
        await first.pollers["qp"].fresh(0.0)
        vendor.tickets.clear()
        second = Station({"qp": vendor}, folder=tmp_path, credential=FixedCredential("b"))
        await second.pollers["qp"].fresh(0.0)

        assert refs(second) == {"1"}


def refs(station: Station) -> set[str]:
    return {ticket.ref.id for ticket in station.journal.cache.tickets()}
