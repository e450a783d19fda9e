"""Marks on a screen with a list of tickets, and acting on what is marked."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from tui.app.deed_text import count_words
from tui.app.mirror import Touched
from tui.app.screens.acting import Acting
from tui.app.screens.deck import Result
from tui.app.screens.news import NewsMoves
from tui.app.screens.targeting import Choice
from tui.domain.ticket import Ticket, TicketRef


class Marking(Acting[Result], NewsMoves[Result]):
    """The marks are the desk's: they outlive filter, order, view, workspace, and this screen."""

    _hidden_marks: tuple[int, int] | None = None
    """All, and those that are overdue; counted when it is asked for: there may be very many."""

    def is_marked(self, ref: TicketRef) -> bool:
        """Whether a ticket is marked."""
        return ref in self._desk.marked

    def targets(self) -> Sequence[Ticket]:
        """Return the marked tickets, hidden ones too; else the one under the cursor."""
        tickets = self._mirror.tickets
        marked = [tickets[ref] for ref in self._desk.marks if ref in tickets]
        under_cursor = self.items.ticket
        return marked or ([under_cursor] if under_cursor else [])

    def hidden_targets(self) -> int:
        """Return how many of the marked tickets this list does not show."""
        hidden, _ = self._count_hidden_marks()
        return hidden

    def hidden_overdue_targets(self) -> int:
        """Return how many of those are overdue."""
        _, overdue = self._count_hidden_marks()
        return overdue

    def is_in_sight(self, ticket: Ticket) -> bool:
        return self.view.find(ticket.ref) is not None

    def at_hand(self) -> Choice | None:
        ticket = self.items.ticket
        return Choice(ticket.handle, "under the cursor", [ticket]) if ticket else None

    def list_changed(self) -> None:
        """Take in that the list may show other tickets now."""
        self._hidden_marks = None

    def marks_of(self, tickets: Sequence[Ticket]) -> tuple[TicketRef, ...]:
        refs = {ticket.ref for ticket in tickets}
        return tuple(ref for ref in self._desk.marks if ref in refs)

    def drop_gone_marks(self, touched: Touched) -> None:
        """Take the marks from tickets that are no longer there, and say so."""
        tickets, marked = self._mirror.tickets, self._desk.marked
        concerned = marked if touched.everything else touched.refs & marked
        gone = [ref for ref in concerned if ref not in tickets] if marked else []
        if gone:
            self._desk.unmark(gone)
            what = count_words(len(gone), "marked ticket")
            names = gone[0] if len(gone) == 1 else f"{gone[0]} and others"
            self.say(f"{what} gone at the vendor: {names}", "warning")
            self.marks_changed()

    def hint_words(self, command_id: str, hint: str) -> str:
        if command_id == "app.back" and self._desk.marked:
            return "unmark"
        return super().hint_words(command_id, hint)

    def action_list_mark(self) -> None:
        ticket, row = self.items.ticket, self.items.cursor
        if ticket is None:
            return
        if self.is_marked(ticket.ref):
            self._desk.unmark([ticket.ref])
        else:
            self._desk.mark([ticket.ref])
        self.marks_changed()
        now_there = self.items.ticket
        if now_there is not None and now_there.ref == ticket.ref and self.items.cursor == row:
            self.items.move_by(1)

    def action_list_mark_all(self) -> None:
        shown, marked = self.view.refs(), self._desk.marked
        if not all(ref in marked for ref in shown):
            self._desk.mark(shown)
            self.marks_changed()
        else:
            self._take_marks(shown)

    def action_back(self) -> None:
        if self._desk.marked and not self.digest:
            self._take_marks(self._desk.marks)
        else:
            super().action_back()

    def _count_hidden_marks(self) -> tuple[int, int]:
        if self._hidden_marks is None:
            marked = self._desk.marked
            hidden = self._count_hidden(marked)
            overdue = self._count_hidden(marked & self._mirror.overdue) if hidden else 0
            self._hidden_marks = (hidden, overdue)
        return self._hidden_marks

    def _count_hidden(self, refs: AbstractSet[TicketRef]) -> int:
        view = self.view
        if len(view) == len(self._mirror.tickets):
            return 0
        if len(refs) <= len(view):
            return sum(view.find(ref) is None for ref in refs)
        return len(refs) - sum(ref in refs for ref in view.refs())

    def _take_marks(self, refs: Sequence[TicketRef]) -> None:
        if taken := self._desk.take_marks(set(refs)):
            key = self.look.keymap.shown("ticket.undo", self.COMMAND_IDS)
            back = f"; {key} brings {'it' if taken == 1 else 'them'} back" if key else ""
            self.marks_changed()
            self.say(f"{count_words(taken, 'mark')} removed{back}")
