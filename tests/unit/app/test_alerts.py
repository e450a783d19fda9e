"""The bell rings for what becomes critical or overdue, once; the title counts what presses."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from support.builders import NOON, make_ticket
from support.service import FakeService
from tui.app.alerts import Alerts, title_words
from tui.app.mirror import QueueMirror
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import DueSource, Priority, Status, Ticket
from tui.domain.workspace import Workspace

BOTH = ("critical", "overdue")
CRITICAL = make_ticket("1", priority=Priority.CRITICAL)
CALM = make_ticket("1")
DUE = make_ticket("1", due_at=NOON + timedelta(hours=3), due_source=DueSource.SLA)
OVERDUE = make_ticket("1", flagged_overdue=True)
DONE = replace(CRITICAL, status=Status.RESOLVED)


class Bell:
    """A mirror and its alerts over one workspace that was read."""

    def __init__(
        self, *tickets: Ticket, rules: tuple[str, ...] = BOTH, is_read: bool = True
    ) -> None:
        self.service = FakeService([Workspace(name="qp", vendor="x", title="qp")], tickets)
        self.mirror = QueueMirror(self.service)
        self.alerts = Alerts(rules)
        if is_read:
            self.finish_sweep()
        assert not self.poll(), "what is so from the start is no news"

    def finish_sweep(self) -> None:
        self.service.set_health("qp", WorkspaceHealth(state=HealthState.OK, as_of=NOON))

    def poll(self, *tickets: Ticket, now: datetime = NOON) -> bool:
        self.service.change(*tickets)
        return self.alerts.take(self.mirror.pull(now), self.mirror, now)

    def remove(self, ticket: Ticket) -> bool:
        self.service.change(removed=[ticket.ref])
        return self.alerts.take(self.mirror.pull(NOON), self.mirror, NOON)

    def wait_until(self, now: datetime) -> bool:
        return self.alerts.take(self.mirror.advance(now), self.mirror, now)


@pytest.mark.parametrize("ticket", [CRITICAL, OVERDUE])
def test_it_rings_for_a_new_ticket_that_presses_and_for_one_that_begins_to(ticket: Ticket) -> None:
    assert Bell().poll(ticket)
    assert Bell(CALM).poll(ticket)


def test_it_rings_at_the_moment_when_time_alone_makes_a_ticket_overdue() -> None:
    bell = Bell(DUE)
    due_at = NOON + timedelta(hours=3)

    assert not bell.wait_until(due_at - timedelta(seconds=1))
    assert bell.wait_until(due_at)
    assert not bell.wait_until(due_at + timedelta(days=30))


def test_a_poll_just_after_the_due_time_does_not_swallow_the_ring() -> None:
    bell = Bell(DUE)
    late = NOON + timedelta(hours=3, seconds=1)

    assert not bell.poll(now=late)
    assert bell.wait_until(late)


def test_it_never_rings_twice_for_one_ticket() -> None:
    bell = Bell()

    assert bell.poll(CRITICAL)
    assert not bell.poll(replace(CRITICAL, title="Written anew"))
    assert not bell.poll(replace(CRITICAL, flagged_overdue=True)), "it was rung for already"
    assert not bell.poll(replace(CALM, flagged_overdue=True))


@pytest.mark.parametrize("calm", [CALM, DONE])
def test_it_rings_again_for_a_ticket_that_was_calm_in_between(calm: Ticket) -> None:
    bell = Bell(CRITICAL)

    assert not bell.poll(calm)
    assert bell.poll(CRITICAL)


def test_it_rings_again_for_a_ticket_that_was_gone_in_between() -> None:
    bell = Bell(CRITICAL)

    assert not bell.remove(CRITICAL)
    assert bell.poll(CRITICAL)


def test_the_first_reading_of_a_workspace_rings_for_nothing() -> None:
    bell = Bell(is_read=False)

    assert not bell.poll(CRITICAL)
    bell.finish_sweep()
    assert not bell.poll(make_ticket("2", priority=Priority.CRITICAL)), "of the same sweep"
    assert bell.poll(make_ticket("3", priority=Priority.CRITICAL))


def test_what_an_old_list_is_corrected_to_rings_for_nothing() -> None:
    bell = Bell(CALM, is_read=False)
    bell.service.set_health("qp", WorkspaceHealth(state=HealthState.LATE, as_of=NOON))

    assert not bell.poll(CRITICAL)


def test_a_burst_rings_once() -> None:
    assert Bell().poll(*(make_ticket(str(n), priority=Priority.CRITICAL) for n in range(9))) is True


def test_only_what_was_asked_for_rings() -> None:
    assert not Bell(rules=("overdue",)).poll(CRITICAL)
    assert Bell(rules=("overdue",)).poll(OVERDUE)
    assert not Bell(rules=("critical",)).poll(OVERDUE)
    assert Bell(rules=("critical",)).poll(CRITICAL)
    assert not Bell(rules=()).poll(CRITICAL, OVERDUE)


def test_a_closed_ticket_never_rings() -> None:
    assert not Bell().poll(DONE)


def test_everything_read_anew_rings_only_for_what_was_not_so_before() -> None:
    bell = Bell(CRITICAL)

    bell.mirror._position = None
    assert not bell.poll()
    bell.mirror._position = None
    assert bell.poll(make_ticket("2", priority=Priority.CRITICAL))


def test_the_title_is_a_count_and_our_name() -> None:
    assert title_words(6, demo=False) == "6! ticketdeck"
    assert title_words(0, demo=False) == "ticketdeck"
    assert title_words(1234, demo=True) == "1234! ticketdeck DEMO"
