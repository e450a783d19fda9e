"""The key that opened a form, held down too long: what it repeats is no text. Pure.

A held key begins to repeat when the form may stand already, and goes on into its first field.
"""

from collections.abc import Sequence
from typing import Final

from textual import events

Typed = events.Key | events.Paste
PAUSE_S: Final = 0.2
"""A keyboard repeats a held key sooner than that; who comes again later has pressed it again."""
_HELD_FROM: Final = 3
"""So many of the same in a row are a held key; fewer may be the beginning of a word."""


class OpeningKey:
    """Stands before a form that was just opened, until it is known what its first keys are."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._is_over = False
        self._waiting: list[Typed] = []
        """What came and may be text."""
        self._count = 0
        self._last = 0.0

    @property
    def count(self) -> int:
        """How often the key was taken for one that may be held; 0 once another key came."""
        return 0 if self._is_over else self._count

    def pass_on(self, event: Typed) -> Sequence[Typed]:
        """Take in what was typed, and return what of it is for the form, as far as is known."""
        if self._is_over or not self._goes_on(event):
            return (*self.end(), event)
        self._count, self._last = self._count + 1, event.time
        self._waiting = [*self._waiting, event] if self._count < _HELD_FROM else []
        return ()

    def end(self) -> Sequence[Typed]:
        """Take in that the key was let go; return what of it was text."""
        waiting, self._waiting, self._is_over = self._waiting, [], True
        return waiting

    def _goes_on(self, event: Typed) -> bool:
        if not isinstance(event, events.Key) or event.key != self._key:
            return False
        return not self._count or event.time - self._last < PAUSE_S
