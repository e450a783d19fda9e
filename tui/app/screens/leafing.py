"""Goes from one open ticket to the next of the list behind it, whose cursor comes along."""

from tui.app.formatting import Line, Span
from tui.app.screens.deck import DeckScreen, Result
from tui.app.screens.news import NewsMoves, Step
from tui.domain.ticket import TicketRef


class Leafing(DeckScreen[Result]):
    """A screen of one ticket, from which the others of a list are at hand."""

    ref: TicketRef
    _among: NewsMoves[None]
    """The list."""

    def turn_to(self, ref: TicketRef) -> None:
        """Show another ticket instead."""
        raise NotImplementedError

    def place_words(self) -> Line:
        """Return `3 of 231`; nothing where the ticket has left the list."""
        place = self._among.view.find(self.ref)
        if place is None:
            return ()
        return (Span(f"{place + 1:,} of {len(self._among.view):,}  ", "muted"),)

    def action_ticket_next(self) -> None:
        place = self._behind() + 1
        if place < len(self._among.view):
            self._leaf(Step(place))
        else:
            self.say("This is the last ticket of the list")

    def action_ticket_previous(self) -> None:
        place = self._among.items.cursor - 1
        if place >= 0:
            self._leaf(Step(place))
        else:
            self.say("This is the first ticket of the list")

    def action_list_next_overdue(self) -> None:
        self._leaf(self._among.step_to_overdue(self._behind()))

    def action_list_next_unseen(self) -> None:
        self._leaf(self._among.step_to_unseen(self._behind()))

    def _behind(self) -> int:
        """Return the place behind which the next ticket is.

        One that has left the list has handed the cursor to its neighbour, which comes next.
        """
        cursor, ticket = self._among.items.cursor, self._among.items.ticket
        return cursor if ticket is not None and ticket.ref == self.ref else cursor - 1

    def _leaf(self, step: Step) -> None:
        if step.place is not None:
            self._among.items.move_to(step.place)
            ticket = self._among.items.ticket
            if ticket is not None:
                self.turn_to(ticket.ref)
        if step.words:
            self.say(step.words)
