"""Counts of saved views, kept by counting changes."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.service import FakeService, world
from tui.app.mirror import QueueMirror
from tui.app.queue_view import QueueView
from tui.app.view_counts import SLICE, ViewCounts
from tui.domain.activity import Novelty
from tui.domain.acts import Act, ActKind
from tui.domain.diff import ChangeSet, Position, Reset, Totals
from tui.domain.query import QueryContext, parse_query
from tui.domain.ticket import Priority, Status, TicketRef

QUERIES = tuple(
    map(
        parse_query,
        ("is:overdue", "", "is:unseen", "voucher", "is:snoozed", "is:stale", "is:marked"),
    )
)


class _Watched:
    """A mirror, and the counts of what it shows."""

    def __init__(self, service: FakeService) -> None:
        self.service = service
        self.now = NOON
        self.mirror = QueueMirror(service)
        self.mirror.pull(NOON)
        self.marked: frozenset[TicketRef] = frozenset()
        self.stale: tuple[str, ...] = ()
        self.counts = ViewCounts(self.mirror, QUERIES)
        self.finish()

    def context(self) -> QueryContext:
        return QueryContext(
            now=self.now,
            novelties=self.mirror.novelties,
            acts=self.mirror.acts,
            marked=self.marked,
            stale=self.stale,
        )

    def finish(self) -> None:
        while self.counts.is_counting:
            self.counts.go_on(self.context())

    def pull(self) -> None:
        self.counts.take(self.mirror.pull(self.now).refs, self.context())
        self.finish()

    def is_right(self) -> bool:
        """Whether each count is that of a list with the same query."""
        return all(
            self.counts.count(place, scope)
            == len(
                QueueView(
                    self.mirror.tickets,
                    self.now,
                    workspaces=scope,
                    query=query,
                    context=lambda _: self.context(),
                )
            )
            for place, query in enumerate(QUERIES)
            for scope in ((), ("qp",), ("inbox", "klink"))
        )


def _change(watched: _Watched, rng: random.Random) -> None:
    tickets = list(watched.mirror.tickets.values())
    some = rng.sample(tickets, min(len(tickets), 4))
    service = watched.service
    steps: tuple[Callable[[], object], ...] = (
        lambda: service.queue.apply([replace(each, status=Status.RESOLVED) for each in some]),
        lambda: service.queue.apply([replace(each, title="voucher") for each in some]),
        lambda: service.queue.apply([replace(each, priority=Priority.HIGH) for each in some]),
        lambda: service.queue.apply((), [each.ref for each in some]),
        lambda: service.unseen.update({each.ref: Novelty.NEW for each in some}),
        lambda: service.mark_seen([each.ref for each in some]),
        lambda: service.act(Act(ActKind.SNOOZE, until=NOON + timedelta(hours=9)), some),
        lambda: service.act(Act(ActKind.WAKE), some),
        lambda: setattr(watched, "marked", frozenset(each.ref for each in some)),
        lambda: setattr(watched, "stale", (some[0].ref.workspace,) if some else ()),
    )
    rng.choice(steps)()
    watched.pull()


@given(st.integers(0, 10_000))
def test_counts_agree_with_lists_whatever_changes(seed: int) -> None:
    rng = random.Random(seed)
    service = world(NOON, 30, seed=seed)
    service.now = NOON
    watched = _Watched(service)
    for _ in range(6):
        _change(watched, rng)
        assert watched.is_right()


def test_time_changes_counts_without_a_poll() -> None:
    watched = _Watched(world(NOON, 100))
    before = watched.counts.count(0)
    watched.now += timedelta(hours=40)
    watched.counts.take(watched.mirror.advance(watched.now).refs, watched.context())

    assert watched.is_right()
    assert watched.counts.count(0) != before


def test_the_first_count_goes_in_slices_and_tells_nothing_before_its_end() -> None:
    service = world(NOON, SLICE + 1)
    mirror = QueueMirror(service)
    mirror.pull(NOON)
    counts, context = ViewCounts(mirror, QUERIES), QueryContext(now=NOON)

    counts.go_on(context)
    assert counts.is_counting
    assert counts.count(0) is None
    assert counts.count(1) == SLICE + 1, "what shows everything needs no asking"

    counts.go_on(context)
    assert counts.count(0) == len(mirror.overdue)


def test_while_only_a_part_of_the_queue_is_there_no_view_is_counted_but_that_of_all() -> None:
    tickets = tuple(make_ticket(str(number), flagged_overdue=number < 9) for number in range(20))
    totals = {"qp": Totals(tickets=20, open=20, overdue=9, critical=0, pressing=9)}
    source = _Parts(
        Reset(position=Position("what is stored", 0), tickets=tickets[:5], totals=totals),
        Reset(position=Position("whole", 1), tickets=tickets),
    )
    mirror, context = QueueMirror(source), QueryContext(now=NOON)
    mirror.pull(NOON)
    counts = ViewCounts(mirror, QUERIES)
    counts.go_on(context)
    assert [counts.count(place) for place in (0, 1, 3)] == [None, 20, None]

    counts.take(mirror.pull(NOON).refs, context)
    while counts.is_counting:
        counts.go_on(context)
    view = QueueView(mirror.tickets, NOON, query=QUERIES[3])
    assert [counts.count(place) for place in (0, 1, 3)] == [len(mirror.overdue), 20, len(view)]


class _Parts(FakeService):
    """Tells of the queue in parts."""

    def __init__(self, *parts: Reset) -> None:
        super().__init__((), ())
        self._parts = list(parts)

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        return self._parts.pop(0)


def test_only_views_that_ask_for_time_are_counted_anew_by_the_minute() -> None:
    mirror = QueueMirror(world(NOON, 10))
    mirror.pull(NOON)
    for text, is_timed in (("is:overdue", False), ("age:1h+", True)):
        counts = ViewCounts(mirror, [parse_query(text)])
        counts.go_on(QueryContext(now=NOON))
        counts.minute_passed()
        assert counts.is_counting is is_timed


def test_very_many_changes_at_once_go_in_slices_too() -> None:
    watched = _Watched(world(NOON, 2 * SLICE))
    tickets = list(watched.mirror.tickets.values())
    watched.service.queue.apply([replace(each, title="voucher") for each in tickets])
    touched = watched.mirror.pull(NOON)

    watched.counts.take(touched.refs, watched.context())
    assert watched.counts.is_counting
    watched.finish()
    assert watched.counts.count(3) == len(tickets)
