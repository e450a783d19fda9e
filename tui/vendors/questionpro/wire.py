"""The closed loop's shapes on the wire, as questionpro.com/api/cx documents them.

The published schemas contradict the samples (ids are texts there, nothing is null), so every field
may be absent and ids are of either type.
"""

import msgspec

from tui.vendors.reading import Id


class Segment(msgspec.Struct, rename="camel"):
    """`originSegment`, `currentSegment`."""

    id: Id = None
    code: str | None = None
    name: str | None = None


class User(msgspec.Struct, rename="camel"):
    """`assignedUser`."""

    name: str | None = None
    email: str | None = None


class ClosedLoopTicket(msgspec.Struct, rename="camel"):
    """One ticket, in the list and as the answer to a create."""

    id: Id = None
    created_at: str | None = None
    updated_at: str | None = None
    deleted_at: str | None = None
    feedback_id: Id = None
    survey_id: Id = None
    response_id: Id = None
    panel_member_id: Id = None
    priority: str | None = None
    status: str | None = None
    type: str | None = None
    description: str | None = None
    """The text, in the list."""
    comment: str | None = None
    """The text, in the answer to a create."""
    issue_date: str | None = None
    is_overdue: bool | None = None
    customer_name: str | None = None
    customer_email: str | None = None
    origin_segment: Segment | None = None
    current_segment: Segment | None = None
    assigned_user: User | None = None


class ListedSegment(msgspec.Struct):
    """One item of `cx/feedback/{workspace}/segments` (get-segment-list)."""

    business_unit_code: Id = msgspec.field(default=None, name="businessUnitCode")
    segment_name: str | None = msgspec.field(default=None, name="segmentName")


class ListedUser(msgspec.Struct):
    """One item of `cx/feedback/{workspace}/users` (get-cxusers-list)."""

    email_address: str | None = msgspec.field(default=None, name="emailAddress")
    first_name: str | None = msgspec.field(default=None, name="firstName")
    last_name: str | None = msgspec.field(default=None, name="lastName")
