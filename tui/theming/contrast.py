"""How well a text stands out from its ground, as WCAG 2 measures it. Pure."""

from collections.abc import Iterator

from tui.theming.spec import GROUNDS, TEXTS, Color, Theme

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


def pairs(theme: Theme) -> Iterator[tuple[str, str, float]]:
    """Yield every text and ground that may meet, with their contrast."""
    for text in TEXTS:
        for ground in GROUNDS:
            yield text, ground, contrast(theme.colors[text], theme.colors[ground])


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
