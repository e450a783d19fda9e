"""What words are looked for in, ticket by ticket: made when first asked for, and then kept."""

from collections.abc import Mapping

from tui.domain.query import search_text
from tui.domain.ticket import Ticket, TicketRef


class SearchTexts(dict[TicketRef, str]):
    """Gives each ticket's `search_text` by its ref; all who search the same tickets share one.

    Whoever changes a ticket has to `forget` it here.
    """

    def __init__(self, tickets: Mapping[TicketRef, Ticket]) -> None:
        super().__init__()
        self._tickets = tickets
        self._left: list[TicketRef] = []
        """Tickets that `make` has not come to yet."""

    def __missing__(self, ref: TicketRef) -> str:
        text = self[ref] = search_text(self._tickets[ref])
        return text

    def make(self, most: int) -> bool:
        """Make up to so many texts that nobody has asked for yet; return whether any are left."""
        if not self._left:
            self._left = [ref for ref in self._tickets if ref not in self]
        slice_of_it = self._left[-most:]
        del self._left[-most:]
        for ref in slice_of_it:
            if ref in self._tickets:
                self[ref]
        return bool(self._left)

    def forget(self, ref: TicketRef) -> None:
        """Make the text of this ticket anew when it is asked for next."""
        self.pop(ref, None)
