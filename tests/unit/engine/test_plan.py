from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from support.builders import NOON
from support.journal import close_opened, open_cache
from support.moving_world import Act, Desk, Move, MovingWorld, Paging
from tui.domain.page import PageKey
from tui.domain.ticket import Status, TicketRef
from tui.engine.confirmation import Confirmation
from tui.engine.plan import PagePlan
from tui.engine.reading import PageReading
from tui.engine.sweep import PagesReport, SweepReport

PER_CALL_S = 100.0


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_opened()


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def reading(
    index: int,
    *ids: str,
    total: int | None = None,
    changed: Sequence[str] = (),
    section: int = 0,
    is_last: bool | None = None,
) -> PageReading:
    refs = {name: TicketRef("qp", name) for name in ids}
    return PageReading(
        PageKey(section, index),
        frozenset(refs.values()),
        frozenset(refs[name] for name in changed),
        0,
        len(ids),
        total,
        is_last,
    )


def swept(*readings: PageReading, settled: bool = True, missing: int = 0) -> SweepReport:
    return SweepReport(
        seen={ref for each in readings for ref in each.refs},
        readings=list(readings),
        calls=len(readings),
        settled=settled,
        missing=missing,
    )


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


def five_pages() -> PagePlan:
    """Return a plan that has swept 50 tickets on 5 pages at noon."""
    plan = PagePlan(1)
    pages = [reading(i, *numbers(10 * i, 10 * i + 9), total=50) for i in range(5)]
    plan.learn_sweep(swept(*pages), at(0))
    return plan


def chosen(plan: PagePlan, seconds: float, affordable: int = 1) -> list[int]:
    pages = plan.next_pages(affordable, now=at(seconds), seconds_per_call=PER_CALL_S)
    return [key.index for key in pages]


def desk(paging: Paging, tickets: int, **values: object) -> Desk:
    world = MovingWorld(paging)
    for _ in range(tickets):
        world.add(len(world.tickets), Status.NEW)
    return Desk(world, open_cache(None), PagePlan(world.sections), **values)  # type: ignore[arg-type]  # a test's shorthand


