"""Keeps what is typed into forms, as fast as the disk takes it and no faster.

Everything runs on the engine's loop; only the ledger is written elsewhere.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from tui.domain.creates import KeptDraft
from tui.domain.errors import StateError
from tui.engine.offload import Offload
from tui.store.drafts import Drafts


class _Wish(NamedTuple):
    """What is to be kept next of a draft; that nothing is, where it is not wanted any more."""

    draft: KeptDraft
    is_wanted: bool


@dataclass(slots=True, eq=False)
class _Line:
    """The versions of one draft that this process has kept, one after the other."""

    id: str
    version: int = 0
    """What was kept last; the form may know an older one by now."""
    left: dict[str, int] = field(default_factory=dict)
    """The last version under each id that it had before somebody else kept another one."""
    wish: _Wish | None = None
    """The newest; whatever waited before it is never written."""
    waiting: list[asyncio.Future[KeptDraft]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None


class DraftSaver:
    """Keeps the drafts of one viewer. One write at a time for each draft; the newest one waits."""

    def __init__(
        self, drafts: Drafts | None, *, problem: str | None, viewer: str, offload: Offload
    ) -> None:
        """Make it; `problem` says why there are no `drafts`."""
        self._drafts = drafts
        self._problem = problem
        self._viewer = viewer
        self._offload = offload
        self._lines: dict[str, _Line] = {}

    async def load(self) -> tuple[KeptDraft, ...]:
        """Return what is kept, latest first, with all that was asked for so far.

        Raises StateError.
        """
        drafts = self._opened()
        await self.finish()
        return await self._offload(lambda: drafts.load(self._viewer))

    async def keep(self, draft: KeptDraft, *, is_wanted: bool = True) -> KeptDraft:
        """Keep a draft and return it as it is kept.

        Without `is_wanted` nothing of it is kept any more, unless somebody else has kept another
        version. Raises StateError.
        """
        self._opened()
        line = self._line_of(draft)
        line.wish = _Wish(draft, is_wanted)
        kept: asyncio.Future[KeptDraft] = asyncio.get_running_loop().create_future()
        line.waiting.append(kept)
        if line.task is None:
            line.task = asyncio.create_task(self._write(line), name="keep a draft")
        return await kept

    async def forget(self, draft_id: str) -> None:
        """Delete a draft, whoever kept it last. Raises StateError."""
        drafts = self._opened()
        line = self._lines.get(draft_id)
        if line is not None and line.task is not None:
            if line.id == draft_id and line.wish is not None:
                line.wish = line.wish._replace(is_wanted=False)
            await asyncio.wait([line.task])
        await self._offload(lambda: drafts.forget(self._viewer, draft_id))

    async def finish(self) -> None:
        """Wait until everything is kept that was asked for."""
        tasks = {line.task for line in self._lines.values() if line.task is not None}
        if tasks:
            await asyncio.wait(tasks)

    def _opened(self) -> Drafts:
        if self._drafts is None:
            raise StateError(f"no draft can be kept: {self._problem}")
        return self._drafts

    def _line_of(self, draft: KeptDraft) -> _Line:
        line = self._lines.get(draft.id)
        if line is None or draft.version > line.left.get(draft.id, draft.version):
            # Or it is the version of somebody else, which is another draft since.
            line = self._lines[draft.id] = _Line(draft.id)
        return line

    async def _write(self, line: _Line) -> None:
        while line.wish is not None:
            wish, waiting = line.wish, line.waiting
            line.wish, line.waiting = None, []
            known = wish.draft.version if wish.draft.id == line.id else 0
            draft = replace(wish.draft, id=line.id, version=max(known, line.version))
            try:
                kept = await self._offload(self._work(_Wish(draft, wish.is_wanted)))
            except Exception as error:  # whatever it was, those who wait must hear of it
                for each in waiting:
                    if not each.done():
                        each.set_exception(error)
                continue
            if kept.id != line.id:
                line.left[line.id] = draft.version
                line.id = kept.id
                self._lines[kept.id] = line
            line.version = kept.version
            for each in waiting:
                if not each.done():
                    each.set_result(kept)
        line.task = None

    def _work(self, wish: _Wish) -> Callable[[], KeptDraft]:
        drafts, viewer, draft = self._opened(), self._viewer, wish.draft
        if wish.is_wanted:
            return lambda: drafts.save(viewer, draft)

        def forget() -> KeptDraft:
            kept = {each.id: each.version for each in drafts.load(viewer)}
            if kept.get(draft.id) == draft.version:
                drafts.forget(viewer, draft.id)
            return draft

        return forget
