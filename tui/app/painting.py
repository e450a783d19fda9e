"""Turns lines of named colours into what Textual draws."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.formatting import Line, line_width
from tui.theming.spec import Theme


class Painter:
    """Paints lines in the colours of one theme; all widgets share one painter."""

    def __init__(self, theme: Theme, cut: str = "…") -> None:
        self.theme = theme
        self.cut = cut
        """Stands where a text is cut."""
        self._styles: dict[tuple[str, str, bool], Style] = {}

    def use(self, theme: Theme) -> None:
        """Paint in another theme from now on."""
        self.theme = theme
        self._styles.clear()

    def strip(self, line: Line, ground: str, width: int, indent: int = 0) -> Strip:
        """Return the line on its ground, `width` cells wide."""
        segments = [Segment(span.text, self._style(span.style, ground, span.bold)) for span in line]
        filling = self._style("text", ground, bold=False)
        if indent:
            segments.insert(0, Segment(" " * indent, filling))
        return Strip(segments, indent + line_width(line)).adjust_cell_length(width, filling)

    def _style(self, color: str, ground: str, bold: bool) -> Style:  # noqa: FBT001 - a key's part
        key = (color, ground, bold)
        if key not in self._styles:
            colors = self.theme.colors
            self._styles[key] = Style(
                color=colors[color].hex, bgcolor=colors[ground].hex, bold=bold or None
            )
        return self._styles[key]
