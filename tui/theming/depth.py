"""Fits a theme to what a terminal draws: 256 colours are chosen so that text stays readable. Pure.

Left to the terminal's driver, near-black grounds all become black and the cursor's row turns teal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from tui.theming.contrast import READABLE, contrast
from tui.theming.spec import CURSOR_TEXT, GROUNDS, TEXTS, Color, Depth, Theme

COLORLESS, SIXTEEN = "mono", "ansi"
"""The themes for terminals that do not draw those that were asked for."""


STANDS_OUT = 10_000
"""From this distance on a row is seen at a glance among others."""


class _Indexed(NamedTuple):
    """One of the 256 colours that all terminals have the same."""

    sent: Color
    """What Rich turns into exactly this one."""
    shown: Color


def name_for(wanted: str, themes: Mapping[str, Theme], depth: Depth, *, no_color: bool) -> str:
    """Return the theme to start with: the wanted one where the terminal draws it.

    `no_color`: the user asks all programs for none (no-color.org); the least theme wins then.
    """
    if no_color or depth is Depth.NONE:
        is_colorless = wanted in themes and themes[wanted].depth is Depth.NONE
        return wanted if is_colorless else COLORLESS
    if depth is Depth.ANSI and not (wanted in themes and can_draw(themes[wanted], depth)):
        return SIXTEEN
    return wanted


def can_draw(theme: Theme, depth: Depth) -> bool:
    """Whether a terminal of this depth shows the theme as it is meant."""
    return theme.depth.value <= depth.value


def fit(theme: Theme, depth: Depth) -> Theme:
    """Return the theme in colours that the terminal has."""
    if depth is not Depth.INDEXED or theme.depth is not Depth.INDEXED:
        return theme
    paints = dict(theme.paints)
    grounds: dict[str, _Indexed] = {}
    for role, paint in theme.paints.items():
        if role in GROUNDS and isinstance(paint.hue, Color):
            grounds[role] = _ground(theme, role, paint.hue, grounds)
            paints[role] = replace(paint, hue=grounds[role].sent)
    for role, paint in theme.paints.items():
        if role not in GROUNDS and isinstance(paint.hue, Color):
            paints[role] = replace(paint, hue=_text(theme, role, paint.hue, grounds).sent)
    return replace(theme, paints=paints)


def _ground(theme: Theme, role: str, color: Color, others: Mapping[str, _Indexed]) -> _Indexed:
    """Return the nearest one that keeps apart what the theme keeps apart.

    The cursor's row has to be found at a glance, and among so few greys the nearest one is hardly
    another; so it gets one that stands out, and that all text is readable on as it is.
    """
    taken = {each for other, each in others.items() if theme.paints[other].hue != color}
    apart = [each for each in _by_distance(color) if each not in taken]
    around = [others["background"]] if others.get("background") in taken else []
    striking = (
        each
        for each in apart
        if all(_distance(each.shown, other.shown) >= STANDS_OUT for other in around)
        and _is_readable_on_cursor(theme, color, each.shown)
    )
    return next(striking, apart[0]) if role == "cursor" else apart[0]


def _is_readable_on_cursor(theme: Theme, own: Color, shown: Color) -> bool:
    """Whether text in the theme's own colours is as readable on `shown` as on its own ground."""
    roles = (CURSOR_TEXT,) if CURSOR_TEXT in theme.paints else TEXTS
    hues = [hue for role in roles if isinstance(hue := theme.paints[role].hue, Color)]
    return all(contrast(hue, shown) >= min(contrast(hue, own), READABLE) for hue in hues)


def _text(theme: Theme, role: str, color: Color, grounds: Mapping[str, _Indexed]) -> _Indexed:
    """Return the nearest one that is as readable as the theme's own, up to what is enough."""
    needed = [
        (grounds[ground].shown, min(contrast(color, own), READABLE))
        for ground, own in _grounds_of(theme, role)
        if ground in grounds
    ]
    return next(
        (
            each
            for each in _by_distance(color)
            if all(contrast(each.shown, ground) >= least for ground, least in needed)
        ),
        _by_distance(color)[0],
    )


def _grounds_of(theme: Theme, role: str) -> Iterator[tuple[str, Color]]:
    """Yield the grounds that text of this role's own colour stands on."""
    has_cursor_text = CURSOR_TEXT in theme.paints
    for ground in GROUNDS:
        on_cursor = ground == "cursor"
        own = theme.paints[ground].hue
        if role == CURSOR_TEXT:
            meets = on_cursor
        else:
            meets = role in TEXTS and not (on_cursor and has_cursor_text)
        if meets and isinstance(own, Color):
            yield ground, own


@lru_cache(64)
def _by_distance(color: Color) -> tuple[_Indexed, ...]:
    return tuple(sorted(_indexed(), key=lambda each: _distance(color, each.shown)))


def _distance(one: Color, other: Color) -> float:
    """Return how different two colours look, roughly ("redmean": weights that hang on the red)."""
    mean = (one.red + other.red) / 2
    red, green, blue = one.red - other.red, one.green - other.green, one.blue - other.blue
    return (2 + mean / 256) * red**2 + 4 * green**2 + (2 + (255 - mean) / 256) * blue**2


@cache
def _indexed() -> tuple[_Indexed, ...]:
    levels = (0, 95, 135, 175, 215, 255)
    cube = [
        _Indexed(color, color)
        for color in (Color(*parts) for parts in product(levels, repeat=3))
        if not color.red == color.green == color.blue or color.red in (0, 255)
    ]
    greys = [
        _Indexed(Color(*(round(10.2 * step),) * 3), Color(*(10 * step - 2,) * 3))
        for step in range(1, 25)
    ]
    return (*cube, *greys)
