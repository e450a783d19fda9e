"""Which key does what, after the user's own choices. The one maker of bindings.

Textual's keymap cannot unbind a command, and cannot give the keys of one command different
actions, as `esc` and `q` of `app.back` need; so bindings are made here.
"""

import re
from collections.abc import Iterable, Mapping

from textual.binding import Binding, BindingsMap

from tui.app.commands import BY_ID, Command
from tui.app.key_names import normal_key, show_key

_FIRST = {"form.next", "form.previous"}
"""Moves of the focus that are done before what is typed behind them finds its field: over a slow
line the tab and the next letters come in one packet."""
INTERRUPT = "ctrl+c"
"""Does what `esc` does, even where Textual's own fields would copy; nobody quits by habit."""
NEVER_QUITS = "escape"
"""The key of `app.back` that clears one level and never quits; every other one may."""


class Keymap:
    """The effective keys of every command."""

    def __init__(self, chosen: Mapping[str, Iterable[str]] | None = None) -> None:
        self._chosen = {
            command_id: tuple(dict.fromkeys(normal_key(key) for key in keys if key))
            for command_id, keys in (chosen or {}).items()
            if command_id in BY_ID
        }

    @property
    def alt_characters(self) -> frozenset[str]:
        """The characters that the user made a key with alt."""
        keys = (key for chosen in self._chosen.values() for key in chosen)
        return frozenset(key[4:] for key in keys if re.fullmatch("alt\\+.", key))

    def keys(self, command_id: str, among: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the keys of a command where the commands `among` are at hand.

        A key that the user gave to one of these is taken from whoever had it by default.
        """
        if command_id in self._chosen:
            return self._chosen[command_id]
        taken = {key for other in among for key in self._chosen.get(other, ())}
        return tuple(key for key in BY_ID[command_id].keys if normal_key(key) not in taken)

    def bindings(self, command_ids: Iterable[str]) -> BindingsMap:
        """Return the bindings of a screen that has these commands."""
        at_hand = tuple(command_ids)
        bindings = [
            Binding(
                normal_key(key),
                action_of(BY_ID[command_id], normal_key(key)),
                BY_ID[command_id].help,
                show=False,
                priority=command_id in _FIRST,
                id=command_id,
            )
            for command_id in at_hand
            for key in self.keys(command_id, at_hand)
        ]
        if all(binding.key != INTERRUPT for binding in bindings):
            bindings.append(Binding(INTERRUPT, "back", show=False, priority=True))
        return BindingsMap(bindings)

    def shown(self, command_id: str, among: Iterable[str] = ()) -> str:
        """Return the first key of a command as people write it; "" if it has none."""
        keys = self.keys(command_id, among)
        return show_key(keys[0]) if keys else ""


def action_of(command: Command, key: str = "") -> str:
    """Return the action of a command, as one of its keys starts it."""
    if command.id == "app.back":
        return "back" if key == NEVER_QUITS else "leave"
    return command.id.replace(".", "_")
