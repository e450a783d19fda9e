"""The outbox: each create whose end nobody knows, and what a person may do about it."""

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from tui.app.bridge import Bridge
from tui.app.commands import EVERYWHERE, MOVES
from tui.app.deed_text import count_words
from tui.app.formatting import BLANK, Line, Span, wrap
from tui.app.look import Look
from tui.app.mirror import QueueMirror, Touched
from tui.app.outbox_text import (
    LOSSES_FACTS,
    LOSSES_ITEM,
    LOSSES_QUESTION,
    STILL_GOES_ON,
    candidate_words,
    create_lines,
    drop_facts,
    quoted,
    retry_facts,
)
from tui.app.pending_text import creates_here
from tui.app.screens.confirm import ConfirmScreen
from tui.app.screens.moves import ListMoves
from tui.app.screens.pick import PickScreen
from tui.app.top_line import words_and_clock
from tui.app.widgets.cursor_list import CursorList
from tui.app.widgets.line_pane import Bar, TextPane
from tui.app.widgets.outbox_list import OutboxList
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import FieldSpec
from tui.domain.ticket import TicketRef

_SHARE = 3
"""The list gets a third of the screen at most; what is known of one create takes the rest."""
_NOTHING_OPEN: tuple[Line, ...] = (
    (Span("Nothing is open.", bold=True),),
    (Span("How every create ended is known.", "muted"),),
)
_NOTHING_ELSE_OPEN: tuple[Line, ...] = ((Span("Nothing else is open.", bold=True),),)


