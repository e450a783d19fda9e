"""Reads what was typed into a query, or says where and why it cannot. Pure."""

from typing import NamedTuple

from tui.domain.errors import UsageError
from tui.domain.query.fields import FIELDS, UnknownWordError
from tui.domain.query.folding import folded
from tui.domain.query.lexer import FIELD_NAMES, Piece, Written, split
from tui.domain.query.query import Query
from tui.domain.query.terms import Term, Text, Value

_LIKENESS = 0.8
"""From here on an unknown name before a colon is a misspelt field, not a word with a colon."""
_LONGEST_ECHO = 24
"""So much of a word that is not known is repeated."""
_SHORTEST_BEGINNING = 3
_SHORTEST_LIKENESS = 5
"""Shorter names are near to too many words: `page` to `age`, `its` to `is`."""


class QueryError(UsageError):
    """The query cannot be read."""

    def __init__(self, reason: str, *, column: int, length: int) -> None:
        super().__init__(f"query, column {column}: {reason}")
        self.reason = reason
        """One line, without the place."""
        self.column = column
        """Where the wrong part begins, in characters from 1."""
        self.length = length
        """Of the wrong part, in characters."""


class Begun(NamedTuple):
    """A query that somebody is typing, as far as it counts by now."""

    text: str
    """The part of what is typed that counts, from its beginning."""
    query: Query
    """What that part asks for."""
    error: QueryError | None = None
    """Why it counts no further; None: what follows, if anything, is only begun."""


def parse_begun(text: str) -> Begun:
    """Read what somebody is still typing; what it means depends on nothing but the text.

    It counts as far as it can be read. The beginning of a field's name that ends the text does not
    count either: `prio` is a word only when something, if only a blank, stands behind it.
    """
    terms: dict[Term, None] = {}
    words = text.rstrip()
    end, error = len(words), None
    for piece in split(words):
        if piece.end == len(text) and _begins_a_field(piece):
            end = piece.start
            break
        try:
            values = _values(piece)
        except QueryError as refused:
            end, error = piece.start, refused
            break
        if values:
            terms[Term(piece.field, values, negated=piece.negated)] = None
    return Begun(words[:end].strip(), Query(tuple(terms)), error)


def _begins_a_field(piece: Piece) -> bool:
    if piece.field or not piece.values or piece.values[0].is_quoted:
        return False
    name, colon, value = piece.values[0].text.casefold().partition(":")
    if value:
        return False
    return any(field.startswith(name) for field in FIELD_NAMES) or bool(
        colon and _nearest_field(name)
    )


def parse_query(text: str, *, whole: bool = False) -> Query:
    """Parse what was typed.

    Words are AND; `,` inside a field is OR; `-` or `not:` in front negates; quotes hold spaces. A
    word with a colon behind no field's name, such as `12:30`, is a word. What is not finished yet
    means nothing: a lone `-` or quote, a field without a value. In a `whole` query nothing is
    still to come: there it is an error, lest `assignee:$NOBODY` means everybody.

    Raises:
        QueryError: a field has a value that it does not take, or the name of a field is misspelt.
    """
    terms: dict[Term, None] = {}
    for piece in split(text):
        if whole:
            _refuse_unfinished(text, piece)
        values = _values(piece)
        if values:
            terms[Term(piece.field, values, negated=piece.negated)] = None
    return Query(tuple(terms))


def _values(piece: Piece) -> tuple[Value, ...]:
    values: dict[Value, None] = {}
    for written in piece.values:
        if not written.text:
            continue
        if not piece.field:
            _refuse_misspelt(written)
            return (Text(_word(written)),)
        try:
            values |= dict.fromkeys(FIELDS[piece.field].read(written))
        except ValueError as error:
            reason = f"{piece.field}: {error}"
            if isinstance(error, UnknownWordError):
                reason = f"{_echoed(written.text)} is no word for {piece.field}: ({error})"
            raise _error(reason, written.start, written.end) from None
    return tuple(values)


def _word(written: Written) -> str:
    """Return a word as it is compared, such that it can be written in a query again."""
    word = folded(written.text)
    # No field goes by İS, but the word that it folds to would; and no quotes hold a quote.
    if '"' in word and any(piece.field for piece in split(word)):
        return word.replace('"', "")
    return word


def _refuse_unfinished(text: str, piece: Piece) -> None:
    if piece.values and all(written.text and not written.is_open for written in piece.values):
        return
    if any(written.is_open and written.text for written in piece.values):
        reason = "a quote has no end"
    elif piece.field:
        reason = f"{piece.field}: a value is missing ({FIELDS[piece.field].hint})"
    else:
        typed = text[piece.start : piece.end]
        reason = f"nothing is in {typed}" if '"' in typed else f"nothing is behind {typed}"
    raise _error(reason, piece.start, piece.end)


def _refuse_misspelt(written: Written) -> None:
    """A list that is empty because of a slip of the finger would read as: all is well."""
    name, colon, value = written.text.partition(":")
    is_name = name.isascii() and name.isalpha() and len(name) >= _SHORTEST_BEGINNING
    if written.is_quoted or not (colon and value and is_name):
        return
    if meant := _nearest_field(name.casefold()):
        reason = f"no field {name} (nearest: {meant}); put it in quotes to find it as a word"
        raise _error(reason, written.start, written.start + len(name))


def _nearest_field(name: str) -> str | None:
    """Return the field that was most likely meant: begun, in the plural, or with a slip."""
    begun = [field for field in FIELD_NAMES if field.startswith(name) or name == f"{field}s"]
    if begun or len(name) < _SHORTEST_LIKENESS:
        return begun[0] if begun else None
    import difflib

    long = [field for field in FIELD_NAMES if len(field) >= _SHORTEST_LIKENESS]
    near = difflib.get_close_matches(name, long, n=1, cutoff=_LIKENESS)
    return near[0] if near else None


def _echoed(word: str) -> str:
    return repr(word if len(word) <= _LONGEST_ECHO else f"{word[:_LONGEST_ECHO]}..")


def _error(reason: str, start: int, end: int) -> QueryError:
    return QueryError(reason, column=start + 1, length=end - start)
