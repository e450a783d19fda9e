"""The part of the dashboard that opens the form for a new ticket, and tells how a create ended."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from tui.app.following import FollowingApp
from tui.app.messages import CreateEnded, RequestRendered
from tui.app.screens.pick import PickScreen
from tui.app.screens.tickets import TicketsScreen
from tui.app.screens.workspaces import WorkspacesScreen
from tui.domain.draft import Outcome, OutcomeState

if TYPE_CHECKING:
    from tui.app.screens.create import CreateScreen
    from tui.domain.creates import KeptDraft


class CreatingApp(FollowingApp, inherit_bindings=False):
    """Keeps what stood in forms that were closed. The form itself is loaded when it is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self._drafts: dict[str, KeptDraft] = {}

    @on(WorkspacesScreen.CreateWanted)
    @on(TicketsScreen.CreateWanted)
    def _open_form(self, event: WorkspacesScreen.CreateWanted | TicketsScreen.CreateWanted) -> None:
        from tui.app.screens.create import CreateScreen

        if isinstance(self.screen, CreateScreen | PickScreen):
            return
        if event.workspace is not None:
            self._open_form_in(event.workspace)
            return
        names = self.bridge.creatable()
        if len(names) == 1:
            self._open_form_in(names[0])
        elif names:
            items = [(name, self.bridge.workspaces[name].title) for name in names]
            near = event.near if isinstance(event, TicketsScreen.CreateWanted) else None
            at = names.index(near) if near in names else 0
            picker = PickScreen(self.look, "New ticket in", items, at=at)

            def open_picked(at: int | None) -> None:
                if at is not None:
                    self._open_form_in(names[at])

            self.push_screen(picker, open_picked)
        else:
            reasons = [self.bridge.why_not_create(name) for name in self.bridge.workspaces]
            self.say_in_front(reasons[0] if reasons else "There is no workspace", "warning")

    def _open_form_in(self, workspace: str) -> None:
        if reason := self.bridge.why_not_create(workspace):
            self.say_in_front(reason, "warning")
            return
        from tui.app.screens.create import CreateScreen

        draft = self._drafts.get(workspace)
        place = self.bridge.workspaces[workspace]
        self.push_screen(CreateScreen(self.look, self.bridge, place, draft))

    def on_create_screen_closed(self, event: "CreateScreen.Closed") -> None:
        """Keep what stood in the form."""
        self._drafts[event.draft.workspace] = event.draft
        words = "Draft kept; n reopens"
        if event.is_sending:
            words = f"Still sending to {event.draft.workspace}; the answer shows here"
        self.call_after_refresh(self.say_in_front, words)

    @on(CreateEnded)
    def _create_ended(self, event: CreateEnded) -> None:
        from tui.app.screens.create import CreateScreen

        form = next(
            (
                screen
                for screen in self.deck_screens()
                if isinstance(screen, CreateScreen) and screen.sending is event.draft
            ),
            None,
        )
        if form is not None:
            while event.outcome.state is OutcomeState.CREATED and self.screen is not form:
                self.pop_screen()
            form.ended(event.outcome)
        place, state = event.draft.workspace, event.outcome.state
        if state is OutcomeState.CREATED:
            self._drafts.pop(place, None)
        elif place in self._drafts:
            may_exist = state is OutcomeState.UNKNOWN
            self._drafts[place] = replace(self._drafts[place], may_exist=may_exist)
        if form is None or event.outcome.state is OutcomeState.CREATED:
            self.call_after_refresh(self._tell_outcome, event.draft.workspace, event.outcome)

    @on(RequestRendered)
    def _show_request(self, event: RequestRendered) -> None:
        if event.preview is not None:
            from tui.app.screens.reading import RequestScreen

            self.push_screen(RequestScreen(self.look, event.preview))
        else:
            self.say_in_front(event.problem, "error")

    def _tell_outcome(self, workspace: str, outcome: Outcome) -> None:
        if outcome.state is OutcomeState.CREATED:
            handle = outcome.ticket.handle if outcome.ticket else str(outcome.ref or workspace)
            if outcome.ref is not None:
                self.show_changes(self.vigil.freezer.let_in(outcome.ref, self._now()))
                for screen in self.deck_screens():
                    if isinstance(screen, TicketsScreen):
                        screen.select(outcome.ref)
            self.say_in_front(f"Created {handle}", "success")
        elif outcome.state is OutcomeState.NOT_CREATED:
            self.say_in_front(
                f"{workspace}: not created: {outcome.message}; n reopens the draft", "error"
            )
        else:
            self.say_in_front(f"{workspace}: unknown: {outcome.message}", "warning")
