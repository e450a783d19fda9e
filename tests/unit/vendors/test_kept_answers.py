"""What is kept of an answer, for how long, and which headers may come back to the vendor."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.vendors.kept_answers import ASKED_PLAINLY_EVERY, KeptAnswers

QUESTION = ("https://api.example.com/tickets", ("page", 1))
TAGGED = {"etag": 'W/"1f-abc"'}
NOON = "Wed, 04 Feb 2026 12:00:00 GMT"


def conditions(headers: Mapping[str, str]) -> Mapping[str, str] | None:
    answers = KeptAnswers()
    answers.keep(QUESTION, headers, b"[]")
    kept = answers.to_ask(QUESTION)
    return None if kept is None else kept.conditions


@pytest.mark.parametrize(
    "etag",
    ['"abc"', 'W/"1f-abc"', '""', "abc", "W/abc", '"with,comma"', '"*"', '"' + "x" * 256 + '"'],
)
def test_a_tag_comes_back_verbatim(etag: str) -> None:
    assert conditions({"etag": etag}) == {"If-None-Match": etag}


@pytest.mark.parametrize(
    "etag",
    [
        "*", "", '"a", "b"', "a,b", '"sp ace"', "sp ace", '"open', '"' + "x" * 257 + '"', "x" * 257,
        '"ü"', '"a"\r\nX-Evil: 1', '"a\x00"', '"a\x7f"', '"␛"',
    ],
)  # fmt: skip
def test_a_tag_that_is_no_sane_header_value_is_not_used(etag: str) -> None:
    assert conditions({"etag": etag}) is None


@given(st.text())
def test_whatever_a_server_says_comes_back_as_one_short_printable_value(etag: str) -> None:
    back = conditions({"etag": etag})
    if back is not None:
        (value,) = back.values()
        assert value == etag
        assert value.isascii()
        assert value.isprintable()
        assert len(value) <= 260


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"last-modified": "Wed, 04 Feb 2026 11:58:00 GMT", "date": NOON}, True),
        ({"last-modified": "Wed, 04 Feb 2026 11:59:30 GMT", "date": NOON}, False),
        ({"last-modified": "Wed, 04 Feb 2026 12:58:00 GMT", "date": NOON}, False),
        ({"last-modified": "Wed, 04 Feb 2026 11:58:00 GMT"}, False),
        ({"last-modified": "yesterday", "date": NOON}, False),
    ],
)
def test_a_time_is_believed_only_once_its_second_is_long_over(
    headers: Mapping[str, str], *, expected: bool
) -> None:
    back = conditions(headers)
    assert back == ({"If-Modified-Since": headers["last-modified"]} if expected else None)


def test_a_tag_goes_before_a_time() -> None:
    headers = {**TAGGED, "last-modified": "Wed, 04 Feb 2026 11:00:00 GMT", "date": NOON}
    assert conditions(headers) == {"If-None-Match": TAGGED["etag"]}


def test_what_is_not_to_be_stored_is_not_kept() -> None:
    assert conditions({**TAGGED, "cache-control": "private, No-Store"}) is None


def test_the_body_is_what_it_was() -> None:
    answers = KeptAnswers()
    body = bytes(range(256)) * 100
    answers.keep(QUESTION, TAGGED, body)
    kept = answers.to_ask(QUESTION)
    assert kept is not None
    assert kept.body == body
    assert answers.to_ask(("another",)) is None


def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    answers = KeptAnswers()
    answers.keep(QUESTION, TAGGED, b"old")
    answers.keep(QUESTION, {"etag": '"2"'}, b"new")
    kept = answers.to_ask(QUESTION)
    assert kept is not None
    assert (kept.body, kept.conditions) == (b"new", {"If-None-Match": '"2"'})


def test_an_answer_without_a_tag_takes_the_old_one_away() -> None:
    answers = KeptAnswers()
    answers.keep(QUESTION, TAGGED, b"old")
    answers.keep(QUESTION, {}, b"new")
    assert answers.to_ask(QUESTION) is None


def test_now_and_then_it_is_asked_for_plainly() -> None:
    answers = KeptAnswers()
    answers.keep(QUESTION, TAGGED, b"x")
    asked = [answers.to_ask(QUESTION) is not None for _ in range(ASKED_PLAINLY_EVERY)]
    assert asked == [True] * (ASKED_PLAINLY_EVERY - 1) + [False]
    answers.keep(QUESTION, TAGGED, b"x")
    assert answers.to_ask(QUESTION) is not None


def test_a_vendor_whose_tag_stays_while_its_answer_changes_is_never_believed_again() -> None:
    answers = KeptAnswers()
    answers.keep(QUESTION, TAGGED, b"old")
    answers.keep(("another",), TAGGED, b"old")
    answers.keep(QUESTION, TAGGED, b"new")
    answers.keep(QUESTION, {"etag": '"2"'}, b"newer")
    assert answers.to_ask(QUESTION) is None
    assert answers.to_ask(("another",)) is None


def test_what_does_not_fit_is_not_kept_and_pushes_nothing_out() -> None:
    answers = KeptAnswers(max_answers=3)
    for number in range(5):
        answers.keep(number, TAGGED, b"x")
    assert [answers.to_ask(number) is not None for number in range(5)] == [True] * 3 + [False] * 2


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.binary(max_size=200))))
def test_never_more_is_kept_than_allowed(asks: list[tuple[int, int, bytes]]) -> None:
    answers = KeptAnswers(max_answers=4, max_bytes=300)
    for question, tag, body in asks:
        answers.keep(question, {"etag": f'"{tag}"'}, body)
        sizes = [len(kept.packed) for kept in answers._answers.values()]
        assert answers._size == sum(sizes) <= 300
        assert len(sizes) <= 4
    answers.forget()
    assert answers._size == 0
