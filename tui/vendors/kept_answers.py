"""Answers that are kept, so that a vendor need only say that nothing changed (RFC 9110, 13).

They live in memory as long as one workspace's connections do, and are never written anywhere.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from tui.vendors.http_dates import parse_http_date

MAX_ANSWERS = 2_000
"""Twice the pages of the largest workspace that the program is measured with."""
MAX_BYTES = 32 * 2**20
"""Packed, by one workspace. A page of 100 tickets packs to about 10 KB."""
ASKED_PLAINLY_EVERY = 10
"""Asks of a page: a vendor that wrongly says that nothing changed is found out by one of them."""
SETTLED_S = 60.0
"""An answer must be so much older than its `Last-Modified`, which has whole seconds only and comes
from clocks that differ (RFC 9110, 8.8.2.2)."""

_ETAG = re.compile(r'(?:W/)?"[!#-~]{0,256}"|[!#-)+\--~]{1,256}')
"""As RFC 9110 writes it, or one bare word as some servers do: short, ASCII, no list, no `*`."""

Conditions = Mapping[str, str]
"""The headers that make a request conditional."""


@dataclass(slots=True)
class KeptAnswer:
    """One answer, and how to ask whether it still holds."""

    conditions: Conditions
    packed: bytes
    asked: int = 0
    """How often it was asked for since it came."""

    @property
    def body(self) -> bytes:
        """The answer as it came, unpacked."""
        return zlib.decompress(self.packed)


class KeptAnswers:
    """The latest answers of one workspace by what was asked.

    What does not fit any more is not kept, and pushes nothing out: pages are read in rounds, and a
    store that drops the oldest would have dropped each page just before its turn.
    """

    def __init__(self, *, max_answers: int = MAX_ANSWERS, max_bytes: int = MAX_BYTES) -> None:
        self._max_answers = max_answers
        self._max_bytes = max_bytes
        self._answers: dict[object, KeptAnswer] = {}
        self._size = 0
        self._is_believed = True

    def to_ask(self, question: object) -> KeptAnswer | None:
        """Return what is kept of an answer; None where it must be asked for plainly."""
        kept = self._answers.get(question)
        if kept is None or not self._is_believed:
            return None
        kept.asked += 1
        return None if kept.asked >= ASKED_PLAINLY_EVERY else kept

    def keep(self, question: object, headers: Mapping[str, str], body: bytes) -> None:
        """Keep a whole answer where its headers say how to ask for it again."""
        before = self._answers.pop(question, None)
        if before is not None:
            self._size -= len(before.packed)
        conditions = _conditions(headers)
        if before is not None and before.conditions == conditions and before.body != body:
            # It would have said that nothing changed.
            self._is_believed = False
            self.forget()
        if not conditions or not self._is_believed or len(self._answers) >= self._max_answers:
            return
        packed = zlib.compress(body, level=1)
        if self._size + len(packed) <= self._max_bytes:
            self._answers[question] = KeptAnswer(conditions, packed)
            self._size += len(packed)

    def forget(self) -> None:
        """Drop everything."""
        self._answers.clear()
        self._size = 0


def _conditions(headers: Mapping[str, str]) -> Conditions:
    """Return how to ask conditionally after an answer with these headers; empty for not at all."""
    if "no-store" in headers.get("cache-control", "").lower():
        return {}
    etag = headers.get("etag", "")
    if _ETAG.fullmatch(etag):
        return {"If-None-Match": etag}
    modified = parse_http_date(headers.get("last-modified"))
    answered = parse_http_date(headers.get("date"))
    if modified and answered and (answered - modified).total_seconds() >= SETTLED_S:
        return {"If-Modified-Since": headers["last-modified"]}
    return {}
