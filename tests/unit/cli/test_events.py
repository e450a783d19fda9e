"""The stream of events: nothing twice, nothing from before, nothing lost, and for all the same."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.journal import QUEUES, statement
from support.strategies import tickets
from tui.cli.events import Event, EventKind, EventStream
from tui.domain.acts import LocalActs, Signed
from tui.domain.diff import Position
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.query import QueryContext, parse_query
from tui.domain.record import to_record
from tui.domain.revision import Present, Revisions
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.domain.urgency import is_overdue
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE, CacheFile

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
WHOLE = WorkspaceHealth(state=HealthState.OK, as_of=NOON)


class Journal:
    """A journal that a test fills by hand; a stream reads so many changes of it at once.

    `trouble` is what is in the way of this process alone.
    """

    def __init__(self, folder: Path | None = None, *, at_once: int = 10_000) -> None:
        self.clock = FakeClock()
        self.file = CacheFile(folder, QUEUES, clock=self.clock)
        self.cache = TicketCache(self.file)
        self.at_once = at_once
        self.trouble: WorkspaceHealth | None = None

    def close(self) -> None:
        self.file.close()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def pass_time(self, span: timedelta) -> None:
        self.clock.jump(span.total_seconds())

    def show(self, *shown: Ticket) -> None:
        for workspace in QUEUES:
            ours = [ticket for ticket in shown if ticket.ref.workspace == workspace]
            self.cache.apply(workspace, ours)

    def remove(self, *gone: TicketRef) -> None:
        for ref in gone:
            self.cache.apply(ref.workspace, [], [ref])

    def revisions_since(
        self, position: Position | None, *, settled: bool
    ) -> Future[Revisions | Present]:
        answer: Future[Revisions | Present] = Future()
        found = self.cache.revisions_since(position, settled=settled, limit=self.at_once)
        if self.trouble is not None:
            found = replace(found, health={**found.health, "qp": self.trouble})
        answer.set_result(found)
        return answer

    def look(self, stream: EventStream) -> list[Event]:
        """Return all events until now."""
        events: list[Event] = []
        while True:
            found = stream.look(self.now)
            assert found.lost_since is None
            events += found.events
            moment = stream.next_moment
            if not stream.is_behind and (moment is None or moment > self.now):
                return events


@pytest.fixture
def journal() -> Iterator[Journal]:
    """A journal whose workspaces were read completely."""
    with closing(Journal()) as journal:
        for name in QUEUES:
            journal.cache.set_health(name, WHOLE)
        yield journal


def stream_of(journal: Journal, query: str = "") -> EventStream:
    return EventStream(journal, parse_query(query))


def words(events: Sequence[Event]) -> list[tuple[str, str]]:
    return [(event.kind.value, event.ref.id if event.ref else event.workspace) for event in events]


def test_what_is_there_at_first_is_no_event(journal: Journal) -> None:
    journal.show(make_ticket("1", due_at=NOON - MINUTE))

    assert journal.look(stream_of(journal)) == []


def test_a_change_tells_every_key_of_the_record_that_differs_and_when(journal: Journal) -> None:
    old = make_ticket("1")
    journal.show(old)
    stream = stream_of(journal)
    person = replace(old.customer, name="Ann")
    new = replace(old, status=Status.RESOLVED, customer=person)
    journal.pass_time(MINUTE)
    journal.show(new)
    journal.pass_time(MINUTE)

    (event,) = journal.look(stream)

    assert event.record() == {
        "event": "changed",
        "at": "2026-02-04T12:01:00.000Z",
        "workspace": "qp",
        "ref": "qp/1",
        "ticket": to_record(replace(new, confirmed_at=NOON + MINUTE), NOON),
        "changes": {
            "status": ["open", "resolved"],
            "customer": [
                {"name": None, "email": None, "phone": None},
                {"name": "Ann", "email": None, "phone": None},
            ],
            "closed": [False, True],
        },
    }
    assert journal.look(stream) == []


def test_quick_changes_of_one_ticket_are_told_one_by_one(journal: Journal) -> None:
    journal.show(make_ticket(title="a"))
    stream = stream_of(journal)
    for title in ("b", "a"):
        journal.pass_time(SECOND)
        journal.show(make_ticket(title=title))
    journal.remove(make_ticket().ref)
    journal.show(make_ticket(title="c"))

    events = journal.look(stream)

    assert [(each.kind.value, each.at, each.changes) for each in events] == [
        ("changed", NOON + SECOND, {"title": ("a", "b")}),
        ("changed", NOON + 2 * SECOND, {"title": ("b", "a")}),
        ("removed", NOON + 2 * SECOND, {}),
        ("added", NOON + 2 * SECOND, {}),
    ]


def test_what_comes_and_goes_is_told_with_the_ticket(journal: Journal) -> None:
    stream = stream_of(journal)
    ticket = make_ticket("1")
    journal.show(ticket)
    added = journal.look(stream)
    journal.remove(ticket.ref)
    removed = journal.look(stream)

    assert words(added) == [("added", "1")]
    assert words(removed) == [("removed", "1")]
    assert removed[0].ticket == ticket
    journal.remove(TicketRef("qp", "never seen"))
    assert journal.look(stream) == []


def test_a_ticket_becomes_overdue_at_its_moment_without_any_poll(journal: Journal) -> None:
    journal.show(make_ticket("1", due_at=NOON + MINUTE))
    stream = stream_of(journal)
    moments = [stream.next_moment]
    journal.pass_time(MINUTE - SECOND)
    assert journal.look(stream) == []
    journal.pass_time(2 * MINUTE)

    (event,) = journal.look(stream)

    assert (event.kind, event.at) == (EventKind.OVERDUE, NOON + MINUTE)
    record = event.record()
    assert record["changes"] == {"overdue": [False, True]}
    told = record["ticket"]
    assert isinstance(told, dict)
    assert (told["overdue"], told["confirmed_at"]) == (True, None), "nobody kept when it was"
    assert journal.look(stream) == []
    assert [*moments, stream.next_moment] == [NOON + MINUTE, None]


def test_what_became_overdue_before_it_was_put_off_is_told_as_both(journal: Journal) -> None:
    ticket = make_ticket("1", due_at=NOON + MINUTE)
    journal.show(ticket)
    stream = stream_of(journal)
    journal.pass_time(2 * MINUTE)
    journal.show(replace(ticket, due_at=NOON + 9 * MINUTE))
    journal.pass_time(MINUTE)

    overdue, changed = journal.look(stream)

    assert (overdue.kind, overdue.at) == (EventKind.OVERDUE, NOON + MINUTE)
    assert (changed.kind, changed.at) == (EventKind.CHANGED, NOON + 2 * MINUTE)
    assert changed.changes["overdue"] == (True, False)


def test_a_change_that_makes_overdue_is_told_as_both(journal: Journal) -> None:
    ticket = make_ticket("1")
    journal.show(ticket)
    stream = stream_of(journal)
    journal.show(replace(ticket, due_at=NOON - MINUTE), make_ticket("2", flagged_overdue=True))

    events = journal.look(stream)

    assert words(events) == [("changed", "1"), ("overdue", "1"), ("added", "2"), ("overdue", "2")]


def test_a_due_time_that_was_put_off_counts_and_the_old_one_does_not(journal: Journal) -> None:
    ticket = make_ticket("1", due_at=NOON + MINUTE)
    journal.show(ticket)
    stream = stream_of(journal)
    journal.show(replace(ticket, due_at=NOON + 9 * MINUTE))

    assert words(journal.look(stream)) == [("changed", "1")]
    journal.pass_time(5 * MINUTE)
    assert journal.look(stream) == []
    journal.pass_time(4 * MINUTE)
    assert words(journal.look(stream)) == [("overdue", "1")]


def test_a_query_tells_of_what_matches_before_or_after(journal: Journal) -> None:
    ours, other = make_ticket("1", title="printer"), make_ticket("2", title="till")
    journal.show(ours, other)
    stream = stream_of(journal, "printer")

    journal.show(replace(other, body="x"), make_ticket("3"))
    assert journal.look(stream) == []
    journal.show(replace(ours, title="moved on"), replace(other, title="a printer after all"))
    assert words(journal.look(stream)) == [("changed", "1"), ("changed", "2")]
    journal.remove(ours.ref, other.ref)
    assert words(journal.look(stream)) == [("removed", "2")]


def test_a_query_for_overdue_tells_of_each_at_its_moment(journal: Journal) -> None:
    ticket = make_ticket("1", due_at=NOON + MINUTE)
    journal.show(ticket, make_ticket("2"))
    stream = stream_of(journal, "is:overdue")
    journal.show(replace(ticket, title="not yet"))
    assert journal.look(stream) == []

    journal.pass_time(MINUTE)
    assert words(journal.look(stream)) == [("overdue", "1")]
    journal.show(replace(ticket, title="by now"))
    assert words(journal.look(stream)) == [("changed", "1")]


def test_a_query_may_ask_for_more_than_the_tickets(journal: Journal) -> None:
    ours, other = make_ticket("1"), make_ticket("2")
    journal.show(ours, other)
    acked: set[TicketRef] = set()

    def context(at: datetime) -> QueryContext:
        by_ana = LocalActs(acknowledged=Signed(by="ana", at=NOON))
        return QueryContext(now=at, acts=dict.fromkeys(acked, by_ana))

    stream = EventStream(journal, parse_query("-is:acked"), context=context)
    journal.show(replace(ours, title="x"))
    assert words(journal.look(stream)) == [("changed", "1")]
    acked.add(ours.ref)
    journal.show(replace(ours, title="y"), replace(other, title="y"))
    assert words(journal.look(stream)) == [("changed", "2")]


def test_a_workspaces_first_sweep_is_no_news_and_what_follows_is() -> None:
    with closing(Journal()) as journal:
        early, late = stream_of(journal), stream_of(journal)
        journal.show(make_ticket("1"))
        assert journal.look(early) == []
        journal.show(make_ticket("2"))
        journal.cache.set_health("qp", WHOLE)
        assert words(journal.look(early)) == [("health", "qp")]
        journal.pass_time(SECOND)
        journal.show(make_ticket("3"), make_ticket("4", workspace="klink"))

        assert words(journal.look(early)) == [("added", "3")]
        assert words(journal.look(late)) == [("health", "qp"), ("added", "3")]


def test_after_a_purge_it_goes_on_and_says_what_is_lost(journal: Journal) -> None:
    journal.show(make_ticket("1", due_at=NOON + MINUTE))
    stream = stream_of(journal)
    journal.pass_time(SECOND)
    journal.cache.purge()

    look = stream.look(journal.now)

    assert look.lost_since == NOON
    assert words(look.events) == [("health", "qp"), ("health", "klink")]
    journal.show(make_ticket("1"))
    journal.cache.set_health("qp", WHOLE)
    journal.pass_time(SECOND)
    journal.show(make_ticket("2", due_at=NOON + 2 * MINUTE))
    assert words(journal.look(stream)) == [("health", "qp"), ("added", "2")]
    journal.pass_time(2 * MINUTE)
    assert words(journal.look(stream)) == [("overdue", "2")]


def test_a_ticket_whose_past_is_damaged_is_told_without_it(tmp_path: Path) -> None:
    with closing(Journal(tmp_path)) as journal:
        journal.cache.set_health("qp", WHOLE)
        stream, other = stream_of(journal), stream_of(journal, "c")
        for title in "abc":
            journal.show(make_ticket(title=title))
        statement(tmp_path / CACHE.file, "UPDATE changes SET before = x'00'")

        events = journal.look(stream)

        assert words(events) == [("added", "1"), ("changed", "1"), ("changed", "1")]
        assert [each.ticket.title if each.ticket else None for each in events] == [None, None, "c"]
        assert events[0].record()["ref"] == "qp/1"
        assert events[0].record()["ticket"] is None
        assert events[2].changes == {}
        assert journal.look(other) == events, "it might be what is looked for"


@pytest.mark.parametrize(
    ("health", "changes"),
    [
        (replace(WHOLE, as_of=NOON + MINUTE, pages_done=3), {}),
        (replace(WHOLE, state=HealthState.LATE), {"state": ("ok", "late")}),
        (
            replace(WHOLE, state=HealthState.REFUSED, error="401"),
            {"state": ("ok", "refused"), "error": (None, "401")},
        ),
    ],
)
def test_a_workspace_tells_its_state_and_error_and_not_every_poll(
    journal: Journal, health: WorkspaceHealth, changes: Mapping[str, tuple[object, object]]
) -> None:
    stream = stream_of(journal, "no ticket matches this")
    journal.pass_time(MINUTE)
    journal.cache.set_health("klink", health)
    journal.pass_time(MINUTE)

    events = journal.look(stream)

    assert [event.changes for event in events] == ([changes] if changes else [])
    for event in events:
        assert event.at == NOON + MINUTE
        assert event.record()["workspace"] == "klink"
        assert event.record()["ref"] is event.record()["ticket"] is None


def test_a_workspace_is_late_at_its_moment_and_no_look_misses_it(journal: Journal) -> None:
    journal.cache.set_health("qp", replace(WHOLE, late_at=NOON + MINUTE))
    soon, late = stream_of(journal), stream_of(journal)
    moments = [soon.next_moment]
    journal.pass_time(2 * MINUTE)
    first = journal.look(soon)
    moments.append(soon.next_moment)
    assert [(each.at, each.changes) for each in first] == [
        (NOON + MINUTE, {"state": ("ok", "late")})
    ]
    assert moments == [NOON + MINUTE, None]
    journal.show(make_ticket("1"))
    journal.pass_time(MINUTE)
    journal.cache.set_health("qp", replace(WHOLE, late_at=NOON + 9 * MINUTE))

    rest = journal.look(soon)

    assert words(rest) == [("added", "1"), ("health", "qp")]
    assert (rest[1].at, rest[1].changes) == (NOON + 3 * MINUTE, {"state": ("late", "ok")})
    assert journal.look(late) == [*first, *rest]


def test_a_trouble_of_this_process_alone_ends_when_it_is_seen_to_be_over(journal: Journal) -> None:
    stream = stream_of(journal)
    journal.pass_time(MINUTE)
    state, failed_at = HealthState.REFUSED, journal.now
    journal.trouble = WorkspaceHealth(state=state, error="no key", since=failed_at)
    journal.pass_time(MINUTE)
    journal.show(make_ticket("1"))
    (began, _) = journal.look(stream)
    journal.trouble = None
    journal.pass_time(MINUTE)
    journal.show(make_ticket("2"))

    (_, ended) = journal.look(stream)

    assert (began.kind, began.at) == (EventKind.HEALTH, failed_at)
    assert began.changes == {"state": ("ok", "refused"), "error": (None, "no key")}
    assert (ended.at, ended.changes["state"]) == (NOON + 3 * MINUTE, ("refused", "ok"))


Step = tuple[Sequence[Ticket], set[str], int, bool, bool]


def steps() -> st.SearchStrategy[Sequence[Step]]:
    """Return what is shown and goes, the minutes until then, and which of two readers look."""
    step = st.tuples(
        st.lists(tickets(st.sampled_from("123")), max_size=3),
        st.sets(st.sampled_from("123")),
        st.integers(0, 500),
        st.booleans(),
        st.booleans(),
    )
    return st.lists(step, max_size=6)


@given(steps())
def test_who_follows_the_events_has_what_the_queue_has(doings: Sequence[Step]) -> None:
    with closing(Journal()) as journal:
        for name in QUEUES:
            journal.cache.set_health(name, WHOLE)
        stream = stream_of(journal)
        state: dict[TicketRef, Ticket] = {}
        overdue: set[TicketRef] = set()
        for shown, gone, minutes, *_ in doings:
            journal.pass_time(minutes * MINUTE)
            journal.show(*shown)
            journal.remove(*(TicketRef("qp", each) for each in gone))
            for event in journal.look(stream):
                take(event, state, overdue)
            there = {ticket.ref: ticket for ticket in journal.cache.tickets()}
            assert set(state) == set(there)
            for ref, ticket in there.items():
                assert told_of(state[ref], journal.now) == told_of(ticket, journal.now)
            assert overdue == {ref for ref in there if is_overdue(there[ref], journal.now)}


def told_of(ticket: Ticket, now: datetime) -> Mapping[str, object]:
    return {**to_record(ticket, now), "confirmed_at": "no part of what happened"}


def take(event: Event, state: dict[TicketRef, Ticket], overdue: set[TicketRef]) -> None:
    """Bring a reader's state up to date; the event must fit to it."""
    assert event.ticket is not None
    ref = event.ticket.ref
    match event.kind:
        case EventKind.ADDED:
            assert ref not in state
            state[ref] = event.ticket
        case EventKind.CHANGED:
            before = to_record(state[ref], event.at)
            assert event.changes
            assert all(before[key] == old for key, (old, _) in event.changes.items())
            state[ref] = event.ticket
            if not is_overdue(event.ticket, event.at):
                overdue.discard(ref)
        case EventKind.REMOVED:
            assert told_of(state.pop(ref), event.at) == told_of(event.ticket, event.at)
            overdue.discard(ref)
        case EventKind.OVERDUE:
            assert ref not in overdue
            overdue.add(ref)
        case EventKind.HEALTH:
            raise AssertionError(event)


