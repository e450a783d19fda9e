"""A vendor whose list may change between any two calls, and a desk that polls it as a poller does.

Pages come in one of three ways: by number with a total, by `skip` and `take` without one, or in a
section for each status with a total each.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from support.builders import NOON, make_ticket
from tui.domain.page import Page, PageKey
from tui.domain.ticket import Status, Ticket, TicketRef
from tui.engine.plan import PagePlan
from tui.engine.sweep import read_pages, sweep
from tui.store.cache import TicketCache
from tui.vendors.socialboards.pages import TAKE, Pages

WORKSPACE: Final = "qp"
LISTED: Final = (Status.NEW, Status.OPEN, Status.ESCALATED, Status.RESOLVED)


class Paging(Enum):
    """How a list is asked for."""

    NUMBERED = "page number and total"
    OFFSET = "skip and take, no total"
    SECTIONED = "a list for each status"


class Act(Enum):
    """What may happen to a list."""

    ADD = "add"
    REMOVE = "remove"
    REORDER = "reorder"
    EDIT = "edit"
    RESTATUS = "restatus"
    ADVANCE = "advance"
    """To a later status, or none."""


@dataclass(frozen=True, slots=True)
class Move:
    """One change: `where` and `to` are shares of the list, 0 its front and 1 its back."""

    act: Act
    where: float = 0.0
    to: float = 0.0
    status: Status = Status.OPEN


@dataclass(slots=True)
class MovingWorld:
    """A vendor of tickets that are changed by a script, some moves before each call."""

    paging: Paging
    page_size: int = 10
    """Of NUMBERED and SECTIONED; OFFSET has the vendor's own."""
    tickets: list[Ticket] = field(default_factory=list)
    script: Iterator[Sequence[Move]] = field(default_factory=lambda: iter(()))
    calls: int = 0
    _born: int = 0
    _edits: int = 0
    _pages: Pages = field(default_factory=Pages)

    @property
    def sections(self) -> int:
        return len(LISTED) if self.paging is Paging.SECTIONED else 1

    def begin_pass(self, *, whole: bool) -> None:
        assert whole in (True, False)
        self._pages.begin_pass()

    async def fetch_page(self, key: PageKey) -> Page:
        for move in next(self.script, ()):
            self.happen(move)
        self.calls += 1
        if self.paging is Paging.OFFSET:
            skip = self._pages.skip(key.index)
            shown = self.tickets[skip : skip + TAKE]
            facts = self._pages.read(key.index, [ticket.ref.id for ticket in shown])
            return Page(
                key=key,
                tickets=tuple(shown),
                is_last=facts.is_last,
                continues=facts.continues,
            )
        listed = self.tickets
        if self.paging is Paging.SECTIONED:
            listed = [each for each in listed if each.status is LISTED[key.section]]
        start = key.index * self.page_size
        return Page(
            key=key,
            tickets=tuple(listed[start : start + self.page_size]),
            total=len(listed),
        )

    async def close(self) -> None:
        raise AssertionError

    def add(self, place: int, status: Status = Status.OPEN) -> Ticket:
        """Put a new ticket into the list; ids never come again."""
        self._born += 1
        ticket = make_ticket(f"t{self._born}", workspace=WORKSPACE, status=status)
        self.tickets.insert(place, ticket)
        return ticket

    def happen(self, move: Move) -> None:
        """Change the list. On an empty one only an add does anything."""
        count = len(self.tickets)
        if move.act is Act.ADD:
            self.add(round(move.where * count), move.status)
            return
        if not count:
            return
        place = min(int(move.where * count), count - 1)
        match move.act:
            case Act.REMOVE:
                del self.tickets[place]
            case Act.REORDER:
                ticket = self.tickets.pop(place)
                self.tickets.insert(round(move.to * (count - 1)), ticket)
            case Act.EDIT:
                self._edits += 1
                self.tickets[place] = replace(self.tickets[place], title=f"edit {self._edits}")
            case Act.RESTATUS:
                self._restatus(place, move.status)
            case Act.ADVANCE:
                now = self.tickets[place].status
                self._restatus(place, max(now, move.status, key=LISTED.index))

    def _restatus(self, place: int, status: Status) -> None:
        self.tickets[place] = replace(self.tickets[place], status=status)


@dataclass(slots=True)
class Desk:
    """A plan, a store and a clock, put together as `engine.polling` does."""

    world: MovingWorld
    cache: TicketCache
    plan: PagePlan
    seconds_per_call: float = 100.0
    now: datetime = NOON
    light_calls: list[int] = field(default_factory=list)
    """Of each light poll."""
    sweeps: int = 0
    missed: dict[TicketRef, int] = field(default_factory=dict)
    """How many proofs in a row were without a ticket of the store."""
    proofs: int = 0
    wrongly_missed: set[TicketRef] = field(default_factory=set)
    """Tickets of the store that were there throughout, and that a proof was without."""

    async def poll(self, affordable: int, *, after_s: float) -> None:
        """Poll once, `after_s` after the poll before; at once sweep where the plan asks for it."""
        self.now += timedelta(seconds=after_s)
        pages = self.plan.next_pages(
            affordable, now=self.now, seconds_per_call=self.seconds_per_call
        )
        if pages:
            report = await read_pages(
                self.world, pages, self._take, _ignore, follow_up=self.plan.follow_up
            )
            self.light_calls.append(report.calls)
            assert report.calls <= affordable + 1
            self._finish(self.plan.learn_pages(report, self.now))
        if self.plan.needs_sweep:
            self.sweeps += 1
            swept = await sweep(self.world, self._take, _ignore)
            self._finish(self.plan.learn_sweep(swept, self.now))

    def stored(self) -> dict[TicketRef, Ticket]:
        """Return the tickets of the store; each must be in it once."""
        tickets = self.cache.tickets()
        found = {ticket.ref: ticket for ticket in tickets}
        assert len(found) == len(tickets)
        return found

    def truth(self) -> dict[TicketRef, Ticket]:
        """Return the tickets that the vendor has."""
        return {ticket.ref: ticket for ticket in self.world.tickets}

    async def _take(self, page: Page) -> Collection[TicketRef]:
        return self.cache.apply(WORKSPACE, page.tickets, page.removed)

    def _finish(self, proof: Collection[TicketRef] | None) -> None:
        if proof is None:
            return
        shown = frozenset(proof)
        before = self.stored().keys()
        self.proofs += 1
        self.wrongly_missed |= (before & self.truth().keys()) - shown
        removed = self.cache.finish_sweep(WORKSPACE, shown)
        self.missed = {ref: self.missed.get(ref, 0) + 1 for ref in before - shown}
        assert all(self.missed[ref] >= 2 for ref in removed), "removed after a single miss"


async def _ignore(_done: int, _known: int | None) -> None:
    pass
