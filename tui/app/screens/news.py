"""What is new on a screen with a list of tickets: going to it, seeing it, the digest of it."""

from collections import ChainMap, Counter
from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple, cast

from textual.message import Message

from tui.app.columns import MARKED_SIGN, NOT_CURRENT_SIGN, UNSEEN_SIGNS
from tui.app.deed_text import ASKS_OVER, count_words
from tui.app.digest import Digest
from tui.app.formatting import Line, Span, line_width
from tui.app.gaze import Gaze
from tui.app.look import Look
from tui.app.mirror import QueueMirror
from tui.app.queue_view import QueueView
from tui.app.screens.deck import DeckScreen, Result
from tui.app.screens.moves import ListMoves
from tui.app.widgets.ticket_list import TicketList
from tui.domain.activity import Novelty
from tui.domain.ticket import TicketRef

_GAP = Span("  ")


class Step(NamedTuple):
    """Where the next ticket of a kind is."""

    place: int | None
    """None where there is no other."""
    words: str = ""
    """What is to be said of it."""


class DigestLine(DeckScreen[Result]):
    """Tells in the line of keys what happened while nobody looked, until somebody deals with it."""

    class DigestDone(Message):
        """Somebody has read what happened while they were away."""

    digest = Digest()
    """What happened in what this screen is about."""

    def show_digest(self, digest: Digest) -> None:
        """Show this digest, until somebody deals with it."""
        before, self.digest = self.digest, digest.within(self.watched or ())
        if self.digest and not before:
            self.end_notice()
        self._show_keys()

    def standing_line(self, width: int) -> Line:
        """Return what happened while nobody looked, and the keys that deal with it, if they fit."""
        if not self.digest:
            return ()
        said = Span("since you looked: ", "new", bold=True)
        words = Span(self.digest.words(), "new", bold=True)
        walk, clear = self._key("list.next_unseen", "next"), self._key("app.back", "clear")
        lines = ((said, words, *walk, *clear), (said, words, *walk), (words, *walk))
        return next((line for line in lines if line_width(line) <= width), (words,))

    def _key(self, command_id: str, words: str) -> Line:
        # The words first: a comma behind a sentence would not be taken for a key.
        key = self.look.keymap.shown(command_id, self.COMMAND_IDS)
        return (Span(f"  {words}: "), Span(key, "accent", bold=True)) if key else ()

    def action_back(self) -> None:
        if self.digest:
            self.post_message(self.DigestDone())
        else:
            super().action_back()


