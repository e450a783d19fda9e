"""From plain values to domain objects: what every vendor's mapping needs. Pure.

The only place in the vendors' room where a stranger's text becomes a domain text.
"""

import functools
import html
import logging
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol, TypeVar

import msgspec

from tui.domain.clean import CUT, TEXT_LIMIT, clean, clean_id
from tui.domain.draft import Choice, Created
from tui.domain.errors import BadResponse
from tui.domain.page import Page, PageKey, Skipped
from tui.domain.person import NOBODY, Person
from tui.domain.ticket import NOTHING_EXTRA, Scalar, Ticket, TicketRef
from tui.domain.workspace import plain_word
from tui.vendors.decode import Object, dig, json_kind, shape
from tui.vendors.masking import MASK

Id = int | str | None
"""An id on the wire: the vendors' samples and their own schemas disagree on its type."""

EXTRA_LIMIT = 200
"""Fields kept in `Ticket.extra`."""
EXTRA_TEXT_LIMIT = 4_000
"""Characters kept of a text in `Ticket.extra`."""
TAGS_LIMIT = 200
"""Tags kept of a ticket."""
DEPTH_LIMIT = 8
"""Levels of nesting that `Ticket.extra` follows."""
CUT_KEY = "…"
"""The key in `Ticket.extra` that says that there were more fields."""

_log = logging.getLogger(__name__)

_CREDENTIAL_KEY = re.compile(r"(?:api_?-?key|token|secret|password)$", re.IGNORECASE)
_CACHED_LENGTH = 64
_BREAKING_TAG = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style|head)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
"""A whole number that every JSON parser of a vendor can hold, and no other spelling of it."""
_BLANK_LINES = re.compile(r"\n\s*\n\s*")

Shape = TypeVar("Shape", bound=msgspec.Struct)
Word = TypeVar("Word")


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose tickets they are, and when they were shown to us."""

    workspace: str
    vendor: str
    at: datetime


class Item:
    """One ticket as it came, while it is read; remembers which of its fields were wrong."""

    __slots__ = ("misfits", "raw")

    def __init__(self, raw: Object) -> None:
        self.raw = raw
        self.misfits: set[str] = set()

    def read(self, kind: type[Shape]) -> Shape:
        """Return the item in its wire shape; what does not fit is absent from it."""
        wire, misfits = shape(self.raw, kind)
        self.misfits |= misfits
        return wire

    def time(self, path: str, written: str | None) -> datetime | None:
        """Return an ISO 8601 time in UTC. One without an offset is taken for UTC."""
        if not written:
            return None
        try:
            moment = datetime.fromisoformat(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.misfits.add(path)
            return None

    def has_time(self, field: str) -> bool:
        """Whether a field holds a time that can be read. Any other text in it is a misfit."""
        written = self.raw.get(field)
        return isinstance(written, str) and self.time(field, written) is not None

    def leftovers(
        self, mapped: frozenset[str], more: Iterable[tuple[str, object]] = ()
    ) -> Mapping[str, Scalar]:
        """Return `more`, and every field whose dotted path is not mapped or did not fit."""
        collected = Extra()
        for key, value in more:
            collected.put(key, value)
        collected.put_below("", self.raw, mapped - self.misfits if self.misfits else mapped)
        return collected.done()


class Extra:
    """Collects the fields of a ticket that the domain has no name for, cleaned and flat."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[str, Scalar] = {}

    def put(self, path: str, value: object, depth: int = 0) -> None:
        """Keep a value under its path: nested ones dotted. What says nothing is left out."""
        if value is None or value == "" or depth > DEPTH_LIMIT:
            return
        if isinstance(value, dict):
            self.put_below(path, value, frozenset(), depth)
        elif isinstance(value, list):
            for index, part in enumerate(islice(value, EXTRA_LIMIT + 1)):
                self.put(_dotted(path, str(index)), part, depth + 1)
        elif len(self._kept) >= EXTRA_LIMIT:
            self._kept[CUT_KEY] = f"more than {EXTRA_LIMIT} fields"
        else:
            key, is_credential = _shown_key(path)
            if key not in self._kept:
                self._kept[key] = MASK if is_credential else _scalar(value)

    def put_below(self, prefix: str, raw: Object, mapped: frozenset[str], depth: int = 0) -> None:
        """Keep every field of an object but the mapped ones."""
        if depth > DEPTH_LIMIT:
            return
        for name, value in raw.items():
            if value is None:
                continue
            path = _dotted(prefix, name) if prefix else name
            if path in mapped:
                continue
            if isinstance(value, dict):
                self.put_below(path, value, mapped, depth + 1)
            else:
                self.put(path, value, depth)

    def done(self) -> Mapping[str, Scalar]:
        """Return what was collected."""
        return self._kept or NOTHING_EXTRA


