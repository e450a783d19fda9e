"""What breaches next: overdue, the urgency bands and the words for a due time.

Pure functions of a ticket and a moment. `next_change` tells when what they say of the due time
changes, so that nobody has to ask again before.
"""

from datetime import UTC, datetime, timedelta
from enum import IntEnum

from tui.domain.ticket import DueSource, Priority, Ticket

SOON = timedelta(hours=1)
"""Due within this, a ticket climbs."""
FRESHLY_OVERDUE = timedelta(days=7)
"""Overdue for longer, a ticket that nobody ranked high has been given up on."""

_MINUTE = timedelta(minutes=1)
_TICK = timedelta(microseconds=1)
_NOTHING = timedelta()
_UNITS = (
    (timedelta(days=365), "y", timedelta(days=700)),
    (timedelta(weeks=1), "w", timedelta(days=100)),
    (timedelta(days=1), "d", timedelta(days=1)),
    (timedelta(hours=1), "h", timedelta(hours=1)),
)
"""Each unit and the span from which it is used: two digits at most within a century."""

PRIORITY_RANK = {
    Priority.CRITICAL: 0,
    Priority.HIGH: 1,
    Priority.MEDIUM: 2,
    Priority.UNKNOWN: 3,
    Priority.NONE: 4,
    Priority.LOW: 5,
}
"""Which priority comes before which, the most pressing first."""
_FAR_FUTURE = datetime.max.replace(tzinfo=UTC)


class Band(IntEnum):
    """The bands of the urgency order, most urgent first."""

    CRITICAL = 1
    HIGH_PRESSING = 2
    PRESSING = 3
    OPEN = 4
    CLOSED = 5


def is_overdue(ticket: Ticket, now: datetime) -> bool:
    """Whether the vendor flags the ticket or its due time has come, while it is not closed."""
    if ticket.closed:
        return False
    return ticket.flagged_overdue or (ticket.due_at is not None and ticket.due_at <= now)


def band(ticket: Ticket, now: datetime) -> Band:
    """Return the urgency band of the ticket at this moment."""
    if ticket.closed:
        return Band.CLOSED
    if ticket.priority is Priority.CRITICAL:
        return Band.CRITICAL
    due_at, estimated = ticket.due_at, ticket.due_source is DueSource.ESTIMATE
    soon_or_over = ticket.flagged_overdue or (due_at is not None and due_at - now <= SOON)
    if ticket.priority is Priority.HIGH and soon_or_over:
        return Band.HIGH_PRESSING
    if due_at is None or estimated or due_at > now:
        pressing = ticket.flagged_overdue or (soon_or_over and not estimated)
    else:
        pressing = now - due_at <= FRESHLY_OVERDUE
    return Band.PRESSING if pressing else Band.OPEN


def urgency_key(ticket: Ticket, now: datetime) -> tuple[int, float, int, float, float, str, str]:
    """Return the sort key of the default order: what breaches next comes first.

    The parts: band, (closed: latest update), priority with the kind of due time, due time, age,
    ref. A ticket without any due time stands behind those with an estimate.
    """
    where = band(ticket, now)
    updated = 0.0
    if where is Band.CLOSED:
        updated = -ticket.updated_at.timestamp() if ticket.updated_at else _FAR_FUTURE.timestamp()
    known = ticket.due_at is not None and ticket.due_source is not DueSource.ESTIMATE
    if known:
        kind = 0
    elif ticket.flagged_overdue:
        kind = 1
    else:
        kind = 2 if ticket.due_at is not None else 3
    due = (ticket.due_at or _FAR_FUTURE).timestamp() if kind != 1 else 0.0
    created = (ticket.created_at or _FAR_FUTURE).timestamp()
    return (
        where,
        updated,
        PRIORITY_RANK[ticket.priority] * 4 + kind,
        due,
        created,
        *ticket.ref,
    )


def span_words(span: timedelta) -> str:
    """Return a length of time in its largest whole unit: `<1m`, `22m`, `3h`, `12d`, `14w`, `3y`."""
    for unit, letter, least in _UNITS:
        if span >= least:
            return f"{span // unit}{letter}"
    minutes = span // _MINUTE
    return f"{minutes}m" if minutes > 0 else "<1m"


def due_words(ticket: Ticket, now: datetime) -> str:
    """Return `OVER 3h`, `OVER`, `in 22m`, `~in 2d`, `~OVER 3d`, or "" where nothing is due."""
    if ticket.closed:
        return ""
    over = is_overdue(ticket, now)
    if ticket.due_at is None or (over and ticket.due_at > now):
        return "OVER" if over else ""
    sign = "~" if ticket.due_source is DueSource.ESTIMATE else ""
    if over:
        return f"{sign}OVER {span_words(now - ticket.due_at)}"
    return f"{sign}in {span_words(ticket.due_at - now)}"


def age_words(ticket: Ticket, now: datetime) -> str:
    """Return how long ago the ticket was created; "" where that is unknown."""
    if ticket.created_at is None:
        return ""
    return span_words(max(now - ticket.created_at, _NOTHING))


def updated_words(ticket: Ticket, now: datetime) -> str:
    """Return how long ago the ticket was updated; "" where that is unknown."""
    if ticket.updated_at is None:
        return ""
    return span_words(max(now - ticket.updated_at, _NOTHING))


def next_change(ticket: Ticket, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which the order or the due words may change.

    Until then `is_overdue`, `band` and `due_words` answer the same. None: never by time alone.
    """
    if ticket.closed or ticket.due_at is None:
        return None
    left = ticket.due_at - now
    if left > _NOTHING:
        waits = [left, left - SOON, *(left - step + _TICK for step in _steps_below(left))]
    else:
        waits = [left + FRESHLY_OVERDUE + _TICK, *(left + step for step in _steps_above(-left))]
    return _after(now, min(wait for wait in waits if wait > _NOTHING))


def next_turn(ticket: Ticket, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which `is_overdue` or `band` may change.

    Rarer than `next_change`, and cheap enough to ask of every ticket of a long queue.
    """
    if ticket.closed or ticket.due_at is None:
        return None
    left = ticket.due_at - now
    if left > SOON:
        return _after(now, left - SOON)
    if left > _NOTHING:
        return _after(now, left)
    until_given_up = left + FRESHLY_OVERDUE + _TICK
    return _after(now, until_given_up) if until_given_up > _NOTHING else None


def _after(now: datetime, wait: timedelta) -> datetime | None:
    """Return the moment `wait` from `now`; None where the calendar ends before."""
    try:
        return now + wait
    except OverflowError:
        return None


def _steps_below(span: timedelta) -> list[timedelta]:
    """The lengths, at most `span`, under which `span_words` says something else."""
    steps = [max(_MINUTE, span // _MINUTE * _MINUTE)] if span < SOON else []
    for unit, _, least in _UNITS:
        if span >= least:
            return [*steps, max(span // unit * unit, least)]
    return steps


def _steps_above(span: timedelta) -> list[timedelta]:
    """The lengths above `span` from which `span_words` says something else."""
    steps = [least for _, _, least in _UNITS if least > span]
    for unit, _, least in _UNITS:
        if span >= least:
            return [*steps, (span // unit + 1) * unit]
    return [*steps, (span // _MINUTE + 1) * _MINUTE]
