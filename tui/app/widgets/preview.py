"""A ticket beside or below the list."""

import asyncio
from datetime import datetime

from textual.timer import Timer

from tui.app.formatting import ClockFace, Glyphs, Span, is_remote
from tui.app.painting import Painter
from tui.app.ticket_text import preview
from tui.app.widgets.line_pane import TextPane
from tui.domain.acts import NO_ACTS, LocalActs
from tui.domain.ticket import Ticket

REST_S = 0.15
"""How long a cursor stands where somebody looks; a held key moves it sooner."""


class Preview(TextPane):
    """The ticket under the cursor, as much of it as there is room for."""

    def __init__(
        self,
        painter: Painter,
        face: ClockFace,
        glyphs: Glyphs,
        *,
        is_far: bool | None = None,
        widget_id: str | None = None,
    ) -> None:
        """Make an empty pane; `is_far`: the line to the terminal may be slow (None: over SSH)."""
        super().__init__(painter, widget_id=widget_id)
        self._face, self._glyphs = face, glyphs
        self._is_far = is_remote() if is_far is None else is_far
        self._ticket: Ticket | None = None
        self._acts = NO_ACTS
        self._now: datetime | None = None
        self._moved_at = 0.0
        self._rest: Timer | None = None

    def show_ticket(self, ticket: Ticket | None, now: datetime, acts: LocalActs = NO_ACTS) -> None:
        """Show this ticket as it is at `now`; None for an empty pane.

        Over a slow line a cursor that runs through the list is not followed until it rests: what
        it passes would be more bytes than the list itself, and keep the keys waiting.
        """
        before, self._ticket = self._ticket, ticket
        self._now, self._acts = now, acts
        is_other = before is not None and ticket is not None and before.ref != ticket.ref
        if is_other and self._is_far and self._is_running():
            if self._rest is not None:
                self._rest.stop()
            self._rest = self.set_timer(REST_S, self._lay_out)
        elif self._rest is None:
            self._lay_out()

    def on_resize(self) -> None:
        # Runs before the pane's own handler, which draws what is laid out here.
        self._lay_out()

    def _is_running(self) -> bool:
        """Take in a move of the cursor; return whether the one before was only just now."""
        before, self._moved_at = self._moved_at, asyncio.get_running_loop().time()
        return self._moved_at - before < REST_S

    def _lay_out(self) -> None:
        self._rest = None
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
