"""The polling of one workspace. It never raises: what happened is a health value."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tui.domain.activity import PollRecord
from tui.domain.draft import FieldSpec
from tui.domain.errors import CredentialError, LeaseLost, StateError, TicketdeckError
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.page import Page
from tui.domain.ports import Clock, Vendor
from tui.domain.secret import CredentialSource
from tui.domain.ticket import TicketRef
from tui.domain.workspace import Workspace
from tui.engine.allowance import Allowance, Gate, for_a_person
from tui.engine.backoff import backoff_s
from tui.engine.offload import Offload
from tui.engine.outage import ADVICE, Outage
from tui.engine.pacing import Pace, spread_s
from tui.engine.plan import PagePlan
from tui.engine.refusal_bar import RefusalBar
from tui.engine.refusals import Retry, Verdict, verdict
from tui.engine.sweep import PagesReport, SweepReport, read_pages, sweep
from tui.engine.tenure import BEAT_S, Tenure
from tui.store.cache import TicketCache
from tui.store.lease import Lease
from tui.store.poll_log import PollLog

BY_HAND_PACE_S = 2.0
"""Polls by hand are no closer than this; a held-down key is one request."""
SWEEP_BY_HAND_S = 60.0
"""A long list is read whole by hand no sooner than this after the last time, ..."""
SHORT_LIST = 10
"""... a list of so few pages always."""
NEXT_TRY_SHOWN_TO = timedelta(seconds=10)
"""The moment of the next try is shown as exactly as this."""
WATCHED_S = 90.0
"""A look counts for so long; whoever looks on says so again before."""

ONCE_A_DAY_S = 86_400.0
PROGRESS_S = 0.25
"""Between two words on how far a long list is read."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One workspace, and how to reach its vendor."""

    workspace: Workspace
    open_vendor: Callable[[], Vendor]
    """Called once, on the engine's loop, when the workspace is first needed."""
    credential: CredentialSource
    gate: Gate
    """The way of this workspace's calls."""
    origin: str = ""
    """The host that is asked."""
    fields: tuple[FieldSpec, ...] = ()
    """The fields of a create; empty where the vendor takes none."""
    list_settings: tuple[str, ...] = ()
    """The settings that say which list is read."""

    @property
    def allowance(self) -> Allowance:
        """What may be called now; the same object for all who share it."""
        return self.gate.allowance


@dataclass(frozen=True, slots=True)
class Shares:
    """How the workspaces of one account share its calls."""

    paced: int = 1
    """How many are paced by us."""
    configured: int = 1
    """How many have an interval of their own."""
    taken_per_s: float = 0.0
    """Calls that those with a configured interval take."""


