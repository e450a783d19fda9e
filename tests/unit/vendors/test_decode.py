"""Whatever a vendor sends becomes plain values or a BadResponse; nothing else comes out."""

import json
import math
import re

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.wire import fixture
from tui.domain.clean import clean
from tui.domain.errors import BadResponse
from tui.vendors.decode import (
    as_count,
    as_list,
    as_object,
    decode_json,
    json_kind,
    message_in,
    shape,
    vendor_message,
)
from tui.vendors.klinkcx.wire import KlinkTicket


class Inner(msgspec.Struct):
    name: str | None = None
    size: int | None = None


class Outer(msgspec.Struct, rename="camel"):
    plain_text: str | None = None
    inner: Inner | None = None
    parts: list[Inner | str] | None = None
    inners: list[Inner] | None = None


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": "\\ud800x"}', {"a": "\ud800x"}),
        (b'{"a": "line\x01\nbreak"}', {"a": "line\x01\nbreak"}),
        (b'{"a": NaN, "b": Infinity, "c": -Infinity}', {"a": None, "b": None, "c": None}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "ü"}'.encode("utf-16"), {"a": "ü"}),
        ('{"a": "ü"}'.encode("utf-16-le"), {"a": "ü"}),
        (b'{"a": "\xff"}', {"a": "�"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": ' + b"9" * 30 + b"}", {"a": int("9" * 30)}),
        (b'{"a": ' + b"9" * 1_000 + b', "b": NaN}', {"a": int("9" * 1_000), "b": None}),
        (b'{"a": ' + b"9" * 5_000 + b"}", {"a": None}),
    ],
    ids=str,
)
def test_what_strict_parsers_refuse_costs_at_most_its_own_value(body: bytes, value: object) -> None:
    assert decode_json(body) == value


def test_a_number_over_every_range_is_read_as_infinite() -> None:
    value = decode_json(b'{"a": 1e400, "b": NaN}')
    assert isinstance(value, dict)
    assert math.isinf(value["a"])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"   ", "empty"),
        (b"<html><title>502 Bad Gateway</title><p>x</html>", "not JSON: 502 Bad Gateway"),
        (b'{"a": 1', "not JSON from character 8 on"),
        ('[{"a": "ü'.encode("utf-16"), "not JSON from character 8 on"),
        (b'a":1, "b": 2}', "not JSON from character 1 on"),
        (b"oops \x1b]0;title\x07", "not JSON: oops"),
        (b"[" * 90_000, "not JSON"),
    ],
    ids=["empty", "blank", "html", "cut", "cut wide", "cut in front", "hostile", "deep"],
)
def test_what_is_no_json_is_a_bad_response_with_a_clean_excerpt(body: bytes, reason: str) -> None:
    with pytest.raises(BadResponse, match="cannot be read") as caught:
        decode_json(body, status=200)
    assert reason in str(caught.value)
    assert caught.value.status == 200
    assert clean(str(caught.value)) == str(caught.value)


def test_an_answer_without_a_status_is_spoken_of_without_one() -> None:
    with pytest.raises(BadResponse) as caught:
        decode_json(b"")
    assert str(caught.value) == "the answer cannot be read: empty"


@pytest.mark.parametrize("status", [200, 201])
def test_of_tickets_that_are_cut_off_nothing_is_said(status: int) -> None:
    whole = b' \xef\xbb\xbf[{"id": 1, "title": "Ann Arbor", "message": "my card is 4711"}]'[1:]
    for start, end in ((0, -1), (0, -9), (0, 30), (5, -1), (9, -2)):
        with pytest.raises(BadResponse) as caught:
            decode_json(whole[start:end], status=status)
        said = str(caught.value)
        assert said.startswith(f"the HTTP {status} answer cannot be read: not JSON from character")
        assert not re.search("id|title|Ann|card|4711", said.partition(":")[2])


def test_a_value_nested_past_all_use_costs_neither_its_page_nor_its_neighbours() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    body = f'{{"data": [{{"id": 1, "x": {deep}, "y": "[[{{\\"]"}}, {{"id": 2}}]}}'.encode()

    value = decode_json(body)

    assert isinstance(value, dict)
    first, second = value["data"]
    assert (first["id"], first["y"], second) == (1, '[[{"]', {"id": 2})


@given(st.binary(max_size=200))
@example(b'{"a":1}x')
def test_any_bytes_are_a_value_or_a_bad_response(body: bytes) -> None:
    message = ""
    try:
        decode_json(body)
    except BadResponse as error:
        message = str(error)
    assert clean(message) == message


@given(st.integers(min_value=0, max_value=400))
def test_a_page_that_was_cut_is_never_taken_for_a_whole_one(place: int) -> None:
    body = fixture("questionpro", "list.json").strip()
    with pytest.raises(BadResponse):
        decode_json(body[: place % len(body)])


def test_what_fits_a_shape_is_kept_and_what_does_not_is_named() -> None:
    raw = {
        "plainText": 7,
        "inner": {"name": "kept", "size": "three"},
        "parts": [{"name": "one"}, "two", 3, {"name": 4}],
        "inners": [{"name": "one"}, "two"],
    }
    wire, misfits = shape(raw, Outer)
    assert wire == Outer(
        inner=Inner(name="kept"),
        parts=[Inner(name="one"), "two", Inner()],
        inners=[Inner(name="one")],
    )
    assert misfits == {"plainText", "inner.size", "parts.2", "parts.3.name", "inners.1"}


