"""Has the workspaces of a list read anew, and leads to what the polling of them did."""

from tui.app.bridge import Bridge
from tui.app.screens.deck import Result
from tui.app.screens.news import NewsMoves


class PollMoves(NewsMoves[Result]):
    """Asks the engine for what is shown, or for everything."""

    _bridge: Bridge

    def action_data_refresh(self) -> None:
        for name in self.workspaces or (None,):
            self._bridge.refresh(name)
        self.say(f"Reading {' + '.join(self.workspaces) or 'all workspaces'}")

    def action_data_refresh_all(self) -> None:
        self._bridge.refresh()
        self.say("Reading all workspaces")

    def action_data_sources(self) -> None:
        ticket = self.items.ticket
        near = ticket.ref.workspace if ticket else next(iter(self.workspaces), None)
        self.post_message(self.SourcesWanted(near))