class Poller:
    """Keeps one workspace's part of the journal up to date, while this process holds its lease."""

    def __init__(
        self,
        source: Source,
        tenure: Tenure,
        cache: TicketCache,
        polls: PollLog,
        outage: Outage,
        *,
        clock: Clock,
        random: Random,
        offload: Offload,
        pull: Callable[[], Awaitable[None]],
        tell: Callable[[], None],
        notify: Callable[[], None],
        shares: Callable[[], Shares] = Shares,
    ) -> None:
        self.source = source
        self.tenure = tenure
        self.trouble: WorkspaceHealth | None = None
        """What keeps this process from polling; None where another polls in its place."""
        self._name = source.workspace.name
        self._cache = cache
        self._polls = polls
        self._outage = outage
        self._clock = clock
        self._random = random
        self._offload = offload
        self._pull = pull
        """Brings what was written into the queue of this process, ..."""
        self._tell = tell
        """... or has it brought soon."""
        self._notify = notify
        """Called when `trouble` is another one."""
        self._shares = shares
        self._vendor: Vendor | None = None
        self._plan: PagePlan | None = None
        self._epoch = ""
        """Of the stored tickets that `_plan` is about."""
        self._lease: Lease | None = None
        """Every write of the poll that runs is made by this one, whatever becomes of it."""
        self._has_looked = False
        """Whether what others spent was taken in."""
        self._holders = 0
        """Tasks that need the lease to be held."""
        self._health = WorkspaceHealth()
        self._failures = 0
        self._changes = 0
        self._changed_at: datetime | None = None
        self._watched_at: datetime | None = None
        self._swept_at = float("-inf")
        self._polled_at = float("-inf")
        self._told_progress_at = float("-inf")
        self._due: float | None = None
        """When to poll next, on the monotonic clock; None for not by itself."""
        self._by_hand_from = 0.0
        """Polls by hand come no sooner."""
        self._is_wanted = False
        self._nudged = asyncio.Event()
        """Something happened that the wait for the next poll must look at."""
        self._bar = RefusalBar(
            source.credential,
            lambda: source.allowance.account,
            clock=clock,
            offload=offload,
        )
        self._began_at = clock.now()
        self._polling = asyncio.Lock()

    @property
    def vendor(self) -> Vendor:
        """The open vendor."""
        if self._vendor is None:
            self._vendor = self.source.open_vendor()
        return self._vendor

    @property
    def calls_per_s(self) -> float:
        """What a configured interval takes of the account's calls; 0 where we set the pace."""
        configured = self.source.workspace.poll_interval_s
        return self._pages / configured if configured else 0.0

    async def run(self) -> None:
        """Poll whenever this process may and holds the lease, until cancelled."""
        while True:
            try:
                await self._poll_if_free()
            except StateError as error:
                log.warning("%s: not polled for the moment: %s", self._name, error)
            except Exception as error:
                # A poller that dies is a dashboard that lies. The text may hold anything.
                log.error("%s: %s", self._name, type(error).__name__)  # noqa: TRY400
            await self._clock.sleep(BEAT_S)

    def wake(self) -> None:
        """Poll now instead of later, unless the vendor asked for a rest or has just been asked."""
        if self._clock.monotonic() >= self._by_hand_from and not self._must_rest():
            self._is_wanted = True
            self._nudged.set()

    def watched(self, at: datetime) -> None:
        """Take in when a person last looked at the workspace: its next poll may come sooner."""
        was_watched = self._is_watched
        self._watched_at = at
        if self._is_watched and not was_watched and self._due is not None and not self._failures:
            self._due = min(self._due, self._polled_at + self._interval_s(1))
            self._nudged.set()

    async def fresh(self, max_age_s: float | None) -> WorkspaceHealth:
        """Have tickets no older than `max_age_s`, and return the workspace's health then.

        None for its own pace: what is not due is not polled. Where another process holds the
        lease, that one is asked and waited for. Raises StateError.
        """
        newest, before = await self._newest_poll(), await self._stored()
        is_asked = max_age_s is not None
        if not self._is_stale(before, max_age_s) or await self._bar.is_in_the_way(
            before, is_asked=is_asked
        ):
            return before
        asked_at = float("-inf")
        while await self._newest_poll() == newest:
            if await self.tenure.try_gain():
                if await self._while_held(self.poll(by_hand=is_asked, once=True)):
                    return self._bar.trouble or await self._stored()
            elif self._clock.monotonic() >= asked_at + BY_HAND_PACE_S:
                # Again and again: a holder that has just polled takes no request.
                await self.tenure.ask()
                asked_at = self._clock.monotonic()
            await self._clock.sleep(BEAT_S / 4)
        return await self._stored()

    async def poll(self, *, by_hand: bool = False, once: bool = False) -> float | None:
        """Read the workspace once; return the seconds until the next poll, None for not by itself.

        `once`: no later poll of this process knows what this one learnt.
        Raises LeaseLost, and StateError where the journal cannot be used.
        """
        async with self._polling:
            await self._begin()
            began_at, gate = self._clock.now(), self.source.gate
            began, calls, size = self._clock.monotonic(), gate.calls, gate.size
            self._changes, self._polled_at = 0, began
            is_sweep = True
            try:
                with for_a_person() if by_hand else nullcontext():
                    report = await self._read(by_hand=by_hand)
                    await self._check_epoch()
                is_sweep = isinstance(report, SweepReport)
                delay = await self._succeeded(report, began_at, once=once)
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
                error=self._health.error,
            )
            self._due = None if delay is None else self._clock.monotonic() + delay
            if self._bar.trouble is None:
                await self._offload(lambda: self._polls.add(self._name, record))
            return delay

    async def close(self) -> None:
        """Close the vendor, if it was ever opened."""
        if self._vendor is not None:
            with suppress(TicketdeckError):
                await self._vendor.close()

    # The lease, and whether to want it

    async def _poll_if_free(self) -> None:
        """Poll for as long as this process may, where nobody else does."""
        if await self._is_barred():
            return
        if await self.tenure.try_gain():
            try:
                await self._while_held(self._poll_on())
            finally:
                self._outage.leave(self._name)
        else:
            # Whoever holds the lease was asked too.
            self._is_wanted = False

    async def _while_held(self, work: Awaitable[object]) -> bool:
        """Do something until it ends or the lease is lost; return whether it came to its end."""
        self._holders += 1
        working = asyncio.ensure_future(work)
        keeping = asyncio.create_task(self.tenure.keep(self.wake, self.watched))
        try:
            await asyncio.wait([working, keeping], return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                return False
            working.result()
        except LeaseLost:
            self.tenure.lose()
            return False
        else:
            return True
        finally:
            working.cancel()
            keeping.cancel()
            await asyncio.gather(working, keeping, return_exceptions=True)
            self._holders -= 1
            if not self._holders:
                await self.tenure.give_back()

    async def _is_barred(self) -> bool:
        """Whether a refused credential keeps this process from polling."""
        stored = await self._stored()
        is_barred = await self._bar.is_in_the_way(stored, is_asked=self._is_wanted)
        await self._tell_trouble()
        return is_barred

    async def _tell_trouble(self) -> None:
        """Say what keeps this process from polling, as long as nobody polls in its place."""
        trouble = self._bar.trouble
        if trouble is not None and await self.tenure.is_held_by_another():
            trouble = None
        if trouble != self.trouble:
            self.trouble = trouble
            self._notify()

    # When to poll

    async def _poll_on(self) -> None:
        """Poll again and again, beginning where the last holder left off."""
        self._outage.join(self._name, self.source.origin)
        async with self._polling:
            await self._take_up()
        while not self._bar.is_up:
            by_hand = await self._wait()
            await self.poll(by_hand=by_hand)
            # A request that came while the poll ran is answered by it.
            self._is_wanted = False

    async def _take_up(self) -> None:
        """Take up where the last holder left off."""
        await self._begin()
        if last := await self._offload(lambda: self._polls.last(self._name, 1)):
            age_s = (self._clock.now() - last[0].at).total_seconds()
            self._polled_at = self._clock.monotonic() - max(0.0, age_s)
        self._due = self._first_due()
        if self._must_rest():
            self._is_wanted = False
        if self._due is None and self._health.error is None:
            await self._report(
                replace(self._health, state=HealthState.OFF, late_at=None, next_at=None)
            )

    async def _begin(self) -> None:
        """Look under which lease we write from now on, and to what."""
        self._lease = self.tenure.lease
        if self._lease is None:
            raise LeaseLost(f"{self._name}: another process polls it now")
        if not self._has_looked:
            # What was spent before this process began sets the pace too.
            await self.source.gate.look()
            self._has_looked = True
        epoch = await self._offload(self._cache.epoch)
        if epoch != self._epoch:
            # What the plan knows of is gone.
            self._epoch, self._plan = epoch, None
        # Another process may have polled since; what it was reading when it ended it reads no more.
        self._health = replace(await self._stored(), pages_done=None, pages_known=None)
        self._failures = self._health.failures

    async def _check_epoch(self) -> None:
        """Raise StateError where the stored tickets were deleted while a poll wrote others."""
        if await self._offload(self._cache.epoch) != self._epoch:
            self._health = WorkspaceHealth()
            raise StateError("the stored tickets were deleted while new ones came")

    async def _wait(self) -> bool:
        """Wait until a poll is due; return whether somebody asked for it before its time."""
        while not self._is_wanted:
            delay = None if self._due is None else self._due - self._clock.monotonic()
            if delay is not None and delay <= 0:
                if not (delay := self._outage.hold_s(self._name)):
                    return False
                await self._say_next_try()
            self._nudged.clear()
            waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._nudged.wait())]
            if delay is not None:
                waits.append(asyncio.create_task(self._clock.sleep(delay)))
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
        return True

    async def _say_next_try(self) -> None:
        """Show when it is our turn, where another workspace tries for all."""
        health, now = self._health, self._clock.now()
        next_try = now + timedelta(seconds=self._outage.next_try_s(self._name))
        shown = health.next_at if health.error is None else health.retry_at
        if shown is None or abs(next_try - shown) > NEXT_TRY_SHOWN_TO:
            is_well = health.error is None
            at = (
                replace(health, next_at=next_try) if is_well else replace(health, retry_at=next_try)
            )
            async with self._polling:
                await self._report(at)

    def _first_due(self) -> float | None:
        """Return when to poll after the lease was gained: when the holder before us would have.

        Sooner where a person looks.
        """
        if self.source.workspace.poll_interval_s == 0:
            return None
        health, now, here = self._health, self._clock.now(), self._clock.monotonic()
        planned = [now]
        if health.rest_until is not None:
            planned.append(health.rest_until)
        if health.error is not None and health.retry_at is not None:
            planned.append(health.retry_at)
        due = here + (max(planned) - now).total_seconds()
        if health.error is None and health.next_at is not None and health.as_of is not None:
            usual = here + (health.next_at - now).total_seconds()
            if self._is_watched:
                usual = min(usual, self._polled_at + self._interval_s(1))
            due = max(due, usual)
        return due

    def _must_rest(self) -> bool:
        until = self._health.rest_until
        return until is not None and self._clock.now() < until

    def _is_stale(self, health: WorkspaceHealth, max_age_s: float | None) -> bool:
        now = self._clock.now()
        if health.rest_until is not None and now < health.rest_until:
            return False
        if max_age_s is None:
            planned = health.next_at if health.error is None else health.retry_at
            return planned is None or now >= planned
        return health.as_of is None or (now - health.as_of).total_seconds() >= max_age_s

    @property
    def _is_watched(self) -> bool:
        at = self._watched_at
        return at is not None and abs((self._clock.now() - at).total_seconds()) < WATCHED_S

    @property
    def _pages(self) -> int:
        return max(1, self._plan.pages) if self._plan else 1

    def _pace(self) -> Pace:
        now, shares = self._clock.now(), self._shares()
        unchanged = now - (self._changed_at or self._began_at)
        return Pace(
            configured_s=self.source.workspace.poll_interval_s,
            credit=self.source.allowance.credit(now),
            workspaces=shares.paced,
            taken_per_s=shares.taken_per_s,
            unchanged_s=unchanged.total_seconds(),
            is_watched=self._is_watched,
        )

    def _interval_s(self, calls: int) -> float:
        return self._pace().interval_s(calls)

    # What a poll reads, and what comes of it

    async def _read(self, *, by_hand: bool) -> SweepReport | PagesReport:
        vendor = self.vendor
        if self._plan is None:
            self._plan = PagePlan(vendor.sections)
        plan, pace = self._plan, self._pace()
        interval = pace.interval_s(1)
        pages = plan.next_pages(
            max(1, pace.pages_affordable(interval)),
            now=self._clock.now(),
            seconds_per_call=self._seconds_per_call(pace),
        )
        now = self._clock.monotonic()
        is_whole = not pages or self._takes_all(pace, interval)
        if by_hand and (self._pages <= SHORT_LIST or now >= self._swept_at + SWEEP_BY_HAND_S):
            is_whole = True
        if is_whole:
            self._swept_at = now
            return await sweep(vendor, self._take, self._progress)
        return await read_pages(vendor, pages, self._take, _unsaid)

    def _takes_all(self, pace: Pace, interval: float) -> bool:
        """Whether a configured interval leaves calls enough to read everything each time."""
        return pace.configured_s is not None and self.source.allowance.allows_every(
            self._pages, interval, workspaces=self._shares().configured
        )

    def _seconds_per_call(self, pace: Pace) -> float:
        if pace.configured_s:
            return pace.configured_s / self._pages
        return pace.seconds_per_call

    async def _take(self, page: Page) -> Collection[TicketRef]:
        self._outage.reached(self._name)
        touched = await self._offload(
            lambda: self._cache.apply(self._name, page.tickets, page.removed, lease=self._lease)
        )
        if touched:
            self._changes += len(touched)
            self._tell()
        return touched

    async def _progress(self, done: int, known: int | None) -> None:
        is_long = (known or done) > SHORT_LIST or self._health.as_of is None
        now = self._clock.monotonic()
        if is_long and now >= self._told_progress_at + PROGRESS_S:
            self._told_progress_at = now
            await self._report(replace(self._health, pages_done=done, pages_known=known))

    async def _succeeded(
        self, report: SweepReport | PagesReport, began_at: datetime, *, once: bool
    ) -> float | None:
        for skipped in report.skipped:
            log.warning("%s: skipped %s: %s", self._name, skipped.where, skipped.reason)
        await self._count_misses(report, began_at)
        self._failures = 0
        self._bar.take_down()
        if self._changes:
            self._changed_at = self._clock.now()
        self._by_hand_from = self._clock.monotonic() + BY_HAND_PACE_S
        now, pace = self._clock.now(), self._pace()
        interval = pace.interval_s(self._pages if once else 1)
        delay = spread_s(interval, self._random) if interval else None
        as_of, late_after_s = self._certainty(pace, interval)
        base = self._health
        if isinstance(report, SweepReport):
            base = WorkspaceHealth(
                skipped=len(report.skipped),
                defects=report.defects,
                missing=report.missing,
                doubts=report.doubts,
            )
        await self._report(
            replace(
                base,
                state=HealthState.OK if interval else HealthState.OFF,
                as_of=as_of,
                next_at=None if delay is None else now + timedelta(seconds=delay),
                late_at=as_of + timedelta(seconds=late_after_s) if interval and as_of else None,
                error=None,
                advice=None,
                retry_at=None,
                rest_until=None,
                failed_at=None,
                failures=0,
                refused=None,
                pages_done=None,
                pages_known=None,
            )
        )
        return delay

    async def _count_misses(self, report: SweepReport | PagesReport, began_at: datetime) -> None:
        """Let the plan learn, and the cache know what the vendor did surely not show."""
        plan = self._plan
        if plan is None:
            return
        if isinstance(report, SweepReport):
            seen = plan.learn_sweep(report, began_at)
        else:
            seen = plan.learn_pages(report, began_at)
        if seen is not None:
            gone = await self._offload(
                lambda: self._cache.finish_sweep(self._name, seen, lease=self._lease)
            )
            self._changes += len(gone)

    def _certainty(self, pace: Pace, interval: float) -> tuple[datetime | None, float]:
        """Return the moment whose whole list is known, and how long after it that is late."""
        if self._plan is None:
            return self._health.as_of, 0.0
        late_after_s = self._plan.late_after_s(interval, self._seconds_per_call(pace))
        # Another process may have held the lease since our plan was last right.
        known = [each for each in (self._plan.as_of, self._health.as_of) if each is not None]
        return max(known, default=None), late_after_s

    async def _failed(self, error: Exception, *, by_hand: bool) -> float | None:
        # Trying by hand does not make the program itself more patient.
        self._failures = max(1, self._failures + (not by_hand))
        if not isinstance(error, TicketdeckError):
            # Its text may hold anything, a credential included.
            log.error("%s: %s", self._name, type(error).__name__)
        found = verdict(
            error,
            workspace=self._name,
            credential_place=self.source.credential.place,
            list_settings=self.source.list_settings,
            worked_before=self._health.as_of is not None,
        )
        if found.is_network:
            self._outage.failed(self._name)
        elif found.is_answer:
            self._outage.reached(self._name)
        else:
            self._outage.unclear(self._name)
        now = self._clock.now()
        rest_s = max(BY_HAND_PACE_S, found.retry_after_s or 0.0)
        self._by_hand_from = self._clock.monotonic() + rest_s
        delay = self._retry_s(found, now)
        # While the network is down, `_wait` asks again and again: it may come back for another.
        planned = self._outage.next_try_s(self._name) if delay == 0.0 else delay
        health = replace(
            self._health,
            state=found.state,
            error=found.message,
            advice=ADVICE if found.is_network and self._outage.is_down else found.advice,
            retry_at=None if planned is None else now + timedelta(seconds=planned),
            rest_until=now + timedelta(seconds=rest_s) if found.retry_after_s else None,
            failed_at=now,
            failures=self._failures,
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
        await self._tell_trouble()
        if not is_only_here:
            await self._report(health)
        return delay

    def _retry_s(self, found: Verdict, now: datetime) -> float | None:
        """Return the seconds until the next try; None for not by itself."""
        if found.retry is Retry.AT and found.until is not None:
            return max(BY_HAND_PACE_S, (found.until - now).total_seconds())
        if found.retry is Retry.ON_CHANGE or self.source.workspace.poll_interval_s == 0:
            return None
        if found.retry is Retry.BY_HAND:
            # Somebody may have bought more and not told us.
            return ONCE_A_DAY_S
        if found.is_network and self._outage.next_try_s(self._name):
            return 0.0
        return backoff_s(self._failures, self._random, retry_after_s=found.retry_after_s)

    async def _stored(self) -> WorkspaceHealth:
        return (await self._offload(self._cache.health))[self._name]

    async def _newest_poll(self) -> int:
        return await self._offload(lambda: self._polls.newest(self._name))

    async def _report(self, health: WorkspaceHealth) -> None:
        self._health, lease = health, self._lease
        if await self._offload(lambda: self._cache.set_health(self._name, health, lease=lease)):
            await self._pull()


async def _unsaid(done: int, known: int | None) -> None:
    """Say nothing of the progress: a few pages are no long work."""
