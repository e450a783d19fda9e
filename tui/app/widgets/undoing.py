"""A field of one line takes back what was typed last, as Textual's of several lines does."""

from typing import TYPE_CHECKING, Final

# Textual looks for style sheets and component classes with the first base that is a widget.
if TYPE_CHECKING:
    from textual.widgets import Input as Base
else:
    Base = object

_STEPS_MOST: Final = 100


class Undoing(Base):
    """Stands before Textual's `Input`, which knows no way back. A typed word is one step."""

    _steps: tuple[str, ...] = ()
    """What stood here before each step, the latest last."""
    _is_in_word = _is_going_back = False

    def action_undo(self) -> None:
        """Let stand what stood here before the last step."""
        if not self._steps:
            return
        *before, text = self._steps
        self._is_going_back = True
        self.value = text
        self._is_going_back = self._is_in_word = False
        self._steps = tuple(before)
        self.cursor_position = len(text)

    def watch_value(self, before: str, value: str) -> None:
        """Remember what went."""
        if self._is_going_back or not self.is_mounted:
            return
        is_letter = len(value) == len(before) + 1
        if not (is_letter and self._is_in_word):
            self._steps = (*self._steps[-_STEPS_MOST:], before)
        self._is_in_word = is_letter and value.count(" ") == before.count(" ")