@given(steps(), st.integers(1, 4))
def test_whoever_watches_the_same_is_told_the_same(doings: Sequence[Step], at_once: int) -> None:
    with closing(Journal(at_once=at_once)) as journal:
        streams = [stream_of(journal), stream_of(journal)]
        told: list[list[Mapping[str, object]]] = [[], []]
        for number, (shown, gone, minutes, *looks) in enumerate(
            [*doings, ((), set(), 999, True, True)]
        ):
            journal.pass_time(minutes * MINUTE)
            journal.show(*shown)
            journal.pass_time(MINUTE)
            journal.remove(*(TicketRef("qp", each) for each in gone))
            if number == 1:
                journal.cache.set_health("qp", replace(WHOLE, late_at=journal.now + 99 * MINUTE))
            journal.pass_time(MINUTE)
            for stream, lines, is_looking in zip(streams, told, looks, strict=True):
                if is_looking:
                    lines.extend(event.record() for event in journal.look(stream))

        assert told[0] == told[1]


def test_priorities_are_told_in_the_records_words(journal: Journal) -> None:
    journal.show(make_ticket("1"))
    stream = stream_of(journal)
    journal.show(make_ticket("1", priority=Priority.CRITICAL))

    (event,) = journal.look(stream)

    assert event.record()["changes"] == {"priority": ["medium", "critical"]}
