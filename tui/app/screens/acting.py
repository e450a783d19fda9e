"""What people do to tickets here, and no vendor hears of: ack, snooze, pin, note, and undo."""

from collections.abc import Callable, Sequence
from functools import partial

from textual.message import Message

from tui.app.acts_text import note_line
from tui.app.deed_text import ASKED, ASKS_OVER, NOTHING_DONE, tickets_words
from tui.app.desk import Deed, Desk
from tui.app.mirror import QueueMirror
from tui.app.screens.deck import Result
from tui.app.screens.targeting import Targeting
from tui.domain.acts import NO_ACTS, Act, ActKind, LocalActs, is_snoozed
from tui.domain.ticket import Ticket, TicketRef


class Acting(Targeting[Result]):
    """Acts on the tickets that a screen is about; the dashboard has it done, and tells."""

    _desk: Desk
    _mirror: QueueMirror

    class DeedWanted(Message):
        """Something is to be done here to some tickets."""

        def __init__(self, deed: Deed) -> None:
            super().__init__()
            self.deed = deed

    class NoteWanted(Message):
        """A note is wanted, which may have been begun before this start."""

        def __init__(self, open_it: Callable[[], None]) -> None:
            super().__init__()
            self.open_it = open_it

    class UndoWanted(Message):
        """What was done last is to be taken back."""

    def marks_of(self, tickets: Sequence[Ticket]) -> tuple[TicketRef, ...]:
        """Return the marks that made these the targets, and go once something was done to them."""
        return ()

    def marks_changed(self) -> None:
        """Take in that other tickets are marked."""

    def action_ticket_acknowledge(self) -> None:
        self._toggle(
            ActKind.ACKNOWLEDGE, ActKind.UNACKNOWLEDGE, lambda acts: acts.acknowledged is not None
        )

    def action_ticket_pin(self) -> None:
        self._toggle(ActKind.PIN, ActKind.UNPIN, lambda acts: acts.pinned is not None)

    def action_ticket_snooze(self) -> None:
        now = self.look.clock.now()

        def snooze(tickets: Sequence[Ticket]) -> None:
            asleep = [each for each in tickets if is_snoozed(self._acts_of(each), each, now)]

            def take(act: Act | None) -> None:
                if act is not None:
                    self._do(act, asleep if act.kind is ActKind.WAKE else tickets, tickets)

            from tui.app.screens.snooze import SnoozeScreen

            self.app.push_screen(SnoozeScreen(self.look, tickets, asleep=len(asleep)), take)

        self.with_targets(partial(self._ask, ActKind.SNOOZE, go_on=snooze))

    def action_ticket_note(self) -> None:
        def want(tickets: Sequence[Ticket]) -> None:
            self.post_message(self.NoteWanted(partial(self._write_note, tickets)))

        self.with_targets(partial(self._ask, ActKind.NOTE, go_on=want))

    def action_ticket_undo(self) -> None:
        self.post_message(self.UndoWanted())

    def _toggle(self, on: ActKind, off: ActKind, is_on: Callable[[LocalActs], bool]) -> None:
        """Do it to those to which it is not done yet; where it is done to all, take it back."""

        def toggle(tickets: Sequence[Ticket]) -> None:
            missing = [ticket for ticket in tickets if not is_on(self._acts_of(ticket))]
            kind, concerned = (on, missing) if missing else (off, tickets)

            def do(concerned: Sequence[Ticket]) -> None:
                self._do(Act(kind), concerned, tickets)

            self._ask(kind, concerned, do, meant=len(tickets))

        self.with_targets(toggle)

    def _write_note(self, tickets: Sequence[Ticket]) -> None:
        refs = frozenset(ticket.ref for ticket in tickets)
        desk, look, now = self._desk, self.look, self.look.clock.now()

        def write(text: str | None) -> None:
            if text is not None:
                desk.keep_note(refs, "")
                self._do(Act(ActKind.NOTE, text=text), tickets, tickets)
            elif desk.kept_note(refs):
                key = look.keymap.shown("ticket.note", self.COMMAND_IDS)
                if problem := desk.note_problem(refs):
                    self.say(f"Note not kept: {problem}; {key} goes on with it until you quit")
                else:
                    self.say(f"The note is kept, not written; {key} goes on with it")

        earlier = self._acts_of(tickets[0]).notes if len(tickets) == 1 else ()
        from tui.app.screens.note import NoteScreen

        screen = NoteScreen(
            look,
            tickets_words(tickets),
            kept=desk.kept_note(refs),
            keep=partial(desk.keep_note, refs),
            earlier=[note_line(note, now, look.face) for note in earlier],
        )
        self.app.push_screen(screen, write)

    def _ask(
        self,
        kind: ActKind,
        tickets: Sequence[Ticket],
        go_on: Callable[[Sequence[Ticket]], None],
        *,
        meant: int = 0,
    ) -> None:
        """Go on with these tickets; where there are many, only if that is what is wanted.

        `meant` counts those too to which there is nothing to do.
        """
        if not tickets:
            self.say("There is no ticket here to do that to")
            return
        if max(len(tickets), meant) <= ASKS_OVER:
            go_on(tickets)
            return

        def answered(is_wanted: bool | None) -> None:  # noqa: FBT001 - Textual hands it over so
            if is_wanted:
                go_on(tickets)
            else:
                self.say(NOTHING_DONE)

        facts = ["No vendor hears of it."]
        question = f"{ASKED[kind]} {tickets_words(tickets)} here?"
        from tui.app.screens.confirm import ConfirmScreen

        self.app.push_screen(ConfirmScreen(self.look, question, facts), answered)

    def _do(self, act: Act, tickets: Sequence[Ticket], targets: Sequence[Ticket]) -> None:
        listed = self._mirror.tickets
        concerned = tuple(listed.get(ticket.ref, ticket) for ticket in tickets)
        deed = Deed(act, concerned, self.marks_of(targets))
        self.post_message(self.DeedWanted(deed))

    def _acts_of(self, ticket: Ticket) -> LocalActs:
        return self._mirror.acts.get(ticket.ref, NO_ACTS)
