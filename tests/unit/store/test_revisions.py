"""Every single change is told exactly, and to everyone the same."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.journal import QUEUES, cache_path, open_cache, statement
from support.strategies import tickets
from tui.domain.diff import Position
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.person import Person
from tui.domain.revision import Present, Revision, Revisions
from tui.domain.ticket import Status, Ticket, TicketRef
from tui.store.cache import TicketCache
from tui.store.revisions import _OF_TICKET, HISTORY_LIMIT

HOUR = timedelta(hours=1)
WHOLE = WorkspaceHealth(state=HealthState.OK, as_of=NOON)

Step = Callable[[TicketCache], object]
State = dict[TicketRef, Ticket]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Return something to do to a queue."""
    workspace = draw(st.sampled_from(["qp", "klink"]))
    ids = st.sampled_from("123")
    if draw(st.booleans()):
        shown = [
            replace(each, ref=TicketRef(workspace, each.ref.id))
            for each in draw(st.lists(tickets(ids), max_size=4))
        ]
        gone = [TicketRef(workspace, each) for each in draw(st.lists(ids, max_size=2))]
        return lambda cache: cache.apply(workspace, shown, gone)
    seen = {TicketRef(workspace, each) for each in draw(st.sets(ids))}
    return lambda cache: cache.finish_sweep(workspace, seen)


def start_of(cache: TicketCache) -> tuple[Position, State]:
    """Return what a reader begins with."""
    present = cache.revisions_since(None)
    assert isinstance(present, Present)
    return present.position, {ticket.ref: ticket for ticket in present.tickets}


def told_since(cache: TicketCache, position: Position, limit: int = 10_000) -> list[Revision]:
    """Return all revisions since a position, read by so many at once."""
    found: list[Revision] = []
    while True:
        answer = cache.revisions_since(position, limit=limit)
        assert isinstance(answer, Revisions)
        assert len(answer.revisions) <= limit
        found += answer.revisions
        position = answer.position
        if not answer.has_more:
            return found


def replay(state: Mapping[TicketRef, Ticket], revisions: list[Revision]) -> State:
    """Return what the revisions make of a state; each must fit to the one before."""
    now = dict(state)
    for each in revisions:
        assert each.before == now.get(each.ref)
        assert (each.existed, each.exists) == (each.before is not None, each.after is not None)
        if each.after is None:
            del now[each.ref]
        else:
            now[each.ref] = each.after
    return now


class TestTheLaw:
    @given(doings=st.lists(steps(), max_size=12), limit=st.integers(1, 5))
    def test_from_any_position_the_revisions_lead_to_the_present(
        self, doings: list[Step], limit: int
    ) -> None:
        cache = open_cache(None)
        starts = [start_of(cache)]
        for do in doings:
            do(cache)
            starts.append(start_of(cache))
        present = starts[-1][1]

        everything = told_since(cache, starts[0][0])
        for position, state in starts:
            revisions = told_since(cache, position, limit)
            assert replay(state, revisions) == present
            assert revisions == [each for each in everything if each.n > position.n]

    @given(doings=st.lists(st.tuples(steps(), st.booleans(), st.booleans()), max_size=12))
    def test_readers_at_any_pace_are_told_the_same(
        self, doings: list[tuple[Step, bool, bool]]
    ) -> None:
        clock = FakeClock()
        cache = open_cache(None, clock=clock)
        position, _ = start_of(cache)
        told: tuple[list[Revision], list[Revision]] = ([], [])
        positions = [position, position]
        for do, *looks in [*doings, (lambda _: None, True, True)]:
            do(cache)
            clock._now += HOUR
            for reader, is_looking in enumerate(looks):
                if is_looking:
                    answer = cache.revisions_since(positions[reader])
                    assert isinstance(answer, Revisions)
                    told[reader].extend(answer.revisions)
                    positions[reader] = answer.position

        # `==` does not compare when tickets were confirmed.
        assert repr(told[0]) == repr(told[1])


