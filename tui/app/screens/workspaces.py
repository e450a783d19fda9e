"""The first screen: every workspace, what is open in it, and how far it can be trusted."""

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from tui.app.bridge import Bridge
from tui.app.commands import EVERYWHERE, MOVES
from tui.app.formatting import Span
from tui.app.health_text import currency_words, state_words, trouble_words, was_never_read
from tui.app.look import Look
from tui.app.mirror import QueueMirror, Touched
from tui.app.screens.moves import ListMoves
from tui.app.top_line import words_and_clock
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Bar
from tui.app.widgets.workspace_list import WorkspaceList, WorkspaceRow


class WorkspacesScreen(ListMoves[None]):
    """All workspaces on top, then each."""

    COMMAND_IDS = (
        "list.open",
        *MOVES,
        "ticket.create",
        "data.refresh",
        "data.refresh_all",
        "data.freeze",
        *EVERYWHERE,
    )
    HINTS = ("list.open", "ticket.create", "data.refresh", "app.back", "app.help")

    items: WorkspaceList

    class Opened(Message):
        """The list of one workspace is wanted, or of all (None)."""

        def __init__(self, workspace: str | None) -> None:
            super().__init__()
            self.workspace = workspace

    class CreateWanted(Message):
        """A new ticket is wanted, in a workspace or where one will be chosen (None)."""

        def __init__(self, workspace: str | None) -> None:
            super().__init__()
            self.workspace = workspace

    def __init__(self, look: Look, bridge: Bridge, mirror: QueueMirror, *, is_root: bool) -> None:
        super().__init__(look)
        self._bridge, self._mirror, self._is_root = bridge, mirror, is_root
        self._top = Bar(look.painter, widget_id="top")
        self.items = WorkspaceList(look.painter, look.glyphs, widget_id="list")

    def compose_body(self) -> ComposeResult:
        yield self._top
        yield self.items

    def on_mount(self) -> None:
        self.items.focus()
        self._show()

    def on_screen_resume(self) -> None:
        self._show()

    @property
    def watched(self) -> tuple[str, ...]:
        return ()

    def point_at(self, workspace: str | None) -> None:
        """Put the cursor on a workspace."""
        names: list[str | None] = [None, *self._bridge.workspaces]
        if workspace in names:
            self.items.move_to(names.index(workspace))

    def queue_changed(self, touched: Touched) -> None:
        self._show()

    def time_passed(self) -> None:
        self._show()

    def theme_changed(self) -> None:
        super().theme_changed()
        self.items.draw_all()

    def hint_words(self, command_id: str, hint: str) -> str:
        return "quit" if command_id == "app.back" and self._is_root else hint

    def _show(self) -> None:
        now, face = self.look.clock.now(), self.look.face
        mirror = self._mirror
        rows = []
        for name, workspace in self._bridge.workspaces.items():
            health = mirror.health.get(name)
            is_unread = was_never_read(health, mirror.count((name,)))
            title = workspace.title + (" (observe)" if workspace.observe else "")
            rows.append(
                WorkspaceRow(
                    name,
                    title,
                    None if is_unread else mirror.tally((name,)),
                    state_words(health, face, now) if health else None,
                    trouble_words(health, face, now) if health else "",
                )
            )
        self._top.show(
            (Span("ticketdeck", "accent", bold=True), Span("  workspaces", "muted")),
            words_and_clock(self.look.words(), face, now),
        )
        is_unread = all(row.tally is None for row in rows)
        current = currency_words([mirror.health.get(name) for name in self._bridge.workspaces])
        every = WorkspaceRow(None, "", None if is_unread else mirror.tally(), current)
        self.items.show([every, *rows])

    @on(CursorList.Chosen)
    def action_list_open(self) -> None:
        if row := self.items.row:
            self.post_message(self.Opened(row.name))

    def action_ticket_create(self) -> None:
        row = self.items.row
        self.post_message(self.CreateWanted(row.name if row else None))

    def action_data_refresh(self) -> None:
        name = self.items.row.name if self.items.row else None
        self._bridge.refresh(name)
        self.say(f"Reading {name or 'all workspaces'}")

    def action_data_refresh_all(self) -> None:
        self._bridge.refresh()
        self.say("Reading all workspaces")
