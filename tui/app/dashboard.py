"""The dashboard: the application, and its screens' ways to each other."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.driver import Driver
from textual.geometry import Offset
from textual.screen import Screen

from tui.app.acting_app import ActingApp
from tui.app.bridge import Bridge, TicketService
from tui.app.ending import ending_on_signals
from tui.app.failing import FailingApp
from tui.app.formatting import ClockFace, choose_glyphs
from tui.app.guiding import GuidingApp
from tui.app.handing import HandingApp
from tui.app.keymap import Keymap
from tui.app.look import Look
from tui.app.messages import (
    ActivityCame,
    HistoryCame,
    StoreChanged,
    TicketFetched,
)
from tui.app.mirror import QueueMirror
from tui.app.outboxing import OutboxApp
from tui.app.painting import Painter
from tui.app.screens.deck import DeckScreen
from tui.app.screens.tickets import TicketsScreen
from tui.app.screens.workspaces import WorkspacesScreen
from tui.app.terminal import wants_mouse
from tui.app.textual_theme import COLOR_SYSTEMS
from tui.app.theme_choice import ThemeChoice
from tui.app.themed import ThemedApp
from tui.app.views import Tabs
from tui.app.vigil import Vigil
from tui.app.whole_frames import WholeFramesApp
from tui.app.widgets.cursor_list import CursorList
from tui.domain.creates import Template
from tui.domain.ports import Clock
from tui.domain.view import View
from tui.engine.recent_log import RecentLog
from tui.engine.suspending import has_shell
from tui.theming.load import DEFAULT, Themes
from tui.theming.terminal import color_depth, wants_no_color

if TYPE_CHECKING:
    from tui.app.screens.outbox import OutboxScreen


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardOptions:
    """How the dashboard starts and looks; the words are those of the configuration."""

    clock: Clock
    start_in: tuple[str, ...] = ()
    """Straight to the list of these workspaces; none: the workspaces screen."""
    demo: bool = False
    observe: bool = False
    theme: str = DEFAULT
    user_themes: Path | None = None
    """The folder of the user's own themes."""
    glyphs: str = "auto"
    mouse: str = "auto"
    time_zone: str = "local"
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    config_file: Path | None = None
    """Where all this is configured; None for the demo."""
    bell: tuple[str, ...] = ("critical", "overdue")
    clipboard: str = "osc52"
    withheld: frozenset[str] = frozenset()
    """Variables that other programs start without: they hold credentials."""
    drafts_folder: Path | None = None
    """For what an editor wrote that no form takes; None for the demo."""
    views: tuple[View, ...] = ()
    """The tabs of the list; those that are built in if there are none."""
    templates: tuple[Template, ...] = ()
    """For new tickets."""
    notices: tuple[str, ...] = ()
    """What was noticed before the start, a line each."""
    has_shell: Callable[[], bool] = has_shell
    """Whether somebody lets the program go on once it is suspended."""
    when_drawn: Callable[["Dashboard"], object] | None = None
    """Called once, when the first frame stands."""


