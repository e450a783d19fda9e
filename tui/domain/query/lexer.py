"""Splits a query into the terms that were typed, each with its place. Pure; refuses nothing."""

import re
from collections.abc import Iterator
from typing import NamedTuple

FIELD_NAMES = (
    *("status", "priority", "is", "assignee", "customer", "workspace", "vendor"),
    *("tag", "channel", "segment", "age", "updated", "due"),
)
"""The names that, before a colon, make a word a field."""

# Within ASCII: otherwise İ would be a letter of `is`, and no field goes by such a name.
_HEAD = re.compile(rf"\s*(?ai:(?P<no>-|not:)?(?:(?P<field>{'|'.join(FIELD_NAMES)}):)?)")
_WORD = re.compile(r'"(?P<quoted>[^"]*)"?|(?P<bare>\S+)')
_VALUE = re.compile(
    r'(?P<sign>[<>]=?|=)?(?:"(?P<quoted>[^"]*)"?(?P<tail>[+-](?![^\s,]))?|(?P<bare>[^\s,]*))'
)


class Written(NamedTuple):
    """A value as it was typed, from `start` to `end` of the query."""

    start: int
    end: int
    text: str
    """Without sign and quotes, with a + or - behind them; "" for one that is still to come."""
    sign: str = ""
    """`=`, `<`, `<=`, `>`, `>=` or none."""
    is_quoted: bool = False
    is_open: bool = False
    """Whether its closing quote is still to come."""


class Piece(NamedTuple):
    """A term as it was typed, from `start` to `end` of the query."""

    start: int
    end: int
    negated: bool
    field: str
    """Lower case; "" for a word."""
    values: tuple[Written, ...]
    """Of a word one, or none after a lone `-`."""


def split(text: str) -> Iterator[Piece]:
    """Yield the terms in their order; what lies between them is blank."""
    position, end = 0, len(text)
    while position < end and (head := _HEAD.match(text, position)):
        negated, field = head["no"] is not None, (head["field"] or "").casefold()
        start = head.start("no") if negated else head.start("field") if field else head.end()
        position = head.end()
        if field:
            values = tuple(_values(text, position))
        else:
            word = _WORD.match(text, position)
            values = (_written(word),) if word else ()
        if values:
            position = values[-1].end
        if field or negated or values:
            yield Piece(start, position, negated, field, values)


def _values(text: str, position: int) -> Iterator[Written]:
    while found := _VALUE.match(text, position):
        yield _written(found, found["sign"] or "")
        position = found.end()
        if text[position : position + 1] != ",":
            return
        position += 1


def _written(found: re.Match[str], sign: str = "") -> Written:
    quoted, end = found["quoted"], found.end()
    if quoted is None:
        return Written(found.start(), end, found["bare"], sign)
    tail = found.groupdict().get("tail") or ""
    is_open = found.end("quoted") == end
    return Written(found.start(), end, quoted + tail, sign, is_quoted=True, is_open=is_open)
