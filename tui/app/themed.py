"""The part of the dashboard that wears a theme: picked, previewed, read again when it changes."""

import logging
from collections.abc import Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor
from textual.scrollbar import ScrollBar, ScrollBarRender

from tui.app.following import FollowingApp
from tui.app.formatting import line_width
from tui.app.notices import notice_words
from tui.app.screens.deck import DeckScreen
from tui.app.screens.theme_pick import ThemePickScreen
from tui.app.textual_theme import NAME, classes, for_textual, variables
from tui.app.theme_choice import ThemeChoice
from tui.theming.spec import PLAIN, Depth

_log = logging.getLogger(__name__)

_LOOK_AGAIN_S = 2.0
"""Somebody who edits a theme looks here after saving it. A look is a few `stat`s, and no byte."""


class Colorless(LineFilter):
    """Lets no colour through, whichever widget drew it; bold and the like stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text, _without_color(style) if style else None, control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _without_color(style: Style) -> Style:
    """Rich's own `without_color` forgets what a click on the text does."""
    bare = style.without_color
    return bare + Style.from_meta(style.meta) if style.meta else bare


class WholeCells(ScrollBarRender):
    """A scroll bar without eighths of a cell, which not every font has and ASCII has none of."""

    VERTICAL_BARS = [" "]  # noqa: RUF012 - as Textual declares it
    HORIZONTAL_BARS = [" "]  # noqa: RUF012


class ThemedApp(FollowingApp, inherit_bindings=False):
    """Wears one theme of `themes`; every screen and style sheet follows."""

    themes: ThemeChoice
    _colorless: Sequence[LineFilter] = (Colorless(),)

    def wear(self) -> None:
        """Put on the chosen theme before anything is drawn."""
        ScrollBar.renderer = WholeCells
        theme = self.themes.theme
        self.register_theme(for_textual(theme))
        self.update_classes(classes(theme) | {"-ascii": self.look.glyphs.cut.isascii()})
        self.theme = NAME

    def follow_themes(self) -> None:
        """Read the user's themes again whenever one of them changes, if there are any."""
        if self.themes.watches:
            self.set_interval(_LOOK_AGAIN_S, self.look_for_changed_themes)

    def look_for_changed_themes(self) -> None:
        """Take in what changed in the user's themes since the last look."""
        before, had_problems = self.themes.name, bool(self.themes.problems)
        if not self.themes.reload():
            return
        name = self.themes.name
        self.show_theme(name)
        self.tell_notices([str(problem) for problem in self.themes.problems])
        if had_problems and not self.themes.problems and isinstance(self.screen, DeckScreen):
            # What was wrong may stand there still.
            words = f"Theme {name}: its file" if name != before else "Every theme file"
            self.screen.say(f"{words} can be read now")

    def tell_notices(self, notices: Sequence[str]) -> None:
        """Say what was noticed, as far as there is room; all of it goes into the log."""
        for notice in reversed(notices):
            _log.warning("%s", notice)
        if notices and isinstance(self.screen, DeckScreen):
            screen, look = self.screen, self.look
            width = self.size.width - 2 - line_width(screen.keys_at_the_end())
            key = look.keymap.shown("data.sources", screen.COMMAND_IDS)
            screen.say(notice_words(notices, key, width, cut=look.glyphs.cut), "warning")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(PLAIN)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what everything drawn goes through.

        Textual answers NO_COLOR with shades of grey in 24 bits, which are colours to a terminal.
        """
        if self.look.painter.theme.depth is Depth.NONE:
            return self._colorless
        return [
            each
            for each in super().get_line_filters()
            if not isinstance(each, Monochrome | NoColor)
        ]

    @on(DeckScreen.ThemeWanted)
    def _pick_theme(self) -> None:
        if isinstance(self.screen, ThemePickScreen):
            return
        self.look_for_changed_themes()
        names = [name for name in self.themes.names if self.themes.is_drawn(name)]
        before = self.themes.name

        def preview(at: int) -> None:
            self.show_theme(names[at])

        def end(at: int | None) -> None:
            if at is not None:
                self.themes.choose(names[at])
            name = self.themes.name
            if name != self.look.painter.theme.name:
                self.show_theme(name)
            if name != before:
                self._tell_theme()

        at = names.index(before) if before in names else 0
        items = [(name, self.themes.words(name)) for name in names]
        self.push_screen(ThemePickScreen(self.look, items, at=at, preview=preview), end)

    def choose_theme(self, name: str) -> None:
        """Wear a theme from now on."""
        self.themes.choose(name)
        self.show_theme(name)
        self._tell_theme()

    def _tell_theme(self) -> None:
        name = self.themes.name
        if isinstance(self.screen, DeckScreen):
            self.screen.say(f'Theme {name}; theme = "{name}" in the configuration keeps it')

    def show_theme(self, name: str) -> None:
        """Draw everything in a theme; which one is chosen stays as it is."""
        theme = self.themes.fitted(name)
        self.look.painter.use(theme)
        self.register_theme(for_textual(theme))
        self.update_classes(classes(theme), update=False)
        self.mutate_reactive(App.theme)
        for screen in self.deck_screens():
            screen.theme_changed()
