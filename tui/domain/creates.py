"""Around a create: the form it begins in, drafts that are kept, and creates without an end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """What stands, or stood, in a form."""

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
