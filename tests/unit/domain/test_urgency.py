"""What breaches next stands first, and is said in the same words until the moment it changes."""

import itertools
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.strategies import clock_times, tickets
from tui.domain.ticket import DueSource, Priority, Status, Ticket
from tui.domain.urgency import (
    Band,
    age_words,
    band,
    due_words,
    is_overdue,
    next_change,
    next_turn,
    span_words,
    urgency_key,
)

TICK = timedelta(microseconds=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = timedelta(weeks=1)
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
OPEN_STATUSES = [status for status in Status if status is not Status.RESOLVED]


def due_in(span: timedelta, source: DueSource = DueSource.VENDOR, **overrides: Any) -> Ticket:
    values: dict[str, Any] = {"due_at": NOON + span, "due_source": source}
    return make_ticket(**(values | overrides))


def answers(ticket: Ticket, now: datetime) -> tuple[bool, Band, str]:
    return is_overdue(ticket, now), band(ticket, now), due_words(ticket, now)


class TestOverdue:
    @pytest.mark.parametrize(
        ("left", "flagged", "expected"),
        [
            (TICK, False, False),
            (timedelta(), False, True),
            (-TICK, False, True),
            (-1000 * DAY, False, True),
            (DAY, True, True),
            (-DAY, True, True),
        ],
    )
    @pytest.mark.parametrize("source", DueSource)
    def test_it_begins_at_the_due_moment_itself_or_with_the_vendors_flag(
        self,
        *,
        left: timedelta,
        flagged: bool,
        expected: bool,
        source: DueSource,
    ) -> None:
        assert is_overdue(due_in(left, source, flagged_overdue=flagged), NOON) is expected

    def test_without_a_due_time_only_the_flag_counts(self) -> None:
        assert not is_overdue(make_ticket(), NOON)
        assert is_overdue(make_ticket(flagged_overdue=True), NOON)

    def test_a_closed_ticket_is_never_overdue(self) -> None:
        closed = due_in(-DAY, status=Status.RESOLVED, flagged_overdue=True)

        assert not is_overdue(closed, NOON)

    @pytest.mark.parametrize("status", OPEN_STATUSES)
    def test_every_other_status_is_open_the_unknown_one_too(self, status: Status) -> None:
        assert is_overdue(due_in(-DAY, status=status), NOON)


FAR, SOON_DUE, NOW_DUE, FRESH, STALE, NEVER = "far", "soon", "now", "fresh", "stale", "never"
SPANS: dict[str, list[timedelta | None]] = {
    FAR: [HOUR + TICK, 3 * DAY],
    SOON_DUE: [HOUR, TICK],
    NOW_DUE: [timedelta()],
    FRESH: [-TICK, -7 * DAY],
    STALE: [-7 * DAY - TICK, -400 * DAY],
    NEVER: [None],
}
"""Each stretch of the time line by its two ends."""

P2, P3, P4 = Band.HIGH_PRESSING, Band.PRESSING, Band.OPEN
BANDS: dict[tuple[str, bool, bool, bool], Band] = {
    # stretch, estimated, flagged, high
    (FAR, False, False, False): P4,
    (FAR, False, False, True): P4,
    (FAR, False, True, False): P3,
    (FAR, False, True, True): P2,
    (FAR, True, False, False): P4,
    (FAR, True, False, True): P4,
    (FAR, True, True, False): P3,
    (FAR, True, True, True): P2,
    (SOON_DUE, False, False, False): P3,
    (SOON_DUE, False, False, True): P2,
    (SOON_DUE, False, True, False): P3,
    (SOON_DUE, False, True, True): P2,
    (SOON_DUE, True, False, False): P4,
    (SOON_DUE, True, False, True): P2,
    (SOON_DUE, True, True, False): P3,
    (SOON_DUE, True, True, True): P2,
    (FRESH, False, False, False): P3,
    (FRESH, False, False, True): P2,
    (FRESH, False, True, False): P3,
    (FRESH, False, True, True): P2,
    (FRESH, True, False, False): P4,
    (FRESH, True, False, True): P2,
    (FRESH, True, True, False): P3,
    (FRESH, True, True, True): P2,
    (STALE, False, False, False): P4,
    (STALE, False, False, True): P2,
    (STALE, False, True, False): P4,
    (STALE, False, True, True): P2,
    (STALE, True, False, False): P4,
    (STALE, True, False, True): P2,
    (STALE, True, True, False): P3,
    (STALE, True, True, True): P2,
    (NEVER, False, False, False): P4,
    (NEVER, False, False, True): P4,
    (NEVER, False, True, False): P3,
    (NEVER, False, True, True): P2,
}
CASES = [
    pytest.param(left, *case[1:], expected, id=f"{case[0]} {left} {case[1:]}")
    for case, expected in BANDS.items()
    for left in SPANS[case[0]] + (SPANS[NOW_DUE] if case[0] == FRESH else [])
]


class TestBands:
    @pytest.mark.parametrize(("left", "estimated", "flagged", "high", "expected"), CASES)
    def test_the_whole_table(
        self,
        *,
        left: timedelta | None,
        estimated: bool,
        flagged: bool,
        high: bool,
        expected: Band,
    ) -> None:
        source = DueSource.ESTIMATE if estimated else DueSource.SLA
        lower = [p for p in Priority if p not in (Priority.CRITICAL, Priority.HIGH)]
        for priority in [Priority.HIGH] if high else lower:
            ticket = make_ticket(priority=priority, flagged_overdue=flagged)
            if left is not None:
                ticket = due_in(left, source, priority=priority, flagged_overdue=flagged)

            assert band(ticket, NOON) is expected

    @given(ticket=tickets(), now=clock_times())
    def test_critical_comes_first_and_closed_last_whatever_else_is_true(
        self, ticket: Ticket, now: datetime
    ) -> None:
        assert (band(ticket, now) is Band.CLOSED) == ticket.closed
        critical = ticket.priority is Priority.CRITICAL and not ticket.closed
        assert (band(ticket, now) is Band.CRITICAL) == critical

    def test_they_are_numbered_as_they_are_documented(self) -> None:
        assert [found.value for found in Band] == [1, 2, 3, 4, 5]


def order(*queue: Ticket) -> list[str]:
    return [t.ref.id for t in sorted(queue, key=lambda ticket: urgency_key(ticket, NOON))]


class TestOrder:
    def test_a_night_on_call(self) -> None:
        """The queue of an ordinary bad night, in the order in which it should be worked off."""
        vendor, sla, estimate = DueSource.VENDOR, DueSource.SLA, DueSource.ESTIMATE
        night = [
            due_in(-3 * HOUR, sla, ticket_id="tills-down", priority=Priority.CRITICAL),
            due_in(22 * MINUTE, sla, ticket_id="orders-lost", priority=Priority.CRITICAL),
            due_in(40 * MINUTE, sla, ticket_id="checkout-down", priority=Priority.CRITICAL),
            due_in(55 * MINUTE, sla, ticket_id="alarm-line", priority=Priority.CRITICAL),
            due_in(-20 * MINUTE, vendor, ticket_id="no-access", priority=Priority.HIGH),
            due_in(12 * MINUTE, sla, ticket_id="charged-twice", priority=Priority.HIGH),
            due_in(-HOUR, vendor, ticket_id="wrong-address", priority=Priority.MEDIUM),
            make_ticket(
                "new-car",
                priority=Priority.NONE,
                flagged_overdue=True,
                created_at=NOON - 9 * DAY,
            ),
            make_ticket(
                "refund",
                priority=Priority.NONE,
                flagged_overdue=True,
                created_at=NOON - 8 * DAY,
            ),
            due_in(-2 * HOUR, sla, ticket_id="newsletter", priority=Priority.LOW),
            due_in(3 * HOUR, sla, ticket_id="voucher", priority=Priority.HIGH),
            due_in(6 * HOUR, vendor, ticket_id="long-wait", priority=Priority.MEDIUM),
            due_in(2 * DAY, estimate, ticket_id="forum", priority=Priority.LOW),
        ]
        shuffled = random.Random(3).sample(night, len(night))

        assert order(*shuffled) == [ticket.ref.id for ticket in night]

    def test_within_a_band_the_priority_decides_first(self) -> None:
        ranked = ["high", "medium", "unknown", "none", "low"]
        queue = [make_ticket(name, priority=Priority(name)) for name in ranked]

        assert order(*reversed(queue)) == ranked

    def test_then_a_known_due_time_then_a_bare_flag_then_an_estimate_then_nothing(self) -> None:
        critical = Priority.CRITICAL
        queue = [
            due_in(-2 * DAY, ticket_id="sooner", priority=critical),
            due_in(400 * DAY, DueSource.SLA, ticket_id="later", priority=critical),
            make_ticket("flag", flagged_overdue=True, priority=critical),
            due_in(-9 * DAY, DueSource.ESTIMATE, ticket_id="estimate", priority=critical),
            make_ticket("nothing", priority=critical),
        ]

        assert order(*reversed(queue)) == [ticket.ref.id for ticket in queue]

    def test_a_flag_with_an_estimate_counts_as_a_bare_flag(self) -> None:
        older = NOON - 2 * HOUR
        queue = [
            make_ticket("older", flagged_overdue=True, created_at=older),
            due_in(-DAY, DueSource.ESTIMATE, ticket_id="estimated", flagged_overdue=True),
        ]

        assert order(*reversed(queue)) == ["older", "estimated"]

    def test_then_the_older_then_the_ref(self) -> None:
        queue = [
            make_ticket("9", created_at=NOON - 2 * HOUR),
            make_ticket("8", created_at=NOON - HOUR, workspace="a"),
            make_ticket("1", created_at=NOON - HOUR, workspace="b"),
            make_ticket("2", created_at=NOON - HOUR, workspace="b"),
            make_ticket("0", created_at=None),
        ]

        assert order(*reversed(queue)) == ["9", "8", "1", "2", "0"]

    def test_closed_tickets_come_latest_update_first(self) -> None:
        closed = {"status": Status.RESOLVED}
        queue = [
            make_ticket("late", updated_at=NOON, priority=Priority.LOW, **closed),
            make_ticket("early", updated_at=NOON - DAY, priority=Priority.CRITICAL, **closed),
            make_ticket("a", updated_at=None, **closed),
            make_ticket("b", updated_at=None, **closed),
        ]

        assert order(*reversed(queue)) == ["late", "early", "a", "b"]

    def test_closed_tickets_of_one_update_stand_by_priority_due_time_age_and_ref(self) -> None:
        together: dict[str, Any] = {"status": Status.RESOLVED, "updated_at": NOON}
        queue = [
            make_ticket("9", priority=Priority.CRITICAL, **together),
            due_in(-HOUR, ticket_id="8", **together),
            due_in(HOUR, ticket_id="7", **together),
            due_in(-DAY, DueSource.ESTIMATE, ticket_id="6", **together),
            make_ticket("5", created_at=NOON - 2 * DAY, **together),
            make_ticket("1", created_at=NOON - DAY, **together),
            make_ticket("2", created_at=NOON - DAY, **together),
        ]

        assert order(*reversed(queue)) == ["9", "8", "7", "6", "5", "1", "2"]

    @given(
        queue=st.lists(
            tickets(), min_size=2, max_size=6, unique_by=lambda t: (t.ref.workspace, t.ref.id)
        ),
        now=clock_times(),
        seed=st.integers(),
    )
    def test_the_order_is_total_and_does_not_depend_on_how_tickets_arrive(
        self, queue: list[Ticket], now: datetime, seed: int
    ) -> None:
        shuffled = random.Random(seed).sample(queue, len(queue))
        first, second = (
            [ticket.ref for ticket in sorted(found, key=lambda t: urgency_key(t, now))]
            for found in (queue, shuffled)
        )

        assert first == second
        assert len({urgency_key(ticket, now) for ticket in queue}) == len(queue)

    @given(queue=st.lists(tickets(), max_size=6), now=clock_times())
    def test_bands_never_mix(self, queue: list[Ticket], now: datetime) -> None:
        queue.sort(key=lambda ticket: urgency_key(ticket, now))
        bands = [band(ticket, now) for ticket in queue]

        assert bands == sorted(bands)


SPAN_WORDS = [
    (timedelta(), "<1m"),
    (MINUTE - TICK, "<1m"),
    (MINUTE, "1m"),
    (22 * MINUTE + timedelta(seconds=59), "22m"),
    (HOUR - TICK, "59m"),
    (HOUR, "1h"),
    (DAY - TICK, "23h"),
    (DAY, "1d"),
    (100 * DAY - TICK, "99d"),
    (100 * DAY, "14w"),
    (700 * DAY - TICK, "99w"),
    (700 * DAY, "1y"),
    (730 * DAY, "2y"),
    (1095 * DAY, "3y"),
    (99 * 365 * DAY, "99y"),
]


class TestWords:
    @pytest.mark.parametrize(("span", "words"), SPAN_WORDS)
    def test_a_span_is_said_in_its_largest_whole_unit(self, span: timedelta, words: str) -> None:
        assert span_words(span) == words

    @given(span=st.timedeltas(timedelta(), timedelta(days=365 * 100 - 1)))
    def test_no_span_of_a_century_takes_more_than_three_characters(self, span: timedelta) -> None:
        assert len(span_words(span)) <= 3

    @pytest.mark.parametrize(
        ("left", "source", "flagged", "words"),
        [
            (22 * MINUTE, DueSource.VENDOR, False, "in 22m"),
            (TICK, DueSource.SLA, False, "in <1m"),
            (timedelta(), DueSource.VENDOR, False, "OVER <1m"),
            (-3 * HOUR, DueSource.SLA, False, "OVER 3h"),
            (2 * DAY, DueSource.ESTIMATE, False, "~in 2d"),
            (-3 * DAY, DueSource.ESTIMATE, False, "~OVER 3d"),
            (2 * DAY, DueSource.VENDOR, True, "OVER"),
            (2 * DAY, DueSource.ESTIMATE, True, "OVER"),
            (-3 * DAY, DueSource.VENDOR, True, "OVER 3d"),
            (-3 * DAY, DueSource.ESTIMATE, True, "~OVER 3d"),
            (None, None, True, "OVER"),
            (None, None, False, ""),
        ],
    )
    def test_the_due_time_is_said_as_it_is_documented(
        self,
        *,
        left: timedelta | None,
        source: DueSource | None,
        flagged: bool,
        words: str,
    ) -> None:
        due_at = None if left is None else NOON + left
        ticket = make_ticket(due_at=due_at, due_source=source, flagged_overdue=flagged)

        assert due_words(ticket, NOON) == words

    def test_a_closed_ticket_is_not_due(self) -> None:
        assert due_words(due_in(-DAY, status=Status.RESOLVED, flagged_overdue=True), NOON) == ""

    @pytest.mark.parametrize(
        ("created_at", "words"),
        [
            (None, ""),
            (NOON, "<1m"),
            (NOON - 5 * DAY, "5d"),
            (NOON + DAY, "<1m"),
        ],
    )
    def test_the_age_is_never_negative(self, created_at: datetime | None, words: str) -> None:
        assert age_words(make_ticket(created_at=created_at), NOON) == words


spans = st.sampled_from([span for span, _ in SPAN_WORDS] + [7 * DAY]) | st.timedeltas(
    timedelta(), timedelta(days=1200)
)
nudges = st.sampled_from([-TICK, timedelta(), TICK])


class TestNextChange:
    @given(
        ticket=tickets(),
        now=clock_times(),
        near=st.none() | st.tuples(st.sampled_from([1, -1]), spans, nudges),
        probes=st.lists(st.integers(0, 10**18), max_size=8),
    )
    def test_until_then_everything_stays_as_it_is(
        self,
        ticket: Ticket,
        now: datetime,
        near: tuple[int, timedelta, timedelta] | None,
        probes: list[int],
    ) -> None:
        if near and ticket.due_at:
            with suppress(OverflowError):
                now = ticket.due_at.astimezone(UTC) + near[0] * near[1] + near[2]
        change = next_change(ticket, now)
        turn = next_turn(ticket, now)

        for until, asked in ((change, answers), (turn, lambda *at: answers(*at)[:2])):
            assert until is None or until > now
            ticks = ((until or LAST) - now) // TICK
            # -1 is the very last moment before the change.
            moments_before = [now + TICK * (probe % ticks) for probe in [-1, *probes] if ticks]
            assert {asked(ticket, moment) for moment in moments_before} <= {asked(ticket, now)}

    @pytest.mark.parametrize(
        ("left", "wait"),
        [
            (3 * DAY, TICK),
            (3 * DAY - TICK, DAY),
            (DAY, TICK),
            (90 * MINUTE, 30 * MINUTE),
            (HOUR, TICK),
            (HOUR - TICK, MINUTE),
            (30 * MINUTE, TICK),
            (timedelta(seconds=30), timedelta(seconds=30)),
            (100 * DAY, TICK),
            (101 * DAY, DAY + TICK),
            (730 * DAY, TICK),
            (729 * DAY, 29 * DAY + TICK),
            (timedelta(), MINUTE),
            (-30 * MINUTE, MINUTE),
            (-timedelta(minutes=59, seconds=30), timedelta(seconds=30)),
            (-23 * HOUR, HOUR),
            (-6.5 * DAY, 0.5 * DAY),
            (-7 * DAY, TICK),
            (-99.5 * DAY, 0.5 * DAY),
            (-98 * DAY, DAY),
            (-697 * DAY, 3 * DAY),
            (-700 * DAY, 30 * DAY),
        ],
    )
    def test_it_is_the_very_next_moment_that_says_something_else(
        self, left: timedelta, wait: timedelta
    ) -> None:
        ticket = due_in(left)

        assert next_change(ticket, NOON) == NOON + wait
        assert answers(ticket, NOON + wait) != answers(ticket, NOON)

    @pytest.mark.parametrize(
        ("left", "wait"),
        [
            (3 * DAY, 3 * DAY - HOUR),
            (HOUR + TICK, TICK),
            (HOUR, HOUR),
            (TICK, TICK),
            (timedelta(), 7 * DAY + TICK),
            (-7 * DAY, TICK),
            (-7 * DAY - TICK, None),
        ],
    )
    def test_a_ticket_turns_when_it_climbs_falls_due_or_is_given_up(
        self, left: timedelta, wait: timedelta | None
    ) -> None:
        turn = next_turn(due_in(left), NOON)

        assert turn == (None if wait is None else NOON + wait)

    def test_a_ticket_without_a_due_time_or_closed_never_changes_by_time_alone(self) -> None:
        for ticket in (make_ticket(flagged_overdue=True), due_in(DAY, status=Status.RESOLVED)):
            assert next_change(ticket, NOON) is None
            assert next_turn(ticket, NOON) is None

    @pytest.mark.parametrize("hours", [-14, 0, 14])
    def test_the_ends_of_the_calendar_break_nothing(self, hours: int) -> None:
        zone = timezone(timedelta(hours=hours))
        ends = [datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone)]
        edges = [
            end + nudge
            for end, sign in zip(ends, (1, -1), strict=True)
            for nudge in (timedelta(), sign * 30 * MINUTE, sign * 2 * HOUR, sign * 8 * DAY)
        ]
        clock = [FIRST, FIRST + DAY, NOON, LAST - DAY, LAST]
        for due_at, now in itertools.product(edges, clock):
            ticket = make_ticket(due_at=due_at, due_source=DueSource.VENDOR, created_at=due_at)
            for found in (next_change(ticket, now), next_turn(ticket, now)):
                assert found is None or found > now
            assert urgency_key(ticket, now)
            assert age_words(ticket, now)
            if now < due_at <= LAST:
                assert next_change(ticket, now) is not None
