"""What was done here, act by act, and what of it stands. Pure.

Nothing is ever changed: who takes something back adds that to it. What stands follows from the
records alone, in their order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Final

from tui.domain.acts import ActKind, LocalActs, Note, Signed, Snooze
from tui.domain.ticket import Priority, Status, TicketRef

_ASPECTS: Final = {
    ActKind.ACKNOWLEDGE: "acknowledged",
    ActKind.UNACKNOWLEDGE: "acknowledged",
    ActKind.SNOOZE: "snoozed",
    ActKind.WAKE: "snoozed",
    ActKind.PIN: "pinned",
    ActKind.UNPIN: "pinned",
}
"""What each kind decides about a ticket; the last one holds. Notes stand side by side."""
_ENDINGS: Final = frozenset({ActKind.UNACKNOWLEDGE, ActKind.WAKE, ActKind.UNPIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRecord(Signed):
    """One act on one ticket, as it was done."""

    n: int
    """Its place among all acts of everybody."""
    batch: str
    """What was done at once; it is taken back at once."""
    ref: TicketRef
    kind: ActKind
    until: datetime | None = None
    """When a snooze ends at the latest."""
    text: str = ""
    """Of a note."""
    status: Status = Status.UNKNOWN
    priority: Priority = Priority.UNKNOWN
    overdue: bool = False
    """How the ticket was when it was snoozed."""
    taken_back: Signed | None = None


def in_force(records: Iterable[ActRecord]) -> tuple[ActRecord, ...]:
    """Return those acts on one ticket that stand, of its records in order."""
    deciding: dict[str, ActRecord] = {}
    notes: list[ActRecord] = []
    for record in records:
        if record.taken_back is not None:
            continue
        if record.kind is ActKind.NOTE:
            notes.append(record)
        else:
            deciding[_ASPECTS[record.kind]] = record
    return (*(each for each in deciding.values() if each.kind not in _ENDINGS), *notes)


def standing(records: Iterable[ActRecord]) -> LocalActs:
    """Return what stands of the acts on one ticket, of its records in order."""
    acknowledged = pinned = None
    snooze: Snooze | None = None
    notes: list[Note] = []
    for record in in_force(records):
        signed = Signed(by=record.by, at=record.at)
        if record.kind is ActKind.ACKNOWLEDGE:
            acknowledged = signed
        elif record.kind is ActKind.PIN:
            pinned = signed
        elif record.kind is ActKind.NOTE:
            notes.append(Note(by=record.by, at=record.at, text=record.text))
        elif record.until is not None:
            snooze = Snooze(
                by=record.by,
                at=record.at,
                until=record.until,
                status=record.status,
                priority=record.priority,
                overdue=record.overdue,
            )
    return LocalActs(acknowledged=acknowledged, snooze=snooze, pinned=pinned, notes=tuple(notes))


def dispensable(
    records: Sequence[ActRecord], before: datetime, *, is_gone: bool
) -> tuple[ActRecord, ...]:
    """Return the acts on one ticket that nobody misses, of its records in order.

    They are from `before`, and nothing stands on them: taken back, replaced or ended before then
    too. What was done since can be taken back as if all were still there. A note that stands is
    never among them. `is_gone`: the ticket is no more; then only its notes are kept, once nothing
    was done to it since.
    """
    old = list(takewhile(lambda record: record.at < before, records))
    keeps_notes_only = is_gone and len(old) == len(records)
    needed = {
        record.n
        for record in in_force(old)
        if record.kind is ActKind.NOTE
        or not (keeps_notes_only or (record.until is not None and record.until < before))
    }
    # Who took back what lately is still told.
    needed |= {each.n for each in old if each.taken_back and each.taken_back.at >= before}
    return tuple(record for record in old if record.n not in needed)
