"""One ticket, whole: every field, its text, and what the vendor tells beyond the list."""

from tui.app.bridge import Bridge
from tui.app.commands import EVERYWHERE, MOVES
from tui.app.formatting import Span
from tui.app.look import Look
from tui.app.mirror import QueueMirror, Touched
from tui.app.screens.reading import ReadingScreen
from tui.app.ticket_text import detail
from tui.app.top_line import words_and_clock
from tui.domain.ticket import Ticket, TicketRef


class DetailScreen(ReadingScreen):
    """Shows what the list knows at once, and more as soon as the vendor has answered."""

    COMMAND_IDS = (*MOVES, "data.refresh", "data.freeze", *EVERYWHERE)
    HINTS = ("list.down", "list.page_down", "data.refresh", "app.back", "app.help")

    def __init__(self, look: Look, bridge: Bridge, mirror: QueueMirror, ref: TicketRef) -> None:
        super().__init__(look)
        self.ref = ref
        self._bridge, self._mirror = bridge, mirror
        self._listed: Ticket | None = mirror.tickets.get(ref)
        self._fetched: Ticket | None = None
        self._note = "Asking the vendor for more"

    def on_mount(self) -> None:
        self._bridge.fetch(self.ref)

    @property
    def watched(self) -> tuple[str, ...]:
        return (self.ref.workspace,)

    @property
    def open_ticket(self) -> TicketRef:
        return self.ref

    def ticket_fetched(self, ticket: Ticket | None, problem: str) -> None:
        """Take in the vendor's answer."""
        if ticket is None:
            self._note = f"As the list shows it: {problem}"
        else:
            self._fetched = ticket
            now = self.look.clock.now()
            self._note = f"Read from the vendor at {self.look.face.at(now, now)}"
        self.lay_out()

    def queue_changed(self, touched: Touched) -> None:
        listed = self._mirror.tickets.get(self.ref)
        if listed is None:
            self._note = "No longer in the vendor's list"
        elif listed != self._listed:
            self._listed = listed
            self._fetched = None
            self._note = "Changed meanwhile; this is how the list shows it now"
        self.lay_out()

    def time_passed(self) -> None:
        self.lay_out()

    def lay_out(self) -> None:
        look, now = self.look, self.look.clock.now()
        ticket = self._fetched or self._listed
        handle = ticket.handle if ticket else str(self.ref)
        self.top_bar.show(
            (Span(handle, "accent", bold=True), Span("  ticket", "muted")),
            words_and_clock(look.words(), look.face, now),
        )
        if ticket is None:
            self.text.show([(Span(f"{self.ref} is no longer there."),)])
            return
        width = min(self.text.width, 100)
        self.text.show(
            detail(ticket, now, look.face, width=width, glyphs=look.glyphs, note=self._note)
        )

    def action_data_refresh(self) -> None:
        self._note = "Asking the vendor again"
        self._bridge.fetch(self.ref)
        self.lay_out()
