"""The line in which a query is typed."""

from dataclasses import dataclass

from rich.highlighter import Highlighter
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app.formatting import Line, Span, line_width
from tui.app.painting import Painter
from tui.app.widgets.line_pane import Bar
from tui.app.widgets.one_line_input import OneLineInput

_INDENT = 1
_UNDERLINED = Style(underline=True)


@dataclass(frozen=True, slots=True)
class Fault:
    """The part of the typed text that is wrong, in characters from 0."""

    start: int
    length: int


class _FaultFinder(Highlighter):
    """Underlines what is wrong in what is typed: no colour is needed to see it."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self.fault: Fault | None = None

    def highlight(self, text: Text) -> None:
        if self.fault is None:
            return
        painted = self._painter.strip((Span("x", "error", bold=True),), "surface", 1)
        style = Style.chain(*(each.style for each in painted if each.style), _UNDERLINED)
        text.stylize(style, self.fault.start, self.fault.start + self.fault.length)


class FilterInput(OneLineInput):
    """Leaves to the screen what came before, and what may come next."""

    BINDINGS = [  # noqa: RUF012 - Textual declares it as a mutable class variable
        Binding("up", "recall(-1)", show=False),
        Binding("down", "recall(1)", show=False),
        Binding("tab", "complete(1)", show=False),
        Binding("shift+tab", "complete(-1)", show=False),
        Binding("right", "right", show=False),
    ]

    class Recalled(Message):
        """A filter of before is wanted: -1 for an earlier one, 1 for a later one."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class CompletionWanted(Message):
        """A candidate is wanted in the text: 1 for the next one, -1 for the one before.

        0: the one that stands there, or the first, and to go on behind it.
        """

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def action_recall(self, step: int) -> None:
        self.post_message(self.Recalled(step))

    def action_complete(self, step: int) -> None:
        self.post_message(self.CompletionWanted(step))

    def action_right(self) -> None:
        """Go right; at the end there is nothing to go to but the first candidate."""
        if self.cursor_at_end and self.value:
            self.post_message(self.CompletionWanted(0))
        else:
            self.action_cursor_right()


class FilterBar(Horizontal):
    """A slash, what is typed with what is wrong in it, and what that comes to.

    Posts what its `FilterInput` posts.
    """

    def __init__(self, painter: Painter, *, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._slash = _Slash(painter)
        self._note = Bar(painter, widget_id="filter-note")
        self._faults = _FaultFinder(painter)
        self.input = FilterInput()
        self.input.highlighter = self._faults
        self._note_width = 0

    def compose(self) -> ComposeResult:
        yield self._slash
        yield self.input
        yield self._note

    def restart(self, text: str) -> None:
        """Begin to type, with this text."""
        self._note_width = 0
        self.put(text)

    def put(self, text: str, cursor: int | None = None) -> None:
        """Let this text stand there, as if it had been typed."""
        self.input.value = text
        self.input.cursor_position = len(text) if cursor is None else cursor

    def show_fault(self, fault: Fault | None) -> None:
        """Show which part of the text is wrong."""
        if fault != self._faults.fault:
            self._faults.fault = fault
            self.input.refresh()

    def note(self, line: Line) -> None:
        """Show at the right what comes of the text; the room for it only grows while typing."""
        width = line_width(line) + 2 * _INDENT
        if width > self._note_width:
            self._note_width = width
            self._note.styles.width = width
        self._note.show((), line)


class _Slash(Widget):
    def __init__(self, painter: Painter) -> None:
        super().__init__(id="slash")
        self._painter = painter

    def render_line(self, y: int) -> Strip:
        return self._painter.strip((Span("/", "accent", bold=True),), "surface", 2, _INDENT)
