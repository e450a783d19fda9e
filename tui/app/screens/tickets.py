"""The screen of the shift: the tickets of one workspace or all, most urgent first."""

from collections.abc import Collection, Mapping
from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.message import Message

from tui.app.bridge import Bridge
from tui.app.commands import ACTS, EVERYWHERE, MOVES
from tui.app.desk import Desk
from tui.app.formatting import Line, Span, line_width
from tui.app.health_text import is_trusted, trust_line, was_never_read
from tui.app.look import Look
from tui.app.mirror import QueueMirror, Touched
from tui.app.pending_text import creates_here
from tui.app.place_line import Place, place_line
from tui.app.screens.creating import Creating
from tui.app.screens.finding import Finding
from tui.app.screens.marking import Marking
from tui.app.screens.polling import PollMoves
from tui.app.screens.taking import TakingFromList
from tui.app.screens.why import WhyMoves
from tui.app.top_line import scope_and_clock, words_and_clock
from tui.app.views import Tabs
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.empty_state import empty_lines
from tui.app.widgets.line_pane import Bar
from tui.app.widgets.preview import Preview
from tui.app.widgets.ticket_list import TicketList
from tui.domain.acts import NO_ACTS
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.order import Order
from tui.domain.ticket import Ticket, TicketRef

BESIDE_FROM = 160
"""From this width on the preview stands beside the list."""
PREVIEW_HEIGHTS = ((40, 13), (32, 10), (27, 7), (20, 5))
"""From which height of the terminal how many lines of preview stand below the list."""
TABS_FROM = 14
"""From this height of the terminal on the tabs have a line; below, the name of the one in front
stands in the line of the place."""
_NEEDS_ALL = frozenset(
    {"list_bottom", "list_mark_all", "list_seen_all", "list_export"}
    | {"list_next_overdue", "list_next_unseen"}
)
"""Actions that would leave out what is not loaded yet."""


