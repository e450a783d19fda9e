"""The polling of one workspace. It never raises: what happened is a health value."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tui.domain.activity import PollRecord
from tui.domain.draft import FieldSpec
from tui.domain.errors import (
    BudgetSpent,
    CredentialError,
    CredentialRefused,
    Forbidden,
    LeaseLost,
    RateLimited,
    StateError,
    TicketdeckError,
    VendorFailure,
)
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.page import Page
from tui.domain.ports import Clock, Vendor
from tui.domain.ticket import TicketRef
from tui.domain.workspace import Workspace
from tui.engine.backoff import LONGEST_WINDOW_S, backoff_s
from tui.engine.offload import Offload
from tui.engine.pacing import interval_s, late_after_s, spread_s
from tui.engine.sweep import SweepReport, sweep
from tui.engine.tenure import BEAT_S, Tenure
from tui.store.cache import TicketCache
from tui.store.poll_log import PollLog

BY_HAND_PACE_S = 2.0
"""Polls by hand are no closer than this; a held-down key is one request."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One workspace, and how to reach its vendor."""

    workspace: Workspace
    open_vendor: Callable[[], Vendor]
    """Called once, on the engine's loop, when the workspace is first needed."""
    fields: tuple[FieldSpec, ...] = ()
    """The fields of a create; empty where the vendor takes none."""
    credential_place: str = "the credential"
    """Where the credential comes from, in words."""
    seconds_per_call: float = field(default=30.0)
    """What the call budget allows when it is spent evenly."""


