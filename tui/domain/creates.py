"""Around a create: the form it begins in, drafts that are kept, and creates without an end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from tui.domain.draft import Choice, Draft, FieldSpec
from tui.domain.ticket import Priority, TicketRef


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """The choices of a lookup, as far as they are known."""

    choices: tuple[Choice, ...] = ()
    as_of: datetime | None = None
    """When the vendor was last asked with success; None: never."""
    problem: str = ""
    """Why the list cannot be had, or not anew; one line."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a create in one workspace."""

    specs: tuple[FieldSpec, ...]
    """The vendor's, and those of its tenant as far as they are known."""
    lists: Mapping[str, ChoiceList] = field(default_factory=dict)
    """By `FieldSpec.lookup`; what was never asked for, or is searched by keyword, is absent."""
    problem: str = ""
    """Why the tenant's own fields cannot be had; one line."""

    @property
    def complete_specs(self) -> tuple[FieldSpec, ...]:
        """The fields with the choices of their lists, as `check_draft` wants them."""
        return tuple(with_choices(spec, self.lists.get(spec.lookup)) for spec in self.specs)


def with_choices(spec: FieldSpec, known: ChoiceList | None) -> FieldSpec:
    """Return the field with the choices of its list in place of its own, where there are any.

    A default that is none of them goes, unless the field takes other values.
    """
    if not spec.lookup or known is None or not known.choices:
        return spec
    has_default = any(choice.value == spec.default for choice in known.choices)
    keeps_default = has_default or spec.takes_other_values
    return replace(spec, choices=known.choices, default=spec.default if keeps_default else None)


def with_tenant_fields(
    own: Sequence[FieldSpec], tenant: Sequence[FieldSpec]
) -> tuple[FieldSpec, ...]:
    """Return a vendor's fields with those of a tenant among them.

    One of the same key stands in its place, and means the same unless it says otherwise. A member
    of an open family stands before that family, which goes on taking other names: a list of fields
    may be older than a field. All others stand at the end.
    """
    added: dict[str, FieldSpec] = {}
    for spec in tenant:
        added.setdefault(spec.key, spec)
    fields: list[FieldSpec] = []
    for spec in own:
        if (replacing := added.pop(spec.key, None)) is not None:
            fields.append(replace(replacing, role=replacing.role or spec.role))
            continue
        if spec.open_keys:
            members = [key for key in added if key.startswith(f"{spec.key}.")]
            fields += [added.pop(key) for key in members]
        fields.append(spec)
    return (*fields, *added.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """What stands, or stood, in a form; or in a note that is not written yet."""

    id: str
    workspace: str
    texts: Mapping[str, str]
    """By the vendor's keys, as typed; of a choice its value."""
    at: datetime
    """When it was last kept."""
    version: int = 0
    """Grows whenever it is kept. 0: never was."""
    may_exist: bool = False
    """It was sent, and nobody knows whether its ticket exists."""
    tickets: frozenset[TicketRef] = frozenset()
    """What the note stands beside; none for a form."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a user chose for the last new ticket."""

    workspace: str | None = None
    """Where it went."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By workspace: the values of the fields with choices, by key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Values for new tickets of one kind, from the configuration."""

    name: str
    workspace: str | None = None
    """The only one that it is for; None: any that has its fields."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Key and value, as `check_draft` takes them."""


class Stage(StrEnum):
    """How far a create has come whose end is not known."""

    SENDING = "sending"
    LOOKING = "looking"
    """It was sent and no answer tells how it ended: the newest tickets are read."""
    OPEN = "open"
    """Reading did not tell either: a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCreate:
    """A create whose end nobody knows yet."""

    id: str
    """Of its intent."""
    draft: Draft
    at: datetime
    by: str
    title: str
    """One line: what the ticket is going to be called."""
    priority: Priority = Priority.UNKNOWN
    stage: Stage
    message: str = ""
    """One line: why nobody knows, or what reading found."""
    candidates: tuple[TicketRef, ...] = ()
    """Tickets that might be it, where there are several."""
    draft_id: str = ""

    @property
    def workspace(self) -> str:
        """Where it went."""
        return self.draft.workspace
