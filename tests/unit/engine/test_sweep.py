from collections.abc import Callable, Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import make_ticket
from support.vendors import ListVendor
from tui.domain.errors import ConnectionLost
from tui.domain.page import Page, PageKey, Skipped
from tui.domain.ports import Vendor
from tui.domain.ticket import Ticket, TicketRef
from tui.engine import sweep as sweep_module
from tui.engine.sweep import SweepReport, sweep

Told = Callable[[int, int | None], None]


async def read(vendor: Vendor, taken: list[Ticket], told: Told) -> SweepReport:
    async def take(page: Page) -> Collection[TicketRef]:
        taken.extend(page.tickets)
        return [ticket.ref for ticket in page.tickets]

    async def progress(done: int, known: int | None) -> None:
        told(done, known)

    return await sweep(vendor, take, progress)


async def run(
    vendor: Vendor, told: Told = lambda _done, _known: None
) -> tuple[SweepReport, list[Ticket]]:
    taken: list[Ticket] = []
    return await read(vendor, taken, told), taken


def tickets(count: int) -> list[Ticket]:
    return [make_ticket(str(number)) for number in range(count)]


class ScriptedVendor:
    """Answers each call with the next page of a script; the last one again and again."""

    def __init__(self, *pages: Page, sections: int = 1) -> None:
        self.pages = list(pages)
        self.sections = sections
        self.calls: list[PageKey] = []

    async def fetch_page(self, key: PageKey) -> Page:
        self.calls.append(key)
        return self.pages[min(len(self.calls), len(self.pages)) - 1]

    async def close(self) -> None:
        raise AssertionError


def page(*ids: str, **facts: object) -> Page:
    values = {"key": PageKey(), "tickets": tuple(make_ticket(name) for name in ids)} | facts
    return Page(**values)  # type: ignore[arg-type]  # a test's shorthand


class TestEnds:
    @pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (10, 1), (11, 2), (95, 10)])
    async def test_when_the_total_is_reached(self, count: int, calls: int) -> None:
        vendor = ListVendor(tickets(count))

        report, taken = await run(vendor)

        assert len(taken) == count
        assert len(vendor.calls) == report.calls == calls
        assert report.settled
        assert report.missing == 0

    async def test_at_an_empty_page_where_no_total_is_told(self) -> None:
        vendor = ListVendor(tickets(25), counts=False)

        _, taken = await run(vendor)

        assert len(taken) == 25
        assert [key.index for key in vendor.calls] == [0, 1, 2, 3]

    async def test_when_the_vendor_repeats_a_page(self) -> None:
        vendor = ScriptedVendor(page("1", total=32))

        report, _ = await run(vendor)

        assert len(vendor.calls) == 2
        assert report.missing == 31
        assert not report.settled, "31 tickets were not seen, which does not mean they are gone"

    async def test_when_a_page_comes_again_and_no_total_is_told_that_is_said(self) -> None:
        vendor = ScriptedVendor(page("1", "2", is_last=False))

        report, _ = await run(vendor)

        assert len(vendor.calls) == 2
        assert not report.settled
        assert report.doubts == ("the vendor showed a page twice; there may be more tickets",)

    @pytest.mark.parametrize("total", [0, 1, 15])
    async def test_not_at_a_total_below_what_came(self, total: int) -> None:
        vendor = ListVendor(tickets(30))
        vendor.total = total

        report, taken = await run(vendor)

        assert len(taken) == 30
        assert report.settled

    async def test_where_the_page_says_so(self) -> None:
        vendor = ScriptedVendor(page("1", is_last=False), page("2", is_last=True), page("3"))

        _, taken = await run(vendor)

        assert [ticket.ref.id for ticket in taken] == ["1", "2"]

    async def test_after_pages_in_a_row_that_nobody_can_read(self) -> None:
        broken = page(skipped=(Skipped("item 1", "no id"),))
        vendor = ScriptedVendor(page("1"), broken)

        report, _ = await run(vendor)

        assert len(report.skipped) == 3

    async def test_in_every_section(self) -> None:
        vendor = ScriptedVendor(
            page("1", is_last=True), page(is_last=True), page("3", is_last=True), sections=3
        )

        report, _ = await run(vendor)

        assert [key.section for key in vendor.calls] == [0, 1, 2]
        assert {ref.id for ref in report.seen} == {"1", "3"}


async def test_tickets_that_share_an_id_on_a_page_are_counted() -> None:
    report, _ = await run(ScriptedVendor(page("1", "1", "2", is_last=True)))

    assert report.doubts == ("tickets under an id that another has: 1",)


async def test_tickets_in_more_than_one_section_are_told() -> None:
    vendor = ScriptedVendor(page("1", "2", is_last=True), page("2", is_last=True), sections=3)

    report, _ = await run(vendor)

    assert report.doubts == ("tickets listed under several statuses: 1",)