def test_a_shape_of_the_wrong_kind_is_absent() -> None:
    wire, misfits = shape({"inner": "text", "parts": {"a": 1}}, Outer)
    assert (wire, misfits) == (Outer(), frozenset({"inner", "parts"}))


def test_a_lone_surrogate_costs_nothing_but_itself() -> None:
    raw = {
        "plainText": "a\ud800",
        "x\udfff": 1,
        "inner": {"name": "n\ud800", "size": "wrong"},
        "parts": ["p\ud800", {"name": "n\udfff", "size": 3}],
    }
    wire, misfits = shape(raw, Outer)
    assert wire == Outer(
        plain_text="a\ufffd",
        inner=Inner(name="n\ufffd"),
        parts=["p\ufffd", Inner(name="n\ufffd", size=3)],
    )
    assert misfits == frozenset({"inner.size"})


@pytest.mark.parametrize("begin", ["[", '{"a": '])
def test_a_lone_surrogate_before_a_value_of_any_depth_costs_nothing_but_itself(begin: str) -> None:
    end = "]" if begin == "[" else "}"
    deep = json.loads(begin * 700 + "1" + end * 700)

    wire, misfits = shape({"plainText": "a\ud800", "x\udfff": deep}, Outer)

    assert (wire, misfits) == (Outer(plain_text="a\ufffd"), frozenset())


def test_the_parts_of_an_envelope_are_checked() -> None:
    assert as_object({}, "a list") == {}
    assert as_list([1], "tickets") == [1]
    with pytest.raises(BadResponse, match="is a text, not a list"):
        as_object("no", "a list")
    with pytest.raises(BadResponse, match="no list of tickets"):
        as_list(None, "tickets")
    for read in (as_object, as_list):
        with pytest.raises(BadResponse) as caught:
            read("no", "tickets", status=200)
        assert caught.value.status == 200


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (3, 3),
        (0, 0),
        (2**53 - 1, 2**53 - 1),
        (2**53, None),
        (-1, None),
        (True, None),
        ("3", None),
        (3.0, None),
        (None, None),
        (2**60, None),
    ],
)
def test_only_a_sensible_whole_number_counts(value: object, count: int | None) -> None:
    assert as_count(value) == count


def test_every_kind_of_value_has_a_name() -> None:
    values: tuple[object, ...] = (None, True, 1, 1.5, "", [], {})
    kinds = [json_kind(value) for value in values]
    assert kinds == [
        "null",
        "a truth value",
        "a number",
        "a number",
        "a text",
        "a list",
        "an object",
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"response": {"error": {"message": "Incorrect API Key"}}}, "Incorrect API Key"),
        ({"error": {"message": "inner"}}, "inner"),
        ({"message": ["title is required", "x"]}, "title is required; x"),
        ({"errorText": "Category unknown", "errorCode": 4}, "Category unknown"),
        ({"error": "invalid_grant"}, "invalid_grant"),
        (
            {"message": "Invalid", "errors": {"title": ["is required"]}},
            "Invalid (title: is required)",
        ),
        (
            {"message": "Invalid", "errors": [{"field": "title", "message": "is required"}]},
            "Invalid (title: is required)",
        ),
        (
            {
                "message": "title: is required",
                "errors": [{"field": "title", "message": "is required"}],
            },
            "title: is required",
        ),
        (
            {"message": "Invalid", "errors": {"title": "is required", "text": "is too long"}},
            "Invalid (title: is required; text: is too long)",
        ),
        (
            {"errors": {"title": "is required", "text": "is too long"}},
            "title: is required; text: is too long",
        ),
        ({"message": "Invalid", "errors": {"title": 5}}, "Invalid"),
        ({"message": "Invalid", "errors": [{"message": "is required"}]}, "Invalid"),
        ({"message": "bad\x1b[31m"}, "bad␛"),
        ({"message": ""}, None),
        ({"message": 5}, None),
        ([], None),
    ],
    ids=str,
)
def test_the_vendors_words_are_found_and_cleaned(body: object, said: str | None) -> None:
    assert message_in(body) == said
    assert vendor_message(json.dumps(body).encode()) == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (400, "Invalid URL parameters"),
        (401, "Incorrect API Key"),
        (403, "The user does not have permission to access the resource"),
        (404, "The resource that you're trying to access doesn't exist"),
        (500, "We are not able to process your request"),
    ],
)
def test_the_documented_errors_speak_though_they_are_no_valid_json(code: int, said: str) -> None:
    assert vendor_message(fixture("questionpro", f"error-{code}.txt")) == said


def test_a_broken_error_body_is_read_as_it_was_meant() -> None:
    body = rb'{"message": "say \"no\" at a\/b' + b'\xff", and so on'
    assert vendor_message(body) == 'say "no" at a/b\ufffd'


def test_a_broken_error_body_is_searched_in_linear_time() -> None:
    assert vendor_message(b'"message"' * 100_000) is None
    assert vendor_message(b'"message": "' + b"a" * 1_000_000) is None


def test_a_lone_surrogate_beside_a_wrong_type_costs_neither_field_nor_ticket() -> None:
    raw = {"title": "Line down", "contact": "\ud800", "createdAt": []}

    wire, misfits = shape(raw, KlinkTicket)

    assert wire.title == "Line down"
    assert misfits == {"contact", "createdAt"}