class TestHistory:
    @given(doings=st.lists(steps(), max_size=12))
    def test_it_is_what_the_revisions_tell_of_the_ticket_but_its_coming(
        self, doings: list[Step]
    ) -> None:
        cache = open_cache(None)
        position, _ = start_of(cache)
        for do in doings:
            do(cache)
        everything = told_since(cache, position)

        for ref in {each.ref for each in everything}:
            changes = [each for each in everything if each.ref == ref and each.existed]
            assert repr(cache.history(ref)) == repr(tuple(reversed(changes)))

    def test_of_many_changes_the_newest_are_told(self) -> None:
        cache = open_cache(None)
        for number in range(HISTORY_LIMIT + 3):
            cache.apply("qp", [make_ticket(title=str(number))])

        found = cache.history(TicketRef("qp", "1"))

        titles = [each.after.title for each in found if each.after]
        assert titles == [str(n) for n in range(HISTORY_LIMIT + 2, 2, -1)]

    def test_what_is_older_than_the_retention_is_not_told(self) -> None:
        clock = FakeClock()
        cache = open_cache(None, clock=clock, retention=HOUR)
        for title in ("first", "second"):
            cache.apply("qp", [make_ticket(title=title)])
        clock._now += 2 * HOUR
        cache.apply("qp", [make_ticket(title="third")])
        cache.finish_sweep("qp", {TicketRef("qp", "1")})

        (only,) = cache.history(TicketRef("qp", "1"))

        assert (only.before and only.before.title, only.at) == ("second", NOON + 2 * HOUR)

    def test_texts_that_are_not_stored_are_told_as_far_as_this_process_has_them(self) -> None:
        cache = open_cache(None, store_bodies=False)
        cache.apply("qp", [make_ticket(body="customer's words")])
        cache.apply("qp", [make_ticket(body="customer's words", status=Status.PENDING)])

        (only,) = cache.history(TicketRef("qp", "1"))

        assert only.after is not None
        assert (only.after.body, only.after.status) == ("customer's words", Status.PENDING)

    def test_it_is_found_by_an_index(self) -> None:
        cache = open_cache(None)
        with cache._file._database.plain() as connection:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {_OF_TICKET}", (1, "1", 1)).fetchall()

        assert not [step for *_, step in plan if step.startswith("SCAN changes")]
        assert "changes_of_ticket" in str(plan)


class TestRevisionsSince:
    def test_two_quick_changes_are_two_and_each_has_its_moment(self) -> None:
        clock = FakeClock()
        cache = open_cache(None, clock=clock)
        position, _ = start_of(cache)
        versions = [make_ticket(title=title) for title in ("a", "b", "a")]
        for version in versions:
            cache.apply("qp", [version])
            clock._now += HOUR
        clock._now += HOUR
        cache.apply("qp", [], [versions[0].ref])
        a, b, _ = versions

        found = told_since(cache, position)

        assert [(each.n, each.at, each.before, each.after) for each in found] == [
            (1, NOON, None, a),
            (2, NOON + HOUR, a, b),
            (3, NOON + 2 * HOUR, b, a),
            (4, NOON + 4 * HOUR, a, None),
        ]

    def test_tickets_are_confirmed_when_it_happened_and_removed_ones_when_last_shown(self) -> None:
        clock = FakeClock()
        cache = open_cache(None, clock=clock)
        cache.apply("qp", [make_ticket()])
        position, _ = start_of(cache)
        clock._now += HOUR
        cache.apply("qp", [make_ticket(title="Changed", confirmed_at=NOON + HOUR)])
        cache.apply("qp", [make_ticket(title="Changed", confirmed_at=NOON + 2 * HOUR)])
        clock._now += 3 * HOUR
        cache.apply("qp", [], [make_ticket().ref])

        changed, removed = told_since(cache, position)

        assert changed.after is not None
        assert changed.after.confirmed_at == changed.at == NOON + HOUR
        assert removed.before is not None
        assert removed.before.confirmed_at == NOON + 2 * HOUR

    def test_what_the_first_complete_sweep_brings_is_no_news_whenever_it_is_read(self) -> None:
        cache = open_cache(None)
        position, _ = start_of(cache)
        cache.apply("qp", [make_ticket("1")])
        cache.apply("klink", [make_ticket("1", workspace="klink")])
        (early, _) = told_since(cache, position)
        cache.set_health("qp", WorkspaceHealth(pages_done=1))
        cache.apply("qp", [make_ticket("2")])
        cache.set_health("qp", WHOLE)
        cache.apply("qp", [make_ticket("3")])
        cache.set_health("qp", replace(WHOLE, as_of=NOON + HOUR))

        found = {str(each.ref): each.is_news for each in told_since(cache, position)}

        assert early.is_news is False
        assert found == {"qp/1": False, "klink/1": False, "qp/2": False, "qp/3": True}

    def test_what_is_read_again_after_a_purge_is_no_news(self) -> None:
        cache = open_cache(None)
        cache.set_health("qp", WHOLE)
        cache.purge()
        position, _ = start_of(cache)
        cache.apply("qp", [make_ticket()])

        assert [each.is_news for each in told_since(cache, position)] == [False]

    def test_other_queues_are_left_out_and_one_queue_may_have_two_names(
        self, tmp_path: Path
    ) -> None:
        both = open_cache(tmp_path)
        twice = open_cache(tmp_path, queues={"a": QUEUES["qp"], "b": QUEUES["qp"]})
        position, _ = start_of(twice)
        for number in range(3):
            both.apply("klink", [make_ticket(str(number), workspace="klink")])
        both.apply("qp", [make_ticket()])

        found = told_since(twice, position, limit=2)

        assert [str(each.ref) for each in found] == ["a/1", "b/1"]

    def test_positions_that_are_gone_are_answered_with_the_present(self, tmp_path: Path) -> None:
        clock = FakeClock()
        cache = open_cache(tmp_path, clock=clock, retention=HOUR)
        early, _ = start_of(cache)
        cache.set_health("qp", WHOLE)
        cache.apply("qp", [make_ticket()])
        clock._now += 2 * HOUR
        cache.finish_sweep("qp", {make_ticket().ref})
        here, _ = start_of(cache)

        void = [early, Position("elsewhere", here.n), replace(here, n=here.n + 1)]
        answers = [cache.revisions_since(each) for each in void]
        cache.purge()
        answers.append(cache.revisions_since(here))

        assert [each.tickets for each in answers if isinstance(each, Present)] == [
            *[(make_ticket(),)] * 3,
            (),
        ]
        assert [each.health["qp"].as_of for each in answers] == [*[NOON] * 3, None]


