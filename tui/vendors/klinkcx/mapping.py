"""KlinkCX's tickets to ours, and a draft to its create. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tui.domain.clean import first_line
from tui.domain.draft import Choice, Draft, FieldSpec, FieldType
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.vendors.decode import Object, shape
from tui.vendors.klinkcx.declaration import FIELDS
from tui.vendors.klinkcx.wire import (
    Assignee,
    Contact,
    CustomField,
    KlinkTicket,
    ListedContact,
    ListedName,
    Option,
    Reachable,
    TicketField,
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
from tui.vendors.tenant_fields import (
    distinct,
    plain_name,
    tenant_field,
    tenant_label,
    with_default,
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
_OWN_FIELDS: Mapping[str, FieldSpec] = {spec.key: spec for spec in FIELDS if not spec.open_keys}
_LISTED_ELSEWHERE = frozenset({"contacts", "tags"})
"""Ids go out for these, and the words of a form field are none."""
_NO_ASSIGNEE = Assignee()
_NO_CONTACT = Contact()
_CREATE_KEYS = ("title", "description", "status", "priority", "contact_id", "channel")


def is_removed(item: Item) -> bool:
    """Whether the vendor shows when the ticket was deleted; what is no time hides nothing."""
    return item.has_time("deletedAt")


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
    """Return a contact by its id, labelled with name and e-mail, else with what there is."""
    wire, _ = shape(raw, ListedContact)
    name = wire.name or " ".join(part for part in (wire.first_name, wire.last_name) if part)
    email, phone = _first(wire.email), _first(wire.phone)
    reached_at = f"<{email}>" if email and name else email or phone
    return choice(wire.id, " ".join(part for part in (name, reached_at) if part))


def _first(reachable: str | list[Reachable | str] | None) -> str | None:
    if reachable is None or isinstance(reachable, str):
        return reachable
    for each in reachable:
        written = each if isinstance(each, str) else each.value
        if written:
            return written
    return None


def to_tag_choice(raw: Object) -> Choice | None:
    """Return a tag by its id, which is what a create takes."""
    wire, _ = shape(with_camel_keys(raw), ListedName)
    label = wire.name or wire.label or wire.display_name
    return choice(wire.id, label or (wire.value if isinstance(wire.value, str) else None))


def to_channel_choice(raw: Object) -> Choice | None:
    """Return a channel by its word: the documented create names channels by words, not by ids."""
    wire, _ = shape(with_camel_keys(raw), ListedName)
    value = wire.value or wire.name or wire.type
    return choice(value, wire.label or wire.display_name or wire.name)


def to_form_field(raw: Object) -> FieldSpec | None:
    """Return a field of the ticket form: one of ours as this tenant has it, or a custom one.

    None for an archived one, and for one that the documented create has no place for.
    """
    wire, _ = shape(with_camel_keys(raw), TicketField)
    name = plain_name(wire.system_name)
    if name is None or wire.is_archived is True:
        return None
    options = [Option(value=each) if isinstance(each, str) else each for each in wire.options or ()]
    usable = [each for each in options if each.is_archived is not True]
    choices = [found for each in usable if (found := choice(each.value, each.label))]
    chosen = [each.value for each in usable if each.is_default is True]
    default = chosen[0] if len(chosen) == 1 else None
    if own := _OWN_FIELDS.get(name):
        return _as_tenant_has_it(own, wire, choices, default)
    if wire.is_default is True:
        return None
    return tenant_field(
        f"customFields.{name}",
        label=wire.display_name,
        kind=wire.type,
        required=wire.is_required is True,
        choices=choices,
        takes_other_values=False,
        default=default,
    )


def _as_tenant_has_it(
    own: FieldSpec, wire: TicketField, choices: Sequence[Choice], default: object
) -> FieldSpec:
    field = replace(
        own,
        label=tenant_label(wire.display_name) or own.label,
        required=own.required or wire.is_required is True,
    )
    if own.type is not FieldType.CHOICE or own.lookup in _LISTED_ELSEWHERE or not choices:
        return field
    field = replace(field, choices=distinct(choices), lookup="", default=None)
    return with_default(with_default(field, own.default), default)


def with_camel_keys(raw: Object, *, depth: int = 1) -> Object:
    """Return an object with its keys as the tickets write theirs: the form fields have snakes.

    So many levels of lists in it as well.
    """
    renamed: dict[str, object] = {}
    for key, value in raw.items():
        inner = value
        if isinstance(value, list) and depth:
            inner = [
                with_camel_keys(each, depth=depth - 1) if isinstance(each, dict) else each
                for each in value
            ]
        renamed.setdefault(_camel(key), inner)
    return renamed


def _camel(key: str) -> str:
    head, *tail = key.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)
