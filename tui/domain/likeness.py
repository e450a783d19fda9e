"""Whether a ticket is what came of a create that nobody answered. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Final, Self

from tui.domain.clean import clean, first_line
from tui.domain.draft import Draft, FieldRole, FieldSpec
from tui.domain.draft_meaning import meant
from tui.domain.ports import Intent
from tui.domain.ticket import Ticket

SKEW: Final = timedelta(minutes=2)
"""How far a vendor's clock may be from ours."""
_SHORTEST_CUT: Final = 20
"""Characters that must be left of a text before the mark that it was cut."""
_SHORTEST_UNMARKED_CUT: Final = 60
"""The same where no mark stands at its end: then it may be another text that begins so."""
_PHONE_DIGITS: Final = 6
"""The last digits of two ways to write one phone number that are the same, at least."""
_CUSTOMER_IDS: Final = ("contact.id", "contactId", "contact_id", "customer.id", "customerId")
"""Among a vendor's other fields, where a ticket shows whose it is."""

_CUT = re.compile(r"\s*(…|\.\.\.)$")
_WORD = re.compile(r"\w+")
_NO_DIGIT = re.compile(r"[^0-9]+")


def can_be_told(draft: Draft, specs: Sequence[FieldSpec]) -> bool:
    """Whether the draft says anything that its ticket can be told by."""
    wanted = _Wanted.of(draft, specs)
    return bool(wanted.title or wanted.text)


def find_alike(
    intent: Intent,
    specs: Sequence[FieldSpec],
    tickets: Iterable[Ticket],
    *,
    now: datetime,
    held: Collection[str] = (),
) -> tuple[Ticket, ...]:
    """Return the tickets that may be what came of the intent, each once.

    Such a ticket says what the draft says, came since the intent was made, and is neither known
    from before nor `held`, which are ids: what came of other creates.
    """
    wanted = _Wanted.of(intent.draft, specs)
    if not (wanted.title or wanted.text):
        return ()
    earliest, latest = intent.at - SKEW, now + SKEW
    workspace, known = intent.draft.workspace, frozenset(intent.known)
    found = {
        ticket.ref: ticket
        for ticket in tickets
        if ticket.ref.workspace == workspace
        and (ticket.created_at is None or earliest <= ticket.created_at <= latest)
        and ticket.ref.id not in known
        and ticket.ref.id not in held
        and wanted.is_met_by(ticket)
    }
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a draft says, as it can be compared."""

    title: str
    text: str
    first_line: str
    email: str
    name: frozenset[str]
    phone: str
    customer_id: str

    @classmethod
    def of(cls, draft: Draft, specs: Sequence[FieldSpec]) -> Self:
        text = meant(draft, specs, FieldRole.TEXT)
        return cls(
            title=_folded(meant(draft, specs, FieldRole.TITLE)),
            text=_folded(text),
            first_line=_folded(first_line(clean(text, multiline=True))),
            email=_folded(meant(draft, specs, FieldRole.CUSTOMER_EMAIL)).casefold(),
            name=_words(meant(draft, specs, FieldRole.CUSTOMER_NAME)),
            phone=_digits(meant(draft, specs, FieldRole.CUSTOMER_PHONE)),
            customer_id=meant(draft, specs, FieldRole.CUSTOMER_ID).strip(),
        )

    def is_met_by(self, ticket: Ticket) -> bool:
        return self._is_said_by(ticket) and self._is_of_customer(ticket)

    def _is_said_by(self, ticket: Ticket) -> bool:
        title, text = _folded(ticket.title), _folded(ticket.body)
        if self.title and _is_same(self.title, title):
            # Two people may give one title to two troubles.
            return not (self.text and text) or self.text in text or _is_same(self.text, text)
        is_its_own_title = _is_same(self.first_line, title)
        if self.title or not text:
            # A vendor that does not show the title names the ticket by the text.
            return is_its_own_title and (not self.title or _is_same(self.text, text))
        return _is_same(self.text, text)

    def _is_of_customer(self, ticket: Ticket) -> bool:
        customer = ticket.customer
        email = _folded(customer.email or "").casefold()
        name, phone = _words(customer.name or ""), _digits(customer.phone or "")
        shown_ids = {str(ticket.extra[key]) for key in _CUSTOMER_IDS if ticket.extra.get(key)}
        return (
            (not self.email or not email or self.email == email)
            and (not self.name or not name or self.name <= name or name <= self.name)
            and (not self.phone or not phone or _is_same_phone(self.phone, phone))
            and (not self.customer_id or not shown_ids or self.customer_id in shown_ids)
        )


def _folded(text: str) -> str:
    """Return a text without what a vendor may change on the way: blanks, escapes, composition."""
    cleaned = clean(unescape(text), multiline=True)
    return " ".join(unicodedata.normalize("NFC", cleaned).split())


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_folded(text).casefold()))


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", text).lstrip("0")


def _is_same(ours: str, shown: str) -> bool:
    """Whether `shown` is our text, whole or cut."""
    if not ours or not shown:
        return False
    if ours == shown:
        return True
    kept = _CUT.sub("", shown)
    enough = _SHORTEST_CUT if kept != shown else _SHORTEST_UNMARKED_CUT
    return len(kept) >= enough and ours.startswith(kept)


def _is_same_phone(ours: str, shown: str) -> bool:
    shorter = min(len(ours), len(shown))
    return ours == shown or (shorter >= _PHONE_DIGITS and ours[-shorter:] == shown[-shorter:])