class TestChoice:
    def test_the_first_poll_is_a_sweep(self) -> None:
        plan = PagePlan(1)

        assert plan.needs_sweep
        assert chosen(plan, 0) == []

    def test_at_first_changes_are_expected_on_the_first_and_the_last_page(self) -> None:
        plan = five_pages()
        assert chosen(plan, 50) == [0]
        plan.learn_pages(PagesReport([reading(0, *numbers(0, 9), total=50)]), at(50))

        assert chosen(plan, 99) == [4]

    def test_the_page_where_changes_are_seen_is_read_most(self) -> None:
        plan = five_pages()
        for _ in range(9):
            page = reading(3, *numbers(30, 39), total=50, changed=["33"])
            plan.learn_pages(PagesReport([page]), at(9))
        polls = [read_and_learn(plan, PER_CALL_S * poll) for poll in range(1, 61)]
        read = [index for pages in polls for index in pages]

        assert read.count(3) > len(read) // 2 - 6
        assert all(read.count(index) < read.count(3) / 2 for index in (0, 1, 2, 4))

    def test_every_page_is_read_within_the_round(self) -> None:
        plan = five_pages()
        round_s = plan.round_s(PER_CALL_S)
        read_at = dict.fromkeys(range(5), 0.0)
        for poll in range(1, 80):
            for index in read_and_learn(plan, PER_CALL_S * poll):
                read_at[index] = PER_CALL_S * poll
            oldest = min(read_at.values())
            assert PER_CALL_S * poll - oldest <= round_s + 3 * PER_CALL_S

    @pytest.mark.parametrize("affordable", [1, 2, 3])
    def test_never_more_than_is_affordable(self, affordable: int) -> None:
        plan = five_pages()

        for poll in range(1, 40):
            assert (
                1
                <= len(read_and_learn(plan, PER_CALL_S * affordable * poll, affordable))
                <= affordable
            )

    def test_a_poll_that_would_read_every_page_is_a_sweep(self) -> None:
        plan = five_pages()

        assert chosen(plan, 10 * PER_CALL_S, affordable=5) == []
        assert plan.needs_sweep

    def test_one_page_is_always_swept(self) -> None:
        plan = PagePlan(1)
        plan.learn_sweep(swept(reading(0, "1", total=1)), at(0))

        assert plan.round_s(PER_CALL_S) == 0
        assert chosen(plan, 1) == []

    def test_a_sweep_waits_while_fewer_calls_are_left_than_it_takes(self) -> None:
        plan = five_pages()
        plan.needs_sweep = True

        assert len(plan.next_pages(1, now=at(50), seconds_per_call=PER_CALL_S, left=4)) == 1
        assert plan.needs_sweep
        assert plan.next_pages(1, now=at(60), seconds_per_call=PER_CALL_S, left=5) == ()

    def test_without_proof_for_two_rounds_a_sweep_is_made(self) -> None:
        plan = five_pages()

        assert chosen(plan, 2 * plan.round_s(PER_CALL_S) - 1) != []
        assert chosen(plan, 2 * plan.round_s(PER_CALL_S)) == []

    def test_where_no_total_proves_anything_a_round_is_a_sweep(self) -> None:
        plan = PagePlan(1)
        pages = [reading(i, *numbers(10 * i, 10 * i + 9), is_last=i == 4) for i in range(5)]
        plan.learn_sweep(swept(*pages), at(0))
        round_s = plan.round_s(PER_CALL_S)

        assert chosen(plan, round_s - 1) == [0]
        assert chosen(plan, round_s) == []

    def test_a_change_of_everything_at_once_does_not_make_a_page_hot_for_ever(self) -> None:
        plan = five_pages()
        for _ in range(3):
            plan.learn_pages(PagesReport([reading(1, "10", total=50, changed=["10"])]), at(1))
        everything = numbers(20, 29)
        plan.learn_pages(
            PagesReport([reading(2, *everything, total=50, changed=everything)]), at(2)
        )
        for _ in range(6):
            plan.learn_pages(PagesReport([reading(1, "10", total=50, changed=["10"])]), at(3))

        assert plan.follow_up([reading(0, *numbers(0, 9), total=51)]) == (PageKey(0, 1),)

    def test_what_came_at_the_old_end_is_expected_at_the_new_one(self) -> None:
        plan = five_pages()
        last = reading(4, *numbers(40, 49), total=50, changed=numbers(40, 49))
        plan.learn_pages(PagesReport([last]), at(10))
        pages = [reading(i, *numbers(10 * i, 10 * i + 9), total=51) for i in range(5)]
        plan.learn_sweep(swept(*pages, reading(5, "50", total=51, changed=["50"])), at(20))

        assert plan.pages == 6
        assert chosen(plan, 30) == [5]


def read_and_learn(plan: PagePlan, seconds: float, affordable: int = 1) -> list[int]:
    """Poll a list that stands still."""
    pages = chosen(plan, seconds, affordable)
    readings = [reading(i, *numbers(10 * i, 10 * i + 9), total=50) for i in pages]
    plan.learn_pages(PagesReport(readings), at(seconds))
    return pages


