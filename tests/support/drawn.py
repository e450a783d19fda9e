"""What the dashboard sends to a terminal: its codes of colour, and which text they are for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style

from tui.app.dashboard import Dashboard
from tui.theming.contrast import READABLE, contrast
from tui.theming.palette import VGA, XTERM, Palette
from tui.theming.spec import Color

_SGR = re.compile(r"\x1b\[([0-9;]*)m")


@dataclass(frozen=True, slots=True)
class Codes:
    """Which kinds of codes occur in what was drawn."""

    true: bool = False
    indexed: bool = False
    ansi: bool = False
    default: bool = False
    """39 and 49: back to the terminal's own colour, which is a code of colour too."""

    @property
    def any(self) -> bool:
        """Whether there is any code of colour at all."""
        return self.true or self.indexed or self.ansi or self.default


def sgr_codes(drawn: str) -> Codes:
    """Return the kinds of colours that a text with escape sequences asks for."""
    true = indexed = ansi = default = False
    for found in _SGR.finditer(drawn):
        numbers = [int(number or 0) for number in found[1].split(";")]
        while numbers:
            number = numbers.pop(0)
            if number in (38, 48):
                is_true = numbers[0] == 2
                true, indexed = true or is_true, indexed or not is_true
                del numbers[: 4 if is_true else 2]
            elif number in (39, 49):
                default = True
            elif number // 10 in (3, 4, 9, 10):
                ansi = True
    return Codes(true, indexed, ansi, default)


def drawn_by(app: Dashboard) -> str:
    """Return what the screen in front is drawn with, escape sequences and all."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.render(app.console) for strip in strips)


def segments_of(app: Dashboard) -> Iterator[tuple[int, int, Segment]]:
    """Yield every piece of text of one style, with its line and its column."""
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            yield y, x, segment
            x += segment.cell_length


def shown_colors(style: Style, palette: Palette) -> tuple[Color, Color] | None:
    """Return text and ground; None where both are the terminal's own."""
    text, ground = _shown(style.color, palette), _shown(style.bgcolor, palette)
    if text is None or ground is None:
        assert text is ground, "a chosen colour beside one that nobody knows"
        return None
    return (ground, text) if style.reverse else (text, ground)


def is_faint(style: Style) -> bool:
    """Whether text of this style cannot be read."""
    pairs = [shown_colors(style, palette) for palette in (XTERM, VGA)]
    return bool(style.dim) or any(pair and contrast(*pair) < READABLE for pair in pairs)


def _shown(color: RichColor | None, palette: Palette) -> Color | None:
    if color is None or color.type is ColorType.DEFAULT:
        return None
    return Color(*color.triplet) if color.triplet else palette[color.number or 0]
