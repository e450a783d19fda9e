"""The part of the dashboard that shows the outbox, and tells of ends that nobody waited for."""

from typing import TYPE_CHECKING

from textual import on

from tui.app.creating import CreatingApp
from tui.app.messages import CreateEnded, DropEnded, FormCame, LossesDropped, StoreChanged
from tui.app.outbox_watch import OutboxWatch
from tui.app.screens.deck import DeckScreen

if TYPE_CHECKING:
    from tui.app.screens.outbox import OutboxScreen


class OutboxApp(CreatingApp, inherit_bindings=False):
    """Watches the creates without an end. The screen is loaded when it is wanted."""

    _outbox_watch: OutboxWatch
    _outbox: "OutboxScreen | None" = None
    """As it was opened last."""

    def on_mount(self) -> None:
        self._outbox_watch = OutboxWatch(self._now())

    @on(DeckScreen.OutboxWanted)
    def _show_outbox(self) -> None:
        from tui.app.screens.outbox import OutboxScreen

        if any(isinstance(screen, OutboxScreen) for screen in self.screen_stack):
            while not isinstance(self.screen, OutboxScreen):
                self.pop_screen()
        else:
            self._outbox = OutboxScreen(self.look, self.bridge, self.mirror, self.specs_with_labels)
            self.push_screen(self._outbox)
            self.ask_labels({create.workspace for create in self.bridge.open_creates})

    @on(FormCame)
    def _tell_outbox_labels(self) -> None:
        if self._outbox is not None and self._outbox in self.screen_stack:
            # The form is taken in behind this.
            self.call_later(self._outbox.labels_came)

    @on(StoreChanged)
    def _watch_outbox(self) -> None:
        bridge, watch = self.bridge, self._outbox_watch
        news = watch.look(bridge.open_creates, bridge.settled, bridge.on_their_way)
        if news:
            look = self.look
            words = news.words(look.keymap.shown("data.outbox"), cut=look.glyphs.cut)
            self.say_in_front(words, "success" if news.is_good else "warning")

    @on(CreateEnded)
    def _take_in_end(self, event: CreateEnded) -> None:
        """Leave the telling to whoever sent it."""
        self.bridge.arrived(event.draft)
        self._outbox_watch.answered(event.outcome)

    @on(DropEnded)
    def _tell_dropped(self, event: DropEnded) -> None:
        if event.problem:
            self.say_in_front(f"Not dropped: {event.problem}", "error")
        else:
            self.say_in_front("Dropped; it is not looked for any more")

    @on(LossesDropped)
    def _tell_losses_dropped(self, event: LossesDropped) -> None:
        if event.problem:
            self.say_in_front(f"Not dropped: {event.problem}", "error")
        else:
            self.say_in_front("Dropped; what was lost is not told any more")

    def on_outbox_screen_form_wanted(self, event: "OutboxScreen.FormWanted") -> None:
        """Open what was typed in the form."""
        self.open_in_form(event.create)
