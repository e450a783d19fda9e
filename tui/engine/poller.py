"""Whether and when one process polls a workspace.

It does while it holds the workspace's lease and no refused credential is in the way. What a poll
reads, and what comes of it, is in `engine.polling`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from tui.domain.errors import LeaseLost, StateError
from tui.domain.health import WorkspaceHealth
from tui.domain.ports import Clock, Vendor
from tui.engine.defects import log_defect
from tui.engine.moment import Moment
from tui.engine.offload import Offload
from tui.engine.outage import Outage
from tui.engine.pacer import Pacer
from tui.engine.polling import BY_HAND_PACE_S, Polling
from tui.engine.refusal_bar import RefusalBar
from tui.engine.source import Shares, Source
from tui.engine.tenure import BEAT_S, Tenure
from tui.store.cache import TicketCache
from tui.store.poll_log import PollLog

LOOK_AT_CLOCKS_S: Final = 30.0
"""No sleep is longer: the clock it is measured by may stand still meanwhile."""
NEXT_TRY_SHOWN_TO: Final = timedelta(seconds=10)
"""The moment of the next try is shown as exactly as this."""
AHEAD: Final = timedelta(minutes=1)
"""What was stored so far in the future, was stored by a clock that was put back since."""

log = logging.getLogger(__name__)


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
        """Make one that waits for `run`.

        `pull` brings what was written into the queue of this process, `tell` has it brought soon.
        `notify` is called when `trouble` is another one.
        """
        self.source = source
        self.tenure = tenure
        self.trouble: WorkspaceHealth | None = None
        """What keeps this process from polling; None where another polls in its place."""
        self._name = source.workspace.name
        self._poll_log = polls
        self._outage = outage
        self._clock = clock
        self._offload = offload
        self._notify = notify
        self._bar = RefusalBar(
            source.credential,
            lambda: source.allowance.account,
            clock=clock,
            offload=offload,
        )
        self._pacer = Pacer(source, shares, clock=clock)
        self._polling = Polling(
            source,
            tenure,
            cache,
            outage,
            bar=self._bar,
            pacer=self._pacer,
            clock=clock,
            random=random,
            offload=offload,
            pull=pull,
            tell=tell,
        )
        self._turn = asyncio.Lock()
        """Held by who uses `_polling`: the polls of `run`, or one of `fresh`."""
        self._holders = 0
        """Tasks that need the lease to be held."""
        self._due: Moment | None = None
        """When to poll next; None for not by itself."""
        self._is_wanted = False
        """Whether somebody asked for a poll before its time."""
        self._nudged = asyncio.Event()
        """Something happened that the wait for the next poll must look at."""

    @property
    def vendor(self) -> Vendor:
        """The open vendor."""
        return self._polling.vendor

    @property
    def calls_per_s(self) -> float:
        """What a configured interval takes of the account's calls; 0 where we set the pace."""
        configured = self.source.workspace.poll_interval_s
        return self._polling.pages / configured if configured else 0.0

    async def run(self) -> None:
        """Poll whenever this process may and holds the lease, until cancelled."""
        while True:
            try:
                await self._poll_if_free()
            except StateError as error:
                log.warning("%s: not polled for the moment: %s", self._name, error)
            except Exception as error:
                # A poller that dies is a dashboard that lies. The text may hold anything.
                log_defect(log, self._name, error)
            await self._clock.sleep(BEAT_S)

    def wake(self) -> None:
        """Poll now instead of later, unless the vendor asked for a rest or has just been asked."""
        if self._polling.by_hand_from.left_s(self._clock) <= 0 and not self._must_rest():
            self._is_wanted = True
            self._nudged.set()

    async def refresh(self) -> None:
        """Poll soon; where another process polls, ask that one to."""
        self.wake()
        if self.tenure.lease is None:
            await self.tenure.ask()

    def watched(self, at: datetime) -> None:
        """Take in when a person last looked at the workspace: its next poll may come sooner."""
        if not self._pacer.watched(at) or self._due is None or self._polling.failures:
            return
        due_s = self._pacer.due_in_s()
        if due_s < self._due.left_s(self._clock):
            self._due = Moment.after(due_s, self._clock)
            self._nudged.set()

    async def fresh(self, max_age_s: float | None) -> WorkspaceHealth:
        """Have tickets no older than `max_age_s`, and return the workspace's health then.

        None for its own pace: what is not due is not polled. Where another process holds the
        lease, that one is asked and waited for. Raises StateError.
        """
        newest, before = await self._newest_poll(), await self._polling.stored_health()
        # Who comes by pace, be it every minute, is no person who waits for an answer.
        is_asked = max_age_s is not None
        if not self._is_stale(before, max_age_s) or await self._bar.is_in_the_way(
            before, is_asked=is_asked
        ):
            return before
        asked_at = float("-inf")
        while await self._newest_poll() == newest:
            if await self.tenure.try_gain():
                if await self._while_held(self.poll(by_hand=is_asked, once=True)):
                    return self._bar.trouble or await self._polling.stored_health()
            elif self._clock.monotonic() >= asked_at + BY_HAND_PACE_S:
                # Again and again: a holder that has just polled takes no request.
                await self.tenure.ask()
                asked_at = self._clock.monotonic()
            await self._clock.sleep(BEAT_S / 4)
        return await self._polling.stored_health()

    async def poll(self, *, by_hand: bool = False, once: bool = False) -> float | None:
        """Read the workspace once; return the seconds until the next poll, None for not by itself.

        `once`: no later poll of this process knows what this one learnt.
        Raises LeaseLost, and StateError where the journal cannot be used.
        """
        async with self._turn:
            polled = await self._polling.poll(by_hand=by_hand, once=once)
            delay = polled.delay_s
            self._due = None if delay is None else Moment.after(delay, self._clock)
            await self._tell_trouble()
            if self._bar.trouble is None:
                await self._offload(lambda: self._poll_log.add(self._name, polled.record))
            return delay

    async def close(self) -> None:
        """Close the vendor, if it was ever opened."""
        await self._polling.close()

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
        stored = await self._polling.stored_health()
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
        self._outage.join(self._name)
        async with self._turn:
            await self._take_up()
        while not self._bar.is_up:
            by_hand = await self._wait()
            await self.poll(by_hand=by_hand)
            # A request that came while the poll ran is answered by it.
            self._is_wanted = False

    async def _take_up(self) -> None:
        """Take up where the last holder left off."""
        await self._polling.take_up()
        if last := await self._offload(lambda: self._poll_log.last(self._name, 1)):
            self._pacer.polled((self._clock.now() - last[0].at).total_seconds())
        due_s = self._first_due_s()
        self._due = None if due_s is None else Moment.after(due_s, self._clock)
        if self._must_rest():
            self._is_wanted = False

    def _first_due_s(self) -> float | None:
        """Return when to poll after the lease was gained: when the holder before us would have.

        Sooner where a person looks. In seconds from now.
        """
        if self.source.workspace.poll_interval_s == 0:
            return None
        health, now = self._polling.health, self._clock.now()
        if _is_ahead(health, now):
            return 0.0
        planned = [now]
        if health.rest_until is not None:
            planned.append(health.rest_until)
        if health.error is not None and health.retry_at is not None:
            planned.append(health.retry_at)
        due_s = (max(planned) - now).total_seconds()
        if health.error is None and health.next_at is not None and health.as_of is not None:
            usual_s = (health.next_at - now).total_seconds()
            if self._pacer.is_watched:
                usual_s = min(usual_s, self._pacer.due_in_s())
            due_s = max(due_s, usual_s)
        return due_s

    async def _wait(self) -> bool:
        """Wait until a poll is due; return whether somebody asked for it before its time."""
        while not self._is_wanted:
            self._nudged.clear()
            delay = None if self._due is None else self._due.left_s(self._clock)
            if delay is not None and delay <= 0:
                if not (delay := self._outage.hold_s(self._name)):
                    return False
                await self._say_next_try()
            waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._nudged.wait())]
            if delay is not None:
                asleep_s = min(delay, LOOK_AT_CLOCKS_S)
                waits.append(asyncio.create_task(self._clock.sleep(asleep_s)))
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
        return True

    async def _say_next_try(self) -> None:
        """Show when it is our turn, where another workspace tries for all."""
        health, now = self._polling.health, self._clock.now()
        next_try = now + timedelta(seconds=self._outage.next_try_s(self._name))
        shown = health.next_at if health.error is None else health.retry_at
        if shown is None or abs(next_try - shown) > NEXT_TRY_SHOWN_TO:
            is_well = health.error is None
            at = (
                replace(health, next_at=next_try) if is_well else replace(health, retry_at=next_try)
            )
            async with self._turn:
                await self._polling.report(at)

    def _must_rest(self) -> bool:
        health, now = self._polling.health, self._clock.now()
        until = health.rest_until
        return until is not None and now < until and not _is_ahead(health, now)

    def _is_stale(self, health: WorkspaceHealth, max_age_s: float | None) -> bool:
        now = self._clock.now()
        if _is_ahead(health, now):
            return True
        if health.rest_until is not None and now < health.rest_until:
            return False
        if max_age_s is None:
            planned = health.next_at if health.error is None else health.retry_at
            return planned is None or now >= planned
        if health.as_of is None or health.as_of - now > AHEAD:
            return True
        return (now - health.as_of).total_seconds() >= max_age_s

    async def _newest_poll(self) -> int:
        return await self._offload(lambda: self._poll_log.newest(self._name))


def _is_ahead(health: WorkspaceHealth, now: datetime) -> bool:
    """Whether a clock that was put back since told the last poll its times: none of them counts."""
    told_at = health.as_of if health.error is None else health.failed_at
    return told_at is not None and told_at - now > AHEAD
