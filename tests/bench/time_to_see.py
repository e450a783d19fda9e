"""How long a new ticket waits until it is seen: our polling against polling every page.

All of it is simulated: the clock, the vendor, its tickets. The plan, the pace, the sweep and the
counting of calls are the program's own, with QuestionPro's budget of 20,000 calls in 30 days. The
other polls every page at a fixed interval; it makes as many calls over the time as ours made.

The world, ten days of it:

- The list has pages of 100 and tells its total, as QuestionPro's does. It grows to the number of
  tickets that a row names; that of 32 stays a single page.
- New tickets come at the front (newest first) or at the back (oldest first), 9 a day.
- Twice as often a ticket changes: mostly one of the newest (the tenth newest in the mean), one time
  in ten any. Every second day a ticket vanishes.
- All this happens with a rhythm of day and night (nine of ten times between 8 and 20 o'clock), or
  evenly but for chance (plain).
- A call takes no time. Nobody looks at the workspace, which would only speed ours up.
"""

import asyncio
import multiprocessing
import statistics
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from operator import itemgetter
from random import Random

from tui.domain.budget import CallBudget
from tui.domain.page import Page, PageKey
from tui.domain.ticket import Ticket, TicketRef
from tui.engine.allowance import Allowance
from tui.engine.pacing import Pace, spread_s
from tui.engine.plan import PagePlan
from tui.engine.sweep import read_pages, sweep

