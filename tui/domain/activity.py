"""What the polling of a workspace did and may still do, for whoever watches it. Plain data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """One poll of a workspace, after it ended."""

    at: datetime
    """When it ended."""
    took_s: float
    calls: int
    """Requests that left, those for tokens too."""
    size: int
    """Bytes of the answers, unpacked."""
    is_sweep: bool
    """Whether it read every page, not only those where changes were expected."""
    changes: int
    """Tickets that were added, changed or removed by it."""
    error: str | None = None
    """Why it failed, in one line; None where it did not."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How many tickets of a workspace were open and overdue at one time of the past."""

    at: datetime
    """The beginning of the quarter of an hour."""
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """The calls of everyone who shares one credential at one vendor."""

    calls: int
    """Allowed in the window."""
    days: int
    """The length of the rolling window."""
    left: int
    """What may still be called now."""
    is_documented: bool = True
    """Whether the number comes from the configuration or the vendor; False: our own caution."""
    shared_with: tuple[str, ...] = ()
    """The other workspaces that spend from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceActivity:
    """What is to be told of one workspace beyond its health."""

    polls: tuple[PollRecord, ...] = ()
    """The last ones, newest first."""
    trend: tuple[Sample, ...] = ()
    """Of the last 24 hours, oldest first, with gaps where nobody polled."""
    budget: BudgetState | None = None
    poller: str | None = None
    """Which process polls it: `this process`, or `ana@host, process 812`; None: nobody."""


class Novelty(StrEnum):
    """Why a ticket is marked until somebody has looked at it."""

    NEW = "new"
    CHANGED = "changed"
