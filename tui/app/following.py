"""The part of the dashboard that follows: what changes, what time brings, and who looks."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from textual import events, on
from textual.timer import Timer

from tui.app.alerts import title_words
from tui.app.bridge import Bridge
from tui.app.digest import Digest
from tui.app.freeze import frozen_lines, thawed_words
from tui.app.key_order import KeysInOrder
from tui.app.look import Look
from tui.app.messages import StoreChanged
from tui.app.mirror import QueueMirror, Touched
from tui.app.paste import clean_paste
from tui.app.screens.deck import DeckScreen
from tui.app.screens.news import DigestLine, NewsMoves
from tui.app.vigil import Vigil, may_be_refreshed
from tui.domain.ticket import TicketRef

_SHORTEST_NAP_S = 0.05
_SETTLED_S = 0.1
"""The key that somebody comes back with has done its work by then."""


@runtime_checkable
class TitledTerminal(Protocol):
    """A driver that can name the terminal's window."""

    def show_title(self, title: str) -> None: ...


class FollowingApp(KeysInOrder, inherit_bindings=False):
    """Follows the queue and the clock with one timer, and has the screens show what comes."""

    look: Look
    bridge: Bridge
    mirror: QueueMirror
    """What the screens show."""
    vigil: Vigil
    """Follows the queue for `mirror`, frozen or not."""
    terminal_title = ""
    """What the terminal's title says."""
    _is_demo = False
    _looked_at: tuple[str, ...] = ()
    _alarm: Timer | None = None

    def time_passed(self) -> None:
        """Take in that it is later now: rows turn overdue and move, clocks and ages go on."""
        freezer = self.vigil.freezer
        was_frozen, waiting = freezer.since is not None, freezer.waiting
        touched = self.vigil.advance(self._now())
        if touched:
            self.show_changes(touched)
        else:
            for screen in self.deck_screens():
                screen.time_passed()
            self._show_around()
        if was_frozen and freezer.since is None:
            self._tell_thawed(waiting, by_itself=True)

    @on(StoreChanged)
    def _pull(self) -> None:
        self.show_changes(self.vigil.pull(self._now()))

    def show_changes(self, touched: Touched) -> None:
        """Have every screen show what is different."""
        for screen in self.deck_screens():
            screen.queue_changed(touched)
        self._show_around()

    def _show_around(self) -> None:
        """Show what is true of all screens, ring, and set the alarm for what is next."""
        if self.vigil.rings(self._now()):
            self.bell()
        self._show_title()
        self._show_frozen()
        self._tell_look()
        self._see_open_ticket()
        self._set_alarm()

    def _show_title(self) -> None:
        title = title_words(self.vigil.pressing, demo=self._is_demo)
        if title != self.terminal_title:
            self.terminal_title = title
            driver: object = self._driver
            if isinstance(driver, TitledTerminal):
                driver.show_title(title)

    def _show_frozen(self) -> None:
        freezer, look = self.vigil.freezer, self.look
        forms = frozen_lines(freezer, look.face, self._now(), look.keymap.shown("data.freeze"))
        for screen in self.deck_screens():
            screen.show_frozen(forms)

    @on(DeckScreen.FreezeWanted)
    def _freeze_or_thaw(self) -> None:
        freezer = self.vigil.freezer
        was_frozen, waiting = freezer.since is not None, freezer.waiting
        self.show_changes(self.vigil.freeze_or_thaw(self._now()))
        if was_frozen:
            self._tell_thawed(waiting)

    def _tell_thawed(self, waiting: int, *, by_itself: bool = False) -> None:
        front = self._front()
        if front is not None:
            front.say(thawed_words(waiting, by_itself=by_itself))

    @on(DeckScreen.AlarmWanted)
    def _alarm_wanted(self) -> None:
        self._set_alarm()

    @on(DeckScreen.Resumed)
    def _screen_resumed(self) -> None:
        self._show_around()
        self._show_digest()

    @on(NewsMoves.Seen)
    def _somebody_saw(self, event: NewsMoves.Seen) -> None:
        if event.asked or self.vigil.looks(self._now()):
            self._see(event.refs)

    @on(DigestLine.DigestDone)
    def _digest_done(self) -> None:
        self.vigil.digest = Digest()
        self._show_digest()

    def _see(self, refs: Collection[TicketRef]) -> None:
        if marked := self.vigil.see(refs):
            self.bridge.mark_seen(marked)
        self._show_digest()
        self.show_changes(Touched())

    def _see_open_ticket(self) -> None:
        """What changed in the ticket that is open is seen at once, if somebody looks."""
        front = self._front()
        ref = front.open_ticket if front else None
        if ref is not None and ref in self.mirror.novelties:
            self._somebody_saw(NewsMoves.Seen({ref}))

    def _show_digest(self) -> None:
        for screen in self.deck_screens():
            if isinstance(screen, DigestLine):
                screen.show_digest(self.vigil.digest)

    def somebody_left(self) -> None:
        """Take in that nobody sees the screen now."""
        self.vigil.left(self._now())
        self._tell_look()

    def somebody_came(self) -> None:
        """Take in a sign of somebody: a key, the mouse, the focus."""
        looked = self.vigil.looks(self._now())
        if self.vigil.came(self._now()):
            self._refresh_what_is_due()
            self.set_timer(_SETTLED_S, self._show_digest)
        if not looked:
            self._tell_look()
            for screen in self.deck_screens():
                if isinstance(screen, NewsMoves):
                    screen.look_again()

    def _refresh_what_is_due(self) -> None:
        """Read what is in sight, unless it was just read, or is not to be read for a reason."""
        now, health = self._now(), self.mirror.health
        for name in self._in_sight():
            if name in health and may_be_refreshed(health[name], now):
                self.bridge.refresh(name)

    def _tell_look(self) -> None:
        names = self._in_sight() if self.vigil.looks(self._now()) else ()
        if names != self._looked_at:
            self._looked_at = names
            self.bridge.look_at(names)

    def _in_sight(self) -> tuple[str, ...]:
        """Return the workspaces that the uppermost screens are about."""
        for screen in reversed(self.deck_screens()):
            if screen.watched is not None:
                return screen.watched or tuple(self.bridge.workspaces)
        return tuple(self.bridge.workspaces)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Paste):
            event.text = clean_paste(event.text)
        if isinstance(event, events.AppBlur):
            self.somebody_left()
        elif isinstance(event, events.AppFocus | events.InputEvent | events.Paste):
            self.somebody_came()
        # Textual would take the focus from its field and back, and draw the whole screen for it.
        if not isinstance(event, events.AppBlur | events.AppFocus):
            await super().on_event(event)

    def deck_screens(self) -> list[DeckScreen[object]]:
        """Return the screens from the root to the one in front."""
        return [screen for screen in self.screen_stack if isinstance(screen, DeckScreen)]

    def say_in_front(self, words: str, style: str = "text") -> None:
        """Show a notice on the screen in front; nowhere while the program ends."""
        if (front := self._front()) is not None:
            show = front.warn if style in ("warning", "error") else front.say
            show(words, style)

    def _front(self) -> DeckScreen[object] | None:
        """Return the screen in front; None while the program ends."""
        screens = self.deck_screens()
        return screens[-1] if screens else None

    def _set_alarm(self) -> None:
        """Sleep until something on the screen is different by time alone: never by the second."""
        if self._alarm is not None:
            self._alarm.stop()
        now = self._now()
        moments = [now.replace(second=0, microsecond=0) + timedelta(minutes=1)]
        moments += [
            health.late_at
            for health in self.mirror.health.values()
            if health.late_at is not None and health.late_at > now
        ]
        front = self._front()
        shown = front.next_change(now) if front else None
        moments += [moment for moment in (shown, *self.vigil.moments()) if moment is not None]
        nap_s = max((min(moments) - now).total_seconds(), _SHORTEST_NAP_S)
        self._alarm = self.set_timer(nap_s, self.time_passed)

    def _now(self) -> datetime:
        return self.look.clock.now()
