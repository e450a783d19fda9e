"""The line in which a query is typed."""

from textual.app import ComposeResult
from textual.containers import Horizontal

from tui.app.formatting import Line, Span
from tui.app.painting import Painter
from tui.app.widgets.line_pane import Bar
from tui.app.widgets.one_line_input import OneLineInput


class FilterBar(Horizontal):
    """A slash, what is typed, and what is wrong with it. Posts what its `Input` posts."""

    def __init__(self, painter: Painter, *, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._slash = Bar(painter, widget_id="slash")
        self._note = Bar(painter, widget_id="filter-note")
        self.input = OneLineInput()
        self._slash.show((Span("/", "accent", bold=True),))

    def compose(self) -> ComposeResult:
        yield self._slash
        yield self.input
        yield self._note

    def note(self, line: Line) -> None:
        """Show a note at the right."""
        self._note.show((), line)
