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

    def __missing__(self, ref: TicketRef) -> str:
        text = self[ref] = search_text(self._tickets[ref])
        return text

    def forget(self, ref: TicketRef) -> None:
        """Make the text of this ticket anew when it is asked for next."""
        self.pop(ref, None)
