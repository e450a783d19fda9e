"""How well a text stands out from its ground, as WCAG 2 measures it. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from tui.theming.palette import Palette, on_screen
from tui.theming.spec import GROUNDS, TEXTS, Ansi, Color, Pair, Theme

READABLE = 4.5
"""The least ratio for text of normal size (WCAG 2.2, success criterion 1.4.3)."""


def luminance(color: Color) -> float:
    """Return the relative luminance, 0 for black to 1 for white."""
    parts = (color.red, color.green, color.blue)
    red, green, blue = (_linear(part / 255) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio, from 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pairs(theme: Theme, palette: Palette) -> Iterator[tuple[str, str, float]]:
    """Yield every text and ground that may meet, with their contrast.

    Bold counts too, because many terminals draw it in the bright colour. The terminal's own text on
    its own ground is left out, nobody but its owner chose it; its own against a chosen colour has
    no contrast that one could rely on, which is 1.
    """
    for text in TEXTS:
        for ground in (*GROUNDS, *TEXTS):
            pair = theme.meet(text, ground)
            if {pair.hue, pair.ground} == {Ansi.DEFAULT}:
                continue
            for drawn in (pair, _in_bold(pair)):
                colors = on_screen(drawn, palette)
                yield text, ground, contrast(*colors) if colors else 1.0


def _in_bold(pair: Pair) -> Pair:
    return replace(pair, hue=pair.hue.in_bold) if isinstance(pair.hue, Ansi) else pair


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
