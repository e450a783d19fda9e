"""The part of the dashboard that sends whole frames, and none that nobody could see."""

from typing import Any, Protocol, runtime_checkable

from textual import on
from textual.app import App
from textual.events import Mount

_TICK_S = 0.025
"""Longer than the time between two frames of Textual."""
_TICKS_MOST = 6


@runtime_checkable
class LaggingTerminal(Protocol):
    """A terminal that may read more slowly than is drawn."""

    @property
    def is_behind(self) -> bool: ...


class WholeFramesApp(App[int], inherit_bindings=False):
    """Holds the frames back in which a screen takes its shape.

    Textual draws a screen that comes to the front up to four times until all is in its place and
    the focus is set, and the one that is there again twice. A slow line carries all of that.

    While the terminal is behind nothing is drawn. Its driver says when the screen is to be drawn
    anew.
    """

    holds_frames = False
    """Whether a screen is taking its shape."""
    _has_drawn = False
    _is_moving = False
    """Whether a frame was held back since the last look."""

    @on(Mount)
    def _watch_screens(self) -> None:
        self.screen_change_signal.subscribe(self, self._hold, immediate=True)

    def _hold(self, _screen: object) -> None:
        # The very first frame has nothing before it, and should be there as early as can be.
        if self._has_drawn and not self.holds_frames:
            self.holds_frames = self._is_moving = True
            self.set_timer(_TICK_S, lambda: self._look_again(1))

    def _look_again(self, ticks: int) -> None:
        if not self._is_moving or ticks >= _TICKS_MOST:
            self.holds_frames = False
            if self.is_running and self.screen_stack:
                self.screen.refresh()
            return
        self._is_moving = False
        self.set_timer(_TICK_S, lambda: self._look_again(ticks + 1))

    def _display(self, screen: Any, renderable: Any) -> None:
        if self.holds_frames:
            self._is_moving = self._is_moving or renderable is not None
            self.post_display_hook()
            return
        driver: object = self._driver
        if isinstance(driver, LaggingTerminal) and driver.is_behind:
            self.post_display_hook()
            return
        self._has_drawn = self._has_drawn or renderable is not None
        super()._display(screen, renderable)
