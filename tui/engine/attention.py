"""What is new or changed since this user looked at it, kept up with the journal."""

import asyncio
from collections.abc import Collection, Mapping

from tui.domain.activity import Novelty
from tui.domain.diff import ChangeSet, Position, Reset
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
        self._lock = asyncio.Lock()
        self._position: Position | None = None
        """Up to where the user can have seen anything."""
        self._marks: object = None
        """Stands for what the user has marked so far, in any process."""
        self._begun: frozenset[str] = frozenset()
        """Workspaces that were read whole once: what comes there now is news."""
        self.novelties: Mapping[TicketRef, Novelty] = {}
        """Replaced as a whole, so that any thread may read it."""

    async def take(self, changes: ChangeSet | Reset, health: Mapping[str, WorkspaceHealth]) -> bool:
        """Take in what changed; return whether other tickets are unseen now. Raises StateError."""
        begun = frozenset(name for name, each in health.items() if each.as_of is not None)
        async with self._lock:
            before = self.novelties
            marks = await self._offload(lambda: self._seen.state(self._viewer))
            if isinstance(changes, Reset) or (begun, marks) != (self._begun, self._marks):
                self._marks, self.novelties = await self._offload(self._read)
            else:
                self._add(changes, begun)
            self._begun, self._position = begun, changes.position
            return self.novelties != before

    async def mark(self, refs: Collection[TicketRef] | None) -> None:
        """Keep that the user has seen these tickets; None: all. Raises StateError."""
        async with self._lock:
            known, position = self.novelties, self._position
            gone = set(known) if refs is None else set(refs) & set(known)
            if gone:
                self.novelties = {ref: kind for ref, kind in known.items() if ref not in gone}
                marked = None if refs is None else gone
                await self._offload(lambda: self._seen.mark(self._viewer, marked, position))
                self._marks, self.novelties = await self._offload(self._read)

    def _read(self) -> tuple[object, Mapping[TicketRef, Novelty]]:
        unseen = self._seen.unseen(self._viewer)
        return self._seen.state(self._viewer), unseen

    def _add(self, changes: ChangeSet, begun: frozenset[str]) -> None:
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
