"""KlinkCX's tickets to ours, and a draft to its create. Pure."""

from collections.abc import Iterator, Mapping

from tui.domain.clean import first_line
from tui.domain.draft import Choice, Draft
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.vendors.decode import Object, shape
from tui.vendors.klinkcx.wire import (
    Assignee,
    Contact,
    CustomField,
    KlinkTicket,
    ListedContact,
)
from tui.vendors.reading import (
    Id,
    Item,
    Origin,
    body,
    choice,
    known_word,
    line,
    person,
    tag_names,
    ticket_id,
    word,
)

# The vendor gives words only as examples, and tenants have their own; `closed`, `new`, `urgent`
# and `critical` are guesses.
STATUSES: Mapping[str, Status] = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "in progress": Status.OPEN,
    "pending": Status.PENDING,
    "resolved": Status.RESOLVED,
    "closed": Status.RESOLVED,
}
PRIORITIES: Mapping[str, Priority] = {
    "low": Priority.LOW,
    "medium": Priority.MEDIUM,
    "high": Priority.HIGH,
    "urgent": Priority.CRITICAL,
    "critical": Priority.CRITICAL,
}

_MAPPED = frozenset(
    {
        "id",
        "createdAt",
        "updatedAt",
        "title",
        "description",
        "type",
        "channel",
        "priority",
        "status",
        "ticketNumber",
        "assignee.name",
        "assignee.email",
        "contact.name",
        "contact.email",
        "contact.phone",
        "tags",
        "customFields",
    }
)
_NO_ASSIGNEE = Assignee()
_NO_CONTACT = Contact()
_CREATE_KEYS = ("title", "description", "status", "priority", "contact_id", "channel")


def is_removed(raw: Object) -> bool:
    """Whether the vendor shows the ticket as deleted; any time of it will do."""
    return bool(raw.get("deletedAt"))


def to_ticket(item: Item, ref: TicketRef, origin: Origin) -> Ticket:
    """Return the ticket that an item of the list, or the answer to a create, stands for."""
    wire = item.read(KlinkTicket)
    text = body(wire.description)
    assignee = wire.assignee or _NO_ASSIGNEE
    contact = wire.contact or _NO_CONTACT
    created_at = item.time("createdAt", wire.created_at)
    updated_at = item.time("updatedAt", wire.updated_at)
    mapped = _MAPPED if wire.type else _MAPPED | {"ticketType"}
    return Ticket(
        ref=ref,
        vendor=origin.vendor,
        number=_number(wire.ticket_number),
        title=line(wire.title) or first_line(text),
        body=text,
        confirmed_at=origin.at,
        status=known_word(STATUSES, wire.status, Status.UNKNOWN),
        vendor_status=word(wire.status),
        priority=known_word(PRIORITIES, wire.priority, Priority.UNKNOWN),
        vendor_priority=word(wire.priority),
        kind=word(wire.type or wire.ticket_type),
        customer=person(contact.name, contact.email, contact.phone),
        assignee=person(assignee.name, assignee.email),
        tags=tag_names(wire.tags or ()),
        channel=word(wire.channel),
        created_at=created_at,
        updated_at=updated_at,
        extra=item.leftovers(mapped, _custom_fields(item)),
    )


def _number(written: Id) -> str | None:
    return None if written is None else ticket_id(written)


def _custom_fields(item: Item) -> Iterator[tuple[str, object]]:
    """Yield `field.<name>` and the value; a list comes out, an object goes in, either is read."""
    fields = item.raw.get("customFields")
    if isinstance(fields, dict):
        for name, value in fields.items():
            yield f"field.{name}", value
    elif isinstance(fields, list):
        for index, raw in enumerate(fields):
            if isinstance(raw, dict):
                yield _custom_field(item, index, raw)
            else:
                item.misfits.add(f"customFields.{index}")
                yield f"field.{index}", raw
    elif fields is not None:
        item.misfits.add("customFields")


def _custom_field(item: Item, index: int, raw: Object) -> tuple[str, object]:
    field, misfits = shape(raw, CustomField)
    item.misfits |= {f"customFields.{index}.{path}" for path in misfits}
    attribute = field.attribute
    name = attribute and (attribute.system_name or attribute.display_name)
    value: object = field.text_value
    if value is None:
        others = [other for key, other in raw.items() if key.lower().endswith("value")]
        value = next((other for other in others if other is not None), None)
    return f"field.{name or ticket_id(field.id) or index}", value


def to_create(draft: Draft) -> dict[str, object]:
    """Return the body of the create: what was given, in the documented order."""
    given: dict[str, object] = {key: draft.text(key) for key in _CREATE_KEYS}
    given["tags"] = list(draft.texts("tags")) or None
    given["customFields"] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in draft.below("customFields").items()
    } or None
    return {key: value for key, value in given.items() if value is not None}


def to_contact_choice(raw: Object) -> Choice | None:
    """Return a contact by its id."""
    wire, _ = shape(raw, ListedContact)
    name = wire.name or " ".join(part for part in (wire.first_name, wire.last_name) if part)
    email = _first_address(wire)
    return choice(wire.id, f"{name} <{email}>" if name and email else name or email)


def _first_address(contact: ListedContact) -> str | None:
    if contact.email is None or isinstance(contact.email, str):
        return contact.email
    for address in contact.email:
        written = address if isinstance(address, str) else address.value
        if written:
            return written
    return None
