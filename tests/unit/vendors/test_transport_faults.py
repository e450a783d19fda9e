"""Whatever a server or a library does, a call ends in time, in bounds and in one plain line."""

import asyncio
import gc
import gzip
import inspect
import logging
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from support.calls import CANARY, VENDOR, failure, outcome_of, post, stubbed, transport_to
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
from support.wire_faults import ENDLESS, HEAD, bomb, packed_json
from tui.config.model import Network
from tui.domain.errors import (
    BadResponse,
    ConnectionLost,
    Unreachable,
    VendorError,
)
from tui.vendors.transport import MAX_BYTES, Response, Transport

DEADLINE_S = 0.3
SLACK_S = 0.5


@pytest.fixture(autouse=True)
def _no_canary_in_any_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert CANARY not in caplog.text


# What goes wrong on the wire.


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
        ((Send(answer(length=MAX_BYTES + 1)),), BadResponse, "is larger than 12 MiB"),
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
        transport = Transport(origins=[url], network=Network(timeout_s=1))
        error = await failure(transport, url)
        assert str(error) == f"no connection to {server.address} within 1 s"
        assert type(error) is Unreachable
        assert not error.is_network, "somebody took the connection"
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
            error = await outcome_of(transport, url)
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
        error = await outcome_of(transport, server.url)
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
    assert isinstance(refused, Unreachable)
    assert isinstance(unknown, Unreachable)
    # Whoever refuses is there; without a name or a way, nobody is.
    assert not refused.is_network


async def test_a_name_is_tried_at_each_of_its_addresses() -> None:
    """Many machines know `localhost` by IPv6 first; nobody listens there."""
    with FaultServer((Send(answer()),)) as server:
        url = f"http://localhost:{server.port}"
        transport = Transport(origins=[url], network=Network(timeout_s=5))
        assert (await transport.call("GET", url)).status == 200
        await transport.close()


async def test_an_address_of_ipv6_is_called_and_named_as_such() -> None:
    try:
        free = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    url = f"http://[::1]:{free.getsockname()[1]}"
    free.close()
    refused = await failure(Transport(origins=[url], network=Network(timeout_s=5)), url)
    assert str(refused) == f"{url.removeprefix('http://')} refused the connection"


async def test_a_proxy_that_is_gone_cuts_off_more_than_one_host() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{free.getsockname()[1]}"
        error = await failure(Transport(origins=[VENDOR], network=Network(proxy=proxy)), VENDOR)
    assert isinstance(error, Unreachable)
    assert error.is_network


async def test_a_proxy_that_opens_no_way_says_nothing_of_this_host_alone() -> None:
    with FaultServer((Silence(),)) as proxy:
        network = Network(proxy=proxy.url, timeout_s=DEADLINE_S)
        error = await failure(Transport(origins=[VENDOR], network=network), VENDOR)
    assert str(error) == f"no connection to the proxy {proxy.address} within 0.3 s"
    assert isinstance(error, Unreachable)
    assert error.is_network


async def test_where_nobody_takes_the_connection_the_network_may_be_down() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first:
        first.connect(full.getsockname())
        url = "http://127.0.0.1:{1}".format(*full.getsockname())
        network = Network(timeout_s=DEADLINE_S)
        error = await failure(Transport(origins=[url], network=network), url)
    assert isinstance(error, Unreachable)
    assert error.is_network


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"],
)
async def test_a_host_that_takes_the_connection_is_there_whatever_it_says(said: bytes) -> None:
    with FaultServer((Send(said), Silence())) as server:
        error = await failure(transport_to(server, DEADLINE_S), server.url)
    assert isinstance(error, ConnectionLost)
    assert not error.is_network


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
            for outcome in [await outcome_of(transport, server.url) for _ in range(15)]
        ]
        await transport.close()
    assert outcomes.count(True) == 3


# How much of it comes in.

_MEASURE = """
import asyncio, sys
from tui.config.model import Network
from tui.domain.errors import VendorError
from tui.vendors.decode import decode_json
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
        decode_json((await transport.call("GET", url + "/large")).body)
        print("Read", peak() - before)
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
        (packed_json(b"[" + b"{}," * 3_900_000 + b"0]"), "BadResponse"),
        (packed_json(b'["' + b"a" * 11_000_000 + "🙈".encode() + b'"]'), "Read"),
    ],
    ids=[
        "bomb",
        "double bomb",
        "endless chunks",
        "endless body",
        "endless head",
        "JSON bomb",
        "text of 11 MB",
    ],
)
def test_an_endless_answer_costs_less_than_30_mb(large: Script, kind: str) -> None:
    def script(request: Received) -> Script:
        # Or the client may take the connection again that the server is about to close.
        small = (Send(answer("200 OK", "Connection: close")),)
        return large if b"/large" in request.head else small

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
