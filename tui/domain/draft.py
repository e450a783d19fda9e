"""A ticket before it exists: the fields a vendor takes, what was typed, and the checks."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tui.domain.ticket import Ticket, TicketRef


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG_TEXT = "long text"
    CHOICE = "choice"
    EMAIL = "e-mail address"
    PHONE = "phone number"
    NUMBER = "whole number"
    DATE = "date"
    FILE = "address of a file"
    """A web address and, after a blank, the file's name."""


class FieldRole(StrEnum):
    """What a field means, whatever its vendor calls it."""

    TITLE = "title"
    TEXT = "text"
    STATUS = "status"
    PRIORITY = "priority"
    CUSTOMER_NAME = "customer's name"
    CUSTOMER_EMAIL = "customer's e-mail"
    CUSTOMER_PHONE = "customer's phone"
    CUSTOMER_ID = "customer's id"
    ASSIGNEE = "assignee"
    TAGS = "tags"
    CHANNEL = "channel"
    ORIGIN_SEGMENT = "origin segment"
    CURRENT_SEGMENT = "current segment"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value as the vendor takes it, and the words that people choose it by."""

    value: str
    label: str
    above: tuple[str, ...] = ()
    """The labels of what it lies in, outermost first, where the choices are a tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of a create, under the vendor's own key (dotted where it is nested)."""

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    repeats: bool = False
    """Takes several values."""
    open_keys: bool = False
    """A family of fields: `customFields` stands for every `customFields.<name>`."""
    choices: tuple[Choice, ...] = ()
    takes_other_values: bool = False
    """A tenant may define more choices than these."""
    role: FieldRole | None = None
    """Where the domain has a word for what it means."""
    lookup: str = ""
    """The list that its choices come from, by the name that `ports.ChoiceSource` is asked for; the
    same for fields that share one. "" where there is none."""
    searches: bool = False
    """That list is too long to be fetched whole: the vendor searches it by a keyword."""
    default: str | None = None
    """Preselected in the form; sent only if it stays."""
    limit: int = 10_000
    """Characters."""
    hint: str = ""


Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Checked values for a new ticket, by the vendor's keys."""

    workspace: str
    values: Mapping[str, Value]

    def text(self, key: str) -> str | None:
        """Return the single value of `key`; None if it was not given."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the values of a repeating `key`."""
        value = self.values.get(key, ())
        return (value,) if isinstance(value, str) else value

    def below(self, key: str) -> Mapping[str, Value]:
        """Return the values of an open family by their own names."""
        prefix = f"{key}."
        return {
            name.removeprefix(prefix): value
            for name, value in self.values.items()
            if name.startswith(prefix)
        }


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field."""

    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message}"


class OutcomeState(StrEnum):
    """How a create ended. Never guessed."""

    CREATED = "created"
    NOT_CREATED = "not_created"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of one create."""

    intent_id: str
    state: OutcomeState
    ref: TicketRef | None = None
    ticket: Ticket | None = None
    message: str = ""
    """One line: the vendor's reason, or what is known."""
    credential_refused: bool = False
    """Not created, because the credential is missing or not accepted."""
    candidates: tuple[TicketRef, ...] = ()
    """Unknown, and several tickets might be it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A vendor's word that a ticket exists; the ticket itself where the vendor showed it."""

    ref: TicketRef
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPreview:
    """The exact request that a draft becomes, its credential masked."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str


_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_FILE = re.compile(r"https?://[^\s/?#]+\S*( .*)?")
_PHONE = re.compile(r"(?=.*\d)\+?[\d\s()/.-]{3,30}")
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NEWLINE = re.compile("[\n\r\u2028\u2029]")


def check_field(spec: FieldSpec, value: str) -> str | None:
    """Return what is wrong with one value for this field; None if nothing is."""
    if len(value) > spec.limit:
        return f"{len(value):,} characters; at most {spec.limit:,}"
    if _UNSENDABLE.search(value):
        return "holds control characters"
    if spec.type is not FieldType.LONG_TEXT and _NEWLINE.search(value):
        return "takes one line"
    match spec.type:
        case FieldType.EMAIL if not _EMAIL.fullmatch(value):
            return "not an e-mail address"
        case FieldType.PHONE if not _PHONE.fullmatch(value):
            return "not a phone number"
        case FieldType.NUMBER if not re.fullmatch(r"[0-9]{1,18}", value):
            return "not a whole number"
        case FieldType.FILE if not _FILE.fullmatch(value):
            return "not the https address of a file"
        case FieldType.DATE if not _is_date(value):
            return "not a date; write YYYY-MM-DD"
        case FieldType.CHOICE if spec.choices and not spec.takes_other_values:
            known = [choice.value for choice in spec.choices]
            if value not in known:
                nearest = nearest_name(value, known)
                hint = f" (nearest: {nearest})" if nearest else ""
                return f"takes one of: {', '.join(known)}{hint}"
    return None


def find_spec(specs: Sequence[FieldSpec], key: str) -> FieldSpec | None:
    """Return the field that takes `key`: itself, or else the open family above it."""
    families: list[FieldSpec] = []
    for spec in specs:
        if spec.open_keys:
            families.append(spec)
        elif key == spec.key:
            return spec
    for family in families:
        if key.removeprefix(f"{family.key}.") not in (key, ""):
            return family
    return None


def check_draft(
    workspace: str, specs: Sequence[FieldSpec], pairs: Iterable[tuple[str, str]]
) -> tuple[Draft, tuple[FieldProblem, ...]]:
    """Return the draft of these pairs of key and value, and everything that is wrong with it.

    Empty values count as not given. A repeating field takes several pairs of the same key.
    """
    values: dict[str, Value] = {}
    problems: list[FieldProblem] = []
    given: set[str] = set()
    for key, raw in pairs:
        spec = find_spec(specs, key)
        if spec is None:
            problems.append(FieldProblem(key, _unknown_field(specs, key)))
            continue
        value = raw if spec.type is FieldType.LONG_TEXT else raw.strip()
        if not value.strip():
            continue
        given.add(spec.key)
        if spec.type is FieldType.CHOICE:
            value = _as_choice(spec, value)
        if message := check_field(spec, value):
            problems.append(FieldProblem(key, message))
        elif spec.repeats:
            earlier = values.get(key, ())
            values[key] = (*((earlier,) if isinstance(earlier, str) else earlier), value)
        elif key in values:
            problems.append(FieldProblem(key, "given twice"))
        else:
            values[key] = value
    problems += [
        FieldProblem(spec.key, "required")
        for spec in specs
        if spec.required and spec.key not in given
    ]
    return Draft(workspace, values), tuple(problems)


def _as_choice(spec: FieldSpec, typed: str) -> str:
    """Take a choice by its value, or by a label that no other has, ignoring case."""
    values = [choice.value for choice in spec.choices]
    if typed in values:
        return typed
    folded = typed.casefold()
    by_value = [value for value in values if value.casefold() == folded]
    by_label = [choice.value for choice in spec.choices if choice.label.casefold() == folded]
    found = by_value or by_label
    return found[0] if len(found) == 1 else typed


def _unknown_field(specs: Sequence[FieldSpec], key: str) -> str:
    names = [spec.key + (".<name>" if spec.open_keys else "") for spec in specs]
    nearest = nearest_name(key, names)
    hint = f"nearest: {nearest}" if nearest else f"fields: {', '.join(names)}"
    return f"no such field ({hint})"


def nearest_name(name: str, known: Sequence[str]) -> str | None:
    """Return the known name that was most likely meant, ignoring case; None if none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.5)
    return by_folded[found[0]] if found else None


def _is_date(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
