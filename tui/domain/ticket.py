"""The ticket, as every vendor's is seen here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from tui.domain.person import NOBODY, Person

Scalar = str | int | float | bool | None
NOTHING_EXTRA: Final[Mapping[str, Scalar]] = MappingProxyType({})


class Status(StrEnum):
    """Where a ticket stands. An unknown one counts as open."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"


class Priority(StrEnum):
    """How much a ticket matters. NONE: its vendor has no priorities; UNKNOWN: a word not known."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"
    UNKNOWN = "unknown"


class DueSource(StrEnum):
    """Who says when a ticket is due. An estimate is always shown as one."""

    VENDOR = "vendor"
    SLA = "sla"
    ESTIMATE = "estimate"


class TicketRef(NamedTuple):
    """What names a ticket: the workspace and the vendor's id, cleaned by `clean_id`.

    A named tuple, because long queues are looked up by it: it hashes twice as fast as a dataclass.
    """

    workspace: str
    id: str

    def __str__(self) -> str:
        return f"{self.workspace}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket. Every text in it went through `clean`; all times are aware."""

    ref: TicketRef
    vendor: str
    title: str
    confirmed_at: datetime = field(compare=False)
    """When the vendor last showed this ticket to us. Not part of what the ticket says."""
    number: str | None = None
    """The name people use, where it differs from the id."""
    body: str = ""
    status: Status = Status.UNKNOWN
    vendor_status: str | None = None
    """The vendor's own word."""
    priority: Priority = Priority.NONE
    vendor_priority: str | None = None
    kind: str | None = None
    customer: Person = NOBODY
    assignee: Person = NOBODY
    tags: tuple[str, ...] = ()
    channel: str | None = None
    origin_segment: str | None = None
    current_segment: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    due_at: datetime | None = None
    due_source: DueSource | None = None
    flagged_overdue: bool = False
    """The vendor itself says that the ticket is overdue."""
    url: str | None = None
    extra: Mapping[str, Scalar] = field(default_factory=lambda: NOTHING_EXTRA)
    """The vendor's other fields: nested ones dotted, custom ones as `field.<key>`."""

    @property
    def closed(self) -> bool:
        return self.status is Status.RESOLVED

    @property
    def handle(self) -> str:
        """The ref as people speak of it: with the number where there is one."""
        return f"{self.ref.workspace}/{self.number or self.ref.id}"
