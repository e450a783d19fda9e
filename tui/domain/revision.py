"""Every single change of the tickets, exactly as the journal has it. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tui.domain.diff import Position
from tui.domain.health import WorkspaceHealth
from tui.domain.ticket import Ticket, TicketRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One change of one ticket.

    Its tickets are the same for everyone who asks, whenever that is: each is `confirmed_at` the
    moment of the change, but for one that was removed, which is so when its vendor last showed it.
    """

    n: int
    at: datetime
    """When the journal took it in."""
    ref: TicketRef
    existed: bool
    """Whether the ticket was there before."""
    exists: bool
    """Whether it was there afterwards."""
    before: Ticket | None
    """None where it was not there, or what was kept of it is damaged."""
    after: Ticket | None
    """None where it was not there any more, or what was kept of it is damaged."""
    is_news: bool
    """Whether it came after the first complete sweep, which only brings what there was already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """What happened since a position, in order, and the health of every workspace now."""

    position: Position
    until: datetime
    """Whatever follows is not older than this."""
    revisions: tuple[Revision, ...]
    health: Mapping[str, WorkspaceHealth]
    has_more: bool
    """Whether there are more to be asked for from `position`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The answer to a position that is gone: all that there is now."""

    position: Position
    until: datetime
    """Whatever follows is not older than this."""
    tickets: tuple[Ticket, ...]
    health: Mapping[str, WorkspaceHealth]
