"""Answers are unpacked in small steps and cut off at their limit."""

import gzip
import tracemalloc
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
    with pytest.raises(Unreadable, match=r"\Ait is packed in a way that was not asked for\Z"):
        body_for({"content-encoding": encoding}, 1_000)


def test_an_announced_size_over_the_limit_is_refused_before_anything_is_read() -> None:
    for size in ("1001", "9" * 400):
        with pytest.raises(TooLarge):
            body_for({"content-length": size}, 1_000)
    for size in ("1000", "-1", "1e9", "\u0661" * 4, ""):
        assert body_for({"content-length": size}, 1_000).finish() == b""


def test_what_follows_the_end_of_a_packed_answer_counts_and_is_dropped() -> None:
    wire = gzip.compress(b"tickets")
    body = body_for({"content-encoding": "gzip"}, len(wire) + 20)
    for chunk in (wire, bytes(10), bytes(10)):
        body.feed(chunk)
    assert body.finish() == b"tickets"
    with pytest.raises(TooLarge):
        body.feed(b"x")


def test_a_bomb_is_unpacked_in_steps_and_dropped_at_the_limit() -> None:
    bomb = gzip.compress(bytes(64 * 2**20), compresslevel=1)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            body_for({"content-encoding": "gzip"}, 2**20).feed(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * 2**20


def test_damage_and_early_ends_are_told_apart() -> None:
    wire = gzip.compress(b"tickets" * 100)
    for cut in range(1, len(wire)):
        body = body_for({"content-encoding": "gzip"}, 10_000)
        body.feed(wire[:cut])
        with pytest.raises(Cut):
            body.finish()
    with pytest.raises(Unreadable, match=r"\Aits compression is damaged\Z"):
        body_for({"content-encoding": "gzip"}, 10_000).feed(b"<html>not gzip</html>")
    assert body_for({"content-encoding": "gzip"}, 10_000).finish() == b""
