"""The tabs of a screen in one line, and what the list below is sorted by."""

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.app.formatting import BLANK, Line, join_sides, line_width
from tui.app.painting import Painter
from tui.app.tab_line import TabLabel, TabLine, tab_line, whole_width
from tui.app.widgets.line_pane import Bar

_MARGIN = 1
"""At the right; at the left the bracket of the first tab stands in it."""
_GAP = 2


class TabBar(Bar):
    """Shows tabs at the left; a click on one asks for it."""

    class Picked(Message):
        """A tab was clicked."""

        def __init__(self, tab: int) -> None:
            super().__init__()
            self.tab = tab

    class RestPicked(Message):
        """What stands behind the tabs was clicked."""

    def __init__(self, painter: Painter, *, widget_id: str | None = None) -> None:
        super().__init__(painter, ground="background", widget_id=widget_id)
        self._tabs = TabLine(BLANK, ())
        self._rest: Line = BLANK

    def show_tabs(
        self, labels: Sequence[TabLabel], active: int, rests: Sequence[Line], width: int
    ) -> None:
        """Show these tabs in `width` cells, and something at the right end if there is room.

        `rests`: what may stand there, the best first; the last one only is worth a cut name, and
        none is worth a tab.
        """
        room, cut, whole = width - _MARGIN, self.painter.cut, whole_width(labels)
        beside = [(rest, room - _taken(rest)) for rest in rests]
        self._rest, left = next((pair for pair in beside if whole <= pair[1]), beside[-1])
        self._tabs = tab_line(labels, active, left, cut=cut)
        if len(self._tabs.places) < len(labels):
            self._tabs, self._rest = tab_line(labels, active, room, cut=cut), BLANK
        self.show(self._tabs.line, self._rest)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        line = join_sides(self._tabs.line, self._rest, width - _MARGIN, cut=self.painter.cut)
        return self.painter.strip(line, "background", width)

    def on_click(self, event: events.Click) -> None:
        tab = self._tabs.tab_at(event.x)
        if tab is not None:
            self.post_message(self.Picked(tab))
        elif self._rest and event.x >= self.size.width - _MARGIN - line_width(self._rest):
            self.post_message(self.RestPicked())


def _taken(rest: Line) -> int:
    return line_width(rest) + _GAP if rest else 0
