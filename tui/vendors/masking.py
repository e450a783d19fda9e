"""Keeps our credentials out of what a server answers, and finds what cannot be sent. Pure."""

import functools
import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from tui.domain.errors import BadResponse
from tui.vendors.decode import decode_json

MASK = "***"
MASKED_FROM = 6
"""Characters a credential needs to be masked; a shorter one would hit by chance."""
REMEMBERED = 8
"""Credentials looked for: the latest, for tokens come and go."""

_UNSENDABLE = (
    (re.compile(r"\A\Z"), "is empty"),
    (re.compile(r"[\r\n]"), "holds a line break"),
    (re.compile(r"\A\s|\s\Z"), "begins or ends with a space"),
    (re.compile(r"[\x00-\x1f\x7f]"), "holds a control character"),
    (re.compile(r"[^\x00-\x7f]"), "holds a character outside ASCII"),
)
# What may stand between or instead of the letters of a credential, which are all of ASCII. Each
# pattern begins with a fixed text, which is what makes it fast where there is none of it.
_NO_LETTERS = bytes([*range(0x20), *range(0x7F, 0x100)])
_FOREIGN_ESCAPES = re.compile(rb"\\u(?!00[2-7])[0-9a-fA-F]{4}(?:\\u(?!00[2-7])[0-9a-fA-F]{4})*")
_ESCAPE = re.compile(rb"\\u00([2-7][0-9a-fA-F])")
_PERCENT = re.compile(rb"%([2-7][0-9a-fA-F])")
_ENTITY = re.compile(rb"&(?:#[xX]?[0-9a-fA-F]{1,7};?|[a-zA-Z]{2,31};)")
_TAG = re.compile(rb"<[^<>]*>")


def unsendable_part(credential: str) -> str | None:
    """Return what keeps a credential out of a request, as a verb and its object; None if fine."""
    for pattern, part in _UNSENDABLE:
        if pattern.search(credential):
            return part
    return None


class Masker:
    """Knows the credentials that a vendor was sent, and takes them out of what comes back.

    Looked for are JSON's escapes, addresses, base64 of the credential alone and among other words,
    HTML's entities, invisible characters in between, and all that in UTF-16 and UTF-32.
    """

    def __init__(self) -> None:
        self._spellings: dict[str, Collection[str]] = {}
        """By credential, the latest last."""
        self._longest_first: list[str] = []
        self._needles: list[bytes] = []
        """Spellings without those that hold another."""

    def learn(self, credential: str) -> None:
        """Mask a credential from now on; of one in two words (`Bearer kpt_…`) also the last."""
        known = self._spellings.pop(credential, None)
        self._spellings[credential] = known or _spellings(credential)
        if known is None:
            while len(self._spellings) > REMEMBERED:
                del self._spellings[next(iter(self._spellings))]
            every = {spelling for each in self._spellings.values() for spelling in each}
            self._longest_first = sorted(every, key=len, reverse=True)
            self._needles = [
                spelling.encode()
                for spelling in every
                if not any(other in spelling for other in every if other != spelling)
            ]

    def answer(self, body: bytes) -> bytes:
        """Return a whole answer without credentials, as JSON where it is JSON.

        Most answers hold none and come back as they are, at the cost of one look: of a page some
        0.3 ms, of 12 MiB that are made to be slow two seconds.
        """
        if not self._is_in(body):
            return body
        try:
            return json.dumps(self._value(decode_json(body))).encode()
        except (BadResponse, RecursionError, ValueError):
            return self.text(body.decode(json.detect_encoding(body), "replace")).encode()

    def text(self, written: str) -> str:
        """Return a text without credentials; the mask alone where one is hidden in it."""
        if not self._is_in(written.encode("ascii", "ignore")):
            return written
        for spelling in self._longest_first:
            written = written.replace(spelling, MASK)
        return MASK if self._is_in(written.encode("ascii", "ignore")) else written

    def _value(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case list():
                return [self._value(part) for part in value]
            case dict():
                return {self.text(name): self._value(part) for name, part in value.items()}
            case _:
                return value

    def _is_in(self, written: bytes) -> bool:
        return self._is_plain_in(written) or self._is_plain_in(_bare(written))

    def _is_plain_in(self, written: bytes) -> bool:
        return any(needle in written for needle in self._needles)


def _bare(written: bytes) -> bytes:
    """Return what may be read into an answer: nothing hidden, nothing escaped.

    It joins more than any reader does, and is good for nothing but looking.
    """
    if b"\0" in written:
        written = written.decode(json.detect_encoding(written), "ignore").encode()
    bare = written.translate(None, _NO_LETTERS)
    if b"\\" in bare:
        bare = bare.replace(b"\\\\", b"\\").replace(b"\\/", b"/")
        if b"\\u" in bare:
            bare = _ESCAPE.sub(_letter, _FOREIGN_ESCAPES.sub(b"", bare))
    if b"%" in bare:
        bare = _PERCENT.sub(_letter, bare)
    if b"&" in bare:
        bare = _ENTITY.sub(_entity, bare)
    if bare.lstrip().startswith(b"<"):
        bare += b"\n" + _TAG.sub(b"", bare)
    return bare


def _letter(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _entity(found: re.Match[bytes]) -> bytes:
    return _cached_entity(found[0])


@functools.lru_cache(maxsize=256)
def _cached_entity(written: bytes) -> bytes:
    return html.unescape(written.decode()).encode("ascii", "ignore")


def _spellings(credential: str) -> frozenset[str]:
    values = (credential, credential.rpartition(" ")[2])
    found = {spelling for value in values if len(value) >= MASKED_FROM for spelling in _all(value)}
    return frozenset(spelling for spelling in found if len(spelling) >= MASKED_FROM)


def _all(value: str) -> Iterator[str]:
    yield value
    yield _bare(value.encode()).decode()
    escaped = json.dumps(value)[1:-1]
    yield from (escaped, escaped.replace("/", "\\/"), html.escape(value))
    yield from (quote(value, safe=""), quote_plus(value))
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(value.encode()).decode().rstrip("=")
        for before in range(3):
            # The characters that are the same whatever stands before and behind.
            encoded = encode(bytes(before) + value.encode()).decode()
            yield encoded[-(-before * 8 // 6) : (before + len(value)) * 8 // 6]
