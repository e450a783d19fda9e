"""What changed in a ticket, as the journal has it, in words. Knows no widget."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from tui.app.formatting import ClockFace
from tui.domain.diff import changed_fields
from tui.domain.labels import priority_label
from tui.domain.revision import Revision
from tui.domain.ticket import DueSource, Scalar, Ticket

_WORDS = {
    "kind": "kind",
    "channel": "channel",
    "origin_segment": "origin segment",
    "current_segment": "segment",
    "number": "number",
    "url": "address",
}
"""Fields of one word, and what they are called."""
_VALUE_LIMIT = 40
"""Characters of a value; of a longer one only is told that it changed."""
_SHOWN = 6
"""Changes that one line tells; more of them are counted."""


def history_rows(
    revisions: Sequence[Revision], now: datetime, clock: ClockFace
) -> Iterator[tuple[str, str]]:
    """Yield the time and the words of every change, in the order they come: newest first."""
    oldest = revisions[-1] if revisions else None
    for revision in revisions:
        words = _revision_words(revision, now, clock, is_oldest=revision is oldest)
        yield clock.at(revision.at, now), words


def change_words(before: Ticket, after: Ticket, now: datetime, clock: ClockFace) -> str:
    """Return `priority MED > HIGH, assignee - > Ann`: what matters most first."""
    changed = changed_fields(before, after)
    parts = [*_ranked(before, after, changed, now, clock), *_other(before, after, changed)]
    if not parts:
        return "updated at the vendor"
    if len(parts) > _SHOWN:
        parts = [*parts[: _SHOWN - 1], f"and {len(parts) - _SHOWN + 1} more"]
    return ", ".join(parts)


def _revision_words(revision: Revision, now: datetime, clock: ClockFace, *, is_oldest: bool) -> str:
    if not revision.exists:
        return "no longer in the vendor's list"
    if not revision.existed:
        return "first seen" if is_oldest else "back in the vendor's list"
    if revision.before is None or revision.after is None:
        return "changed; how cannot be read any more"
    return change_words(revision.before, revision.after, now, clock)


_Changed = Mapping[str, tuple[object, object]]


def _ranked(
    before: Ticket, after: Ticket, changed: _Changed, now: datetime, clock: ClockFace
) -> Iterator[str]:
    """Yield the changes of what decides on the place of a ticket and who deals with it."""
    if "status" in changed:
        yield _change("status", before.status.value, after.status.value)
    elif "vendor_status" in changed:
        yield _change("status at the vendor", before.vendor_status, after.vendor_status)
    if "priority" in changed:
        yield _change("priority", priority_label(before), priority_label(after))
    elif "vendor_priority" in changed:
        yield _change("priority at the vendor", before.vendor_priority, after.vendor_priority)
    if "assignee" in changed:
        yield _change("assignee", before.assignee.words, after.assignee.words)
    if "due_at" in changed or "due_source" in changed:
        yield _change("due", _due(before, now, clock), _due(after, now, clock))
    if "flagged_overdue" in changed:
        yield "flagged overdue" if after.flagged_overdue else "no longer flagged overdue"


def _other(before: Ticket, after: Ticket, changed: _Changed) -> Iterator[str]:
    if "customer" in changed:
        yield _change("customer", before.customer.words, after.customer.words)
    if "title" in changed:
        yield _change("title", before.title, after.title)
    if "body" in changed:
        yield "text changed"
    if "tags" in changed:
        gone = [f"-{tag}" for tag in before.tags if tag not in after.tags]
        come = [f"+{tag}" for tag in after.tags if tag not in before.tags]
        yield f"tags {' '.join((*gone, *come)) or 'in another order'}"
    for name, words in _WORDS.items():
        if name in changed:
            yield _change(words, getattr(before, name), getattr(after, name))
    if "created_at" in changed:
        yield "time of creation changed"
    if "extra" in changed:
        keys = dict.fromkeys((*before.extra, *after.extra))
        for key in keys:
            if before.extra.get(key) != after.extra.get(key):
                yield _change(key, before.extra.get(key), after.extra.get(key))


def _change(name: str, old: Scalar, new: Scalar) -> str:
    """Return `name old > new`, or only that it changed where that says more in less."""
    was, became = ("-" if value in (None, "") else str(value) for value in (old, new))
    if was == became or max(len(was), len(became)) > _VALUE_LIMIT:
        return f"{name} changed"
    return f"{name} {was} > {became}"


def _due(ticket: Ticket, now: datetime, clock: ClockFace) -> str:
    if ticket.due_at is None:
        return ""
    sign = "~" if ticket.due_source is DueSource.ESTIMATE else ""
    return f"{sign}{clock.at(ticket.due_at, now)}"
