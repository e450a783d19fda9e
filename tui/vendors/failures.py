"""How a status of HTTP becomes one of the domain's errors. Pure; shared by all adapters."""

import html
import re
from collections.abc import Mapping
from http import HTTPStatus

from tui.domain.clean import clean
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
from tui.vendors.http_dates import parse_http_date

RETRY_AFTER_LIMIT_S = 24 * 60 * 60
"""No vendor makes us wait longer than a day: what says more is a mistake, or an ill will."""
EXCERPT_LIMIT = 200
"""Characters shown of an answer that we cannot read."""

_SECONDS = re.compile(r"[0-9]{1,6}")
_TITLE = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_UNSEEN_ELEMENT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_HTML_START = re.compile(r"\s*(?:<!doctype|<html|<head|<body|<\?xml|<!--)", re.IGNORECASE)
_EXCERPT_WINDOW = 16_384
"""Characters looked at to find something readable."""


def parse_retry_after(value: str | None, date_header: str | None) -> float | None:
    """Return the seconds that a `Retry-After` asks for; None where it is missing or odd.

    A date counts from the `Date` of the same answer, so that a wrong clock here does no harm.
    Never more than `RETRY_AFTER_LIMIT_S`.
    """
    if value is None:
        return None
    if _SECONDS.fullmatch(value):
        return float(min(int(value), RETRY_AFTER_LIMIT_S))
    until, now = parse_http_date(value), parse_http_date(date_header)
    if until is None or now is None:
        return None
    return min(max((until - now).total_seconds(), 0.0), float(RETRY_AFTER_LIMIT_S))


def status_error(
    status: int,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    message: str | None = None,
) -> VendorError:
    """Return the error for a status of 300 and above.

    `message` is what the vendor says, as its adapter found it; without one the body is looked at
    for something readable. `headers` have lower-case names. A budget that is spent is a vendor's
    own 429, so its adapter tells it.
    """
    said = clean(message, limit=500) if message else excerpt(body)
    text = f"{_status_words(status)}: {said}" if said else _status_words(status)
    wait_s = parse_retry_after(headers.get("retry-after"), headers.get("date"))
    match status:
        case 401:
            return CredentialRefused(text, status=status)
        case 403:
            return Forbidden(text, status=status)
        case 404:
            return NotFound(text, status=status)
        case 408:
            # The server waited in vain for something; how far the request had come by then it
            # does not say.
            return ConnectionLost(text, status=status)
        case 409:
            # What the request is in conflict with may be the very ticket that it asks for.
            return BadRequest(text, status=status, nothing_was_created=False)
        case 429:
            return RateLimited(text, status=status, retry_after_s=wait_s)
        case _ if 300 <= status < 400:
            return Redirected(text, status=status)
        case _ if 400 <= status < 500:
            return BadRequest(text, status=status)
    return VendorFailure(text, status=status, retry_after_s=wait_s)


def excerpt(body: bytes) -> str:
    """Return the readable beginning of an answer in one cleaned line: of HTML its title or text."""
    text = body[: 4 * _EXCERPT_WINDOW].decode("utf-8-sig", "replace")[:_EXCERPT_WINDOW]
    if _HTML_START.match(text):
        text = _readable(text)
    return clean(" ".join(text.split()), limit=EXCERPT_LIMIT)


def _readable(page: str) -> str:
    if (title := _TITLE.search(page)) and title[1].strip():
        return html.unescape(title[1])
    page = _UNSEEN_ELEMENT.sub(" ", _COMMENT.sub(" ", page))
    return html.unescape(_TAG.sub(" ", page))


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"