class TestMovement:
    def test_a_total_that_the_new_tickets_explain_needs_no_sweep(self) -> None:
        plan = five_pages()
        plan.learn_pages(
            PagesReport([reading(0, "new", *numbers(0, 8), total=49 + 1, changed=["new"])]), at(9)
        )
        assert plan.needs_sweep, "one came and one is gone"

        plan = five_pages()
        pages = [reading(i, *numbers(10 * i, 10 * i + 9), total=45) for i in range(4)]
        plan.learn_sweep(swept(*pages, reading(4, *numbers(40, 44), total=45)), at(1))
        plan.learn_pages(
            PagesReport([reading(0, "new", *numbers(0, 8), total=46, changed=["new"])]), at(9)
        )
        assert not plan.needs_sweep

    @pytest.mark.parametrize("total", [49, 51, 60])
    def test_any_other_total_needs_one(self, total: int) -> None:
        plan = five_pages()
        plan.learn_pages(PagesReport([reading(0, *numbers(0, 9), total=total)]), at(9))

        assert plan.needs_sweep

    def test_a_total_that_rose_on_another_page_is_followed_to_the_hottest(self) -> None:
        plan = five_pages()
        plan.learn_pages(
            PagesReport([reading(4, *numbers(40, 49), total=50, changed=["44"])]), at(9)
        )

        assert plan.follow_up([reading(2, *numbers(20, 29), total=51)]) == (PageKey(0, 4),)
        assert plan.follow_up([reading(2, *numbers(20, 29), total=50)]) == ()
        assert plan.follow_up([reading(4, *numbers(40, 49), total=51)]) == ()

    def test_a_page_that_should_be_there_and_came_empty_needs_a_sweep(self) -> None:
        plan = five_pages()
        plan.learn_pages(PagesReport([reading(4, total=50)]), at(9))

        assert plan.needs_sweep

    @pytest.mark.parametrize(
        ("now", "is_needed"),
        [
            (reading(2, "20", "21", is_last=True), False),
            (reading(2, "20", "21", "22", is_last=True, changed=["22"]), False),
            (reading(2, "19", "20", "21", is_last=True), True),
            (reading(2, "20", is_last=True), True),
            (reading(2, is_last=True), True),
            (reading(1, *numbers(10, 17), is_last=True), True),
            (reading(2, *numbers(20, 29), is_last=False), True),
        ],
        ids=["same", "explained", "grew", "shrank", "empty", "ends sooner", "goes on"],
    )
    def test_without_a_total_it_is_the_short_page_that_tells(
        self, now: PageReading, *, is_needed: bool
    ) -> None:
        plan = PagePlan(1)
        full = [reading(i, *numbers(10 * i, 10 * i + 9), is_last=False) for i in range(2)]
        plan.learn_sweep(swept(*full, reading(2, "20", "21", is_last=True)), at(0))
        plan.learn_pages(PagesReport([now]), at(9))

        assert plan.needs_sweep == is_needed

    def test_a_ticket_that_went_from_one_section_to_another_explains_both_totals(self) -> None:
        plan = PagePlan(2)
        before = [
            reading(0, "1", "2", total=2),
            reading(0, "3", total=1, section=1),
        ]
        plan.learn_sweep(swept(*before), at(0))
        plan.learn_pages(
            PagesReport([reading(0, "2", "3", total=2, section=1, changed=["2"])]), at(9)
        )
        plan.learn_pages(PagesReport([reading(0, "1", total=1)]), at(19))

        assert not plan.needs_sweep

    def test_a_ticket_in_two_sections_of_one_poll_needs_a_sweep(self) -> None:
        plan = PagePlan(2)
        plan.learn_sweep(
            swept(reading(0, "1", "2", total=2), reading(0, "3", total=1, section=1)), at(0)
        )
        plan.learn_pages(
            PagesReport([reading(0, "1", "2", total=2), reading(0, "2", "3", total=2, section=1)]),
            at(9),
        )

        assert plan.needs_sweep


class TestProof:
    def test_as_of_is_the_beginning_of_a_sweep_whether_it_proves_anything_or_not(self) -> None:
        plan = PagePlan(1)

        proof = plan.learn_sweep(swept(reading(0, "1", total=2), settled=False, missing=1), at(5))

        assert proof is None
        assert plan.as_of == at(5)

    def test_light_polls_move_as_of_once_every_page_was_read_since(self) -> None:
        plan = five_pages()
        proofs = []
        for poll in range(1, 6):
            index = poll - 1
            page = reading(index, *numbers(10 * index, 10 * index + 9), total=50)
            proofs.append(plan.learn_pages(PagesReport([page]), at(10 * poll)))

        assert plan.as_of == at(10)
        assert [proof is not None for proof in proofs] == [False, False, False, False, True]
        assert proofs[-1] == {TicketRef("qp", name) for name in numbers(0, 49)}

    def test_the_same_calls_do_not_prove_twice(self) -> None:
        plan = five_pages()
        for poll in range(1, 6):
            index = poll - 1
            page = reading(index, *numbers(10 * index, 10 * index + 9), total=50)
            plan.learn_pages(PagesReport([page]), at(10 * poll))

        again = reading(0, *numbers(0, 9), total=50)
        assert plan.learn_pages(PagesReport([again]), at(60)) is None
        assert plan.as_of == at(20), "but what is known to be whole moves on"

    def test_tickets_that_came_meanwhile_prove_nothing_of_those_that_were_there(self) -> None:
        plan = five_pages()
        pages = [reading(i, *numbers(10 * i, 10 * i + 9), total=50) for i in range(4)]
        # Ticket 49 slipped by: one before it is gone, and one came at the end.
        last = reading(4, *numbers(40, 48), "new", total=50, changed=["new"])

        assert plan.learn_sweep(swept(*pages, last), at(9)) is None

    def test_what_the_store_knew_before_this_process_began_is_known(self) -> None:
        plan = PagePlan(1)

        assert plan.learn_sweep(swept(reading(0, "1", total=1), reading(1, "2", total=2)), at(0))

    def test_in_a_new_store_nothing_can_be_missing_and_nothing_is_proven(self) -> None:
        plan = PagePlan(1)
        pages = [
            reading(0, "1", total=2, changed=["1"]),
            reading(1, "2", total=2, changed=["2"]),
        ]

        assert plan.learn_sweep(swept(*pages), at(0)) is None
        assert plan.as_of == at(0)

    def test_a_vendor_that_counts_too_few_is_found_out_and_its_sweeps_are_believed(self) -> None:
        plan = PagePlan(1)
        pages = [
            reading(0, *numbers(0, 9), total=5, changed=numbers(0, 9)),
            reading(1, *numbers(10, 15), total=5, changed=numbers(10, 15)),
        ]
        plan.learn_sweep(swept(*pages), at(0))
        again = [reading(0, *numbers(0, 9), total=5), reading(1, *numbers(10, 14), total=5)]
        proof = plan.learn_sweep(swept(*again), at(9))

        assert proof == {TicketRef("qp", name) for name in numbers(0, 14)}
        plan.learn_pages(PagesReport([again[0]]), at(19))
        assert not plan.needs_sweep, "its number of pages is not believed either"

    def test_calls_before_a_sweep_prove_nothing_after_it(self) -> None:
        confirmation = Confirmation()
        confirmation.add(reading(0, "1", total=1), at(0), fresh=())
        confirmation.forget_calls()

        assert confirmation.advance([PageKey()]) is None
        assert confirmation.take_proof() is None


