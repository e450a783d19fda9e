"""Whether a ticket is what came of a create that nobody answered: surely, maybe, or not. Pure.

What is taken for somebody's ticket must be it. Whatever leaves a doubt is a matter for a person.
"""

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
"""How far a moment may be from where it belongs, for a ticket that may be it."""
_EXACT: Final = timedelta(seconds=5)
"""The same for one that surely is."""
_LATE: Final = timedelta(seconds=30)
"""How long after its request ended a ticket may be made and surely be what came of it. So long
nobody is told that there is none, and makes another one by hand."""
_LONGEST: Final = timedelta(minutes=2)
"""A request that seems to have lasted longer was that of a process that stood still meanwhile."""
_ANY_CLOCK: Final = timedelta(days=1)
"""How far a clock may be off that was never compared with ours."""
_SHORTEST_CUT: Final = 20
"""Characters that must be left of a text that was cut."""
_PHONE_DIGITS: Final = 6
"""The last digits of two ways to write one phone number that are the same, at least."""
_CUSTOMER_IDS: Final = ("contact.id", "contactId", "contact_id", "customer.id", "customerId")
"""Among a vendor's other fields, where a ticket shows whose it is."""

_CUT = re.compile(r"\s*(…|\.\.\.)$")
_WORD = re.compile(r"\w+")
_NO_DIGIT = re.compile(r"[^0-9]+")


@dataclass(frozen=True, slots=True)
class Alike:
    """The tickets that may be what came of a create, each in one of the two."""

    sure: tuple[Ticket, ...] = ()
    """Nothing speaks against them: a single one is it."""
    maybe: tuple[Ticket, ...] = ()

    @property
    def candidates(self) -> tuple[Ticket, ...]:
        """The tickets that a person would have to look at, the likeliest first."""
        return (*self.sure, *self.maybe)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When the request of a create was on its way, by our clock, and how that is to be read."""

    at: datetime
    ended_at: datetime
    now: datetime
    offset: timedelta | None = None
    """How far the vendor's clock is ahead of ours; None: nobody knows."""

    def surely_holds(self, moment: datetime | None) -> bool:
        """Whether a ticket of that moment, by the vendor's clock, was made by the request."""
        if moment is None:
            return False
        ours = moment - (self.offset or timedelta())
        ended_at = min(self.ended_at, self.at + _LONGEST)
        return self.at - _EXACT <= ours <= min(ended_at + _LATE, self.now) + _EXACT

    def is_near(self, moment: datetime | None) -> bool:
        """Whether the moment is about then, or later."""
        if moment is None:
            return True
        ours = moment - (self.offset or timedelta())
        return self.at - SKEW <= ours <= self.now + SKEW

    def may_hold(self, moment: datetime | None) -> bool:
        """Whether the moment does not say that the ticket is another one."""
        if self.offset is None and moment is not None:
            return self.at - _ANY_CLOCK <= moment
        return self.is_near(moment)


def can_be_told(draft: Draft, specs: Sequence[FieldSpec]) -> bool:
    """Whether the draft says anything that its ticket can be told by."""
    wanted = _Wanted.of(draft, specs)
    return bool(wanted.title or wanted.text)


def is_same_wish(one: Draft, other: Draft, specs: Sequence[FieldSpec]) -> bool:
    """Whether the tickets of two drafts cannot be told apart."""
    return _Wanted.of(one, specs) == _Wanted.of(other, specs)


def find_alike(
    intent: Intent,
    specs: Sequence[FieldSpec],
    tickets: Iterable[Ticket],
    span: Span,
    *,
    held: Collection[str] = (),
) -> Alike:
    """Return the tickets that may be what came of the intent.

    None of them was known from before, or is `held`, which are ids: what came of other creates.
    """
    wanted = _Wanted.of(intent.draft, specs)
    if not (wanted.title or wanted.text):
        return Alike()
    workspace, known = intent.draft.workspace, frozenset(intent.known)
    found = {
        ticket.ref: ticket
        for ticket in tickets
        if ticket.ref.workspace == workspace
        and span.may_hold(ticket.created_at)
        and ticket.ref.id not in known
        and ticket.ref.id not in held
    }
    sure: list[Ticket] = []
    maybe: list[Ticket] = []
    for ticket in found.values():
        if span.surely_holds(ticket.created_at) and wanted.is_surely(ticket):
            sure.append(ticket)
        elif wanted.is_maybe(ticket, is_near=span.is_near(ticket.created_at)):
            maybe.append(ticket)
    return Alike(tuple(sure), tuple(maybe))


