"""A ticket beside or below the list."""

from datetime import datetime

from tui.app.formatting import ClockFace, Glyphs, Span
from tui.app.painting import Painter
from tui.app.ticket_text import preview
from tui.app.widgets.line_pane import TextPane
from tui.domain.acts import NO_ACTS, LocalActs
from tui.domain.ticket import Ticket


class Preview(TextPane):
    """The ticket under the cursor, as much of it as there is room for."""

    def __init__(
        self, painter: Painter, face: ClockFace, glyphs: Glyphs, *, widget_id: str | None = None
    ) -> None:
        super().__init__(painter, widget_id=widget_id)
        self._face, self._glyphs = face, glyphs
        self._ticket: Ticket | None = None
        self._acts = NO_ACTS
        self._now: datetime | None = None

    def show_ticket(self, ticket: Ticket | None, now: datetime, acts: LocalActs = NO_ACTS) -> None:
        """Show this ticket as it is at `now`; None for an empty pane."""
        self._ticket, self._now, self._acts = ticket, now, acts
        self._lay_out()

    def on_resize(self) -> None:
        # Runs before the pane's own handler, which draws what is laid out here.
        self._lay_out()

    def _lay_out(self) -> None:
        if self._ticket is None or self._now is None:
            self.show([(Span(""),)])
            return
        lines = preview(
            self._ticket,
            self._now,
            self._face,
            width=self.width,
            height=self.size.height,
            glyphs=self._glyphs,
            acts=self._acts,
        )
        self.show(lines)
