"""Unpacks an answer as it arrives and never makes more of it than allowed. Pure."""

import io
import zlib
from collections.abc import Mapping
from typing import Protocol

_STEP = 256 * 1024
"""Bytes unpacked at once: what lies in memory beside the result."""
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class TooLarge(Exception):
    """The answer is larger than allowed."""


class Unreadable(Exception):
    """The answer is not what its Content-Encoding says; the message says how, in plain words."""


class Cut(Exception):
    """The compressed answer ended before its end."""


class Body(Protocol):
    """Collects an answer."""

    def feed(self, chunk: bytes) -> None:
        """Take bytes off the wire. Raises TooLarge and Unreadable."""

    def finish(self) -> bytes:
        """Return the whole answer. Raises Cut."""


def body_for(headers: Mapping[str, str], max_bytes: int) -> Body:
    """Return what reads an answer with these headers (names in lower case).

    Raises Unreadable for an encoding that we do not know, and TooLarge at once for an answer that
    announces its size honestly.
    """
    announced = headers.get("content-length", "")
    if announced.isascii() and announced.isdecimal() and float(announced) > max_bytes:
        raise TooLarge
    codings = [name.strip().lower() for name in headers.get("content-encoding", "").split(",")]
    codings = [name for name in codings if name not in {"", "identity"}]
    if not codings:
        return _PlainBody(max_bytes)
    if len(codings) == 1 and codings[0] in _WINDOW_BITS:
        return _PackedBody(_WINDOW_BITS[codings[0]], max_bytes)
    raise Unreadable("it is packed in a way that was not asked for")


class _PlainBody:
    def __init__(self, max_bytes: int) -> None:
        self._buffer = io.BytesIO()
        self._max_bytes = max_bytes

    def feed(self, chunk: bytes) -> None:
        if self._buffer.tell() + len(chunk) > self._max_bytes:
            raise TooLarge
        self._buffer.write(chunk)

    def finish(self) -> bytes:
        return self._buffer.getvalue()


class _PackedBody:
    def __init__(self, window_bits: int, max_bytes: int) -> None:
        self._unpacked = _PlainBody(max_bytes)
        self._unpacker = zlib.decompressobj(window_bits)
        self._max_bytes = max_bytes
        self._received = 0

    def feed(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > self._max_bytes:
            raise TooLarge
        while chunk and not self._unpacker.eof:
            chunk = self._unpack(chunk)

    def _unpack(self, chunk: bytes) -> bytes:
        """Unpack one step and return what is left of the chunk."""
        try:
            unpacked = self._unpacker.decompress(chunk, _STEP)
        except zlib.error:
            unpacked = None
        if unpacked is None:
            raise Unreadable("its compression is damaged")
        self._unpacked.feed(unpacked)
        return self._unpacker.unconsumed_tail

    def finish(self) -> bytes:
        # An empty answer, such as a 204, may name an encoding all the same.
        if self._received and not self._unpacker.eof:
            raise Cut
        return self._unpacked.finish()
