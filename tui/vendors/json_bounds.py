"""What of a JSON answer is decoded: its long texts are cut, and a flood of values is refused. Pure.

A cap on bytes alone is none on memory or time: `[],` decodes to twenty times its size, and every
value of it is then read as if it were a ticket, while nothing else runs in the engine's loop.
"""

import re
from collections.abc import Iterable

from tui.domain.clean import CUT

VALUES_LIMIT = 100_000
"""Values in one answer. A page of 100 tickets has some 3,000."""
BYTES_LIMIT = 4 * 2**20
"""Of one answer when it is decoded. Each may take four in memory: one emoji makes a text wide."""

_TEXT_LIMITS = (1024 * 1024, 128 * 1024, 16 * 1024)
"""Bytes left of each text; the next where one was not enough. What the first cuts off is never
shown: no character takes more than the twelve of two escapes."""
_STRUCTURE = (b",", b"[", b"{")
"""One of these stands before every value but the outermost and those in an object's first pair."""
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
_WHOLE_ESCAPES = re.compile(rb'"(?:[^"\\]++|\\(?:u[0-9a-fA-F]{4}|[^u]))*+', re.DOTALL)
_TORN = re.compile(rb"[\xc0-\xff][\x80-\xbf]{0,2}\Z")
"""A character of several bytes that may have lost its end."""


class TooMuch(Exception):
    """The answer holds more than is ever read of one; the message says what, in plain words."""


def bounded(body: bytes, *, max_bytes: int = BYTES_LIMIT) -> bytes:
    """Return JSON in which texts are cut as far as it takes, each with `CUT` at its end.

    Raises TooMuch where that does not do. What is no JSON comes back as it is, or as something
    that is none either.
    """
    if _has_too_many_values(body):
        raise TooMuch(f"more than {VALUES_LIMIT:,} values")
    if len(body) <= max_bytes:
        return body
    long = [text for text in _TEXT.finditer(body) if _length(text) > _TEXT_LIMITS[-1]]
    for limit in _TEXT_LIMITS:
        if len(body) - sum(max(_length(text) - limit, 0) for text in long) <= max_bytes:
            return _cut(body, [text for text in long if _length(text) > limit], limit)
    raise TooMuch(f"more than {max_bytes / 2**20:g} MiB, long texts left out")


def _has_too_many_values(body: bytes) -> bool:
    # A value may be a text under a key. Counted first: below, every text costs a step.
    if body.count(b'"') - body.count(rb"\"") > 4 * VALUES_LIMIT:
        return True
    most = _count(body, 0, len(body))
    if most <= VALUES_LIMIT:
        return False
    return most - sum(_count(body, *text.span()) for text in _TEXT.finditer(body)) > VALUES_LIMIT


def _count(body: bytes, start: int, end: int) -> int:
    return sum(body.count(mark, start, end) for mark in _STRUCTURE)


def _length(text: re.Match[bytes]) -> int:
    return text.end() - text.start()


def _cut(body: bytes, texts: Iterable[re.Match[bytes]], limit: int) -> bytes:
    view, kept, at = memoryview(body), bytearray(), 0
    for text in texts:
        head = _WHOLE_ESCAPES.match(body, text.start(), text.start() + limit)
        kept += view[at : text.start()]
        kept += _TORN.sub(b"", head[0] if head else b'"') + CUT.encode()
        at = text.start(1)  # its closing quote, where it has one
    kept += view[at:]
    return bytes(kept)
