"""The polls of one workspace: what each of them reads, and what comes of it.

When there is one, and by which process, is up to `engine.poller`.
"""

import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from tui.domain.activity import PollRecord
from tui.domain.errors import CredentialError, LeaseLost, StateError, TicketdeckError
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.page import Page
from tui.domain.ports import Clock, Vendor
from tui.domain.ticket import TicketRef
from tui.engine.allowance import for_a_person
from tui.engine.backoff import backoff_s
from tui.engine.defects import log_defect
from tui.engine.moment import Moment
from tui.engine.offload import Offload
from tui.engine.outage import ADVICE, Outage
from tui.engine.pacer import Pacer
from tui.engine.pacing import spread_s
from tui.engine.plan import PagePlan
from tui.engine.refusal_bar import RefusalBar
from tui.engine.refusals import Retry, Verdict, verdict
from tui.engine.source import Source
from tui.engine.sweep import PagesReport, SweepReport, read_pages, sweep
from tui.engine.tenure import Tenure
from tui.store.cache import TicketCache
from tui.store.lease import Lease

BY_HAND_PACE_S: Final = 2.0
"""Polls by hand are no closer than this; a held-down key is one request."""
SWEEP_BY_HAND_S: Final = 60.0
"""A long list is read whole by hand no sooner than this after the last time, ..."""
SHORT_LIST: Final = 10
"""... a list of so few pages always."""
ONCE_A_DAY_S: Final = 86_400.0
PROGRESS_S: Final = 1.0
"""Between two words on how far a long list is read."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll came to."""

    record: PollRecord
    delay_s: float | None
    """Until the next one; None for not by itself."""


