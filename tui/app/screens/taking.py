"""Taking tickets out of the dashboard: their names, their addresses, and a file of what is shown.

The screens say what is wanted; `tui.app.handing` hands it out.
"""

from collections.abc import Collection, Sequence

from textual.message import Message

from tui.app.deed_text import count_words
from tui.app.screens.deck import Result
from tui.app.screens.news import NewsMoves
from tui.app.screens.targeting import Choice, Targeting
from tui.domain.ticket import Ticket, TicketRef

_NEEDS_A_TICKET = frozenset(
    {"list.open", "list.why", "list.mark", "list.export"}
    | {"ticket.acknowledge", "ticket.snooze", "ticket.pin", "ticket.note"}
    | {"ticket.open_link", "ticket.copy_ref", "ticket.copy_link"}
)


class Taking(Targeting[Result]):
    """Copies the names and addresses of what is marked, else of the ticket at hand."""

    class CopyWanted(Message):
        """A text is wanted in the terminal's clipboard."""

        def __init__(self, text: str, what: str) -> None:
            super().__init__()
            self.text = text
            """Cleaned; a line for each thing."""
            self.what = what
            """What it is, in a few words."""

    class AddressWanted(Message):
        """The address of a ticket is wanted, and to go there."""

        def __init__(self, ticket: Ticket) -> None:
            super().__init__()
            self.ticket = ticket

    def as_shown(self, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
        """Return the tickets in the order in which they are shown."""
        return tickets

    def offers(self, command_id: str) -> bool:
        if command_id in _NEEDS_A_TICKET and not self.targets():
            return False
        return super().offers(command_id)

    def action_ticket_copy_ref(self) -> None:
        self.with_targets(self._copy_refs)

    def action_ticket_copy_link(self) -> None:
        self.with_targets(self._copy_links)

    def action_ticket_open_link(self) -> None:
        self.with_targets(self._open_link)

    def _copy_refs(self, tickets: Sequence[Ticket]) -> None:
        handles = [ticket.handle for ticket in self.as_shown(tickets)]
        if not handles:
            self.say("There is no ticket to copy the name of")
            return
        self.post_message(self.CopyWanted("\n".join(handles), _counted(handles, "names")))

    def _copy_links(self, tickets: Sequence[Ticket]) -> None:
        tickets = self.as_shown(tickets)
        addresses = [ticket.url for ticket in tickets if ticket.url]
        if not tickets:
            self.say("There is no ticket to copy the address of")
        elif not addresses:
            self.say(no_address(tickets[0]), "warning")
        else:
            what = _counted(addresses, "addresses")
            if left_out := len(tickets) - len(addresses):
                what += f"; {left_out:,} without one"
            self.post_message(self.CopyWanted("\n".join(addresses), what))

    def _open_link(self, tickets: Sequence[Ticket]) -> None:
        if not tickets:
            self.say("There is no ticket to show the address of")
        elif len(tickets) > 1:
            self.say(f"{len(tickets):,} are marked; one address is shown at a time", "warning")
        elif tickets[0].url is None:
            self.say(no_address(tickets[0]), "warning")
        else:
            self.post_message(self.AddressWanted(tickets[0]))


class TakingFromList(Taking[Result], NewsMoves[Result]):
    """Exports the list too."""

    class ExportWanted(Message):
        """These tickets are wanted in a file."""

        def __init__(self, tickets: Sequence[Ticket], what: str) -> None:
            super().__init__()
            self.tickets = tickets
            self.what = what

    def as_shown(self, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
        behind = len(self.view)

        def place(ticket: Ticket) -> int:
            found = self.view.find(ticket.ref)
            return behind if found is None else found

        return sorted(tickets, key=place)

    def marked_here(self) -> Collection[TicketRef]:
        """Return what is marked, also where it is not in the list now."""
        raise NotImplementedError

    def action_list_export(self) -> None:
        whole = [self.view[place] for place in range(len(self.view))]
        if self.marked_here():
            words = "in this list, marked or not"
            instead = Choice(f"{len(whole):,}", words, whole) if whole else None
            self.with_targets(self._export, instead=instead)
        else:
            self._export(whole)

    def _export(self, tickets: Sequence[Ticket]) -> None:
        tickets, marked = self.as_shown(tickets), self.marked_here()
        if not tickets:
            self.say("The list is empty; there is nothing to export")
            return
        if marked and all(ticket.ref in marked for ticket in tickets):
            what = count_words(len(tickets), "marked ticket")
            if hidden := sum(self.view.find(ticket.ref) is None for ticket in tickets):
                what += f", {hidden:,} of them not in the list now"
        else:
            what = f"{count_words(len(tickets), 'ticket')}, as the list shows them"
        self.post_message(self.ExportWanted(tickets, what))


def no_address(ticket: Ticket) -> str:
    """Return that a ticket has no address, and what to do about it."""
    return f"{ticket.handle} has no address; set link in workspace {ticket.ref.workspace}"


def _counted(things: Sequence[str], name: str) -> str:
    return things[0] if len(things) == 1 else f"{len(things):,} {name}"
