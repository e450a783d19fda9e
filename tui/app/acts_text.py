"""What people did here to a ticket, in words that never claim it of the vendor. Knows no widget."""

from collections.abc import Iterator
from datetime import datetime

from tui.app.formatting import ClockFace, Line, Span
from tui.domain.acts import LocalActs, Note, is_snoozed, wakes_at
from tui.domain.clean import first_line
from tui.domain.ticket import Ticket


def acts_line(acts: LocalActs, ticket: Ticket, now: datetime, clock: ClockFace) -> Line:
    """Return `acked here, ana 02:51  pinned here  snoozed until 06:00`, or what is true of it."""
    parts: list[str] = []
    if acts.acknowledged:
        parts.append(f"acked here, {acts.acknowledged.by} {clock.at(acts.acknowledged.at, now)}")
    if acts.pinned:
        parts.append("pinned here")
    if ends := wakes_at(acts, ticket, now):
        parts.append(f"snoozed until {clock.at(ends, now)}{_why(acts, ends)}")
    return (Span("  ".join(parts), "mark"),) if parts else ()


def note_line(note: Note, now: datetime, clock: ClockFace) -> Line:
    """Return `note, ana 02:53: called the shop`: the first line of a note."""
    said = f"note, {note.by} {clock.at(note.at, now)}: "
    return (Span(said, "mark"), Span(first_line(note.text)))


def acts_rows(
    acts: LocalActs, ticket: Ticket, now: datetime, clock: ClockFace
) -> Iterator[tuple[str, str]]:
    """Yield a label and a value for everything that was done, notes whole, oldest first."""
    if acts.acknowledged:
        yield "Acked", f"{acts.acknowledged.by}, {clock.with_age(acts.acknowledged.at, now)}"
    if acts.pinned:
        yield "Pinned", f"{acts.pinned.by}, {clock.with_age(acts.pinned.at, now)}"
    if acts.snooze and (ends := wakes_at(acts, ticket, now)):
        signed = f"{acts.snooze.by} {clock.at(acts.snooze.at, now)}"
        yield "Snoozed", f"until {clock.full(ends)}{_why(acts, ends)}, {signed}"
    elif acts.snooze and not is_snoozed(acts, ticket, now):
        yield "Snoozed", f"no more; {acts.snooze.by} {clock.at(acts.snooze.at, now)}"
    for note in acts.notes:
        yield "Note", f"{note.by}, {clock.with_age(note.at, now)}\n{note.text}"


def _why(acts: LocalActs, ends: datetime) -> str:
    """Return why a snooze ends sooner than it was asked for, if it does."""
    return ", when OVER" if acts.snooze and ends < acts.snooze.until else ""