class Polling:
    """Reads a workspace and writes down what came of it, under the lease of this process.

    One poll at a time. Whatever a vendor does ends in a health value, never in an exception.
    """

    def __init__(
        self,
        source: Source,
        tenure: Tenure,
        cache: TicketCache,
        outage: Outage,
        *,
        bar: RefusalBar,
        pacer: Pacer,
        clock: Clock,
        random: Random,
        offload: Offload,
        pull: Callable[[], Awaitable[None]],
        tell: Callable[[], None],
    ) -> None:
        """`pull` brings what was written into the queue of this process, `tell` has it brought."""
        self.health = WorkspaceHealth()
        """As it was written last."""
        self.failures = 0
        """Polls in a row that failed, those that are told to nobody too."""
        self.by_hand_from = Moment.after(0, clock)
        """Polls by hand come no sooner."""
        self._source = source
        self._name = source.workspace.name
        self._tenure = tenure
        self._cache = cache
        self._outage = outage
        self._bar = bar
        self._pacer = pacer
        self._clock = clock
        self._random = random
        self._offload = offload
        self._pull = pull
        self._tell = tell
        self._vendor: Vendor | None = None
        self._plan: PagePlan | None = None
        self._epoch = ""
        """Of the stored tickets that `_plan` is about."""
        self._lease: Lease | None = None
        """Every write of the poll that runs is made by this one, whatever becomes of it."""
        self._has_looked = False
        """Whether what others spent was taken in."""
        self._changes = 0
        """Of the poll that runs."""
        self._swept_at = float("-inf")
        self._told_progress_at = float("-inf")

    @property
    def vendor(self) -> Vendor:
        """The open vendor."""
        if self._vendor is None:
            self._vendor = self._source.open_vendor()
        return self._vendor

    @property
    def pages(self) -> int:
        """How many calls it takes to read everything, as far as is known."""
        return max(1, self._plan.pages) if self._plan else 1

    async def stored_health(self) -> WorkspaceHealth:
        """Return what the journal says, be it of another process. Raises StateError."""
        return (await self._offload(self._cache.health))[self._name]

    async def take_up(self) -> None:
        """Go on where the holder of the lease before us left off.

        Raises LeaseLost, and StateError where the journal cannot be used.
        """
        await self._begin()
        is_by_hand = self._source.workspace.poll_interval_s == 0
        if is_by_hand and self.health.error is None:
            await self.report(
                replace(self.health, state=HealthState.OFF, late_at=None, next_at=None)
            )
        elif not is_by_hand and self.health.state is HealthState.OFF:
            # Whoever was here before was told to poll by hand only.
            await self.report(replace(self.health, state=HealthState.STARTING))

    async def poll(self, *, by_hand: bool, once: bool) -> Polled:
        """Read the workspace once.

        `by_hand`: a person asked for it. `once`: no later poll of this process knows what this one
        learnt. Raises LeaseLost, and StateError where the journal cannot be used.
        """
        await self._begin()
        began_at, gate = self._clock.now(), self._source.gate
        began, calls, size = self._clock.monotonic(), gate.calls, gate.size
        self._changes, is_sweep = 0, True
        self._pacer.polled()
        try:
            with for_a_person() if by_hand else nullcontext():
                report = await self._read_and_learn(began_at, by_hand=by_hand)
            is_sweep = isinstance(report, SweepReport)
            delay = await self._succeeded(report, once=once)
        except LeaseLost:
            raise
        except Exception as error:
            # A poller that dies is a dashboard that lies.
            delay = await self._failed(error, by_hand=by_hand)
        record = PollRecord(
            at=self._clock.now(),
            took_s=self._clock.monotonic() - began,
            calls=gate.calls - calls,
            size=gate.size - size,
            is_sweep=is_sweep,
            changes=self._changes,
            error=self.health.error,
        )
        return Polled(record, delay)

    async def report(self, health: WorkspaceHealth) -> None:
        """Write down how the workspace is, for every process. Raises LeaseLost and StateError."""
        self.health, lease = health, self._lease
        if await self._offload(lambda: self._cache.set_health(self._name, health, lease=lease)):
            await self._pull()

    async def close(self) -> None:
        """Close the vendor, if it was ever opened."""
        if self._vendor is not None:
            with suppress(TicketdeckError):
                await self._vendor.close()

    # What a poll writes to: under which lease, to which stored tickets

    async def _begin(self) -> None:
        """Look under which lease we write from now on, and to what."""
        self._lease = self._tenure.lease
        # Who was stopped for a while does not know that another polls, until the next heartbeat.
        if self._lease is None or await self._tenure.is_held_by_another():
            raise LeaseLost(f"{self._name}: another process polls it now")
        if not self._has_looked:
            # What was spent before this process began sets the pace too.
            await self._source.gate.look()
            self._has_looked = True
        epoch = await self._offload(lambda: self._cache.epoch(self._name))
        if epoch != self._epoch:
            # What the plan knows of is gone.
            self._epoch, self._plan = epoch, None
        # Another process may have polled since; what it was reading when it ended it reads no more.
        self.health = replace(await self.stored_health(), pages_done=None, pages_known=None)
        self.failures = self.health.failures

    async def _check_epoch(self) -> None:
        """Raise StateError where the stored tickets were deleted while a poll wrote others."""
        if await self._offload(lambda: self._cache.epoch(self._name)) != self._epoch:
            self.health = WorkspaceHealth()
            raise StateError("the stored tickets were deleted meanwhile; the next poll reads all")

    async def _check_queue(self) -> None:
        """Forget what is stored where the credential is another one, and it alone names the queue.

        Raises _OtherQueue then: it may be another tenant's, and two must never mix.
        """
        before, now = self.health.account, self._source.account
        if before is not None and now is not None and before != now:
            await self._offload(lambda: self._cache.purge(workspaces=(self._name,)))
            raise _OtherQueue

    # What is read

    async def _read_and_learn(
        self, began_at: datetime, *, by_hand: bool
    ) -> SweepReport | PagesReport:
        try:
            report = await self._read(by_hand=by_hand)
        except _OtherQueue:
            # It begins with nothing, as the first poll of a workspace does.
            await self._begin()
            report = await self._read(by_hand=by_hand)
        await self._learn(report, began_at)
        plan = self._plan
        is_light = isinstance(report, PagesReport)
        if is_light and plan is not None and plan.can_sweep(self._pacer.calls_left()):
            # What these pages do not explain would otherwise wait for a whole interval.
            report = await self._sweep()
            await self._learn(report, began_at)
        return report

    async def _read(self, *, by_hand: bool) -> SweepReport | PagesReport:
        if self._plan is None:
            self._plan = PagePlan(self.vendor.sections)
        pace = self._pacer.pace()
        pages = self._plan.next_pages(
            max(1, pace.pages_affordable(pace.interval_s(1))),
            now=self._clock.now(),
            seconds_per_call=self._pacer.seconds_per_call(self.pages),
            left=self._pacer.calls_left(),
        )
        is_whole = not pages or self._pacer.takes_all(self.pages)
        if by_hand:
            is_old = self._clock.monotonic() >= self._swept_at + SWEEP_BY_HAND_S
            is_whole = is_whole or is_old or self.pages <= SHORT_LIST
        if is_whole:
            return await self._sweep()
        return await read_pages(
            self.vendor, pages, self._take, _unsaid, follow_up=self._plan.follow_up
        )

    async def _sweep(self) -> SweepReport:
        self._swept_at = self._clock.monotonic()
        return await sweep(self.vendor, self._take, self._progress)

    async def _take(self, page: Page) -> Collection[TicketRef]:
        self._outage.reached(self._name)
        await self._check_queue()
        touched = await self._offload(
            lambda: self._cache.apply(self._name, page.tickets, page.removed, lease=self._lease)
        )
        if touched:
            self._changes += len(touched)
            self._tell()
        return touched

    async def _progress(self, done: int, known: int | None) -> None:
        is_long = (known or done) > SHORT_LIST or self.health.as_of is None
        now = self._clock.monotonic()
        if is_long and now >= self._told_progress_at + PROGRESS_S:
            self._told_progress_at = now
            await self.report(replace(self.health, pages_done=done, pages_known=known))

    # After a success

    async def _succeeded(self, report: SweepReport | PagesReport, *, once: bool) -> float | None:
        for skipped in report.skipped:
            log.warning("%s: skipped %s: %s", self._name, skipped.where, skipped.reason)
        self.failures = 0
        self._bar.take_down()
        if self._changes:
            self._pacer.changed()
        self.by_hand_from = Moment.after(BY_HAND_PACE_S, self._clock)
        now = self._clock.now()
        interval = self._pacer.pace().interval_s(self.pages if once else 1)
        delay = spread_s(interval, self._random) if interval else None
        as_of, late_after_s = self._certainty(interval)
        last_sweep = self.health
        if isinstance(report, SweepReport):
            last_sweep = WorkspaceHealth(
                skipped=len(report.skipped),
                defects=report.defects,
                missing=report.missing,
                doubts=report.doubts,
            )
        await self.report(
            WorkspaceHealth(
                state=HealthState.OK if interval else HealthState.OFF,
                as_of=as_of,
                next_at=None if delay is None else now + timedelta(seconds=delay),
                late_at=as_of + timedelta(seconds=late_after_s) if interval and as_of else None,
                skipped=last_sweep.skipped,
                defects=last_sweep.defects,
                missing=last_sweep.missing,
                doubts=last_sweep.doubts,
                account=self._source.account,
            )
        )
        return delay

    async def _learn(self, report: SweepReport | PagesReport, began_at: datetime) -> None:
        """Let the plan learn, and the cache know what the vendor did surely not show."""
        await self._check_epoch()
        if (plan := self._plan) is None:
            return
        if isinstance(report, SweepReport):
            seen = plan.learn_sweep(report, began_at)
        elif (seen := plan.learn_pages(report, began_at)) is None:
            return
        gone = await self._offload(
            lambda: self._cache.finish_sweep(self._name, seen, lease=self._lease)
        )
        self._changes += len(gone)

    def _certainty(self, interval: float) -> tuple[datetime | None, float]:
        """Return the moment whose whole list is known, and how long after it that is late."""
        if self._plan is None:
            return self.health.as_of, 0.0
        late_after_s = self._plan.late_after_s(interval, self._pacer.seconds_per_call(self.pages))
        # Another process may have held the lease since our plan was last right, and what was known
        # in the future was known by a clock that was put back since.
        known, now = (self._plan.as_of, self.health.as_of), self._clock.now()
        return max((each for each in known if each and each <= now), default=None), late_after_s

    # After a failure

    async def _failed(self, error: Exception, *, by_hand: bool) -> float | None:
        # Trying by hand does not make the program itself more patient.
        self.failures = max(1, self.failures + (not by_hand))
        if not isinstance(error, TicketdeckError):
            # Its text may hold anything, a credential included.
            log_defect(log, self._name, error)
        found = verdict(
            error,
            workspace=self._name,
            credential_place=self._source.credential.place,
            list_settings=self._source.list_settings,
            worked_before=self.health.as_of is not None,
        )
        pace_s, now = self._pacer.pace().interval_s(1), self._clock.now()
        self._tell_outage(found, pace_s)
        rest_s = max(BY_HAND_PACE_S, found.retry_after_s or 0.0)
        self.by_hand_from = Moment.after(rest_s, self._clock)
        delay = self._retry_s(found, now, pace_s)
        # While the network is down, who waits asks again and again: it may come back for another.
        planned = self._outage.next_try_s(self._name) if delay == 0.0 else delay
        health = replace(
            self.health,
            state=found.state,
            error=found.message,
            advice=ADVICE if found.is_network and self._outage.is_down else found.advice,
            retry_at=None if planned is None else now + timedelta(seconds=planned),
            rest_until=now + timedelta(seconds=rest_s) if found.retry_after_s else None,
            failed_at=now,
            failures=self.failures,
            refused=None,
            next_at=None,
            pages_done=None,
            pages_known=None,
        )
        is_only_here = isinstance(error, CredentialError)
        if found.retry is Retry.ON_CHANGE:
            refused = await self._bar.put_up(health if is_only_here else None)
            health = replace(health, refused=refused)
        else:
            self._bar.take_down()
        if not is_only_here:
            await self.report(health)
        return delay

    def _tell_outage(self, found: Verdict, pace_s: float) -> None:
        if found.is_network:
            self._outage.failed(self._name, pace_s)
        elif found.is_answer:
            self._outage.reached(self._name)
        else:
            self._outage.unclear(self._name)

    def _retry_s(self, found: Verdict, now: datetime, pace_s: float) -> float | None:
        """Return the seconds until the next try; None for not by itself."""
        if found.retry is Retry.AT and found.until is not None:
            return max(BY_HAND_PACE_S, (found.until - now).total_seconds())
        if found.retry is Retry.ON_CHANGE or self._source.workspace.poll_interval_s == 0:
            return None
        if found.retry is Retry.BY_HAND:
            # Somebody may have bought more and not told us.
            return ONCE_A_DAY_S
        if found.is_network and self._outage.next_try_s(self._name):
            return 0.0
        after_s = found.retry_after_s
        return backoff_s(self.failures, self._random, pace_s=pace_s, retry_after_s=after_s)


class _OtherQueue(Exception):
    """What was stored belongs to another queue than what the vendor shows now."""


async def _unsaid(done: int, known: int | None) -> None:
    """Say nothing of the progress: a few pages are no long work."""
