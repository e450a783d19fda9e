"""What one account, a credential at a vendor, may still call; shared by all who spend from it.

A call is counted in the ledger before it leaves, so that neither a restart nor kill -9 forgets it.
During a long sweep several are counted at once, because each time costs a sync of the disk.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from tui.domain.activity import BudgetState
from tui.domain.budget import CallBudget
from tui.domain.errors import BudgetSpent, RateLimited
from tui.domain.ports import Clock
from tui.engine.call_counts import AccountCounts, CallCounts
from tui.engine.leaving import check_leaving
from tui.engine.offload import Offload, in_thread
from tui.engine.pacing import Credit
from tui.store.spending import GOOD_FOR, SLACK, Spending, counting, frees_at, slot_length

CHUNK_LIMIT: Final = 16
"""Calls that are counted at once at most. Kill -9 leaves so many counted and not made."""
CHUNK_SHARE: Final = 50
"""At most this part of what is left is counted at once."""

_ENDLESS: Final = 10**12

T = TypeVar("T")

_FOR_A_PERSON: ContextVar[bool] = ContextVar("for_a_person", default=False)


@contextmanager
def for_a_person() -> Iterator[None]:
    """Let the calls made within, also by tasks begun within, spend what polls leave alone."""
    token = _FOR_A_PERSON.set(True)
    try:
        yield
    finally:
        _FOR_A_PERSON.reset(token)


class Gate:
    """The way of one workspace's calls: a `CallGate` that counts.

    Made by `Allowance.gate`. `Accounts` moves it to another account when the workspace's credential
    turns out to be another one.
    """

    def __init__(
        self, workspace: str, allowance: "Allowance", call_budget: CallBudget | None = None
    ) -> None:
        self.workspace = workspace
        self.call_budget = call_budget
        """What the configuration allows; None where it does not say."""
        self.allowance = allowance
        """The account that is spent from now."""
        self.is_known = True
        """Whether anybody ever found out whose calls they are."""
        self.find_account: Callable[[], Awaitable[None]] = _nothing_to_find
        """Has the gate moved to what other processes found out; cheap."""
        self.calls = 0
        """Let through so far."""
        self.size = 0
        """Bytes of the answers so far."""
        self._former: tuple[Allowance, ...] = ()

    async def admit(self) -> None:
        """Wait for the rate limit and spend one call. Raises BudgetSpent and RateLimited."""
        for former in self._former:
            if not former.gates:
                await former.give_back()
        await self.allowance.spend_one()
        self.calls += 1

    async def leave(self) -> None:
        """Raise what the last check of the call raises, if it has one."""
        await check_leaving()

    def answered(self, size: int) -> None:
        """Count the bytes of an answer."""
        self.size += size

    async def rest(self, seconds: float) -> None:
        """Let no call with this credential leave for so long: the vendor asked."""
        await self.allowance.rest(seconds)

    def move_to(self, allowance: "Allowance") -> None:
        """Spend from another account from now on. For any thread, one at a time."""
        if allowance is not self.allowance:
            former, self.allowance = self.allowance, allowance
            self._former = (*self._former, former)
            former.gates = tuple(gate for gate in former.gates if gate is not self)
            allowance.gates = (*allowance.gates, self)

    async def look(self) -> None:
        """Look whose calls they are and what all processes have spent."""
        await self.find_account()
        await self.allowance.read()

    def state(self, now: datetime) -> BudgetState | None:
        """Return what is left, as of the last look or call; None where nobody knows whose it is."""
        return self.allowance.state(now, self.workspace) if self.is_known else None

    async def close(self) -> None:
        """Give back what was counted and not made."""
        for allowance in (*self._former, self.allowance):
            await allowance.close()


async def _nothing_to_find() -> None:
    pass


@dataclass(slots=True)
class _Held:
    """Calls that are counted and not made yet."""

    at: datetime
    slot: datetime
    """What they are given back to."""
    turns: deque[datetime]
    until: datetime
    """Later they would crowd the calls that come after them."""
    used: int = 0
    used_at: datetime | None = None

    def take(self, now: datetime) -> datetime | None:
        """Return when the next of them may leave; None where none may any more."""
        # A clock that was put back would let them leave long after they were counted.
        if not self.turns or not self.at <= now <= self.until:
            return None
        self.used += 1
        self.used_at = now
        return self.turns.popleft()


class Allowance:
    """The budget and the rate limit of one account, for all processes on one ledger.

    Polls leave `CallBudget.reserve` alone; calls `for_a_person` may use all. Belongs to the event
    loop of its first call.
    """

    def __init__(
        self,
        account: str,
        budget: CallBudget,
        *,
        rate_limit: int | None,
        counts: CallCounts | None,
        clock: Clock,
        offload: Offload = in_thread,
    ) -> None:
        """Count in the ledger `counts`; in memory where that is None, or as long as it fails.

        `budget` holds where no workspace's configuration says otherwise. `rate_limit` is what the
        vendor allows in a minute.
        """
        self.gates: tuple[Gate, ...] = ()
        """Of the workspaces that spend from it."""
        self._budget = budget
        self._rate_limit = rate_limit
        self.account = account
        """What stands for the credential; the ledger counts under it."""
        self._counts = AccountCounts(account, counts, clock)
        self._clock = clock
        self._offload = offload
        self._lock = asyncio.Lock()
        self._slots: Mapping[datetime, int] = {}
        """The calls of every slot as of the last look, those that are held among them."""
        self._held = _Held(clock.now(), clock.now(), deque(), clock.now())
        self._unused: Counter[datetime] = Counter()
        """Counted and not to be made, by their slot; given back when it costs least."""

    @property
    def budget(self) -> CallBudget:
        """The smallest that the configuration names for a workspace of this account."""
        configured = (gate.call_budget for gate in self.gates)
        return min(filter(None, configured), key=_calls_a_day, default=self._budget)

    @property
    def _limit(self) -> CallBudget:
        """What is refused beyond. Our own caution sets the pace of polls and stops nobody."""
        budget = self.budget
        return budget if budget.is_documented else replace(budget, calls=_ENDLESS)

    def allows_every(self, calls: int, interval_s: float, *, workspaces: int) -> bool:
        """Whether so many calls of each workspace may be made once in an interval, for ever."""
        if self._rate_limit and 60 * calls * workspaces / self._rate_limit > interval_s / 2:
            return False
        if not self.budget.is_documented:
            return True
        credit = self.credit(self._clock.now())
        return credit.even_s(calls * workspaces) <= interval_s

    def gate(self, workspace: str, call_budget: CallBudget | None = None) -> Gate:
        """Return a gate for the calls of a workspace, which shares the account from now on."""
        gate = Gate(workspace, self, call_budget)
        self.gates = (*self.gates, gate)
        return gate

    async def spend_one(self) -> None:
        """Wait until one call may leave, and count it. Raises BudgetSpent and RateLimited."""
        turn, slot = await self._next_turn()
        try:
            await self._until(turn)
        except BaseException:
            self._unused[slot] += 1
            raise

    async def rest(self, seconds: float) -> None:
        """Let no call of this account leave for so long, in whatever process: the vendor asked."""
        until = self._clock.now() + timedelta(seconds=seconds)
        async with self._lock:
            self._let_go()
            await self._apart(lambda: self._counts.rest(until))

    async def read(self) -> BudgetState:
        """Look what all processes have spent, and return what is left."""
        async with self._lock:
            now = self._clock.now()
            self._slots = await self._apart(lambda: self._counts.by_slot(self.budget, now))
        return self.state(self._clock.now())

    def state(self, now: datetime, workspace: str | None = None) -> BudgetState:
        """Return what is left, as of the last look or call; cheap. `workspace` is who asks."""
        budget = self.budget
        names = dict.fromkeys(gate.workspace for gate in self.gates)
        return BudgetState(
            calls=budget.calls,
            days=budget.days,
            left=max(0, budget.calls - self._used(now)),
            is_documented=budget.is_documented,
            shared_with=tuple(name for name in names if name != workspace),
        )

    def credit(self, now: datetime) -> Credit:
        """Return what polls may spend from now on, as of the last look or call; cheap."""
        budget = self.budget
        calls = budget.calls - budget.reserve
        counted = counting(self._slots, budget, now)
        return Credit(
            calls=calls,
            left=calls - self._used(now),
            window_s=(budget.window + slot_length(budget) + SLACK).total_seconds(),
            freed=tuple(
                ((frees_at(slot, budget) - now).total_seconds(), made)
                for slot, made in counted.items()
            ),
        )

    async def give_back(self) -> None:
        """Give back what was counted and not made."""
        async with self._lock:
            self._let_go()
            unused, self._unused = self._unused, Counter()
            if unused:
                await self._apart(lambda: self._counts.give_back(unused))
                slots = self._slots
                self._slots = {slot: calls - unused[slot] for slot, calls in slots.items()}

    async def close(self) -> None:
        """Give back what was counted and not made, and the memory."""
        await self.give_back()
        self._counts.close()

    async def _next_turn(self) -> tuple[datetime, datetime]:
        """Return when the next call may leave, and the slot it was counted in."""
        while True:
            async with self._lock:
                if (turn := self._held.take(self._clock.now())) is not None:
                    return turn, self._held.slot
                spending = await self._count()
            if spending.is_spent:
                raise self._spent(spending)
            if spending.is_resting:
                raise _resting(spending)
            await self._until(spending.free_at)

    async def _count(self) -> Spending:
        """Count the next calls in place of those that are held."""
        now = self._clock.now()
        is_for_a_person = _FOR_A_PERSON.get()
        wanted = self._chunk(now)
        self._let_go()
        unused, self._unused = self._unused, Counter()
        spending = await self._apart(
            lambda: self._counts.spend(
                wanted,
                now,
                self._limit,
                keep=0 if is_for_a_person else self.budget.reserve,
                per_minute=self._rate_limit,
                unused=unused,
            )
        )
        if not spending.is_resting:
            self._take_in(spending)
        return spending

    def _chunk(self, now: datetime) -> int:
        """Return how many calls to count at once: more and more while all of them are used."""
        held = self._held
        if held.used_at is None or not held.used_at <= now <= held.used_at + GOOD_FOR:
            return 1
        wanted = held.used if held.turns else 2 * held.used
        left = self.budget.calls - self.budget.reserve - self._used(now)
        return max(1, min(wanted, CHUNK_LIMIT, left // CHUNK_SHARE))

    def _take_in(self, spending: Spending) -> None:
        self._slots = spending.slots
        turns = spending.turns
        until = max([*turns[:1], self._clock.now()]) + GOOD_FOR
        self._held = _Held(spending.at, spending.slot, deque(turns), until)

    def _let_go(self) -> None:
        if self._held.turns:
            self._unused[self._held.slot] += len(self._held.turns)
            self._held.turns.clear()

    def _used(self, now: datetime) -> int:
        counted = sum(counting(self._slots, self.budget, now).values())
        return counted - len(self._held.turns) - self._unused.total()

    def _spent(self, spending: Spending) -> BudgetSpent:
        said = f"{self.budget} are spent"
        if self._used(spending.at) < self.budget.calls:
            said = f"{self.budget} are spent but for {self.budget.reserve}, kept for people"
        when = _clock_time(spending.free_at, spending.at)
        return BudgetSpent(f"{said}; the next one is free at {when}", until=spending.free_at)

    async def _until(self, moment: datetime) -> None:
        delay = (moment - self._clock.now()).total_seconds()
        if delay > 0:
            await self._clock.sleep(delay)

    async def _apart(self, work: Callable[[], T]) -> T:
        """Do what may block where that holds up nobody."""
        if not self._counts.is_on_disk:
            return work()
        task = asyncio.ensure_future(self._offload(work))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(self._abandon)
            raise

    def _abandon(self, task: "asyncio.Task[T]") -> None:
        """Take note of what a thread counted for a call that is not wanted any more."""
        if not task.cancelled() and task.exception() is None:
            spending = task.result()
            if isinstance(spending, Spending) and spending.turns:
                self._unused[spending.slot] += len(spending.turns)


def _calls_a_day(budget: CallBudget) -> float:
    return budget.calls / budget.days


def _resting(spending: Spending) -> RateLimited:
    seconds = (spending.free_at - spending.at).total_seconds()
    when = _clock_time(spending.free_at, spending.at)
    return RateLimited(f"the vendor asked to be left alone until {when}", retry_after_s=seconds)


def _clock_time(moment: datetime, now: datetime) -> str:
    shape = "%H:%M UTC" if moment.date() == now.date() else "%Y-%m-%d %H:%M UTC"
    return moment.strftime(shape)
