"""What is new on a screen with a list of tickets: going to it, seeing it, the digest of it."""

from collections import ChainMap, Counter
from collections.abc import Collection
from datetime import datetime
from typing import cast

from textual.message import Message

from tui.app.columns import UNSEEN_SIGNS
from tui.app.digest import Digest
from tui.app.formatting import Line, Span, line_width
from tui.app.gaze import Gaze
from tui.app.look import Look
from tui.app.mirror import QueueMirror
from tui.app.queue_view import QueueView
from tui.app.screens.deck import Result
from tui.app.screens.moves import ListMoves
from tui.app.widgets.ticket_list import TicketList
from tui.domain.activity import Novelty
from tui.domain.ticket import TicketRef

_GAP = Span("  ")


class NewsMoves(ListMoves[Result]):
    """Walks the cursor through what is overdue, unseen, or told of in the digest."""

    items: TicketList

    class Seen(Message):
        """Somebody looked at these tickets; `asked`: because they said so, not by the cursor."""

        def __init__(self, refs: Collection[TicketRef], *, asked: bool = False) -> None:
            super().__init__()
            self.refs = frozenset(refs)
            self.asked = asked

    class DigestDone(Message):
        """Somebody has read what happened while they were away."""

    def __init__(self, look: Look, mirror: QueueMirror, workspaces: tuple[str, ...]) -> None:
        super().__init__(look)
        self._mirror = mirror
        self.workspaces = workspaces
        """Only these; empty for all."""
        self._digest = Digest()
        self._gaze = Gaze()
        self._marks_counted: object = None
        self._mark_counts: Counter[tuple[str, Novelty]] = Counter()

    def on_screen_resume(self) -> None:
        self.watch_cursor(self.look.clock.now())

    @property
    def view(self) -> QueueView:
        """The tickets that are shown."""
        raise NotImplementedError

    def show_digest(self, digest: Digest) -> None:
        """Show what happened while nobody looked, as far as it happened here."""
        self._digest = digest.within(self.workspaces)
        self._show_keys()
        self.watch_cursor(self.look.clock.now())

    def look_again(self) -> None:
        """Begin to look at what the cursor is on: somebody came."""
        self._gaze.look_away()
        self.watch_cursor(self.look.clock.now())

    def watch_cursor(self, now: datetime) -> None:
        """Take in where the cursor is, and that it may have rested there."""
        ticket = self.items.ticket if self.is_current else None
        ref = ticket.ref if ticket and ticket.ref in self._unseen else None
        before = self._gaze.rests_at
        if seen := self._gaze.rest_on(ref, now):
            self.post_message(self.Seen(seen))
        if self._gaze.rests_at not in (None, before):
            self.post_message(self.AlarmWanted())

    @property
    def rests_at(self) -> datetime | None:
        """When the ticket under the cursor will have been seen."""
        return self._gaze.rests_at

    def novelty(self, ref: TicketRef) -> Novelty | None:
        """Return why a ticket is marked; None if it is not."""
        return self._mirror.marks.get(ref)

    def standing_line(self) -> Line:
        """Return what happened while nobody looked, and the keys that deal with it."""
        if not self._digest:
            return ()
        keymap, at_hand = self.look.keymap, self.COMMAND_IDS
        line: Line = (Span(f"since you looked: {self._digest.words()}", "new", bold=True),)
        for command_id, words in (("list.next_unseen", "next"), ("app.back", "clear")):
            if key := keymap.shown(command_id, at_hand):
                line = (*line, _GAP, Span(key, "accent"), Span(f" {words}"))
        return line

    def legend(self, room: int, *, is_doubtful: bool) -> Line:
        """Return what the signs in the list mean, as far as there is room in these cells."""
        signs = [("!", "not current")] if is_doubtful else []
        for novelty, sign in reversed(UNSEEN_SIGNS.items()):
            if self._count_marks(novelty):
                signs.insert(0, (sign, novelty.value))
        line: Line = ()
        for sign, words in reversed(signs):
            part = (Span(f"{sign} {words}", "muted"), *((_GAP,) if line else ()), *line)
            if line_width(part) > room:
                break
            line = part
        return line

    @property
    def _unseen(self) -> ChainMap[TicketRef, object]:
        marks = cast("dict[TicketRef, object]", self._mirror.marks)
        return ChainMap(marks, cast("dict[TicketRef, object]", self._digest.events))

    def _count_marks(self, novelty: Novelty) -> int:
        marks = self._mirror.marks
        if marks is not self._marks_counted:
            self._marks_counted = marks
            self._mark_counts = Counter((ref.workspace, kind) for ref, kind in marks.items())
        return sum(
            count
            for (name, kind), count in self._mark_counts.items()
            if kind is novelty and (not self.workspaces or name in self.workspaces)
        )

    def _go_to(self, refs: Collection[TicketRef], *, what: str, otherwise: str) -> bool:
        """Go to the next of these tickets, or say that there is none; return whether it moved."""
        here = self.items.cursor
        place = self.view.next_among(refs, here)
        if place is None or place == here:
            self.say(f"No other {what} ticket in this list" if place is not None else otherwise)
            return False
        self.items.move_to(place)
        if place < here:
            self.say("Began again at the top")
        return True

    def action_list_next_overdue(self) -> None:
        self._go_to(self._mirror.overdue, what="overdue", otherwise="Nothing overdue in this list")

    def action_list_next_unseen(self) -> None:
        unseen = self._unseen
        here = self.items.ticket
        moved = self._go_to(unseen, what="unseen", otherwise=self._nothing_unseen())
        ticket = self.items.ticket
        if moved and ticket is not None:
            self._gaze.walk_to(ticket.ref)
        elif here is not None and here.ref in unseen:
            self.post_message(self.Seen({here.ref}))
        elif self._digest:
            self.post_message(self.DigestDone())

    def _nothing_unseen(self) -> str:
        elsewhere = sum(self.view.find(ref) is None for ref in self._mirror.marks)
        if not elsewhere:
            return "Nothing unseen"
        return f"Nothing unseen in this list; {elsewhere:,} elsewhere or filtered out"

    def action_list_seen_all(self) -> None:
        refs = [ref for ref in self._unseen if self.view.find(ref) is not None]
        self.post_message(self.Seen(refs, asked=True))
        self.say(f"Took the marks from {len(refs):,}" if refs else "Nothing is marked in this list")
