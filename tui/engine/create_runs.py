"""Creates as tasks of the engine: recorded, sent once, looked for where no answer came.

Whoever asked for one may go away; the task goes on.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from tui.domain.creates import OpenCreate
from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.errors import StateError, UsageError, WriteRefused
from tui.domain.likeness import find_known
from tui.domain.ports import Clock, Intent, TicketCreator
from tui.engine.allowance import for_a_person
from tui.engine.create_books import CreateBooks
from tui.engine.defects import log_defect
from tui.engine.hold import HOLD
from tui.engine.offload import Offload
from tui.engine.open_creates import OpenCreates
from tui.engine.outbox import not_sent, send, show
from tui.engine.poller import Poller
from tui.engine.pursuits import Pursuits, Work
from tui.engine.reconciling import Looked, Reconciler
from tui.engine.second_looks import SecondLooks
from tui.engine.source import Source
from tui.engine.used_keys import UsedKeys
from tui.engine.whole_list import WholeLists
from tui.engine.why_not import why_not
from tui.store.entry import Entry
from tui.store.intents import IntentLog
from tui.store.journal import Journal
from tui.store.queue import TicketQueue

TIDY_S: Final = 3 * 3600.0
"""How often old creates are forgotten, as long as the program runs."""

log = logging.getLogger(__name__)

Record = Callable[[Intent], Entry | None]
"""Writes an intent down; answers with what forbids it."""


class CreateRuns:
    """Makes creates, on the engine's loop, and follows those of other processes."""

    def __init__(
        self,
        journal: Journal,
        sources: Mapping[str, Source],
        queue: TicketQueue,
        poller: Callable[[str], Poller],
        *,
        viewer: str,
        clock: Clock,
        offload: Offload,
        pull: Callable[[], Awaitable[None]],
        notify: Callable[[], None],
    ) -> None:
        """Make it; `pull` brings the queue up to date with the journal.

        `poller` returns the one of a workspace; it raises UsageError for one that is not there.
        """
        self.view = OpenCreates(
            journal.outbox, sources, clock=clock, offload=offload, notify=notify
        )
        self._journal = journal
        self._sources = sources
        self._queue = queue
        self._poller = poller
        self._viewer = viewer
        self._clock = clock
        self._offload = offload
        self._pull = pull
        self._own: set[str] = set()
        """The creates that were asked for here, by id."""
        self._sending: set[asyncio.Task[Outcome]] = set()
        self._whole_lists = WholeLists(queue, clock=clock, pull=pull)
        self._is_ending = False
        self._intents = journal.outbox
        self._books = CreateBooks(journal, sources, viewer=viewer, clock=clock, offload=offload)
        self._pursuits: Pursuits | None = None
        self._second_looks: SecondLooks | None = None
        if journal.outbox is not None:
            self._pursuits, self._second_looks = self._make_looks(journal.outbox)

    def has_news(self) -> bool:
        """Whether another look may find anything else. Cheap, for any thread."""
        is_to_compare = self._pursuits is not None and self._pursuits.has_news()
        return is_to_compare or self.view.has_news()

    async def look(self) -> None:
        """Take in how the creates of everybody stand, and take up those that nobody is at."""
        if self._pursuits is not None:
            await self.view.look(self._pursuits.taken)
            if self.view.idle:
                await self._pursuits.take_up()
            await self._pursuits.compare()

    async def create(self, draft: Draft, *, draft_id: str, key: str | None) -> Outcome:
        """Create a ticket once; `Creates.create` tells the rest."""
        poller = self._writable(draft.workspace)
        intent = self._new_intent(draft, draft_id=draft_id, key=key)

        def record(known: Intent) -> Entry | None:
            return self._opened().record(known, self._clock.now() + HOLD)

        async def tell_of_then(entry: Entry) -> Outcome:
            keys = UsedKeys(
                self._opened(),
                will_be_looked_for=self._will_be_looked_for,
                clock=self._clock,
                offload=self._offload,
            )
            return await keys.of_then(entry, draft)

        return await self._shielded(self._run(poller, intent, "create", record, tell_of_then))

    async def read(self) -> tuple[OpenCreate, ...]:
        """Return the open creates as the ledger has them now; `Creates.read` tells the rest."""
        self._opened()
        await self.view.read(self._pursuits.taken if self._pursuits else ())
        return self.view.creates

    async def look_again(self) -> None:
        """Begin to look once more for all that are open; `Creates.look_again` tells the rest."""
        await self.read()
        await self.look()
        if self._second_looks is not None:
            await self._second_looks.begin()

    async def send_again(self, intent_id: str) -> Outcome:
        """Create anew what an open or refused create was for; `Creates.send_again` tells more."""
        old = await self._entry(intent_id)
        poller = self._writable(old.intent.draft.workspace)
        return await self._shielded(self._look_and_send_again(poller, old))

    async def _look_and_send_again(self, poller: Poller, old: Entry) -> Outcome:
        assert self._pursuits and self._second_looks  # noqa: S101, PT018  # there is an entry
        taken, intent_id = self._pursuits.taken, old.intent.id
        is_taken = intent_id in taken
        # Nobody here is to take it up between the look and the second request.
        taken.add(intent_id)
        try:
            if old.is_open and (told := await self._second_looks.look_first(old)) is not None:
                return told
            return await self._send_again(poller, await self._entry(intent_id))
        finally:
            if not is_taken:
                taken.discard(intent_id)
                # Where it is still open, it is looked for from now on.
                await self.look()

    async def _send_again(self, poller: Poller, old: Entry) -> Outcome:
        former = old.intent
        candidates = () if old.outcome is None else old.outcome.candidates
        intent = replace(
            self._new_intent(former.draft, draft_id=former.draft_id, key=former.key),
            known=(*former.known, *(ref.id for ref in candidates)),
        )

        def record(known: Intent) -> Entry | None:
            return self._opened().supersede(former.id, known, self._clock.now() + HOLD)

        async def refuse(entry: Entry) -> Outcome:
            raise UsageError(f"not sent again: {why_not(entry, self._clock.now())}")

        return await self._run(poller, intent, "retry", record, refuse)

    async def drop(self, intent_id: str) -> None:
        """Take in that nothing is to come of an open create; `Creates.drop` tells more."""
        intents = self._opened()
        is_dropped = await self._offload(lambda: intents.drop(intent_id))
        entry = await self._entry(intent_id)
        if not is_dropped:
            raise UsageError(f"not dropped: {why_not(entry, self._clock.now())}")
        await self._books.audit("drop", entry.intent, "dropped")
        await self.look()

    async def drop_losses(self) -> None:
        """Take in that a person has looked; `Creates.drop_losses` tells more."""
        if not await self._offload(self._opened().drop_losses):
            raise UsageError("nothing is lost (see: ticketdeck outbox)")
        await self._books.audit_losses()
        await self.look()

    def left_open(self) -> tuple[OpenCreate, ...]:
        """Return the creates of this process whose end nobody knows; for any thread, at the end."""
        if self._intents is None or not self._own:
            return ()
        try:
            entries = self._intents.open_entries()
        except StateError:
            return tuple(each for each in self.view.creates if each.id in self._own)
        now = self._clock.now()
        return tuple(self.view.to_open(e, now) for e in entries if e.intent.id in self._own)

    async def tidy_up(self) -> None:
        """Forget old creates now and then, until cancelled."""
        while self._intents is not None:
            await self._clock.sleep(TIDY_S)
            intents, before = self._intents, self._clock.now() - self._journal.retention
            with suppress(StateError):
                await self._offload(lambda: intents.tidy(before))  # noqa: B023  # awaited at once

    async def finish(self) -> None:
        """Let what is being sent come to its end; what is looked for is left to others."""
        self._is_ending = True
        await self._whole_lists.close()
        looks = [each.finish() for each in (self._pursuits, self._second_looks) if each]
        await asyncio.gather(*looks, *self._sending, return_exceptions=True)

    # One create

    async def _run(
        self,
        poller: Poller,
        intent: Intent,
        action: str,
        record: Record,
        forbidden: Callable[[Entry], Awaitable[Outcome]],
    ) -> Outcome:
        if self._is_ending:
            return not_sent(intent, "the program is about to end")
        try:
            intent, entry = await self._offload(lambda: self._record(intent, record))
        except StateError as error:
            # What cannot be remembered is not sent: nobody could tell afterwards whether it was.
            return not_sent(intent, str(error))
        if entry is not None:
            return await forbidden(entry)
        assert self._pursuits is not None  # noqa: S101  # who has recorded has a ledger
        self._own.add(intent.id)
        self._pursuits.taken.add(intent.id)
        await self._books.audit(action, intent, None)
        await self.look()
        with for_a_person():
            outcome = await self._send(self._pursuits, poller, intent, action)
        await self.look()
        return outcome

    async def _send(
        self, pursuits: Pursuits, poller: Poller, intent: Intent, action: str
    ) -> Outcome:
        creator = poller.vendor
        assert isinstance(creator, TicketCreator)  # noqa: S101  # `_writable` has looked
        work = Work()
        async with pursuits.holds.on(intent.id, work.call_off):
            sending = send(
                intent, creator, self._opened(), clock=self._clock, offload=self._offload
            )
            outcome = await work.do(sending)
            if outcome is None and (outcome := await pursuits.answer_to(intent)) is None:
                return await pursuits.as_it_stands(intent)
            await self._books.remember(intent.draft)
            if outcome.state is OutcomeState.UNKNOWN and not outcome.candidates:
                await self.look()
                return await pursuits.look_for(intent, self._clock.now(), work)
        outcome = await self._shown(outcome)
        pursuits.taken.discard(intent.id)
        await self._books.audit(action, intent, outcome.state.value, outcome)
        return outcome

    async def _shown(self, outcome: Outcome) -> Outcome:
        """Have the ticket of a create stand in the queue, and the create among those that ended."""
        self.view.keep_shown(outcome.intent_id)
        shown = outcome
        try:
            shown = await self._in_queue(outcome)
        except Exception as error:
            # The create has ended all the same. The text may hold anything.
            log_defect(log, "a new ticket is not shown", error)
        finally:
            self.view.settle(shown)
        return shown

    async def _in_queue(self, outcome: Outcome) -> Outcome:
        ref = outcome.ref
        if ref is None or outcome.state is not OutcomeState.CREATED:
            return outcome
        poller = self._poller(ref.workspace)
        outcome = await show(poller.vendor, outcome)
        if (ticket := outcome.ticket) is None:
            await poller.refresh()
            return outcome
        if not any(each.ref == ref for each in self._queue.tickets()):
            with suppress(StateError):
                await self._offload(lambda: self._journal.cache.apply(ref.workspace, [ticket]))
            await self._pull()
        return replace(outcome, ticket=poller.source.workspace.apply_rules(ticket))

    async def _ended(self, intent: Intent, looked: Looked) -> Outcome:
        """Take in what looking told to the end."""
        outcome = await self._shown(looked.outcome)
        if not looked.is_elsewhere:
            await self._books.audit("create", intent, outcome.state.value, outcome)
        return outcome

    # Around it

    def _new_intent(self, draft: Draft, *, draft_id: str, key: str | None) -> Intent:
        return Intent(
            id=uuid.uuid4().hex,
            draft=draft,
            at=self._clock.now(),
            by=self._viewer,
            key=key,
            draft_id=draft_id,
        )

    def _record(self, intent: Intent, record: Record) -> tuple[Intent, Entry | None]:
        """Write an intent down, with the tickets that look like it already."""
        specs = self._sources[intent.draft.workspace].fields
        alike = find_known(intent.draft, specs, self._queue.tickets())
        known = dict.fromkeys((*intent.known, *alike))
        intent = replace(intent, known=tuple(known))
        return intent, record(intent)

    def _will_be_looked_for(self, entry: Entry) -> bool:
        tried = self._pursuits.tried if self._pursuits else ()
        return entry.intent.draft.workspace in self._acting and entry.intent.id not in tried

    async def _entry(self, intent_id: str) -> Entry:
        entry = await self._offload(lambda: self._opened().entry(intent_id))
        if entry is None:
            raise UsageError(f"there is no create {intent_id} in the outbox")
        return entry

    def _writable(self, workspace: str) -> Poller:
        """Return the poller of a workspace where tickets may be created now.

        Raises UsageError: there is none of this name, or its vendor takes none; WriteRefused.
        """
        poller = self._poller(workspace)
        there = poller.source.workspace
        if there.observe:
            raise WriteRefused(f"{there.name} is in observe mode: nothing is written there")
        if not isinstance(poller.vendor, TicketCreator):
            raise UsageError(f"{there.title} takes no new tickets")
        return poller

    def _opened(self) -> IntentLog:
        if self._intents is None:
            raise StateError(self._journal.ledger_problem or "there is no ledger")
        return self._intents

    async def _shielded(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        task = asyncio.create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return await asyncio.shield(task)

    @property
    def _acting(self) -> frozenset[str]:
        names = self._sources.items()
        return frozenset(name for name, source in names if not source.workspace.observe)

    def _make_looks(self, intents: IntentLog) -> tuple[Pursuits, SecondLooks]:
        clock, offload = self._clock, self._offload
        acting, ended = self._acting, self._ended
        reconciler = Reconciler(
            intents, self._queue, self._whole_lists, self._poller, clock=clock, offload=offload
        )
        pursuits = Pursuits(
            *(intents, self.view, reconciler),
            acting=acting,
            clock=clock,
            offload=offload,
            ended=ended,
        )
        second = SecondLooks(
            *(intents, self.view, reconciler, pursuits),
            acting=acting,
            clock=clock,
            offload=offload,
            ended=ended,
        )
        return pursuits, second
