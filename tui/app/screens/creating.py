"""Asks for the form of a new ticket, empty or with what a ticket in sight has."""

from textual.message import Message

from tui.app.screens.deck import DeckScreen, Result
from tui.domain.ticket import Ticket


class Creating(DeckScreen[Result]):
    """A screen that a new ticket can be begun from."""

    class CreateWanted(Message):
        """A new ticket is wanted, in a workspace or where one will be chosen (None)."""

        def __init__(
            self, workspace: str | None, near: str | None = None, like: Ticket | None = None
        ) -> None:
            super().__init__()
            self.workspace = workspace
            self.near = near
            """The workspace of the ticket under the cursor."""
            self.like = like
            """The ticket that the new one begins as."""

    def ticket_in_sight(self) -> Ticket | None:
        """Return the ticket that a new one may be like."""
        return None

    def workspace_for_new(self) -> str | None:
        """Return where a new ticket goes from here; None where that is to be chosen."""
        return None

    def action_ticket_create(self) -> None:
        ticket = self.ticket_in_sight()
        near = ticket.ref.workspace if ticket else None
        self.post_message(self.CreateWanted(self.workspace_for_new(), near))

    def action_ticket_create_like(self) -> None:
        if ticket := self.ticket_in_sight():
            self.post_message(self.CreateWanted(ticket.ref.workspace, like=ticket))
