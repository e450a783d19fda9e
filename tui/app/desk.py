"""What the user has in hand: marked tickets, what can be taken back, notes not written yet. Pure.

There is one for all screens, so that a mark or a half-written note outlives the screen that it was
made on.
"""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tui.app.notes import Notes
from tui.domain.acts import Act, ActKind
from tui.domain.ticket import Ticket, TicketRef


@dataclass(eq=False, slots=True)
class Deed:
    """One act on some tickets, as the user asked for it."""

    act: Act
    tickets: tuple[Ticket, ...]
    marks: tuple[TicketRef, ...] = ()
    """Those that go once it is done, and come back with it."""
    batch: str | None = None
    """What undoes it; None while it is not done."""

    @property
    def refs(self) -> frozenset[TicketRef]:
        """The tickets that it is about."""
        return frozenset(ticket.ref for ticket in self.tickets)


@dataclass(frozen=True, slots=True)
class MarksTaken:
    """Marks that were taken away with nothing done to their tickets."""

    marks: tuple[TicketRef, ...]


@dataclass(frozen=True, slots=True)
class CalledSeen:
    """Tickets were called seen: nobody can unsee them, but whoever takes back is to know."""

    count: int


Step = Deed | MarksTaken | CalledSeen


@dataclass(frozen=True, slots=True)
class Errand:
    """What the engine is to do next."""

    deed: Deed
    takes_back: bool = False


class Desk:
    """Keeps marks in the order of marking, and hands the engine one errand after the other."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._marks: dict[TicketRef, None] = {}
        self._marked: frozenset[TicketRef] | None = None
        self._levels: list[Step] = []
        self._errands: deque[Errand] = deque()
        self._running: Errand | None = None

    @property
    def marked(self) -> frozenset[TicketRef]:
        """The marked tickets; another set after every change of the marks."""
        if self._marked is None:
            self._marked = frozenset(self._marks)
        return self._marked

    @property
    def marks(self) -> tuple[TicketRef, ...]:
        """The same in the order of marking."""
        return tuple(self._marks)

    def mark(self, refs: Iterable[TicketRef]) -> None:
        """Mark these tickets as well."""
        self._marked = None
        self._marks.update(dict.fromkeys(refs))

    def unmark(self, refs: Iterable[TicketRef]) -> None:
        """Take the marks from these tickets."""
        self._marked = None
        for ref in refs:
            self._marks.pop(ref, None)

    def take_marks(self, refs: Collection[TicketRef]) -> int:
        """Take the marks from these tickets in such a way that they can be brought back."""
        gone = tuple(ref for ref in self._marks if ref in refs)
        if gone:
            self.unmark(gone)
            self._levels.append(MarksTaken(gone))
        return len(gone)

    def kept_note(self, refs: Iterable[TicketRef]) -> str:
        """Return what was typed for these tickets and never written."""
        return self._notes.of(refs)

    def keep_note(self, refs: Iterable[TicketRef], text: str) -> None:
        """Keep what was typed for these tickets; "" for nothing."""
        self._notes.put(refs, text)

    def note_problem(self, refs: Iterable[TicketRef]) -> str:
        """Return why that would be lost if the program ended; "" where it would not."""
        return self._notes.problem(refs)

    @property
    def levels(self) -> int:
        """How many steps can be taken back."""
        return len(self._levels)

    def do(self, deed: Deed) -> None:
        """Have something done, behind what was asked for before."""
        self._levels.append(deed)
        self._errands.append(Errand(deed))

    def call_seen(self, count: int) -> None:
        """Take in that so many tickets were called seen."""
        self._levels.append(CalledSeen(count))

    def take_back(self) -> Step | None:
        """Take the last step back: marks at once, a deed behind what was asked for before.

        That tickets were called seen stays. None where nothing is left to take back.
        """
        if not self._levels:
            return None
        step = self._levels.pop()
        if isinstance(step, MarksTaken):
            self.mark(step.marks)
        elif isinstance(step, Deed):
            self._errands.append(Errand(step, takes_back=True))
        return step

    @property
    def is_busy(self) -> bool:
        """Whether the engine has been handed something, and has not answered yet."""
        return self._running is not None

    def next_errand(self) -> Errand | None:
        """Return what the engine is to do now; None while it is busy, or has nothing to do."""
        if self._running is not None:
            return None
        while self._errands:
            errand = self._errands.popleft()
            if errand.takes_back and errand.deed.batch is None:
                continue  # it failed, and is not there to be taken back
            self._running = errand
            return errand
        return None

    def done(self, batch: str | None) -> Errand | None:
        """Take in that the engine has done what it was handed; `batch` undoes it."""
        errand = self._end()
        if errand is None:
            return None
        deed = errand.deed
        if errand.takes_back:
            self.mark(deed.marks)
            if deed.act.kind is ActKind.NOTE and not self.kept_note(deed.refs):
                self.keep_note(deed.refs, deed.act.text)
        else:
            deed.batch = batch
            self.unmark(deed.marks)
        return errand

    def failed(self) -> Errand | None:
        """Take in that the engine could not do what it was handed; nothing is lost by it."""
        errand = self._end()
        if errand is None:
            return None
        deed = errand.deed
        if errand.takes_back:
            self._levels.append(deed)
        else:
            self._levels = [step for step in self._levels if step is not deed]
            if deed.act.kind is ActKind.NOTE and not self.kept_note(deed.refs):
                self.keep_note(deed.refs, deed.act.text)
        return errand

    def _end(self) -> Errand | None:
        errand, self._running = self._running, None
        return errand
