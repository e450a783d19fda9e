"""Reading a workspace's pages while the list may move under them: all of them, or a few.

A sweep is one complete pass; a light poll reads the pages that a plan chose.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tui.domain.page import TICKETS_LIMIT, Page, PageKey, Skipped
from tui.domain.ports import PassKeeper, Vendor
from tui.domain.ticket import TicketRef
from tui.engine.reading import PageReading, Progress, Take, read_page

TRIES_TO_SETTLE = 3
"""Passes over a section that loses tickets while it is read, before what came is taken."""
BARREN_PAGES = 3
"""Pages in a row without one readable ticket, before a section counts as ended."""
PAGES_LIMIT = 20_000
"""A section longer than this is a vendor that never says stop."""


@dataclass(slots=True)
class SweepReport:
    """What a sweep saw."""

    seen: set[TicketRef] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    defects: int = 0
    missing: int = 0
    """Tickets that the vendor counts but did not show."""
    calls: int = 0
    repeats: bool = False
    """Whether a section ended because a page came again, with no total to tell whether it ended."""
    doubled: int = 0
    """Tickets on a page with the id of another on it; only the last of them is kept."""
    relisted: set[TicketRef] = field(default_factory=set)
    """Tickets that came in more than one section."""
    is_cut: bool = False
    """Whether it ended before the list did, because that is too long."""
    settled: bool = True
    """Whether the list stood still, as far as a single pass can tell."""
    readings: list[PageReading] = field(default_factory=list)
    """Every call, in its order; pages that were read again are in it again."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the vendor may not have shown everything, a line each."""
        lines: list[str] = []
        if self.is_cut:
            read = len(self.seen) + len(self.skipped)
            lines.append(f"more than {read:,} tickets, the rest is not read: choose a smaller list")
        if self.repeats:
            lines.append("the vendor showed a page twice; there may be more tickets")
        if self.doubled:
            lines.append(f"tickets under an id that another has: {self.doubled:,}")
        if self.relisted:
            lines.append(f"tickets listed under several statuses: {len(self.relisted):,}")
        return tuple(lines)


@dataclass(slots=True)
class PagesReport:
    """What a light poll saw."""

    readings: list[PageReading] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    defects: int = 0

    @property
    def calls(self) -> int:
        return len(self.readings)


FollowUp = Callable[[Sequence[PageReading]], Sequence[PageKey]]
"""Is told what was read, and answers what to read on top of it."""


async def read_pages(
    vendor: Vendor,
    pages: Sequence[PageKey],
    take: Take,
    progress: Progress,
    *,
    follow_up: FollowUp = lambda _readings: (),
) -> PagesReport:
    """Read these pages in the order of the list, then what `follow_up` asks for.

    Each is handed to `take` as it comes. Raises what `fetch_page` raises; the pages before were
    taken.
    """
    _begin_pass(vendor, whole=False)
    report = PagesReport()
    waiting = sorted(pages)
    known = len(waiting)
    while waiting:
        page, reading = await read_page(vendor, waiting.pop(0), take)
        report.readings.append(reading)
        report.skipped += page.skipped
        report.defects += page.defects
        if not waiting and report.calls == len(pages):
            waiting = sorted(follow_up(report.readings))
            known += len(waiting)
        await progress(report.calls, known)
    return report


async def sweep(vendor: Vendor, take: Take, progress: Progress) -> SweepReport:
    """Read every page of every section and hand each to `take` as it comes.

    Raises what `fetch_page` raises; the pages before were taken.
    """
    _begin_pass(vendor, whole=True)
    report = SweepReport()
    for section in range(vendor.sections):
        tries = 0
        seen: set[TicketRef] = set()
        while True:
            reading = _SectionReading(section)
            await reading.read(vendor, take, progress, report)
            tries += 1
            report.calls += reading.pages
            seen |= reading.seen
            if not reading.lost_some or report.is_cut or tries == TRIES_TO_SETTLE:
                break
        report.settled = report.settled and not (reading.lost_some or reading.repeats)
        report.repeats = report.repeats or (reading.repeats and not reading.missing)
        report.doubled += reading.doubled
        report.relisted |= report.seen & seen
        report.seen |= seen
        report.skipped += reading.skipped
        report.defects += reading.defects
        report.missing += reading.missing
    if report.is_cut:
        report.settled, report.missing = False, 0
    report.settled = report.settled and report.missing == 0
    return report


def _begin_pass(vendor: Vendor, *, whole: bool) -> None:
    if isinstance(vendor, PassKeeper):
        vendor.begin_pass(whole=whole)


class _SectionReading:
    """One pass over one section."""

    def __init__(self, section: int) -> None:
        self.section = section
        self.seen: set[TicketRef] = set()
        self.skipped: list[Skipped] = []
        self.defects = 0
        self.pages = 0
        self.lost_some = False
        """Whether the list shrank while it was read, so that a ticket may have slipped by."""
        self.repeats = False
        """Whether it ended because a page came again, not because the list ended."""
        self.doubled = 0
        self._total: int | None = None
        self._page_size = 0
        self._barren = 0

    @property
    def missing(self) -> int:
        if self._total is None:
            return 0
        return max(0, self._total - len(self.seen) - len(self.skipped))

    async def read(
        self,
        vendor: Vendor,
        take: Take,
        progress: Progress,
        report: SweepReport,
    ) -> None:
        while True:
            page, reading = await read_page(vendor, PageKey(self.section, self.pages), take)
            report.readings.append(reading)
            self.pages += 1
            ended = self._count(page)
            self._page_size = max(self._page_size, page.count)
            known = None
            if self._total is not None and vendor.sections == 1:
                pages = -(-min(self._total, TICKETS_LIMIT) // max(1, self._page_size))
                known = report.calls + max(self.pages, pages)
            await progress(report.calls + self.pages, known)
            if ended:
                return
            before = len(report.seen) + len(report.skipped)
            tickets = before + len(self.seen) + len(self.skipped)
            if tickets >= TICKETS_LIMIT or self.pages == PAGES_LIMIT:
                report.is_cut = True
                return

    def _count(self, page: Page) -> bool:
        """Add the page up; return whether the section ends with it."""
        refs = {ticket.ref for ticket in page.tickets} | set(page.removed)
        nothing_new = bool(refs) and refs <= self.seen and self.pages > 1
        self.seen |= refs
        self.repeats = nothing_new and page.is_last is not True
        if page.continues is False and not self.repeats:
            self.lost_some = True
        if page.total is not None:
            if self._total is not None and page.total < self._total:
                self.lost_some = True
            self._total = page.total
        if nothing_new:
            return True
        self.doubled += len(page.tickets) + len(page.removed) - len(refs)
        self.skipped += page.skipped
        self.defects += page.defects
        self._barren = 0 if refs else self._barren + 1
        if page.count == 0 or self._barren >= BARREN_PAGES:
            return True
        if page.is_last is not None:
            return page.is_last
        # A total below what came is no total: only an empty page ends such a list.
        return self._total == len(self.seen) + len(self.skipped)
