"""Lists of choices come from memory, the journal or the vendor, and never fail."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from support.clock import FakeClock
from support.journal import open_file
from support.offload import at_once
from tui.domain.creates import ChoiceList
from tui.domain.draft import Choice, FieldSpec
from tui.domain.errors import ConnectionLost, StateError
from tui.engine.choice_lists import CHOICES_FRESH, FAILED_S, FIELDS_FRESH, ChoiceLists
from tui.store.choices import ChoiceCache

ANN, BO = Choice("17", "Ann"), Choice("18", "Bo")
CHOICES_S, FIELDS_S = CHOICES_FRESH.total_seconds(), FIELDS_FRESH.total_seconds()


class Asked:
    """A vendor that answers when a test lets it."""

    def __init__(self, *choices: Choice) -> None:
        self.choices: Sequence[Choice] = choices or (ANN,)
        self.calls = 0
        self.at_once = 0
        self.most_at_once = 0
        self.problem: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> Sequence[Choice]:
        self.calls += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.gate.wait()
        self.at_once -= 1
        if self.problem is not None:
            raise self.problem
        return self.choices


def lists(
    clock: FakeClock, folder: Path | None = None, cache: ChoiceCache | None = None
) -> ChoiceLists:
    cache = cache or ChoiceCache(open_file(folder, clock=clock))
    return ChoiceLists(cache, clock=clock, offload=at_once)


async def test_a_list_is_asked_for_once_and_again_when_it_is_no_longer_fresh() -> None:
    clock, ask = FakeClock(), Asked()
    ours = lists(clock)

    first = await ours.look_up("qp", "users", ask)
    await clock.advance(CHOICES_S - 1)
    assert await ours.look_up("qp", "users", ask) == first
    assert ask.calls == 1

    await clock.advance(1)
    ask.choices = (ANN, BO)
    assert (await ours.look_up("qp", "users", ask)).choices == (ANN, BO)


async def test_a_list_is_known_at_once_however_old_also_to_the_next_process(
    tmp_path: Path,
) -> None:
    clock, ask = FakeClock(), Asked()
    came = await lists(clock, tmp_path).look_up("qp", "users", ask)
    await clock.advance(CHOICES_S * 10)

    assert await lists(clock, tmp_path).known("qp") == {"users": came}
    assert await lists(clock, tmp_path).known("klink") == {}


async def test_what_another_process_asked_for_is_not_asked_for_again(tmp_path: Path) -> None:
    clock, ask = FakeClock(), Asked()
    ours, theirs = lists(clock, tmp_path), lists(clock, tmp_path)
    await ours.look_up("qp", "users", ask)
    await clock.advance(CHOICES_S)
    ask.choices = (BO,)
    await theirs.look_up("qp", "users", ask)

    assert (await ours.look_up("qp", "users", ask)).choices == (BO,)
    assert ask.calls == 2


async def test_a_clock_that_was_set_back_makes_nothing_fresh() -> None:
    clock, ask = FakeClock(), Asked()
    ours = lists(clock)
    await ours.look_up("qp", "users", ask)
    clock.suspend(-3_600)

    await ours.look_up("qp", "users", ask)

    assert ask.calls == 2


async def test_whoever_asks_meanwhile_waits_for_the_same_call() -> None:
    ask = Asked()
    ours = lists(FakeClock())
    ask.gate.clear()
    asking = [asyncio.create_task(ours.look_up("qp", "users", ask)) for _ in range(20)]
    await asyncio.sleep(0)
    asking[0].cancel()

    ask.gate.set()
    came = await asyncio.gather(*asking[1:])

    assert ask.calls == 1
    assert {each.choices for each in came} == {(ANN,)}


async def test_a_vendor_that_fails_leaves_what_is_known_and_is_left_alone_for_a_while() -> None:
    clock, ask = FakeClock(), Asked()
    ours = lists(clock)
    known = await ours.look_up("qp", "users", ask)
    await clock.advance(CHOICES_S)
    ask.problem = ConnectionLost("no answer within 20 s\x1b[2J")

    late = await ours.look_up("qp", "users", ask)
    again = await ours.look_up("qp", "users", ask)
    assert (late.choices, late.as_of, late.problem) == (
        *(known.choices, known.as_of),
        "no answer within 20 s␛",
    )
    assert (again, ask.calls) == (late, 2)

    ask.problem = None
    await clock.advance(FAILED_S)
    assert (await ours.look_up("qp", "users", ask)).problem == ""


async def test_a_mistake_of_the_program_is_a_problem_without_its_text() -> None:
    ask = Asked()
    ask.problem = ValueError("kpt_secret")

    assert await lists(FakeClock()).look_up("qp", "users", ask) == ChoiceList(
        problem="the program failed (ValueError)"
    )


async def test_a_cache_that_cannot_be_read_or_written_is_done_without() -> None:
    class Broken(ChoiceCache):
        def load(self, *_: object) -> dict[str, ChoiceList]:
            raise StateError("locked")

        def keep(self, *_: object) -> None:
            raise StateError("locked")

    ask = Asked()
    ours = lists(FakeClock(), cache=Broken(open_file(None)))

    await ours.look_up("qp", "users", ask)
    await ours.look_up("qp", "users", ask)

    assert ask.calls == 1
    assert (await ours.known("qp"))["users"].choices == (ANN,)


class TestSearches:
    async def test_what_was_found_is_kept_for_the_session_and_never_on_disk(
        self, tmp_path: Path
    ) -> None:
        clock, ask = FakeClock(), Asked()
        ours = lists(clock, tmp_path)

        found = await ours.search("klink", "contacts", "Ann", ask)
        assert await ours.search("klink", "contacts", " ann ", ask) == found
        assert (found.choices, ask.calls) == ((ANN,), 1)

        assert await lists(clock, tmp_path).known("klink") == {}
        await lists(clock, tmp_path).search("klink", "contacts", "ann", ask)
        assert ask.calls == 2

    async def test_one_runs_and_only_the_newest_waits(self) -> None:
        ask = Asked()
        ours = lists(FakeClock())
        ask.gate.clear()
        asking = []
        for keyword in ("a", "an", "ann", "ann l"):
            asking.append(asyncio.create_task(ours.search("klink", "contacts", keyword, ask)))
            await asyncio.sleep(0)
        await asyncio.sleep(0)

        ask.gate.set()
        first, *between, last = await asyncio.gather(*asking)

        assert (ask.calls, ask.most_at_once) == (2, 1)
        assert first.choices == last.choices == (ANN,)
        assert between == [ChoiceList(), ChoiceList()]

    async def test_lists_and_workspaces_do_not_wait_for_each_other(self) -> None:
        ask = Asked()
        ours = lists(FakeClock())
        ask.gate.clear()
        places = [("klink", "contacts"), ("klink", "people"), ("qp", "contacts")]
        asking = [asyncio.create_task(ours.search(*place, "a", ask)) for place in places]
        for _ in range(5):
            await asyncio.sleep(0)

        assert ask.at_once == len(places)
        ask.gate.set()
        await asyncio.gather(*asking)

    async def test_a_search_that_fails_says_why(self) -> None:
        ask = Asked()
        ask.problem = ConnectionLost("reset")

        found = await lists(FakeClock()).search("klink", "contacts", "a", ask)

        assert found == ChoiceList(problem="reset")


async def test_a_tenants_fields_are_fresh_for_an_hour_and_kept(tmp_path: Path) -> None:
    clock = FakeClock()
    field = FieldSpec(key="customFields.due", label="Due")
    calls = 0

    async def ask() -> Sequence[FieldSpec]:
        nonlocal calls
        calls += 1
        return [field]

    ours = lists(clock, tmp_path)
    assert (await ours.known_fields("klink")).fields == ()
    await ours.fields("klink", ask)
    await clock.advance(FIELDS_S - 1)
    assert (await lists(clock, tmp_path).fields("klink", ask)).fields == (field,)
    assert calls == 1

    await clock.advance(1)
    await ours.fields("klink", ask)
    assert calls == 2
    assert ours.held_fields("klink") == (field,)


async def test_at_the_end_nothing_more_is_asked_for() -> None:
    ask = Asked()
    ours = lists(FakeClock())
    ask.gate.clear()
    asking = [
        asyncio.create_task(ours.look_up("qp", "users", ask)),
        asyncio.create_task(ours.search("klink", "contacts", "a", ask)),
    ]
    for _ in range(5):
        await asyncio.sleep(0)

    ours.close()

    assert all(
        isinstance(each, asyncio.CancelledError)
        for each in await asyncio.gather(*asking, return_exceptions=True)
    )
