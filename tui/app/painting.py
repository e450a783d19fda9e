"""Turns lines of named colours into what Textual draws."""

from collections.abc import Iterable, Iterator

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.formatting import Line, Span, line_width
from tui.theming.spec import Ansi, Attribute, Hue, Pair, Theme


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
        filling = self._style("text", ground, bold=False)
        segments = list(self._segments(line, ground, filling))
        if indent:
            segments.insert(0, Segment(" " * indent, filling))
        return Strip(segments, indent + line_width(line)).adjust_cell_length(width, filling)

    def _segments(self, line: Line, ground: str, filling: Style) -> Iterator[Segment]:
        for span in line:
            style = self._style(span.style, ground, span.bold)
            if style.underline == filling.underline and style.reverse == filling.reverse:
                yield Segment(span.text, style)
            else:
                yield from _around_words(span, style, filling)

    def _style(self, text: str, ground: str, bold: bool) -> Style:  # noqa: FBT001 - a key's part
        key = (text, ground, bold)
        if key not in self._styles:
            self._styles[key] = _style(self.theme.meet(text, ground), bold=bold)
        return self._styles[key]


def _around_words(span: Span, style: Style, filling: Style) -> Iterable[Segment]:
    """Yield the text in its style, and the blanks around it as if nothing stood there."""
    words = span.text.strip(" ")
    start = span.text.find(words) if words else 0
    parts = (span.text[:start], words, span.text[start + len(words) :])
    for part, its_style in zip(parts, (filling, style, filling), strict=True):
        if part:
            yield Segment(part, its_style)


def _style(pair: Pair, *, bold: bool) -> Style:
    has = pair.attributes.__contains__
    return Style(
        color=_rich(pair.hue),
        bgcolor=_rich(pair.ground),
        bold=bold or has(Attribute.BOLD) or None,
        dim=has(Attribute.DIM) or None,
        italic=has(Attribute.ITALIC) or None,
        underline=has(Attribute.UNDERLINE) or None,
        reverse=has(Attribute.REVERSE) or None,
    )


def _rich(hue: Hue) -> RichColor | None:
    """Return the colour; None for the terminal's own, which needs no code."""
    if isinstance(hue, Ansi):
        return None if hue is Ansi.DEFAULT else RichColor.from_ansi(hue)
    return RichColor.from_rgb(hue.red, hue.green, hue.blue)
