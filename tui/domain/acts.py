"""What people do to a ticket here, and no vendor hears of. Pure.

Acknowledgements, snoozes, pins and notes are kept beside the tickets, with who and when, and are
shared by all who share a state directory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tui.domain.clean import clean
from tui.domain.errors import UsageError
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.domain.urgency import is_overdue

NOTE_LIMIT: Final = 4_000
"""Characters of a note at most: more belongs to the vendor's ticket."""


class ActKind(StrEnum):
    """What can be done to a ticket."""

    ACKNOWLEDGE = "acknowledge"
    UNACKNOWLEDGE = "unacknowledge"
    SNOOZE = "snooze"
    WAKE = "wake"
    PIN = "pin"
    UNPIN = "unpin"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do to some tickets."""

    kind: ActKind
    until: datetime | None = None
    """When a snooze ends at the latest."""
    text: str = ""
    """Of a note; cleaned, several lines are possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """That it was done, by whom and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze(Signed):
    """A ticket is put off until a moment, and only while it stays as it was."""

    until: datetime
    status: Status
    priority: Priority
    overdue: bool
    """How the ticket was when it was put off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Signed):
    """What somebody wrote beside a ticket."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalActs:
    """Everything that was done here to one ticket and still stands."""

    acknowledged: Signed | None = None
    snooze: Snooze | None = None
    pinned: Signed | None = None
    notes: tuple[Note, ...] = ()
    """Oldest first."""


NO_ACTS: Final = LocalActs()
Acts = Mapping[TicketRef, LocalActs]
"""Only the tickets to which something was done."""
NOBODY_ACTED: Final[Acts] = MappingProxyType({})


def checked(act: Act, now: datetime) -> Act:
    """Return the act as it may be kept, its text cleaned.

    Raises:
        UsageError: an empty or too long note, or a snooze without a time that is to come.
    """
    text = clean(act.text, multiline=True).strip()
    if act.kind is ActKind.NOTE:
        if not text:
            raise UsageError("an empty note is not kept: write something")
        if len(text) > NOTE_LIMIT:
            raise UsageError(
                f"a note has at most {NOTE_LIMIT:,} characters, this one {len(text):,}: shorten it"
            )
    if act.kind is ActKind.SNOOZE and (act.until is None or act.until <= now):
        raise UsageError("a snooze needs a time that is still to come")
    return replace(act, text=text)


def is_snoozed(acts: LocalActs, ticket: Ticket, now: datetime) -> bool:
    """Whether the ticket is put off at this moment.

    A snooze ends at its time, when the vendor changes the status or the priority, and when the
    ticket becomes overdue that was not when it was put off.
    """
    snooze = acts.snooze
    if snooze is None or now >= snooze.until:
        return False
    if (ticket.status, ticket.priority) != (snooze.status, snooze.priority):
        return False
    return snooze.overdue or not is_overdue(ticket, now)


def wakes_at(acts: LocalActs, ticket: Ticket, now: datetime) -> datetime | None:
    """Return when a snoozed ticket comes back by time alone; None where it is not snoozed."""
    snooze = acts.snooze
    if snooze is None or not is_snoozed(acts, ticket, now):
        return None
    return snooze.until if snooze.overdue else snooze_ends(snooze.until, ticket, now)


def snooze_ends(until: datetime, ticket: Ticket, now: datetime) -> datetime:
    """Return when a snooze from `now` until then ends by time alone.

    What becomes overdue before that comes back; what is closed does not become overdue.
    """
    if ticket.closed or ticket.due_at is None or is_overdue(ticket, now):
        return until
    return min(until, ticket.due_at)
