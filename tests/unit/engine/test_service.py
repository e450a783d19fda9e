"""The service with its real thread and its real clock; only the vendors are lists."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from support.builders import make_ticket
from support.journal import closed_later
from support.sources import FixedCredential, make_allowance
from support.vendors import CreatingVendor, FetchingVendor, ListVendor
from tui.domain.activity import Novelty
from tui.domain.acts import Act, ActKind
from tui.domain.diff import Reset
from tui.domain.draft import Draft, FieldSpec, OutcomeState
from tui.domain.errors import ConnectionLost, CredentialError, StateError, UsageError
from tui.domain.health import HealthState
from tui.domain.revision import Revisions
from tui.domain.ticket import TicketRef
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.engine.service import Service
from tui.engine.source import Source
from tui.store.journal import Journal
from tui.store.queue_key import QueueKey

KEYS = {name: QueueKey("v", "https://v.example", name) for name in ("good", "bad")}
TEN = 10.0
"""Seconds after which a test that waits has failed."""


class Desk:
    """A service over two workspaces: `good`, which can create, and `bad`, which always fails."""

    def __init__(self, *, good: ListVendor | None = None, folder: Path | None = None) -> None:
        self.good = good or FetchingVendor([make_ticket("1", workspace="good")])
        self.bad = ListVendor()
        self.bad.failure = ConnectionLost("cut")
        self.service = Service(
            [self._source("good", self.good), self._source("bad", self.bad)],
            closed_later(Journal(folder, KEYS, clock=SystemClock())),
            clock=SystemClock(),
            viewer="ana",
        )

    @staticmethod
    def _source(name: str, vendor: ListVendor) -> Source:
        allowance = make_allowance(SystemClock())
        return Source(
            workspace=Workspace(name=name, vendor="v", title=name.title(), poll_interval_s=3_600),
            open_vendor=lambda: vendor,
            credential=FixedCredential(),
            gate=allowance.gate(name),
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

    outcome = desk.service.creates.create(Draft("good", {"title": "New"})).result(TEN)

    assert outcome.state is OutcomeState.CREATED
    answer = desk.service.changes_since(None)
    assert isinstance(answer, Reset)
    assert outcome.ref in {ticket.ref for ticket in answer.tickets}


def test_a_create_goes_on_when_nobody_waits_for_it(desk: Desk) -> None:
    desk.service.start()
    created = threading.Event()
    desk.service.subscribe(created.set)

    abandoned: Future[object] = desk.service.creates.create(Draft("good", {}))  # type: ignore[assignment]
    abandoned.cancel()

    assert created.wait(TEN)


def test_a_single_ticket_is_fetched_where_the_vendor_can(desk: Desk) -> None:
    desk.service.start()

    assert desk.service.fetch(TicketRef("good", "1")).result(TEN).title == "Ticket 1"
    with pytest.raises(UsageError, match="Bad does not serve single tickets"):
        desk.service.fetch(TicketRef("bad", "1")).result(TEN)


def test_abilities_a_vendor_lacks_are_named(desk: Desk) -> None:
    desk.service.start()

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

    assert desk.service.creates.create(Draft("good", {})).cancelled()


def wait_until(service: Service, is_so: Callable[[], bool]) -> None:
    """Wait until that is so after something was told to listeners."""
    told = threading.Event()
    unsubscribe = service.subscribe(told.set)
    until = time.monotonic() + TEN
    while not is_so():
        assert told.wait(until - time.monotonic()), "nobody was told"
        told.clear()
    unsubscribe()


def test_what_comes_after_the_first_sweep_is_new_until_it_is_marked(desk: Desk) -> None:
    desk.service.start()
    desk.service.sweep("good").result(TEN)
    assert desk.service.novelties() == {}
    desk.good.tickets.append(make_ticket("2", workspace="good"))

    desk.service.sweep("good").result(TEN)
    assert desk.service.novelties() == {TicketRef("good", "2"): Novelty.NEW}
    desk.service.mark_seen([TicketRef("good", "2")])

    wait_until(desk.service, lambda: desk.service.novelties() == {})


def test_what_was_seen_is_known_after_a_restart(tmp_path: Path) -> None:
    vendor = FetchingVendor([make_ticket("1", workspace="good")])
    desk = Desk(good=vendor, folder=tmp_path)
    desk.service.start()
    desk.service.sweep("good").result(TEN)
    vendor.tickets += [make_ticket(number, workspace="good") for number in "23"]
    desk.service.sweep("good").result(TEN)
    desk.service.mark_seen([TicketRef("good", "3")])
    wait_until(desk.service, lambda: len(desk.service.novelties()) == 1)
    desk.service.stop()

    again = Desk(good=vendor, folder=tmp_path)
    again.service.start()

    assert again.service.novelties() == {TicketRef("good", "2"): Novelty.NEW}
    assert len(vendor.calls) == 2, "the first paint needs no vendor"
    again.service.stop()


def test_every_single_change_is_told_by_the_journal(desk: Desk) -> None:
    desk.service.start()
    start = desk.service.revisions_since(None).result(TEN)
    desk.service.sweep("good").result(TEN)
    for title in ("a", "b"):
        desk.good.tickets[:] = [make_ticket("1", workspace="good", title=title)]
        desk.service.sweep("good").result(TEN)

    found = desk.service.revisions_since(start.position, settled=True).result(TEN)

    assert isinstance(found, Revisions)
    assert [each.after and each.after.title for each in found.revisions] == ["Ticket 1", "a", "b"]
    assert [each.is_news for each in found.revisions] == [False, True, True]


def test_a_missing_credential_is_told_to_listeners_with_the_age_of_what_is_kept(
    tmp_path: Path,
) -> None:
    desk = Desk(folder=tmp_path)
    desk.service.start()
    as_of = desk.service.sweep("good").result(TEN).as_of
    assert as_of is not None
    desk.service.stop()
    keyless = ListVendor()
    keyless.failure = CredentialError("QP_KEY is not set", advice="set QP_KEY")
    again = Desk(good=keyless, folder=tmp_path)
    again.service.start()

    again.service.start_polling()
    health = again.service.fresh("good", 0).result(TEN)

    assert (health.state, health.advice) == (HealthState.REFUSED, "set QP_KEY")
    wait_until(again.service, lambda: again.service.health()["good"].error == "QP_KEY is not set")
    assert again.service.health()["good"].as_of == as_of
    told = again.service.revisions_since(None).result(TEN).health["good"]
    assert (told.error, told.as_of, told.since) == ("QP_KEY is not set", as_of, told.failed_at)
    again.service.stop()
    third = Desk(folder=tmp_path)
    third.service.start()
    assert third.service.health()["good"].error is None, "no news for other processes"
    third.service.stop()


def test_without_a_ledger_tickets_are_read_and_none_is_created(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"no database" * 100)
    desk = Desk(folder=tmp_path)
    desk.service.start()

    assert desk.service.sweep("good").result(TEN).state is HealthState.OK
    outcome = desk.service.creates.create(Draft("good", {"title": "New"})).result(TEN)

    assert outcome.state is OutcomeState.NOT_CREATED
    assert outcome.message.startswith("nothing was sent: move ledger.db away to begin anew; ")
    assert outcome.message.endswith(f": {tmp_path / 'ledger.db'}")
    assert isinstance(desk.good, CreatingVendor)
    assert desk.good.posts == 0
    desk.service.stop()


def test_at_rest_no_lease_is_held_and_afterwards_polling_goes_on(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path)
    other = closed_later(Journal(tmp_path, KEYS, clock=SystemClock()))
    desk.service.start()
    desk.service.start_polling()
    wait_until(desk.service, lambda: desk.service.health()["good"].as_of is not None)

    with desk.service.at_rest():
        state = other.leases.state("good")
        assert state is not None
        assert state.owner is None

    wait_until_true(lambda: holder(other) is not None)
    desk.service.stop()
    assert holder(other) is None


def holder(journal: Journal) -> str | None:
    state = journal.leases.state("good")
    return None if state is None else state.owner


def wait_until_true(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + TEN
    while not is_so():
        assert time.monotonic() < until
        threading.Event().wait(0.05)


def test_the_activity_names_who_polls(tmp_path: Path) -> None:
    desk, other = Desk(folder=tmp_path), Desk(folder=tmp_path)
    for each in (desk, other):
        each.service.start()
    desk.service.start_polling()
    wait_until_true(lambda: bool(desk.service.activity().result(TEN)["good"].polls))

    here = desk.service.activity().result(TEN)["good"]
    there = other.service.activity().result(TEN)["good"]

    assert here.poller == "this process"
    assert there.poller == f"ana, process {os.getpid()}"
    assert there.polls == here.polls
    assert [poll.error for poll in here.polls] == [None]
    for each in (desk, other):
        each.service.stop()


def test_stopping_lets_a_create_come_to_its_end() -> None:
    vendor = CreatingVendor()
    desk = Desk(good=vendor)
    desk.service.start()
    gate = asyncio.Event()
    vendor.create_gate = gate
    future = desk.service.creates.create(Draft("good", {}))
    threading.Timer(0.1, lambda: desk.service._runtime.call(gate.set)).start()

    desk.service.stop()

    assert future.result(TEN).state is OutcomeState.CREATED
    assert vendor.closed


def test_stopping_does_not_wait_for_ever() -> None:
    before = threading.enumerate()
    vendor = ListVendor()
    desk = Desk(good=vendor)
    vendor.gate = asyncio.Event()
    desk.service.start()
    desk.service.start_polling()

    desk.service.stop(0.2)

    ours = [thread for thread in threading.enumerate() if thread not in before]
    assert not any(thread.name == "engine" for thread in ours)


def test_what_is_done_here_is_told_to_listeners_and_undone(desk: Desk) -> None:
    desk.service.start()
    ticket = make_ticket("1", workspace="good")
    heard: list[bool] = []
    desk.service.subscribe(lambda: heard.append(ticket.ref in desk.service.acts()))

    batch = desk.service.act(Act(ActKind.ACKNOWLEDGE), [ticket]).result(TEN)

    found = desk.service.acts()[ticket.ref].acknowledged
    assert found is not None
    assert found.by == "ana"
    assert heard[-1], "at the first notification"
    assert desk.service.acts() is desk.service.acts()
    assert desk.service.undo(batch).result(TEN) == 1
    assert desk.service.acts() == {}


def test_what_was_done_before_is_there_from_the_first_moment(tmp_path: Path) -> None:
    ticket = make_ticket("1", workspace="good")
    first = Desk(folder=tmp_path)
    first.service.start()
    first.service.act(Act(ActKind.NOTE, text="Called."), [ticket]).result(TEN)
    first.service.stop()

    again = Desk(folder=tmp_path)
    again.service.start()

    assert [note.text for note in again.service.acts()[ticket.ref].notes] == ["Called."]
    again.service.stop()


def test_without_a_ledger_nothing_can_be_done_here_and_the_list_goes_on(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"this was a ledger once" * 50)
    desk = Desk(folder=tmp_path)
    desk.service.start()

    refused = desk.service.act(Act(ActKind.PIN), [make_ticket("1", workspace="good")])

    with pytest.raises(StateError, match=r"^nothing can be done here: move ledger.db away"):
        refused.result(TEN)
    assert desk.service.sweep("good").result(TEN).state is HealthState.OK
    assert desk.service.acts() == {}
    desk.service.stop()


def test_a_tickets_history_is_told_newest_first_by_the_workspaces_rules(desk: Desk) -> None:
    desk.service.start()
    desk.service.sweep("good").result(TEN)
    for title in ("second", "third"):
        desk.good.tickets = [make_ticket("1", workspace="good", title=title)]
        desk.service.sweep("good").result(TEN)

    newest, oldest = desk.service.history(TicketRef("good", "1")).result(TEN)

    assert [(each.before and each.before.title) for each in (newest, oldest)] == [
        "second",
        "Ticket 1",
    ]
    assert [(each.after and each.after.title) for each in (newest, oldest)] == ["third", "second"]
    assert desk.service.history(TicketRef("good", "none")).result(TEN) == ()
