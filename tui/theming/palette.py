"""The colours that terminals draw by number. Pure."""

from collections.abc import Sequence

from tui.theming.spec import Ansi, Attribute, Color, Hue, Pair

Palette = Sequence[Color]
"""The 16 colours of a terminal, in the order of `Ansi`."""


def _palette(*words: str) -> Palette:
    return tuple(Color.parse(f"#{word}") for word in words)


XTERM: Palette = _palette(
    *("000000", "cd0000", "00cd00", "cdcd00", "0000ee", "cd00cd", "00cdcd", "e5e5e5"),
    *("7f7f7f", "ff0000", "00ff00", "ffff00", "5c5cff", "ff00ff", "00ffff", "ffffff"),
)
"""Of xterm as it comes (XTerm-col.ad); most others are near to it."""
VGA: Palette = _palette(
    *("000000", "aa0000", "00aa00", "aa5500", "0000aa", "aa00aa", "00aaaa", "aaaaaa"),
    *("555555", "ff5555", "55ff55", "ffff55", "5555ff", "ff55ff", "55ffff", "ffffff"),
)
"""Of the Linux console (console_codes(4), `vt.default_red` and its siblings)."""


def on_screen(pair: Pair, palette: Palette) -> tuple[Color, Color] | None:
    """Return text and ground as a terminal shows them; None where only it knows the colours."""
    text, ground = _resolved(pair.hue, palette), _resolved(pair.ground, palette)
    if text is None or ground is None:
        return None
    return (ground, text) if Attribute.REVERSE in pair.attributes else (text, ground)


def _resolved(hue: Hue, palette: Palette) -> Color | None:
    if isinstance(hue, Color):
        return hue
    return None if hue is Ansi.DEFAULT else palette[hue]
