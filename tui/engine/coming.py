"""Forms and creates while the engine is still being loaded: what is asked is handed on to it."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from tui.domain.creates import ChoiceList, Form, KeptDraft, OpenCreate, Remembered
from tui.domain.draft import Draft, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tui.engine.service import Service

T = TypeVar("T")


class Ask(Protocol):
    """Returns what the service will answer."""

    def __call__(self, work: "Callable[[Service], Future[T]]", /) -> Future[T]: ...


class ComingForms:
    """Has the methods of `Forms`. For any thread."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def form(self, workspace: str) -> Future[Form]:
        return self._ask(lambda service: service.forms.form(workspace))

    def tenant_form(self, workspace: str) -> Future[Form]:
        return self._ask(lambda service: service.forms.tenant_form(workspace))

    def look_up(self, workspace: str, lookup: str, keyword: str = "") -> Future[ChoiceList]:
        return self._ask(lambda service: service.forms.look_up(workspace, lookup, keyword))

    def drafts(self) -> Future[tuple[KeptDraft, ...]]:
        return self._ask(lambda service: service.forms.drafts())

    def keep_draft(self, draft: KeptDraft) -> Future[KeptDraft]:
        return self._ask(lambda service: service.forms.keep_draft(draft))

    def forget_draft(self, draft_id: str) -> Future[None]:
        return self._ask(lambda service: service.forms.forget_draft(draft_id))

    def remembered(self) -> Future[Remembered]:
        return self._ask(lambda service: service.forms.remembered())


class ComingCreates:
    """Has the methods of `Creates`. For any thread."""

    def __init__(self, ask: Ask, present: "Callable[[], Service | None]") -> None:
        """Make it; `present` returns the service once it is there."""
        self._ask = ask
        self._present = present

    def create(
        self, draft: Draft, *, draft_id: str = "", key: str | None = None
    ) -> Future[Outcome]:
        return self._ask(lambda service: service.creates.create(draft, draft_id=draft_id, key=key))

    def open_creates(self) -> tuple[OpenCreate, ...]:
        service = self._present()
        return service.creates.open_creates() if service else ()

    def losses(self) -> tuple[str, ...]:
        service = self._present()
        return service.creates.losses() if service else ()

    def drop_losses(self) -> Future[None]:
        return self._ask(lambda service: service.creates.drop_losses())

    def settled(self) -> tuple[Outcome, ...]:
        service = self._present()
        return service.creates.settled() if service else ()

    def send_again(self, intent_id: str) -> Future[Outcome]:
        return self._ask(lambda service: service.creates.send_again(intent_id))

    def drop(self, intent_id: str) -> Future[None]:
        return self._ask(lambda service: service.creates.drop(intent_id))
