"""Stands for the engine until it is loaded: shows what is stored, and hands on what is asked.

Loading the network and the whole queue would hold the first frame up. So the dashboard begins with
the most urgent tickets as they are stored, and the engine comes up behind it.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final, TypeVar

from tui.domain.activity import Novelty, WorkspaceActivity
from tui.domain.acts import Act, Acts
from tui.domain.diff import ChangeSet, Position, Reset, Totals
from tui.domain.draft import Draft, FieldSpec, RequestPreview
from tui.domain.health import WorkspaceHealth
from tui.domain.ports import Clock
from tui.domain.revision import Revision
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.workspace import Workspace
from tui.engine.coming import ComingCreates, ComingForms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tui.engine.service import Service

T = TypeVar("T")
Listener = Callable[[], object]

_BEGINNING: Final = Position("what is stored", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is shown before the engine is there."""

    workspaces: tuple[Workspace, ...]
    tickets: tuple[Ticket, ...]
    """Those that come first."""
    totals: Mapping[str, Totals]
    health: Mapping[str, WorkspaceHealth]
    novelties: Mapping[TicketRef, Novelty]
    acts: Acts


class Prelude:
    """Has the methods of `Service` that the dashboard calls. For any thread."""

    def __init__(
        self,
        stored: Stored,
        *,
        clock: Clock,
    ) -> None:
        """Begin with what is stored."""
        self.workspaces = stored.workspaces
        self._stored = stored
        self._clock = clock
        self._lock = threading.Lock()
        self._listeners: dict[Listener, Callable[[], None]] = {}
        self._service: Service | None = None
        self._coming: Future[Service] = Future()
        self._thread: threading.Thread | None = None
        self.forms = ComingForms(self._ask)
        self.creates = ComingCreates(self._ask, lambda: self._service)

    def start(self) -> None:
        """Do nothing yet: the first frame comes first."""

    def bring_up(
        self, open_service: "Callable[[], Service]", failed: Callable[[Exception], object]
    ) -> None:
        """Bring the engine up, beside the screen, and have it poll.

        `open_service` returns it started; `failed` is told why there will be none.
        """
        work = (open_service, failed)
        self._thread = threading.Thread(target=self._bring_up, args=work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the service, when it is up."""
        if self._thread is not None:
            self._thread.join()
        if self._service is not None:
            self._service.stop()

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        if self._service is not None:
            return self._service.changes_since(position)
        if position == _BEGINNING:
            return ChangeSet(position=_BEGINNING)
        return Reset(position=_BEGINNING, tickets=self._stored.tickets, totals=self._stored.totals)

    def health(self) -> Mapping[str, WorkspaceHealth]:
        if self._service is not None:
            return self._service.health()
        now = self._clock.now()
        return {name: health.at(now) for name, health in self._stored.health.items()}

    def novelties(self) -> Mapping[TicketRef, Novelty]:
        return self._service.novelties() if self._service else self._stored.novelties

    def acts(self) -> Acts:
        return self._service.acts() if self._service else self._stored.acts

    @property
    def banner(self) -> str | None:
        return self._service.banner if self._service else None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        with self._lock:
            if self._service is not None:
                return self._service.subscribe(listener)
            self._listeners[listener] = lambda: None

        def unsubscribe() -> None:
            with self._lock:
                end = self._listeners.pop(listener, None)
            if end is not None:
                end()

        return unsubscribe

    @property
    def is_ready(self) -> bool:
        """Whether the service is up."""
        return self._service is not None and self._coming.done()

    def fields(self, workspace: str) -> tuple[FieldSpec, ...]:
        """Wait for the service: what a vendor takes is known there alone."""
        return self._coming.result().fields(workspace)

    def refresh(self, workspace: str | None = None) -> None:
        self._tell(lambda service: service.refresh(workspace))

    def look_at(self, workspaces: Collection[str]) -> None:
        self._tell(lambda service: service.look_at(workspaces))

    def mark_seen(self, refs: Collection[TicketRef] | None) -> None:
        self._tell(lambda service: service.mark_seen(refs))

    def activity(self) -> Future[Mapping[str, WorkspaceActivity]]:
        return self._ask(lambda service: service.activity())

    def act(self, act: Act, tickets: Collection[Ticket]) -> Future[str]:
        return self._ask(lambda service: service.act(act, tickets))

    def undo(self, batch: str) -> Future[int]:
        return self._ask(lambda service: service.undo(batch))

    def history(self, ref: TicketRef) -> Future[tuple[Revision, ...]]:
        return self._ask(lambda service: service.history(ref))

    def fetch(self, ref: TicketRef) -> Future[Ticket]:
        return self._ask(lambda service: service.fetch(ref))

    def render(self, draft: Draft) -> Future[RequestPreview]:
        return self._ask(lambda service: service.render(draft))

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        with self._service.at_rest() if self._service else nullcontext():
            yield

    def _bring_up(
        self, open_service: "Callable[[], Service]", failed: Callable[[Exception], object]
    ) -> None:
        try:
            service = open_service()
        except Exception as error:  # it is told to whoever can show it
            self._coming.set_exception(error)
            failed(error)
            return
        with self._lock:
            for listener in self._listeners:
                self._listeners[listener] = service.subscribe(listener)
            self._service = service
        self._coming.set_result(service)
        for listener in tuple(self._listeners):
            listener()
        service.start_polling()

    def _tell(self, work: "Callable[[Service], object]") -> None:
        """Have the service do this when it is up, after what was asked of it before."""

        def tell(coming: "Future[Service]") -> None:
            if coming.exception() is None:
                work(coming.result())

        self._coming.add_done_callback(tell)

    def _ask(self, work: "Callable[[Service], Future[T]]") -> Future[T]:
        """Return what the service will answer."""
        answer: Future[T] = Future()

        def ask(coming: "Future[Service]") -> None:
            try:
                asked = work(coming.result())
            except Exception as error:
                answer.set_exception(error)
            else:
                asked.add_done_callback(lambda done: _hand_on(done, answer))

        self._coming.add_done_callback(ask)
        return answer


def _hand_on(done: Future[T], answer: Future[T]) -> None:
    if done.cancelled():
        answer.cancel()
    elif (error := done.exception()) is not None:
        answer.set_exception(error)
    else:
        answer.set_result(done.result())
