"""KlinkCX's shapes on the wire, as developers.klink.cloud documents them."""

import msgspec

from tui.vendors.reading import Id


class Assignee(msgspec.Struct):
    """`assignee`."""

    id: Id = None
    name: str | None = None
    email: str | None = None


class Contact(msgspec.Struct):
    """`contact`: the customer. Only id and name are documented; more would be welcome."""

    id: Id = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Tag(msgspec.Struct):
    """One of `tags`."""

    id: Id = None
    name: str | None = None


class Attribute(msgspec.Struct, rename="camel"):
    """Which custom field it is."""

    id: Id = None
    system_name: str | None = None
    display_name: str | None = None
    type: str | None = None


class CustomField(msgspec.Struct, rename="camel"):
    """One of `customFields`. Only `textValue` is documented; its siblings are read as they come."""

    id: Id = None
    text_value: str | None = None
    attribute: Attribute | None = None


class KlinkTicket(msgspec.Struct, rename="camel"):
    """One ticket, in the list and as the answer to a create."""

    id: Id = None
    created_at: str | None = None
    updated_at: str | None = None
    deleted_at: str | None = None
    title: str | None = None
    description: str | None = None
    type: str | None = None
    ticket_type: str | None = None
    """What older pages call `type`."""
    channel: str | None = None
    priority: str | None = None
    status: str | None = None
    contact_id: Id = None
    creator_id: Id = None
    assignee_id: Id = None
    reason_to_assign: str | None = None
    ticket_number: Id = None
    assignee: Assignee | None = None
    contact: Contact | None = None
    tags: list[Tag | str] | None = None


class Reachable(msgspec.Struct):
    """One of a contact's e-mail addresses or phone numbers."""

    value: str | None = None


class ListedContact(msgspec.Struct, rename="camel"):
    """One item of the contact list; its fields are a tenant's own, and these are the usual ones."""

    id: Id = None
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | list[Reachable | str] | None = None
    phone: str | list[Reachable | str] | None = None


class Option(msgspec.Struct, rename="camel"):
    """One of a field's `options`, as the contact fields have them."""

    value: Id = None
    label: str | None = None
    is_default: bool | None = None
    is_archived: bool | None = None


class TicketField(msgspec.Struct, rename="camel"):
    """One field of the ticket form. Guessed: the shape is that of the contact fields."""

    id: Id = None
    system_name: str | None = None
    display_name: str | None = None
    type: str | None = None
    is_default: bool | None = None
    is_archived: bool | None = None
    is_required: bool | None = None
    options: list[Option | str] | None = None


class ListedName(msgspec.Struct, rename="camel"):
    """One item of the tags or the channels. Guessed: no page shows either."""

    id: Id = None
    value: Id = None
    name: str | None = None
    display_name: str | None = None
    label: str | None = None
    type: str | None = None
