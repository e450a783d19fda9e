"""Vendors behind the port, for tests of what stands above it: a list that a test can change."""

import asyncio
from collections.abc import Callable, Sequence

from support.builders import make_ticket
from tui.domain.draft import Created, Draft
from tui.domain.page import Page, PageKey
from tui.domain.ticket import Ticket, TicketRef


class ListVendor:
    """Serves `tickets` by pages, as they are at the moment of each call."""

    def __init__(
        self, tickets: Sequence[Ticket] = (), *, page_size: int = 10, counts: bool = True
    ) -> None:
        self.tickets = list(tickets)
        self.page_size = page_size
        self.counts = counts
        """Whether pages tell the total."""
        self.total: int | None = None
        """What they tell instead of the truth."""
        self.calls: list[PageKey] = []
        self.before_call: Callable[[], None] = lambda: None
        self.failure: Exception | None = None
        self.gate: asyncio.Event | None = None
        """Calls wait for it, where there is one."""
        self.closed = False

    @property
    def sections(self) -> int:
        return 1

    async def fetch_page(self, key: PageKey) -> Page:
        self.calls.append(key)
        self.before_call()
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        start = key.index * self.page_size
        return Page(
            key=key,
            tickets=tuple(self.tickets[start : start + self.page_size]),
            total=(self.total if self.total is not None else len(self.tickets))
            if self.counts
            else None,
        )

    async def close(self) -> None:
        self.closed = True


class CreatingVendor(ListVendor):
    """Takes new tickets; ends as `failure_of_create` says, before or after keeping the ticket."""

    def __init__(self, tickets: Sequence[Ticket] = ()) -> None:
        super().__init__(tickets)
        self.posts = 0
        self.failure_of_create: BaseException | None = None
        self.shows_ticket = True
        self.create_gate: asyncio.Event | None = None
        self.before_answer: Callable[[], object] = lambda: None

    async def create(self, draft: Draft) -> Created:
        self.posts += 1
        ticket = make_ticket(f"new-{self.posts}", workspace=draft.workspace)
        self.tickets.append(ticket)
        if self.create_gate is not None:
            await self.create_gate.wait()
        self.before_answer()
        if self.failure_of_create is not None:
            raise self.failure_of_create
        return Created(ref=ticket.ref, ticket=ticket if self.shows_ticket else None)


class FetchingVendor(CreatingVendor):
    """Also serves single tickets."""

    async def fetch_ticket(self, ref: TicketRef) -> Ticket:
        return next(ticket for ticket in self.tickets if ticket.ref == ref)
