"""What is new or changed since this user looked at it, kept up with the journal."""

from collections.abc import Collection, Mapping

from tui.domain.activity import Novelty
from tui.domain.diff import ChangeSet, Reset
from tui.domain.health import WorkspaceHealth
from tui.domain.ticket import TicketRef
from tui.engine.offload import Offload
from tui.store.seen_marks import SeenMarks


class Attention:
    """Remembers in this process what the journal says is unseen."""

    def __init__(self, seen: SeenMarks, *, viewer: str, offload: Offload) -> None:
        self._seen = seen
        self._viewer = viewer
        self._offload = offload
        self._begun: frozenset[str] = frozenset()
        """Workspaces that were read whole once: what comes there now is news."""
        self.novelties: Mapping[TicketRef, Novelty] = {}
        """Replaced as a whole, so that any thread may read it."""

    async def take(self, changes: ChangeSet | Reset, health: Mapping[str, WorkspaceHealth]) -> None:
        """Take in what changed. Raises StateError."""
        begun = frozenset(name for name, each in health.items() if each.as_of is not None)
        if isinstance(changes, Reset) or begun != self._begun:
            self.novelties = await self._offload(lambda: self._seen.unseen(self._viewer))
            self._begun = begun
            return
        fresh = [ticket.ref for ticket in changes.added if ticket.ref.workspace in begun]
        other = [ticket.ref for ticket in changes.changed if ticket.ref.workspace in begun]
        if fresh or other or changes.removed:
            known = dict(self.novelties)
            known.update(dict.fromkeys(fresh, Novelty.NEW))
            for ref in other:
                known.setdefault(ref, Novelty.CHANGED)
            for ref in changes.removed:
                known.pop(ref, None)
            self.novelties = known

    async def mark(self, refs: Collection[TicketRef] | None) -> None:
        """Keep that the user has seen these tickets; None: all. Raises StateError."""
        known = self.novelties
        gone = set(known) if refs is None else set(refs) & set(known)
        if gone:
            self.novelties = {ref: kind for ref, kind in known.items() if ref not in gone}
            marked = None if refs is None else gone
            await self._offload(lambda: self._seen.mark(self._viewer, marked))