class Dashboard(
    GuidingApp,
    HandingApp,
    ThemedApp,
    ActingApp,
    OutboxApp,
    WholeFramesApp,
    FailingApp,
    inherit_bindings=False,
):
    """Owns the mirror of the queue; screens get what they show, and say what they want.

    The screens that do not begin are loaded when they are wanted: the first frame comes first.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "screens/deck.tcss",
        "screens/workspaces.tcss",
        "screens/tickets.tcss",
        "screens/reading.tcss",
        "screens/sources.tcss",
        "screens/outbox.tcss",
        "screens/pick.tcss",
        "screens/dialogs.tcss",
        "screens/why.tcss",
        "screens/palette.tcss",
        "screens/help.tcss",
        "screens/taking.tcss",
        "screens/create.tcss",
        "screens/themes.tcss",
    ]
    ENABLE_COMMAND_PALETTE = False
    """Textual's own offers a screenshot and other things that write files."""
    ALLOW_SELECT = False
    ESCAPE_TO_MINIMIZE = False

    def __init__(
        self, service: TicketService, options: DashboardOptions, themes: Themes | None = None
    ) -> None:
        super().__init__()
        self._options = options
        depth = color_depth(os.environ)
        self.themes = ThemeChoice(
            options.theme,
            depth=depth,
            no_color=wants_no_color(os.environ),
            user_folder=options.user_themes,
            themes=themes,
        )
        # Rich asks the environment too, and takes terminals that it does not know for old ones.
        self.console._color_system = COLOR_SYSTEMS[depth]  # noqa: SLF001 - no other way in Rich 15
        glyphs = choose_glyphs(
            options.glyphs, os.environ, getattr(sys.__stderr__, "encoding", "ascii")
        )
        self.look = Look(
            painter=Painter(self.themes.theme, glyphs.cut),
            glyphs=glyphs,
            clock=options.clock,
            face=ClockFace(options.time_zone),
            keymap=Keymap(options.keys),
            words=self._standing_words,
        )
        self.wear()
        self.bridge = Bridge(service, self.post_message, observe=options.observe)
        self.mirror = QueueMirror(self.bridge.source)
        self.vigil = Vigil(self.mirror, bell=options.bell, now=options.clock.now())
        self._is_demo = options.demo
        self.config_file = options.config_file
        self.has_clipboard, self.withheld = options.clipboard != "off", options.withheld
        self.templates, self.drafts_folder = options.templates, options.drafts_folder
        self._recent_log = RecentLog(options.clock)
        self._tabs = Tabs(options.views)
        self._home: asyncio.AbstractEventLoop | None = None
        self._ends_with: int | None = None
        """Asked for before there was a loop to end."""

    def on_load(self) -> None:
        self._home = asyncio.get_running_loop()
        if self._ends_with is not None:
            self.exit(self._ends_with)

    def on_mount(self) -> None:
        self._recent_log.begin()
        self.bridge.connect()
        self.post_message(StoreChanged())
        self.call_after_refresh(
            self.tell_notices, [*self._options.notices, *map(str, self.themes.problems)]
        )
        if self._options.when_drawn is not None:
            self.call_after_refresh(self._options.when_drawn, self)
        self._set_alarm()
        self.follow_themes()

    def on_resize(self) -> None:
        """Let those in sight be fitted; the others are when they come to the front."""
        for screen in self.deck_screens():
            screen.terminal_resized()

    def on_unmount(self) -> None:
        self.bridge.disconnect()
        self._recent_log.end()

    def _standing_words(self) -> tuple[str, ...]:
        words = {
            "DEMO": self._options.demo,
            "OBSERVE": self._options.observe,
            "MEMORY ONLY": self.bridge.banner is not None,
        }
        return tuple(word for word, is_true in words.items() if is_true)

    @property
    def is_ending(self) -> bool:
        """Whether something else than a key asked for the end."""
        return self._ends_with is not None

    def end_soon(self, code: int) -> None:
        """End with an exit code; may be called from a signal handler."""
        self._ends_with = code
        if self._home is None:
            return
        with suppress(RuntimeError):  # it is ending already
            self._home.call_soon_threadsafe(self.exit, code)

    def tell_soon(self, notices: Sequence[str]) -> None:
        """Tell what was noticed, a line each; may be called from any thread."""
        # Unlike the loop itself this does not mind that somebody has quit meanwhile.
        self.call_later(self.tell_notices, notices)

    @on(ActivityCame)
    def _show_activity(self, event: ActivityCame) -> None:
        for screen in self.deck_screens():
            screen.activity_came(event.activities)

    @on(TicketFetched)
    def _show_fetched(self, event: TicketFetched) -> None:
        from tui.app.screens.detail import DetailScreen

        for screen in self.deck_screens():
            if isinstance(screen, DetailScreen) and screen.ref == event.ref:
                screen.ticket_fetched(event.ticket, event.problem)

    @on(HistoryCame)
    def _show_history(self, event: HistoryCame) -> None:
        from tui.app.screens.detail import DetailScreen

        for screen in self.deck_screens():
            if isinstance(screen, DetailScreen) and screen.ref == event.ref:
                screen.history_came(event.revisions, event.problem)

    @on(WorkspacesScreen.Opened)
    def _open_workspace(self, event: WorkspacesScreen.Opened) -> None:
        if not isinstance(self.screen, WorkspacesScreen):
            return
        workspaces = (event.workspace,) if event.workspace else ()
        below = [screen for screen in self.screen_stack if isinstance(screen, TicketsScreen)]
        if below:
            self.pop_screen()
            below[-1].open_scope(workspaces)
        else:
            self.push_screen(self._tickets_screen(workspaces, is_root=False))

    @on(WorkspacesScreen.WalkWanted)
    def _walk_unseen(self) -> None:
        self._open_workspace(WorkspacesScreen.Opened(None))
        if isinstance(self.screen, TicketsScreen):
            self.call_after_refresh(self.screen.begin_walk)

    @on(TicketsScreen.WorkspaceWanted)
    def _pick_workspace(self, event: TicketsScreen.WorkspaceWanted) -> None:
        tickets = self.screen
        if not isinstance(tickets, TicketsScreen):
            return
        current = tickets.workspaces[0] if len(tickets.workspaces) == 1 else None
        below = self.screen_stack[-2] if len(self.screen_stack) > 1 else None
        if isinstance(below, WorkspacesScreen):
            self.pop_screen()
            below.point_at(current)
            return
        screen = WorkspacesScreen(self.look, self.bridge, self.mirror, is_root=False)
        self.push_screen(screen)
        self.call_after_refresh(screen.point_at, current)

    @on(TicketsScreen.Opened)
    def _open_ticket(self, event: TicketsScreen.Opened) -> None:
        from tui.app.screens.detail import DetailScreen

        if isinstance(among := self.screen, TicketsScreen):
            look, bridge, mirror = self.look, self.bridge, self.mirror
            self.push_screen(
                DetailScreen(look, bridge, mirror, event.ref, desk=self.desk, among=among)
            )

    def on_outbox_screen_ticket_wanted(self, event: "OutboxScreen.TicketWanted") -> None:
        """Open a ticket that might be what was to be created; a list of its place goes before."""
        from tui.app.screens.detail import DetailScreen

        look, bridge, mirror, ref = self.look, self.bridge, self.mirror, event.ref
        lists = [screen for screen in self.screen_stack if isinstance(screen, TicketsScreen)]
        if not lists:
            lists = [self._tickets_screen((ref.workspace,), is_root=False)]
            self.push_screen(lists[-1])
        self.push_screen(DetailScreen(look, bridge, mirror, ref, desk=self.desk, among=lists[-1]))

    @on(DeckScreen.SourcesWanted)
    def _show_sources(self, event: DeckScreen.SourcesWanted) -> None:
        from tui.app.screens.sources import SourcesScreen

        if isinstance(self.screen, DeckScreen) and not isinstance(self.screen, SourcesScreen):
            lines, near = self._recent_log.lines, event.workspace
            self.push_screen(SourcesScreen(self.look, self.bridge, self.mirror, lines, near))

    @on(DeckScreen.SuspendWanted)
    def _suspend(self) -> None:
        if not self._options.has_shell():
            self.say_in_front("There is no shell to suspend to", "warning")
            return
        # The signal is handled before the call returns, so that what follows it happens when the
        # shell has brought the program back.
        self.somebody_left()
        with self.bridge.at_rest():
            self.action_suspend_process()
        self.somebody_came()
        self.post_message(StoreChanged())
        self.time_passed()

    @on(Driver.SignalResume)
    def _draw_anew(self) -> None:
        # The screen that the terminal shows now is a new one, and empty.
        self.refresh(repaint=True, layout=True)

    @on(DeckScreen.LeaveWanted)
    def _leave(self, event: DeckScreen.LeaveWanted) -> None:
        if len(self.screen_stack) > 1:
            self.pop_screen()
        elif event.quits:
            self.exit(0)
        else:
            key = self.look.keymap.shown("app.quit") or "q"
            self.say_in_front(f"This is the first screen; q or {key} quits")

    def get_default_screen(self) -> DeckScreen[None]:
        """Return the root, so that nothing is drawn before it."""
        self.vigil.pull(self._now())
        if self._options.start_in:
            return self._tickets_screen(self._options.start_in, is_root=True)
        return WorkspacesScreen(self.look, self.bridge, self.mirror, is_root=True)

    @property
    def shows_cursor(self) -> bool:
        """Whether the terminal's own cursor is to be seen: on a row, where magnifiers follow it.

        A field draws a cursor itself: reversed once more by the terminal it would be gone.
        """
        return bool(self._screen_stack) and isinstance(self.focused, CursorList)

    @property
    def alt_characters(self) -> frozenset[str]:
        """The characters that are a key with alt."""
        return self.look.keymap.alt_characters

    @property
    def cursor_position(self) -> Offset:
        """Where the terminal's own cursor stands: on the row of a list, or in the field."""
        focused = self.focused if self._screen_stack else None
        if isinstance(focused, CursorList):
            return focused.row_on_screen
        place = getattr(focused, "cursor_screen_offset", None)
        return place if isinstance(place, Offset) else Offset(0, 0)

    @cursor_position.setter
    def cursor_position(self, place: Offset) -> None:
        """Ignore where Textual's fields want it: they tell it before they have a place."""

    def get_driver_class(self) -> type[Driver]:
        """Return the terminal's driver; where Textual uses another one, that stays."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver
        from tui.app.driver import TerminalDriver  # there is no termios everywhere

        return TerminalDriver

    @property
    def _background_screens(self) -> list[Screen[object]]:
        # Textual 8.2 takes the screen below for visible even where the one above is opaque, draws
        # whole lines for a change of one cell then, and all of them when the hidden one changes.
        if self._screen_stack and self._screen_stack[-1].styles.background.a == 1:
            return []
        return super()._background_screens

    def _tickets_screen(self, workspaces: tuple[str, ...], *, is_root: bool) -> TicketsScreen:
        if set(workspaces) >= set(self.bridge.workspaces):
            workspaces = ()
        return TicketsScreen(
            self.look,
            self.bridge,
            self.mirror,
            workspaces,
            tabs=self._tabs,
            desk=self.desk,
            is_root=is_root,
        )


def run_dashboard(service: TicketService, options: DashboardOptions) -> int:
    """Run the dashboard over a started service until somebody leaves it; return the exit code.

    Raises:
        DashboardFailed: of its cause.
    """
    app = Dashboard(service, options)
    with ending_on_signals(app.end_soon):
        result = app.run(mouse=wants_mouse(options.mouse))
    app.raise_failure()
    return result if result is not None else app.return_code or 0