def line(written: str | None) -> str | None:
    """Return a text in one cleaned line; None where it says nothing."""
    return clean(written) or None if written else None


def web_address(written: str | None) -> str | None:
    """Return an address of http or https; None for every other text.

    What has to be cleaned is none: what is left of it may lead elsewhere. One that is too long
    ends in `CUT`, by which everybody knows it.
    """
    address = line(written)
    if not written or not address or not address.lower().startswith(("https://", "http://")):
        return None
    return address if address == written.strip() or address.endswith(CUT) else None


def word(written: str | None) -> str | None:
    """Return a text that many tickets share, such as a status; kept in memory once."""
    if not written:
        return None
    return _cached_word(written) if len(written) <= _CACHED_LENGTH else line(written)


@functools.lru_cache(maxsize=1_024)
def _cached_word(written: str) -> str | None:
    return line(written)


def body(written: str | None) -> str:
    """Return a long text, cleaned, with its lines."""
    return clean(written, multiline=True) if written else ""


def body_of_html(written: str | None) -> str:
    """Return the text of a piece of HTML, cleaned; its markup is gone, its breaks stay."""
    if not written:
        return ""
    text = _without_unseen(written[: 4 * TEXT_LIMIT])
    text = " ".join(text.split("\n"))
    text = _TAG.sub("", _BREAKING_TAG.sub("\n", text))
    return clean(_BLANK_LINES.sub("\n\n", html.unescape(text)).strip(), multiline=True)


def person(name: str | None, email: str | None = None, phone: str | None = None) -> Person:
    """Return a person of cleaned parts."""
    parts = line(name), line(email), line(phone)
    return Person(*parts) if any(parts) else NOBODY


class TagObject(Protocol):
    """A tag that came as an object; its name is what people read."""

    @property
    def id(self) -> Id: ...

    @property
    def name(self) -> str | None: ...


def tag_names(tags: Iterable[str | TagObject]) -> tuple[str, ...]:
    """Return the tags by their names, else by their ids; what has neither is left out.

    More than `TAGS_LIMIT` end in `CUT`.
    """
    names = (tag if isinstance(tag, str) else tag.name or ticket_id(tag.id) for tag in tags)
    said = tuple(islice((said for name in names if (said := word(name))), TAGS_LIMIT + 1))
    return said if len(said) <= TAGS_LIMIT else (*said[:TAGS_LIMIT], CUT)


def known_word(words: Mapping[str, Word], written: str | None, unknown: Word) -> Word:
    """Return what a vendor's word means, however it is spelled. `words` has plain words as keys."""
    if not written:
        return unknown
    return words[written] if written in words else words.get(plain_word(written), unknown)


def ticket_id(value: object) -> str | None:
    """Return a cleaned id; None for what cannot name a ticket."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, int):
        try:
            return clean_id(str(value))
        except ValueError:  # more digits than Python turns into text
            return None
    return clean_id(value) if isinstance(value, str) and value.strip() else None


def wire_id(written: str) -> int | str:
    """Return an id as the vendors write their own: a number where it is spelled as one."""
    return int(written) if _NUMBER.fullmatch(written) else written


def choice(value: object, label: object) -> Choice | None:
    """Return a choice; None where its value could not be sent back as it was cleaned."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    # What is typed is stripped of every kind of blank before it is sent.
    if not isinstance(value, str) or not value or not clean(value) == value == value.strip():
        return None
    said = line(label) if isinstance(label, str) else None
    return Choice(value, (said or "").strip() or value)


def matching(choices: Iterable[Choice], keyword: str) -> tuple[Choice, ...]:
    """Return the choices whose value or name holds the keyword, ignoring case."""
    wanted = keyword.strip().casefold()
    return tuple(
        option
        for option in choices
        if wanted in option.name.casefold() or wanted in option.value.casefold()
    )


