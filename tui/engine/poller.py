"""The polling of one workspace. It never raises: what happened is a health value."""

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

from tui.domain.draft import FieldSpec
from tui.domain.errors import (
    BudgetSpent,
    CredentialError,
    CredentialRefused,
    Forbidden,
    RateLimited,
    TicketdeckError,
    VendorFailure,
)
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.page import Page
from tui.domain.ports import Clock, Vendor
from tui.domain.ticket import TicketRef
from tui.domain.workspace import Workspace
from tui.engine.backoff import LONGEST_WINDOW_S, backoff_s
from tui.engine.pacing import interval_s, late_after_s, spread_s
from tui.engine.sweep import SweepReport, sweep
from tui.store.queue import TicketQueue

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
    """Keeps one workspace's part of the queue up to date."""

    def __init__(
        self,
        source: Source,
        queue: TicketQueue,
        *,
        clock: Clock,
        random: Random,
        notify: Callable[[], None],
    ) -> None:
        self.source = source
        self._queue = queue
        self._clock = clock
        self._random = random
        self._notify = notify
        self._vendor: Vendor | None = None
        self._health = WorkspaceHealth()
        self._failures = 0
        self._calls = 1
        self._rest_until = 0.0
        """On the monotonic clock; before it nobody may poll, by hand neither."""
        self._woken = asyncio.Event()
        self._sweeping = asyncio.Lock()

    @property
    def vendor(self) -> Vendor:
        """The open vendor."""
        if self._vendor is None:
            self._vendor = self.source.open_vendor()
        return self._vendor

    async def run(self) -> None:
        """Poll until cancelled; with an interval of 0 only when woken."""
        by_hand = False
        if self._interval_s() == 0:
            self._report(WorkspaceHealth(state=HealthState.OFF))
            by_hand = await self._wait(None)
        while True:
            delay = await self.poll(by_hand=by_hand)
            # A request that came while the poll ran is answered by it.
            self._woken.clear()
            by_hand = await self._wait(delay)

    def wake(self) -> None:
        """Poll now instead of later, unless the vendor asked for a rest or has just been asked."""
        if self._clock.monotonic() >= self._rest_until:
            self._woken.set()

    async def poll(self, *, by_hand: bool = False) -> float | None:
        """Sweep once; return the seconds until the next poll, None for not by itself."""
        async with self._sweeping:
            try:
                return self._succeeded(await sweep(self.vendor, self._take, self._progress))
            except Exception as error:
                # A poller that dies is a dashboard that lies.
                return self._failed(error, by_hand=by_hand)

    async def close(self) -> None:
        """Close the vendor, if it was ever opened."""
        if self._vendor is not None:
            with suppress(TicketdeckError):
                await self._vendor.close()

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

    async def _take(self, page: Page) -> Collection[TicketRef]:
        rules = self.source.workspace.apply_rules
        if self._queue.apply(map(rules, page.tickets), page.removed):
            self._notify()
        return ()

    async def _progress(self, done: int, known: int | None) -> None:
        self._report(replace(self._health, pages_done=done, pages_known=known))

    def _succeeded(self, report: SweepReport) -> float | None:
        workspace = self.source.workspace
        for skipped in report.skipped:
            log.warning("%s: skipped %s: %s", workspace.name, skipped.where, skipped.reason)
        if report.settled and self._queue.finish_sweep(workspace.name, report.seen):
            self._notify()
        self._failures = 0
        self._rest(BY_HAND_PACE_S)
        self._calls = max(1, report.calls)
        now = self._clock.now()
        interval = self._interval_s()
        self._report(
            WorkspaceHealth(
                state=HealthState.OK if interval else HealthState.OFF,
                as_of=now,
                late_at=now + timedelta(seconds=late_after_s(interval)) if interval else None,
                skipped=len(report.skipped),
                defects=report.defects,
                missing=report.missing,
                doubts=report.doubts,
            )
        )
        return spread_s(interval, self._random) if interval else None

    def _failed(self, error: Exception, *, by_hand: bool) -> float | None:
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
                log.error("%s: %s", self.source.workspace.name, type(error).__name__)
                message = f"internal error: {type(error).__name__}"
        self._rest(max(BY_HAND_PACE_S, retry_after_s or 0.0))
        if state is HealthState.BUDGET_SPENT or self._interval_s() == 0:
            delay = None
        elif state is HealthState.REFUSED:
            # A refused key that is tried often may lock its account.
            delay = LONGEST_WINDOW_S
        else:
            delay = backoff_s(self._failures, self._random, retry_after_s=retry_after_s)
        retry_at = None if delay is None else self._clock.now() + timedelta(seconds=delay)
        self._report(
            replace(
                self._health,
                state=state,
                error=message,
                advice=advice,
                retry_at=retry_at,
                pages_done=None,
                pages_known=None,
            )
        )
        return delay

    def _rest(self, seconds: float) -> None:
        self._rest_until = self._clock.monotonic() + seconds

    def _interval_s(self) -> float:
        return interval_s(
            self.source.workspace.poll_interval_s,
            seconds_per_call=self.source.seconds_per_call,
            calls=self._calls,
        )

    def _report(self, health: WorkspaceHealth) -> None:
        self._health = health
        if self._queue.set_health(self.source.workspace.name, health):
            self._notify()
