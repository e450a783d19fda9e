"""One call: bounded in time and size, sent to its own origin only, and silent about its secret."""

import asyncio
import base64
import gc
import gzip
import inspect
import json
import logging
import socket
import subprocess
import sys
import time
import traceback
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from support.fault_server import (
    Drip,
    FaultServer,
    Flood,
    Received,
    Reset,
    Script,
    Send,
    Silence,
    answer,
)
from tui import __version__
from tui.config.model import Network
from tui.domain.errors import (
    BadResponse,
    ConnectionLost,
    CredentialError,
    Redirected,
    TicketdeckError,
    Unreachable,
    VendorError,
)
from tui.domain.secret import Secret
from tui.vendors.transport import MAX_BYTES, Response, Transport, bearer

CANARY = "canary-7d3e9a/+=kpt"
DEADLINE_S = 0.3
SLACK_S = 0.5
VENDOR = "https://api.example.com"


@pytest.fixture(autouse=True)
def _no_canary_in_any_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert CANARY not in caplog.text


def transport_to(server: FaultServer, timeout_s: float = 5.0, **more: Any) -> Transport:
    return Transport(origins=[server.url], network=Network(timeout_s=timeout_s), **more)


async def post(transport: Transport, url: str) -> Response:
    """Send a create with the canary as its credential."""
    return await transport.call("POST", url, secret_headers={"api-key": Secret(CANARY)}, json={})


async def failure(transport: Transport, url: str) -> TicketdeckError:
    """Return how a create with the canary fails, after a look for the canary in all it says."""
    with pytest.raises(TicketdeckError) as caught:
        await post(transport, url)
    await transport.close()
    error = caught.value
    told = [str(error), repr(error), *traceback.format_exception(error), repr(vars(error))]
    assert CANARY not in "\n".join(told)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "\n" not in str(error)
    return error


class Stub(httpx.AsyncBaseTransport):
    """A network that does one thing."""

    def __init__(self, act: Callable[[httpx.Request], httpx.Response]) -> None:
        self.act = act
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.act(request)


def stubbed(act: Callable[[httpx.Request], httpx.Response]) -> tuple[Transport, Stub]:
    stub = Stub(act)
    return Transport(origins=[VENDOR], network=Network(), http=stub), stub


# What is sent.


async def test_a_request_carries_what_was_asked_and_nothing_else() -> None:
    with FaultServer((Send(answer()),)) as server:
        transport = transport_to(server)
        await transport.call(
            "POST",
            f"{server.url}/a%2Fb?x=1",
            params={"page": 2, "q": "ü&"},
            headers={"X-Zone": "UTC"},
            secret_headers={"Authorization": bearer(Secret("kpt_1"))},
            json={"title": "Grüße", "n": None},
        )
        await transport.close()
        (request,) = server.received
    first, *lines = request.head.decode().split("\r\n")
    assert first == "POST /a%2Fb?x=1&page=2&q=%C3%BC%26 HTTP/1.1"
    assert {line.lower() for line in lines if line} == {
        f"host: {server.address}",
        f"user-agent: ticketdeck/{__version__}",
        "accept: application/json",
        "accept-encoding: gzip",
        "x-zone: utc",
        "content-type: application/json",
        "authorization: bearer kpt_1",
        f"content-length: {len(request.body)}",
    }
    assert request.body.decode() == '{"title": "Grüße", "n": null}'


async def test_a_form_carries_its_secret_in_the_body() -> None:
    transport, stub = stubbed(lambda _: httpx.Response(200))
    form: dict[str, str | Secret] = {"grant_type": "refresh_token", "refresh_token": Secret(CANARY)}
    await transport.call("POST", f"{VENDOR}/token", form=form)
    (request,) = stub.requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": [CANARY],
    }


async def test_connections_are_kept_and_cookies_are_not() -> None:
    script = (Send(answer("200 OK", "Set-Cookie: session=1")),)
    with FaultServer(script, keeps_open=True) as server:
        transport = transport_to(server)
        for _ in range(5):
            await transport.call("GET", server.url)
        await transport.close()
        assert server.connections == 1
        assert not any(b"ookie" in request.head for request in server.received)


