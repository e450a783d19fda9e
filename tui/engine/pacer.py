"""What the pace of one workspace depends on, as it changes: polls, finds, looks, calls left."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from tui.domain.ports import Clock
from tui.engine.pacing import Pace
from tui.engine.source import Shares, Source

WATCHED_S: Final = 90.0
"""A look counts for so long; whoever looks on says so again before."""


class Pacer:
    """Answers how often one workspace may be polled now."""

    def __init__(self, source: Source, shares: Callable[[], Shares], *, clock: Clock) -> None:
        self._source = source
        self._shares = shares
        self._clock = clock
        self._unchanged_since = clock.now()
        self._watched_at: datetime | None = None
        self._polled_at = float("-inf")

    @property
    def is_watched(self) -> bool:
        """Whether a person looks at the workspace."""
        at = self._watched_at
        return at is not None and abs((self._clock.now() - at).total_seconds()) < WATCHED_S

    def watched(self, at: datetime) -> bool:
        """Take in when a person last looked; return whether that begins a time of looking."""
        was_watched = self.is_watched
        self._watched_at = at
        return self.is_watched and not was_watched

    def changed(self) -> None:
        """Take in that a poll has found something new."""
        self._unchanged_since = self._clock.now()

    def polled(self, ago_s: float = 0.0) -> None:
        """Take in when the last poll began, be it another process's."""
        self._polled_at = self._clock.monotonic() - max(0.0, ago_s)

    def pace(self) -> Pace:
        """Return the pace as of now."""
        now, shares = self._clock.now(), self._shares()
        return Pace(
            configured_s=self._source.workspace.poll_interval_s,
            credit=self._source.allowance.credit(now),
            workspaces=shares.paced,
            taken_per_s=shares.taken_per_s,
            unchanged_s=(now - self._unchanged_since).total_seconds(),
            is_watched=self.is_watched,
        )

    def due_in_s(self) -> float:
        """Return in how many seconds a poll is due at the pace of now; below 0 where it was."""
        return self._polled_at + self.pace().interval_s(1) - self._clock.monotonic()

    def seconds_per_call(self, pages: int) -> float:
        """Return what a workspace of so many pages earns a call in."""
        pace = self.pace()
        if not pace.configured_s:
            return pace.seconds_per_call
        # A short interval on a tight budget asks for rounds that it cannot pay for.
        is_limit = self._source.allowance.budget.is_documented
        even_s = pace.credit.even_s(self._shares().configured) if is_limit else 0.0
        return max(pace.configured_s / pages, even_s)

    def calls_left(self) -> int | None:
        """Return this workspace's share of what may be called now; None for no limit."""
        if not self._source.allowance.budget.is_documented:
            return None
        return max(0, self.pace().credit.left) // max(1, self._shares().paced)

    def takes_all(self, pages: int) -> bool:
        """Whether a configured interval leaves calls enough to read all pages each time."""
        configured = self._source.workspace.poll_interval_s
        return configured is not None and self._source.allowance.allows_every(
            pages, configured, workspaces=self._shares().configured
        )