class Poller:
    """Keeps one workspace's part of the journal up to date, while this process holds its lease."""

    def __init__(
        self,
        source: Source,
        tenure: Tenure,
        cache: TicketCache,
        polls: PollLog,
        *,
        clock: Clock,
        random: Random,
        offload: Offload,
        pull: Callable[[], Awaitable[None]],
    ) -> None:
        self.source = source
        self.tenure = tenure
        self._name = source.workspace.name
        self._cache = cache
        self._polls = polls
        self._clock = clock
        self._random = random
        self._offload = offload
        self._pull = pull
        """Brings what was written into the queue of this process."""
        self._vendor: Vendor | None = None
        self._health = WorkspaceHealth()
        self._failures = 0
        self._calls = 1
        self._changes = 0
        self._watched_at: datetime | None = None
        self._by_hand_from = 0.0
        """On the monotonic clock; polls by hand come no sooner."""
        self._woken = asyncio.Event()
        self._polling = asyncio.Lock()

    @property
    def vendor(self) -> Vendor:
        """The open vendor."""
        if self._vendor is None:
            self._vendor = self.source.open_vendor()
        return self._vendor

    async def run(self) -> None:
        """Poll whenever this process holds the lease, until cancelled."""
        while True:
            await self.tenure.gain()
            with suppress(StateError):
                await self._while_held(self._poll_on())
            await self.tenure.give_back()
            await self._clock.sleep(BEAT_S)

    def wake(self) -> None:
        """Poll now instead of later, unless the vendor asked for a rest or has just been asked."""
        if self._clock.monotonic() >= self._by_hand_from and not self._must_rest():
            self._woken.set()

    def watched(self, at: datetime) -> None:
        """Take in when a person last looked at the workspace."""
        self._watched_at = at

    async def fresh(self, max_age_s: float | None) -> WorkspaceHealth:
        """Have tickets no older than `max_age_s`, and return the workspace's health then.

        None for its own pace: what is not due is not polled. Where another process holds the
        lease, that one is asked and waited for. Raises StateError.
        """
        before = await self._stored()
        if not self._is_stale(before, max_age_s):
            return before
        is_asked = False
        while not await self.tenure.try_gain():
            if not is_asked:
                await self.tenure.ask()
                is_asked = True
            await self._clock.sleep(BEAT_S / 4)
            health = await self._stored()
            if health.pages_done is None and _is_later(health, before):
                return health
        try:
            self._health = await self._stored()
            await self._while_held(self.poll())
        finally:
            await self.tenure.give_back()
        return await self._stored()

    async def poll(self, *, by_hand: bool = False) -> float | None:
        """Read the workspace once; return the seconds until the next poll, None for not by itself.

        Raises LeaseLost, and StateError where the journal cannot be written.
        """
        async with self._polling:
            began = self._clock.monotonic()
            self._changes = 0
            report: SweepReport | None = None
            try:
                report = await sweep(self.vendor, self._take, self._progress)
                delay = await self._succeeded(report)
            except LeaseLost:
                raise
            except Exception as error:
                # A poller that dies is a dashboard that lies.
                delay = await self._failed(error, by_hand=by_hand)
            await self._remember(report, self._clock.monotonic() - began)
            return delay

    async def close(self) -> None:
        """Close the vendor, if it was ever opened."""
        if self._vendor is not None:
            with suppress(TicketdeckError):
                await self._vendor.close()

    async def _while_held(self, work: Awaitable[object]) -> None:
        """Do something until it ends or the lease is lost."""
        tasks = [
            asyncio.ensure_future(work),
            asyncio.create_task(self.tenure.keep(self.wake, self.watched)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if isinstance(error := task.exception(), LeaseLost):
                    self.tenure.lose()
                elif error is not None:
                    raise error
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _poll_on(self) -> None:
        """Poll again and again, beginning where the last holder left off."""
        self._health = await self._stored()
        if self._interval_s() == 0 and self._health.error is None:
            await self._report(replace(self._health, state=HealthState.OFF, late_at=None))
        by_hand = await self._wait(self._first_delay())
        while True:
            delay = await self.poll(by_hand=by_hand)
            # A request that came while the poll ran is answered by it.
            self._woken.clear()
            by_hand = await self._wait(delay)

    async def _wait(self, delay: float | None) -> bool:
        """Wait for the next poll; return whether somebody asked for it before its time."""
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._woken.wait())]
        if delay is not None:
            waits.append(asyncio.create_task(self._clock.sleep(delay)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._woken.is_set()

    def _first_delay(self) -> float | None:
        """Return when to poll after the lease was gained."""
        if self._interval_s() == 0:
            return None
        planned = max(filter(None, (self._planned(), self._health.rest_until)), default=None)
        if planned is None:
            return 0.0
        return max(0.0, (planned - self._clock.now()).total_seconds())

    def _planned(self) -> datetime | None:
        """Return when the holder before us would have polled next; None where it never did."""
        health = self._health
        if health.state in (HealthState.OK, HealthState.LATE):
            return health.next_at
        return health.retry_at if health.state is HealthState.BACKING_OFF else None

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
        return health.as_of is None or (now - health.as_of).total_seconds() > max_age_s

    async def _take(self, page: Page) -> Collection[TicketRef]:
        touched = await self._offload(
            lambda: self._cache.apply(
                self._name, page.tickets, page.removed, lease=self.tenure.lease
            )
        )
        if touched:
            self._changes += len(touched)
            await self._pull()
        return touched

    async def _progress(self, done: int, known: int | None) -> None:
        await self._report(replace(self._health, pages_done=done, pages_known=known))

    async def _succeeded(self, report: SweepReport) -> float | None:
        for skipped in report.skipped:
            log.warning("%s: skipped %s: %s", self._name, skipped.where, skipped.reason)
        if report.settled:
            gone = await self._offload(
                lambda: self._cache.finish_sweep(self._name, report.seen, lease=self.tenure.lease)
            )
            self._changes += len(gone)
        self._failures = 0
        self._calls = max(1, report.calls)
        self._rest(BY_HAND_PACE_S)
        now = self._clock.now()
        interval = self._interval_s()
        delay = spread_s(interval, self._random) if interval else None
        await self._report(
            WorkspaceHealth(
                state=HealthState.OK if interval else HealthState.OFF,
                as_of=now,
                next_at=None if delay is None else now + timedelta(seconds=delay),
                late_at=now + timedelta(seconds=late_after_s(interval)) if interval else None,
                skipped=len(report.skipped),
                defects=report.defects,
                missing=report.missing,
                doubts=report.doubts,
            )
        )
        return delay

    async def _failed(self, error: Exception, *, by_hand: bool) -> float | None:
        # Trying by hand does not make the program itself more patient.
        self._failures = max(1, self._failures + (not by_hand))
        state, advice, message = HealthState.BACKING_OFF, None, str(error)
        delay: float | None
        retry_after_s = None
        match error:
            case CredentialError():
                state, advice = HealthState.REFUSED, error.advice
            case CredentialRefused() | Forbidden():
                state, advice = HealthState.REFUSED, f"check {self.source.credential_place}"
            case BudgetSpent():
                state, advice = HealthState.BUDGET_SPENT, "more calls must be bought"
            case RateLimited() | VendorFailure():
                retry_after_s = error.retry_after_s
            case TicketdeckError():
                pass
            case _:
                # Its text may hold anything, a credential included.
                log.error("%s: %s", self._name, type(error).__name__)
                message = f"internal error: {type(error).__name__}"
        self._rest(max(BY_HAND_PACE_S, retry_after_s or 0.0))
        if state is HealthState.BUDGET_SPENT or self._interval_s() == 0:
            delay = None
        elif state is HealthState.REFUSED:
            # A refused key that is tried often may lock its account.
            delay = LONGEST_WINDOW_S
        else:
            delay = backoff_s(self._failures, self._random, retry_after_s=retry_after_s)
        now = self._clock.now()
        await self._report(
            replace(
                self._health,
                state=state,
                error=message,
                advice=advice,
                retry_at=None if delay is None else now + timedelta(seconds=delay),
                rest_until=now + timedelta(seconds=retry_after_s) if retry_after_s else None,
                next_at=None,
                pages_done=None,
                pages_known=None,
            )
        )
        return delay

    def _rest(self, seconds: float) -> None:
        self._by_hand_from = self._clock.monotonic() + seconds

    def _interval_s(self) -> float:
        return interval_s(
            self.source.workspace.poll_interval_s,
            seconds_per_call=self.source.seconds_per_call,
            calls=self._calls,
        )

    async def _stored(self) -> WorkspaceHealth:
        return (await self._offload(self._cache.health))[self._name]

    async def _report(self, health: WorkspaceHealth) -> None:
        self._health = health
        lease = self.tenure.lease
        if await self._offload(lambda: self._cache.set_health(self._name, health, lease=lease)):
            await self._pull()

    async def _remember(self, report: SweepReport | None, took_s: float) -> None:
        record = PollRecord(
            at=self._clock.now(),
            took_s=took_s,
            calls=report.calls if report else 0,
            size=0,
            is_sweep=True,
            changes=self._changes,
            error=self._health.error,
        )
        await self._offload(lambda: self._polls.add(self._name, record))


def _is_later(health: WorkspaceHealth, before: WorkspaceHealth) -> bool:
    """Whether a poll ended between the two."""
    return (health.as_of, health.retry_at, health.error) != (
        before.as_of,
        before.retry_at,
        before.error,
    )
