"""What the polling of the workspaces of `support.service` did: believable, the same every time."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tui.domain.activity import BudgetState, PollRecord, Sample, WorkspaceActivity

_QUARTER = timedelta(minutes=15)


def make_activities(now: datetime, *, seed: int = 1) -> Mapping[str, WorkspaceActivity]:
    """Return a workspace polled here, one by another process, one that fails, one by nobody."""
    rng = random.Random(seed)
    shared = BudgetState(calls=20_000, days=30, left=19_240)
    long = "the vendor answered with no JSON: unexpected end at byte 20,312 [ERROR] [/b]"
    return {
        "inbox": WorkspaceActivity(
            polls=_polls(rng, now, "401 Unauthorized"), trend=_trend(rng, now, 30, until=16)
        ),
        "klink": WorkspaceActivity(
            polls=_polls(rng, now, "502 Bad Gateway", long),
            trend=_trend(rng, now, 60),
            budget=BudgetState(calls=500, days=30, left=31, is_documented=False),
            poller="ana@deck-1, process 81234",
        ),
        "legacy": WorkspaceActivity(
            polls=_polls(rng, now),
            trend=_trend(rng, now, 40, gap=range(30, 60)),
            budget=replace(shared, shared_with=("qp",)),
            poller="this process",
        ),
        "qp": WorkspaceActivity(
            polls=_polls(rng, now),
            trend=_trend(rng, now, 80),
            budget=replace(shared, shared_with=("legacy",)),
            poller="this process",
        ),
    }


def _polls(rng: random.Random, now: datetime, *errors: str) -> tuple[PollRecord, ...]:
    return tuple(
        PollRecord(
            at=now - timedelta(seconds=12 + 47 * number),
            took_s=rng.uniform(0.1, 3),
            calls=12 if number % 7 == 0 else 3,
            size=rng.randint(800, 2_400_000 if number % 7 == 0 else 60_000),
            is_sweep=number % 7 == 0,
            changes=rng.choice([0, 0, 0, 2, 14]),
            error=errors[number] if number < len(errors) else None,
        )
        for number in range(40)
    )


def _trend(
    rng: random.Random, now: datetime, start: int, *, until: int = 0, gap: range = range(0)
) -> tuple[Sample, ...]:
    open_, overdue = start, 1
    samples = []
    for number in range(95, until - 1, -1):
        open_ = max(open_ + rng.choice([-1, 0, 0, 1, 1]), 0)
        overdue = max(overdue + rng.choice([-1, -1, 0, 0, 1, 1]), 0)
        if number not in gap:
            samples.append(Sample(now - number * _QUARTER, open_, overdue))
    return tuple(samples)
