"""What reading one page brought: the facts that plans and sweeps reason about, without tickets."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from tui.domain.page import Page, PageKey
from tui.domain.ports import Vendor
from tui.domain.ticket import TicketRef

Take = Callable[[Page], Awaitable[Collection[TicketRef]]]
"""Keeps a page; answers with the tickets that it added, changed or removed."""
Progress = Callable[[int, int | None], Awaitable[None]]
"""Is told the pages done and the pages known of (None while that is unknown)."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page, after it was kept."""

    key: PageKey
    refs: frozenset[TicketRef]
    """The tickets on it, those that the vendor shows as deleted among them."""
    changed: frozenset[TicketRef]
    """Those that were added, changed or removed by it."""
    unreadable: int
    count: int
    """Tickets on the wire, whatever became of them."""
    total: int | None
    is_last: bool | None


async def read_page(vendor: Vendor, key: PageKey, take: Take) -> tuple[Page, PageReading]:
    """Fetch a page and hand it to `take`. Raises what `fetch_page` raises."""
    page = await vendor.fetch_page(key)
    refs = frozenset(ticket.ref for ticket in page.tickets) | frozenset(page.removed)
    changed = frozenset(await take(page)) & refs
    return page, PageReading(
        key, refs, changed, len(page.skipped), page.count, page.total, page.is_last
    )
