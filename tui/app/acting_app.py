"""The part of the dashboard that has things done to tickets here, and tells how that ended."""

from textual import on

from tui.app.deed_text import count_words, done_words, failed_words, taken_back_words
from tui.app.desk import CalledSeen, Deed, Desk, MarksTaken
from tui.app.drafting import DraftingApp
from tui.app.messages import ActEnded
from tui.app.nap import snooze_words
from tui.app.notes import Notes
from tui.app.screens.acting import Acting
from tui.app.screens.news import NewsMoves


class ActingApp(DraftingApp, inherit_bindings=False):
    """Hands the engine one deed after the other, so that an undo always finds what it undoes."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(Notes(self.drafts, now=self._now, changed=self.keep_note))

    @on(Acting.DeedWanted)
    def _do(self, event: Acting.DeedWanted) -> None:
        self.desk.do(event.deed)
        self._run_errands()

    @on(Acting.NoteWanted)
    def _note_wanted(self, event: Acting.NoteWanted) -> None:
        self.open_with_drafts("note", event.open_it)

    @on(NewsMoves.Seen)
    def _note_seen(self, event: NewsMoves.Seen) -> None:
        if event.asked:
            self.desk.call_seen(len(event.refs))

    @on(Acting.UndoWanted)
    def _take_back(self) -> None:
        step = self.desk.take_back()
        if step is None:
            self.say_in_front("Nothing done here is left to take back")
        elif isinstance(step, MarksTaken):
            self._marks_changed()
            self.say_in_front(f"{count_words(len(step.marks), 'ticket')} marked again")
        elif isinstance(step, CalledSeen):
            key = self.look.keymap.shown("ticket.undo")
            more = f"; {key} takes back more" if key and self.desk.levels else ""
            what = count_words(step.count, "ticket")
            self.say_in_front(f"{what} called seen: that cannot be taken back{more}", "warning")
        else:
            self._run_errands()

    @on(ActEnded)
    def _act_ended(self, event: ActEnded) -> None:
        errand = self.desk.failed() if event.problem else self.desk.done(event.batch)
        if errand is not None:
            deed = errand.deed
            if event.problem:
                words = failed_words(deed, event.problem, takes_back=errand.takes_back)
            elif errand.takes_back:
                words = self._taken_back_words(deed, event.count)
            else:
                words = self._done_words(deed)
            self._marks_changed()
            self.say_in_front(words, "error" if event.problem else "text")
        self._run_errands()

    def _run_errands(self) -> None:
        errand = self.desk.next_errand()
        if errand is None:
            if not self.desk.is_busy:
                self.work_ends()
            return
        self.work_begins()
        deed = errand.deed
        if errand.takes_back and deed.batch is not None:
            self.bridge.undo(deed.batch)
        else:
            self.bridge.act(deed.act, deed.tickets)

    def _done_words(self, deed: Deed) -> str:
        until, now = deed.act.until, self._now()
        return done_words(
            deed,
            until=snooze_words(until, deed.tickets, now, self.look.face) if until else "",
            undo_key=self.look.keymap.shown("ticket.undo"),
            width=self.size.width - 2,
        )

    def _taken_back_words(self, deed: Deed, count: int) -> str:
        keymap = self.look.keymap
        return taken_back_words(
            deed,
            count,
            left=self.desk.levels,
            keys=(keymap.shown("ticket.undo"), keymap.shown("ticket.note")),
            width=self.size.width - 2,
        )

    def _marks_changed(self) -> None:
        for screen in self.deck_screens():
            if isinstance(screen, Acting):
                screen.marks_changed()
