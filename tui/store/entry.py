"""A create as the outbox has it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tui.domain.draft import Outcome, OutcomeState
from tui.domain.ports import Intent

LONGEST_HOLD: Final = timedelta(minutes=5)
"""A hold that lasts longer is no hold: the clock was put back since."""
INTERRUPTED: Final = "the program ended before an answer came"
"""What is known of a create that was left behind unanswered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One create in the outbox."""

    intent: Intent
    """Without values where it was created: they are not needed any more."""
    outcome: Outcome | None
    """None: no end was ever recorded."""
    is_looked: bool = False
    """Its outcome is what reading the vendor's tickets to the end told."""
    is_dropped: bool = False
    """A person said that nothing is to come of it."""
    is_retried: bool = False
    """A person sent it again, as another intent."""
    busy_until: datetime | None = None
    """Until when some process sends it, or looks for it, unless it says so again."""
    is_configured: bool = True
    """The workspace it was meant for is one of the present configuration."""

    @property
    def is_open(self) -> bool:
        """Whether nobody knows how it ended."""
        known = self.outcome is not None and self.outcome.state is not OutcomeState.UNKNOWN
        return not (known or self.is_dropped or self.is_retried)

    def is_busy(self, now: datetime) -> bool:
        """Whether some process is at it."""
        until = self.busy_until
        return self.is_open and until is not None and now < until <= now + LONGEST_HOLD
