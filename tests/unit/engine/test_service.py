"""The service with its real thread and its real clock; only the vendors are lists."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from support.builders import make_ticket
from support.journal import closed_later
from support.sources import FixedCredential, make_allowance
from support.vendors import CreatingVendor, FetchingVendor, ListVendor
from tui.domain.diff import Reset
from tui.domain.draft import Draft, FieldSpec, OutcomeState
from tui.domain.errors import ConnectionLost, UsageError
from tui.domain.health import HealthState
from tui.domain.ticket import TicketRef
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.engine.service import Service, Source
from tui.store.journal import Journal
from tui.store.queue_key import QueueKey

KEYS = {name: QueueKey("v", "https://v.example", name) for name in ("good", "bad")}
TEN = 10.0
"""Seconds after which a test that waits has failed."""


class Desk:
    """A service over two workspaces: `good`, which can create, and `bad`, which always fails."""

    def __init__(self, *, good: ListVendor | None = None) -> None:
        self.good = good or FetchingVendor([make_ticket("1", workspace="good")])
        self.bad = ListVendor()
        self.bad.failure = ConnectionLost("cut")
        self.service = Service(
            [self._source("good", self.good), self._source("bad", self.bad)],
            closed_later(Journal(None, KEYS, clock=SystemClock())),
            clock=SystemClock(),
        )

    @staticmethod
    def _source(name: str, vendor: ListVendor) -> Source:
        allowance = make_allowance(SystemClock())
        return Source(
            workspace=Workspace(name=name, vendor="v", title=name.title(), poll_interval_s=3_600),
            open_vendor=lambda: vendor,
            credential=FixedCredential(),
            allowance=allowance,
            gate=allowance.gate(name),
            origin=f"https://{name}.example",
            fields=(FieldSpec(key="title", label="Title"),) if name == "good" else (),
        )


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.service.stop()


def test_every_workspace_is_polled_and_one_that_fails_delays_none(desk: Desk) -> None:
    both = threading.Event()

    def look() -> None:
        states = {name: health.state for name, health in desk.service.health().items()}
        if states == {"good": HealthState.OK, "bad": HealthState.BACKING_OFF}:
            both.set()

    desk.service.subscribe(look)
    desk.service.start()
    desk.service.start_polling()

    assert both.wait(TEN)
    answer = desk.service.changes_since(None)
    assert isinstance(answer, Reset)
    assert [str(ticket.ref) for ticket in answer.tickets] == ["good/1"]


def test_a_sweep_by_hand_answers_with_the_health(desk: Desk) -> None:
    desk.service.start()

    assert desk.service.sweep("good").result(TEN).state is HealthState.OK
    assert desk.service.sweep("bad").result(TEN).error == "cut"
    assert len(desk.good.calls) == 1


def test_a_create_shows_in_the_queue_at_once(desk: Desk) -> None:
    desk.service.start()

    outcome = desk.service.create(Draft("good", {"title": "New"})).result(TEN)

    assert outcome.state is OutcomeState.CREATED
    answer = desk.service.changes_since(None)
    assert isinstance(answer, Reset)
    assert outcome.ref in {ticket.ref for ticket in answer.tickets}


def test_a_create_goes_on_when_nobody_waits_for_it(desk: Desk) -> None:
    desk.service.start()
    created = threading.Event()
    desk.service.subscribe(created.set)

    abandoned: Future[object] = desk.service.create(Draft("good", {}))  # type: ignore[assignment]
    abandoned.cancel()

    assert created.wait(TEN)


def test_a_single_ticket_is_fetched_where_the_vendor_can(desk: Desk) -> None:
    desk.service.start()

    assert desk.service.fetch(TicketRef("good", "1")).result(TEN).title == "Ticket 1"
    with pytest.raises(UsageError, match="Bad does not serve single tickets"):
        desk.service.fetch(TicketRef("bad", "1")).result(TEN)


def test_abilities_a_vendor_lacks_are_named(desk: Desk) -> None:
    desk.service.start()

    with pytest.raises(UsageError, match="cannot be asked for choices"):
        desk.service.choices("good", "title").result(TEN)
    with pytest.raises(UsageError, match="takes no new tickets"):
        desk.service.render(Draft("bad", {})).result(TEN)
    assert desk.service.fields("bad") == ()


def test_an_unknown_workspace_is_answered_with_the_known_ones(desk: Desk) -> None:
    desk.service.start()

    with pytest.raises(UsageError, match=r"no workspace nope \(known: good, bad\)"):
        desk.service.sweep("nope")


def test_an_unsubscribed_listener_hears_nothing_more(desk: Desk) -> None:
    desk.service.start()
    heard: list[int] = []
    unsubscribe = desk.service.subscribe(lambda: heard.append(1))
    unsubscribe()

    desk.service.sweep("good").result(TEN)

    assert heard == []


def test_a_listener_that_fails_stops_neither_polling_nor_the_others(desk: Desk) -> None:
    heard = threading.Event()

    def fail() -> None:
        raise RuntimeError("the dashboard is gone")

    desk.service.subscribe(fail)
    desk.service.subscribe(heard.set)
    desk.service.start()

    assert desk.service.sweep("good").result(TEN).error is None
    assert heard.is_set()


def test_what_is_asked_after_the_end_is_cancelled_at_once(desk: Desk) -> None:
    desk.service.start()
    desk.service.stop()
    desk.service.stop()
    desk.service.refresh()

    assert desk.service.create(Draft("good", {})).cancelled()


def test_stopping_lets_a_create_come_to_its_end() -> None:
    vendor = CreatingVendor()
    desk = Desk(good=vendor)
    desk.service.start()
    gate = asyncio.Event()
    vendor.create_gate = gate
    future = desk.service.create(Draft("good", {}))
    threading.Timer(0.1, lambda: desk.service._runtime.call(gate.set)).start()

    desk.service.stop()

    assert future.result(TEN).state is OutcomeState.CREATED
    assert vendor.closed


def test_stopping_does_not_wait_for_ever() -> None:
    vendor = ListVendor()
    desk = Desk(good=vendor)
    vendor.gate = asyncio.Event()
    desk.service.start()
    desk.service.start_polling()

    desk.service.stop(0.2)

    assert not any(thread.name == "engine" for thread in threading.enumerate())
