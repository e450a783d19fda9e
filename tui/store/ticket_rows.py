"""Tickets as rows of the cache, and back. Pure.

A row's bytes are equal exactly where the tickets are (but for 1, 1.0 and True), which is how the
cache tells a changed ticket without decoding the one it has.
"""

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from sys import intern

import msgspec

from tui.domain.person import NOBODY, Person
from tui.domain.ticket import NOTHING_EXTRA, DueSource, Priority, Scalar, Status, Ticket, TicketRef
from tui.domain.urgency import PRIORITY_RANK
from tui.store.moments import to_microseconds, to_moment
from tui.store.wrong_row import WrongRow

TicketRow = tuple[int, str, bytes, int, str, bool, int, int | None, bool, int | None]
"""The columns of `tickets`, in their order; without the last, `texts`."""

_BIG_INT = 1
"""The msgpack extension for an int of more than 64 bits."""


class _Stored(msgspec.Struct, array_like=True, gc=False):
    """What is kept of a ticket. By position: new fields go to the end, with a default."""

    vendor: str
    title: str
    body: str
    number: str | None
    status: Status
    vendor_status: str | None
    priority: Priority
    vendor_priority: str | None
    kind: str | None
    customer: tuple[str | None, str | None, str | None] | None
    assignee: tuple[str | None, str | None, str | None] | None
    tags: tuple[str, ...]
    channel: str | None
    origin_segment: str | None
    current_segment: str | None
    created_at: datetime | None
    updated_at: datetime | None
    due_at: datetime | None
    due_source: DueSource | None
    flagged_overdue: bool
    url: str | None
    extra: dict[str, object]


def to_row(queue: int, ticket: Ticket, *, with_texts: bool) -> TicketRow:
    """Return the row of a ticket.

    Without texts, its title, body, customer and the vendor's other fields stay out of it.
    """
    content = _encode(_stored(ticket, with_texts=with_texts))
    return (
        queue,
        ticket.ref.id,
        content,
        _checksum(ticket.ref.id, content),
        ticket.status.value,
        ticket.closed,
        PRIORITY_RANK[ticket.priority],
        to_microseconds(ticket.due_at),
        ticket.flagged_overdue,
        to_microseconds(ticket.created_at),
    )


def has_texts(ticket: Ticket) -> bool:
    """Whether there is anything in the ticket that a row without texts leaves out."""
    return bool(ticket.title or ticket.body or ticket.customer or ticket.extra)


def to_ticket(
    workspace: str, ticket_id: str, content: bytes, checksum: int, confirmed: int
) -> Ticket:
    """Return the ticket of a row. Raises WrongRow where the row is not as it was written."""
    try:
        if _checksum(ticket_id, content) != checksum:
            raise WrongRow("it is not as it was written")
        stored = _DECODER.decode(content)
        return Ticket(
            ref=TicketRef(workspace, ticket_id),
            vendor=intern(stored.vendor),
            title=stored.title,
            confirmed_at=to_moment(confirmed),
            number=stored.number,
            body=stored.body,
            status=stored.status,
            vendor_status=_shared(stored.vendor_status),
            priority=stored.priority,
            vendor_priority=_shared(stored.vendor_priority),
            kind=_shared(stored.kind),
            customer=Person(*stored.customer) if stored.customer else NOBODY,
            assignee=Person(*map(_shared, stored.assignee)) if stored.assignee else NOBODY,
            tags=stored.tags,
            channel=_shared(stored.channel),
            origin_segment=_shared(stored.origin_segment),
            current_segment=_shared(stored.current_segment),
            created_at=stored.created_at,
            updated_at=stored.updated_at,
            due_at=stored.due_at,
            due_source=stored.due_source,
            flagged_overdue=stored.flagged_overdue,
            url=stored.url,
            extra=_scalars(stored.extra),
        )
    except (ValueError, OverflowError, TypeError, AttributeError) as error:
        raise WrongRow("a stored ticket is not as it was written") from error


def _stored(ticket: Ticket, *, with_texts: bool) -> _Stored:
    return _Stored(
        vendor=ticket.vendor,
        title=ticket.title if with_texts else "",
        body=ticket.body if with_texts else "",
        number=ticket.number,
        status=ticket.status,
        vendor_status=ticket.vendor_status,
        priority=ticket.priority,
        vendor_priority=ticket.vendor_priority,
        kind=ticket.kind,
        customer=_parts(ticket.customer) if with_texts else None,
        assignee=_parts(ticket.assignee),
        tags=ticket.tags,
        channel=ticket.channel,
        origin_segment=ticket.origin_segment,
        current_segment=ticket.current_segment,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        due_at=ticket.due_at,
        due_source=ticket.due_source,
        flagged_overdue=ticket.flagged_overdue,
        url=ticket.url,
        extra=dict(ticket.extra) if with_texts else {},
    )


def _shared(word: str | None) -> str | None:
    """Return the one copy of a word that many tickets have: it is a third of their memory."""
    return None if word is None else intern(word)


def _parts(person: Person) -> tuple[str | None, str | None, str | None] | None:
    if person == NOBODY:
        return None
    return person.name, person.email, person.phone


def _encode(stored: _Stored) -> bytes:
    try:
        return _ENCODER.encode(stored)
    except OverflowError:
        # A time whose UTC is no date, or an int of more than 64 bits. Both are rare.
        values: list[object] = []
        for name in _Stored.__struct_fields__:
            value = getattr(stored, name)
            values.append(_writable_time(value) if isinstance(value, datetime) else value)
        values[-1] = {key: _writable_int(value) for key, value in stored.extra.items()}
        return _ENCODER.encode(values)


def _writable_time(moment: datetime) -> datetime | str:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.isoformat()


def _writable_int(value: object) -> object:
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        size = value.bit_length() // 8 + 1
        return msgspec.msgpack.Ext(_BIG_INT, value.to_bytes(size, "big", signed=True))
    return value


def _read_extension(code: int, data: memoryview) -> object:
    if code != _BIG_INT:
        raise ValueError("an unknown extension")
    return int.from_bytes(data, "big", signed=True)


def _scalars(extra: Mapping[str, object]) -> Mapping[str, Scalar]:
    if not extra:
        return NOTHING_EXTRA
    return extra  # type: ignore[return-value]  # the checksum says that they are what was written


def _checksum(ticket_id: str, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(ticket_id.encode()))


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(_Stored, ext_hook=_read_extension)
