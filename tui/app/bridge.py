"""The only crossing between the dashboard's thread and the engine's.

Calls go down through it, what comes of them goes up as messages. A screen that closes cancels
nothing: the future belongs to the engine, and its message finds the application.
"""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from typing import Protocol, TypeVar

from textual.message import Message

from tui.app.messages import (
    ActEnded,
    ActivityCame,
    ChoicesCame,
    CreateEnded,
    DraftKept,
    DraftsCame,
    DropEnded,
    FormCame,
    HistoryCame,
    LossesDropped,
    RememberedCame,
    RequestRendered,
    StoreChanged,
    TicketFetched,
)
from tui.app.mirror import Source
from tui.domain.activity import WorkspaceActivity
from tui.domain.acts import Act
from tui.domain.clean import clean
from tui.domain.creates import ChoiceList, Form, KeptDraft, OpenCreate, Remembered
from tui.domain.draft import Draft, FieldSpec, Outcome, OutcomeState, RequestPreview
from tui.domain.errors import StateError, TicketdeckError, UsageError
from tui.domain.revision import Revision
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.workspace import Workspace
from tui.engine.outbox import LOOK_FIRST

Answer = TypeVar("Answer")


class FormService(Protocol):
    """What fills the form of a new ticket; `engine.forms.Forms` is one."""

    def form(self, workspace: str, /) -> Future[Form]: ...

    def tenant_form(self, workspace: str, /) -> Future[Form]: ...

    def look_up(self, workspace: str, lookup: str, keyword: str = "", /) -> Future[ChoiceList]: ...

    def drafts(self) -> Future[tuple[KeptDraft, ...]]: ...

    def keep_draft(self, draft: KeptDraft, /) -> Future[KeptDraft]: ...

    def forget_draft(self, draft_id: str, /) -> Future[None]: ...

    def remembered(self) -> Future[Remembered]: ...


class CreateService(Protocol):
    """What sends new tickets; `engine.creates.Creates` is one."""

    def create(
        self, draft: Draft, /, *, draft_id: str = "", key: str | None = None
    ) -> Future[Outcome]: ...

    def open_creates(self) -> tuple[OpenCreate, ...]: ...

    def losses(self) -> tuple[str, ...]: ...

    def drop_losses(self) -> Future[None]: ...

    def settled(self) -> tuple[Outcome, ...]: ...

    def send_again(self, intent_id: str, /) -> Future[Outcome]: ...

    def drop(self, intent_id: str, /) -> Future[None]: ...


class TicketService(Source, Protocol):
    """What the dashboard asks of the engine; `engine.service.Service` is one."""

    @property
    def forms(self) -> FormService: ...

    @property
    def creates(self) -> CreateService: ...

    @property
    def workspaces(self) -> tuple[Workspace, ...]: ...

    @property
    def is_ready(self) -> bool: ...

    def fields(self, workspace: str, /) -> tuple[FieldSpec, ...]: ...

    def subscribe(self, listener: Callable[[], None], /) -> Callable[[], None]: ...

    def refresh(self, workspace: str | None = None, /) -> None: ...

    def look_at(self, workspaces: Collection[str], /) -> None: ...

    def activity(self) -> Future[Mapping[str, WorkspaceActivity]]: ...

    def mark_seen(self, refs: Collection[TicketRef] | None, /) -> None: ...

    def act(self, act: Act, tickets: Collection[Ticket], /) -> Future[str]: ...

    def undo(self, batch: str, /) -> Future[int]: ...

    def history(self, ref: TicketRef, /) -> Future[tuple[Revision, ...]]: ...

    @property
    def banner(self) -> str | None: ...

    def at_rest(self) -> AbstractContextManager[None]: ...

    def fetch(self, ref: TicketRef, /) -> Future[Ticket]: ...

    def render(self, draft: Draft, /) -> Future[RequestPreview]: ...


