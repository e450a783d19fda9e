"""What may stand where somebody types in a query: names of fields, and their values. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from tui.domain.query.fields import FIELDS, read_text
from tui.domain.query.folding import folded
from tui.domain.query.lexer import Piece, Written, split
from tui.domain.query.terms import MISSING_WORD, quoted

MOST = 50
"""More than that nobody reads; typing on narrows them."""

_SHORTEST_GUESS = 2
"""Letters from which a word may be meant as a value: `crit` for `priority:critical`."""
_UNITS = (("m", "minutes"), ("h", "hours"), ("d", "days"))
_DIRECTIONS = {"age": "+", "updated": "-", "due": "-"}
"""What most people want to know of a time."""
_COUNT = re.compile(r"[0-9]{1,4}")
_SPAN = re.compile(r"(?:[0-9]{1,4}[smhdwy])+", re.IGNORECASE)
_FEW = frozenset({"workspace", "vendor", "tag", "channel", "segment"})
"""Fields of which a queue has few values: people tell one from another that only holds it."""
_HAS_NONE = frozenset({"assignee", "customer", "tag", "channel", "segment"})


class Completion(NamedTuple):
    """One text that may stand there, and what it means in a few words; "" where it says so."""

    text: str
    hint: str = ""


class Completions(NamedTuple):
    """What may stand in the place of `start` to `end` of the text; the best come first."""

    text: str
    start: int
    end: int
    items: tuple[Completion, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.items)

    def apply(self, item: Completion) -> tuple[str, int]:
        """Return the text with `item` in its place, and where the cursor is then."""
        cursor = self.start + len(item.text)
        return self.text[: self.start] + item.text + self.text[self.end :], cursor


def complete(text: str, cursor: int, values: Mapping[str, Sequence[str]]) -> Completions:
    """Return what may stand at the cursor, an index into the text.

    `values` are the values that the queue has, by the name of the field. Whatever is in front of
    the cursor in the same name or value begins a completion, which takes the place of all of it.
    """
    piece = next((piece for piece in split(text) if piece.start <= cursor <= piece.end), None)
    if piece is None:
        return Completions(text, cursor, cursor, tuple(_names("")))
    if not piece.field:
        return _of_word(text, cursor, piece)
    first = piece.values[0].start
    if cursor < first:
        start = first - len(piece.field) - 1
        return Completions(text, start, first, tuple(_names(text[start:cursor])))
    written = next(each for each in piece.values if each.start <= cursor <= each.end)
    return _of_value(text, cursor, piece, written, values.get(piece.field, ()))


def _of_word(text: str, cursor: int, piece: Piece) -> Completions:
    if not piece.values:
        return Completions(text, piece.end, piece.end, tuple(_names("")))
    word = piece.values[0]
    if word.is_quoted or cursor < word.start:
        return Completions(text, cursor, cursor)
    typed = text[word.start : cursor]
    items = [*_names(typed), *_guesses(typed)]
    return Completions(text, word.start, word.end, tuple(items))


def _names(typed: str) -> Iterator[Completion]:
    begun = typed.casefold()
    for name, field in FIELDS.items():
        if name.startswith(begun):
            yield Completion(f"{name}:", field.hint)


def _guesses(typed: str) -> Iterator[Completion]:
    """Yield the fields with a fixed value that begins like the word."""
    begun = typed.casefold()
    if len(begun) < _SHORTEST_GUESS or not begun.isalpha():
        return
    for name in ("is", "priority", "status"):
        for choice, hint in FIELDS[name].choices.items():
            if choice.startswith(begun):
                yield Completion(f"{name}:{choice}", hint)


def _of_value(
    text: str, cursor: int, piece: Piece, written: Written, known: Sequence[str]
) -> Completions:
    start = written.start + len(written.sign)
    end = written.end
    typed = text[start:cursor]
    if written.is_quoted:
        typed = typed[1:]
        # Without its closing quote the value reaches over all that comes behind it.
        end = cursor if written.is_open else end
    others = {each.text.casefold() for each in piece.values if each is not written}
    offered = _offers(piece.field, written.sign, folded(typed), known)
    items = islice((each for each in offered if _bare(each) not in others), MOST)
    return Completions(text, start, max(end, start), tuple(items))


def _bare(item: Completion) -> str:
    return item.text.removeprefix("=").strip('"').casefold()


def _offers(name: str, sign: str, begun: str, known: Sequence[str]) -> Iterator[Completion]:
    """Yield what may stand behind a field's colon, and behind the sign if there is one."""
    for choice, hint in FIELDS[name].choices.items():
        if choice.startswith(begun) and not (sign and choice[-1] in "+-"):
            yield Completion(choice, hint)
    if name in _DIRECTIONS:
        yield from _spans(_DIRECTIONS[name], sign, begun)
    elif FIELDS[name].read is read_text:
        is_exact = name in _FEW and not sign
        yield from _known_values(begun, known, is_exact=is_exact)
    if name in _HAS_NONE and not sign and MISSING_WORD.startswith(begun):
        yield Completion(MISSING_WORD, f"has no {name}")


def _spans(usual: str, sign: str, begun: str) -> Iterator[Completion]:
    if _COUNT.fullmatch(begun):
        for unit, words in _UNITS:
            yield Completion(f"{begun}{unit}{'' if sign else usual}", words)
    elif _SPAN.fullmatch(begun) and not sign:
        yield Completion(f"{begun}+", "that and more")
        yield Completion(f"{begun}-", "that and less")


def _known_values(begun: str, known: Sequence[str], *, is_exact: bool) -> Iterator[Completion]:
    """Yield values of the queue that hold what was typed, those that begin with it first.

    `is_exact`: a value that another one holds is written so that it means itself alone.
    """
    # What holds a quote cannot be written between two.
    words_of = {value: folded(value) for value in known if value and '"' not in value}
    hold = [value for value, words in words_of.items() if begun in words]
    hold.sort(key=lambda value: not words_of[value].startswith(begun))
    for value in hold:
        own = words_of[value]
        is_part = is_exact and any(own in words_of[other] and other != value for other in hold)
        yield Completion(f"{'=' * is_part}{quoted(value)}")
