"""A theme of ours as Textual's style sheets see it: every colour is a variable."""

from textual.theme import Theme as TextualTheme

from tui.theming.spec import Theme


def variables(theme: Theme) -> dict[str, str]:
    """Return the colours by their names in the style sheets."""
    return {name.replace("_", "-"): color.hex for name, color in theme.colors.items()}


def for_textual(theme: Theme) -> TextualTheme:
    """Return the theme for Textual to register."""
    colors = variables(theme)
    return TextualTheme(
        name=theme.name,
        dark=theme.dark,
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
        | {
            "input-cursor-background": colors["text"],
            "input-cursor-foreground": colors["background"],
            "input-selection-background": colors["cursor"],
            "input-selection-foreground": colors["text"],
        },
    )
