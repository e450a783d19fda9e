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
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from support.create_station import CreateStation, Fate, Mailroom, QuickClock, make_draft
from support.journal import close_opened
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Outcome, OutcomeState
from tui.domain.errors import ConnectionLost, StateError, UsageError
from tui.store.entry import Entry

TITLES = ("Tills down", "Orders vanish")
CUSTOMERS = {TITLES[0]: ("", "ann@a.example", "bo@b.example"), TITLES[1]: ("ann@a.example",)}
"""Whom a new ticket may be for: of the second kind, none is for nobody."""
CLOCKS = (
    (0.0, True),
    (30.0, True),
    (180.0, True),
    (-3_600.0, True),
    (0.0, False),
    (3_600.0, False),
)
"""How far the vendor's clock is ahead, and whether its answers tell."""
LONG_AGO_S = 200.0
"""By then, no ticket of now is taken for what came of it."""
STRANGER = "a stranger's"
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
        self.asked_at: dict[tuple[str, str], float] = {}
        """When a ticket of that title and customer was last asked for."""
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

    @initialize(clock=st.sampled_from(CLOCKS), late_s=st.sampled_from((12.0, 50.0, 100.0)))
    def vendor_is_as_it_is(self, *, clock: tuple[float, bool], late_s: float) -> None:
        self.mailroom.skew_s, self.mailroom.tells_date = clock
        self.mailroom.late_s = late_s

    @rule(
        number=st.integers(0, 1),
        wish=st.sampled_from([(title, each) for title in TITLES for each in CUSTOMERS[title]]),
        fate=st.sampled_from(Fate),
        steps=st.one_of(st.none(), st.none(), st.integers(1, 12)),
        after=st.booleans(),
        is_preceded=st.booleans(),
    )
    def create(
        self,
        *,
        number: int,
        wish: tuple[str, str],
        fate: Fate,
        steps: int | None,
        after: bool,
        is_preceded: bool,
    ) -> None:
        """A person creates a ticket; its process may be killed at one of the next steps.

        Somebody else may have created the same half a minute before.
        """
        station = self.pick(number)
        title, email = wish
        now = self.clock.monotonic()
        if is_preceded and now - self.asked_at.get(wish, -LONG_AGO_S) >= LONG_AGO_S:
            draft = make_draft("", title=title, email=email)
            self.mailroom.commit(draft, serial=STRANGER, age_s=30.0)
            runs["preceded"] += 1
        self.asked_at[wish] = now
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

    @rule(
        wish=st.sampled_from([(title, each) for title in TITLES for each in CUSTOMERS[title]]),
        fates=st.tuples(st.sampled_from(Fate), st.sampled_from(Fate)),
        seconds=st.sampled_from((0.0, 3.0, 45.0)),
    )
    def create_two_alike(
        self, *, wish: tuple[str, str], fates: tuple[Fate, Fate], seconds: float
    ) -> None:
        """Two persons, or one twice, create tickets that nobody can tell apart."""
        for number, fate in enumerate(fates):
            self.create(
                number=number, wish=wish, fate=fate, steps=None, after=False, is_preceded=False
            )
            self.wait(seconds)

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

    @rule(
        title=st.sampled_from(TITLES),
        text=st.sampled_from(("Elsewhere.", "Since noon.", "Since noon. More.")),
        is_named=st.booleans(),
    )
    def somebody_else_creates(self, *, title: str, text: str, is_named: bool) -> None:
        """Another trouble's ticket that looks the same but for its text, or its customer."""
        is_told = is_named or text != "Since noon." or "" not in CUSTOMERS[title]
        email = "zoe@z.example" if is_named or not is_told else ""
        draft = make_draft("", title=title, text=text, email=email)
        self.mailroom.commit(draft, serial=STRANGER)
        runs["strangers"] += 1

    @precondition(lambda self: self.awake)
    @rule(number=st.integers(0, 1))
    def poll(self, number: int) -> None:
        station = self.pick(number)

        async def begin() -> None:
            self.background.add(asyncio.create_task(_polled(station)))
            await self.clock.advance(1.0)

        self.run(begin())

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
                if outcome.intent_id == chosen.id:
                    runs["found before it was sent again"] += 1
                    assert outcome.state is not OutcomeState.NOT_CREATED
                    assert outcome.ref or outcome.candidates
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
            wish = title, CUSTOMERS[title][0]
            self.create(number=0, wish=wish, fate=fate, steps=None, after=False, is_preceded=False)
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
    def what_is_said_to_be_created_is_what_came_of_it(self) -> None:
        made_by = self.mailroom.made_by
        for serial, outcome in self.told:
            if outcome.state is OutcomeState.CREATED:
                assert outcome.ref is not None
                assert made_by[outcome.ref.id] == serial
        for entry in self.entries():
            # What its sender knows keeps no values.
            serial = str(entry.intent.draft.values.get("serial", ""))
            if serial and entry.outcome is not None and entry.outcome.ref is not None:
                assert made_by[entry.outcome.ref.id] == serial

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
        await asyncio.gather(_polled(last), self.clock.advance(5.0))
        made = Counter(self.mailroom.made_by.values())
        for entry in self.entries():
            if not entry.is_open:
                runs["ended created"] += (
                    entry.outcome is not None and entry.outcome.state is OutcomeState.CREATED
                )
                continue
            hangs = any(
                each.id == entry.intent.id and each.stage is Stage.SENDING for each in last.open
            )
            runs["candidates"] += entry.outcome is not None and bool(entry.outcome.candidates)
            assert entry.is_looked or hangs, "somebody would have to look for it still"
            serial = str(entry.intent.draft.values["serial"])
            if made[serial] and serial not in self.settled_by_hand and not hangs:
                assert entry.outcome is not None
                named = {self.mailroom.made_by[ref.id] for ref in entry.outcome.candidates}
                assert serial in named, "it is there, and nobody is told"


async def _polled(station: CreateStation) -> None:
    with suppress(StateError):
        await station.poller.fresh(0.0)


@pytest.mark.timeout(300)
def test_creates_keep_their_laws(
    capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    runs.clear()

    run_state_machine_as_test(
        Creating,
        settings=settings(
            stateful_step_count=20,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )

    record_property("runs", runs["runs"])
    record_property("creates", runs["creates"])
    with capsys.disabled():
        sys.stdout.write(
            f"\n{runs['runs']} runs: {runs['creates']} creates, {runs['sent again']} sent again,"
            f" {runs['dropped']} dropped, {runs['kills']} kills, {runs['strangers']} strangers'"
            f" tickets, {runs['preceded']} creates after the same of a stranger's,"
            f" {runs['ended created']} created, {runs['candidates']} left with candidates\n"
        )
    assert runs["creates"] > runs["runs"] / 2
