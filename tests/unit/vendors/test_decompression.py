"""Answers are unpacked in small steps and cut off at their limit."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.vendors.decompression import Cut, TooLarge, Unreadable, body_for

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-Gzip": gzip.compress,
    "deflate": zlib.compress,
    " gzip , identity": gzip.compress,
}


@given(st.sampled_from(sorted(PACKERS)), st.binary(), st.integers(1, 40))
def test_what_was_packed_comes_out_again_however_it_was_cut(
    encoding: str, content: bytes, size: int
) -> None:
    wire = PACKERS[encoding](content)
    body = body_for({"content-encoding": encoding}, 1_000_000)
    for start in range(0, len(wire), size):
        body.feed(wire[start : start + size])
    assert body.finish() == content


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_limit_is_exact(encoding: str) -> None:
    content = bytes(600_000)
    wire = PACKERS[encoding](content)
    exact = body_for({"content-encoding": encoding}, 600_000)
    exact.feed(wire)
    assert exact.finish() == content
    with pytest.raises(TooLarge):
        body_for({"content-encoding": encoding}, 599_999).feed(wire)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate, gzip", "gzip;q=1"])
def test_encodings_that_were_not_asked_for_are_refused(encoding: str) -> None:
    with pytest.raises(Unreadable):
        body_for({"content-encoding": encoding}, 1_000)


def test_an_announced_size_over_the_limit_is_refused_before_anything_is_read() -> None:
    for size in ("1001", "9" * 400):
        with pytest.raises(TooLarge):
            body_for({"content-length": size}, 1_000)


def test_damage_and_early_ends_are_told_apart() -> None:
    wire = gzip.compress(b"tickets" * 100)
    for cut in range(1, len(wire)):
        body = body_for({"content-encoding": "gzip"}, 10_000)
        body.feed(wire[:cut])
        with pytest.raises(Cut):
            body.finish()
    with pytest.raises(Unreadable):
        body_for({"content-encoding": "gzip"}, 10_000).feed(b"<html>not gzip</html>")
    assert body_for({"content-encoding": "gzip"}, 10_000).finish() == b""
