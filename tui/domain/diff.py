"""What changed between two states of the queue. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from tui.domain.ticket import Ticket, TicketRef


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the stream of changes. A new epoch means that earlier positions are void."""

    epoch: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """What became of the queue since a position. A ticket is in one of the three at most."""

    position: Position
    added: tuple[Ticket, ...] = ()
    changed: tuple[Ticket, ...] = ()
    removed: tuple[TicketRef, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many tickets a workspace has. All but the first count those that are not closed."""

    tickets: int
    open: int
    overdue: int
    critical: int
    pressing: int
    """Critical, overdue, or both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """The answer to a position that is gone: all that there is now."""

    position: Position
    tickets: tuple[Ticket, ...]
    totals: Mapping[str, Totals] | None = None
    """By workspace, where the tickets are only those that come first; the others follow soon."""


_COMPARED = tuple(field.name for field in fields(Ticket) if field.compare)


def changed_fields(old: Ticket, new: Ticket) -> Mapping[str, tuple[object, object]]:
    """Return the names of the fields that differ, each with its old and its new value."""
    return {
        name: (getattr(old, name), getattr(new, name))
        for name in _COMPARED
        if getattr(old, name) != getattr(new, name)
    }