class TestMovingList:
    async def test_a_ticket_that_slips_by_as_the_list_shrinks_is_found(self) -> None:
        vendor = ListVendor(tickets(30))

        def shrink() -> None:
            if len(vendor.calls) == 2:
                del vendor.tickets[0]

        vendor.before_call = shrink
        report, taken = await run(vendor)

        assert {ticket.ref.id for ticket in taken} == {str(number) for number in range(30)}
        assert report.settled

    async def test_a_page_that_does_not_continue_the_one_before_is_read_again(self) -> None:
        vendor = ScriptedVendor(
            page("1", "2", is_last=False),
            page("4", continues=False, is_last=True),
            page("1", "3", is_last=False),
            page("4", continues=True, is_last=True),
        )

        report, _ = await run(vendor)

        assert {ref.id for ref in report.seen} == {"1", "2", "3", "4"}
        assert report.settled

    async def test_a_last_page_of_known_tickets_that_does_not_continue_is_no_end(self) -> None:
        vendor = ScriptedVendor(
            page("1", "2", is_last=False),
            page("1", "2", continues=False, is_last=True),
            page("3", "1", is_last=False),
            page("1", "2", continues=True, is_last=True),
        )

        report, _ = await run(vendor)

        assert {ref.id for ref in report.seen} == {"1", "2", "3"}, "3 had moved to the front"

    async def test_a_list_that_never_stands_still_proves_no_absence(self) -> None:
        vendor = ListVendor(tickets(60))
        vendor.before_call = lambda: vendor.tickets.__delitem__(0)

        report, _ = await run(vendor)

        assert not report.settled

    @given(
        st.integers(0, 60),
        st.lists(st.tuples(st.integers(0, 12), st.integers(0, 59)), max_size=8),
    )
    async def test_whatever_stays_while_others_leave_is_seen(
        self, count: int, removals: list[tuple[int, int]]
    ) -> None:
        everything = tickets(count)
        vendor = ListVendor(everything)

        def remove() -> None:
            for call, number in removals:
                if call == len(vendor.calls) and number < count:
                    gone = everything[number]
                    vendor.tickets = [ticket for ticket in vendor.tickets if ticket is not gone]

        vendor.before_call = remove
        report, _ = await run(vendor)

        left = {ticket.ref for ticket in vendor.tickets}
        assert left <= report.seen or not report.settled


async def test_pages_before_a_failure_are_kept() -> None:
    vendor = ListVendor(tickets(30))
    taken: list[Ticket] = []

    def fail() -> None:
        if len(vendor.calls) == 3:
            vendor.failure = ConnectionLost("gone")

    vendor.before_call = fail
    with pytest.raises(ConnectionLost):
        await read(vendor, taken, lambda _done, _known: None)

    assert len(taken) == 20


async def test_progress_tells_pages_done_of_pages_known() -> None:
    told: list[tuple[int, int | None]] = []

    await run(ListVendor(tickets(25)), lambda done, known: told.append((done, known)))

    assert told == [(1, 3), (2, 3), (3, 3)]


class TestWithoutEnd:
    """Lists that never end, or are longer than anybody reads."""

    def endless(self, size: int, sections: int = 1) -> Vendor:
        class Endless(ScriptedVendor):
            async def fetch_page(self, key: PageKey) -> Page:
                self.calls.append(key)
                first = len(self.calls) * size
                ids = [str(number) for number in range(first, first + size)]
                return page(*ids, key=key, total=10**9)

        return Endless(sections=sections)

    async def test_it_is_read_to_the_limit_and_said_to_go_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweep_module, "TICKETS_LIMIT", 50)
        told: list[int | None] = []

        report, taken = await run(self.endless(10), lambda _done, known: told.append(known))

        assert len(taken) == 50
        assert report.doubts == (
            "more than 50 tickets, the rest is not read: choose a smaller list",
        )
        assert (report.is_cut, report.settled, report.missing) == (True, False, 0)
        assert set(told) == {5}

    async def test_what_cannot_be_read_counts_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sweep_module, "TICKETS_LIMIT", 50)
        skipped = (Skipped("page 1, item 2", "has no id"),) * 9
        pages = [page(str(number), skipped=skipped) for number in range(9)]

        report, _ = await run(ScriptedVendor(*pages))

        assert (report.is_cut, len(report.seen), len(report.skipped)) == (True, 5, 45)

    async def test_every_section_is_begun(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sweep_module, "TICKETS_LIMIT", 50)

        report, _ = await run(self.endless(10, sections=3))

        assert [each.key.section for each in report.readings] == [0] * 5 + [1, 2]

    async def test_pages_without_end_are_no_different(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweep_module, "PAGES_LIMIT", 7)

        report, taken = await run(self.endless(1))

        assert (report.is_cut, len(taken)) == (True, 7)

    async def test_a_list_that_ends_at_the_limit_is_whole(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweep_module, "TICKETS_LIMIT", 50)

        report, _ = await run(ListVendor(tickets(50), page_size=10))

        assert (report.is_cut, report.settled, report.doubts) == (False, True, ())
