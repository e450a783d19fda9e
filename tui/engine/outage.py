"""The network down, told from one host down: one workspace probes, the others wait for it. Pure.

One object is shared by all pollers of a process and belongs to their event loop. Every poller that
polls by itself joins it, tells it how its calls went, and asks it before each poll:

    while (hold := outage.hold_s(name)) > 0:
        wait for so long, or until a person asks for a poll

The network is down when nobody gets a connection: every workspace failed so the last time, but
those that were not heard of for `LATELY_S`. Then probes come on one backoff for all that failed,
each by the workspace that has tried least lately. As soon as one is answered, the others follow one
after the other. Whoever did not fail keeps its own pace, so hosts that are down, be they many, keep
nobody but their own workspaces waiting.

With n workspaces, an outage of T seconds that is noticed after D (when the last workspace had its
turn) costs at most

    n * most_tries(D) + most_tries(T - D) - 1

tries of one call each, and 30 + 6n for an hour at intervals of half a minute; n workspaces that
each backed off alone would make 30n.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from tui.domain.ports import Clock
from tui.engine.backoff import backoff_s

ASK_AGAIN_S = 5.0
"""No hold is longer, so that whoever waits hears soon that the network is back."""
FOLLOW_S = 0.5
"""Between two workspaces that come back, at least on average."""
SHORTEST_FOLLOW_S = 5.0
"""However few they are, their return is spread over this."""
TURN_S = 0.25
"""How much later the next in line may probe, where the one before it does not ask."""
LATELY_S = 900.0
"""An answer is no sign for longer: some workspaces rest for hours by their budget or a refusal."""
PROBE_LIMIT_S = 60.0
"""A probe that says nothing for so long is given up, and another may try."""
ADVICE = "no vendor can be reached: check the network of this machine"

_INSTANT_S = 0.001
"""Clocks round; what is this near is due."""


@dataclass(slots=True)
class _Member:
    """What is known of one workspace's way to its vendor. Moments are on the monotonic clock."""

    heard_at: float
    """When the vendor answered last; before that, when the workspace joined."""
    failures: int = 0
    """In a row, without a connection."""
    retry_at: float = -math.inf
    tried_at: float = -math.inf


class Outage:
    """Decides which workspace may try when nobody is answered."""

    def __init__(self, *, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._members: dict[str, _Member] = {}
        self._is_down = False
        self._probe_at = 0.0
        self._probes = 0
        self._prober: str | None = None
        self._probing_since = 0.0

    @property
    def is_down(self) -> bool:
        """Whether the network is taken to be down."""
        return self._is_down

    def join(self, workspace: str) -> None:
        """Count a workspace that polls by itself. May be repeated."""
        self._members.setdefault(workspace, _Member(self._clock.monotonic()))

    def leave(self, workspace: str) -> None:
        """Forget a workspace that is not polled here any more: refused, stopped, or handed over."""
        self._members.pop(workspace, None)
        if self._prober == workspace:
            self._prober = None
        self._is_down = self._is_down and bool(self._members)

    def failed(self, workspace: str, pace_s: float) -> None:
        """Take in that no connection came about (`VendorError.is_network`), and plan the next try.

        `pace_s` is the interval of the workspace while all is well.
        """
        member = self._members.get(workspace)
        if member is None:
            return
        now = self._clock.monotonic()
        member.failures += 1
        member.tried_at = now
        member.retry_at = now + backoff_s(member.failures, self._random, pace_s=pace_s)
        if not self._is_down:
            self._is_down = was_probe = self._nobody_gets_through(now)
        else:
            # Polls that were under way, or asked for by hand, make nobody more patient.
            was_probe = self._prober == workspace
        if was_probe:
            self._prober = None
            self._probes += 1
            self._probe_at = now + backoff_s(self._probes, self._random, pace_s=pace_s)

    def unclear(self, workspace: str) -> None:
        """Take in that a poll ended and tells nothing of the network; another may probe at once."""
        member = self._members.get(workspace)
        if member is not None:
            member.tried_at = self._clock.monotonic()
        if self._prober == workspace:
            self._prober = None

    def reached(self, workspace: str) -> None:
        """Take in that the vendor answered, be it with an error; best with its first page."""
        member = self._members.get(workspace)
        if member is None:
            return
        member.heard_at = self._clock.monotonic()
        member.failures = 0
        member.retry_at = -math.inf
        if self._is_down:
            self._is_down = False
            self._prober = None
            self._probes = 0
            self._bring_back(other for other in self._members.values() if other.failures)

    def hold_s(self, workspace: str) -> float:
        """Return 0 where the workspace may poll now, else in how many seconds to ask again.

        While the network is down, 0 makes one that failed the prober: it must poll, and tell.
        """
        member = self._members.get(workspace)
        if member is None:
            return 0.0
        now = self._clock.monotonic()
        is_in_line = self._is_in_line(member)
        if is_in_line and self._is_probed_by_another(workspace, now):
            return ASK_AGAIN_S
        wait = self._next_try_at(member) - now
        if wait > _INSTANT_S:
            return min(wait, ASK_AGAIN_S)
        if is_in_line:
            self._prober = workspace
            self._probing_since = now
        return 0.0

    def next_try_s(self, workspace: str) -> float:
        """Return in how many seconds the next try is planned that may bring this one back."""
        member = self._members.get(workspace)
        if member is None:
            return 0.0
        planned = self._probe_at if self._is_in_line(member) else member.retry_at
        return max(0.0, planned - self._clock.monotonic())

    def _nobody_gets_through(self, now: float) -> bool:
        return all(
            member.failures or member.heard_at < now - LATELY_S for member in self._members.values()
        )

    def _is_in_line(self, member: _Member) -> bool:
        """Whether it waits for the network; who did not fail goes on, and may find it back."""
        return self._is_down and member.failures > 0

    def _is_probed_by_another(self, workspace: str, now: float) -> bool:
        return self._prober not in (None, workspace) and now < self._probing_since + PROBE_LIMIT_S

    def _next_try_at(self, member: _Member) -> float:
        if not self._is_in_line(member):
            return member.retry_at
        others = filter(self._is_in_line, self._members.values())
        ahead = sum(other.tried_at < member.tried_at for other in others)
        return self._probe_at + ahead * TURN_S

    def _bring_back(self, members: Iterable[_Member]) -> None:
        """Let them come one after the other, once all have had time to hear of it."""
        line = list(members)
        self._random.shuffle(line)
        gap = max(SHORTEST_FOLLOW_S, FOLLOW_S * len(line)) / max(1, len(line))
        first = self._clock.monotonic() + ASK_AGAIN_S
        for place, member in enumerate(line):
            member.failures = 0
            member.retry_at = first + (place + self._random.random()) * gap
