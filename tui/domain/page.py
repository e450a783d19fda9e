"""What one call for tickets brings, and what a whole sweep of such calls was worth."""

from dataclasses import dataclass

from tui.domain.ticket import Ticket, TicketRef

TICKETS_LIMIT = 100_000
"""Tickets of one workspace that a sweep reads, and that are kept after one. A list that is longer
may have no end, and what grows without end takes the memory of all workspaces."""


@dataclass(frozen=True, slots=True, order=True)
class PageKey:
    """Which page: pages are counted from 0 within a section.

    A section is one pass over a vendor's list. Most have one; the legacy closed-loop list can only
    be asked for one status at a time and has one for each.
    """

    section: int = 0
    index: int = 0


@dataclass(frozen=True, slots=True)
class Skipped:
    """A ticket on the wire that could not be read at all. Texts are cleaned."""

    where: str
    """Its place, such as `page 2, item 7`."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a workspace's tickets, cleaned and mapped."""

    key: PageKey
    tickets: tuple[Ticket, ...] = ()
    removed: tuple[TicketRef, ...] = ()
    """Tickets that the vendor itself shows as deleted."""
    skipped: tuple[Skipped, ...] = ()
    defects: int = 0
    """Fields of a wrong type that became null or unknown."""
    total: int | None = None
    """How many tickets the vendor says the section has."""
    is_last: bool | None = None
    """Whether the section ends here; None: ask `total`, or go on until nothing new comes."""
    continues: bool | None = None
    """Whether the page begins where the one before it ended; False: the list moved meanwhile."""

    @property
    def count(self) -> int:
        """How many tickets were on the wire, readable or not."""
        return len(self.tickets) + len(self.removed) + len(self.skipped)
