"""The part of the dashboard that has kept what is typed, for new tickets and in notes."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual import on

from tui.app.drafts import DraftBook, Forget
from tui.app.following import FollowingApp
from tui.app.messages import DraftKept, DraftsCame

if TYPE_CHECKING:
    from tui.app.screens.create import CreateScreen
    from tui.domain.creates import KeptDraft

_PATIENCE_S: Final = 2.0
"""A save that takes longer is not waited for at the end."""
_LOADING_S: Final = 10.0
"""Keys are not held back for longer than this while the engine is loaded."""
_COMMANDS: Final = {"draft": "ticket.create", "note": "ticket.note"}
"""What offers it again."""


class DraftingApp(FollowingApp, inherit_bindings=False):
    """Books every change of the open form, and hands the engine one save after the other.

    What could not be kept is tried again with every change, and with every minute. What is kept is
    read every minute too: it may not have been readable before.
    """

    def __init__(self) -> None:
        super().__init__()
        self.drafts = DraftBook()
        self.form: CreateScreen | None = None
        """The form that is open, be it behind something else."""
        self._saves: dict[str, Future[DraftKept]] = {}
        """By the id of the draft."""
        self._is_reading = self._reads_again = self._has_read = False
        self._wanted: Callable[[], None] | None = None
        """Opens what was wanted before the engine was there."""
        self._waited_s = 0.0
        self._was_warned = False
        self._told: KeptDraft | None = None
        """Of this it was told last that it could not be kept."""

    def on_mount(self) -> None:
        self.call_after_refresh(self.read_drafts)

    def read_drafts(self) -> None:
        """Ask which drafts are kept: this user may have another dashboard."""
        if self._is_reading:
            self._reads_again = True
            return
        self._is_reading, self._reads_again = True, False
        self.drafts.begin_reading()
        self.bridge.ask_drafts()

    @on(DraftsCame)
    def _drafts_came(self, event: DraftsCame) -> None:
        self._is_reading, self._has_read = False, True
        if not event.problem:
            self.drafts.came(event.drafts)
        self.open_wanted()
        if self._reads_again:
            self.read_drafts()
        else:
            self.drafts_known()

    def open_with_drafts(self, noun: str, open_it: Callable[[], None]) -> None:
        """Open what shows a draft that may be kept, as soon as the first answer has come."""
        if self._has_read:
            open_it()
        else:
            self.open_later(noun, partial(self.open_with_drafts, noun, open_it))

    def open_later(self, noun: str, open_it: Callable[[], None]) -> None:
        """Wait for the engine: what is typed meanwhile is meant for what opens then."""
        self._wanted = open_it
        self.say_in_front(f"The {noun} opens as soon as the program is loaded")
        self.work_begins()

    def open_wanted(self) -> None:
        """Open what waited for the engine, which may have to wait on."""
        if self._wanted is not None:
            open_it, self._wanted = self._wanted, None
            open_it()
            self.work_ends()

    def work_ends(self) -> None:
        """Go on with what was typed, unless it is meant for what has not opened yet."""
        if self._wanted is None:
            super().work_ends()

    async def _lose_patience(self, typed: int) -> None:
        if self._wanted is not None and self._waited_s < _LOADING_S:
            self._waited_s += self.PATIENCE_S
            self._begin_patience()
            return
        if self._wanted is not None:
            # It was typed for what did not open, so none of it is a command.
            self._wanted, self._waited_s = None, 0.0
            self.forget_typed()
            self.say_in_front("It cannot be opened yet; what was typed meanwhile did nothing")
        await super()._lose_patience(typed)

    def time_passed(self) -> None:
        super().time_passed()
        self.drafts.try_again()
        self.keep_drafts()
        self.read_drafts()

    def drafts_known(self) -> None:
        """Take in that the book knows what is kept by now."""

    def take_draft(self) -> None:
        """Book what stands in the form, and have it kept."""
        if self.form is not None:
            self.drafts.change(self.form.draft, is_blank=self.form.is_blank)
        self.keep_drafts()

    def on_create_screen_changed(self) -> None:
        """Keep what is typed as it is typed."""
        self._was_warned = False
        self.take_draft()

    def keep_note(self) -> None:
        """Keep what is typed into a note as it is typed."""
        self._was_warned = False
        self.keep_drafts()

    def key_of(self, noun: str) -> str:
        """Return the key that offers a `draft` or a `note` again."""
        return self.look.keymap.shown(_COMMANDS[noun]) or self.look.keymap.shown("app.palette")

    def keep_drafts(self) -> None:
        """Hand the engine what is to be kept and to be deleted."""
        while (step := self.drafts.next_step()) is not None:
            if isinstance(step, Forget):
                self.bridge.forget_draft(step.id)
            else:
                self._saves[step.draft.id] = self.bridge.keep_draft(step.draft)

    @on(DraftKept)
    def _draft_kept(self, event: DraftKept) -> None:
        had_problem = bool(self.drafts.problem(event.asked.id))
        if not self._saved(event):
            return
        workspace, noun, form = event.asked.workspace, _noun(event.asked), self.form
        is_open = form is not None and form.draft.id in (event.asked.id, event.kept.id)
        if event.problem:
            if event.asked == self._told:
                return
            self._told = event.asked
            stays = "it stays in this form" if is_open else f"{self.key_of(noun)} reopens it"
            words = f"{workspace}: {noun} not kept: {event.problem}; {stays} until you quit"
            self.say_in_front(words, "error")
        elif event.kept.id != event.asked.id:
            self.read_drafts()
            words = f"{workspace}: this {noun} was changed elsewhere too: both are kept"
            self.say_in_front(words, "warning")
        elif had_problem:
            self.say_in_front(f"{workspace}: the {noun} is kept again", "success")

    def _saved(self, event: DraftKept) -> bool:
        """Book how a save ended; return False where that was booked before."""
        if not self.drafts.saved(event.asked, event.kept, event.problem):
            return False
        self._saves.pop(event.asked.id, None)
        if self.form is not None and not event.problem and self.form.draft.id == event.asked.id:
            self.form.kept_as(event.kept)
        self.keep_drafts()
        return True

    def keep_now(self) -> None:
        """Keep all that is typed, and wait until it is: the program is about to end.

        The engine's thread does it, so this one may stand still meanwhile.
        """
        self.drafts.try_again()
        self.take_draft()
        while self._saves:
            done = wait(self._saves.values(), _PATIENCE_S).done
            if not done:
                return
            for save in done:
                self._saved(save.result())

    def exit(self, result: int | None = None, return_code: int = 0, message: Any = None) -> None:
        """End the program; who would lose a draft by that is told first, once."""
        self.keep_now()
        lost = self.drafts.unkept
        is_asked_for = not result and not return_code
        if lost and is_asked_for and not self._was_warned:
            self._was_warned = True
            self.say_in_front(f"{_lost_words(lost, self.drafts)}; quit again to lose it", "error")
            return
        super().exit(result, return_code, message)


def _lost_words(lost: "tuple[KeptDraft, ...]", book: DraftBook) -> str:
    places = " + ".join(dict.fromkeys(draft.workspace for draft in lost))
    reason = next(filter(None, (book.problem(draft.id) for draft in lost)), "no answer yet")
    nouns = " + ".join(dict.fromkeys(map(_noun, lost)))
    return f"{places}: {nouns} not kept: {reason}"


def _noun(draft: "KeptDraft") -> str:
    return "note" if draft.tickets else "draft"
