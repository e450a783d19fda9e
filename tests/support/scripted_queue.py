"""A queue that a test fills by hand, as the journal would."""

from collections.abc import Iterable

from tui.domain.diff import ChangeSet, Position
from tui.domain.health import WorkspaceHealth
from tui.domain.ticket import Ticket, TicketRef
from tui.store.queue import TicketQueue


class ScriptedQueue(TicketQueue):
    """Gives out the positions by itself."""

    def __init__(self, workspaces: Iterable[str] = ()) -> None:
        super().__init__(workspaces)
        self._n = 0

    def apply(self, tickets: Iterable[Ticket], removed: Iterable[TicketRef] = ()) -> bool:
        self._n += 1
        here = Position("script", self._n)
        return self.take(ChangeSet(position=here, changed=tuple(tickets), removed=tuple(removed)))

    def set_health(self, name: str, health: WorkspaceHealth) -> None:
        self.take_health({name: health})
