"""Screens that show what the polling does: they ask for it when it may have changed."""

from collections.abc import Mapping

from tui.app.bridge import Bridge
from tui.app.look import Look
from tui.app.mirror import Touched
from tui.app.screens.deck import DeckScreen, Result
from tui.domain.activity import WorkspaceActivity

ASK_EVERY_S = 3.0
"""No sooner than this after the last time, however much changes."""


class ActivityWatch(DeckScreen[Result]):
    """Asks while it is the current screen: when shown, after changes, and each minute."""

    def __init__(self, look: Look, bridge: Bridge) -> None:
        super().__init__(look)
        self.bridge = bridge
        self.activities: Mapping[str, WorkspaceActivity] = {}
        self._has_just_asked = False
        self._is_to_ask = False

    def show_activity(self) -> None:
        """Show `activities`, and all else that may have changed."""
        raise NotImplementedError

    def activity_of(self, workspace: str) -> WorkspaceActivity:
        """Return what is known of the polling of a workspace."""
        return self.activities.get(workspace, WorkspaceActivity())

    def on_screen_resume(self) -> None:
        self.show_activity()
        self._ask()

    def queue_changed(self, touched: Touched) -> None:
        self.show_activity()
        self._ask()

    def time_passed(self) -> None:
        self.show_activity()
        self._ask()

    def activity_came(self, activities: Mapping[str, WorkspaceActivity]) -> None:
        self.activities = activities
        self.show_activity()

    def _ask(self) -> None:
        if not self.is_current:
            return
        if self._has_just_asked:
            self._is_to_ask = True
            return
        self._has_just_asked = True
        self.bridge.ask_activity()
        self.set_timer(ASK_EVERY_S, self._ask_again)

    def _ask_again(self) -> None:
        self._has_just_asked = False
        if self._is_to_ask:
            self._is_to_ask = False
            self._ask()
