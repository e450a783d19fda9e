"""What this viewer shows, and what it follows meanwhile: the same, unless the screen is frozen.

Pure but for the mirror's source. While frozen the shown mirror stands still and a fork of it goes
on, for the alerts and the count of what waits; the shown one catches up when it thaws.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui.app.formatting import ClockFace, Line, Span
from tui.app.mirror import QueueMirror, Touched
from tui.domain.activity import Novelty
from tui.domain.ticket import Ticket, TicketRef

THAWS_AFTER = timedelta(minutes=10)
"""Nobody forgets a frozen screen for longer than this."""
_NOTHING = Touched()


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of following made different."""

    news: Touched
    """In the world."""
    shown: Touched
    """On the screens; the same, unless they are frozen."""


class Freezer:
    """Follows the queue for the screens, and holds changes back from them while frozen.

    What goes on in a frozen screen are words that time changes, the sums of what is overdue and
    how far the workspaces can be trusted: they would be wrong otherwise. What people do to tickets
    here shows at once as well: it is the user's own, or somebody works on what the user looks at.
    """

    def __init__(self, shown: QueueMirror) -> None:
        self._shown = shown
        self.live = shown
        """Follows the world, frozen or not."""
        self.since: datetime | None = None
        """When the screen was frozen; None while it is not."""
        self._waiting: set[TicketRef] = set()
        self._let_in: set[TicketRef] = set()
        self._turned: dict[TicketRef, Ticket | None] = {}
        """Tickets whose place changed by time alone while frozen."""

    @property
    def waiting(self) -> int:
        """How many tickets differ from what is shown."""
        return len(self._waiting)

    @property
    def thaws_at(self) -> datetime | None:
        """When the screen thaws by itself."""
        return None if self.since is None else self.since + THAWS_AFTER

    def holds(self, ref: TicketRef) -> bool:
        """Whether a change of this ticket waits."""
        return ref in self._waiting

    def freeze(self, now: datetime) -> None:
        """Let the screens stand still from now on."""
        self.since = now
        self.live = self._shown.fork()

    def thaw(self, now: datetime) -> Step:
        """Let the screens catch up."""
        step = self.pull(now)
        touched = self._shown.pull(now)
        shown = Touched({**self._turned, **touched.before}, everything=touched.everything)
        self.live, self.since = self._shown, None
        for held in (self._waiting, self._let_in, self._turned):
            held.clear()
        return Step(step.news, shown)

    def pull(self, now: datetime) -> Step:
        """Take in whatever changed since the last call."""
        news = self.live.pull(now)
        if self.since is None:
            return Step(news, news)
        self._hold(news)
        done = self._shown.take_acts(self.live.acts, now)
        return Step(news, Touched({**done, **self._admit(now).before}))

    def advance(self, now: datetime) -> Step:
        """Let time pass; call `thaw` from `thaws_at` on."""
        news = self.live.advance(now)
        if self.since is None:
            return Step(news, news)
        self._turned |= self._shown.advance(now).before
        return Step(news, _NOTHING)

    def let_in(self, ref: TicketRef, now: datetime) -> Touched:
        """Show this ticket though the screen is frozen: it is the user's own."""
        if self.since is None:
            return _NOTHING
        self._let_in.add(ref)
        return self._admit(now)

    def seen(self, refs: AbstractSet[TicketRef]) -> None:
        """Take the marks from these tickets at once, before the engine answers."""
        for mirror in (self._shown, self.live):
            mirror.novelties = _without(mirror.novelties, refs)

    def _hold(self, news: Touched) -> None:
        shown, live = self._shown, self.live
        for ref in news.refs:
            if shown.tickets.get(ref) == live.tickets.get(ref):
                self._waiting.discard(ref)
            else:
                self._waiting.add(ref)
        shown.health = live.health
        shown.novelties = _without(live.novelties, self._waiting)

    def _admit(self, now: datetime) -> Touched:
        """Show what is the user's own, as soon as it is there."""
        before: dict[TicketRef, Ticket | None] = {}
        for ref in self._let_in & self._waiting:
            ticket = self.live.tickets.get(ref)
            if ticket is not None:
                before[ref] = self._shown.take_in(ticket, now)
                self._waiting.discard(ref)
        return Touched(before)


def _without(
    marks: Mapping[TicketRef, Novelty], refs: AbstractSet[TicketRef]
) -> Mapping[TicketRef, Novelty]:
    """Return the marks but for some; a copy is cheap, and hashing each of very many is not."""
    gone = [ref for ref in refs if ref in marks]
    if not gone:
        return marks
    left = dict(marks)
    for ref in gone:
        del left[ref]
    return left


def frozen_lines(
    freezer: Freezer, face: ClockFace, now: datetime, key: str
) -> tuple[tuple[Line, Line], ...]:
    """Return both sides of `FROZEN since 03:02, 14 changes wait`, and the same in fewer words.

    Nothing if it is not frozen.
    """
    since, thaws_at, count = freezer.since, freezer.thaws_at, freezer.waiting
    if since is None or thaws_at is None:
        return ()
    waiting = (
        f"{count:,} change{' waits' if count == 1 else 's wait'}" if count else "nothing waits"
    )
    left = f"FROZEN since {face.at(since, now)}"
    way, else_at = f"{key} thaws" if key else "", face.at(thaws_at, now)
    words = (
        (f"{left}, {waiting}", f"{way}, else {else_at}" if way else ""),
        (f"{left}, {waiting}", way),
        (f"{left}, {count:,} wait{'s' if count == 1 else ''}", way),
        (left, way),
    )
    return tuple(
        ((Span(left, "background", bold=True),), (Span(right, "background"),))
        for left, right in words
    )


def thawed_words(waiting: int, *, by_itself: bool) -> str:
    """Return `Thawed; 5 changes came`."""
    why = f" after {THAWS_AFTER // timedelta(minutes=1)} minutes" if by_itself else ""
    came = f"{waiting:,} change{'' if waiting == 1 else 's'} came" if waiting else "nothing changed"
    return f"Thawed{why}; {came}"
