"""A ticket of the sandbox's world, in no vendor's words, and the collection of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tui.sandbox.accounts import KLINKCX, VENDORS
from tui.sandbox.directory import Agent, Category, Segment, stable_uid

Status = Literal["new", "open", "pending", "escalated", "resolved"]
Priority = Literal["low", "medium", "high", "critical"]

PRIORITIES: tuple[Priority, ...] = ("low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Customer:
    """Whoever wrote; any part may be missing, and without an address nobody is identified."""

    name: str | None
    email: str | None
    phone: str | None = None
    company: str | None = None

    @property
    def uid(self) -> str:
        return stable_uid(f"customer/{self.email or self.name}")


@dataclass(slots=True, kw_only=True)
class Ticket:
    """One ticket. Vendors show different parts of it under different names."""

    vendor: str
    number: int = 0
    """The id, or the number people speak of where ids are UUIDs. Given by `Tickets.add`."""
    uid: str
    title: str
    text: str
    status: Status
    priority: Priority
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    """When the vendor will flag it. None: never."""
    is_overdue: bool = False
    deleted_at: datetime | None = None
    customer: Customer
    agent: Agent | None = None
    tag: str | None = None
    origin: Segment
    segment: Segment
    category: Category | None = None
    channel: str
    is_manual: bool = True
    """Written by a person of the desk, not raised by a bad survey answer."""
    replies: int = 0
    brought: Mapping[str, object] = field(default_factory=dict)
    """What a create brought beyond all this, such as custom fields by key."""

    @property
    def is_open(self) -> bool:
        return self.status != "resolved" and self.deleted_at is None


FIRST_NUMBERS = dict(zip(VENDORS, (35_100, 14_300, 4_478_900, 2_040), strict=True))


class Tickets:
    """Every ticket by vendor and number."""

    def __init__(self) -> None:
        self._by_vendor: dict[str, dict[int, Ticket]] = {vendor: {} for vendor in VENDORS}
        self.contacts: dict[str, Customer] = {}
        """KlinkCX's contacts by their id."""

    def __len__(self) -> int:
        return sum(map(len, self._by_vendor.values()))

    def of(self, vendor: str) -> list[Ticket]:
        """Return one vendor's tickets, the latest first."""
        return list(reversed(self._by_vendor[vendor].values()))

    def find(self, vendor: str, number: int) -> Ticket | None:
        return self._by_vendor[vendor].get(number)

    def add(self, ticket: Ticket, *, gap: int = 1) -> Ticket:
        """Take a ticket in under the next number, `gap` above the last."""
        numbers = self._by_vendor[ticket.vendor]
        last = next(reversed(numbers), FIRST_NUMBERS[ticket.vendor])
        ticket.number = last + gap
        numbers[ticket.number] = ticket
        if ticket.vendor == KLINKCX and ticket.customer.name:
            self.contacts[ticket.customer.uid] = ticket.customer
        return ticket