class TestLateness:
    def test_is_three_paces_or_five_minutes_where_every_poll_is_a_sweep(self) -> None:
        plan = PagePlan(1)

        assert plan.late_after_s(30, 10) == 300
        assert plan.late_after_s(600, 10) == 1800

    def test_is_three_rounds_where_light_polls_are_made(self) -> None:
        plan = five_pages()

        assert plan.late_after_s(60, PER_CALL_S) == 3 * plan.round_s(PER_CALL_S)

    @pytest.mark.parametrize("paging", Paging)
    async def test_polling_as_planned_is_never_late(self, paging: Paging) -> None:
        polled = desk(paging, 130 if paging is Paging.OFFSET else 60)
        polled.world.script = iter(
            [Move(Act.ADD, 0.0)] if call % 9 == 0 else [] for call in range(10_000)
        )
        for _ in range(120):
            await polled.poll(2, after_s=PER_CALL_S)
            assert polled.plan.as_of is not None
            age = (polled.now - polled.plan.as_of).total_seconds()
            assert age < polled.plan.late_after_s(PER_CALL_S, PER_CALL_S)


class TestWorlds:
    @pytest.mark.parametrize("paging", Paging)
    async def test_most_polls_of_a_quiet_list_are_light(self, paging: Paging) -> None:
        polled = desk(paging, 300 if paging is Paging.OFFSET else 60)
        for _ in range(60):
            await polled.poll(1, after_s=PER_CALL_S)

        assert len(polled.light_calls) >= 50
        assert polled.world.calls < 150

    @pytest.mark.parametrize("paging", [Paging.NUMBERED, Paging.SECTIONED])
    async def test_a_new_ticket_is_seen_by_the_next_poll_whatever_page_that_reads(
        self, paging: Paging
    ) -> None:
        polled = desk(paging, 60)
        for _ in range(12):
            await polled.poll(1, after_s=PER_CALL_S)
        for _ in range(10):
            ticket = polled.world.add(0, Status.NEW)
            await polled.poll(1, after_s=PER_CALL_S)
            assert ticket.ref in polled.stored()

    async def test_a_removed_ticket_is_gone_after_two_proofs(self) -> None:
        polled = desk(Paging.NUMBERED, 60)
        await polled.poll(1, after_s=0)
        await polled.poll(1, after_s=PER_CALL_S)
        polled.world.happen(Move(Act.REMOVE, 0.5))
        proofs = polled.proofs
        while polled.stored() != polled.truth():
            await polled.poll(1, after_s=PER_CALL_S)

        assert polled.proofs == proofs + 2