class TestUntil:
    def test_it_is_the_last_write_or_if_settled_the_present(self) -> None:
        clock = FakeClock()
        cache = open_cache(None, clock=clock)
        cache.apply("qp", [make_ticket("1")])
        position, _ = start_of(cache)
        clock._now += HOUR
        cache.apply("qp", [make_ticket("2")])
        clock._now += HOUR

        assert cache.revisions_since(position).until == NOON + HOUR
        assert cache.revisions_since(position, settled=True).until == NOON + 2 * HOUR

    def test_of_a_part_it_is_where_the_part_ends(self) -> None:
        clock = FakeClock()
        cache = open_cache(None, clock=clock)
        position, _ = start_of(cache)
        ends: list[datetime] = []
        for number in range(3):
            cache.apply("qp", [make_ticket(str(number))])
            clock._now += HOUR
        while True:
            part = cache.revisions_since(position, settled=True, limit=1)
            assert isinstance(part, Revisions)
            ends.append(part.until)
            position = part.position
            if not part.has_more:
                break

        assert ends == [NOON, NOON + HOUR, NOON + 3 * HOUR]

    def test_settled_waits_for_a_write_that_is_under_way(self, tmp_path: Path) -> None:
        from concurrent.futures import ThreadPoolExecutor
        from threading import Event

        writer, reader = open_cache(tmp_path), open_cache(tmp_path)
        position, _ = start_of(reader)
        begun, may_end = Event(), Event()

        def write(connection: object) -> None:
            begun.set()
            may_end.wait(5)

        with ThreadPoolExecutor(2) as pool:
            writing = pool.submit(writer._file.write, write)
            assert begun.wait(5)
            assert reader.revisions_since(position).position == position
            reading = pool.submit(lambda: reader.revisions_since(position, settled=True))
            assert not reading.done()
            may_end.set()
            writing.result(5)
            assert reading.result(5).position == position


class TestDamage:
    @pytest.mark.parametrize(
        "harm",
        [
            "UPDATE changes SET before = x'00' WHERE n = 2",
            "UPDATE changes SET before = NULL WHERE n = 2",
            "UPDATE changes SET before = x'' WHERE n = 2",
            "UPDATE changes SET checksum = checksum + 1 WHERE n = 2",
            "UPDATE changes SET checksum = NULL WHERE n = 2",
        ],
    )
    def test_a_past_state_that_cannot_be_read_costs_no_event(
        self, tmp_path: Path, harm: str
    ) -> None:
        cache = open_cache(tmp_path)
        position, _ = start_of(cache)
        versions = [make_ticket(title=title) for title in "abc"]
        for version in versions:
            cache.apply("qp", [version])
        statement(cache_path(tmp_path), harm)
        _, b, c = versions

        found = told_since(cache, position)

        assert [(each.before, each.after) for each in found] == [(None, None), (None, b), (b, c)]
        assert [(each.existed, each.exists) for each in found] == [
            (False, True),
            *[(True, True)] * 2,
        ]

    @pytest.mark.parametrize(
        "harm",
        [
            "UPDATE tickets SET checksum = 1",
            "UPDATE changes SET at = 9000000000000000000",
        ],
    )
    def test_a_present_state_that_cannot_be_read_is_a_damaged_file(
        self, tmp_path: Path, harm: str
    ) -> None:
        cache = open_cache(tmp_path)
        position, _ = start_of(cache)
        cache.apply("qp", [make_ticket()])
        statement(cache_path(tmp_path), harm)

        answer = cache.revisions_since(position)

        assert isinstance(answer, Present), "of the file that was begun anew"
        assert answer.tickets == ()


class TestWithoutTexts:
    def test_who_polls_tells_its_texts_and_nobody_else_has_any(self, tmp_path: Path) -> None:
        poller = open_cache(tmp_path, store_bodies=False)
        viewer = open_cache(tmp_path, store_bodies=False)
        position, _ = start_of(poller)
        ticket = make_ticket(title="CANARY", body="CANARY", customer=Person("CANARY"))
        poller.apply("qp", [ticket])
        poller.apply("qp", [replace(ticket, status=Status.RESOLVED)])

        ours, theirs = told_since(poller, position)[1], told_since(viewer, position)[1]

        assert (ours.before, ours.after) == (ticket, replace(ticket, status=Status.RESOLVED))
        assert theirs.before is not None
        assert (theirs.before.title, theirs.before.status) == ("", Status.OPEN)
