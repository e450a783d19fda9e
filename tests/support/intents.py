"""Creates for tests of the outbox."""

from datetime import timedelta
from typing import Any

from support.builders import NOON
from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.ports import Intent
from tui.domain.ticket import TicketRef

CREATED, NOT_CREATED, UNKNOWN = OutcomeState
SOON = NOON + timedelta(seconds=10)
"""Until when a create is held."""


def make_intent(
    intent_id: str = "a", *, workspace: str = "qp", minute: int = 0, **overrides: Any
) -> Intent:
    draft = Draft(workspace, {"title": "It broke", "tags": ("x", "y"), "customFields.cf": "1"})
    at = NOON + timedelta(minutes=minute)
    return Intent(**{"id": intent_id, "draft": draft, "at": at, "by": "ana", **overrides})


def ends(state: OutcomeState, intent_id: str = "a", *, ticket: str | None = None) -> Outcome:
    """Return an outcome; a created one has the id `ticket`, or 77."""
    if state is OutcomeState.CREATED:
        ticket = ticket or "77"
    ref = None if ticket is None else TicketRef("qp", ticket)
    return Outcome(intent_id=intent_id, state=state, ref=ref, message="why")
