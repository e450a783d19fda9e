"""What every screen needs to show itself: colours, signs, clock and keys, given down to it."""

from collections.abc import Callable
from dataclasses import dataclass

from tui.app.formatting import ClockFace, Glyphs
from tui.app.keymap import Keymap
from tui.app.painting import Painter
from tui.domain.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the dashboard looks on this terminal, for this user."""

    painter: Painter
    glyphs: Glyphs
    clock: Clock
    face: ClockFace
    keymap: Keymap
    words: Callable[[], tuple[str, ...]]
    """Returns `DEMO`, `OBSERVE` and `MEMORY ONLY`: words that never leave the screen while true."""