class NewsMoves(DigestLine[Result], ListMoves[Result]):
    """Walks the cursor through what is overdue, unseen, or told of in the digest."""

    items: TicketList

    class Seen(Message):
        """Somebody looked at these tickets; `asked`: because they said so, not by the cursor."""

        def __init__(self, refs: Collection[TicketRef], *, asked: bool = False) -> None:
            super().__init__()
            self.refs = frozenset(refs)
            self.asked = asked

    def __init__(self, look: Look, mirror: QueueMirror, workspaces: tuple[str, ...]) -> None:
        super().__init__(look)
        self._mirror = mirror
        self.workspaces = workspaces
        """Only these; empty for all."""
        self._gaze = Gaze()
        self._marks_counted: object = None
        self._mark_counts: Counter[tuple[str, Novelty]] = Counter()
        self._acts_counted: object = None
        self._act_places: set[tuple[str, str]] = set()

    def on_screen_resume(self) -> None:
        self.watch_cursor(self.look.clock.now())

    @property
    def view(self) -> QueueView:
        """The tickets that are shown."""
        raise NotImplementedError

    def show_digest(self, digest: Digest) -> None:
        super().show_digest(digest)
        self.watch_cursor(self.look.clock.now())

    def begin_walk(self) -> None:
        """Go to the first ticket that is to be seen."""
        self._walk(-1)

    def look_again(self) -> None:
        """Begin to look at what the cursor is on: somebody came."""
        self._gaze.look_away()
        self.watch_cursor(self.look.clock.now())

    def watch_cursor(self, now: datetime) -> None:
        """Take in where the cursor is, and that it may have rested there."""
        ticket = self.items.ticket if self.is_current else None
        ref = ticket.ref if ticket and ticket.ref in self._unseen else None
        before = self._gaze.rests_at
        if seen := self._gaze.rest_on(ref, now, is_kept=self.keeps_unseen):
            self.post_message(self.Seen(seen))
        if self._gaze.rests_at not in (None, before):
            self.post_message(self.AlarmWanted())

    @property
    def keeps_unseen(self) -> bool:
        """Whether a ticket leaves this list when it was seen.

        It stays while the cursor is on it then: the list must not run away under a cursor that
        rests, and call all of it seen.
        """
        return False

    @property
    def rests_at(self) -> datetime | None:
        """When the ticket under the cursor will have been seen."""
        return self._gaze.rests_at

    def novelty(self, ref: TicketRef) -> Novelty | None:
        """Return why a ticket is marked; None if it is not."""
        return self._mirror.novelties.get(ref)

    def legend(self, room: int, *, is_doubtful: bool) -> Line:
        """Return what the signs in the list mean, as far as there is room in these cells."""
        signs = [(MARKED_SIGN, "marked")] if self.items.shows_marks else []
        signs += self._act_signs()
        signs += [
            (sign, novelty.value)
            for novelty, sign in UNSEEN_SIGNS.items()
            if self._count_marks(novelty)
        ]
        signs += [(NOT_CURRENT_SIGN, "not current")] if is_doubtful else []
        line: Line = ()
        for sign, words in reversed(signs):
            part = (Span(f"{sign} {words}", "muted"), *((_GAP,) if line else ()), *line)
            if line_width(part) > room:
                break
            line = part
        return line

    def _act_signs(self) -> list[tuple[str, str]]:
        """Return the signs of what was done here to tickets of these workspaces, with words."""
        glyphs, acts = self.look.glyphs, self._mirror.acts
        if acts is not self._acts_counted:
            self._acts_counted = acts
            self._act_places = {
                (ref.workspace, sign)
                for ref, done in acts.items()
                for sign, is_there in (
                    (glyphs.acknowledged, done.acknowledged),
                    (glyphs.pinned, done.pinned),
                    (glyphs.snoozed, done.snooze),
                )
                if is_there
            }
        there = {
            sign
            for name, sign in self._act_places
            if not self.workspaces or name in self.workspaces
        }
        if not self.view.query.asks_for_snoozed:
            there.discard(glyphs.snoozed)
        words = {
            glyphs.acknowledged: "acked",
            glyphs.pinned: "pinned",
            glyphs.snoozed: "snoozed",
        }
        return [(sign, word) for sign, word in words.items() if sign in there]

    @property
    def _unseen(self) -> ChainMap[TicketRef, object]:
        marks = cast("dict[TicketRef, object]", self._mirror.novelties)
        return ChainMap(marks, cast("dict[TicketRef, object]", self.digest.events))

    def _count_marks(self, novelty: Novelty) -> int:
        marks = self._mirror.novelties
        if marks is not self._marks_counted:
            self._marks_counted = marks
            self._mark_counts = Counter((ref.workspace, kind) for ref, kind in marks.items())
        return sum(
            count
            for (name, kind), count in self._mark_counts.items()
            if kind is novelty and (not self.workspaces or name in self.workspaces)
        )

    def step_to_overdue(self, here: int) -> Step:
        """Return where the next overdue ticket behind a place is."""
        return self._next_of(self._mirror.overdue, here, "overdue", self._nothing_overdue)

    def step_to_unseen(self, here: int) -> Step:
        """Return where the next ticket behind a place is that nobody has seen."""
        return self._next_of(self._unseen, here, "unseen", self._nothing_unseen)

    def _next_of(
        self, refs: Collection[TicketRef], here: int, what: str, nothing: Callable[[], str]
    ) -> Step:
        place = self.view.next_among(refs, here)
        if place is None:
            return Step(None, nothing())
        if place == here:
            return Step(None, f"No other {what} ticket in this list")
        return Step(place, "Began again at the top" if place < here else "")

    def _take_step(self, step: Step) -> bool:
        """Go there, and say what is to be said; return whether the cursor moved."""
        if step.place is not None:
            self.items.move_to(step.place)
        if step.words:
            self.say(step.words)
        return step.place is not None

    def _walk(self, here: int) -> None:
        unseen, left = self._unseen, self.items.ticket
        moved = self._take_step(self.step_to_unseen(here))
        ticket = self.items.ticket
        if moved and ticket is not None:
            self._gaze.walk_to(ticket.ref)
        elif left is not None and left.ref in unseen:
            self.post_message(self.Seen({left.ref}))
        elif self.digest:
            self.post_message(self.DigestDone())

    def action_list_next_overdue(self) -> None:
        self._take_step(self.step_to_overdue(self.items.cursor))

    def action_list_next_unseen(self) -> None:
        self._walk(self.items.cursor)

    def _nothing_overdue(self) -> str:
        return _none_here("Nothing overdue", len(self._mirror.overdue))

    def _nothing_unseen(self) -> str:
        return _none_here("Nothing unseen", len(self._mirror.novelties))

    def action_list_seen_all(self) -> None:
        refs = [ref for ref in self._unseen if self.view.find(ref) is not None]
        if not refs:
            self.say(self._nothing_unseen())
            return
        words = f"{count_words(len(refs), 'ticket')} called seen"

        def answered(is_wanted: bool | None) -> None:  # noqa: FBT001 - Textual hands it over so
            if is_wanted:
                self.post_message(self.Seen(refs, asked=True))
                self.say(words)
            else:
                self.say("Nothing was called seen")

        if len(refs) <= ASKS_OVER:
            answered(is_wanted=True)
            return
        from tui.app.screens.confirm import ConfirmScreen

        question = f"Call {count_words(len(refs), 'ticket')} of this list seen?"
        facts = ("That cannot be taken back.", "What you marked stays marked.")
        self.app.push_screen(ConfirmScreen(self.look, question, facts), answered)


def _none_here(nothing: str, elsewhere: int) -> str:
    return f"{nothing} in this list; {elsewhere:,} not shown here" if elsewhere else nothing
