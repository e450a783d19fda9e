"""Why a row has its colour and its place, in front of the list or of the open ticket."""

from collections.abc import Callable, Collection
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.app.bridge import Bridge
from tui.app.commands import MOVES
from tui.app.formatting import Line, Span
from tui.app.look import Look
from tui.app.mirror import QueueMirror, Touched
from tui.app.screens.deck import DeckModal, DeckScreen, Result
from tui.app.screens.reading import TextMoves
from tui.app.why_text import Circumstances, why
from tui.app.widgets.line_pane import Bar, TextPane
from tui.domain.acts import NO_ACTS
from tui.domain.order import Order
from tui.domain.ticket import Ticket, TicketRef

_AROUND = 4
"""Lines of the terminal that are no text: title, frame and the line of keys."""

Explain = Callable[[datetime, int], list[Line]]
"""Returns the explanation at a moment, in lines of so many cells."""


class WhyScreen(TextMoves[None], DeckModal[None]):
    """Explains one ticket, as long as it is open, as it is at each moment."""

    COMMAND_IDS = ("list.why", "list.open", *MOVES, "app.redraw", "app.back", "app.quit")
    HINTS = ("app.back",)
    WIDTH = 84

    def __init__(self, look: Look, handle: str, explain: Explain) -> None:
        super().__init__(look)
        self._explain = explain
        self._title = Bar(look.painter, widget_id="title")
        self._title.show((Span("Why  ", "muted"), Span(handle, "accent", bold=True)))
        self.text = TextPane(look.painter, ground="surface", widget_id="text")

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            yield self.text

    def on_mount(self) -> None:
        self.lay_out()
        self.text.focus()

    def on_resize(self) -> None:
        self.lay_out()

    def queue_changed(self, touched: Touched) -> None:
        self.lay_out()

    def time_passed(self) -> None:
        self.lay_out()

    def lay_out(self) -> None:
        """Explain anew, in a block as high as that takes."""
        lines = self._explain(self.look.clock.now(), self.text_width)
        self.text.styles.height = max(min(len(lines), self.app.size.height - _AROUND), 1)
        self.text.show(lines)

    def action_list_why(self) -> None:
        self.dismiss(None)

    def action_list_open(self) -> None:
        self.dismiss(None)

    def action_back(self) -> None:
        self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)


class WhyMoves(DeckScreen[Result]):
    """Explains the ticket that the screen is about, or that its cursor is on."""

    _bridge: Bridge
    _mirror: QueueMirror

    def ticket_to_explain(self) -> Ticket | None:
        """Return the ticket that is meant."""
        raise NotImplementedError

    def order_here(self) -> Order:
        """Return the order of the list behind it."""
        return Order()

    def marked_here(self) -> Collection[TicketRef]:
        """Return the tickets that are marked on this screen."""
        return ()

    def action_list_why(self) -> None:
        ticket = self.ticket_to_explain()
        if ticket is None:
            self.say("There is no ticket here to explain")
            return
        last = ticket

        def explain(now: datetime, width: int) -> list[Line]:
            nonlocal last
            last = self._mirror.tickets.get(last.ref, last)
            around = self._circumstances(last)
            return why(last, now, self.look.face, around, width=width)

        self.app.push_screen(WhyScreen(self.look, ticket.handle, explain))

    def _circumstances(self, ticket: Ticket) -> Circumstances:
        ref, mirror = ticket.ref, self._mirror
        return Circumstances(
            workspace=self._bridge.workspaces.get(ref.workspace),
            health=mirror.health.get(ref.workspace),
            acts=mirror.acts.get(ref, NO_ACTS),
            novelty=mirror.novelties.get(ref),
            is_marked=ref in self.marked_here(),
            order=self.order_here(),
        )
