"""The first screen: every workspace, what is open in it, and how far it can be trusted."""

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from tui.app.activity_text import (
    budget_words,
    named,
    next_words,
    poller_words,
    trend_lines,
    workspace_facts,
)
from tui.app.bridge import Bridge
from tui.app.commands import EVERYWHERE, MOVES
from tui.app.formatting import Line, Span
from tui.app.health_text import (
    currency_words,
    state_cell,
    trouble_words,
    trust_line,
    was_never_read,
)
from tui.app.look import Look
from tui.app.mirror import QueueMirror
from tui.app.screens.creating import Creating
from tui.app.screens.moves import ListMoves
from tui.app.screens.news import DigestLine
from tui.app.screens.watching import ActivityWatch
from tui.app.top_line import words_and_clock
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Bar, TextPane
from tui.app.widgets.workspace_list import ALL, WorkspaceList, WorkspaceRow
from tui.domain.workspace import Workspace

FACTS_FROM = 20
"""From this height of the terminal on, what is known of one workspace stands below the list."""


class WorkspacesScreen(DigestLine[None], ListMoves[None], ActivityWatch[None], Creating[None]):
    """All workspaces on top, then each; below them more about the one under the cursor."""

    COMMAND_IDS = (
        "list.open",
        *MOVES,
        "list.next_unseen",
        "ticket.create",
        "data.refresh",
        "data.refresh_all",
        "data.freeze",
        "data.sources",
        "data.outbox",
        *EVERYWHERE,
    )
    HINTS = (
        "list.open",
        "ticket.create",
        "data.outbox",
        "data.refresh",
        "data.sources",
        "app.back",
        "app.help",
    )

    items: WorkspaceList

    class Opened(Message):
        """The list of one workspace is wanted, or of all (None)."""

        def __init__(self, workspace: str | None) -> None:
            super().__init__()
            self.workspace = workspace

    class WalkWanted(Message):
        """The first ticket that nobody has seen is wanted."""

    def __init__(self, look: Look, bridge: Bridge, mirror: QueueMirror, *, is_root: bool) -> None:
        super().__init__(look, bridge)
        self._mirror, self._is_root = mirror, is_root
        painter = look.painter
        self._top = Bar(painter, widget_id="top")
        self._banner = Bar(painter, ground="background", widget_id="banner")
        self._banner.display = False
        self.items = WorkspaceList(painter, look.glyphs, now=look.clock.now(), widget_id="list")
        self._subject = Bar(painter, widget_id="subject")
        self._facts = TextPane(painter, widget_id="facts")

    def compose_body(self) -> ComposeResult:
        yield self._top
        yield self._banner
        yield self.items
        yield self._subject
        yield self._facts

    def on_mount(self) -> None:
        self.items.focus()

    def on_resize(self) -> None:
        has_facts = self.app.size.height >= FACTS_FROM
        self._subject.display = self._facts.display = has_facts
        self.call_after_refresh(self._show_facts)

    @property
    def watched(self) -> tuple[str, ...]:
        return ()

    def point_at(self, workspace: str | None) -> None:
        """Put the cursor on a workspace."""
        names: list[str | None] = [None, *self.bridge.workspaces]
        if workspace in names:
            self.items.move_to(names.index(workspace))

    def theme_changed(self) -> None:
        super().theme_changed()
        self.items.draw_all()

    def hint_words(self, command_id: str, hint: str) -> str:
        if command_id == "data.outbox" and not self.bridge.has_outbox_news:
            return ""
        return "quit" if command_id == "app.back" and self._is_root else hint

    def show_activity(self) -> None:
        now, face, names = self.look.clock.now(), self.look.face, tuple(self.bridge.workspaces)
        rows = [
            self._row(place, workspace)
            for place, workspace in enumerate(self.bridge.workspaces.values())
        ]
        self._top.show(
            (Span("ticketdeck", "accent", bold=True), Span("  workspaces", "muted")),
            words_and_clock(self.look.words(), face, now),
        )
        banner = self.bridge.banner
        if self._banner.display is not (banner is not None):
            self._banner.display = banner is not None
        self._banner.show((Span(banner or "", "warning"),))
        is_unread = all(row.tally is None for row in rows)
        every = WorkspaceRow(
            name=None,
            tally=None if is_unread else self._mirror.tally(),
            state=currency_words([self._mirror.health.get(name) for name in names]),
        )
        self.items.show([every, *rows], now)
        self._show_facts()
        self._show_keys()

    def _row(self, place: int, workspace: Workspace) -> WorkspaceRow:
        now, face, mirror, name = (
            self.look.clock.now(),
            self.look.face,
            self._mirror,
            workspace.name,
        )
        health, activity = mirror.health.get(name), self.activity_of(name)
        names = tuple(self.bridge.workspaces)
        return WorkspaceRow(
            name=name,
            title=_title(workspace),
            tally=None if was_never_read(health, mirror.count((name,))) else mirror.tally((name,)),
            state=state_cell(health, face, now) if health else None,
            next=next_words(health, face, now) if health else "",
            calls=budget_words(activity.budget, place, names),
            long_calls=budget_words(activity.budget, place, names, is_long=True),
            trend=activity.trend,
            trouble=trouble_words(health, face, now) if health else "",
        )

    @on(CursorList.CursorMoved)
    def _show_facts(self) -> None:
        row = self.items.row
        if row is None or not self._facts.display:
            return
        self._subject.show(*self._heading(row))
        self._facts.show(self._lines(row))

    def _heading(self, row: WorkspaceRow) -> tuple[Line, Line]:
        if row.name is None:
            count = len(self.bridge.workspaces)
            words = f"  {count:,} workspace{'s' if count != 1 else ''}"
            return (Span(ALL, "accent", bold=True), Span(words, "muted")), ()
        poller = poller_words(self.activity_of(row.name)) if row.name in self.activities else ""
        return named(row.name, row.title), (Span(poller, "muted"),)

    def _lines(self, row: WorkspaceRow) -> list[Line]:
        now, face, width = self.look.clock.now(), self.look.face, self._facts.width
        if row.name is None:
            left, right = trust_line(self._mirror.health, face, now, width)
            return [left, right]
        activity, health = self.activity_of(row.name), self._mirror.health.get(row.name)
        return [
            *workspace_facts(health, activity, face, now, width),
            *trend_lines(activity, row.tally, now, width, self.look.glyphs),
        ]

    @on(CursorList.Chosen)
    def action_list_open(self) -> None:
        if row := self.items.row:
            self.post_message(self.Opened(row.name))

    def action_list_next_unseen(self) -> None:
        self.post_message(self.WalkWanted())

    def workspace_for_new(self) -> str | None:
        return self.items.row.name if self.items.row else None

    def action_data_refresh(self) -> None:
        name = self.items.row.name if self.items.row else None
        self.bridge.refresh(name)
        self.say(f"Reading {name or 'all workspaces'}")

    def action_data_refresh_all(self) -> None:
        self.bridge.refresh()
        self.say("Reading all workspaces")

    def action_data_sources(self) -> None:
        self.post_message(self.SourcesWanted(self.items.row.name if self.items.row else None))


def _title(workspace: Workspace) -> str:
    return workspace.title + (" (observe)" if workspace.observe else "")
