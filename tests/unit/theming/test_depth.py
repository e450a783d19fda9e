"""Themes on terminals of few colours: still readable, and the cursor's row still there."""

from dataclasses import replace

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem

from tui.theming.contrast import READABLE, pairs
from tui.theming.depth import can_draw, fit, name_for
from tui.theming.load import load_themes
from tui.theming.palette import XTERM
from tui.theming.spec import GROUNDS, Color, Depth, Hue, Theme

THEMES = load_themes().by_name
OF_HEX = sorted(name for name, theme in THEMES.items() if theme.depth is Depth.INDEXED)


def _as_sent(hue: Hue) -> Hue:
    """Return what a terminal of 256 colours shows, in the way that Rich sends it."""
    if not isinstance(hue, Color):
        return hue
    sent = RichColor.parse(hue.word).downgrade(ColorSystem.EIGHT_BIT)
    return Color(*sent.get_truecolor())


def _shown(theme: Theme) -> Theme:
    paints = {role: replace(paint, hue=_as_sent(paint.hue)) for role, paint in theme.paints.items()}
    return replace(theme, paints=paints)


@pytest.mark.parametrize("name", OF_HEX)
def test_in_256_colors_every_text_stays_readable(name: str) -> None:
    shown = _shown(fit(THEMES[name], Depth.INDEXED))

    assert [pair for pair in pairs(shown, XTERM) if pair[2] < READABLE] == []


@pytest.mark.parametrize("name", OF_HEX)
def test_in_256_colors_the_grounds_stay_apart_and_near_to_what_they_were(name: str) -> None:
    shown = _shown(fit(THEMES[name], Depth.INDEXED))

    assert len({shown.paints[ground].hue for ground in GROUNDS}) == len(GROUNDS)
    for ground in ("background", "surface"):
        was, is_now = _parts(THEMES[name], ground), _parts(shown, ground)
        assert all(abs(one - other) < 32 for one, other in zip(was, is_now, strict=True))


@pytest.mark.parametrize("name", OF_HEX)
def test_in_256_colors_the_cursors_row_is_seen_at_a_glance_and_has_its_tint(name: str) -> None:
    shown = _shown(fit(THEMES[name], Depth.INDEXED))

    was, row = _parts(THEMES[name], "cursor"), _parts(shown, "cursor")
    around = _parts(shown, "background")
    assert max(abs(one - other) for one, other in zip(row, around, strict=True)) >= 40
    assert row.index(max(row)) == was.index(max(was))


def _parts(theme: Theme, role: str) -> tuple[int, int, int]:
    hue = theme.paints[role].hue
    assert isinstance(hue, Color)
    return hue.red, hue.green, hue.blue


def test_a_terminal_that_has_the_colors_gets_them_as_they_are() -> None:
    midnight, ansi = THEMES["midnight"], THEMES["ansi"]

    assert fit(midnight, Depth.TRUE) is midnight
    assert fit(ansi, Depth.INDEXED) is ansi


def test_a_theme_that_is_less_readable_by_itself_is_not_changed_for_it() -> None:
    """It is the user's own; the nearest colours are the best that can be done."""
    faint = {**THEMES["midnight"].paints, "muted": THEMES["midnight"].paints["background"]}

    shown = _shown(fit(replace(THEMES["midnight"], paints=faint), Depth.INDEXED))

    ratios = [each[2] for each in pairs(shown, XTERM) if each[0] == "muted" and each[1] in GROUNDS]
    assert max(ratios) < 2


@pytest.mark.parametrize(
    ("wanted", "depth", "no_color", "shown"),
    [
        ("midnight", Depth.TRUE, False, "midnight"),
        ("midnight", Depth.INDEXED, False, "midnight"),
        ("midnight", Depth.ANSI, False, "ansi"),
        ("midnight", Depth.NONE, False, "mono"),
        ("midnight", Depth.TRUE, True, "mono"),
        ("ansi", Depth.TRUE, False, "ansi"),
        ("ansi", Depth.NONE, False, "mono"),
        ("ansi", Depth.TRUE, True, "mono"),
        ("mono", Depth.ANSI, False, "mono"),
        ("mine", Depth.NONE, False, "mine"),
        ("mine", Depth.TRUE, True, "mine"),
        ("unknown", Depth.TRUE, False, "unknown"),
        ("unknown", Depth.ANSI, False, "ansi"),
        ("unknown", Depth.TRUE, True, "mono"),
    ],
)
def test_the_terminal_and_the_user_decide_what_to_start_with(
    wanted: str, depth: Depth, *, no_color: bool, shown: str
) -> None:
    themes = {**THEMES, "mine": THEMES["mono"]}

    assert name_for(wanted, themes, depth, no_color=no_color) == shown


def test_a_terminal_draws_themes_of_its_depth_and_below() -> None:
    drawn = {
        depth: {name for name, theme in THEMES.items() if can_draw(theme, depth)} for depth in Depth
    }

    assert drawn[Depth.NONE] == {"mono"}
    assert drawn[Depth.ANSI] == {"mono", "ansi"}
    assert drawn[Depth.INDEXED] == drawn[Depth.TRUE] == set(THEMES)
