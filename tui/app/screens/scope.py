"""Chooses the workspaces that a list shows, in front of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.app.commands import MOVES
from tui.app.formatting import Span
from tui.app.health_text import currency_words, state_cell, was_never_read
from tui.app.look import Look
from tui.app.mirror import QueueMirror, Touched
from tui.app.screens.moves import ModalListMoves
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Bar
from tui.app.widgets.scope_list import ScopeList, ScopeRow

_HEIGHT_MOST = 14


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """What somebody chose."""

    workspaces: tuple[str, ...] = ()
    """Only these; empty for all."""
    wants_more: bool = False
    """Whether all that is known of the workspaces is wanted instead."""


class ScopeScreen(ModalListMoves[ScopeChoice | None]):
    """Ends with what was chosen: the marked ones, else the one under the cursor; None: nothing."""

    COMMAND_IDS = (
        "list.open",
        *MOVES,
        "list.mark",
        "workspace.pick",
        "app.redraw",
        "app.back",
        "app.quit",
    )
    HINTS = ("list.open", "list.mark", "workspace.pick", "app.back")

    items: ScopeList

    def __init__(
        self,
        look: Look,
        mirror: QueueMirror,
        names: Sequence[str],
        current: tuple[str, ...],
    ) -> None:
        super().__init__(look)
        self._mirror, self._names = mirror, tuple(names)
        self._chosen = set(current) if len(current) > 1 else set[str]()
        self._title = Bar(look.painter, widget_id="title")
        self._title.show((Span("Show workspaces", "accent", bold=True),))
        self.items = ScopeList(look.painter, look.glyphs, self._rows())
        self.items.cursor = self._names.index(current[0]) + 1 if current else 0

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            yield self.items

    def on_mount(self) -> None:
        self.items.styles.height = (
            min(len(self._names) + 1, _HEIGHT_MOST) + self.items.header_count()
        )
        self.items.focus()
        self._show()

    def queue_changed(self, touched: Touched) -> None:
        self._show()

    def time_passed(self) -> None:
        self._show()

    def theme_changed(self) -> None:
        super().theme_changed()
        self.items.draw_all()

    def hint_words(self, command_id: str, hint: str) -> str:
        words = {
            "list.open": f"show {len(self._chosen)}" if self._chosen else "show",
            "list.mark": "several",
            "workspace.pick": "all about them",
        }
        return words.get(command_id, hint)

    def _show(self) -> None:
        self.items.show(self._rows(), self._chosen)
        self._show_keys()

    def _rows(self) -> list[ScopeRow]:
        mirror, look = self._mirror, self.look
        now = look.clock.now()
        rows = []
        for name in self._names:
            health = mirror.health.get(name)
            is_unread = was_never_read(health, mirror.count((name,)))
            tally = None if is_unread else mirror.tally((name,))
            rows.append(
                ScopeRow(name, tally, state_cell(health, look.face, now) if health else None)
            )
        is_unread = all(row.tally is None for row in rows)
        state = currency_words([mirror.health.get(name) for name in self._names])
        return [ScopeRow(None, None if is_unread else mirror.tally(), state), *rows]

    @on(CursorList.Chosen)
    def action_list_open(self) -> None:
        under_cursor = self.items.row.name
        chosen = self._chosen or ({under_cursor} if under_cursor else set())
        names = tuple(name for name in self._names if name in chosen)
        self.dismiss(ScopeChoice(() if names == self._names else names))

    def action_list_mark(self) -> None:
        name = self.items.row.name
        if name is None:
            self._chosen.clear()
        else:
            self._chosen ^= {name}
            self.items.move_by(1)
        self._show()

    def action_workspace_pick(self) -> None:
        self.dismiss(ScopeChoice(wants_more=True))

    def action_back(self) -> None:
        self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)
