"""Ways to spoil an answer on the wire, each made of the answer that would have been right."""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from support.fault_server import (
    Drip,
    Flood,
    HalfClose,
    Reset,
    Script,
    Send,
    Silence,
    answer,
)
from tui.sandbox.faults import HTML_PAGE

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Context:
    """What a fault is made of."""

    body: bytes
    """Of the right answer."""
    elsewhere: str
    """The address of a server that must hear nothing."""

    @property
    def half(self) -> bytes:
        return self.body[: len(self.body) // 2]


Fault = Callable[[Context], Script]


def body(content: bytes, *headers: str, status: str = "200 OK") -> Fault:
    return lambda _: (Send(answer(status, *headers, body=content)),)


def raw(content: bytes) -> Fault:
    return lambda _: (Send(content),)


def status(line: str, *headers: str) -> Fault:
    """Return the right answer under a wrong status."""
    return lambda right: (Send(answer(line, *headers, body=right.body)),)


def headed(*headers: str) -> Fault:
    return status("200 OK", *headers)


def chunk(content: bytes, size: bytes = b"", end: bytes = b"0\r\n\r\n") -> bytes:
    return CHUNKED + (size or b"%x" % len(content)) + b"\r\n" + content + b"\r\n" + end


def cut(*, half: bool, last: Script, head: Callable[[bytes], bytes]) -> Fault:
    """Return the head, half of the body or nothing of it, and what comes then."""
    return lambda right: (Send(head(right.body) + (right.half if half else b"")), *last)


def with_length(content: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(content)


def without_length(_content: bytes) -> bytes:
    return HEAD + b"\r\n"


@cache
def bomb(*encodings: str) -> Script:
    """Return an answer of 1 GB of zeros in 1 MB of gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {', '.join(encodings)}\r\n\r\n".encode()
    if len(encodings) == 1:
        return Send(head + start), Flood(block, times=1_000)
    return (Send(head + gzip.compress(start + block * 1_000)),)


@cache
def packed_json(content: bytes) -> Script:
    """Return JSON that is small only as it travels."""
    return (Send(answer("200 OK", "Content-Encoding: gzip", body=gzip.compress(content, 1))),)


def _linked(value: object, elsewhere: str) -> object:
    """Return JSON whose every object names other addresses to go on at."""
    if isinstance(value, list):
        return [_linked(part, elsewhere) for part in value]
    if not isinstance(value, dict):
        return value
    names = ("next", "nextPage", "nextUrl", "next_page_url", "self", "resourceUrl", "base_url")
    links = dict.fromkeys(names, f"{elsewhere}/page2")
    inner = {name: _linked(part, elsewhere) for name, part in value.items()}
    return {**links, "links": {**links}, "_links": {"next": {"href": links["next"]}}, **inner}


ENDLESS: Script = (Send(CHUNKED), Flood(b"10000\r\n" + bytes(0x10000) + b"\r\n"))

FAILS_AT_ONCE: Mapping[str, Fault] = {
    # The connection.
    "closed": lambda _: (),
    "reset": lambda _: (Reset(),),
    "half closed": lambda _: (HalfClose(), Silence()),
    "closed in the status line": raw(b"HTTP/1.1 20"),
    "closed in the head": raw(HEAD + b"Content-"),
    "reset in the head": lambda _: (Send(HEAD + b"X: y\r\n"), Reset()),
    "closed after the head": cut(half=False, last=(), head=with_length),
    "closed in the body": cut(half=True, last=(), head=with_length),
    "closed in a body of no length": cut(half=True, last=(), head=without_length),
    "half closed in the body": cut(half=True, last=(HalfClose(), Silence()), head=with_length),
    "reset in the body": cut(half=True, last=(Reset(),), head=with_length),
    "closed in a chunk": lambda right: (Send(CHUNKED + b"ffff\r\n" + right.half),),
    "closed between chunks": lambda right: (Send(chunk(right.half, end=b"")),),
    # What is no HTTP.
    "noise": raw(bytes(range(256)) * 4),
    "a banner": raw(b"220 mail.example ESMTP\r\n"),
    "another protocol": raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    "TLS": raw(b"\x15\x03\x01\x00\x02\x02\x28"),
    "HTTP/2": raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"),
    "HTTP/0.9": lambda right: (Send(right.body),),
    "ICY": lambda right: (Send(b"ICY 200 OK\r\n\r\n" + right.body),),
    "status 000": status("000 Nothing"),
    "status 1000": status("1000 Much"),
    "status of letters": status("OK 200"),
    "another protocol wanted": raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    # Heads.
    "two lengths": headed("Content-Length: 5"),
    "a negative length": raw(HEAD + b"Content-Length: -5\r\n\r\n{}"),
    "a length of letters": raw(HEAD + b"Content-Length: much\r\n\r\n{}"),
    "a length of megabytes": lambda right: (Send(answer(body=right.body, length=13 * MIB)),),
    "a length of 30 digits": lambda right: (Send(answer(body=right.body, length=10**30)),),
    "a length that is too long": lambda right: (Send(answer(body=right.body, length=10**6)),),
    "a length that is too short": lambda right: (Send(answer(body=right.body, length=20)),),
    "a chunk of letters": raw(CHUNKED + b"some\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk": raw(CHUNKED + b"-5\r\n{}\r\n0\r\n\r\n"),
    "a chunk of exabytes": raw(CHUNKED + b"ffffffffffffffff\r\n{}"),
    "an unknown transfer": raw(HEAD + b"Transfer-Encoding: pigeon\r\n\r\n{}"),
    "a header without a colon": raw(HEAD + b"nonsense\r\n\r\n{}"),
    "a header with NUL": headed("X: a\x00b"),
    "a huge header": headed("X: " + "a" * 200_000),
    "many headers": headed(*(f"X{number}: y" for number in range(50_000))),
    # Statuses.
    **{
        f"status {number}": status(f"{number} No")
        for number in (400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 418, 422, 429, 451)
    },
    **{
        f"status {number}": status(f"{number} No") for number in (500, 501, 503, 504, 511, 599, 999)
    },
    "no content": raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "unchanged though nobody asked": raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "a redirect in circles": status("302 Found", "Location: ?again"),
    **{
        f"a redirect with {number}": lambda right, number=number: (  # type: ignore[misc]  # a default binds the loop's variable
            Send(answer(f"{number} Gone", f"Location: {right.elsewhere}/x", body=right.body)),
        )
        for number in (301, 302, 303, 307, 308)
    },
    "busy for ever": status("429 Slow down", "Retry-After: 99999999999999999999"),
    "busy until nonsense": status("503 Later", "Retry-After: \u0663\x1b[2J"),
    # Encodings.
    "gzip in name only": headed("Content-Encoding: gzip"),
    "deflate in name only": headed("Content-Encoding: deflate"),
    "gzip that is cut": lambda right: (
        Send(answer("200 OK", "Content-Encoding: gzip", body=gzip.compress(right.body)[:-9])),
    ),
    "gzip within gzip": lambda right: (
        Send(
            answer(
                "200 OK",
                "Content-Encoding: gzip, gzip",
                body=gzip.compress(gzip.compress(right.body)),
            )
        ),
    ),
    "brotli": headed("Content-Encoding: br"),
    # Bodies.
    "nothing": body(b""),
    "blanks": body(b" \r\n\t "),
    "HTML": body(HTML_PAGE, "Content-Type: text/html"),
    "HTML under a wrong type": body(HTML_PAGE, "Content-Type: application/json"),
    "HTML of a gateway": body(HTML_PAGE, status="502 Bad Gateway"),
    "XML": body(b'<?xml version="1.0"?><tickets/>', "Content-Type: text/xml"),
    "words": body(b"Service is being restarted.\n"),
    "escape sequences": body(b"\x1b]52;c;UFdORUQ=\x07\x1b[2J\xc2\x9b31m \xe2\x80\xae"),
    "null": body(b"null"),
    "a text": body(b'"fine"'),
    "a number": body(b"7"),
    "a list": body(b"[[[]]]"),
    "an empty object": body(b"{}"),
    "an answer that is null": body(b'{"data": null, "response": null, "success": false}'),
    "half of the JSON": lambda right: (Send(answer(body=right.half)),),
    "JSON twice": lambda right: (Send(answer(body=right.body * 2)),),
    "JSON in quotes": lambda right: (Send(answer(body=json.dumps(right.body.decode()).encode())),),
    "a giant number": body(b"9" * 500_000),
    "brackets without end": body(b"[" * 90_000),
    "a million values": lambda _: packed_json(b'{"data":[' + b"[]," * 10**6 + b"1]}"),
}
"""A call to one of these fails as soon as the server is done."""

HANGS: Mapping[str, Fault] = {
    "silence": lambda _: (Silence(),),
    "silence in the head": lambda _: (Send(HEAD), Silence()),
    "silence after the head": cut(half=False, last=(Silence(),), head=with_length),
    "silence in the body": cut(half=True, last=(Silence(),), head=with_length),
    "silence instead of an end": cut(half=True, last=(Silence(),), head=without_length),
    "silence in a chunk": lambda right: (Send(CHUNKED + b"fffff\r\n" + right.half), Silence()),
    "silence after 100": lambda _: (Send(b"HTTP/1.1 100 Continue\r\n\r\n"), Silence()),
    "a head in drops": lambda _: (Drip(HEAD + b"X-Slow: y\r\n" * 9_999),),
    "a body in drops": lambda right: (Send(with_length(right.body)), Drip(right.body)),
    "a body of blanks": lambda _: (Send(HEAD + b"\r\n"), Drip(b" ")),
    "chunks of one byte": lambda _: (Send(CHUNKED), Drip(b"1\r\n \r\n")),
    "early hints in drops": lambda _: (Drip(b"HTTP/1.1 103 Early Hints\r\n\r\n"),),
    "a refusal in drops": lambda _: (Send(b"HTTP/1.1 500 No\r\n\r\n"), Drip(b"sorry ")),
}
"""A call to one of these lasts until its deadline."""

FLOODS: Mapping[str, Fault] = {
    "1xx without end": lambda _: (Flood(b"HTTP/1.1 102 Processing\r\n\r\n" * 100),),
    "a head without end": lambda _: (Flood(b"X-Endless: header\r\n" * 1_000),),
    "chunks without end": lambda _: ENDLESS,
    "a body without end": lambda _: (Send(HEAD + b"\r\n"), Flood(bytes(65_536))),
    "a refusal without end": lambda _: (Send(b"HTTP/1.1 500 No\r\n\r\n"), Flood(bytes(65_536))),
    "a gzip bomb": lambda _: bomb("gzip"),
    "a bomb in a bomb": lambda _: bomb("gzip", "gzip"),
    "a JSON bomb": lambda _: packed_json(b"[" + b"{}," * 3_900_000 + b"0]"),
}
"""One of these keeps a core busy until it is over the limit, or until the deadline."""

HARMLESS: Mapping[str, Fault] = {
    "chunks with extensions and trailers": lambda right: (
        Send(chunk(right.half, size=b"%x;name=value" % len(right.half), end=b"")),
        Send(b"%x\r\n" % (len(right.body) - len(right.half)) + right.body[len(right.half) :]),
        Send(b"\r\n0\r\nX-Trailer: y\r\n\r\n"),
    ),
    "HTTP/1.0": lambda right: (Send(b"HTTP/1.0 200 OK\r\n\r\n" + right.body),),
    "hints ahead": lambda right: (
        Send(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(body=right.body)),
    ),
    "no words beside the status": lambda right: (Send(b"HTTP/1.1 200\r\n\r\n" + right.body),),
    "hostile words beside the status": status("200 \x1b[2Jfine"),
    "hostile headers": headed("X-Note: \x1b]0;owned\x07", "Set-Cookie: a=b", "ETag: \x1b[2J"),
    "links that lead elsewhere": lambda right: (
        Send(answer(body=json.dumps(_linked(json.loads(right.body), right.elsewhere)).encode())),
    ),
    "headers that lead elsewhere": lambda right: (
        Send(
            answer(
                "200 OK",
                f'Link: <{right.elsewhere}/2>; rel="next"',
                f"Content-Location: {right.elsewhere}/here",
                f"Location: {right.elsewhere}/there",
                f"Refresh: 0; url={right.elsewhere}",
                body=right.body,
            )
        ),
    ),
    "a wrong type": headed("Content-Type: text/html"),
    "a wrong charset": headed("Content-Type: application/json; charset=utf-16"),
    "a byte order mark": lambda right: (Send(answer(body=b"\xef\xbb\xbf" + right.body)),),
    "UTF-16": lambda right: (Send(answer(body=right.body.decode().encode("utf-16"))),),
    "gzip": lambda right: packed_json(right.body),
    "gzip with more behind it": lambda right: (
        Send(answer("200 OK", "Content-Encoding: gzip", body=gzip.compress(right.body) + b"more")),
    ),
    "deflate": lambda right: (
        Send(answer("200 OK", "Content-Encoding: deflate", body=zlib.compress(right.body))),
    ),
    "blanks around it": lambda right: (Send(answer(body=b"\r\n " + right.body + b"\n\n")),),
    "one byte at a time": lambda right: (
        Send(with_length(right.body)),
        *(Send(right.body[place : place + 997]) for place in range(0, len(right.body), 997)),
    ),
}
"""Odd, and yet the right answer."""
