"""Writes whole tickets: a story, its writer, who has it, how urgent it is and since when."""

from datetime import datetime, timedelta
from random import Random
from typing import Generic, TypeVar
from uuid import UUID

from tui.sandbox.accounts import KLINKCX, QUESTIONPRO, QUESTIONPRO_LEGACY, SOCIALBOARDS
from tui.sandbox.directory import ASSIGNABLE, CHOOSABLE, SEGMENTS
from tui.sandbox.stories import Storyteller
from tui.sandbox.ticket import Customer, Priority, Status, Ticket

Card = TypeVar("Card")

ALLOWED: dict[Priority, timedelta] = {
    "critical": timedelta(hours=1),
    "high": timedelta(hours=4),
    "medium": timedelta(days=1),
    "low": timedelta(days=3),
}
"""The time in which a ticket should be resolved; past it, vendors that have a flag raise it."""

_PRIORITY_DECK: dict[Priority, int] = {"critical": 1, "high": 6, "medium": 20, "low": 13}
"""Dealt from a shuffled deck, so that a small world, too, has its few critical tickets."""
_HOSTILE_DECK = {True: 1, False: 49}
ANONYMOUS_SHARE = 0.06
_LATE_DECK = {True: 1, False: 9}
"""How many of the open tickets are past their time."""
_STATUS_DECKS: dict[str, dict[Status, int]] = {
    QUESTIONPRO: {"new": 4, "open": 7, "escalated": 2, "resolved": 7},
    QUESTIONPRO_LEGACY: {"new": 5, "open": 5, "escalated": 1, "resolved": 5},
    SOCIALBOARDS: {"open": 9, "pending": 4, "resolved": 7},
    KLINKCX: {"new": 5, "open": 6, "pending": 3, "resolved": 6},
}
_CHANNELS: dict[str, tuple[str, ...]] = {
    QUESTIONPRO: ("survey",),
    QUESTIONPRO_LEGACY: ("survey",),
    SOCIALBOARDS: ("web", "web", "email", "facebook"),
    KLINKCX: ("email", "email", "phone", "whatsapp", "line", "viber"),
}
_CATEGORIES_BY_TAG = {
    "payments": 1,
    "billing": 1,
    "checkout": 1,
    "voucher": 1,
    "login": 2,
    "account": 2,
    "security": 2,
    "praise": 3,
    "newsletter": 3,
    "website": 3,
}
_NOBODY = Customer(None, None)


class _Deck(Generic[Card]):
    """Deals cards in random order, but each as often as it is in the deck."""

    def __init__(self, rng: Random, counts: dict[Card, int]) -> None:
        self._rng = rng
        self._cards = [card for card, count in counts.items() for _ in range(count)]
        self._left: list[Card] = []

    def deal(self) -> Card:
        if not self._left:
            self._left = self._cards.copy()
            self._rng.shuffle(self._left)
        return self._left.pop()


class TicketWriter:
    """Draws tickets from one source of chance. They have no number until they are added."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._storyteller = Storyteller(rng)
        self._priorities = _Deck(rng, _PRIORITY_DECK)
        self._statuses = {vendor: _Deck(rng, deck) for vendor, deck in _STATUS_DECKS.items()}
        self._late = _Deck(rng, _LATE_DECK)
        self._hostile = _Deck(rng, _HOSTILE_DECK)
        self._hostile_owed = 0
        """Dealt, but not yet written: the critical tickets stay readable."""

    def write(self, vendor: str, now: datetime) -> Ticket:
        """Return a ticket that has a past."""
        rng = self._rng
        status = self._statuses[vendor].deal()
        priority = self._priorities.deal()
        age = self._age(status, priority)
        ticket = self._write(vendor, status, priority, now - age)
        if status == "resolved":
            work = min(age, timedelta(hours=72)) * rng.uniform(0.05, 0.95)
            ticket.updated_at = ticket.created_at + work
        elif status != "new":
            ticket.updated_at = ticket.created_at + age * rng.uniform(0.1, 0.95)
        ticket.is_overdue = ticket.is_open and ticket.due_at is not None and ticket.due_at <= now
        return ticket

    def write_arrival(self, vendor: str, now: datetime) -> Ticket:
        """Return a ticket that has just come in."""
        priority = self._priorities.deal()
        status: Status = "open" if vendor == SOCIALBOARDS else "new"
        ticket = self._write(vendor, status, priority, now)
        ticket.agent = None
        ticket.replies = 0
        return ticket

    def _age(self, status: Status, priority: Priority) -> timedelta:
        rng = self._rng
        if status == "resolved":
            return timedelta(hours=rng.uniform(3, 24 * 20))
        if self._late.deal():
            return ALLOWED[priority] * (1.02 + min(rng.expovariate(2), 3))
        return ALLOWED[priority] * rng.uniform(0.02, 0.97)

    def _write(
        self, vendor: str, status: Status, priority: Priority, created_at: datetime
    ) -> Ticket:
        rng = self._rng
        self._hostile_owed += self._hostile.deal()
        if self._hostile_owed and priority != "critical":
            self._hostile_owed -= 1
            story, customer = self._storyteller.tell_hostile()
        else:
            story, customer = self._storyteller.tell(priority, created_at)
        if vendor != KLINKCX and rng.random() < ANONYMOUS_SHARE:
            customer = _NOBODY
        created_at = created_at.replace(microsecond=created_at.microsecond // 1000 * 1000)
        return Ticket(
            vendor=vendor,
            uid=str(UUID(int=rng.getrandbits(128), version=4)),
            title=story.title,
            text=story.text,
            status=status,
            priority=priority,
            created_at=created_at,
            updated_at=created_at + timedelta(milliseconds=137),
            due_at=created_at + ALLOWED[priority],
            customer=customer,
            agent=None if status == "new" or rng.random() < 0.12 else rng.choice(ASSIGNABLE),
            tag=story.tag,
            origin=rng.choice(SEGMENTS),
            segment=rng.choice(SEGMENTS),
            category=(
                None if rng.random() < 0.1 else CHOOSABLE[_CATEGORIES_BY_TAG.get(story.tag, 0)]
            ),
            channel=rng.choice(_CHANNELS[vendor]),
            is_manual=rng.random() < 0.7,
            replies=0 if status == "new" else rng.randint(0, 4),
        )