SEEDS = {32: (1,), 500: (1, 2, 3), 5_000: (1,)}
"""By the number of tickets: as many worlds of each kind are lived through."""
DAYS = 10
DAY_S = 86_400.0
PAGE_SIZE = 100
BUDGET = CallBudget(calls=20_000 // 3, days=10)
RATE_LIMIT = 300
PHASES = 20
ARRIVALS_A_DAY = 9.0
SHARE_BY_DAY = 0.9
CHANGES_A_DAY = 18.0
CHANGED_RANK = 10.0
CHANGES_ANYWHERE = 0.1
REMOVALS_A_DAY = 0.5
START = datetime(2026, 2, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """One kind of world."""

    size: int
    newest_first: bool
    by_day: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds from the coming of each ticket to its being seen."""

    ours: Sequence[float]
    other: Sequence[float]
    calls: int

    @property
    def sooner(self) -> float:
        """How many times sooner ours is, at the median."""
        return statistics.median(self.other) / statistics.median(self.ours)


def main() -> None:
    """Print a line for each world."""
    worlds = [
        World(size, newest_first, by_day)
        for size in SEEDS
        for newest_first in (True, False)
        for by_day in (True, False)
    ]
    print(f"A new ticket is seen after (simulated; {BUDGET}, so many were made):")
    with multiprocessing.Pool() as pool:
        for world, outcome in zip(worlds, pool.imap(measure, worlds), strict=True):
            print(
                f"{world.size:5,} tickets, {'newest' if world.newest_first else 'oldest'} first,"
                f" {'day and night' if world.by_day else 'plain':13}"
                f"  {in_words(outcome.ours)}  every page {in_words(outcome.other)}"
                f"  {outcome.sooner:4.1f}x sooner  {outcome.calls:,} calls",
                flush=True,
            )


def in_words(waits: Sequence[float]) -> str:
    """Return the median and the 95th percentile."""
    percentiles = statistics.quantiles(waits, n=20)
    return f"{statistics.median(waits):5.0f} s, p95 {percentiles[-1]:6.0f} s"


def measure(world: World) -> Outcome:
    """Live twice through the days of some worlds of a kind, each time with the same tickets."""
    ours: list[float] = []
    other: list[float] = []
    calls = 0
    for seed in SEEDS[world.size]:
        run = asyncio.run(_Run(world, seed).poll_by_plan())
        ours += run.waits
        calls += run.calls
        interval_s = DAYS * DAY_S / (run.calls / _pages(world.size))
        other += _wait_for_sweeps(world, seed, interval_s)
    return Outcome(ours=ours, other=other, calls=calls // len(SEEDS[world.size]))


def _pages(tickets: int) -> int:
    return -(-tickets // PAGE_SIZE)


def _wait_for_sweeps(world: World, seed: int, interval_s: float) -> list[float]:
    """Return the waits where every page is read at a fixed interval, begun at any moment."""
    arrivals = _moments(ARRIVALS_A_DAY, world, Random(f"{seed}/_arrive"))
    phases = [interval_s * phase / PHASES for phase in range(PHASES)]
    return [interval_s - (at + phase) % interval_s for at in arrivals for phase in phases]


def _moments(a_day: float, world: World, random: Random) -> list[float]:
    """Return when something happens: a Poisson process, thinned to the rate of the hour."""
    peak = 2 * SHARE_BY_DAY if world.by_day else 1.0
    moments: list[float] = []
    now = 0.0
    while (now := now + random.expovariate(peak * a_day / DAY_S)) < DAYS * DAY_S:
        is_day = 8 <= now % DAY_S / 3_600 < 20
        rate = 2 * (SHARE_BY_DAY if is_day else 1 - SHARE_BY_DAY) if world.by_day else 1.0
        if random.random() < rate / peak:
            moments.append(now)
    return moments


class _Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        self.elapsed += max(0.0, seconds)


class _List:
    """The vendor's list: it moves on to the moment of each call."""

    sections = 1

    def __init__(self, world: World, seed: int, clock: _Clock) -> None:
        self._world = world
        self._clock = clock
        self._random = Random(f"{seed}/list")
        self._numbers = count()
        rates = {
            self._arrive: ARRIVALS_A_DAY,
            self._change: CHANGES_A_DAY,
            self._vanish: REMOVALS_A_DAY,
        }
        happening: list[tuple[float, Callable[[], None]]] = []
        for what, a_day in rates.items():
            random = Random(f"{seed}/{what.__name__}")
            happening += [(at, what) for at in _moments(a_day, world, random)]
        self._happening = deque(sorted(happening, key=itemgetter(0)))
        arrivals = sum(what == self._arrive for _, what in happening)
        self.tickets = [self._new() for _ in range(max(5, world.size - arrivals))]
        self.came: dict[TicketRef, float] = {}
        self._now = 0.0

    async def fetch_page(self, key: PageKey) -> Page:
        while self._happening and self._happening[0][0] <= self._clock.elapsed:
            at, what = self._happening.popleft()
            self._now = at
            what()
        start = key.index * PAGE_SIZE
        shown = tuple(self.tickets[start : start + PAGE_SIZE])
        return Page(key=key, tickets=shown, total=len(self.tickets))

    async def close(self) -> None:
        self.tickets.clear()

    def _arrive(self) -> None:
        ticket = self._new()
        self.tickets.insert(0 if self._world.newest_first else len(self.tickets), ticket)
        self.came[ticket.ref] = self._now

    def _change(self) -> None:
        rank = int(self._random.expovariate(1 / CHANGED_RANK))
        if self._random.random() < CHANGES_ANYWHERE or rank >= len(self.tickets):
            rank = self._random.randrange(len(self.tickets))
        place = rank if self._world.newest_first else len(self.tickets) - 1 - rank
        self.tickets[place] = replace(self.tickets[place], title=f"{next(self._numbers)}")

    def _vanish(self) -> None:
        del self.tickets[self._random.randrange(len(self.tickets))]

    def _new(self) -> Ticket:
        number = str(next(self._numbers))
        return Ticket(
            ref=TicketRef("bench", number), vendor="bench", title=number, confirmed_at=START
        )


class _Run:
    """Our polling of one world, as `engine.polling` does it."""

    def __init__(self, world: World, seed: int) -> None:
        self._clock = _Clock()
        self._list = _List(world, seed, self._clock)
        self._random = Random(f"{seed}/jitter")
        self._known: dict[TicketRef, Ticket] = {}
        self._misses: Counter[TicketRef] = Counter()
        self._allowance = Allowance(
            "bench", BUDGET, rate_limit=RATE_LIMIT, counts=None, clock=self._clock
        )
        self._gate = self._allowance.gate("bench")
        self._changed_at = 0.0
        self.waits: list[float] = []

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return self._gate.calls

    async def poll_by_plan(self) -> "_Run":
        """Poll until the days are over."""
        plan = PagePlan(self._list.sections)
        while self._clock.elapsed < DAYS * DAY_S:
            pace = self._pace()
            pages = plan.next_pages(
                max(1, pace.pages_affordable(pace.interval_s(1))),
                now=self._clock.now(),
                seconds_per_call=pace.seconds_per_call,
                left=pace.credit.left,
            )
            began_at = self._clock.now()
            if pages:
                report = await read_pages(
                    self, pages, self._take, _ignore, follow_up=plan.follow_up
                )
                self._count_misses(plan.learn_pages(report, began_at))
            if plan.can_sweep(self._pace().credit.left):
                swept = await sweep(self, self._take, _ignore)
                self._count_misses(plan.learn_sweep(swept, began_at))
            await self._clock.sleep(spread_s(self._pace().interval_s(1), self._random))
        return self

    @property
    def sections(self) -> int:
        return self._list.sections

    async def fetch_page(self, key: PageKey) -> Page:
        await self._gate.admit()
        return await self._list.fetch_page(key)

    async def close(self) -> None:
        await self._list.close()

    def _pace(self) -> Pace:
        return Pace(
            configured_s=None,
            credit=self._allowance.credit(self._clock.now()),
            unchanged_s=self._clock.elapsed - self._changed_at,
        )

    async def _take(self, page: Page) -> Collection[TicketRef]:
        changed = [each for each in page.tickets if self._known.get(each.ref) is not each]
        for ticket in changed:
            if ticket.ref not in self._known and ticket.ref in self._list.came:
                self.waits.append(self._clock.elapsed - self._list.came[ticket.ref])
            self._known[ticket.ref] = ticket
        for ticket in page.tickets:
            self._misses.pop(ticket.ref, None)
        if changed:
            self._changed_at = self._clock.elapsed
        return [ticket.ref for ticket in changed]

    def _count_misses(self, shown: Collection[TicketRef] | None) -> None:
        if shown is None:
            return
        for ref in [ref for ref in self._known if ref not in shown]:
            self._misses[ref] += 1
            if self._misses[ref] == 2:
                del self._known[ref], self._misses[ref]


async def _ignore(_done: int, _known: int | None) -> None:
    pass


if __name__ == "__main__":
    main()
