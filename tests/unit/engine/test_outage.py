"""One line for all: an outage of the network is tried by one workspace at a time."""

import heapq
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clock import FakeClock
from tui.engine.backoff import FIRST_WINDOW_S, LONGEST_WINDOW_S, most_tries
from tui.engine.outage import (
    ASK_AGAIN_S,
    FOLLOW_S,
    LATELY_S,
    PROBE_LIMIT_S,
    SHORTEST_FOLLOW_S,
    TURN_S,
    Outage,
)

HOUR = 3_600.0
PACE = 30.0
"""The shortest of the offices."""
OUTAGE = 300.0


class HandClock(FakeClock):
    """A clock that tests put forward without waiting."""

    def move_to(self, moment: float) -> None:
        self._move_to(max(moment, self.monotonic()))


@dataclass
class Office:
    """Pollers of one process, and hosts that can be out of reach. Polls take no time."""

    origins: Sequence[str]
    paces: Sequence[float]
    seed: int = 1
    cut: set[str] = field(default_factory=set)
    """Origins that nobody reaches."""

    def __post_init__(self) -> None:
        self.clock = HandClock()
        self.outage = Outage(clock=self.clock, random=Random(self.seed))
        self.names = [f"w{number}" for number in range(len(self.origins))]
        self.tries: list[tuple[float, str, bool]] = []
        """When, who, and whether it was answered."""
        self.down_since: float | None = None
        self._due: list[tuple[float, str]] = []
        phases = Random(self.seed)
        for name, pace in zip(self.names, self.paces, strict=True):
            self.outage.join(name)
            heapq.heappush(self._due, (phases.uniform(0, pace), name))

    def run_until(self, end: float) -> None:
        while self._due[0][0] <= end:
            moment, name = heapq.heappop(self._due)
            self.clock.move_to(moment)
            hold = self.outage.hold_s(name)
            assert 0 <= hold <= ASK_AGAIN_S
            if hold == 0:
                hold = self._poll(name)
            heapq.heappush(self._due, (self.clock.monotonic() + hold, name))
        self.clock.move_to(end)

    def _poll(self, name: str) -> float:
        number = self.names.index(name)
        answered = self.origins[number] not in self.cut
        self.tries.append((self.clock.monotonic(), name, answered))
        if answered:
            self.outage.reached(name)
            return self.paces[number]
        self.outage.failed(name, self.paces[number])
        if self.outage.is_down and self.down_since is None:
            self.down_since = self.clock.monotonic()
        return 0.0

    def tries_between(self, start: float, end: float) -> list[tuple[float, str, bool]]:
        return [each for each in self.tries if start <= each[0] < end]


@st.composite
def offices(draw: st.DrawFn) -> Office:
    origins = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=8))
    paces = [draw(st.floats(PACE, 300)) for _ in origins]
    return Office(origins, paces, seed=draw(st.integers(0, 2**32)))


@given(offices(), st.floats(60, 2 * HOUR))
def test_an_outage_costs_no_more_tries_than_the_formula(office: Office, lasts_s: float) -> None:
    office.run_until(400)
    office.cut = set(office.origins)
    office.run_until(400 + lasts_s)

    tries = len(office.tries_between(400, 400 + lasts_s))
    noticed = lasts_s if office.down_since is None else office.down_since - 400
    alone = len(office.names) * most_tries(noticed, PACE)
    assert tries <= alone + most_tries(lasts_s - noticed, PACE) - 1


def test_an_hour_of_it_is_near_to_one_workspace_alone_and_not_to_all_of_them() -> None:
    office = Office("abcabcabc", [30.0] * 9)
    office.run_until(60)
    office.cut = set("abc")
    office.run_until(60 + HOUR)

    assert 9 <= len(office.tries_between(60, 60 + HOUR)) <= 9 * 5 + most_tries(HOUR, PACE)


@given(offices(), st.floats(60, 2 * HOUR))
def test_nobody_starves_when_the_network_is_back(office: Office, lasts_s: float) -> None:
    office.run_until(400)
    office.cut = set(office.origins)
    office.run_until(400 + lasts_s)
    back = 400 + lasts_s
    office.cut = set()
    line_s = max(SHORTEST_FOLLOW_S, FOLLOW_S * len(office.names))
    latest = back + LONGEST_WINDOW_S + TURN_S * len(office.names) + ASK_AGAIN_S * 2 + line_s
    office.run_until(latest + max(office.paces))

    answered = {name for _, name, was_answered in office.tries_between(back, 1e9) if was_answered}
    assert answered == set(office.names)


@given(st.integers(2, 15), st.integers(0, 2**32))
def test_the_others_follow_one_after_the_other(workspaces: int, seed: int) -> None:
    office = Office("ab" * workspaces, [30.0] * 2 * workspaces, seed)
    office.cut = {"a", "b"}
    office.run_until(OUTAGE)
    office.cut = set()
    office.run_until(OUTAGE + LONGEST_WINDOW_S + 60)

    firsts: dict[str, float] = {}
    for moment, name, answered in office.tries:
        if answered:
            firsts.setdefault(name, moment)
    probe, *line = firsts.values()
    assert len(line) == 2 * workspaces - 1
    line_s = max(SHORTEST_FOLLOW_S, FOLLOW_S * len(line))
    assert line[-1] - probe <= ASK_AGAIN_S + line_s + 0.01
    # Each has a place in line and chance moves it within that: no three in one place's time.
    gap = line_s / len(line)
    assert all(third - first > gap * 0.99 for first, third in zip(line, line[2:], strict=False))


