"""What all screens of the dashboard have in common: keys, a line of keys, notices, a least size."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar

from textual import events, on
from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.app.commands import BY_ID
from tui.app.formatting import Line, Span, line_width, wrap
from tui.app.key_names import is_typed, show_key
from tui.app.keymap import NEVER_QUITS, action_of
from tui.app.look import Look
from tui.app.mirror import Touched
from tui.app.widgets.line_pane import Bar, LinePane, TextPane
from tui.domain.activity import WorkspaceActivity
from tui.domain.ticket import TicketRef

Result = TypeVar("Result")

LEAST_WIDTH, LEAST_HEIGHT = 40, 10
_FRAME_AND_INDENT = 4
_DONE_UNSEEN = {"app_quit", "app_redraw", "app_suspend", "leave"}
"""What keys still do where there is no room to see it; `leave` not to who was typing a text."""


class DeckScreen(Screen[Result]):
    """A screen whose keys come from the table of commands."""

    COMMAND_IDS: ClassVar[tuple[str, ...]] = ()
    """The ids of the commands that this screen has, in the order of the help."""
    HINTS: ClassVar[tuple[str, ...]] = ()
    """Those in the line of keys, the most useful first; the last one and the way back stay."""
    HAS_FROZEN_LINE: ClassVar[bool] = True
    NOTICE_S: ClassVar[float] = 8.0
    """How long a notice stands in the line of keys if nobody presses anything."""
    NEWS_S: ClassVar[float] = 2.0
    """How long a notice that no key called for stands at least while somebody types a text."""
    TAKES_TEXT: ClassVar[bool] = False
    """Letters are typed into a field here, whatever command they are the key of."""
    # Textual draws a whole screen for a focus that is elsewhere; the widgets draw themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    class HelpWanted(Message):
        """Somebody asks what the keys of this screen are."""

    class PaletteWanted(Message):
        """Somebody wants to find a command of this screen by its name."""

    class ThemeWanted(Message):
        """Somebody asks for the next theme."""

    class FreezeWanted(Message):
        """Somebody wants the screens to stand still, or to go on."""

    class AlarmWanted(Message):
        """Something on this screen is different by time alone sooner than it was thought."""

    class Resumed(Message):
        """This screen is the one in sight now, or shows other workspaces than before."""

    class SuspendWanted(Message):
        """Somebody wants the shell."""

    class OutboxWanted(Message):
        """Somebody wants to see the creates whose end nobody knows."""

    class SourcesWanted(Message):
        """Somebody asks what the polling of a workspace did, or of any (None)."""

        def __init__(self, workspace: str | None = None) -> None:
            super().__init__()
            self.workspace = workspace

    class LeaveWanted(Message):
        """One level up; at the root `quits` says whether the program ends."""

        def __init__(self, *, quits: bool) -> None:
            super().__init__()
            self.quits = quits

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._bindings = look.keymap.bindings(self.COMMAND_IDS)
        self.key_bar = Bar(look.painter, widget_id="keys")
        self._frozen = Bar(look.painter, ground="warning", widget_id="frozen")
        self._frozen_forms: Sequence[tuple[Line, Line]] = ()
        self._too_small = TextPane(look.painter, widget_id="too-small")
        self.is_out_of_sight = False
        """There is no room, and nobody sees what would be done."""
        self._had_focus: Widget | None = None
        """What had the focus when the room went."""
        self._fits = True
        """Whether nothing here was drawn for another size of the terminal since it was fitted."""
        self._notice: Timer | None = None
        self._is_news = False
        """Runs while a notice stands."""

    def compose_body(self) -> ComposeResult:
        """Yield what is above the line of keys."""
        yield from ()

    def compose(self) -> ComposeResult:
        if self.HAS_FROZEN_LINE:
            yield self._frozen
        yield from self.compose_body()
        yield self.key_bar
        yield self._too_small

    def on_mount(self) -> None:
        self._show_keys()

    def on_resize(self) -> None:
        width, height = self.app.size
        is_too_small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        if is_too_small and not self.is_out_of_sight:
            self.is_out_of_sight, self._had_focus = True, self.focused
            self.set_focus(None)
        elif self.is_out_of_sight and not is_too_small:
            self.call_after_refresh(self._come_back_in_sight)
        self.set_class(is_too_small, "-too-small")
        if is_too_small:
            words = f"ticketdeck needs {LEAST_WIDTH}x{LEAST_HEIGHT}; this is {width}x{height}"
            self._too_small.show([(Span(line),) for line in wrap(words, max(width - 2, 2))])
        self._fit_frozen()
        self.call_later(self._show_keys)

    def _come_back_in_sight(self) -> None:
        """Let what is typed go where it went before the room was gone."""
        if not self.is_out_of_sight or self.has_class("-too-small"):
            return  # a resize is told more than once
        self.is_out_of_sight, had_focus = False, self._had_focus
        self._had_focus = None
        if had_focus is None or not (had_focus.is_attached and had_focus.focusable):
            had_focus = next(iter(self.focus_chain), None)
        self.set_focus(had_focus)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse what nobody would see being done."""
        was_typing = isinstance(self._had_focus, Input | TextArea)
        is_done = action in _DONE_UNSEEN and not (was_typing and action == "leave")
        if self.is_out_of_sight and not is_done:
            return False
        return super().check_action(action, parameters)

    @on(LinePane.Unsteady)
    def _steady(self, event: LinePane.Unsteady) -> None:
        """Put every widget of the line and of the one below it back in its place."""
        event.stop()
        for widget in self.query("LinePane, Bar"):
            lines = Region(0, event.line, self.size.width, 2).intersection(widget.region)
            if lines and widget.display:
                widget.refresh(lines.translate(-widget.region.offset))

    def terminal_resized(self) -> None:
        """Take in that what is drawn from now on is for another size, even if it is covered."""
        self._fits = False

    @on(events.Resize)
    def _is_fitted(self) -> None:
        self._fits = True
        if self.is_current:
            # There and back in no time is no change for Textual, but the terminal may have lost
            # what stood at its edges.
            self.refresh()

    def on_screen_resume(self) -> None:
        # Behind a screen that hides it all nothing is told of another size, but goes on being drawn
        # for it; Textual 8.2 asks only whether the screen as a whole had another one.
        if not self._fits:
            size = self.app.size
            self.post_message(events.Resize(size, size))
        self.post_message(self.Resumed())

    def on_unmount(self) -> None:
        # In Textual 8.2 its keys keep what the widgets of some 200 closed screens have drawn.
        StylesCache.get_inner_outer.cache_clear()

    def on_key(self) -> None:
        """Whoever goes on has read the notice, unless it came while they typed."""
        if not self._is_news:
            self.end_notice()

    def end_notice(self) -> None:
        """Show the keys again instead of a notice."""
        if self._notice is not None:
            self._notice.stop()
            self._notice = None
            self._is_news = False
            self._show_keys()

    def say(self, words: str, style: str = "text") -> None:
        """Show a notice in the line of keys until a key is pressed, or a while is over."""
        if self._notice is not None:
            self._notice.stop()
        self._notice = self.set_timer(self.NOTICE_S, self.end_notice)
        self._is_news = False
        self.key_bar.show((Span(words, style, bold=True),), self.keys_at_the_end())

    def warn(self, words: str, style: str) -> None:
        """Show a notice that no key called for: who is typing a text reads it all the same."""
        self.say(words, style)
        if self.TAKES_TEXT:
            self._is_news = True
            self.set_timer(self.NEWS_S, self._news_is_read)

    def _news_is_read(self) -> None:
        self._is_news = False

    def standing_line(self, width: int) -> Line:
        """Return what stands in the line of keys until somebody deals with it; empty for keys."""
        return ()

    @property
    def watched(self) -> tuple[str, ...] | None:
        """The workspaces that this screen is about; empty for all, None for those below it."""
        return None

    @property
    def open_ticket(self) -> TicketRef | None:
        """The ticket that is open whole on this screen."""
        return None

    def next_change(self, now: datetime) -> datetime | None:
        """Return when something on this screen changes next by time alone."""
        return None

    def show_frozen(self, forms: Sequence[tuple[Line, Line]]) -> None:
        """Show that the screen stands still; the first form that fits, none: it does not."""
        self._frozen_forms = forms
        self.set_class(bool(forms), "-frozen")
        self._fit_frozen()

    def _fit_frozen(self) -> None:
        width = self.app.size.width - 2
        forms = self._frozen_forms or (((), ()),)
        fitting = (form for form in forms if sum(map(line_width, form)) < width)
        self._frozen.show(*next(fitting, forms[-1]))

    def keys_line(self, width: int) -> Line:
        """Return the hints that fit into `width` cells; the last one and the way back stay."""
        at_hand = self.COMMAND_IDS
        parts: dict[str, Line] = {}
        for command_id in self.HINTS:
            keys = self.look.keymap.keys(command_id, at_hand)
            words = self.hint_words(command_id, BY_ID[command_id].hint)
            if self.TAKES_TEXT:
                keys = tuple(key for key in keys if not is_typed(key))
            if words == "quit":
                keys = tuple(key for key in keys if key != NEVER_QUITS)
            if keys and words:
                parts[command_id] = (Span(show_key(keys[0]), "accent"), Span(f" {words}"))
        while sum(line_width(part) + 2 for part in parts.values()) - 2 > width:
            goes = [name for name in parts if name not in (self.HINTS[-1], "app.back")]
            if not goes:
                break
            del parts[goes[-1]]
        return _joined(parts.values())

    def keys_at_the_end(self) -> Line:
        """Return what stays at the right end of the line of keys."""
        return ()

    def hint_words(self, command_id: str, hint: str) -> str:
        """Return the words beside a key; a screen may know better ones, or leave it out by ""."""
        return hint

    def offers(self, command_id: str) -> bool:
        """Whether a command does anything here at the moment."""
        return hasattr(self, f"action_{action_of(BY_ID[command_id])}")

    def help_words(self, command_id: str) -> str:
        """Return what a command does, in the words of the help; a screen may know better ones."""
        return BY_ID[command_id].help

    def queue_changed(self, touched: Touched) -> None:
        """Take in that tickets or healths changed."""

    def time_passed(self) -> None:
        """Take in that a minute or a due moment passed."""

    def activity_came(self, activities: Mapping[str, WorkspaceActivity]) -> None:
        """Take in what the polling of each workspace did."""

    def theme_changed(self) -> None:
        """Paint everything anew."""
        for pane in self.query(TextPane):
            pane.draw_all()

    def _show_keys(self) -> None:
        if self._notice is None:
            width = self.app.size.width - 2
            line = self.standing_line(width) or self.keys_line(width)
            self.key_bar.show(line, self.keys_at_the_end())

    def action_back(self) -> None:
        self.post_message(self.LeaveWanted(quits=False))

    def action_leave(self) -> None:
        self.post_message(self.LeaveWanted(quits=True))

    def action_data_freeze(self) -> None:
        self.post_message(self.FreezeWanted())

    def action_data_outbox(self) -> None:
        self.post_message(self.OutboxWanted())

    def action_app_help(self) -> None:
        self.post_message(self.HelpWanted())

    def action_app_palette(self) -> None:
        self.post_message(self.PaletteWanted())

    def action_app_theme(self) -> None:
        self.post_message(self.ThemeWanted())

    def action_app_redraw(self) -> None:
        self.app.refresh(repaint=True, layout=True)

    def action_app_suspend(self) -> None:
        self.post_message(self.SuspendWanted())

    def action_app_quit(self) -> None:
        self.app.exit(0)


class DeckModal(DeckScreen[Result], ModalScreen[Result]):
    """A screen in front of another one."""

    DEFAULT_CLASSES = "-in-front"
    """A class, for a style sheet sees the first base of a screen only."""
    HAS_FROZEN_LINE = False
    """The one below has it, and it is seen beside this one."""
    WIDTH: ClassVar[int] = 60
    """Of the block where there is room, as the style sheet has it."""

    @property
    def text_width(self) -> int:
        """The cells of a line of text in the block, known before anything is laid out.

        A block that gets its height afterwards only is sent twice, and all around it too.
        """
        return max(min(self.WIDTH, self.app.size.width) - _FRAME_AND_INDENT, 2)


def _joined(parts: Iterable[Line]) -> Line:
    line: list[Span] = []
    for part in parts:
        line += [*([Span("  ")] if line else []), *part]
    return tuple(line)