async def test_nothing_is_opened_before_the_first_call_or_after_the_last() -> None:
    with FaultServer((Send(answer()),), keeps_open=True) as server:
        transport = transport_to(server)
        assert server.connections == 0
        await transport.call("GET", server.url)
        await transport.close()
        await transport.close()
        assert "closed" in str(await failure(transport, server.url))
        assert server.connections == 1


@pytest.mark.parametrize("value", [{"x": {1, 2}}, {"x": float("nan")}, {"x": "\ud800"}, {"x": b""}])
async def test_a_body_that_cannot_be_written_is_never_sent(value: object) -> None:
    transport, stub = stubbed(lambda _: httpx.Response(200))
    with pytest.raises(Unreachable, match="cannot be written"):
        await transport.call("POST", VENDOR, json=value)
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(Unreachable, match="cannot be written"):
        await transport.call("POST", VENDOR, json=nested)
    with pytest.raises(Unreachable, match="cannot be written"):
        await transport.call("GET", VENDOR, params={"q": "\ud800"})
    assert stub.requests == []


@pytest.mark.parametrize("place", ["header", "form"])
@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("\n", "holds a line break"),
        ("\r\nHost: evil.example", "holds a line break"),
        ("\x00", "holds a control character"),
        ("é", "holds a character outside ASCII"),
        (" ", "begins or ends with a space"),
    ],
)
async def test_a_credential_that_cannot_be_sent_is_named_and_not_shown(
    place: str, end: str, reason: str
) -> None:
    transport, stub = stubbed(lambda _: httpx.Response(200))
    secret = Secret(CANARY + end)
    if place == "header":
        call = transport.call("GET", VENDOR, secret_headers={"api-key": secret})
    else:
        call = transport.call("POST", VENDOR, form={"refresh_token": secret})
    with pytest.raises(CredentialError, match=reason) as caught:
        await call
    assert ("header api-key" if place == "header" else "field refresh_token") in str(caught.value)
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert caught.value.advice
    assert stub.requests == []


# Where it is sent.


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(status: int, method: str) -> None:
    with FaultServer((Send(answer()),)) as elsewhere:
        pointer = answer(f"{status} Moved", f"Location: {elsewhere.url}/steal?x={CANARY}")
        with FaultServer((Send(pointer),)) as server:
            transport = transport_to(server)
            secret_headers = {
                "api-key": Secret(CANARY),
                "Authorization": bearer(Secret(CANARY)),
                "X-Token": Secret(CANARY),
            }
            with pytest.raises(Redirected) as caught:
                await transport.call(
                    method, server.url, secret_headers=secret_headers, json={"secret": CANARY}
                )
            await transport.close()
            assert len(server.received) == 1
        assert elsewhere.connections == 0
    assert caught.value.status == status
    assert str(caught.value) == (
        f"{server.address} answers {status} and points to another address of its own; "
        "redirects are not followed"
    )


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("https://login.example/sso?next=x", "login.example"),
        ("//login.example", "login.example"),
        ("/login", "another address of its own"),
        ("https://user:pw@login.example:8443", "login.example:8443"),
        ("https://\x1b[2Jevil", "elsewhere"),
        ("https://login.example:port", "elsewhere"),
        ("", "elsewhere"),
        (None, "elsewhere"),
    ],
)
async def test_a_redirect_names_only_its_host(location: str | None, where: str) -> None:
    headers = {} if location is None else {"location": location}
    transport, _ = stubbed(lambda _: httpx.Response(302, headers=headers))
    error = await failure(transport, VENDOR)
    assert f"points to {where};" in str(error)
    assert "pw" not in str(error)


async def test_a_post_answered_with_see_other_may_have_worked() -> None:
    outcomes = {}
    for status in (301, 302, 303, 307, 308):
        transport, _ = stubbed(partial(_answered, status))
        error = await failure(transport, VENDOR)
        assert isinstance(error, Redirected)
        outcomes[status] = error.nothing_was_created
    assert outcomes == {301: True, 302: True, 303: False, 307: True, 308: True}


