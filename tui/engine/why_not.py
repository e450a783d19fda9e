"""Why a create cannot be sent again or dropped, in words. Pure."""

from datetime import datetime

from tui.domain.draft import OutcomeState
from tui.store.entry import Entry


def why_not(entry: Entry, now: datetime) -> str:
    """Return what forbids it, one line without a full stop."""
    if entry.is_busy(now):
        return "it is being sent or looked for; try again in a moment"
    if entry.is_open:
        # Of a create that was to be sent again: another one has its key.
        return f"the key {entry.intent.key} is another create's, which is open"
    if entry.is_dropped:
        return "it was dropped"
    if entry.is_retried:
        return "it was sent again before"
    if entry.outcome is not None and entry.outcome.state is OutcomeState.NOT_CREATED:
        return "it was not created, and is not open any more"
    return f"it was created: {entry.outcome.ref if entry.outcome else ''}"