def read_created(
    answer: object, origin: Origin, to_ticket: Callable[[Item, TicketRef, Origin], Ticket]
) -> Created:
    """Return what the answer to a create says: `data` holds the ticket.

    The ticket exists by then: that the rest of it cannot be read is no failure. Raises BadResponse
    where it names no id.
    """
    raw = dig(answer, "data")
    found = ticket_id(dig(raw, "id"))
    if found in (None, "0") or not isinstance(raw, dict):
        raise BadResponse("the vendor took the ticket but named no id")
    ref = TicketRef(origin.workspace, found)
    try:
        return Created(ref=ref, ticket=to_ticket(Item(raw), ref, origin))
    except Exception as error:  # see above
        _log.warning("%s: the new ticket cannot be read: %s", ref, type(error).__name__)
        return Created(ref=ref)


def read_page(
    items: Sequence[object],
    key: PageKey,
    origin: Origin,
    to_ticket: Callable[[Item, TicketRef, Origin], Ticket],
    *,
    id_of: Callable[[Object], object] = lambda raw: raw.get("id"),
    is_removed: Callable[[Item], bool] = lambda _item: False,
) -> Page:
    """Return a page of everything that came: tickets, removed ones, and those nobody can read."""
    tickets: list[Ticket] = []
    removed: list[TicketRef] = []
    skipped: list[Skipped] = []
    defects = 0
    for number, raw in enumerate(items, start=1):
        where = f"page {key.index + 1}, item {number}"
        if not isinstance(raw, dict):
            skipped.append(Skipped(where, f"{json_kind(raw)} instead of a ticket"))
            continue
        written = id_of(raw)
        found = ticket_id(written)
        if found is None:
            reason = "has no id" if written in (None, "") else "has an id that is none"
            skipped.append(Skipped(where, reason))
            continue
        ref = TicketRef(origin.workspace, found)
        item = Item(raw)
        try:
            if is_removed(item):
                removed.append(ref)
                continue
            tickets.append(to_ticket(item, ref, origin))
        except Exception as error:  # one ticket must never cost its page
            skipped.append(Skipped(where, f"id {found}: {type(error).__name__}"))
        defects += len(item.misfits)
    return Page(
        key=key,
        tickets=tuple(tickets),
        removed=tuple(removed),
        skipped=tuple(skipped),
        defects=defects,
    )


def last_index(first: Page) -> int:
    """Return where the last page of a list is by its first one; 0 where nothing tells."""
    if not first.total or not first.count:
        return 0
    return max(-(-first.total // first.count) - 1, 0)


def _scalar(value: object) -> Scalar:
    if isinstance(value, str):
        return clean(value, limit=EXTRA_TEXT_LIMIT)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else clean(f"{value:#x}")
    if isinstance(value, float) and math.isfinite(value):
        return value
    return clean(str(value))


def _dotted(prefix: str, name: str) -> str:
    if len(prefix) + len(name) <= _CACHED_LENGTH:
        return _cached_dotted(prefix, name)
    return f"{prefix}.{name}"


def _shown_key(path: str) -> tuple[str, bool]:
    """The cleaned key, and whether it names a credential."""
    return _cached_key(path) if len(path) <= _CACHED_LENGTH else _judged_key(path)


@functools.lru_cache(maxsize=4_096)
def _cached_key(path: str) -> tuple[str, bool]:
    return _judged_key(path)


def _judged_key(path: str) -> tuple[str, bool]:
    key = clean_id(path)
    return key, _CREDENTIAL_KEY.search(key) is not None


@functools.lru_cache(maxsize=4_096)
def _cached_dotted(prefix: str, name: str) -> str:
    return f"{prefix}.{name}"


def _without_unseen(markup: str) -> str:
    """Drop what a browser does not show; what is never closed reaches to the end."""
    kept: list[str] = []
    at = 0
    while opening := _UNSEEN.search(markup, at):
        kept.append(markup[at : opening.start()])
        closing = re.compile(rf"</{opening[1]}\b[^<>]*>", re.IGNORECASE).search(
            markup, opening.end()
        )
        if closing is None:
            return "".join(kept)
        at = closing.end()
    return "".join([*kept, markup[at:]])
