"""Lists of choices and fields of tenants: from memory, from the journal, or from the vendor.

Everything runs on the engine's loop. Nothing here fails: what cannot be had is a problem in words.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from tui.domain.clean import clean
from tui.domain.creates import ChoiceList
from tui.domain.draft import Choice, FieldSpec
from tui.domain.errors import StateError, TicketdeckError
from tui.domain.ports import Clock
from tui.engine.allowance import for_a_person
from tui.engine.offload import Offload
from tui.store.choices import ChoiceCache

T = TypeVar("T")

CHOICES_FRESH: Final = timedelta(minutes=10)
FIELDS_FRESH: Final = timedelta(hours=1)
FAILED_S: Final = 10.0
"""A list that could not be had is not asked for again for so long: a form asks for many."""
SEARCHES_KEPT: Final = 200

Ask = Callable[[], Awaitable[Sequence[T]]]
"""Asks the vendor; may raise anything."""


@dataclass(frozen=True, slots=True)
class TenantFields:
    """The fields that a tenant defined, as far as they are known."""

    fields: tuple[FieldSpec, ...] = ()
    as_of: datetime | None = None
    problem: str = ""


@dataclass(slots=True, eq=False)
class _Search:
    """The searches in one list: one is asked for, the newest waits, others are given up."""

    running: asyncio.Task[ChoiceList] | None = None
    turn: int = 0


class ChoiceLists:
    """Knows the lists of all workspaces. One call at a time for each of them."""

    def __init__(self, cache: ChoiceCache, *, clock: Clock, offload: Offload) -> None:
        self._cache = cache
        self._clock = clock
        self._offload = offload
        self._lists: dict[tuple[str, str], ChoiceList] = {}
        self._fields: dict[str, TenantFields] = {}
        self._found: dict[tuple[str, str, str], ChoiceList] = {}
        """What searches found, by workspace, lookup and keyword; the oldest first."""
        self._searches: dict[tuple[str, str], _Search] = {}
        self._running: dict[Hashable, asyncio.Task[Any]] = {}
        self._failed: dict[Hashable, tuple[float, str]] = {}
        """When the last call failed, and why."""

    async def known(self, workspace: str) -> dict[str, ChoiceList]:
        """Return the lists of a workspace by lookup, however old; no vendor is asked."""
        try:
            stored = await self._offload(lambda: self._cache.load(workspace))
        except StateError:
            stored = {}
        for lookup, each in stored.items():
            held = self._lists.get((workspace, lookup), ChoiceList())
            if held.as_of is None or (each.as_of is not None and each.as_of > held.as_of):
                self._lists[workspace, lookup] = each
        return {lookup: each for (place, lookup), each in self._lists.items() if place == workspace}

    def held_fields(self, workspace: str) -> tuple[FieldSpec, ...]:
        """Return the fields of a tenant as they were read last."""
        return self._fields.get(workspace, TenantFields()).fields

    async def known_fields(self, workspace: str) -> TenantFields:
        """Return the fields of a tenant, however old; no vendor is asked."""
        try:
            stored = await self._offload(lambda: self._cache.load_fields(workspace))
        except StateError:
            stored = None
        held = self._fields.get(workspace, TenantFields())
        if stored is not None and (held.as_of is None or stored[1] > held.as_of):
            held = self._fields[workspace] = TenantFields(*stored)
        return held

    async def look_up(self, workspace: str, lookup: str, ask: Ask[Choice]) -> ChoiceList:
        """Return a list, asked for where it is not fresh."""
        return await self._once((workspace, lookup), lambda: self._look_up(workspace, lookup, ask))

    async def fields(self, workspace: str, ask: Ask[FieldSpec]) -> TenantFields:
        """Return the fields of a tenant, asked for where they are not fresh."""
        return await self._once((workspace,), lambda: self._ask_fields(workspace, ask))

    async def search(
        self, workspace: str, lookup: str, keyword: str, ask: Ask[Choice]
    ) -> ChoiceList:
        """Return what a list has for a keyword; nothing where a later search took its place.

        Kept in memory only: such a list is one of customers.
        """
        place, words = (workspace, lookup), " ".join(keyword.casefold().split())
        search = self._searches.setdefault(place, _Search())
        search.turn += 1
        turn = search.turn
        if (found := self._found_before(place, words)) is not None:
            return found
        while search.running is not None and not search.running.done():
            await asyncio.wait([search.running])
            if turn != search.turn:
                return ChoiceList()
        if (found := self._found_before(place, words)) is not None:
            return found
        with for_a_person():
            work = self._search(place, words, ask)
            search.running = asyncio.create_task(work, name="search")
        return await asyncio.shield(search.running)

    def close(self) -> None:
        """Give up whatever is asked for."""
        searches = (search.running for search in self._searches.values())
        for task in (*self._running.values(), *searches):
            if task is not None:
                task.cancel()

    async def _once(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do it, or wait for the one that is at it. Who asked may go away: it goes on."""
        task: asyncio.Task[T] | None = self._running.get(key)
        if task is None:
            with for_a_person():
                task = asyncio.create_task(work(), name="look up")
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key))
        return await asyncio.shield(task)

    async def _look_up(self, workspace: str, lookup: str, ask: Ask[Choice]) -> ChoiceList:
        key = (workspace, lookup)
        if not self._is_fresh(self._lists.get(key, ChoiceList()).as_of, CHOICES_FRESH):
            await self.known(workspace)
        held = self._lists.get(key, ChoiceList())
        if self._is_fresh(held.as_of, CHOICES_FRESH):
            return held
        asked = await self._asked(key, ask)
        if isinstance(asked, str):
            return replace(held, problem=asked)
        came = ChoiceList(tuple(asked), self._clock.now())
        self._lists[key] = came
        await self._keep(lambda: self._cache.keep(workspace, lookup, came))
        return came

    async def _ask_fields(self, workspace: str, ask: Ask[FieldSpec]) -> TenantFields:
        held = await self.known_fields(workspace)
        if self._is_fresh(held.as_of, FIELDS_FRESH):
            return held
        asked = await self._asked((workspace,), ask)
        if isinstance(asked, str):
            return replace(held, problem=asked)
        now = self._clock.now()
        came = self._fields[workspace] = TenantFields(tuple(asked), now)
        await self._keep(lambda: self._cache.keep_fields(workspace, came.fields, now))
        return came

    async def _search(self, place: tuple[str, str], words: str, ask: Ask[Choice]) -> ChoiceList:
        asked = await self._asked(place, ask)
        if isinstance(asked, str):
            return ChoiceList(problem=asked)
        found = ChoiceList(tuple(asked), self._clock.now())
        self._found[*place, words] = found
        while len(self._found) > SEARCHES_KEPT:
            del self._found[next(iter(self._found))]
        return found

    def _found_before(self, place: tuple[str, str], words: str) -> ChoiceList | None:
        found = self._found.get((*place, words))
        return found if found and self._is_fresh(found.as_of, CHOICES_FRESH) else None

    async def _asked(self, key: Hashable, ask: Ask[T]) -> Sequence[T] | str:
        """Return what the vendor says, or in one line why it says nothing."""
        at, problem = self._failed.get(key, (0.0, ""))
        if problem and self._clock.monotonic() - at < FAILED_S:
            return problem
        self._failed.pop(key, None)
        try:
            return await ask()
        except TicketdeckError as error:
            problem = clean(str(error))
        except Exception as error:  # the text may hold anything
            problem = f"the program failed ({type(error).__name__})"
        self._failed[key] = self._clock.monotonic(), problem
        return problem

    async def _keep(self, work: Callable[[], None]) -> None:
        # What cannot be kept is asked for again by the next process.
        with suppress(StateError):
            await self._offload(work)

    def _is_fresh(self, as_of: datetime | None, span: timedelta) -> bool:
        # A clock that was set back makes nothing fresh.
        return as_of is not None and timedelta() <= self._clock.now() - as_of < span
