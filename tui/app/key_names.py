"""What keys are called, by people and by Textual, and which terminals send. Imports no Textual."""

import re
import string
import unicodedata
from typing import Final

from tui.domain.draft import nearest_name

_ALIASES: Final = {
    "esc": "escape",
    "return": "enter",
    "pgdn": "pagedown",
    "pgup": "pageup",
    "page_down": "pagedown",
    "page_up": "pageup",
    "del": "delete",
    "ins": "insert",
    ",": "comma",
    " ": "space",
}
_CHARACTERS: Final = {
    "full_stop": ".",
    "colon": ":",
    "semicolon": ";",
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "backslash": "\\",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "circumflex_accent": "^",
    "underscore": "_",
    "minus": "-",
    "plus": "+",
    "at": "@",
    "number_sign": "#",
    "tilde": "~",
    "grave_accent": "`",
}
"""Textual's own names of characters, for those who looked there."""
_SHOWN: Final = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup", "comma": ","}
_CONTROL_NAMES: Final = {
    "\\": "backslash",
    "]": "right_square_bracket",
    "^": "circumflex_accent",
    "_": "underscore",
    "/": "underscore",
    "space": "@",
}
"""What Textual calls a character that is typed with ctrl."""
_CONTROL_SHOWN: Final = {
    "backslash": "\\",
    "right_square_bracket": "]",
    "circumflex_accent": "^",
    "underscore": "_",
    "@": "space",
}
SENT_AS: Final = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+[": "escape",
}
"""Keys for which a terminal sends the same byte as for another one."""

_HYPHEN: Final = re.compile(r"(?:(?<=ctrl)|(?<=shift)|(?<=alt))-(?=.)")
"""As in `ctrl-n`, which is how some people write it."""
_MOVES: Final = ("left", "right", "up", "down", "home", "end", "pageup", "pagedown")
_NAMED: Final = (*_MOVES, "escape", "enter", "tab", "space", "backspace", "delete", "insert")
_FUNCTION_KEYS: Final = tuple(f"f{number}" for number in range(1, 25))
_KNOWN: Final = frozenset(
    (
        *_NAMED,
        "comma",
        *_FUNCTION_KEYS,
        "shift+tab",
        *(f"alt+{letter}" for letter in string.ascii_lowercase + string.digits),
        *(f"ctrl+{letter}" for letter in string.ascii_lowercase),
        *(f"ctrl+{name}" for name in _CONTROL_SHOWN),
        *(
            f"{modifiers}+{name}"
            for modifiers in ("alt", "ctrl", "shift", "alt+ctrl", "alt+shift", "ctrl+shift")
            for name in (*_MOVES, "delete", "insert", *_FUNCTION_KEYS)
        ),
    )
) - frozenset(SENT_AS)


_EDITING: Final = frozenset(
    (
        *("left", "right", "home", "end", "backspace", "delete"),
        *("shift+left", "shift+right", "shift+home", "shift+end", "ctrl+left", "ctrl+right"),
        *("alt+backspace", "ctrl+backspace"),
        *(f"ctrl+{letter}" for letter in "acdefkuvwx"),
    )
)
"""What Textual's field takes for itself."""


def normal_key(key: str) -> str:
    """Return a key as Textual names it, or the character itself: `esc` is `escape`."""
    key = key.strip() or key
    if len(key) <= 1:
        return _ALIASES.get(key, key)
    *modifiers, name = _HYPHEN.sub("+", key.lower()).split("+")
    name = _ALIASES.get(name, name)
    name = _CHARACTERS.get(name, name)
    held = sorted({"ctrl" if each == "control" else each for each in modifiers})
    if held == ["shift"] and len(name) == 1 and name.isalpha():
        return name.upper()
    if held == ["ctrl"]:
        name = _CONTROL_NAMES.get(name, name)
    return "+".join([*held, name])


def show_key(key: str) -> str:
    """Return a key as people write it: `esc`, `ctrl+s`, `F1`, `?`."""
    key = normal_key(key)
    if len(key) == 1:
        return key
    *modifiers, name = key.split("+")
    if name in _FUNCTION_KEYS:
        name = name.upper()
    if modifiers == ["ctrl"]:
        name = _CONTROL_SHOWN.get(name, name)
    return "+".join([*modifiers, _SHOWN.get(name, name)])


def is_character(key: str) -> bool:
    """Whether the key writes something where there is a text field."""
    return len(key) == 1 or key in ("comma", "space")


def is_typed(key: str) -> bool:
    """Whether a text field takes the key for itself: it writes, or edits what is written."""
    return is_character(key) or key in _EDITING


def key_problem(key: str) -> str:
    """Return what is wrong with a key that somebody wrote, in a few words; "" for nothing."""
    name = normal_key(key)
    if sent := SENT_AS.get(name):
        return f"terminals send {show_key(sent)} for it"
    if name in _KNOWN or (len(name) == 1 and name.isprintable()):
        return ""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    nearest = nearest_name(plain, sorted(_KNOWN))
    return (
        f"no key that terminals send (nearest: {show_key(nearest)})"
        if nearest
        else ("no key that terminals send; write it like n, N, ctrl+n, F2 or alt+up")
    )
