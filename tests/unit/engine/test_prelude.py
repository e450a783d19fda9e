"""What stands for the engine until it is there."""

import threading
from datetime import timedelta
from typing import cast

import pytest

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.program import PATIENCE_S
from support.service import FakeService, make_workspaces
from tui.domain.activity import Novelty
from tui.domain.acts import Act, ActKind
from tui.domain.diff import ChangeSet, Reset, Totals
from tui.domain.errors import StateError
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import TicketRef
from tui.engine.prelude import Prelude, Stored
from tui.engine.service import Service

FIRST, LATER = make_ticket("1", workspace="qp"), make_ticket("2", workspace="qp")


class Engine(FakeService):
    """A service that says in which order it was called."""

    def __init__(self) -> None:
        super().__init__(make_workspaces(), [FIRST, LATER])
        self.calls: list[str] = []

    def start(self) -> None:
        self.calls.append("start")

    def start_polling(self) -> None:
        self.calls.append("poll")

    def stop(self) -> None:
        self.calls.append("stop")

    def refresh(self, workspace: str | None = None) -> None:
        self.calls.append(f"refresh {workspace}")


class Beginning:
    """A prelude, and the engine that comes when it is let."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.engine = Engine()
        self.failures: list[Exception] = []
        self.clock = FakeClock(NOON)
        self._failure = failure
        self._may_come = threading.Event()
        ok = WorkspaceHealth(state=HealthState.OK, as_of=NOON, late_at=NOON + timedelta(minutes=5))
        self.prelude = Prelude(
            Stored(
                workspaces=make_workspaces(),
                tickets=(FIRST,),
                totals={"qp": Totals(tickets=2, open=2, overdue=0, critical=0, pressing=0)},
                health={"qp": ok},
                novelties={FIRST.ref: Novelty.NEW},
                acts={},
            ),
            clock=self.clock,
        )

    def let_come(self) -> None:
        self._may_come.set()
        self.prelude.bring_up(self._open, self.failures.append)

    def wait_until_there(self) -> None:
        there = threading.Event()
        unsubscribe = self.prelude.subscribe(there.set)
        self.let_come()
        assert there.wait(PATIENCE_S)
        unsubscribe()

    def _open(self) -> Service:
        assert self._may_come.wait(PATIENCE_S)
        if self._failure is not None:
            raise self._failure
        self.engine.start()
        return cast("Service", self.engine)


def test_before_the_engine_is_there_the_store_is_shown_with_its_sums() -> None:
    prelude = Beginning().prelude

    first = prelude.changes_since(None)

    assert isinstance(first, Reset)
    assert first.tickets == (FIRST,)
    assert first.totals is not None
    assert first.totals["qp"].open == 2
    assert prelude.changes_since(first.position) == ChangeSet(position=first.position)
    assert prelude.novelties() == {FIRST.ref: Novelty.NEW}
    assert prelude.acts() == {}
    assert prelude.banner is None


def test_what_is_stored_grows_old_before_the_engine_is_there() -> None:
    beginning = Beginning()

    beginning.clock.jump(360)

    assert beginning.prelude.health()["qp"].state is HealthState.LATE


def test_when_the_engine_is_there_all_of_it_replaces_what_was_stored() -> None:
    beginning = Beginning()
    prelude = beginning.prelude
    first = prelude.changes_since(None)

    beginning.wait_until_there()

    now = prelude.changes_since(first.position)
    assert isinstance(now, Reset)
    assert now.totals is None
    assert prelude.novelties() == {}
    assert {ticket.ref for ticket in now.tickets} == {FIRST.ref, LATER.ref}


def test_what_was_asked_early_is_done_in_order_when_the_engine_is_there() -> None:
    beginning = Beginning()
    prelude = beginning.prelude

    prelude.refresh("qp")
    prelude.look_at(["qp"])
    batch = prelude.act(Act(ActKind.PIN), [FIRST])
    prelude.refresh(None)
    assert not batch.done()
    beginning.let_come()

    assert batch.result(PATIENCE_S)
    prelude.stop()
    assert beginning.engine.calls == ["start", "refresh qp", "refresh None", "poll", "stop"]
    assert beginning.engine.looked_at == ("qp",)


def test_whoever_listened_early_hears_of_the_engine_and_of_its_changes() -> None:
    beginning = Beginning()
    heard = threading.Semaphore(0)
    unsubscribe = beginning.prelude.subscribe(heard.release)

    beginning.let_come()
    assert heard.acquire(timeout=PATIENCE_S)
    beginning.prelude.stop()
    beginning.engine.tell()
    assert heard.acquire(timeout=PATIENCE_S)

    unsubscribe()
    beginning.engine.tell()
    assert not heard.acquire(blocking=False)


def test_an_engine_that_cannot_be_had_is_told_once_and_fails_what_waits() -> None:
    beginning = Beginning(StateError("no room"))
    history = beginning.prelude.history(TicketRef("qp", "1"))

    beginning.let_come()

    with pytest.raises(StateError, match="no room"):
        history.result(PATIENCE_S)
    beginning.prelude.stop()
    assert [str(failure) for failure in beginning.failures] == ["no room"]
    assert isinstance(beginning.prelude.changes_since(None), Reset)


def test_a_prelude_that_never_began_ends_at_once() -> None:
    beginning = Beginning()

    beginning.prelude.start()
    beginning.prelude.stop()

    assert beginning.engine.calls == []
