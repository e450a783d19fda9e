"""The list of the outbox: a row for each create whose end nobody knows."""

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len

from tui.app.formatting import ClockFace, Glyphs, Line, Span, fit
from tui.app.painting import Painter
from tui.app.pending_text import STAGE_SIGNS, STAGE_STYLES, STAGE_WORDS
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Drawn
from tui.domain.creates import OpenCreate

_STATE_WIDTH, _SENT_WIDTH, _BY_WIDTH, _PLACE_MOST = 8, 6, 11, 14
_BY_FROM = 70


class OutboxList(CursorList):
    """Keeps the cursor on its create, whatever comes and goes."""

    def __init__(
        self,
        painter: Painter,
        glyphs: Glyphs,
        face: ClockFace,
        *,
        now: datetime,
        widget_id: str | None = None,
    ) -> None:
        super().__init__(painter, widget_id=widget_id)
        self._glyphs, self._face, self._now = glyphs, face, now
        self._creates: Sequence[OpenCreate] = ()

    @property
    def create(self) -> OpenCreate | None:
        """The create under the cursor."""
        return self._creates[self.cursor] if self.cursor < len(self._creates) else None

    def show(self, creates: Sequence[OpenCreate], now: datetime) -> None:
        """Show these; where the one under the cursor is gone, its neighbour gets it."""
        before, self._creates, self._now = self.create, creates, now
        ids = [create.id for create in creates]
        if before is not None and before.id in ids:
            self.cursor = ids.index(before.id)
        self.cursor = max(min(self.cursor, len(ids) - 1), 0)
        self._bring_into_sight()
        self.draw_changes()

    def item_count(self) -> int:
        return len(self._creates)

    def header_count(self) -> int:
        return 1

    def header_at(self, number: int) -> Line:
        sent, by, place, title = self._cells("SENT", "BY", "WHERE", "TITLE")
        return (Span(f"    {fit('STATE', _STATE_WIDTH)}{sent}{by}{place}{title}", "muted"),)

    def line_at(self, number: int) -> Drawn:
        create = self._creates[number]
        cursor = self._glyphs.cursor if number == self.cursor else " "
        style = STAGE_STYLES[create.stage]
        sent, by, place, title = self._cells(
            self._face.brief(create.at, self._now), create.by, create.workspace, create.title
        )
        line = (
            Span(fit(cursor, 2), "accent", bold=True),
            Span(f"{STAGE_SIGNS[create.stage]} ", style),
            Span(fit(STAGE_WORDS[create.stage], _STATE_WIDTH), style),
            Span(sent + by + place, "muted"),
            Span(title),
        )
        return line, self.ground_at(number)

    def _cells(self, sent: str, by: str, place: str, title: str) -> tuple[str, str, str, str]:
        longest = max((cell_len(each.workspace) for each in self._creates), default=0)
        place_width = max(min(longest, _PLACE_MOST), len("WHERE")) + 2
        by_width = _BY_WIDTH if self.width >= _BY_FROM else 0
        room = self.width - 4 - _STATE_WIDTH - _SENT_WIDTH - by_width - place_width
        return (
            self._cell(sent, _SENT_WIDTH),
            self._cell(by, by_width),
            self._cell(place, place_width),
            fit(title, room, cut=self._glyphs.cut),
        )

    def _cell(self, text: str, width: int) -> str:
        return fit(text, width - 1, cut=self._glyphs.cut) + " " if width else ""
