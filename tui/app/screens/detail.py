"""One ticket, whole: its fields, text and changes, and what the vendor tells beyond the list."""

from collections.abc import Sequence
from datetime import datetime

from textual.timer import Timer

from tui.app.bridge import Bridge
from tui.app.commands import ACTS, EVERYWHERE, MOVES
from tui.app.desk import Desk
from tui.app.detail_text import Document, Known, detail
from tui.app.formatting import Span
from tui.app.look import Look
from tui.app.mirror import QueueMirror, Touched
from tui.app.screens.acting import Acting
from tui.app.screens.creating import Creating
from tui.app.screens.leafing import Leafing
from tui.app.screens.news import NewsMoves
from tui.app.screens.reading import ReadingScreen
from tui.app.screens.taking import Taking
from tui.app.screens.why import WhyMoves
from tui.app.top_line import words_and_clock
from tui.domain.acts import NO_ACTS
from tui.domain.revision import Revision
from tui.domain.ticket import Ticket, TicketRef

REST_S = 0.3
"""How long a ticket is open before its vendor is asked: who leafs through many reads few."""


class DetailScreen(
    Leafing[None], Acting[None], WhyMoves[None], Taking[None], Creating[None], ReadingScreen
):
    """Shows what the list knows at once, and more as soon as the vendor has answered."""

    COMMAND_IDS = (
        *MOVES,
        "ticket.next",
        "ticket.previous",
        "list.next_overdue",
        "list.next_unseen",
        "app.next_pane",
        "app.previous_pane",
        "list.why",
        "ticket.open_link",
        "ticket.copy_ref",
        "ticket.copy_link",
        "ticket.create",
        "ticket.create_like",
        *ACTS,
        "data.refresh",
        "data.outbox",
        "data.freeze",
        *EVERYWHERE,
    )
    HINTS = (
        "list.down",
        "ticket.acknowledge",
        "ticket.snooze",
        "app.next_pane",
        "list.why",
        "app.back",
        "ticket.next",
        "ticket.note",
        "list.page_down",
        "data.refresh",
        "app.help",
    )

    def __init__(
        self,
        look: Look,
        bridge: Bridge,
        mirror: QueueMirror,
        ref: TicketRef,
        *,
        desk: Desk,
        among: NewsMoves[None],
    ) -> None:
        super().__init__(look)
        self._bridge, self._mirror, self._desk, self._among = bridge, mirror, desk, among
        self._rest: Timer | None = None
        self._take_up(ref)

    def _take_up(self, ref: TicketRef) -> None:
        """Begin with a ticket, of which only the list is known."""
        self.ref = ref
        self._in_list: Ticket | None = self._mirror.tickets.get(ref)
        self._listed = self._in_list
        """As the list showed it last, though it may be gone from there."""
        self._fetched: Ticket | None = None
        self._note = "Asking the vendor for more"
        self._revisions: Sequence[Revision] = ()
        self._no_history = "Asking for them"
        self._page = Document()

    def on_mount(self) -> None:
        self._bridge.fetch(self.ref)
        self._bridge.ask_history(self.ref)

    def turn_to(self, ref: TicketRef) -> None:
        self._take_up(ref)
        self._bridge.ask_history(ref)
        self._stop_resting()
        self._rest = self.set_timer(REST_S, self._ask_vendor)
        self.text.scroll_lines(0)
        self.lay_out()
        self.post_message(NewsMoves.Seen({ref}))
        self.post_message(self.Resumed())

    def _stop_resting(self) -> None:
        if self._rest is not None:
            self._rest.stop()
            self._rest = None

    def _ask_vendor(self) -> None:
        self._stop_resting()
        self._bridge.fetch(self.ref)

    @property
    def watched(self) -> tuple[str, ...]:
        return (self.ref.workspace,)

    @property
    def open_ticket(self) -> TicketRef:
        return self.ref

    @property
    def ticket(self) -> Ticket | None:
        """The ticket as it is shown; None where it is gone."""
        return self._fetched or self._listed

    def targets(self) -> list[Ticket]:
        return [self.ticket] if self.ticket else []

    def ticket_to_explain(self) -> Ticket | None:
        return self.ticket

    def ticket_in_sight(self) -> Ticket | None:
        return self.ticket

    def workspace_for_new(self) -> str:
        return self.ref.workspace

    def hint_words(self, command_id: str, hint: str) -> str:
        if command_id == "app.next_pane":
            return "next part"
        return super().hint_words(command_id, hint)

    def ticket_fetched(self, ticket: Ticket | None, problem: str) -> None:
        """Take in the vendor's answer."""
        if ticket is None:
            self._note = f"As the list shows it: {problem}"
        else:
            self._fetched = ticket
            now = self.look.clock.now()
            self._note = f"Read from the vendor at {self.look.face.at(now, now)}"
        self.lay_out()

    def history_came(self, revisions: Sequence[Revision], problem: str) -> None:
        """Take in what the journal knows of the ticket's changes."""
        self._revisions = revisions
        self._no_history = f"They cannot be read: {problem}" if problem else ""
        self.lay_out()

    def queue_changed(self, touched: Touched) -> None:
        listed = self._mirror.tickets.get(self.ref)
        if listed != self._in_list:
            self._in_list = listed
            self._bridge.ask_history(self.ref)
            if listed is None:
                self._note = "No longer in the vendor's list; this is how it was"
            else:
                self._listed, self._fetched = listed, None
                self._note = f"Changed meanwhile; this is how the list shows it now{self._more()}"
        self.lay_out()

    def time_passed(self) -> None:
        self.lay_out()

    def lay_out(self) -> None:
        look, now = self.look, self.look.clock.now()
        ticket = self.ticket
        handle = ticket.handle if ticket else str(self.ref)
        place = self._bridge.workspaces.get(self.ref.workspace)
        title = f" {look.glyphs.place} {place.title}" if place else ""
        self.top_bar.show(
            (Span(handle, "accent", bold=True), Span(title, "muted")),
            (*self.place_words(), *words_and_clock(look.words(), look.face, now)),
        )
        if ticket is None:
            self.text.show([(Span(f"{self.ref} is no longer there."),)])
            return
        before, top = self._page, self.text.top
        self._page = self._document(ticket, now)
        if top and before.lines:
            top = self._page.line_of(top, before)
        self.text.show(self._page.lines, top=top)

    def _document(self, ticket: Ticket, now: datetime) -> Document:
        known = Known(
            workspace=self._bridge.workspaces.get(self.ref.workspace),
            health=self._mirror.health.get(self.ref.workspace),
            acts=self._mirror.acts.get(self.ref, NO_ACTS),
            revisions=self._revisions,
            no_history=self._no_history,
            is_fetched=ticket is self._fetched,
            note=self._note,
        )
        look = self.look
        return detail(
            ticket, now, look.face, width=self.text.width, glyphs=look.glyphs, known=known
        )

    def action_data_refresh(self) -> None:
        self._note = "Asking the vendor again"
        self._ask_vendor()
        self.lay_out()

    def action_app_next_pane(self) -> None:
        text = self.text
        if text.top >= text.line_count() - text.page:
            text.scroll_lines(0)
        else:
            below = (line for line in self._page.headings if line > text.top)
            text.scroll_lines(next(below, text.line_count()))

    def action_app_previous_pane(self) -> None:
        above = [line for line in self._page.headings if line < self.text.top]
        self.text.scroll_lines(above[-1] if above else 0)

    def _more(self) -> str:
        """Return how to ask the vendor for more than the list shows."""
        key = self.look.keymap.shown("data.refresh", self.COMMAND_IDS)
        return f"; {key} asks for more" if key else ""
