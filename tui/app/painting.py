"""Turns lines of named colours into what Textual draws."""

from collections.abc import Iterator

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.formatting import Line, line_width
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
        length = indent + line_width(line)
        segments: list[Segment] = []
        _append(segments, " " * indent, filling)
        for span in line:
            style = self._style(span.style, ground, span.bold)
            for text, its_style in _around_words(span.text, style, filling):
                _append(segments, text, its_style)
        _append(segments, " " * (width - length), filling)
        return Strip(segments, max(length, width)).adjust_cell_length(width, filling)

    def _style(self, text: str, ground: str, bold: bool) -> Style:  # noqa: FBT001 - a key's part
        key = (text, ground, bold)
        if key not in self._styles:
            self._styles[key] = _to_rich(self.theme.meet(text, ground), bold=bold)
        return self._styles[key]


def _append(segments: list[Segment], text: str, style: Style) -> None:
    """Add a text; blanks take the style of their neighbour, for every change costs 40 bytes."""
    if not text:
        return
    last = segments[-1] if segments else None
    if last is None or last.style is None:
        segments.append(Segment(text, style))
    elif style == last.style or (text.isspace() and _is_same_blank(style, last.style)):
        segments[-1] = Segment(last.text + text, last.style)
    elif last.text.isspace() and _is_same_blank(style, last.style):
        segments[-1] = Segment(last.text + text, style)
    else:
        segments.append(Segment(text, style))


def _is_same_blank(one: Style, other: Style) -> bool:
    """Whether a blank looks the same in both."""
    if one.underline or other.underline or one.reverse != other.reverse:
        return False
    return one.bgcolor == other.bgcolor and (not one.reverse or one.color == other.color)


def _around_words(text: str, style: Style, filling: Style) -> Iterator[tuple[str, Style]]:
    """Yield the text in its style; blanks around it are not underlined, and not reversed."""
    if style.underline == filling.underline and style.reverse == filling.reverse:
        yield text, style
        return
    words = text.strip(" ")
    start = text.find(words) if words else 0
    yield text[:start], filling
    yield words, style
    yield text[start + len(words) :], filling


def _to_rich(pair: Pair, *, bold: bool) -> Style:
    has = pair.attributes.__contains__
    return Style(
        color=_color(pair.hue),
        bgcolor=_color(pair.ground),
        bold=bold or has(Attribute.BOLD) or None,
        dim=has(Attribute.DIM) or None,
        italic=has(Attribute.ITALIC) or None,
        underline=has(Attribute.UNDERLINE) or None,
        reverse=has(Attribute.REVERSE) or None,
    )


def _color(hue: Hue) -> RichColor | None:
    """Return the colour; None for the terminal's own, which needs no code."""
    if isinstance(hue, Ansi):
        return None if hue is Ansi.DEFAULT else RichColor.from_ansi(hue)
    return RichColor.from_rgb(hue.red, hue.green, hue.blue)