def _answered(status: int, _: httpx.Request) -> httpx.Response:
    return httpx.Response(status)


async def test_no_other_origin_is_ever_called() -> None:
    with FaultServer((Send(answer()),)) as other, FaultServer((Send(answer()),)) as server:
        transport = Transport(origins=[f"{server.url}/questionpro"], network=Network())
        for url in (other.url, server.url, f"{server.url}/questionpro/../x", "https://x.example"):
            assert isinstance(await failure(transport, url), Unreachable)
        assert server.connections == other.connections == 0


async def test_loopback_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer((Send(answer()),)) as sink, FaultServer((Send(answer()),)) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, sink.url)
        transport = Transport(origins=[server.url], network=Network(proxy=sink.url))
        assert (await post(transport, server.url)).status == 200
        await transport.close()
        assert sink.connections == 0


async def test_a_proxy_that_refuses_is_named_and_sees_no_credential(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusal = answer("407 Proxy Authentication Required", body=CANARY.encode())
    with FaultServer((Send(refusal),)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@{proxy.address}")
        error = await failure(Transport(origins=[VENDOR], network=Network()), VENDOR)
        assert isinstance(error, Unreachable)
        assert str(error) == (
            f"the proxy {proxy.address} did not let us through to api.example.com (407)"
        )
        (request,) = proxy.received
        assert CANARY.encode() not in request.raw
        assert base64.b64encode(b"user:hunter2") in request.raw


# What comes back.


async def test_an_answer_is_unpacked_and_its_headers_cleaned() -> None:
    script = answer(
        "200 \x1b[2Jfine",
        "Content-Encoding: gzip",
        "X-Note: a\x1b]0;owned\x07b",
        "X-TWICE: 1",
        "x-twice: 2",
        body=gzip.compress(b'{"ok": true}'),
    )
    with FaultServer((Send(script),)) as server:
        transport = transport_to(server)
        response = await transport.call("GET", server.url)
        await transport.close()
    assert response.status == 200
    assert response.body == b'{"ok": true}'
    assert response.headers["x-twice"] == "1, 2"
    assert not any(mark in "".join(response.headers.values()) for mark in "\x1b\x07")


@pytest.mark.parametrize("status", [200, 201, 204, 400, 401, 404, 429, 500, 503])
async def test_every_other_status_is_an_answer(status: int) -> None:
    transport, _ = stubbed(lambda _: httpx.Response(status, headers={"retry-after": "7"}))
    response = await post(transport, VENDOR)
    assert (response.status, response.headers["retry-after"]) == (status, "7")


async def test_a_change_of_protocol_is_no_answer() -> None:
    transport, _ = stubbed(lambda _: httpx.Response(101))
    assert type(await failure(transport, VENDOR)) is BadResponse


async def test_a_credential_that_a_vendor_echoes_in_an_error_is_masked() -> None:
    echoes = json.dumps({"message": f"bad key {CANARY}"}).replace("/", "\\/").encode()
    headers = {"www-authenticate": f'Bearer error="{CANARY}"'}
    transport, _ = stubbed(lambda _: httpx.Response(401, headers=headers, content=echoes))
    response = await transport.call(
        "GET", VENDOR, secret_headers={"Authorization": bearer(Secret(CANARY))}
    )
    assert json.loads(response.body) == {"message": "bad key ***"}
    assert response.headers["www-authenticate"] == 'Bearer error="***"'


async def test_a_token_comes_back_unmasked() -> None:
    transport, _ = stubbed(lambda r: httpx.Response(200, content=r.content))
    response = await transport.call("POST", VENDOR, form={"refresh_token": Secret("token-123")})
    assert response.body == b"refresh_token=token-123"


# What goes wrong on the wire.


def bomb(*encodings: str) -> Script:
    """Return an answer of 1 GB of zeros in 1 MB of gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {', '.join(encodings)}\r\n\r\n".encode()
    if len(encodings) == 1:
        return Send(head + start), Flood(block, times=1_000)
    return (Send(head + gzip.compress(start + block * 1_000)),)


CHUNK = b"10000\r\n" + bytes(0x10000) + b"\r\n"
HEAD = b"HTTP/1.1 200 OK\r\n"
ENDLESS = (Send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n"), Flood(CHUNK))


@pytest.mark.parametrize(
    ("script", "kind", "reason"),
    [
        ((), ConnectionLost, "closed the connection before it answered"),
        ((Reset(),), ConnectionLost, "broke the connection off before it answered"),
        (
            (Send(answer(length=100)), Reset()),
            ConnectionLost,
            "broke the connection off in the middle of its answer",
        ),
        ((Send(answer(length=100)),), ConnectionLost, "ended its answer too early"),
        (
            (Send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\nhalf"),),
            ConnectionLost,
            "ended its answer too early",
        ),
        (
            (Send(answer("200 OK", "Content-Encoding: gzip", body=gzip.compress(b"x" * 99)[:-9])),),
            ConnectionLost,
            "ended its answer too early",
        ),
        ((Send(b"SSH-2.0-OpenSSH " + CANARY.encode() + b"\r\n\r\n"),), ConnectionLost, "not HTTP"),
        ((Send(b"\x00\xff\x16\x03\x01\r\n\r\n"),), ConnectionLost, "not HTTP"),
        ((Send(answer("200 OK", "Content-Length: 5")),), ConnectionLost, "not HTTP"),
        ((Send(answer("200 OK", "Content-Length: -5")),), ConnectionLost, "not HTTP"),
        ((Send(answer("200 OK", "X: " + "a" * 200_000)),), ConnectionLost, "not HTTP"),
        ((Send(answer("200 OK", *(f"X{n}: y" for n in range(50_000)))),), ConnectionLost, "not"),
        ((Send(answer("200 OK", "X : y\x00")),), ConnectionLost, "not HTTP"),
        (
            (Send(answer("200 OK", "Content-Encoding: gzip", body=b"plain text")),),
            BadResponse,
            "cannot be read: its compression is damaged",
        ),
        (
            (Send(answer("200 OK", "Content-Encoding: br", body=b"plain text")),),
            BadResponse,
            "cannot be read: it is packed in a way that was not asked for",
        ),
        ((Send(answer(length=MAX_BYTES + 1)),), BadResponse, "is larger than 16 MiB"),
        (
            (Send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),),
            ConnectionLost,
            "not HTTP",
        ),
    ],
)
async def test_each_fault_is_one_line_that_says_what_happened(
    script: Script, kind: type[VendorError], reason: str
) -> None:
    with FaultServer(script) as server:
        error = await failure(transport_to(server), server.url)
        assert type(error) is kind
        assert isinstance(error, VendorError)
        assert reason in str(error)
        assert server.address in str(error)
        assert not error.nothing_was_created
        assert len(server.received) == 1


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ((Silence(),), "no answer from"),
        ((Drip(b"HTTP/1.1 100 Continue\r\n\r\n", every_s=0),), "no answer from"),
        ((Flood(b"HTTP/1.1 102 Processing\r\n\r\n"),), "no answer from"),
        ((Send(HEAD), Drip(b"X-Slow: y\r\n")), "no answer from"),
        ((Send(HEAD + b"\r\n"), Drip(b" ")), "was not complete"),
        ((Send(answer(length=10)), Silence()), "was not complete"),
    ],
)
async def test_a_call_ends_at_its_deadline_whatever_the_server_does(
    script: Script, reason: str
) -> None:
    """The best of three counts: a busy machine wakes up late, and that is not the transport's."""
    late_s: list[float] = []
    with FaultServer(script) as server:
        while len(late_s) < 3 and min(late_s, default=SLACK_S + 1) > SLACK_S:
            start = time.monotonic()
            error = await failure(transport_to(server, DEADLINE_S), server.url)
            late_s.append(time.monotonic() - start - DEADLINE_S)
            assert type(error) is ConnectionLost
            assert reason in str(error)
            assert str(error).endswith("within 0.3 s")
    assert -0.05 <= min(late_s) <= SLACK_S


async def test_a_deadline_during_the_connection_means_that_nothing_was_sent() -> None:
    with FaultServer((Silence(),)) as server:  # it never answers the TLS handshake
        url = f"https://{server.address}"
        transport = Transport(origins=[url], network=Network(timeout_s=DEADLINE_S))
        error = await failure(transport, url)
        assert str(error) == f"no connection to {server.address} within 0.3 s"
        assert type(error) is Unreachable
        assert not any(CANARY.encode() in request.raw for request in server.received)


@pytest.mark.parametrize("is_behind_proxy", [False, True])
async def test_connections_that_never_came_about_leave_nothing_behind(
    *, is_behind_proxy: bool
) -> None:
    """By itself httpcore leaves the socket open, or its place in the pool taken for good."""

    def script(request: Received) -> Script:
        is_connect = request.head.startswith(b"CONNECT ")
        return Send(b"HTTP/1.1 200 OK\r\n\r\n" if is_connect else b""), Silence()

    with FaultServer(script, greets=not is_behind_proxy) as server:
        url = VENDOR if is_behind_proxy else f"https://{server.address}"
        proxy = server.url if is_behind_proxy else None
        transport = Transport(origins=[url], network=Network(timeout_s=0.1, proxy=proxy))
        for _ in range(10):
            error = await _outcome(transport, url)
            assert type(error) is Unreachable
            await server.accepted()
        await transport.close()
    gc.collect()  # a socket left open is a warning, and a warning fails the test


@pytest.mark.skipif(sys.platform != "linux", reason="fills the queue of a listener as Linux does")
async def test_a_server_that_accepts_no_connection_is_unreachable() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        error = await failure(Transport(origins=[url], network=Network(timeout_s=DEADLINE_S)), url)
        for client in waiting:
            client.close()
    assert type(error) is Unreachable
    assert str(error).startswith("no connection to 127.0.0.1:")


async def test_a_call_that_waits_for_a_free_connection_was_not_sent() -> None:
    with FaultServer((Silence(),)) as server:
        transport = transport_to(server, timeout_s=30)
        busy = [asyncio.create_task(post(transport, server.url)) for _ in range(8)]
        for _ in busy:
            await server.heard()
        transport._network = Network(timeout_s=DEADLINE_S)
        error = await _outcome(transport, server.url)
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        await transport.close()
        assert type(error) is Unreachable
        assert len(server.received) == 8


async def test_refused_and_unknown_hosts_are_told_apart() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        refused = await failure(Transport(origins=[url], network=Network()), url)
    assert str(refused).endswith("refused the connection")
    url = f"https://{'a' * 64}.invalid"
    unknown = await failure(Transport(origins=[url], network=Network(timeout_s=5)), url)
    assert "host" in str(unknown)
    assert {type(refused), type(unknown)} == {Unreachable}


async def test_a_cancelled_call_passes_the_cancellation_on_and_frees_its_connection() -> None:
    with FaultServer((Silence(),)) as server:
        transport = transport_to(server)
        for _ in range(12):
            task = asyncio.create_task(post(transport, server.url))
            await server.heard()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        server.script = (Send(answer()),)
        assert (await post(transport, server.url)).status == 200
        await transport.close()


async def test_a_server_that_fails_for_long_does_not_wear_the_transport_out() -> None:
    scripts: dict[int, Script] = {0: (Silence(),), 1: (Reset(),), 2: (), 3: ENDLESS}

    def script(_: Received) -> Script:
        return scripts.get(len(server.received) % 5, (Send(answer()),))

    with FaultServer(script) as server:
        transport = transport_to(server, 0.5, max_bytes=100_000)
        outcomes = [
            isinstance(outcome, Response)
            for outcome in [await _outcome(transport, server.url) for _ in range(15)]
        ]
        await transport.close()
    assert outcomes.count(True) == 3


async def _outcome(transport: Transport, url: str) -> Response | VendorError:
    try:
        return await post(transport, url)
    except VendorError as error:
        return error


# How much of it comes in.

_MEASURE = """
import asyncio, sys
from tui.config.model import Network
from tui.domain.errors import VendorError
from tui.vendors.transport import Transport

def peak():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1])

async def main():
    url = sys.argv[1]
    transport = Transport(origins=[url], network=Network(timeout_s=30))
    await transport.call("GET", url + "/small")
    before = peak()
    try:
        await transport.call("GET", url + "/large")
    except VendorError as error:
        print(type(error).__name__, peak() - before, error)
    await transport.close()

asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads its memory from /proc")
@pytest.mark.parametrize(
    ("large", "kind"),
    [
        (bomb("gzip"), "BadResponse"),
        (bomb("gzip", "gzip"), "BadResponse"),
        (ENDLESS, "BadResponse"),
        ((Send(HEAD + b"\r\n"), Flood(bytes(65_536))), "BadResponse"),
        ((Flood(b"X-Endless: header\r\n" * 1_000),), "ConnectionLost"),
    ],
    ids=["bomb", "double bomb", "endless chunks", "endless body", "endless head"],
)
def test_an_endless_answer_costs_less_than_30_mb(large: Script, kind: str) -> None:
    def script(request: Received) -> Script:
        return large if b"/large" in request.head else (Send(answer()),)

    with FaultServer(script) as server:
        start = time.monotonic()
        output = subprocess.run(
            [sys.executable, "-c", _MEASURE, server.url],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            cwd=Path(__file__).parents[3],
        ).stdout
        took_s = time.monotonic() - start
    name, grown_kb, *_ = output.split()
    assert name == kind
    assert int(grown_kb) < 30_000
    assert took_s < 10


# How exceptions are classified.

NEVER_SENT = {
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
}
HTTPX_ERRORS = sorted(
    (
        member
        for member in vars(httpx).values()
        if inspect.isclass(member) and issubclass(member, Exception)
    ),
    key=lambda kind: kind.__name__,
)
OTHER_ERRORS = [
    OSError, ConnectionResetError, TimeoutError, UnicodeEncodeError, TypeError, ValueError,
    RecursionError, RuntimeError, KeyError, AssertionError, EOFError, StopAsyncIteration,
    asyncio.IncompleteReadError, ExceptionGroup,
]  # fmt: skip


def made(kind: type[Exception]) -> Exception:
    """Return an exception of this class with the canary wherever it takes text."""
    if kind is httpx.HTTPStatusError:
        request = httpx.Request("GET", VENDOR)
        return httpx.HTTPStatusError(CANARY, request=request, response=httpx.Response(500))
    if kind is UnicodeEncodeError:
        return UnicodeEncodeError("ascii", CANARY, 0, 1, CANARY)
    if kind is asyncio.IncompleteReadError:
        return asyncio.IncompleteReadError(CANARY.encode(), 5)
    if kind is ExceptionGroup:
        return ExceptionGroup(CANARY, [ValueError(CANARY)])
    if kind in (httpx.StreamConsumed, httpx.ResponseNotRead, httpx.RequestNotRead):
        return kind()
    return httpx.StreamClosed() if kind is httpx.StreamClosed else kind(CANARY)


@pytest.mark.parametrize("kind", [*HTTPX_ERRORS, *OTHER_ERRORS])
@pytest.mark.parametrize("when", ["head", "body"])
async def test_only_what_surely_never_left_is_unreachable(kind: type[Exception], when: str) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"{"
        raise made(kind)

    def act(request: httpx.Request) -> httpx.Response:
        if when == "head":
            raise made(kind) from made(ValueError)
        return httpx.Response(200, content=body())

    transport, _ = stubbed(act)
    error = await failure(transport, VENDOR)
    assert isinstance(error, VendorError)
    never_sent = kind in NEVER_SENT and when == "head"
    assert type(error) is (Unreachable if never_sent else ConnectionLost)
    assert error.nothing_was_created is never_sent


def test_the_table_of_exceptions_knows_all_of_httpx() -> None:
    assert len(HTTPX_ERRORS) >= 28
    assert set(HTTPX_ERRORS) >= NEVER_SENT
