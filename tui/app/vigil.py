"""What goes on beside the screens: the freeze, the bell, and whether somebody looks. No widget."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tui.app.alerts import Alerts
from tui.app.digest import Absence, Digest
from tui.app.freeze import Freezer, Step
from tui.app.mirror import QueueMirror, Touched
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import TicketRef

JUST_READ = timedelta(seconds=15)
"""So fresh a workspace is not read again for who comes back."""
RING_PAUSE = timedelta(seconds=10)
"""It is quiet for so long after the bell; what gives a reason meanwhile rings once behind it."""


class Vigil:
    """Follows the queue for the dashboard; every step tells what the screens have to show."""

    def __init__(self, mirror: QueueMirror, *, bell: Collection[str], now: datetime) -> None:
        self._shown = mirror
        self.freezer = Freezer(mirror)
        self.digest = Digest()
        """What happened while nobody looked, until somebody has dealt with it."""
        self._alerts = Alerts(bell)
        self._absence = Absence(now)
        self._rings = False
        self._quiet_until = now

    @property
    def pressing(self) -> int:
        """How many open tickets are critical or overdue, frozen or not."""
        return self.freezer.live.tally().pressing

    def pull(self, now: datetime) -> Touched:
        """Take in whatever changed."""
        return self._take(self.freezer.pull(now), now)

    def advance(self, now: datetime) -> Touched:
        """Let time pass; a screen that was frozen for long thaws."""
        touched = self._take(self.freezer.advance(now), now)
        thaws_at = self.freezer.thaws_at
        if thaws_at is None or now < thaws_at:
            return touched
        return self._take(self.freezer.thaw(now), now)

    def freeze_or_thaw(self, now: datetime) -> Touched:
        """Let the screens stand still, or let them go on."""
        if self.freezer.since is not None:
            return self._take(self.freezer.thaw(now), now)
        touched = self.pull(now)
        self.freezer.freeze(now)
        return touched

    def moments(self) -> tuple[datetime | None, ...]:
        """Return when `advance` has something to do; may be early, never late."""
        turns = (self._shown.next_turn, self.freezer.live.next_turn, self.freezer.thaws_at)
        return (*turns, self._quiet_until if self._rings else None)

    def rings(self, now: datetime) -> bool:
        """Whether to ring now: there was a reason since it last rang, and that was a while ago."""
        if not self._rings or now < self._quiet_until:
            return False
        self._rings = False
        self._quiet_until = now + RING_PAUSE
        return True

    def looks(self, now: datetime) -> bool:
        """Whether somebody is likely to look at the screen."""
        return self._absence.looks(now)

    def left(self, now: datetime) -> None:
        """Take in that the terminal lost the focus."""
        self._absence.left(now)

    def came(self, now: datetime) -> bool:
        """Take in a sign of somebody; return whether there was none for a while."""
        digest = self._absence.came(self.freezer.live.tickets, now)
        if digest is None:
            return False
        self.digest = self.digest.followed_by(digest)
        return True

    def see(self, refs: Collection[TicketRef]) -> Collection[TicketRef]:
        """Take in that somebody looked at these; return those that were marked."""
        marked = {ref for ref in refs if ref in self._shown.novelties}
        self.freezer.seen(marked)
        self.digest = self.digest.without(refs)
        return marked

    def _take(self, step: Step, now: datetime) -> Touched:
        self._rings |= self._alerts.take(step.news, self.freezer.live, now)
        self._absence.note(step.news)
        return step.shown


def may_be_refreshed(health: WorkspaceHealth, now: datetime) -> bool:
    """Whether to read a workspace because somebody came back.

    Not what is read by hand only, what waits for a person, for a budget or for a vendor that asked
    to be left alone, and not what was read just now.
    """
    if health.state not in (HealthState.OK, HealthState.LATE):
        return False
    waits = any(
        moment is not None and moment > now for moment in (health.retry_at, health.rest_until)
    )
    return not waits and (health.as_of is None or now - health.as_of >= JUST_READ)
