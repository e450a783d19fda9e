"""Statuses become typed errors, and `Retry-After` is believed only where it is written properly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import (
    BadRequest,
    ConnectionLost,
    CredentialRefused,
    Forbidden,
    NotFound,
    RateLimited,
    Redirected,
    VendorError,
    VendorFailure,
)
from tui.vendors.failures import excerpt, parse_retry_after, status_error

NOON = "Wed, 04 Feb 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "date_header", "wait_s"),
    [
        ("0", None, 0),
        ("120", None, 120),
        ("000120", None, 120),
        ("901", None, 901),
        ("86401", None, 86_400),
        ("999999", None, 86_400),
        ("1000000", None, None),
        ("", None, None),
        (None, NOON, None),
        ("-5", None, None),
        ("+5", None, None),
        ("1_000", None, None),
        ("1.5", None, None),
        (" 5", None, None),
        ("5\n", None, None),
        ("٣٠", None, None),
        ("1e3", None, None),
        ("soon", None, None),
        ("Wed, 04 Feb 2026 12:02:00 GMT", NOON, 120),
        ("Wed, 04 Feb 2026 11:00:00 GMT", NOON, 0),
        ("Wed, 04 Feb 2026 18:00:00 GMT", NOON, 21_600),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOON, 86_400),
        ("Wed, 04 Feb 2026 12:02:00 GMT", None, None),
        ("Wed, 04 Feb 2026 12:02:00 GMT", "today", None),
        ("Wed, 04 Feb 2026 12:02:00", NOON, None),
        ("Wed, 04 Feb 2026 12:02:00 +0500", NOON, None),
        ("Wed, 99 Feb 2026 12:02:00 GMT", NOON, None),
        ("Wed, 04 Feb 0000 12:02:00 GMT", NOON, None),
        ("Wed, 04 Feb 2026 12:02:61 GMT", NOON, None),
    ],
)
def test_retry_after_is_strict_and_capped(
    value: str | None, date_header: str | None, wait_s: float | None
) -> None:
    assert parse_retry_after(value, date_header) == wait_s


@given(st.text(), st.none() | st.text())
def test_no_retry_after_is_ever_an_exception_or_out_of_bounds(
    value: str, date_header: str | None
) -> None:
    wait_s = parse_retry_after(value, date_header)
    assert wait_s is None or 0 <= wait_s <= 86_400


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, Redirected),
        (400, BadRequest),
        (401, CredentialRefused),
        (403, Forbidden),
        (404, NotFound),
        (408, ConnectionLost),
        (409, BadRequest),
        (422, BadRequest),
        (429, RateLimited),
        (451, BadRequest),
        (500, VendorFailure),
        (503, VendorFailure),
        (799, VendorFailure),
    ],
)
def test_each_status_is_its_own_kind_of_error(status: int, kind: type[VendorError]) -> None:
    error = status_error(status, {}, b"{}", message="Incorrect API Key")
    assert type(error) is kind
    assert error.status == status
    assert str(status) in str(error)
    assert str(error).endswith(": Incorrect API Key")


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_a_vendor_asks_for_is_in_the_error(status: int) -> None:
    error = status_error(status, {"retry-after": "17"})
    assert isinstance(error, RateLimited | VendorFailure)
    assert error.retry_after_s == 17


def test_a_date_to_wait_for_counts_from_the_date_of_the_answer() -> None:
    headers = {"retry-after": "Wed, 04 Feb 2026 12:02:00 GMT", "date": NOON}
    error = status_error(503, headers)
    assert isinstance(error, VendorFailure)
    assert error.retry_after_s == 120


@pytest.mark.parametrize(
    ("status", "text"), [(500, "500 Internal Server Error"), (799, "status 799")]
)
def test_a_status_without_a_word_of_the_vendor_stands_alone(status: int, text: str) -> None:
    assert str(status_error(status, {})) == text


def test_a_vendors_message_is_cut_at_500_characters() -> None:
    assert str(status_error(400, {}, message="x" * 501)) == f"400 Bad Request: {'x' * 499}…"


def test_of_all_errors_these_leave_open_whether_something_was_created() -> None:
    unclear = [s for s in range(300, 600) if not status_error(s, {}).nothing_was_created]
    assert unclear == [303, 304, 408, 409, *range(500, 600)]


def test_a_vendors_message_is_cleaned_into_one_line() -> None:
    error = status_error(400, {}, message="bad\x1b[2J\x1b]0;owned\x07\nfield")
    assert str(error) == "400 Bad Request: bad␛␛ field"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", ""),
        (b"Service down\r\n", "Service down"),
        (b"<html><head><title>502 Bad\nGateway</title></head><h1>x</h1>", "502 Bad Gateway"),
        (b"<!DOCTYPE html><style>p{}</style><p>Gone &amp; away</p>", "Gone & away"),
        (b"<html><title></title><script>evil()</script><b>Sorry", "Sorry"),
        (b"<html><!-- <title>no</title> <b>hidden</b>", "no"),
        (b"<html><!-- hidden --><b>Sorry</b>", "Sorry"),
        (b"\xef\xbb\xbfmarked", "marked"),
        (b'{"response":{"error":{"docs":http://x "id":1}}}',) * 2,
        (b"caf\xe9 \x1b[31mred", "caf\N{REPLACEMENT CHARACTER} ␛red"),
    ],
)
def test_a_body_that_is_not_json_is_shown_as_readable_text(body: bytes, shown: str | bytes) -> None:
    assert excerpt(body) == (shown if isinstance(shown, str) else shown.decode())


@pytest.mark.parametrize("unit", [b"<", b"<script>", b"<!--", b"<title>", b"a" * 100, b"\xf0\x9f"])
def test_an_excerpt_of_a_huge_body_is_short(unit: bytes) -> None:
    assert len(excerpt(b"<html>" + unit * (5_000_000 // len(unit)))) <= 200


@given(st.binary())
def test_an_excerpt_of_anything_is_one_printable_line(body: bytes) -> None:
    assert not set(excerpt(body)) & set(map(chr, [*range(32), *range(127, 160)]))
