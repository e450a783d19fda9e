"""Reads requests and writes replies as HTTP/1.1 over asyncio's streams."""

import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus

from tui.sandbox.exchange import Break, Pause, Reply, Request, make_request

HEAD_LIMIT = 32 * 1024
BODY_LIMIT = 1024 * 1024
_LINE_LIMIT = 1024

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (/[!-~]*) HTTP/1\.([01])")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;.*)?\r\n")


class BadRequest(Exception):
    """What came is no request that can be answered; the connection cannot go on."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class ConnectionReset(Exception):
    """The reply asks for the connection to be reset."""


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> tuple[Request, bool] | None:
    """Return the next request and whether its connection stays; None where the client left.

    Raises:
        BadRequest: it is malformed or over a limit.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise BadRequest(HTTPStatus.BAD_REQUEST) from None
        return None
    except asyncio.LimitOverrunError:
        raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from None
    first, *lines = head[:-4].split(b"\r\n")
    found = _REQUEST_LINE.fullmatch(first)
    if found is None:
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    headers = _headers(lines)
    is_old = found[3] == b"0"
    if not is_old and "host" not in headers:
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await _read_body(reader, headers)
    request = make_request(found[1].decode(), found[2].decode(), headers, body)
    connection = headers.get("connection", "").lower()
    return request, connection == "keep-alive" if is_old else connection != "close"


def _headers(lines: list[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        found = _HEADER.fullmatch(line)
        if found is None:
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        name, value = found[1].decode().lower(), found[2].decode("latin-1").rstrip(" \t")
        if name in ("content-length", "transfer-encoding", "host") and name in headers:
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    try:
        if coding is not None:
            if length is not None:
                raise BadRequest(HTTPStatus.BAD_REQUEST)
            if coding.lower() != "chunked":
                raise BadRequest(HTTPStatus.NOT_IMPLEMENTED)
            return await _read_chunks(reader)
        if length is None:
            return b""
        if not (length.isascii() and length.isdigit()):
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        if len(length) > len(str(BODY_LIMIT)) or int(length) > BODY_LIMIT:
            raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await reader.readexactly(int(length))
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise BadRequest(HTTPStatus.BAD_REQUEST) from None


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        found = _CHUNK_SIZE.fullmatch(await _read_line(reader))
        if found is None:
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        size = int(found[1], 16)
        if len(body) + size > BODY_LIMIT:
            raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if size == 0:
            while await _read_line(reader) != b"\r\n":
                pass
            return bytes(body)
        body += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise BadRequest(HTTPStatus.BAD_REQUEST)


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    line = await reader.readuntil(b"\r\n")
    if len(line) > _LINE_LIMIT:
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    return line


async def write_reply(
    writer: asyncio.StreamWriter, reply: Reply, *, keep: bool, is_head: bool = False
) -> bool:
    """Send a reply as its faults say; return whether the connection can go on.

    Raises:
        ConnectionReset: the reply asks for it.
    """
    faults = reply.faults
    if faults.delay_s:
        await asyncio.sleep(faults.delay_s)
    if faults.reset_at == 0:
        raise ConnectionReset
    keep = keep and faults.tells_length
    headers = {**reply.headers, "connection": "keep-alive" if keep else "close"}
    if faults.tells_length and reply.status != 304:
        headers["content-length"] = str(len(reply.body))
    writer.write(_head(reply.status, headers))
    if is_head:
        return keep
    for step in reply.deliver():
        match step:
            case bytes():
                writer.write(step)
                await writer.drain()
            case Pause(seconds=seconds):
                await asyncio.sleep(seconds)
            case Break(reset=True):
                raise ConnectionReset
            case Break():
                return False
    await writer.drain()
    return keep


def plain_reply(status: HTTPStatus) -> Reply:
    """Return the reply to something that is no request."""
    return Reply(status, {"content-type": "text/plain"}, (f"{status.phrase}\n".encode(),))


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [
        f"HTTP/1.1 {status} {phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
