"""The part of the dashboard that opens the form for a new ticket, and tells how a create ended."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on

from tui.app.draft_rows import count_words, draft_rows, workspace_rows
from tui.app.filling import FillingApp
from tui.app.messages import CreateEnded, RequestRendered, StoreChanged
from tui.app.opening_key import PAUSE_S, OpeningKey, Typed
from tui.app.screens.creating import Creating
from tui.app.screens.pick import PickScreen
from tui.app.screens.tickets import TicketsScreen
from tui.domain.creates import KeptDraft, OpenCreate
from tui.domain.draft import Outcome, OutcomeState
from tui.domain.form_text import to_texts
from tui.domain.ticket import Ticket

if TYPE_CHECKING:
    from tui.app.screens.create import CreateScreen


class CreatingApp(FillingApp, inherit_bindings=False):
    """Leads to one form at a time. The form itself is loaded when it is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self._opened_with: Mapping[str, str] = {}
        """What stood in the open form when it was opened."""
        self._is_hasty = False
        """It was opened while the kept drafts were still being read: another dashboard may know
        better what is to stand there."""
        self._sent: dict[str, Mapping[str, str]] = {}
        """What was sent and may exist, by the id of its draft."""
        self._draft_of: dict[str, str] = {}
        """The drafts of creates whose end nobody knows, by the id of the intent."""
        self._open_creates: tuple[OpenCreate, ...] = ()
        self._last_key = ""
        self._opening_key = OpeningKey("")

    async def hand_on(self, event: Typed) -> None:
        """Keep what a held key repeats out of the form that it opened."""
        if self.form is None or self.screen is not self.form:
            self._last_key = event.key if isinstance(event, events.Key) else ""
            await super().hand_on(event)
            return
        for each in self._opening_key.pass_on(event):
            await super().hand_on(each)
        if count := self._opening_key.count:
            let_go = partial(self._let_go, count)
            asyncio.get_running_loop().call_later(PAUSE_S, self.call_later, let_go)

    async def _let_go(self, count: int) -> None:
        """Take in that the opening key did not come again, if it did not."""
        if self._opening_key.count == count:
            for each in self._opening_key.end():
                await super().hand_on(each)

    @on(Creating.CreateWanted)
    def _create_wanted(self, event: Creating.CreateWanted) -> None:
        if self._has_form() or isinstance(self.screen, PickScreen):
            return
        if not self.bridge.is_ready:
            self.open_later("form", partial(self._create_wanted, event))
            return
        self.read_drafts()
        names = self.bridge.creatable()
        place = event.workspace or (names[0] if len(names) == 1 else None)
        if place is not None and (event.like is None or place in names or not names):
            self._offer(place, event.like)
        elif names:
            self._pick_place(names, event)
        else:
            reasons = [self.bridge.why_not_create(name) for name in self.bridge.workspaces]
            self.say_in_front(reasons[0] if reasons else "There is no workspace", "warning")

    def _pick_place(self, names: Sequence[str], event: Creating.CreateWanted) -> None:
        """Let the workspace be chosen; the last one comes first."""
        last = self.remembered.workspace
        ordered = sorted(names, key=lambda name: name != last)
        first = last if last in names else event.near
        rows = workspace_rows([self.bridge.workspaces[name] for name in ordered], self.drafts)

        def open_picked(at: int | None) -> None:
            if at is not None:
                self._offer(ordered[at], event.like)

        title = f"New ticket like {event.like.handle} in" if event.like else "New ticket in"
        at = ordered.index(first) if first in ordered else 0
        self.push_screen(PickScreen(self.look, title, rows, at=at), open_picked)

    def _offer(self, workspace: str, like: Ticket | None = None) -> None:
        """Open a form: of the draft that was left, if there is one and none other is meant."""
        if reason := self.bridge.why_not_create(workspace):
            self.say_in_front(reason, "warning")
            return
        drafts = () if like is not None else self.drafts.of(workspace)
        if len(drafts) > 1:
            self._pick_draft(workspace, drafts)
            return
        self._open_form(workspace, drafts[0] if drafts else None, like)
        self._is_hasty = like is None

    def _pick_draft(self, workspace: str, drafts: Sequence[KeptDraft]) -> None:
        rows = draft_rows(drafts, self.bridge.fields(workspace), self.look.face, self._now())

        def open_picked(at: int | None) -> None:
            if at is not None:
                self._open_form(workspace, drafts[at] if at < len(drafts) else None)

        title = f"{len(drafts)} drafts for {workspace}"
        self.push_screen(
            PickScreen(self.look, title, [*rows, ("new", "Begin another")]), open_picked
        )

    def _open_form(
        self, workspace: str, kept: KeptDraft | None = None, like: Ticket | None = None
    ) -> "CreateScreen":
        from tui.app.screens.create import CreateScreen

        place = self.bridge.workspaces[workspace]
        form = CreateScreen(self.look, self.bridge, place, kept)
        self.form, self._is_hasty = form, False
        self._opening_key = OpeningKey(self._last_key)
        self.push_screen(form)
        self.begin_form(form, is_new=kept is None, like=like)
        self._opened_with = form.texts
        return form

    def _has_form(self) -> bool:
        return self.form is not None and self.form in self.screen_stack

    def open_in_form(self, create: OpenCreate) -> None:
        """Open what an open create was made from, as it was left or as it was sent."""
        if self._has_form():
            return
        if reason := self.bridge.why_not_create(create.workspace):
            self.say_in_front(reason, "warning")
            return
        kept = self.drafts.get(create.draft_id)
        if kept is None:
            specs, values = self.bridge.fields(create.workspace), create.draft.values
            pairs = [
                (key, text)
                for key, value in values.items()
                for text in ((value,) if isinstance(value, str) else value)
            ]
            kept = KeptDraft(
                id=create.draft_id or create.id,
                workspace=create.workspace,
                texts=to_texts(specs, pairs),
                at=create.at,
            )
        self._open_form(create.workspace, replace(kept, may_exist=True))

    def drafts_known(self) -> None:
        """Show what is kept by now instead of a form that was opened before that was known."""
        form, was_hasty, self._is_hasty = self.form, self._is_hasty, False
        if form is None or not was_hasty or self.screen is not form or form.sending is not None:
            return
        shown, latest = form.draft, self.drafts.get(form.draft.id)
        if latest is not None:
            is_outdated = latest.version > shown.version
        else:
            is_outdated = bool(shown.version or self.drafts.of(form.workspace))
        if is_outdated and (form.is_blank or _is_same(form.texts, self._opened_with)):
            form.dismiss()
            self.form = None
            held = self._opening_key
            self._offer(form.workspace)
            self._opening_key = held

    def on_create_screen_closed(self, event: "CreateScreen.Closed") -> None:
        """Keep what stood in the form, and say so."""
        form = self.form
        if form is None:
            return
        draft, is_blank = form.draft, form.is_blank
        self.take_draft()
        self.form = None
        if event.is_sending:
            self._sent[draft.id] = draft.texts
            self.drafts.mark_sent(draft.id, may_exist=True)
            words = f"Still sending to {draft.workspace}; the answer shows here"
        elif problem := self.drafts.problem(draft.id):
            words = f"Draft not kept: {problem}; {self.key_of('draft')} reopens it until you quit"
        else:
            words = "" if is_blank else f"Draft kept; {self.key_of('draft')} reopens"
        if words:
            self.call_after_refresh(self.say_in_front, words)

    def on_create_screen_new_wanted(self, event: "CreateScreen.NewWanted") -> None:
        """Put the draft aside, and begin another one in the same place."""
        form = event.form
        if self.screen is not form:
            return
        if form.is_blank:
            form.say("This one is still empty")
            return
        if form.sending is not None:
            self._sent[form.draft.id] = form.texts
        self.take_draft()
        if form.sending is not None:
            self.drafts.mark_sent(form.draft.id, may_exist=True)
        form.dismiss()
        count = count_words(len(self.drafts.of(form.workspace)))
        another = self._open_form(form.workspace)
        self.call_after_refresh(another.say, f"Put aside. Kept for {form.workspace}: {count}.")

    @on(CreateEnded)
    def _create_ended(self, event: CreateEnded) -> None:
        outcome, form = event.outcome, self.form
        is_shown = form is not None and form.sending is event.draft
        draft_id = event.draft_id or (form.draft.id if form is not None and is_shown else "")
        if outcome.state is OutcomeState.CREATED:
            self._draft_exists(draft_id, outcome, is_shown=is_shown)
        else:
            may_exist = outcome.state is OutcomeState.UNKNOWN
            if form is not None and is_shown:
                form.ended(outcome)
                if may_exist:
                    self._sent[draft_id] = form.texts
            self.drafts.mark_sent(draft_id, may_exist=may_exist)
        self.bridge.ask_remembered()
        if not is_shown or outcome.state is OutcomeState.CREATED:
            workspace = event.draft.workspace
            self.call_after_refresh(self._tell_outcome, workspace, outcome, leads_there=is_shown)

    @on(StoreChanged)
    def _open_what_was_wanted(self) -> None:
        if self.bridge.is_ready:
            self.open_wanted()

    @on(StoreChanged)
    def _follow_creates(self) -> None:
        """Take in what became of creates whose end nobody knew."""
        creates = self.bridge.open_creates
        if creates is not self._open_creates:
            self._open_creates = creates
            self._draft_of.update({each.id: each.draft_id or each.id for each in creates})
            self.read_drafts()
        for outcome in self.bridge.settled:
            draft_id = self._draft_of.get(outcome.intent_id, "")
            if draft_id and outcome.state is OutcomeState.CREATED:
                del self._draft_of[outcome.intent_id]
                if self.form is None or self.form.sending is None:
                    self._draft_exists(draft_id, outcome)

    def _draft_exists(self, draft_id: str, outcome: Outcome, *, is_shown: bool = False) -> None:
        """Take a draft away whose ticket exists; what was typed since becomes one of its own."""
        form = self.form
        sent = self._sent.pop(draft_id, None)
        if form is not None and (is_shown or form.draft.id == draft_id):
            if is_shown or _is_same(form.texts, self._opened_with if sent is None else sent):
                while self.screen is not form:
                    self.pop_screen()
                form.ended(outcome)
                self.form = None
            else:
                form.begin_anew()
                form.say("It exists; what you typed since is a new draft", "warning")
            self.drafts.end(draft_id)
        elif sent is not None:
            self._end_closed(draft_id, sent)
        else:
            # It was sent by another process: the ledger knows whether it was typed on.
            self.read_drafts()
        self.take_draft()

    def _end_closed(self, draft_id: str, sent: Mapping[str, str]) -> None:
        """Take away a draft that no form shows, but for what was typed since it was sent."""
        draft = self.drafts.get(draft_id)
        if draft is not None and not _is_same(draft.texts, sent):
            new_id = uuid.uuid4().hex
            self.drafts.change(replace(draft, id=new_id, version=0, may_exist=False))
        self.drafts.end(draft_id)

    @on(RequestRendered)
    def _show_request(self, event: RequestRendered) -> None:
        if event.preview is not None:
            from tui.app.screens.reading import RequestScreen

            self.push_screen(RequestScreen(self.look, event.preview))
        else:
            self.say_in_front(event.problem, "error")

    def _tell_outcome(self, workspace: str, outcome: Outcome, *, leads_there: bool) -> None:
        """Say how a create ended; `leads_there`: its form was open, and nobody has gone on."""
        if outcome.state is OutcomeState.CREATED:
            handle = outcome.ticket.handle if outcome.ticket else str(outcome.ref or workspace)
            if outcome.ref is not None:
                self.show_changes(self.vigil.freezer.let_in(outcome.ref, self._now()))
                for screen in self.deck_screens():
                    # A cursor that jumps under somebody's hand hits the wrong ticket.
                    if leads_there and isinstance(screen, TicketsScreen):
                        screen.select(outcome.ref)
            self.say_in_front(f"Created {handle}", "success")
        elif outcome.state is OutcomeState.NOT_CREATED:
            again = f"{self.key_of('draft')} reopens the draft"
            self.say_in_front(f"{workspace}: not created: {outcome.message}; {again}", "error")
        else:
            self.say_in_front(f"{workspace}: unknown: {outcome.message}", "warning")


def _is_same(texts: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """Whether nothing was typed since; a field that came meanwhile does not count."""
    return all(text == before.get(key, text) for key, text in texts.items())
