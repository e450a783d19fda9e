"""The tabs of a screen in one line, and what the list below is sorted by."""

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.app.formatting import BLANK, Line, join_sides, line_width
from tui.app.painting import Painter
from tui.app.tab_line import TabLabel, TabLine, tab_line
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

    def show_tabs(self, labels: Sequence[TabLabel], active: int, rest: Line, width: int) -> None:
        """Show these tabs in `width` cells; `rest` at the right end, if there is room for both."""
        room, cut = width - _MARGIN, self.painter.cut
        tabs = tab_line(labels, active, room - line_width(rest) - _GAP, cut=cut)
        if rest and len(tabs.places) < len(labels):
            tabs, rest = tab_line(labels, active, room, cut=cut), BLANK
        self._tabs, self._rest = tabs, rest
        self.show(tabs.line, rest)

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