def find_known(
    draft: Draft, specs: Sequence[FieldSpec], tickets: Iterable[Ticket]
) -> tuple[str, ...]:
    """Return the ids of the tickets that might be taken for the draft's, before it is sent."""
    wanted = _Wanted.of(draft, specs)
    return tuple(
        ticket.ref.id
        for ticket in tickets
        if ticket.ref.workspace == draft.workspace and wanted.is_maybe(ticket, is_near=True)
    )


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
        text = clean(meant(draft, specs, FieldRole.TEXT), multiline=True)
        return cls(
            title=_folded(clean(meant(draft, specs, FieldRole.TITLE), multiline=True)),
            text=_folded(text),
            first_line=_folded(first_line(text)),
            email=_folded(meant(draft, specs, FieldRole.CUSTOMER_EMAIL)).casefold(),
            name=_words(meant(draft, specs, FieldRole.CUSTOMER_NAME)),
            phone=_digits(meant(draft, specs, FieldRole.CUSTOMER_PHONE)),
            customer_id=meant(draft, specs, FieldRole.CUSTOMER_ID).strip(),
        )

    def is_surely(self, ticket: Ticket) -> bool:
        """Whether the ticket says all that the draft says, and nothing else of either kind."""
        if not self._says_the_same(_folded(ticket.title), _folded(ticket.body), ticket.body):
            return False
        agreeing, contradicting = self._compare_customer(ticket)
        if self._names_customer:
            return bool(agreeing) and not contradicting
        return not ticket.customer and not _shown_ids(ticket)

    def is_maybe(self, ticket: Ticket, *, is_near: bool) -> bool:
        """Whether it begins as the draft does, or is `is_near` in time and of its customer."""
        agreeing, contradicting = self._compare_customer(ticket)
        is_of_customer = any(agreeing)
        if contradicting and not is_of_customer:
            return False
        return (is_near and is_of_customer) or self._begins_the_same(ticket)

    def _says_the_same(self, title: str, text: str, body: str) -> bool:
        if not (_is_whole(self.text, text) if self.text else not text):
            return False
        # A vendor that does not show the title names the ticket by its text.
        is_named_by_text = bool(text) and title == _folded(first_line(body))
        return is_named_by_text or _is_whole(self.title or self.first_line, title)

    def _begins_the_same(self, ticket: Ticket) -> bool:
        title = _folded(ticket.title)
        if _begin_alike(self.title, title) or _begin_alike(self.first_line, title):
            return True
        return _begin_alike(self.text, _folded(ticket.body))

    @property
    def _names_customer(self) -> bool:
        return bool(self.email or self.name or self.phone or self.customer_id)

    def _compare_customer(self, ticket: Ticket) -> tuple[Sequence[bool], bool]:
        """Return what of the customer is the same, and whether anything is not.

        Of each thing that is the same: whether it names one person, not perhaps several.
        """
        customer, ids = ticket.customer, _shown_ids(ticket)
        email = _folded(customer.email or "").casefold()
        name, phone = _words(customer.name or ""), _digits(customer.phone or "")
        compared: list[tuple[bool, bool]] = []
        if self.email and email:
            compared.append((self.email == email, True))
        if self.name and name:
            compared.append((self.name <= name or name <= self.name, self.name == name))
        if self.phone and phone:
            compared.append((_is_same_phone(self.phone, phone), True))
        if self.customer_id and ids:
            compared.append((self.customer_id in ids, True))
        agreeing = [is_one_person for is_same, is_one_person in compared if is_same]
        return agreeing, len(agreeing) < len(compared)


def _shown_ids(ticket: Ticket) -> frozenset[str]:
    return frozenset(str(ticket.extra[key]) for key in _CUSTOMER_IDS if ticket.extra.get(key))


def _folded(text: str) -> str:
    """Return a text without what a vendor may change on the way: blanks, escapes, composition."""
    if "&" in text:
        text = clean(unescape(text), multiline=True)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_folded(clean(text)).casefold()))


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", text).lstrip("0")


def _is_whole(ours: str, shown: str) -> bool:
    """Whether `shown` is our text, whole or with a mark where it was cut."""
    if not ours or not shown:
        return False
    kept = _CUT.sub("", shown)
    return ours == shown or (kept != shown and len(kept) >= _SHORTEST_CUT and ours.startswith(kept))


def _begin_alike(ours: str, shown: str) -> bool:
    """Whether one of two texts is the other, or its beginning, marked or not."""
    kept = _CUT.sub("", shown)
    shorter = min(len(ours), len(kept))
    if not shorter:
        return False
    return ours == shown or (shorter >= _SHORTEST_CUT and ours[:shorter] == kept[:shorter])


def _is_same_phone(ours: str, shown: str) -> bool:
    shorter = min(len(ours), len(shown))
    return ours == shown or (shorter >= _PHONE_DIGITS and ours[-shorter:] == shown[-shorter:])
