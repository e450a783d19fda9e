"""SocialBoards' tickets to ours, and a draft to its create. Pure."""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from tui.domain.clean import first_line
from tui.domain.draft import Choice, Draft, FieldSpec, Value
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.domain.workspace import plain_word
from tui.vendors.decode import Object, dig, shape
from tui.vendors.reading import (
    Item,
    Origin,
    body,
    body_of_html,
    choice,
    known_word,
    line,
    person,
    tag_names,
    ticket_id,
    web_address,
    wire_id,
    word,
)
from tui.vendors.socialboards.wire import (
    BoardTicket,
    Category,
    CustomField,
    FieldDefinition,
    PossibleValue,
    Properties,
    User,
)
from tui.vendors.tenant_fields import plain_name, tenant_field

STATUSES: Mapping[str, Status] = {
    "open": Status.OPEN,
    "pending": Status.PENDING,
    "completed": Status.RESOLVED,
}
"""Those seen in the documents; the page with all of them could not be read."""

_MAPPED = frozenset(
    {
        "id",
        "title",
        "message",
        "htmlMessage",
        "author.name",
        "author.email",
        "creationTime",
        "customFields",
        "lastThreadElementCreationTime",
        "lockedBy.name",
        "lockedBy.email",
        "originalLink",
        "properties",
        "source",
        "status",
        "tags",
    }
)
_READ_ONLY = "read only user"
_NOBODY = User()
_NO_PROPERTIES = Properties()
_CREATOR = ("name", "email", "image", "phoneNumber")


def is_removed(item: Item) -> bool:
    """Whether the vendor shows the ticket as deleted; what is no `true` hides nothing."""
    return dig(item.raw, "properties", "isDeleted") is True


def to_ticket(item: Item, ref: TicketRef, origin: Origin) -> Ticket:
    """Return the ticket that an item of the list stands for.

    A ticket that is marked sensitive is shown whole, because it cannot be worked on otherwise; the
    mark stands in `extra`, as every flag does that is set.
    """
    wire = item.read(BoardTicket)
    text = body(wire.message) or body_of_html(wire.html_message)
    author, holder = wire.author or _NOBODY, wire.locked_by or _NOBODY
    properties = wire.properties or _NO_PROPERTIES
    url = web_address(wire.original_link)
    created_at = item.time("creationTime", wire.creation_time)
    updated_at = item.time("lastThreadElementCreationTime", wire.last_thread_element_creation_time)
    mapped = _MAPPED if url else _MAPPED - {"originalLink"}
    return Ticket(
        ref=ref,
        vendor=origin.vendor,
        title=line(wire.title) or first_line(text),
        body=text,
        confirmed_at=origin.at,
        status=known_word(STATUSES, wire.status, Status.UNKNOWN),
        vendor_status=word(wire.status),
        priority=Priority.NONE,
        customer=person(author.name, author.email),
        assignee=person(holder.name, holder.email),
        tags=tag_names(wire.tags or ()),
        channel=word(wire.source),
        created_at=created_at,
        updated_at=updated_at,
        flagged_overdue=properties.is_expired is True,
        url=url,
        extra=item.leftovers(mapped, (*_flags(item), *_custom_fields(item))),
    )


def _flags(item: Item) -> Iterator[tuple[str, object]]:
    """Yield the properties that are set; eleven that are not would drown them."""
    properties = item.raw.get("properties")
    if isinstance(properties, dict):
        for name, value in properties.items():
            if value is not False:
                yield f"properties.{name}", value


def _custom_fields(item: Item) -> Iterator[tuple[str, object]]:
    fields = item.raw.get("customFields")
    if not isinstance(fields, list):
        if fields is not None:
            item.misfits.add("customFields")
        return
    for index, raw in enumerate(fields):
        if not isinstance(raw, dict):
            item.misfits.add(f"customFields.{index}")
            yield f"field.{index}", raw
            continue
        field, misfits = shape(raw, CustomField)
        item.misfits |= {f"customFields.{index}.{path}" for path in misfits}
        name = line(field.name) or ticket_id(field.id) or str(index)
        yield f"field.{name}", raw.get("value")


def to_create(draft: Draft) -> dict[str, object]:
    """Return the body of the create.

    The message is always sent as plain text: the vendor takes it for HTML unless told otherwise.
    """
    category_id = draft.text("categoryId")
    creator = {key: draft.text(f"creator.{key}") for key in _CREATOR}
    given: dict[str, object] = {
        "assigneeId": draft.text("assigneeId"),
        "attachments": [_attachment(file) for file in draft.texts("attachments")] or None,
        "categoryId": wire_id(category_id) if category_id else None,
        "cc": list(draft.texts("cc")) or None,
        "creator": {key: value for key, value in creator.items() if value is not None} or None,
        "customFields": [
            _custom_field(name, value) for name, value in draft.below("customFields").items()
        ]
        or None,
        "isHtml": False,
        "message": draft.text("message"),
        "sentiment": draft.text("sentiment"),
        "sourceName": draft.text("sourceName"),
        "tags": list(draft.texts("tags")) or None,
        "title": draft.text("title"),
    }
    return {key: value for key, value in given.items() if value is not None}


def _custom_field(name: str, value: Value) -> dict[str, object]:
    return {
        "id": wire_id(name),
        "value": value if isinstance(value, str) else ", ".join(value),
    }


def _attachment(file: str) -> dict[str, object]:
    """Return an attachment of its address and, after a blank, its name."""
    url, _, name = file.partition(" ")
    return {"url": url, "name": name.strip() or unquote(url.rpartition("/")[2]) or "attachment"}


def to_teammate_choice(raw: Object) -> Choice | None:
    """Return a teammate by the id; None for one without, and for one that gets no tickets."""
    user, _ = shape(raw, User)
    if user.role and plain_word(user.role) == _READ_ONLY:
        return None
    return choice(user.id, line(user.name) or user.email)


def to_category_choice(raw: Object) -> Choice | None:
    """Return a category by its id; None for what is no number: a create takes nothing else."""
    wire, _ = shape(raw, Category)
    found = choice(ticket_id(wire.id), wire.name)
    return found if found and found.value.isascii() and found.value.isdigit() else None


def to_form_field(raw: Object) -> FieldSpec | None:
    """Return a custom field as a ticket shows it; None for one that is not to be filled in.

    What stands in a form is kept on disk, so sensitive data is asked for only where the vendor
    requires it. Tickets may be older than the field's latest choices, so it takes others.
    """
    wire, _ = shape(raw, FieldDefinition)
    name = plain_name(wire.id)
    is_sensitive = wire.is_sensitive_data is True
    is_required = wire.is_required is True
    if name is None or wire.is_hidden is True or (is_sensitive and not is_required):
        return None
    values = [
        PossibleValue(value=each) if isinstance(each, str) else each
        for each in wire.possible_values or ()
    ]
    values.sort(key=lambda each: (each.order is None, each.order or 0))
    return tenant_field(
        f"customFields.{name}",
        label=wire.name,
        kind=wire.type,
        required=is_required,
        choices=[found for each in values if (found := choice(each.value, str(each.value)))],
        takes_other_values=True,
        default=None if is_sensitive else wire.default_value,
        hint="sensitive; kept in the draft" if is_sensitive else wire.placeholder,
    )


def field_order(raw: Object) -> tuple[bool, int]:
    """Return where a custom field stands in the vendor's own forms; those without an order last."""
    wire, _ = shape(raw, FieldDefinition)
    return wire.order is None, wire.order or 0
