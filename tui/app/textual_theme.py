"""A theme of ours as Textual's style sheets see it: every colour is a variable."""

from rich.color import ColorSystem
from textual.theme import Theme as TextualTheme

from tui.theming.spec import CURSOR_TEXT, Ansi, Depth, Hue, Theme

NAME = "ticketdeck"
"""Textual's name for whichever theme is shown: ours may hold what no style sheet takes."""


COLOR_SYSTEMS = {
    Depth.NONE: ColorSystem.STANDARD,
    Depth.ANSI: ColorSystem.STANDARD,
    Depth.INDEXED: ColorSystem.EIGHT_BIT,
    Depth.TRUE: ColorSystem.TRUECOLOR,
}
"""What Rich calls the depths."""


def variables(theme: Theme) -> dict[str, str]:
    """Return the colours by their names in the style sheets."""
    return {name.replace("_", "-"): _css(paint.hue) for name, paint in theme.paints.items()} | {
        # A style sheet wants all of them, whatever the theme has.
        "cursor-text": _css(theme.meet("text", "cursor").hue),
        "input-cursor-background": _css(theme.paints["text"].hue),
        "input-cursor-foreground": _css(theme.paints["background"].hue),
        "input-cursor-text-style": "reverse" if _is_own(theme) else "none",
    }


def classes(theme: Theme) -> dict[str, bool]:
    """Return what style sheets ask of a theme, as classes of the application.

    Flat are those whose grounds cannot be mixed, or that only some text may stand on.
    """
    return {
        "-flat": theme.is_flat or theme.is_native or CURSOR_TEXT in theme.paints,
    }


def for_textual(theme: Theme) -> TextualTheme:
    """Return the theme for Textual to register."""
    colors = variables(theme)
    return TextualTheme(
        name=NAME,
        dark=theme.dark,
        ansi=theme.is_native,
        primary=colors["accent"],
        accent=colors["accent"],
        foreground=colors["text"],
        background=colors["background"],
        surface=colors["surface"],
        panel=colors["surface"],
        success=colors["success"],
        warning=colors["warning"],
        error=colors["error"],
        variables=colors
        | {"ansi-background": colors["background"], "ansi-foreground": colors["text"]},
    )


def _is_own(theme: Theme) -> bool:
    """Whether text and screen have the terminal's own colours."""
    return theme.paints["text"].hue is Ansi.DEFAULT


def _css(hue: Hue) -> str:
    return "ansi_default" if hue is Ansi.DEFAULT else hue.word