class OutboxScreen(ListMoves[None]):
    """A list, and below it all that is known of the create under the cursor."""

    COMMAND_IDS = (
        "list.open",
        *MOVES,
        "outbox.retry",
        "outbox.drop",
        "outbox.ticket",
        "outbox.form",
        *EVERYWHERE,
    )
    HINTS = (
        "list.open",
        "outbox.retry",
        "outbox.drop",
        "outbox.ticket",
        "outbox.form",
        "app.back",
        "app.help",
    )

    items: OutboxList

    class TicketWanted(Message):
        """A ticket is wanted whole that might be the one that was to be created."""

        def __init__(self, ref: TicketRef) -> None:
            super().__init__()
            self.ref = ref

    class FormWanted(Message):
        """What was typed is wanted in the form."""

        def __init__(self, create: OpenCreate) -> None:
            super().__init__()
            self.create = create

    def __init__(
        self,
        look: Look,
        bridge: Bridge,
        mirror: QueueMirror,
        specs_of: Callable[[str], Sequence[FieldSpec]],
    ) -> None:
        super().__init__(look)
        self._bridge, self._mirror = bridge, mirror
        self._specs_of = specs_of
        """The fields of a workspace, with the choices that are known by now."""
        painter, now = look.painter, look.clock.now()
        self._top = Bar(painter, widget_id="top")
        self.items = OutboxList(painter, look.glyphs, look.face, now=now, widget_id="list")
        self.items.empty = _NOTHING_OPEN
        self._subject = Bar(painter, widget_id="subject")
        self._text = TextPane(painter, widget_id="text")
        self._list_height: int | None = None
        """In lines; 0 where it has the whole screen."""
        self._shown: OpenCreate | None = None
        """The create that the text is about."""

    def compose_body(self) -> ComposeResult:
        yield self._top
        yield self.items
        yield self._subject
        yield self._text

    def on_mount(self) -> None:
        self.items.focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._lay_out)

    def on_screen_resume(self) -> None:
        self._lay_out()

    def queue_changed(self, touched: Touched) -> None:
        self._lay_out()

    def labels_came(self) -> None:
        """Show what was chosen by the labels that are known now."""
        self._show_create()

    def time_passed(self) -> None:
        self._lay_out()

    def theme_changed(self) -> None:
        super().theme_changed()
        self.items.draw_all()

    def hint_words(self, command_id: str, hint: str) -> str:
        return "request" if command_id == "list.open" else super().hint_words(command_id, hint)

    def help_words(self, command_id: str) -> str:
        words = {
            "list.open": "Show the exact request",
            "list.page_down": "Further down in what was typed",
            "list.page_up": "Further up in what was typed",
        }
        return words.get(command_id) or super().help_words(command_id)

    def offers(self, command_id: str) -> bool:
        create = self.items.create
        is_about_one = command_id == "list.open" or command_id.startswith("outbox.")
        if is_about_one and create is None:
            return command_id == "outbox.drop" and bool(self._bridge.losses)
        if command_id == "outbox.ticket" and create is not None and not create.candidates:
            return False
        return super().offers(command_id)

    def _lay_out(self) -> None:
        look, now = self.look, self.look.clock.now()
        creates = creates_here(self._bridge.open_creates, ())
        count = count_words(len(creates), "open create") if creates else "nothing is open"
        self._top.show(
            (Span("Outbox", "accent", bold=True), Span(f"  {count}", "muted")),
            words_and_clock(look.words(), look.face, now),
        )
        self._share_out(len(creates))
        losses = self._loss_lines()
        empty = (*_NOTHING_ELSE_OPEN, BLANK, *losses) if losses else _NOTHING_OPEN
        if empty != self.items.empty:
            self.items.empty = empty
            self.items.draw_all()
        self.items.show(creates, now)
        self._show_create()

    def _loss_lines(self) -> tuple[Line, ...]:
        """Say what is lost, as long as nobody has looked after it."""
        width = self.app.size.width - 2 * self._text.INDENT
        losses = self._bridge.losses
        lines = [(Span(text, "warning"),) for loss in losses for text in wrap(loss, width)]
        key = self.look.keymap.shown("outbox.drop", self.COMMAND_IDS)
        if lines and key:
            how = wrap(f"{key} drops this once you have looked.", width)
            lines += [(Span(text, "muted"),) for text in how]
        return tuple(lines)

    def _share_out(self, count: int) -> None:
        """Give the list what it needs; where nothing is open it has it all."""
        most = max(self.app.size.height // _SHARE, 2)
        height = min(count + self.items.header_count(), most) if count else 0
        if height != self._list_height:
            self._list_height = height
            self._subject.display = self._text.display = count > 0
            self.items.styles.height = height or "1fr"

    def _show_create(self) -> None:
        create = self.items.create
        if create is None:
            return
        look, now = self.look, self.look.clock.now()
        self._subject.show((Span(create.title, "accent", bold=True),))
        workspace = self._bridge.workspaces.get(create.workspace)
        is_another = self._shown is None or self._shown.id != create.id
        self._shown = create
        lines = create_lines(
            create,
            now,
            look.face,
            workspace=workspace,
            specs=self._specs_of(create.workspace) if workspace else (),
            tickets=self._mirror.tickets,
            # The text is not laid out yet where it has just come into sight.
            width=self.app.size.width - 2 * self._text.INDENT,
            glyphs=look.glyphs,
        )
        losses = self._loss_lines()
        if losses:
            lines = [*losses, BLANK, *lines]
        self._text.show(lines, top=0 if is_another else None)

    @on(CursorList.CursorMoved)
    def _cursor_moved(self) -> None:
        self._show_create()

    def action_list_page_down(self) -> None:
        self._text.scroll_lines(self._text.top + max(self._text.page - 2, 1))

    def action_list_page_up(self) -> None:
        self._text.scroll_lines(self._text.top - max(self._text.page - 2, 1))

    @on(CursorList.Chosen)
    def action_list_open(self) -> None:
        if create := self._at_hand():
            if create.workspace in self._bridge.workspaces:
                self._bridge.render(create.draft)
            else:
                self.say(f"{create.workspace} is not configured here: it has no request", "warning")

    def action_outbox_retry(self) -> None:
        create = self._decidable()
        if create is None:
            return
        if reason := self._why_not_sent(create):
            self.say(reason, "warning")
            return
        look = self.look
        question = f"Send {quoted(create, look.glyphs.cut)} to {create.workspace} again?"
        self._ask(
            create, question, retry_facts(create, look.clock.now(), look.face), self._send_again
        )

    def action_outbox_drop(self) -> None:
        create = self.items.create
        if not self._bridge.losses:
            self._drop_create()
        elif create is None:
            self._drop_losses()
        else:

            def drop_picked(at: int | None) -> None:
                if at is not None:
                    (self._drop_create, self._drop_losses)[at]()

            items = [(quoted(create, self.look.glyphs.cut), create.workspace), LOSSES_ITEM]
            self.app.push_screen(PickScreen(self.look, "Drop", items), drop_picked)

    def _drop_create(self) -> None:
        if create := self._decidable():
            question = f"Drop {quoted(create, self.look.glyphs.cut)}?"
            self._ask(create, question, drop_facts(create.workspace), self._bridge.drop)

    def _drop_losses(self) -> None:
        def answered(is_wanted: bool | None) -> None:  # noqa: FBT001 - Textual hands it over so
            if is_wanted:
                self._bridge.drop_losses()

        self.app.push_screen(ConfirmScreen(self.look, LOSSES_QUESTION, LOSSES_FACTS), answered)

    def action_outbox_ticket(self) -> None:
        create = self._at_hand()
        if create is None:
            return
        refs = create.candidates
        if not refs:
            self.say("No ticket that was read looks like it")
        elif len(refs) == 1:
            self.post_message(self.TicketWanted(refs[0]))
        else:
            items = [candidate_words(ref, self._mirror.tickets.get(ref)) for ref in refs]

            def open_picked(at: int | None) -> None:
                if at is not None:
                    self.post_message(self.TicketWanted(refs[at]))

            self.app.push_screen(PickScreen(self.look, "It may be", items), open_picked)

    def action_outbox_form(self) -> None:
        create = self._at_hand()
        if create is None:
            return
        if reason := self._why_not_sent(create):
            self.say(reason, "warning")
        elif create.stage is not Stage.OPEN:
            self.say(STILL_GOES_ON)
        else:
            self.post_message(self.FormWanted(create))

    def _at_hand(self) -> OpenCreate | None:
        if self.items.create is None:
            self.say("Nothing is open here")
        return self.items.create

    def _decidable(self) -> OpenCreate | None:
        """Return the create under the cursor if it is for a person to decide."""
        create = self._at_hand()
        if create is not None and create.stage is not Stage.OPEN:
            self.say(STILL_GOES_ON)
            return None
        return create

    def _why_not_sent(self, create: OpenCreate) -> str:
        if create.workspace not in self._bridge.workspaces:
            return f"{create.workspace} is not configured here: nothing can be sent there"
        return self._bridge.why_not_create(create.workspace)

    def _ask(
        self,
        create: OpenCreate,
        question: str,
        facts: list[str],
        go_on: Callable[[OpenCreate], None],
    ) -> None:
        """Go on if that is wanted, and if the create is still open by then."""

        def answered(is_wanted: bool | None) -> None:  # noqa: FBT001 - Textual hands it over so
            if not is_wanted:
                return
            now_open = (each for each in self._bridge.open_creates if each.id == create.id)
            current = next(now_open, None)
            if current is None:
                self.say("It is not open any more; nothing was done")
            elif current.stage is not Stage.OPEN:
                self.say(STILL_GOES_ON)
            else:
                go_on(current)

        self.app.push_screen(ConfirmScreen(self.look, question, facts), answered)

    def _send_again(self, create: OpenCreate) -> None:
        self._bridge.send_again(create)
        self.say(f"Sending it again to {create.workspace}")
