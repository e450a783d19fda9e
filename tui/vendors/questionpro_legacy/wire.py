"""The older CX tickets on the wire, as questionpro.com/api/cx documents them.

What is empty is written as "", 0 or `Not Assigned` there, not as null.
"""

import msgspec

from tui.vendors.reading import Id


class LegacyTicket(msgspec.Struct):
    """One ticket. The list has eight of these fields, `cx/tickets/{id}` all of them."""

    ticket_id: Id = msgspec.field(default=None, name="ticketID")
    email_address: str | None = msgspec.field(default=None, name="emailAddress")
    phone_number: str | None = msgspec.field(default=None, name="phoneNumber")
    comment: str | None = None
    content: str | None = None
    current_segment: str | None = msgspec.field(default=None, name="currentSegment")
    origin_segment: str | None = msgspec.field(default=None, name="originSegment")
    ticket_owner: str | None = msgspec.field(default=None, name="ticketOwner")
    status: int | str | None = None
    priority: int | str | None = None
    timestamp: str | None = None
    timelimit: int | None = None
    """Hours, by our best reading; the documents define it nowhere."""
