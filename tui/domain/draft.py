"""A ticket before it exists: the fields a vendor takes, what was typed, and the checks."""

import difflib
import re
from collections import Counter
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
    DECIMAL = "number"
    """May be negative or have a fraction."""
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

    @property
    def name(self) -> str:
        """Its label, behind those of what it lies in; its value where it has none."""
        return " / ".join((*self.above, self.label or self.value))


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


_NAMED = 12
"""A message names so many choices at most."""
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_FILE = re.compile(r"https?://[^\s/?#]+\S*( .*)?")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
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
    problem = _type_problem(spec.type, value)
    if spec.choices and (problem or spec.type is FieldType.CHOICE):
        return _choice_problem(spec, value) or problem
    return problem


def choice_labels(choices: Iterable[Choice]) -> Mapping[str, str]:
    """Return the words by which each value is shown; `choose` takes every one of them back.

    What several choices are called, or what is the value of another, has its value behind it.
    """
    names: dict[str, str] = {}
    for choice in choices:
        names.setdefault(choice.value, choice.name)
    called = Counter(map(_folded, names.values()))
    values = Counter(map(_folded, names))

    def is_clear(value: str, name: str) -> bool:
        folded = _folded(name)
        of_others = values[folded] - (folded == _folded(value))
        return name == value or (called[folded] == 1 and not of_others)

    longer = {
        value: f"{name} ({value})" for value, name in names.items() if not is_clear(value, name)
    }
    counted = Counter(map(_folded, longer.values())) + called + values
    return {
        value: name
        if value not in longer
        else longer[value]
        if counted[_folded(longer[value])] == 1
        else value
        for value, name in names.items()
    }


def choose(choices: Sequence[Choice], typed: str) -> str | None:
    """Return the value that is meant: by value, by what is shown, or by a label, ignoring case.

    None where nothing of it is there, or where it may be several.
    """
    if any(choice.value == typed for choice in choices):
        return typed
    folded = _folded(typed)
    for names in (
        {choice.value: choice.value for choice in choices},
        choice_labels(choices),
        {choice.value: choice.name for choice in choices},
        {choice.value: choice.label for choice in choices},
    ):
        if found := [value for value, name in names.items() if _folded(name) == folded]:
            return found[0] if len(found) == 1 else None
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
        given.update(_families(key))
        if spec.choices:
            value = choose(spec.choices, value) or value
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


def _type_problem(kind: FieldType, value: str) -> str | None:
    match kind:
        case FieldType.EMAIL if not _EMAIL.fullmatch(value):
            return "not an e-mail address"
        case FieldType.PHONE if not _PHONE.fullmatch(value):
            return "not a phone number"
        case FieldType.NUMBER if not re.fullmatch(r"[0-9]{1,18}", value):
            return "not a whole number"
        case FieldType.DECIMAL if not _DECIMAL.fullmatch(value):
            return "not a number; write it like 3.5"
        case FieldType.FILE if not _FILE.fullmatch(value):
            return "not the https address of a file"
        case FieldType.DATE if not _is_date(value):
            return "not a date; write YYYY-MM-DD"
        case _:
            return None


def _choice_problem(spec: FieldSpec, value: str) -> str | None:
    choices = spec.choices
    if any(choice.value == value for choice in choices):
        return None
    labels = choice_labels(choices)
    folded = _folded(value)
    same = [
        choice.value for choice in choices if folded in map(_folded, (choice.label, choice.name))
    ]
    if len(same) > 1:
        # Where other values pass, a name would be sent in the place of a value.
        return f"several are called that: {_some(labels[each] for each in same)}"
    if spec.takes_other_values or spec.searches:
        return None
    known = list(labels.values() if spec.lookup else labels)
    nearest = nearest_name(value, known)
    hint = f" (nearest: {nearest})" if nearest else ""
    if len(known) > _NAMED:
        return f"none of the {len(known):,} choices{hint}"
    return f"takes one of: {', '.join(known)}{hint}"


def _some(names: Iterable[str]) -> str:
    named = list(names)
    return ", ".join(named[:_NAMED]) + (", …" if len(named) > _NAMED else "")


def _folded(name: str) -> str:
    """Return a name for comparison: without case, and with or without blanks around a slash."""
    return "/".join(" ".join(part.split()) for part in name.casefold().split("/"))


def _families(key: str) -> Iterable[str]:
    """Return the keys of the families that a field may be a member of."""
    parts = key.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts)))


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