class Bridge:
    """Hands requests to the service, and posts what comes back to the application."""

    def __init__(
        self, service: TicketService, post: Callable[[Message], object], *, observe: bool
    ) -> None:
        self._service = service
        self._post_to_app = post
        self._observe = observe
        self._unsubscribe: Callable[[], None] | None = None
        self._is_connected = False
        self._on_their_way: list[Draft] = []
        self.workspaces: Mapping[str, Workspace] = {
            workspace.name: workspace for workspace in service.workspaces
        }

    @property
    def source(self) -> Source:
        """The queue, for the mirror to follow."""
        return self._service

    def connect(self) -> None:
        """Begin to hear of changes and answers."""
        self._is_connected = True
        self._unsubscribe = self._service.subscribe(lambda: self._post(StoreChanged()))

    def disconnect(self) -> None:
        """Hear no more of anything; what runs at the engine goes on."""
        self._is_connected = False
        if self._unsubscribe:
            self._unsubscribe()
            self._unsubscribe = None

    @property
    def is_ready(self) -> bool:
        """Whether the engine is there; before that `fields` would wait for it."""
        return self._service.is_ready

    def fields(self, workspace: str) -> tuple[FieldSpec, ...]:
        """Return the fields of a new ticket there."""
        return self._service.fields(workspace)

    def why_not_create(self, workspace: str) -> str:
        """Return why no ticket can be created there, in one line; "" where one can."""
        if self._observe or self.workspaces[workspace].observe:
            return f"{workspace} is in observe mode: nothing is written to the vendor"
        if not self.fields(workspace):
            return f"{self.workspaces[workspace].title} takes no new tickets through its API"
        return ""

    def creatable(self) -> list[str]:
        """Return the workspaces where a ticket can be created."""
        return [name for name in self.workspaces if not self.why_not_create(name)]

    @property
    def banner(self) -> str | None:
        """Why nothing is kept on disk, in one line; None where it is, or is not meant to be."""
        return self._service.banner

    def at_rest(self) -> AbstractContextManager[None]:
        """Let other processes poll meanwhile: this one is about to be suspended."""
        return self._service.at_rest()

    def refresh(self, workspace: str | None = None) -> None:
        """Poll now."""
        self._service.refresh(workspace)

    def look_at(self, workspaces: Collection[str]) -> None:
        """Tell which workspaces are on the screen; none where nobody looks."""
        self._service.look_at(workspaces)

    def mark_seen(self, refs: Collection[TicketRef] | None) -> None:
        """Take the marks from these tickets, from all for None, in every process of the user."""
        self._service.mark_seen(refs)

    def ask_activity(self) -> None:
        """Ask what the polling did; answered by `ActivityCame`, or by nothing where that fails."""

        def answer(future: Future[Mapping[str, WorkspaceActivity]]) -> None:
            if not future.cancelled() and future.exception() is None:
                self._post(ActivityCame(future.result()))

        self._service.activity().add_done_callback(answer)

    def fetch(self, ref: TicketRef) -> None:
        """Ask for one whole ticket; answered by `TicketFetched`."""

        def answer(future: Future[Ticket]) -> Message:
            return TicketFetched(ref, *_result(future))

        self._answer(self._service.fetch(ref), answer)

    def act(self, act: Act, tickets: Collection[Ticket]) -> None:
        """Do something here to these tickets; answered by `ActEnded`."""

        def answer(future: Future[str]) -> Message:
            ended = _result(future)
            return ActEnded(act, len(tickets), *ended)

        self._answer(self._service.act(act, tickets), answer)

    def undo(self, batch: str) -> None:
        """Take back what was done here; answered by `ActEnded`."""

        def answer(future: Future[int]) -> Message:
            ended = _result(future)
            return ActEnded(None, ended[0] or 0, None, ended[1])

        self._answer(self._service.undo(batch), answer)

    def ask_history(self, ref: TicketRef) -> None:
        """Ask for a ticket's changes; answered by `HistoryCame`."""

        def answer(future: Future[tuple[Revision, ...]]) -> Message:
            came = _result(future)
            return HistoryCame(ref, came[0] or (), came[1])

        self._answer(self._service.history(ref), answer)

    def create(self, draft: Draft, draft_id: str = "") -> None:
        """Send a checked draft; answered by `CreateEnded`."""

        def answer(future: Future[Outcome]) -> Message:
            return CreateEnded(draft, _outcome(future), draft_id)

        self._on_their_way.append(draft)
        self._answer(self._service.creates.create(draft, draft_id=draft_id), answer)

    def send_again(self, create: OpenCreate) -> None:
        """Create anew what an open create was for; answered by `CreateEnded`."""

        def answer(future: Future[Outcome]) -> Message:
            return CreateEnded(create.draft, _outcome(future), create.draft_id)

        self._on_their_way.append(create.draft)
        self._answer(self._service.creates.send_again(create.id), answer)

    @property
    def on_their_way(self) -> tuple[Draft, ...]:
        """The drafts that were sent from here, and whose end was not taken in yet."""
        return tuple(self._on_their_way)

    def arrived(self, draft: Draft) -> None:
        """Take in that the user is told how the create of this draft ended."""
        if draft in self._on_their_way:
            self._on_their_way.remove(draft)

    def drop(self, create: OpenCreate) -> None:
        """Give up an open create; answered by `DropEnded`."""

        def answer(future: Future[None]) -> Message:
            return DropEnded(create.id, _result(future)[1])

        self._answer(self._service.creates.drop(create.id), answer)

    def drop_losses(self) -> None:
        """Take in that the user has looked after what is lost; answered by `LossesDropped`."""

        def answer(future: Future[None]) -> Message:
            return LossesDropped(_result(future)[1])

        self._answer(self._service.creates.drop_losses(), answer)

    @property
    def open_creates(self) -> tuple[OpenCreate, ...]:
        """The creates whose end nobody knows; another object after every change."""
        return self._service.creates.open_creates()

    @property
    def losses(self) -> tuple[str, ...]:
        """What the ledger has lost, a line each, until the user has looked."""
        return self._service.creates.losses()

    @property
    def has_outbox_news(self) -> bool:
        """Whether the outbox has anything to tell."""
        return bool(self.open_creates or self.losses)

    @property
    def settled(self) -> tuple[Outcome, ...]:
        """How the last creates ended, oldest first."""
        return self._service.creates.settled()

    def ask_form(self, workspace: str) -> None:
        """Ask for a form; answered by `FormCame` from the journal, and again from the vendor."""

        def answer(future: Future[Form]) -> Message:
            came = _result(future)
            return FormCame(workspace, came[0] or Form(self.fields(workspace), problem=came[1]))

        self._answer(self._service.forms.form(workspace), answer)
        self._answer(self._service.forms.tenant_form(workspace), answer)

    def look_up(self, workspace: str, lookup: str, keyword: str = "") -> None:
        """Ask for a list of choices; answered by `ChoicesCame`."""

        def answer(future: Future[ChoiceList]) -> Message:
            came = _result(future)
            found = came[0] or ChoiceList(problem=came[1])
            return ChoicesCame(workspace, lookup, keyword, found)

        self._answer(self._service.forms.look_up(workspace, lookup, keyword), answer)

    def ask_drafts(self) -> None:
        """Ask for the kept drafts; answered by `DraftsCame`."""

        def answer(future: Future[tuple[KeptDraft, ...]]) -> Message:
            came = _result(future)
            return DraftsCame(came[0] or (), came[1])

        self._answer(self._service.forms.drafts(), answer)

    def keep_draft(self, draft: KeptDraft) -> Future[DraftKept]:
        """Keep what stands in a form; answered by `DraftKept`.

        Who cannot wait for the message, because the program is ending, waits for the future.
        """
        ended: Future[DraftKept] = Future()

        def answer(future: Future[KeptDraft]) -> Message:
            came = _result(future)
            kept = DraftKept(draft, came[0] or draft, came[1])
            ended.set_result(kept)
            return kept

        self._answer(self._service.forms.keep_draft(draft), answer)
        return ended

    def forget_draft(self, draft_id: str) -> None:
        """Delete a kept draft. Where that fails it is offered once more."""
        self._service.forms.forget_draft(draft_id)

    def ask_remembered(self) -> None:
        """Ask what the user chose last; answered by `RememberedCame`."""

        def answer(future: Future[Remembered]) -> Message:
            return RememberedCame(_result(future)[0] or Remembered())

        self._answer(self._service.forms.remembered(), answer)

    def render(self, draft: Draft) -> None:
        """Ask for the request a draft becomes; answered by `RequestRendered`."""
        self._answer(self._service.render(draft), lambda future: RequestRendered(*_result(future)))

    def _post(self, message: Message) -> None:
        """Post from any thread; the application may be ending at this very moment."""
        if self._is_connected:
            with suppress(RuntimeError):
                self._post_to_app(message)

    def _answer(self, future: Future[Answer], answer: Callable[[Future[Answer]], Message]) -> None:
        future.add_done_callback(lambda done: self._post(answer(done)))


def _outcome(future: Future[Outcome]) -> Outcome:
    ended = _result(future)
    if ended[0] is not None:
        return ended[0]
    # These are raised before anything is sent; of other ends nothing is known.
    if not future.cancelled() and isinstance(future.exception(), UsageError | StateError):
        return Outcome(intent_id="", state=OutcomeState.NOT_CREATED, message=ended[1])
    message = f"{ended[1]}; {LOOK_FIRST}"
    return Outcome(intent_id="", state=OutcomeState.UNKNOWN, message=message)


def _result(future: Future[Answer]) -> tuple[Answer | None, str]:
    """Return what came, or the reason in one line why nothing did."""
    if future.cancelled():
        return None, "the program is ending"
    error = future.exception()
    if error is None:
        return future.result(), ""
    if isinstance(error, TicketdeckError):
        return None, clean(str(error))
    return None, f"the program failed ({type(error).__name__})"
