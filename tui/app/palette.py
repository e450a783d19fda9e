"""What the command palette offers, and which of it is meant by what is typed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What an entry is the name of."""

    COMMAND = auto()
    WORKSPACE = auto()
    THEME = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the palette: a command, a workspace to go to, or a theme to wear."""

    name: str
    """The id of the command, or the name of the workspace or theme."""
    words: str
    """What it does, as in the help."""
    keys: str = ""
    """The effective key; "" where there is none."""
    kind: Kind = Kind.COMMAND


_EXACT, _BEGINS, _INSIDE, _SCATTERED = range(4)
"""How well a word that was typed agrees with an entry, the best first."""


def ranked(entries: Iterable[Entry], typed: str) -> list[Entry]:
    """Return the entries that agree with every word that was typed, the best first.

    A word is looked for in the name and in the words: whole, at the beginning of a part, anywhere,
    or, in the name only, letter by letter. What agrees equally well stays in its order.
    """
    wanted = typed.split()
    found: list[tuple[int, int, Entry]] = []
    for place, entry in enumerate(entries):
        scores = [_score(entry, word) for word in wanted]
        if None not in scores:
            found.append((sum(score or 0 for score in scores), place, entry))
    return [entry for _, _, entry in sorted(found, key=lambda each: each[:2])]


def _score(entry: Entry, typed: str) -> int | None:
    word, name, words = typed.casefold(), entry.name.casefold(), entry.words.casefold()
    parts = name.replace("_", ".").replace("-", ".").split(".")
    if typed == entry.keys or word in (name, parts[-1]):
        return _EXACT
    if name.startswith(word) or any(part.startswith(word) for part in (*parts, *words.split())):
        return _BEGINS
    if word in name or word in words:
        return _INSIDE
    return _SCATTERED if _is_scattered(word, name) else None


def _is_scattered(word: str, text: str) -> bool:
    """Whether the letters of the word stand in the text, in their order."""
    rest = iter(text)
    return all(letter in rest for letter in word)
