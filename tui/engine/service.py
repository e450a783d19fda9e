"""The engine as its two faces see it: the dashboard and the command line.

Every method may be called from any thread; what takes time answers with a future.
"""

import asyncio
import logging
import os
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from random import Random

from tui.domain.activity import Novelty, WorkspaceActivity
from tui.domain.acts import Act, Acts
from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.draft import Draft, FieldSpec, RequestPreview
from tui.domain.errors import StateError, UsageError
from tui.domain.health import WorkspaceHealth
from tui.domain.ports import Clock
from tui.domain.revision import Present, Revision, Revisions
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.workspace import Workspace
from tui.engine.activity import ActivityReader
from tui.engine.attention import Attention
from tui.engine.create_runs import CreateRuns
from tui.engine.creates import Creates
from tui.engine.defects import log_defect
from tui.engine.follower import Follower
from tui.engine.forms import Forms
from tui.engine.offload import Offload, in_thread
from tui.engine.outage import Outage
from tui.engine.pacer import WATCHED_S
from tui.engine.personal_calls import fetch, render
from tui.engine.poller import Poller
from tui.engine.runtime import Runtime
from tui.engine.shared_acts import SharedActs
from tui.engine.source import Shares, Source
from tui.engine.tenure import Tenure
from tui.store.journal import Journal
from tui.store.queue import TicketQueue

log = logging.getLogger(__name__)

Listener = Callable[[], object]


