"""The closed loop's tickets to ours, and a draft to its create. Pure."""

from collections.abc import Mapping

from tui.domain.clean import first_line
from tui.domain.draft import Choice, Draft
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.vendors.decode import Object, shape
from tui.vendors.questionpro.wire import ClosedLoopTicket, ListedSegment, ListedUser, Segment, User
from tui.vendors.reading import Item, Origin, body, choice, known_word, person, word

# Only NEW and HIGH stand in the documents; the others are those of QuestionPro's own mobile app.
STATUSES: Mapping[str, Status] = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "escalated": Status.ESCALATED,
    "resolved": Status.RESOLVED,
}
PRIORITIES: Mapping[str, Priority] = {
    "low": Priority.LOW,
    "medium": Priority.MEDIUM,
    "high": Priority.HIGH,
    "critical": Priority.CRITICAL,
}

_MAPPED = frozenset(
    {
        "id",
        "createdAt",
        "updatedAt",
        "priority",
        "status",
        "type",
        "description",
        "isOverdue",
        "customerName",
        "customerEmail",
        "originSegment.code",
        "currentSegment.code",
        "assignedUser.name",
        "assignedUser.email",
    }
)
_COMMENT = frozenset({"comment"})
_NO_SEGMENT = Segment()
_NO_USER = User()
_CREATE_KEYS = (
    "status",
    "priority",
    "originSegmentCode",
    "currentSegmentCode",
    "comment",
    "emailAddress",
    "firstName",
    "mobileNumber",
    "assignTo",
)


def is_removed(item: Item) -> bool:
    """Whether the vendor shows when the ticket was deleted; what is no time hides nothing."""
    return item.has_time("deletedAt")


def to_ticket(item: Item, ref: TicketRef, origin: Origin) -> Ticket:
    """Return the ticket that an item of the list, or the answer to a create, stands for."""
    wire = item.read(ClosedLoopTicket)
    text = body(wire.description or wire.comment)
    user = wire.assigned_user or _NO_USER
    created_at = item.time("createdAt", wire.created_at)
    updated_at = item.time("updatedAt", wire.updated_at)
    # Either name may hold the text; the one that was not used is the vendor's other field.
    mapped = _MAPPED if wire.description else _MAPPED | _COMMENT
    return Ticket(
        ref=ref,
        vendor=origin.vendor,
        title=first_line(text),
        body=text,
        confirmed_at=origin.at,
        status=known_word(STATUSES, wire.status, Status.UNKNOWN),
        vendor_status=word(wire.status),
        priority=known_word(PRIORITIES, wire.priority, Priority.UNKNOWN),
        vendor_priority=word(wire.priority),
        kind=word(wire.type),
        customer=person(wire.customer_name, wire.customer_email),
        assignee=person(user.name, user.email),
        origin_segment=word((wire.origin_segment or _NO_SEGMENT).code),
        current_segment=word((wire.current_segment or _NO_SEGMENT).code),
        created_at=created_at,
        updated_at=updated_at,
        flagged_overdue=wire.is_overdue is True,
        extra=item.leftovers(mapped),
    )


def to_create(draft: Draft) -> dict[str, object]:
    """Return the body of the create: what was given, in the documented order."""
    given = {key: draft.text(key) for key in _CREATE_KEYS}
    return {key: value for key, value in given.items() if value is not None}


def to_segment_choice(raw: Object) -> Choice | None:
    """Return a segment by its code; None for one without."""
    wire, _ = shape(raw, ListedSegment)
    return choice(wire.business_unit_code, wire.segment_name)


def to_user_choice(raw: Object) -> Choice | None:
    """Return a user by the e-mail address, which is what a create takes."""
    wire, _ = shape(raw, ListedUser)
    name = " ".join(part for part in (wire.first_name, wire.last_name) if part)
    return choice(wire.email_address, name)