def test_the_probes_go_round() -> None:
    office = Office("aabb", [30.0] * 4)
    office.cut = {"a", "b"}
    office.run_until(HOUR)

    assert office.down_since is not None
    probes = [name for _, name, _ in office.tries_between(office.down_since + 0.01, HOUR)]
    assert len(probes) >= 8
    for start in range(0, len(probes) - 3, 4):
        assert len(set(probes[start : start + 4])) == 4


def test_one_host_that_is_down_keeps_no_other_waiting() -> None:
    office = Office("abbb", [60.0] * 4)
    office.run_until(60)
    office.cut = {"a"}
    office.run_until(60 + HOUR)

    assert office.down_since is None
    for name in office.names[1:]:
        mine = [moment for moment, who, _ in office.tries if who == name]
        assert max(b - a for a, b in itertools.pairwise(mine)) < 60.01
    lone = [each for each in office.tries_between(60, 60 + HOUR) if each[1] == "w0"]
    assert len(lone) <= most_tries(HOUR, 60)


@pytest.mark.parametrize("pace", [5.0, 60.0, LATELY_S - 1])
def test_many_hosts_that_are_down_keep_nobody_waiting_whom_others_answer(pace: float) -> None:
    office = Office("abcdd", [pace] * 5)
    office.run_until(2 * pace)
    office.cut = {"a", "b", "c"}
    office.run_until(2 * pace + HOUR)

    assert office.down_since is None
    for name in ("w3", "w4"):
        mine = [moment for moment, who, _ in office.tries if who == name]
        assert max(b - a for a, b in itertools.pairwise(mine)) < pace + 0.01
    for name in ("w0", "w1", "w2"):
        mine = [moment for moment, who, _ in office.tries_between(2 * pace, 1e9) if who == name]
        assert len(mine) <= most_tries(HOUR, pace)


def test_who_rests_for_hours_does_not_hide_an_outage_and_is_not_held_by_one() -> None:
    office = Office("abc", [30.0, 30.0, 6 * HOUR])
    office.cut = {"a", "b"}
    office.run_until(LATELY_S + LONGEST_WINDOW_S)
    assert office.down_since is not None

    assert office.outage.is_down
    assert office.outage.hold_s("w2") == 0.0
    office.outage.reached("w2")
    assert not office.outage.is_down


class TestByHand:
    def make(self) -> Outage:
        self.clock = HandClock()
        outage = Outage(clock=self.clock, random=Random(1))
        for name in ("one", "two", "three"):
            outage.join(name)
        return outage

    def test_a_person_who_reaches_a_vendor_ends_it_for_all(self) -> None:
        outage = self.make()
        for name in ("one", "two", "three"):
            outage.failed(name, PACE)
        assert outage.is_down

        outage.reached("three")

        assert outage.next_try_s("one") >= ASK_AGAIN_S
        self.clock.move_to(ASK_AGAIN_S + SHORTEST_FOLLOW_S)
        assert [outage.hold_s(name) for name in ("one", "two", "three")] == [0, 0, 0]

    def test_trying_by_hand_makes_nobody_more_patient(self) -> None:
        outage = self.make()
        for name in ("one", "two", "three"):
            outage.failed(name, PACE)
        planned = outage.next_try_s("one")
        assert 0 < planned <= FIRST_WINDOW_S

        for _ in range(20):
            outage.failed("three", PACE)

        assert outage.next_try_s("one") == planned


class TestProbe:
    def make(self) -> Outage:
        self.clock = HandClock()
        outage = Outage(clock=self.clock, random=Random(1))
        for name in ("one", "two"):
            outage.join(name)
        for name in ("one", "two"):
            outage.failed(name, PACE)
        self.clock.move_to(FIRST_WINDOW_S)
        assert outage.hold_s("one") == 0
        return outage

    def test_while_one_probes_the_other_waits(self) -> None:
        outage = self.make()
        assert outage.hold_s("two") == ASK_AGAIN_S
        assert outage.hold_s("one") == 0

    def test_a_probe_that_says_nothing_is_given_up(self) -> None:
        outage = self.make()
        self.clock.move_to(FIRST_WINDOW_S + PROBE_LIMIT_S)
        assert outage.hold_s("two") == 0
        assert outage.hold_s("one") == ASK_AGAIN_S

    def test_a_probe_that_tells_nothing_leaves_its_turn_to_the_next(self) -> None:
        outage = self.make()
        outage.unclear("one")
        assert outage.is_down
        assert outage.hold_s("two") == 0
        assert outage.hold_s("one") == ASK_AGAIN_S

    def test_a_prober_that_is_handed_over_makes_room(self) -> None:
        outage = self.make()
        outage.leave("one")
        assert outage.hold_s("two") == 0

    def test_the_last_to_leave_takes_the_outage_along(self) -> None:
        outage = self.make()
        outage.leave("one")
        outage.leave("two")
        assert not outage.is_down


def test_one_workspace_alone_backs_off_as_ever() -> None:
    office = Office("a", [30.0])
    office.cut = {"a"}
    office.run_until(HOUR)

    assert 8 <= len(office.tries) <= most_tries(HOUR, PACE)
    assert len(office.tries) == len({moment for moment, _, _ in office.tries})


@pytest.mark.parametrize(
    "act",
    [
        lambda outage: outage.failed("nobody", PACE),
        lambda outage: outage.reached("nobody"),
        lambda outage: outage.unclear("nobody"),
        lambda outage: outage.leave("nobody"),
    ],
)
def test_a_workspace_that_never_joined_is_left_alone(act: Callable[[Outage], None]) -> None:
    outage = Outage(clock=HandClock(), random=Random(1))
    act(outage)

    assert (outage.hold_s("nobody"), outage.next_try_s("nobody")) == (0, 0)
    assert not outage.is_down
