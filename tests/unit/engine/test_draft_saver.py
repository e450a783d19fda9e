"""What is typed is kept at once, one write at a time, and no version is written over another."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

from support.builders import NOON
from support.journal import open_ledger_file
from support.offload import at_once
from tui.domain.creates import KeptDraft
from tui.domain.errors import StateError
from tui.engine.draft_saver import DraftSaver
from tui.store.drafts import Drafts

T = TypeVar("T")


class SlowDisk:
    """Does the work when a test lets it; counts it."""

    def __init__(self) -> None:
        self.writes = 0
        self.problem: StateError | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, work: Callable[[], T]) -> T:
        await self.gate.wait()
        self.writes += 1
        if self.problem is not None:
            raise self.problem
        return work()


def saver(folder: Path | None, disk: SlowDisk | None = None) -> DraftSaver:
    drafts = Drafts(open_ledger_file(folder))
    return DraftSaver(drafts, problem=None, viewer="ana", offload=disk or at_once)


def typed(text: str, *, draft_id: str = "d", version: int = 0) -> KeptDraft:
    return KeptDraft(id=draft_id, workspace="qp", texts={"comment": text}, at=NOON, version=version)


async def kept(drafts: DraftSaver) -> Mapping[str, str]:
    return {each.texts["comment"]: each.id for each in await drafts.load()}


async def test_a_draft_is_kept_and_read_again(tmp_path: Path) -> None:
    ours = saver(tmp_path)

    first = await ours.keep(typed("T"))
    second = await ours.keep(typed("Tills", version=first.version))

    assert (first.version, second.version, second.id) == (1, 2, "d")
    assert await saver(tmp_path).load() == (second,)


async def test_while_one_is_written_only_the_newest_waits_and_all_hear_of_it() -> None:
    disk = SlowDisk()
    ours = saver(None, disk)
    disk.gate.clear()
    texts = [f"{number} characters" for number in range(100)]
    saves = [asyncio.create_task(ours.keep(typed(texts[0])))]
    for _ in range(3):
        await asyncio.sleep(0)
    saves += [asyncio.create_task(ours.keep(typed(text))) for text in texts[1:]]
    await asyncio.sleep(0)

    disk.gate.set()
    answers = await asyncio.gather(*saves)

    assert disk.writes == 2
    assert answers[0].texts == {"comment": texts[0]}
    assert {answer.texts["comment"] for answer in answers[1:]} == {texts[-1]}
    assert await kept(ours) == {texts[-1]: "d"}


async def test_two_drafts_do_not_take_each_others_place() -> None:
    disk = SlowDisk()
    ours = saver(None, disk)
    disk.gate.clear()
    saves = [
        asyncio.create_task(ours.keep(typed(f"{each}{number}", draft_id=each)))
        for number in range(3)
        for each in "ab"
    ]
    await asyncio.sleep(0)

    disk.gate.set()
    await asyncio.gather(*saves)

    assert await kept(ours) == {"a2": "a", "b2": "b"}


async def test_what_another_process_kept_stays_and_ours_goes_on_under_another_id(
    tmp_path: Path,
) -> None:
    ours, theirs = saver(tmp_path), saver(tmp_path)
    first = await ours.keep(typed("both"))
    await theirs.keep(typed("theirs", version=first.version))

    forked = await ours.keep(typed("ours", version=first.version))
    # The form has not heard of the other id yet.
    later = await ours.keep(typed("ours, longer", version=first.version))
    told = await ours.keep(typed("ours, at last", draft_id=later.id, version=later.version))

    assert forked.id != "d"
    assert forked.id == later.id == told.id
    assert await kept(ours) == {"theirs": "d", "ours, at last": forked.id}


async def test_the_others_version_can_be_gone_on_with_here_too(tmp_path: Path) -> None:
    ours, theirs = saver(tmp_path), saver(tmp_path)
    first = await ours.keep(typed("both"))
    second = await theirs.keep(typed("theirs", version=first.version))
    forked = await ours.keep(typed("ours", version=first.version))

    await ours.keep(typed("theirs, gone on with", version=second.version))

    assert await kept(ours) == {"ours": forked.id, "theirs, gone on with": "d"}


async def test_what_is_not_wanted_any_more_goes(tmp_path: Path) -> None:
    ours = saver(tmp_path)
    first = await ours.keep(typed("T"))

    await ours.keep(typed("", version=first.version), is_wanted=False)
    assert await ours.load() == ()

    again = await ours.keep(typed("Tills", version=first.version))
    assert await kept(ours) == {"Tills": again.id}


async def test_what_somebody_else_went_on_with_does_not_go(tmp_path: Path) -> None:
    ours, theirs = saver(tmp_path), saver(tmp_path)
    first = await ours.keep(typed("both"))
    await theirs.keep(typed("theirs", version=first.version))

    await ours.keep(typed("", version=first.version), is_wanted=False)

    assert await kept(ours) == {"theirs": "d"}


async def test_a_draft_that_is_forgotten_stays_so_whatever_still_waited() -> None:
    disk = SlowDisk()
    ours = saver(None, disk)
    disk.gate.clear()
    saves = [asyncio.create_task(ours.keep(typed(text))) for text in "abc"]
    await asyncio.sleep(0)
    forgetting = asyncio.create_task(ours.forget("d"))
    await asyncio.sleep(0)

    disk.gate.set()
    await asyncio.gather(forgetting, *saves)

    assert await ours.load() == ()


async def test_nobody_waits_for_a_write_that_failed_and_the_next_one_is_tried() -> None:
    disk = SlowDisk()
    ours = saver(None, disk)
    disk.problem = StateError("the disk is full")

    with pytest.raises(StateError, match="the disk is full"):
        await ours.keep(typed("a"))
    disk.problem = None

    assert (await ours.keep(typed("b"))).version == 1


async def test_without_a_ledger_it_says_why() -> None:
    ours = DraftSaver(None, problem="ledger.db: damaged", viewer="ana", offload=at_once)

    for work in (ours.keep(typed("a")), ours.forget("d"), ours.load()):
        with pytest.raises(StateError, match=r"no draft can be kept: ledger\.db: damaged"):
            await work


async def test_the_end_waits_for_what_is_still_to_be_kept(tmp_path: Path) -> None:
    disk = SlowDisk()
    ours = saver(tmp_path, disk)
    disk.gate.clear()
    saves = [asyncio.create_task(ours.keep(typed(text))) for text in ("a", "ab")]
    await asyncio.sleep(0)
    ending = asyncio.create_task(ours.finish())
    await asyncio.sleep(0)

    assert not ending.done()
    disk.gate.set()
    await ending

    assert await kept(saver(tmp_path)) == {"ab": "d"}
    await asyncio.gather(*saves)
