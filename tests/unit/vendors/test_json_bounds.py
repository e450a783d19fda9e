"""No answer of any kind decodes to more than a page of tickets is worth."""

import json
import time
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.clean import CUT, TEXT_LIMIT, clean
from tui.domain.errors import BadResponse
from tui.vendors.decode import as_list, decode_json
from tui.vendors.json_bounds import BYTES_LIMIT, VALUES_LIMIT, bounded
from tui.vendors.transport import MAX_BYTES

SMALL = 100_000
PAD = b"p" * SMALL
"""What makes a body large enough to be cut."""


def decoded(body: bytes) -> list[Any]:
    return as_list(decode_json(body), "values")


def filled(unit: bytes, begin: bytes = b"[", end: bytes = b"0]", size: int = MAX_BYTES) -> bytes:
    """Return JSON that repeats a unit for as long as the transport lets it."""
    return begin + unit * ((size - len(begin) - len(end)) // len(unit)) + end


@pytest.mark.parametrize(
    "body",
    [
        filled(b"{},"),
        filled(b"[],"),
        filled(b"NaN,"),
        filled(b'"",'),
        filled(b'"a",'),
        filled(rb'"\\",'),
        filled(b'{"a":1},'),
        filled(b"[", b"", b""),
        filled(b'"a":1,', b"{", b'"a":1}'),
        filled(b"1", b"[", b"]"),
        filled(b"a" * 15_000, b'["', b'"]').replace(b"a" * 15_000, b"a" * 14_997 + b'","'),
        filled("🙈".encode(), b'["', b'"]'),
        filled("🙈".encode(), b'[NaN, "', b'"]'),
        filled(b"a" * 99_999 + b'","', '["🙈'.encode(), b'"]'),
        filled(rb"\"", b'["', b'"]'),
        filled(rb"\"", b'["', b""),
        filled(b'"', b"", b""),
        filled(b"a", b'"', rb"\""),
    ],
    ids=lambda body: repr(body[:12]),
)
def test_an_answer_of_any_kind_is_quick_and_small_to_decode(body: bytes) -> None:
    tracemalloc.start()
    begun = time.process_time()
    with suppress(BadResponse):
        decode_json(body)
    took_s = time.process_time() - begun
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(body) + peak < 30_000_000
    assert took_s < 2


@pytest.mark.parametrize(
    ("begin", "end"), [(b"[0,", b"0]"), (b'["a text, and more",', b"0]"), (b"[0,", b'"a, b"]')]
)
def test_more_values_than_any_page_has_are_refused_in_one_line(begin: bytes, end: bytes) -> None:
    assert len(decoded(begin + b"0," * (VALUES_LIMIT - 2) + end)) == VALUES_LIMIT
    with pytest.raises(BadResponse, match="it holds more than 100,000 values") as caught:
        decode_json(begin + b"0," * (VALUES_LIMIT - 1) + end, status=200)
    assert caught.value.status == 200


def test_more_bytes_than_any_page_has_are_refused_in_one_line() -> None:
    short = b'"' + b"a" * 60 + b'",'
    with pytest.raises(BadResponse, match=r"it holds more than 4 MiB, long texts left out$"):
        decode_json(filled(short, size=BYTES_LIMIT + 1_000))


def test_what_is_just_small_enough_stays_as_it_is() -> None:
    just, over = "a" * (2**20 - 2), "b" * 2**20
    body = json.dumps([just, over]).encode()

    assert bounded(body, max_bytes=len(body)) == body
    assert decoded(bounded(body, max_bytes=len(body) - 1)) == [just, over[:-1] + CUT]


@pytest.mark.parametrize("text", ["[" * 300_000, "a, " * 200_000, '{"' * 99_000, "\\" * 500_000])
def test_what_a_stranger_writes_into_a_text_costs_no_page(text: str) -> None:
    assert decode_json(json.dumps([text, 1]).encode()) == [text, 1]


@pytest.mark.parametrize("letter", ["a", "€", "🙈", '"', "\\"])
@pytest.mark.parametrize("is_ascii", [True, False])
def test_texts_are_cut_only_as_far_as_it_takes(letter: str, *, is_ascii: bool) -> None:
    """A ticket of megabytes is one ticket, and its neighbours are what they were."""
    written = len(json.dumps(letter, ensure_ascii=is_ascii).encode()) - len('""')
    long = letter * (6_000_000 // written)
    body = json.dumps([{"id": 1, "x": long}, {"id": 2, "x": "y"}], ensure_ascii=is_ascii).encode()

    first, second = decoded(body)

    assert second == {"id": 2, "x": "y"}
    assert first["x"].endswith(CUT)
    kept = first["x"].removesuffix(CUT)
    assert long.startswith(kept)
    assert clean(first["x"], multiline=True) == clean(long, multiline=True)


def test_many_long_texts_are_cut_shorter_and_say_so() -> None:
    texts = [f"{number:02} {'a' * TEXT_LIMIT}" for number in range(100)]
    assert decode_json(json.dumps(texts[:50]).encode()) == texts[:50]

    cut = decode_json(json.dumps(texts).encode())

    assert isinstance(cut, list)
    assert all(text.endswith(CUT) and len(text) > 16_000 for text in cut)
    assert [text[:2] for text in cut] == [text[:2] for text in texts]


values = st.recursive(
    st.none() | st.integers() | st.text() | st.text(min_size=3).map(lambda text: text * 9_000),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(value=values, is_ascii=st.booleans())
def test_what_is_cut_is_json_of_the_same_shape(value: object, *, is_ascii: bool) -> None:
    written = json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    body = b'[%b, "%b"]' % (written, PAD)

    same, cut_pad = decoded(bounded(body, max_bytes=SMALL))

    assert cut_pad == "p" * (len(cut_pad) - 1) + CUT
    assert shape_of(same) == shape_of(value)


def shape_of(value: object) -> object:
    match value:
        case dict():
            return [shape_of(part) for part in value.values()]
        case list():
            return [shape_of(part) for part in value]
        case _:
            return type(value)


@given(st.integers(1, 20_000))
def test_an_answer_that_was_cut_off_does_not_become_json(missing: int) -> None:
    """Its last text is not closed, and may end in an escaped quote."""
    whole = b'{"a": ["%b", "%b"]}' % (PAD, rb"q\"\\" * 6_000)
    with pytest.raises(ValueError, match="line 1 column"):
        json.loads(bounded(whole[:-missing], max_bytes=SMALL))
