"""Asks until when tickets are put off: a list of times, and a field for any other."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui.app.commands import MOVES
from tui.app.deed_text import tickets_words
from tui.app.formatting import Span
from tui.app.look import Look
from tui.app.nap import HOW, offered_naps, read_nap, snooze_words
from tui.app.screens.moves import ModalListMoves
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Bar
from tui.app.widgets.one_line_input import OneLineInput
from tui.app.widgets.pick_list import PickList
from tui.domain.acts import Act, ActKind
from tui.domain.ticket import Ticket

_AROUND, _AROUND_SHORT = 10, 6
"""Lines of the dialog, its frame and below it that are no times; without what is only room."""
_SHORT_BELOW = 17


class SnoozeScreen(ModalListMoves[Act | None]):
    """Ends with a snooze, with a wake where `asleep` of the tickets are put off, or with None.

    Letters and digits that are no key of the list begin the field: nobody has to go there first.
    """

    COMMAND_IDS = (
        "list.open",
        *MOVES,
        "app.next_pane",
        "app.previous_pane",
        "app.redraw",
        "app.back",
        "app.quit",
    )
    HINTS = ("list.open", "app.back")
    AUTO_FOCUS: ClassVar[str | None] = ""

    items: PickList

    def __init__(self, look: Look, tickets: Sequence[Ticket], *, asleep: int = 0) -> None:
        super().__init__(look)
        now = look.clock.now()
        self._tickets = tickets
        self._problem = ""
        """Why what was entered is no time."""
        self._acts: list[Act] = []
        rows: list[tuple[str, str]] = []
        if asleep:
            self._acts.append(Act(ActKind.WAKE))
            rows.append(("wake", f"{asleep:,} snoozed now"))
        for nap in offered_naps(now, look.face):
            self._acts.append(Act(ActKind.SNOOZE, until=nap.until))
            rows.append((nap.name, f"until {snooze_words(nap.until, tickets, now, look.face)}"))
        self._title = Bar(look.painter, widget_id="title")
        self._title.show(
            (Span(f"Snooze {tickets_words(tickets)}, here only", "accent", bold=True),)
        )
        self.items = PickList(look.painter, look.glyphs, rows)
        self._label = Bar(look.painter, widget_id="label")
        self._entry = OneLineInput()
        self._meaning = Bar(look.painter, widget_id="meaning")

    def compose_body(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._title
            yield self.items
            with Horizontal(id="other"):
                yield self._label
                yield self._entry
            yield self._meaning

    def on_mount(self) -> None:
        self._label.show((Span("or until"),))
        self._show_meaning("")
        self._fit()
        self.items.focus()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        height = self.app.size.height
        is_short = height < _SHORT_BELOW
        self.set_class(is_short, "-short")
        room = max(height - (_AROUND_SHORT if is_short else _AROUND), 1)
        self.items.styles.height = min(len(self._acts), room)

    def theme_changed(self) -> None:
        super().theme_changed()
        self.items.draw_all()

    def hint_words(self, command_id: str, hint: str) -> str:
        if command_id == "app.back" and self._entry.value:
            return "clear"
        return {"list.open": "snooze"}.get(command_id, hint)

    def time_passed(self) -> None:
        self._show_meaning(self._entry.value)

    @on(events.Key)
    def _begin_typing(self, event: events.Key) -> None:
        is_key = bool(self._bindings.key_to_bindings.get(event.key))
        begins = event.is_printable and event.key != "space" and not is_key
        if begins and event.character and not self._entry.has_focus:
            event.stop()
            self._entry.insert_text_at_cursor(event.character)
            self._entry.focus()

    @on(CursorList.Chosen)
    def action_list_open(self) -> None:
        self.dismiss(self._acts[self.items.cursor])

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._problem = ""
        self._show_meaning(event.value)
        self._show_keys()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        try:
            until = read_nap(event.value, self.look.clock.now(), self.look.face)
        except ValueError as problem:
            self._problem = str(problem)
            self._show_meaning(event.value)
        else:
            self.dismiss(Act(ActKind.SNOOZE, until=until))

    def action_list_down(self) -> None:
        self._move(1)

    def action_list_up(self) -> None:
        self._move(-1)

    def action_app_next_pane(self) -> None:
        (self.items if self._entry.has_focus else self._entry).focus()

    def action_app_previous_pane(self) -> None:
        self.action_app_next_pane()

    def action_back(self) -> None:
        if self._entry.value:
            self._entry.value = ""
            self.items.focus()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _move(self, rows: int) -> None:
        """Move in the list; from the field, which is below it, only back to it."""
        if self._entry.has_focus:
            self.items.focus()
        elif rows > 0 and self.items.cursor == len(self._acts) - 1:
            self._entry.focus()
        else:
            self.items.move_by(rows)

    def _show_meaning(self, text: str) -> None:
        """Show what enter would do; what is still being typed is no mistake yet."""
        now, face = self.look.clock.now(), self.look.face
        if self._problem:
            self._meaning.show((Span(f"! {self._problem}", "error", bold=True),))
            return
        try:
            until = read_nap(text, now, face)
        except ValueError:
            self._meaning.show((Span(HOW, "muted"),))
        else:
            words = snooze_words(until, self._tickets, now, face)
            self._meaning.show((Span(f"enter: until {words}"),))