class TicketsScreen(
    WhyMoves[None],
    Finding[None],
    Marking[None],
    TakingFromList[None],
    PollMoves[None],
    Creating[None],
):
    """The live list, and the ticket under its cursor."""

    COMMAND_IDS = (
        "list.open",
        *MOVES,
        "list.next_overdue",
        "list.next_unseen",
        "list.seen_all",
        "list.mark",
        "list.mark_all",
        "list.filter",
        "list.sort",
        "view.previous",
        "view.next",
        "app.next_pane",
        "app.previous_pane",
        *(f"view.{number}" for number in range(1, 10)),
        "list.preview",
        "list.why",
        "ticket.create",
        "ticket.create_like",
        *ACTS,
        "ticket.open_link",
        "ticket.copy_ref",
        "ticket.copy_link",
        "list.export",
        "workspace.pick",
        "data.refresh",
        "data.refresh_all",
        "data.sources",
        "data.outbox",
        "data.freeze",
        *EVERYWHERE,
    )
    HINTS = (
        "list.open",
        "ticket.create",
        "data.outbox",
        "ticket.acknowledge",
        "list.mark",
        "list.filter",
        "app.back",
        "list.why",
        "ticket.copy_ref",
        "app.palette",
        "data.refresh",
        "workspace.pick",
        "view.next",
        "list.preview",
        "app.help",
    )

    class Opened(Message):
        """One ticket is wanted whole."""

        def __init__(self, ref: TicketRef) -> None:
            super().__init__()
            self.ref = ref

    def __init__(
        self,
        look: Look,
        bridge: Bridge,
        mirror: QueueMirror,
        workspaces: tuple[str, ...] = (),
        *,
        tabs: Tabs,
        desk: Desk,
        is_root: bool,
    ) -> None:
        super().__init__(look, mirror, workspaces, tabs)
        self._bridge, self._is_root = bridge, is_root
        self._desk, self.marked = desk, desk.marked
        self._awaited: TicketRef | None = None
        """A ticket that was created and is to be selected as soon as it is seen, unless a key is
        pressed before."""
        self._has_preview = True
        now = look.clock.now()
        painter = look.painter
        self._top = Bar(painter, widget_id="top")
        self._trust = Bar(painter, ground="background", widget_id="trust")
        self._place = Bar(painter, widget_id="place")
        self._preview = Preview(painter, look.face, look.glyphs, widget_id="preview")
        self.items = TicketList(
            painter,
            look.glyphs,
            view=self._view,
            now=now,
            is_current=self._is_current,
            novelty=self.novelty,
            is_marked=self.is_marked,
            acts=lambda ref: self._mirror.acts.get(ref, NO_ACTS),
            widget_id="list",
        )

    def compose_body(self) -> ComposeResult:
        yield self._top
        yield self._trust
        yield self._tab_bar
        with Container(id="main"):
            with Vertical(id="queue"):
                yield self.items
                yield self._place
                yield self._filter
            yield self._preview

    def on_mount(self) -> None:
        self.items.focus()
        self._follow(self.look.clock.now())

    def on_resize(self) -> None:
        width, height = self.app.size
        beside = width >= BESIDE_FROM
        below = next((lines for least, lines in PREVIEW_HEIGHTS if height >= least), 0)
        self.set_class(beside, "-beside")
        self._tab_bar.display = height >= TABS_FROM
        self._preview.ground = "surface" if beside else "background"
        self._preview.display = self._has_preview and (beside or below > 0)
        if beside:
            self._preview.styles.width = max(48, width * 32 // 100)
            self._preview.styles.height = "1fr"
        else:
            self._preview.styles.width = "1fr"
            self._preview.styles.height = below
        self._show_tabs()
        self._show_top(self.look.clock.now())
        self.call_after_refresh(self._show_place)

    def open_scope(self, workspaces: tuple[str, ...]) -> None:
        """Show these workspaces, all for none, from the top and as their list was left."""
        if workspaces != self.workspaces:
            self.items.restart()
            self.switch(self._tabs.place_of_all)
            self.enter_scope(workspaces)

    def select(self, ref: TicketRef) -> None:
        """Put the cursor on a ticket, now or when it is first seen."""
        self._awaited = None if self.items.select(ref) else ref

    def on_key(self) -> None:
        """Whoever goes on keeps the cursor where it is."""
        self._awaited = None

    def queue_changed(self, touched: Touched) -> None:
        super().queue_changed(touched)
        now = self.look.clock.now()
        if touched.everything:
            self._view.rebuild(now)
        else:
            self._view.update(touched.refs, now)
            self._view.pass_time(now)
        self._follow(now)
        self.drop_gone_marks(touched)
        if self._awaited is not None and self.items.select(self._awaited):
            self._awaited = None

    def time_passed(self) -> None:
        super().time_passed()
        now = self.look.clock.now()
        self._view.pass_time(now)
        self._follow(now)

    def next_change(self, now: datetime) -> datetime | None:
        """Return when a row in sight changes next, or the one under the cursor counts as seen."""
        moments = (self.items.next_change(now), self._view.next_change(now), self.rests_at)
        return min((moment for moment in moments if moment), default=None)

    def theme_changed(self) -> None:
        super().theme_changed()
        self.items.draw_all()

    def hint_words(self, command_id: str, hint: str) -> str:
        if command_id == "app.back" and self._is_root:
            hint = "quit"
        if command_id == "data.outbox" and not self._bridge.has_outbox_news:
            return ""
        return super().hint_words(command_id, hint)

    @property
    def watched(self) -> tuple[str, ...]:
        return self.workspaces

    @property
    def _scope_name(self) -> str:
        return " + ".join(self.workspaces) or "All"

    @property
    def _healths(self) -> Mapping[str, WorkspaceHealth]:
        return {
            name: health
            for name, health in self._mirror.health.items()
            if not self.workspaces or name in self.workspaces
        }

    def _is_current(self, workspace: str) -> bool:
        return is_trusted(self._mirror.health.get(workspace))

    def show_view(self, now: datetime) -> None:
        self._show_empty(now)
        self.items.show(self._view, now)
        self._show_tabs()
        self._follow(now)

    def show_typing(self, *, is_typing: bool) -> None:
        self._filter.display, self._place.display = is_typing, not is_typing
        self._show_place()

    def _follow(self, now: datetime) -> None:
        self.list_changed()
        is_loading = not self._mirror.is_whole or any(
            health.state is HealthState.STARTING or health.as_of is None
            for health in self._healths.values()
        )
        self._show_empty(now)
        self.items.follow(now, from_the_top=is_loading and not self.items.was_moved)
        self._show_pending()
        self._show_top(now)
        self._show_place()
        self._show_preview()
        self.watch_cursor(now)

    def _show_pending(self) -> None:
        creates = creates_here(self._bridge.open_creates, self.workspaces)
        key = self.look.keymap.shown("data.outbox", self.COMMAND_IDS)
        self.items.show_pending(creates, outbox_key=key)
        self._show_keys()

    def _show_top(self, now: datetime) -> None:
        face, mirror = self.look.face, self._mirror
        names = self.workspaces or tuple(self._bridge.workspaces)
        unread = [
            name for name in names if was_never_read(mirror.health.get(name), mirror.count((name,)))
        ]
        tally = mirror.tally(self.workspaces)
        width = self.app.size.width - 2
        self._top.show(
            *scope_and_clock(
                self._scope_name,
                tally,
                words_and_clock(self.look.words(), face, now),
                unread=len(unread),
                sources=len(names),
                width=width,
                cut=self.look.glyphs.cut,
            )
        )
        self._trust.show(*trust_line(self._healths, face, now, width))

    def _show_place(self) -> None:
        place, width = self._place_of_list(), self.items.size.width - 2
        if self._is_typing:
            self._filter.note(self.typing_note(place))
            return
        view = "" if self._tab_bar.display or self._tabs.front.shows_all else self._tabs.front.name
        line = place_line(place, view=view, typed=self._query_text, width=width)
        is_doubtful = any(not self._is_current(name) for name in self._healths)
        way_out = self._way_out_of_filter()
        room = width - 1 - line_width(line) - line_width(way_out)
        legend = self.legend(room, is_doubtful=is_doubtful) if place.shown else ()
        self._place.show(line, (*legend, *way_out) if room >= 0 else ())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse what is about all tickets while they are not all there."""
        if action in _NEEDS_ALL and not self._mirror.is_whole:
            self.say(f"Still loading {self._mirror.count():,} tickets; again in a moment")
            return False
        return super().check_action(action, parameters)

    def _way_out_of_filter(self) -> Line:
        key = self.look.keymap.shown("app.back", self.COMMAND_IDS) if self._query_text else ""
        return (Span(f"  {key}", "accent"), Span(" clears", "muted")) if key else ()

    def _place_of_list(self) -> Place:
        mirror, view, scope = self._mirror, self._view, self.workspaces
        hidden_overdue = 0
        if len(view) < view.total and mirror.is_whole:
            shown = view.overdue(self.look.clock.now())
            hidden_overdue = mirror.tally(scope).overdue - shown
        first, last = self.items.shown_rows
        return Place(
            first=first,
            last=last,
            shown=len(view),
            total=mirror.count(scope),
            is_narrowed=bool(self._query.terms),
            is_whole=mirror.is_whole,
            hidden_overdue=hidden_overdue,
            snoozed=view.snoozed,
            marked=len(self.marked),
            hidden_marked=self.hidden_targets(),
            hidden_marked_overdue=self.hidden_overdue_targets(),
        )

    def ticket_to_explain(self) -> Ticket | None:
        return self.items.ticket

    def order_here(self) -> Order:
        return self._order

    def marked_here(self) -> Collection[TicketRef]:
        return self.marked

    def _show_preview(self) -> None:
        if self._preview.display:
            ticket = self.items.ticket
            acts = self._mirror.acts.get(ticket.ref, NO_ACTS) if ticket else NO_ACTS
            self._preview.show_ticket(ticket, self.look.clock.now(), acts)

    def _show_empty(self, now: datetime) -> None:
        if len(self._view):
            return
        front = self._tabs.front
        lines = empty_lines(
            self._healths,
            self.look.face,
            now,
            place=self._place_of_list(),
            typed=self._query_text,
            view="" if front.shows_all else front.name,
            way_to_all=self.way_to_all(),
        )
        self.items.empty = tuple(lines)

    def marks_changed(self) -> None:
        self.marked, now = self._desk.marked, self.look.clock.now()
        self._view.pass_time(now)
        self._recount()
        self._follow(now)
        self._show_keys()

    @on(CursorList.CursorMoved)
    def _cursor_moved(self) -> None:
        self._show_place()
        self._show_preview()
        self.watch_cursor(self.look.clock.now())

    @on(CursorList.Chosen)
    def action_list_open(self) -> None:
        if ticket := self.items.ticket:
            self.post_message(self.Seen({ticket.ref}))
            self.post_message(self.Opened(ticket.ref))

    def action_list_preview(self) -> None:
        self._has_preview = not self._has_preview
        self.on_resize()
        self._show_preview()

    def ticket_in_sight(self) -> Ticket | None:
        return self.items.ticket

    def workspace_for_new(self) -> str | None:
        return self.workspaces[0] if len(self.workspaces) == 1 else None
