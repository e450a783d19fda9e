"""The engine as its two faces see it: the dashboard and the command line.

Every method may be called from any thread; what takes time answers with a future.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from random import Random

from tui.domain.activity import Novelty, WorkspaceActivity
from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.draft import Choice, Draft, FieldSpec, Outcome, RequestPreview
from tui.domain.errors import UsageError
from tui.domain.health import WorkspaceHealth
from tui.domain.ports import ChoiceSource, Clock, DraftRenderer, Outbox, TicketFetcher
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.workspace import Workspace
from tui.engine.outbox import create_ticket
from tui.engine.poller import Poller, Source
from tui.engine.runtime import Runtime
from tui.store.queue import TicketQueue

__all__ = ["Service", "Source"]

log = logging.getLogger(__name__)

Listener = Callable[[], object]


class Service:
    """Polls the workspaces, keeps their tickets, and sends what is created."""

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        clock: Clock,
        outbox: Outbox,
        random: Random | None = None,
    ) -> None:
        self.workspaces: tuple[Workspace, ...] = tuple(source.workspace for source in sources)
        self._sources = {source.workspace.name: source for source in sources}
        self._clock = clock
        self._outbox = outbox
        self._random = random or Random()  # noqa: S311 - spreads polls, guards nothing
        self._queue = TicketQueue(self._sources)
        self._runtime = Runtime()
        self._pollers: dict[str, Poller] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._creating: set[asyncio.Task[Outcome]] = set()
        self._listeners: tuple[Listener, ...] = ()

    def start(self) -> None:
        """Start the engine's thread. Nothing is called before somebody asks for it."""
        self._runtime.start()
        self._runtime.submit(self._begin()).result()

    def start_polling(self) -> None:
        """Poll every workspace from now on; harmless to repeat."""
        self._runtime.call(self._poll_all)

    def stop(self, timeout_s: float = 2.0) -> None:
        """End polling, let creates come to their end, give back connections, end the thread.

        Creates have `timeout_s`. Harmless to repeat.
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
        return {name: health.at(now) for name, health in self._queue.health().items()}

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
        """Poll one workspace now, or all."""
        for poller in self._chosen(workspace):
            self._runtime.call(poller.wake)

    def look_at(self, workspaces: Collection[str]) -> None:
        """Take in which workspaces a person looks at now: they may be polled sooner."""

    def activity(self) -> Future[Mapping[str, WorkspaceActivity]]:
        """Return each workspace's last polls, its trend, its budget, and who polls it."""
        found: Future[Mapping[str, WorkspaceActivity]] = Future()
        found.set_result({name: WorkspaceActivity() for name in self._sources})
        return found

    def novelties(self) -> Mapping[TicketRef, Novelty]:
        """Return the tickets that are new or changed since this user looked at them."""
        return {}

    def mark_seen(self, refs: Collection[TicketRef] | None) -> None:
        """Take in that the user has looked at these tickets; None: at all of them."""

    @property
    def banner(self) -> str | None:
        """Why nothing is kept on disk, in one line; None where it is, or is not meant to be."""
        return None

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Hold no lease and no lock meanwhile: the process is about to be suspended."""
        yield

    def sweep(self, workspace: str) -> Future[WorkspaceHealth]:
        """Sweep a workspace once and return its health afterwards."""
        return self._runtime.submit(self._sweep(self._poller(workspace)))

    def create(self, draft: Draft) -> Future[Outcome]:
        """Create a ticket. The future may be left alone: the create goes on."""
        return self._runtime.submit(self._create(self._poller(draft.workspace), draft))

    def fetch(self, ref: TicketRef) -> Future[Ticket]:
        """Fetch one ticket with all that its vendor tells; UsageError where it serves none."""
        return self._runtime.submit(self._fetch(self._poller(ref.workspace), ref))

    def choices(
        self, workspace: str, field_key: str, keyword: str = ""
    ) -> Future[Sequence[Choice]]:
        """Fetch the choices of a field; UsageError where the vendor cannot be asked."""
        return self._runtime.submit(self._choices(self._poller(workspace), field_key, keyword))

    def render(self, draft: Draft) -> Future[RequestPreview]:
        """Return the request that the draft becomes; nothing is sent."""
        return self._runtime.submit(self._render(self._poller(draft.workspace), draft))

    async def _begin(self) -> None:
        self._pollers = {
            name: Poller(
                source, self._queue, clock=self._clock, random=self._random, notify=self._notify
            )
            for name, source in self._sources.items()
        }

    def _poll_all(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(poller.run(), name=f"poll {name}")
                for name, poller in self._pollers.items()
            ]

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._creating, return_exceptions=True)
        await asyncio.gather(
            *(poller.close() for poller in self._pollers.values()), return_exceptions=True
        )

    async def _sweep(self, poller: Poller) -> WorkspaceHealth:
        await poller.poll()
        return self._queue.health()[poller.source.workspace.name]

    async def _create(self, poller: Poller, draft: Draft) -> Outcome:
        """Create as a task of the engine's own: whoever asked for it may go away."""
        task = asyncio.create_task(self._send(poller, draft))
        self._creating.add(task)
        task.add_done_callback(self._creating.discard)
        return await asyncio.shield(task)

    async def _send(self, poller: Poller, draft: Draft) -> Outcome:
        outcome = await create_ticket(
            draft,
            workspace=poller.source.workspace,
            vendor=poller.vendor,
            outbox=self._outbox,
            clock=self._clock,
        )
        if outcome.ticket is not None:
            self._queue.apply([outcome.ticket])
            self._notify()
        elif outcome.ref is not None:
            poller.wake()
        return outcome

    async def _fetch(self, poller: Poller, ref: TicketRef) -> Ticket:
        workspace = poller.source.workspace
        if not isinstance(poller.vendor, TicketFetcher):
            raise UsageError(f"{workspace.title} does not serve single tickets")
        return workspace.apply_rules(await poller.vendor.fetch_ticket(ref))

    async def _choices(self, poller: Poller, field_key: str, keyword: str) -> Sequence[Choice]:
        if not isinstance(poller.vendor, ChoiceSource):
            raise UsageError(f"{poller.source.workspace.title} cannot be asked for choices")
        return await poller.vendor.fetch_choices(field_key, keyword)

    async def _render(self, poller: Poller, draft: Draft) -> RequestPreview:
        if not isinstance(poller.vendor, DraftRenderer):
            raise UsageError(f"{poller.source.workspace.title} takes no new tickets")
        return poller.vendor.render(draft)

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
