"""Keeps a credential that a server echoes off the screen, and finds what cannot be sent. Pure."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection
from urllib.parse import quote, quote_plus

_MASK = b"***"
_MASKED_FROM = 6
"""Characters a credential needs to be masked; a shorter one would hit by chance."""
_UNSENDABLE = (
    (re.compile(r"\A\Z"), "is empty"),
    (re.compile(r"[\r\n]"), "holds a line break"),
    (re.compile(r"\A\s|\s\Z"), "begins or ends with a space"),
    (re.compile(r"[\x00-\x1f\x7f]"), "holds a control character"),
    (re.compile(r"[^\x00-\x7f]"), "holds a character outside ASCII"),
)


def unsendable_part(credential: str) -> str | None:
    """Return what keeps a credential out of a request, as a verb and its object; None if fine."""
    for pattern, part in _UNSENDABLE:
        if pattern.search(credential):
            return part
    return None


def mask(answer: bytes, credentials: Collection[str]) -> bytes:
    """Return `answer` with every credential in it replaced, also as JSON, addresses or base64 do.

    Of a value in two words, such as `Bearer kpt_…`, the last word counts as well.
    """
    for spelling in _spellings(credentials):
        answer = answer.replace(spelling, _MASK)
    return answer


def _spellings(credentials: Collection[str]) -> list[bytes]:
    spellings: set[str] = set()
    for credential in credentials:
        for value in (credential, credential.rpartition(" ")[2]):
            escaped = json.dumps(value)[1:-1]
            for encode in (b64encode, urlsafe_b64encode):
                spellings.add(encode(value.encode()).decode().rstrip("="))
            spellings |= {value, quote(value, safe=""), quote_plus(value)}
            spellings |= {escaped, escaped.replace("/", "\\/")}
    longest_first = sorted(spellings, key=len, reverse=True)
    return [text.encode() for text in longest_first if len(text) >= _MASKED_FROM]
