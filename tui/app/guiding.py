"""The part of the dashboard that shows what there is to do: the palette of commands, and help."""

from collections.abc import Iterator
from pathlib import Path

from textual import on

from tui.app.bridge import Bridge
from tui.app.commands import BY_ID, MOVES
from tui.app.keymap import action_of
from tui.app.look import Look
from tui.app.palette import Entry, Kind
from tui.app.screens.deck import DeckScreen
from tui.app.screens.tickets import TicketsScreen
from tui.app.screens.workspaces import WorkspacesScreen
from tui.app.theme_choice import ThemeChoice
from tui.app.themed import ThemedApp

_IN_NO_PALETTE = frozenset({"app.palette"})


class GuidingApp(ThemedApp, inherit_bindings=False):
    """Lists the commands of the screen in sight, and runs the one that is chosen.

    Palette and help are loaded when they are wanted.
    """

    config_file: Path | None = None
    """Where the keys are configured; None where there is no configuration."""

    @on(DeckScreen.HelpWanted)
    def _show_help(self) -> None:
        from tui.app import help_text
        from tui.app.screens.help import HelpScreen

        below = self.screen
        if not isinstance(below, DeckScreen) or isinstance(below, HelpScreen):
            return
        names, keymap = below.COMMAND_IDS, self.look.keymap
        sections = help_text.command_sections(names, keymap, map(below.help_words, names))
        if isinstance(below, WorkspacesScreen):
            # Whoever begins here asks for what can be done to tickets before seeing one.
            first = keymap.shown("list.open", names)
            title = "On the list of tickets" + (f": {first} first" if first else "")
            commands = TicketsScreen.COMMAND_IDS
            sections += [help_text.section_ahead(title, commands, keymap, without=names)]
        if isinstance(below, TicketsScreen | WorkspacesScreen):
            sections += [help_text.signs_section(self.look.glyphs), help_text.QUERY]
        sections += [help_text.files_section(self.config_file)]
        self.push_screen(HelpScreen(self.look, sections))

    @on(DeckScreen.PaletteWanted)
    def _show_palette(self) -> None:
        from tui.app.screens.palette import PaletteScreen

        below = self.screen
        if not isinstance(below, DeckScreen) or isinstance(below, PaletteScreen):
            return

        async def run(chosen: Entry | None) -> None:
            if chosen is None:
                return
            if chosen.kind is Kind.WORKSPACE:
                _go_to_workspace(below, chosen.name)
            elif chosen.kind is Kind.THEME:
                self.choose_theme(chosen.name)
            else:
                await below.run_action(action_of(BY_ID[chosen.name]))

        entries = [*_commands(below, self.look), *_workspaces(below, self.bridge)]
        if "app.theme" in below.COMMAND_IDS:
            entries += _themes(self.themes)
        self.push_screen(PaletteScreen(self.look, entries), run)


def _commands(screen: DeckScreen[object], look: Look) -> Iterator[Entry]:
    """Yield what works on the screen: what it hints at first, the moves last."""
    at_hand = screen.COMMAND_IDS
    names = [name for name in (*screen.HINTS, *at_hand) if name not in MOVES]
    for name in dict.fromkeys((*names, *MOVES)):
        if name in at_hand and name not in _IN_NO_PALETTE and screen.offers(name):
            keys = look.keymap.shown(name, at_hand)
            yield Entry(name=name, words=screen.help_words(name), keys=keys)


def _workspaces(screen: DeckScreen[object], bridge: Bridge) -> Iterator[Entry]:
    if isinstance(screen, TicketsScreen | WorkspacesScreen):
        for name, workspace in bridge.workspaces.items():
            yield Entry(name=name, words=f"Go to {workspace.title}", kind=Kind.WORKSPACE)


def _themes(themes: ThemeChoice) -> Iterator[Entry]:
    """Yield the themes that the terminal can draw, but not the one that is worn."""
    for name in themes.names:
        if themes.is_drawn(name) and name != themes.name:
            yield Entry(name=name, words=f"Theme {name}: {themes.words(name)}", kind=Kind.THEME)


def _go_to_workspace(screen: DeckScreen[object], name: str) -> None:
    if isinstance(screen, TicketsScreen):
        screen.open_scope((name,))
    else:
        screen.post_message(WorkspacesScreen.Opened(name))
