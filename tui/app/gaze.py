"""When the ticket under the cursor counts as seen. Pure; knows no widget."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tui.domain.ticket import TicketRef

RESTS_AFTER = timedelta(seconds=1)
"""A cursor that stands so long on a row was not only passing."""


class Gaze:
    """Follows the cursor over tickets that are to be looked at.

    One is seen when the cursor has rested on it, or when the cursor leaves it after it was sent
    there on purpose: who walks from one to the next looks at each, however fast.
    """

    def __init__(self) -> None:
        self._on: TicketRef | None = None
        self._walked: set[TicketRef] = set()
        self.rests_at: datetime | None = None
        """When the ticket under the cursor will have been seen; None where none is to be."""

    def walk_to(self, ref: TicketRef) -> None:
        """Take in that the cursor is sent to a ticket that is to be looked at."""
        self._walked.add(ref)

    def rest_on(
        self, ref: TicketRef | None, now: datetime, *, is_kept: bool = False
    ) -> Collection[TicketRef]:
        """Take in where the cursor is, None where nothing is to be seen; return what was seen.

        `is_kept`: what the cursor rests on is seen only when the cursor leaves it.
        """
        if ref != self._on:
            self._on = ref
            self.rests_at = None if ref is None else now + RESTS_AFTER
        seen = {walked for walked in self._walked if walked != ref}
        if ref is not None and self.rests_at is not None and self.rests_at <= now:
            (self._walked if is_kept else seen).add(ref)
            self.rests_at = None
        self._walked -= seen
        return seen

    def look_away(self) -> None:
        """Begin anew: nobody looks at what the cursor is on."""
        self._on = self.rests_at = None
        self._walked.clear()
