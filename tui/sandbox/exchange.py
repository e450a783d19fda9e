"""What goes in and out of the sandbox's APIs: plain values, no sockets. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request, whole."""

    method: str
    path: str
    """As the vendor's own host would see it: no prefix, no query."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    @property
    def content_type(self) -> str:
        """The media type of the body without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def make_request(
    method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Request:
    """Return the request for a target such as `/klinkcx/api/v1/tickets?page=2`."""
    parts = urlsplit(target)
    return Request(
        method=method,
        path=parts.path,
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in (headers or {}).items()},
        body=body,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How the bytes of a reply misbehave on their way. All off: they arrive at once and whole."""

    delay_s: float = 0.0
    """Before the first byte."""
    drip_bytes: int | None = None
    """The size of each piece, with a pause of `drip_pause_s` between two of them."""
    drip_pause_s: float = 0.0
    truncate_at: int | None = None
    """After so many bytes of the body the connection closes, as if all had been said."""
    reset_at: int | None = None
    """After so many bytes of the body the connection is reset; 0 is before the status line."""
    tells_length: bool = True
    """Without a length the end of the connection ends the body, and a cut one looks whole."""


AT_ONCE = Delivery()


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before the next piece."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Break:
    """The connection ends here, too early. `reset`: rudely."""

    reset: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, and how its delivery goes wrong."""

    status: int
    headers: Mapping[str, str]
    chunks: tuple[bytes, ...]
    faults: Delivery = AT_ONCE

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    def deliver(self) -> Iterator[bytes | Pause | Break]:
        """Yield the body as it is to be sent. Whoever carries it only acts this out.

        The delay is not among it: it comes before the status line. `Break` is always the last.
        """
        delivery = self.faults
        body = self.body
        end = len(body)
        for limit in (delivery.truncate_at, delivery.reset_at):
            if limit is not None:
                end = min(end, limit)
        if delivery.drip_bytes is None:
            pieces = [body[:end]] if end < len(body) else list(self.chunks)
        else:
            size = max(delivery.drip_bytes, 1)
            pieces = [body[start : min(start + size, end)] for start in range(0, end, size)]
        for index, piece in enumerate(pieces):
            if index and delivery.drip_pause_s:
                yield Pause(delivery.drip_pause_s)
            if piece:
                yield piece
        if delivery.reset_at is not None:
            yield Break(reset=True)
        elif delivery.truncate_at is not None and end < len(body):
            yield Break(reset=False)


class BadJson(ValueError):
    """The body of a request is not the JSON object that it should be."""


def json_object(request: Request) -> dict[str, object]:
    """Return the body as an object.

    Raises:
        BadJson: it is declared as something else, cannot be parsed, or is no object.
    """
    if request.content_type != "application/json":
        raise BadJson("the content type is not application/json")
    try:
        value = json.loads(request.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadJson("the body is not JSON") from error
    if not isinstance(value, dict):
        raise BadJson("the body is not a JSON object")
    return value


def json_reply(
    value: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Reply:
    """Return a reply with a JSON body, UTF-8 as the vendors send it.

    A lone surrogate has no UTF-8 form; a body with one is ASCII-escaped, as browsers do.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        body = text.encode()
    except UnicodeEncodeError:
        body = json.dumps(value, separators=(",", ":")).encode()
    return Reply(status, {"content-type": JSON_TYPE, **(headers or {})}, (body,))


def with_etag(request: Request, reply: Reply) -> Reply:
    """Return the reply with an `ETag`, or 304 where the request names that one already.

    The tag is weak and made of the body, as Express (Node.js) does it by itself.
    """
    digest = sha256(reply.body).hexdigest()[:27]
    etag = f'W/"{len(reply.body):x}-{digest}"'
    headers = {**reply.headers, "etag": etag}
    # Compared weakly, as RFC 9110 wants it for If-None-Match.
    known = {tag.strip().removeprefix("W/") for tag in _tags(request)}
    if known & {"*", etag.removeprefix("W/")}:
        del headers["content-type"]
        return Reply(304, headers, ())
    return replace(reply, headers=headers)


def _tags(request: Request) -> list[str]:
    return request.headers.get("if-none-match", "").split(",")


def whole_number(text: str, low: int, high: int) -> int | None:
    """Return the number that a parameter spells in plain digits, or None outside the bounds."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(high)):
        return None
    number = int(text)
    return number if low <= number <= high else None


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