class Service:
    """Polls the workspaces, keeps their tickets, and sends what is created."""

    def __init__(
        self,
        sources: Sequence[Source],
        journal: Journal,
        *,
        clock: Clock,
        viewer: str = "somebody",
        random: Random | None = None,
        offload: Offload = in_thread,
    ) -> None:
        """Make the service; `viewer` is the user, who looks and acts by that name."""
        self.workspaces: tuple[Workspace, ...] = tuple(source.workspace for source in sources)
        self._sources = {source.workspace.name: source for source in sources}
        self._journal = journal
        self._clock = clock
        self._random = random or Random()  # noqa: S311 - spreads polls, guards nothing
        self._offload = offload
        self._owner = f"{viewer}, process {os.getpid()}#{uuid.uuid4().hex[:8]}"
        self._queue = TicketQueue(self._sources)
        self._attention = Attention(journal.seen, viewer=viewer, offload=offload)
        self._runtime = Runtime()
        self._activity = ActivityReader(journal, clock=clock, offload=offload, owner=self._owner)
        self._acts = SharedActs(
            journal.acts,
            problem=journal.ledger_problem,
            viewer=viewer,
            retention=journal.retention,
            clock=clock,
            offload=offload,
            notify=self._notify,
            missing=self._queue.missing,
        )
        self._runs = CreateRuns(
            journal,
            self._sources,
            self._queue,
            self._poller,
            viewer=viewer,
            clock=clock,
            offload=offload,
            pull=self._pull,
            notify=self._notify,
        )
        self._follower = Follower(
            journal.cache,
            self._queue,
            self._attention,
            (self._acts, self._runs),
            {workspace.name: workspace for workspace in self.workspaces},
            clock=clock,
            offload=offload,
            notify=self._notify,
        )
        self.creates = Creates(self._runtime, self._runs)
        """Sends what is created, and knows what is open."""
        self.forms = Forms(
            self._runtime,
            self._sources,
            lambda workspace: self._poller(workspace).vendor,
            journal,
            viewer=viewer,
            clock=clock,
            offload=offload,
        )
        """What fills the form of a new ticket."""
        self._pollers: dict[str, Poller] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._is_polling = False
        self._looked_at: frozenset[str] = frozenset()
        self._listeners: tuple[Listener, ...] = ()

    def start(self) -> None:
        """Start the engine's thread and take in the journal. No vendor is called by it."""
        self._runtime.start()
        self._runtime.submit(self._begin()).result()

    def start_polling(self) -> None:
        """Poll every workspace from now on, as far as no other process does; harmless to repeat."""
        self._runtime.call(self._poll_all)

    def stop(self, timeout_s: float = 2.0) -> None:
        """End polling, let what is sent come to its end, give back connections, end the thread.

        That has `timeout_s`. What is looked for stays open. Harmless to repeat.
        """
        with suppress(TimeoutError, CancelledError):
            self._runtime.submit(self._end()).result(timeout_s)
        self._runtime.stop()

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        """Return what changed in the queue since `position`."""
        return self._queue.changes_since(position)

    def health(self) -> Mapping[str, WorkspaceHealth]:
        """Return every workspace's health as it is now, in the order of the configuration."""
        now = self._clock.now()
        stored = self._queue.health()
        return self._with_trouble({name: each.at(now) for name, each in stored.items()})

    def revisions_since(
        self, position: Position | None, *, settled: bool = False
    ) -> Future[Revisions | Present]:
        """Return every single change since `position`, the same for whoever asks.

        A part of them where there are many; `Present` where the journal has forgotten some.
        `settled`: all until the present moment is among them, else until the last write. The
        future raises StateError where other processes keep the journal locked for too long.
        """
        return self._runtime.submit(self._revisions_since(position, settled=settled))

    def fields(self, workspace: str) -> tuple[FieldSpec, ...]:
        """Return the fields of a new ticket there; empty where none can be created."""
        return self._source(workspace).fields

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on the engine's thread after every change; the result ends that."""
        self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            self._listeners = tuple(other for other in self._listeners if other is not listener)

        return unsubscribe

    def refresh(self, workspace: str | None = None) -> None:
        """Poll one workspace now, or all; where another process polls, that one is asked."""
        for poller in self._chosen(workspace):
            self._runtime.submit(poller.refresh())

    def look_at(self, workspaces: Collection[str]) -> None:
        """Take in which workspaces a person looks at now: they may be polled sooner."""
        self._looked_at = frozenset(workspaces)
        self._runtime.submit(self._tell_looks())

    def activity(self) -> Future[Mapping[str, WorkspaceActivity]]:
        """Return each workspace's last polls, its trend, its budget, and who polls it."""
        return self._runtime.submit(self._activity.read(self._sources.values()))

    def novelties(self) -> Mapping[TicketRef, Novelty]:
        """Return the tickets that are new or changed since this user looked at them."""
        return self._attention.novelties

    def mark_seen(self, refs: Collection[TicketRef] | None) -> None:
        """Take in that the user has looked at these tickets; None: at all of them."""
        self._runtime.submit(self._mark_seen(refs))

    def acts(self) -> Acts:
        """Return what people did here to tickets: the same object as long as that is the same."""
        return self._acts.acts

    def act(self, act: Act, tickets: Collection[Ticket]) -> Future[str]:
        """Do something here to these tickets, as they are now; the result undoes it.

        UsageError where a note or a snooze is not as it must be, StateError where it cannot be
        kept; nothing was done then.
        """
        return self._runtime.submit(self._acts.act(act, tickets))

    def undo(self, batch: str) -> Future[int]:
        """Take back what was done, and nothing else; return how many tickets it was."""
        return self._runtime.submit(self._acts.undo(batch))

    def history(self, ref: TicketRef) -> Future[tuple[Revision, ...]]:
        """Return a ticket's changes as far as the journal has kept them, newest first."""
        return self._runtime.submit(self._follower.history(ref))

    @property
    def is_ready(self) -> bool:
        """Whether it is there; what stands for it while it is loaded says no."""
        return True

    @property
    def banner(self) -> str | None:
        """Why nothing is kept on disk, in one line; None where it is, or is not meant to be."""
        return self._journal.banner

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Hold no lease and no lock meanwhile: the process is about to be suspended."""
        with suppress(TimeoutError, CancelledError):
            self._runtime.submit(self._give_back()).result(1.0)
        with self._journal.at_rest():
            yield

    def fresh(self, workspace: str, max_age_s: float | None = None) -> Future[WorkspaceHealth]:
        """Have the workspace's tickets be no older than that, and return its health then.

        None for its own pace: what is not due yet is not polled. Where another process polls it,
        that one is asked. The queue holds what came when the future is done.
        """
        return self._runtime.submit(self._fresh(self._poller(workspace), max_age_s))

    def sweep(self, workspace: str) -> Future[WorkspaceHealth]:
        """Read a workspace now, whatever its age, and return its health afterwards."""
        return self.fresh(workspace, 0.0)

    def fetch(self, ref: TicketRef) -> Future[Ticket]:
        """Fetch one ticket with all that its vendor tells; UsageError where it serves none."""
        return self._runtime.submit(fetch(self._poller(ref.workspace), ref))

    def render(self, draft: Draft) -> Future[RequestPreview]:
        """Return the request that the draft becomes; nothing is sent."""
        return self._runtime.submit(render(self._poller(draft.workspace), draft))

    async def _begin(self) -> None:
        journal, clock, offload = self._journal, self._clock, self._offload
        outage = Outage(clock=clock, random=self._random)
        self._pollers = {
            name: Poller(
                source,
                Tenure(
                    name,
                    journal.leases,
                    clock=clock,
                    owner=f"{self._owner}.{name}",
                    offload=offload,
                ),
                journal.cache,
                journal.polls,
                outage,
                clock=clock,
                random=self._random,
                offload=offload,
                pull=self._follower.pull,
                tell=self._follower.tell,
                notify=self._notify,
                shares=partial(self._shares_of, source),
            )
            for name, source in self._sources.items()
        }
        await self._follower.pull()
        await self._acts.look()
        await self._runs.look()
        self._tasks = [
            asyncio.create_task(self._follower.run(), name="follow"),
            asyncio.create_task(self._acts.tidy_up(), name="tidy acts"),
            asyncio.create_task(self._runs.tidy_up(), name="tidy creates"),
        ]

    def _poll_all(self) -> None:
        if not self._is_polling:
            self._is_polling = True
            self._tasks.append(asyncio.create_task(self._look_on(), name="look on"))
            self._tasks += [
                asyncio.create_task(poller.run(), name=f"poll {name}")
                for name, poller in self._pollers.items()
            ]

    def _shares_of(self, source: Source) -> Shares:
        """Return how the workspaces that share an account divide it."""
        pollers = self._pollers.values()
        sharing = [each for each in pollers if each.source.allowance is source.allowance]
        configured = [each.source.workspace.poll_interval_s for each in sharing]
        return Shares(
            paced=max(1, configured.count(None)),
            configured=max(1, len(configured) - configured.count(None)),
            taken_per_s=sum(each.calls_per_s for each in sharing),
        )

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(
            *self._tasks, self._runs.finish(), self.forms.finish(), return_exceptions=True
        )
        await self._give_back()
        await asyncio.gather(
            *(poller.close() for poller in self._pollers.values()),
            *(source.gate.close() for source in self._sources.values()),
            return_exceptions=True,
        )

    async def _pull(self) -> None:
        await self._follower.pull()

    async def _give_back(self) -> None:
        await asyncio.gather(*(poller.tenure.give_back() for poller in self._pollers.values()))

    async def _look_on(self) -> None:
        """Say again and again what a person looks at, as long as that is so."""
        while True:
            try:
                await self._tell_looks()
            except Exception as error:
                # Who looks would wait at the pace of nobody. The text may hold anything.
                log_defect(log, "a look was not told", error)
            await self._clock.sleep(WATCHED_S / 2)

    async def _tell_looks(self) -> None:
        for name in self._looked_at & self._pollers.keys():
            poller = self._pollers[name]
            if poller.tenure.lease is not None:
                poller.watched(self._clock.now())
            else:
                await poller.tenure.watch()

    async def _revisions_since(
        self, position: Position | None, *, settled: bool
    ) -> Revisions | Present:
        found = await self._follower.revisions_since(position, settled=settled)
        return replace(found, health=self._with_trouble(found.health))

    def _with_trouble(self, health: Mapping[str, WorkspaceHealth]) -> Mapping[str, WorkspaceHealth]:
        """Put what is in the way of this process alone in place of what the journal says."""
        troubles = {name: poller.trouble for name, poller in self._pollers.items()}
        return {
            name: replace(trouble, as_of=each.as_of, since=trouble.failed_at)
            if (trouble := troubles.get(name)) is not None
            else each
            for name, each in health.items()
        }

    async def _mark_seen(self, refs: Collection[TicketRef] | None) -> None:
        with suppress(StateError):
            await self._attention.mark(refs)
        self._notify()

    async def _fresh(self, poller: Poller, max_age_s: float | None) -> WorkspaceHealth:
        health = await poller.fresh(max_age_s)
        await self._follower.pull()
        return health

    def _notify(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception as error:  # a dashboard that goes away must not end the polling
                log.warning("a listener failed with %s", type(error).__name__)

    def _source(self, workspace: str) -> Source:
        try:
            return self._sources[workspace]
        except KeyError:
            known = ", ".join(self._sources)
            raise UsageError(f"no workspace {workspace} (known: {known})") from None

    def _poller(self, workspace: str) -> Poller:
        return self._pollers[self._source(workspace).workspace.name]

    def _chosen(self, workspace: str | None) -> Sequence[Poller]:
        return tuple(self._pollers.values()) if workspace is None else (self._poller(workspace),)
