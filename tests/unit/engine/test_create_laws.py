"""Laws of creating, whatever a vendor does and whenever a process is killed, stopped or started.

Never more requests than a person asked for, no ticket claimed twice, no claim that is not so, and
nothing forgotten.
"""

import asyncio
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from support.create_station import CreateStation, Fate, Mailroom, QuickClock, make_draft
from support.journal import close_opened
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Outcome, OutcomeState
from tui.domain.errors import ConnectionLost, UsageError
from tui.engine.reconciling import ABSENT
from tui.store.entry import Entry

TITLES = ("Tills down", "Orders vanish")
PROCESSES = 2
PATIENT_S = 130.0
"""In so long everything is settled that reading can settle."""
runs: Counter[str] = Counter()


class Creating(RuleBasedStateMachine):
    """Two processes at most on one ledger, one vendor, and persons who settle what is open."""

    def __init__(self) -> None:
        super().__init__()
        runs["runs"] += 1
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="creates-"))
        self.clock = QuickClock()
        self.mailroom = Mailroom(self.clock)
        self.stations: list[CreateStation] = []
        self.told: list[tuple[str, Outcome]] = []
        """Serial and outcome of each create, as its asker was told."""
        self.asked: Counter[str] = Counter()
        """How often a person asked for a ticket, by serial."""
        self.settled_by_hand: set[str] = set()
        """Serials that a person sent again or dropped: two of them may exist, or one unknown."""
        self.serials = 0
        self.background: set[asyncio.Task[None]] = set()
        self.run(self.start())

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    async def start(self) -> CreateStation:
        station = CreateStation(self.mailroom, self.folder, name=f"process-{len(self.stations)}")
        self.stations.append(station)
        await station.start()
        return station

    @property
    def awake(self) -> list[CreateStation]:
        return [each for each in self.stations if not (each.is_dead or each.is_suspended)]

    @property
    def alive(self) -> list[CreateStation]:
        return [each for each in self.stations if not each.is_dead]

    def pick(self, number: int) -> CreateStation:
        """Return a process that can be worked with; one is started where there is none."""
        if not self.awake:
            if len(self.alive) < PROCESSES:
                self.run(self.start())
            self.resume()
        return self.awake[number % len(self.awake)]

    def watch(self, serial: str, task: "asyncio.Task[Outcome]") -> None:
        def take(done: "asyncio.Task[Outcome]") -> None:
            if not done.cancelled() and done.exception() is None:
                self.told.append((serial, done.result()))

        task.add_done_callback(take)

    def entries(self) -> tuple[Entry, ...]:
        return self.stations[-1].entries()

    @rule(
        number=st.integers(0, 1),
        title=st.sampled_from(TITLES),
        email=st.sampled_from(("", "ann@a.example", "bo@b.example")),
        fate=st.sampled_from(Fate),
        steps=st.one_of(st.none(), st.none(), st.integers(1, 12)),
        after=st.booleans(),
    )
    def create(
        self, *, number: int, title: str, email: str, fate: Fate, steps: int | None, after: bool
    ) -> None:
        """A person creates a ticket; its process may be killed at one of the next steps."""
        station = self.pick(number)
        self.serials += 1
        serial = str(self.serials)
        runs["creates"] += 1
        runs[fate.value] += 1
        self.asked[serial] += 1
        self.mailroom.fate = fate
        station.dies_in, station.dies_after_work = steps, after

        async def begin() -> None:
            self.watch(serial, station.send(make_draft(serial, title=title, email=email)))
            await self.clock.advance(0.01)

        self.run(begin())

    @rule(seconds=st.sampled_from((0.6, 2.5, 6.0, 11.0, 35.0, 100.0)))
    def wait(self, seconds: float) -> None:
        self.run(self.clock.advance(seconds))

    @precondition(lambda self: self.awake)
    @rule(number=st.integers(0, 1))
    def kill(self, number: int) -> None:
        runs["kills"] += 1
        self.pick(number).kill()

    @precondition(lambda self: self.awake)
    @rule(number=st.integers(0, 1), steps=st.integers(1, 20), after=st.booleans())
    def kill_soon(self, *, number: int, steps: int, after: bool) -> None:
        station = self.pick(number)
        station.dies_in, station.dies_after_work = steps, after

    @precondition(lambda self: self.awake)
    @rule(number=st.integers(0, 1))
    def quit(self, number: int) -> None:
        station = self.pick(number)

        async def end() -> None:
            stopping = asyncio.create_task(station.stop())
            await self.clock.advance(2.0)
            # `Service.stop` waits no longer.
            station.kill()
            stopping.cancel()

        self.run(end())

    @precondition(lambda self: len(self.alive) < PROCESSES)
    @rule()
    def begin(self) -> None:
        self.run(self.start())

    @precondition(lambda self: self.awake)
    @rule(number=st.integers(0, 1))
    def suspend(self, number: int) -> None:
        self.pick(number).suspend()

    @rule()
    def resume(self) -> None:
        for station in self.alive:
            station.resume()
        self.run(self.clock.advance(0.01))

    @rule(lists=st.booleans(), newest=st.booleans())
    def vendor_changes(self, *, lists: bool, newest: bool) -> None:
        """Its lists fail, or do not any more."""
        self.mailroom.list_failure = ConnectionLost("timed out") if lists else None
        self.mailroom.newest_failure = ConnectionLost("timed out") if newest else None

    @rule(title=st.sampled_from(TITLES))
    def somebody_else_creates(self, title: str) -> None:
        """Another trouble's ticket of the same title."""
        draft = make_draft("", title=title, text="Elsewhere.")
        self.mailroom.commit(draft, serial="a stranger's")

    @precondition(lambda self: self.awake)
    @rule(number=st.integers(0, 1), which=st.integers(0, 5), fate=st.sampled_from(Fate))
    def send_again(self, number: int, which: int, fate: Fate) -> None:
        """A person sends again what is open."""
        station = self.pick(number)
        chosen = self.left_open(station, which)
        if chosen is None:
            return
        serial = str(chosen.draft.values["serial"])
        self.mailroom.fate = fate

        async def begin() -> None:
            async def again() -> Outcome:
                outcome = await station.runs.send_again(chosen.id)
                assert outcome.intent_id != chosen.id
                return outcome

            # It counts as asked for before it is known whether it is refused.
            self.asked[serial] += 1
            self.settled_by_hand.add(serial)
            self.watch(serial, asyncio.create_task(again()))
            await self.clock.advance(0.01)

        runs["sent again"] += 1
        self.run(begin())

    def left_open(self, station: CreateStation, which: int) -> OpenCreate | None:
        """Return one of those that a person may settle; looking has its time before."""
        if not station.open:
            title, fate = TITLES[which % 2], Fate.LOST_BEFORE
            self.create(number=0, title=title, email="", fate=fate, steps=None, after=False)
        self.run(self.clock.advance(45.0))
        found = [each for each in station.open if each.stage is Stage.OPEN]
        return found[which % len(found)] if found and not station.is_dead else None

    @rule(number=st.integers(0, 1), which=st.integers(0, 5))
    def drop(self, number: int, which: int) -> None:
        station = self.pick(number)
        chosen = self.left_open(station, which)
        if chosen is None:
            return
        runs["dropped"] += 1
        self.settled_by_hand.add(str(chosen.draft.values["serial"]))

        async def dropping() -> None:
            # Another process may be at it by now.
            with suppress(UsageError):
                await station.runs.drop(chosen.id)

        async def begin() -> None:
            self.background.add(asyncio.create_task(dropping()))
            await self.clock.advance(0.01)

        self.run(begin())

    @invariant()
    def nothing_is_sent_that_nobody_asked_for(self) -> None:
        posts = Counter(post.serial for post in self.mailroom.posts)
        assert all(posts[serial] <= self.asked[serial] for serial in posts)

    @invariant()
    def no_ticket_is_claimed_twice(self) -> None:
        claims = [
            (each.intent.id, each.outcome.ref.id)
            for each in self.entries()
            if each.outcome is not None
            and each.outcome.state is OutcomeState.CREATED
            and each.outcome.ref is not None
        ]
        assert len({ref for _, ref in claims}) == len(claims)
        assert {ref for _, ref in claims} <= {each.ref.id for each in self.mailroom.tickets}

    @invariant()
    def what_is_said_to_be_created_exists_and_says_what_was_typed(self) -> None:
        shown = {each.ref: each for each in self.mailroom.tickets}
        for _, outcome in self.told:
            if outcome.state is OutcomeState.CREATED:
                assert outcome.ref in shown
        strangers = {name for name, by in self.mailroom.made_by.items() if by == "a stranger's"}
        for entry in self.entries():
            if entry.outcome is not None and entry.outcome.ref is not None:
                assert entry.outcome.ref.id not in strangers

    @invariant()
    def what_is_said_to_be_not_created_is_not_there(self) -> None:
        made = Counter(self.mailroom.made_by.values())
        for serial, outcome in self.told:
            if outcome.state is OutcomeState.NOT_CREATED and serial not in self.settled_by_hand:
                assert not made[serial]

    def teardown(self) -> None:
        try:
            self.run(self.settle())
        finally:
            while tasks := asyncio.all_tasks(self.loop):
                for task in tasks:
                    task.cancel()
                self.run(asyncio.sleep(0))
            close_opened()
            self.loop.close()
            shutil.rmtree(self.folder)

    async def settle(self) -> None:
        """Let everything come to its end, and look that nothing is forgotten."""
        self.mailroom.list_failure = self.mailroom.newest_failure = None
        for station in self.alive:
            station.dies_in = None
            station.resume()
        last = await self.start()
        await self.clock.advance(PATIENT_S)
        self.mailroom.shown()
        made = Counter(self.mailroom.made_by.values())
        claimed = Counter[tuple[str, str]]()
        shown = {each.ref.id: each for each in self.mailroom.tickets}
        entries = self.entries()
        for entry in entries:
            if entry.outcome is not None and entry.outcome.ref is not None:
                ticket = shown[entry.outcome.ref.id]
                claimed[ticket.title, ticket.customer.email or ""] += 1
        there = Counter(
            (each.title, each.customer.email or "")
            for each in self.mailroom.tickets
            if self.mailroom.made_by[each.ref.id] != "a stranger's"
        )
        for entry in entries:
            if not entry.is_open:
                continue
            hangs = any(
                each.id == entry.intent.id and each.stage is Stage.SENDING for each in last.open
            )
            assert entry.is_looked or hangs, "somebody would have to look for it still"
            serial = str(entry.intent.draft.values["serial"])
            values = entry.intent.draft.values
            alike = str(values["title"]), str(values.get("email", ""))
            absent = entry.outcome is not None and entry.outcome.message == ABSENT
            if absent and made[serial] and serial not in self.settled_by_hand:
                # Of two that say the same, the other one may have it.
                assert claimed[alike] == there[alike], "it is there, and nobody is told"


@pytest.mark.timeout(300)
def test_creates_keep_their_laws(
    capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    runs.clear()

    run_state_machine_as_test(
        Creating,
        settings=settings(
            stateful_step_count=25,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )

    record_property("runs", runs["runs"])
    record_property("creates", runs["creates"])
    with capsys.disabled():
        sys.stdout.write(
            f"\n{runs['runs']} runs: {runs['creates']} creates, {runs['sent again']} sent again,"
            f" {runs['dropped']} dropped, {runs['kills']} kills\n"
        )
    assert runs["creates"] > runs["runs"] / 2
