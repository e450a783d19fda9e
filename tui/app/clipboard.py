"""Hands text to the terminal's clipboard, from within tmux and GNU screen too.

The way is OSC 52, a sequence that carries the text as base64, over SSH to the terminal that one
sits at. Whether a terminal takes it cannot be known.
"""

import base64
import os
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

LARGEST: Final = 74_994
"""Bytes of text; more than 100,000 bytes of base64 and its frame hterm and others throw away."""
_SCREEN_CHUNK: Final = 76
"""Bytes that GNU screen passes on at once; its buffer for a sequence is small."""
_PATIENCE_S: Final = 2.0


class Way(Enum):
    """How the text gets from here to the terminal."""

    PLAIN = "plain"
    """The sequence as it is: to a terminal, or to tmux with `set-clipboard on`."""
    THROUGH_TMUX = "through tmux"
    """Wrapped, so that tmux passes it on unread: `allow-passthrough on`, and before 3.3 always."""
    THROUGH_SCREEN = "through screen"
    BY_TMUX = "by tmux"
    """tmux takes neither from a program, which is how it comes; its own command always works."""


def osc52(text: str, way: Way = Way.PLAIN) -> str:
    """Return the sequence that puts a cleaned text into the clipboard."""
    # BEL ends it and not ST, because an ESC would end the frame of screen around it.
    plain = f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode()}\a"
    if way is Way.THROUGH_TMUX:
        return f"\x1bPtmux;{plain.replace(chr(27), chr(27) * 2)}\x1b\\"
    if way is Way.THROUGH_SCREEN:
        chunks = (plain[at : at + _SCREEN_CHUNK] for at in range(0, len(plain), _SCREEN_CHUNK))
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return plain


@dataclass(frozen=True, slots=True)
class Clipboard:
    """The way to the clipboard of the terminal that this process runs in."""

    environ: Mapping[str, str]
    withheld: Collection[str] = ()
    """Variables that no other program gets: they hold credentials."""

    def find_way(self) -> Way:
        """Return how to reach the terminal; asks tmux where there is one, so not on the loop."""
        if self.environ.get("TMUX"):
            return _way_of(self._tmux("display-message", "-p", _ASKED))
        return Way.THROUGH_SCREEN if self.environ.get("STY") else Way.PLAIN

    def load_into_tmux(self, text: str) -> bool:
        """Have tmux take the text, and hand it to its terminal; return whether it did."""
        return self._tmux("load-buffer", "-w", "-", given=text) is not None

    def _tmux(self, *arguments: str, given: str = "") -> str | None:
        """Return what tmux says; None where it says nothing."""
        command = ["tmux", *arguments]
        left = {name: text for name, text in self.environ.items() if name not in self.withheld}
        try:
            ended = subprocess.run(
                command,
                input=given.encode("utf-8", "replace"),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=left,
                start_new_session=True,
                timeout=_PATIENCE_S,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return ended.stdout.decode("utf-8", "replace")


_ASKED: Final = "#{set-clipboard} #{allow-passthrough}"


def _way_of(answer: str | None) -> Way:
    takes, _, passes = (answer or "").strip().partition(" ")
    if takes == "on":
        return Way.PLAIN
    if takes and passes in ("0", "off"):
        return Way.BY_TMUX
    return Way.THROUGH_TMUX


def clipboard_here(withheld: Collection[str] = ()) -> Clipboard:
    """Return the clipboard of this process's terminal."""
    return Clipboard(os.environ, withheld)
