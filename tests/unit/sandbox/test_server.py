"""The server speaks HTTP/1.1 on loopback, acts faults out, and survives what is no request."""

import asyncio
import gzip
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from itertools import count

import pytest

from support.builders import NOON
from support.conversation import KLINK_TICKETS, LEGACY_LIST, QP_TICKETS
from support.sandbox import still_world
from tui.sandbox.accounts import KLINKCX, QUESTIONPRO, QUESTIONPRO_KEY, VENDORS
from tui.sandbox.exchange import Delivery
from tui.sandbox.faults import HTML_PAGE, Fault
from tui.sandbox.http1 import BODY_LIMIT, HEAD_LIMIT
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import make_world

LIST = f"/{QUESTIONPRO}{QP_TICKETS}"
KEY = {"api-key": QUESTIONPRO_KEY}
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer(still_world(), monotonic=lambda: 0.0) as running:
        yield running


@pytest.fixture
def connection(server: SandboxServer) -> Iterator[HTTPConnection]:
    client = HTTPConnection(*address(server), timeout=10)
    yield client
    client.close()


def address(server: SandboxServer) -> tuple[str, int]:
    host, _, port = server.url.removeprefix("http://").partition(":")
    return host, int(port)


def converse(server: SandboxServer, sent: bytes) -> bytes:
    """Send raw bytes, close our side, and return all that comes back."""
    with socket.create_connection(address(server), timeout=10) as raw:
        raw.sendall(sent)
        raw.shutdown(socket.SHUT_WR)
        received = b""
        while piece := raw.recv(65_536):
            received += piece
    return received


def test_it_listens_on_loopback_only(server: SandboxServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    assert address(server)[1] > 0


def test_requests_share_a_connection(connection: HTTPConnection) -> None:
    connection.connect()
    local_port = connection.sock.getsockname()[1]
    for _ in range(3):
        connection.request("GET", LIST, headers=KEY)
        response = connection.getresponse()
        assert response.status == 200
        assert len(json.loads(response.read())["data"]) == 16
        assert connection.sock.getsockname()[1] == local_port


def test_each_prefix_is_a_vendor_and_calls_are_counted(
    server: SandboxServer, connection: HTTPConnection
) -> None:
    for vendor in (*VENDORS, "elsewhere"):
        connection.request("GET", f"/{vendor}/nothing?x=1")
        response = connection.getresponse()
        assert response.status in (401, 404)
        json.loads(response.read())
    assert server.calls.counts == {**dict.fromkeys(VENDORS, 1), "": 1}
    [call] = server.calls.of(KLINKCX)
    assert (call.request.method, call.request.path, call.status) == ("GET", "/nothing", 401)
    assert call.request.query == {"x": "1"}
    assert server.calls.of(KLINKCX, method="POST") == []


def test_long_bodies_are_compressed_where_the_client_takes_that(
    connection: HTTPConnection,
) -> None:
    for accepted, is_compressed in (
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("identity", False),
    ):
        connection.request("GET", LIST, headers=KEY | {"accept-encoding": accepted})
        response = connection.getresponse()
        body = response.read()
        assert (response.getheader("content-encoding") == "gzip") == is_compressed
        assert json.loads(gzip.decompress(body) if is_compressed else body)["status"] == "success"
    connection.request("GET", LIST, headers={"accept-encoding": "gzip"})
    response = connection.getresponse()
    response.read()
    assert response.getheader("content-encoding") is None


def test_a_304_has_no_body_and_the_connection_goes_on(connection: HTTPConnection) -> None:
    headers = dict(KEY)
    seen = []
    for _ in range(3):
        connection.request("GET", LIST, headers=headers)
        response = connection.getresponse()
        seen.append((response.status, bool(response.read())))
        headers["if-none-match"] = response.headers["etag"]
    assert seen == [(200, True), (304, False), (304, False)]


def test_bodies_come_whole_or_in_chunks(connection: HTTPConnection) -> None:
    headers = {"authorization": "Bearer sandbox-klink-token", "content-type": "application/json"}
    target = f"/{KLINKCX}{KLINK_TICKETS}"
    connection.request("POST", target, json.dumps({"title": "whole"}), headers)
    response = connection.getresponse()
    assert response.status == 201
    assert json.loads(response.read())["data"]["title"] == "whole"
    pieces = iter([b'{"title": ', b'"in pieces"}'])
    connection.request("POST", target, pieces, headers, encode_chunked=True)
    response = connection.getresponse()
    assert json.loads(response.read())["data"]["title"] == "in pieces"


def test_many_clients_are_served_while_one_hangs(server: SandboxServer) -> None:
    server._world.faults.add(Fault.hang(3_600, vendor=KLINKCX))

    async def ask() -> bytes:
        reader, writer = await asyncio.open_connection(*address(server))
        writer.write(
            f"GET {LIST} HTTP/1.1\r\nHost: x\r\napi-key: {QUESTIONPRO_KEY}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        answer = await reader.read()
        writer.close()
        return answer

    async def crowd() -> list[bytes]:
        return await asyncio.gather(*(ask() for _ in range(40)))

    with socket.create_connection(address(server), timeout=10) as hanging:
        hanging.sendall(b"GET /klinkcx/ HTTP/1.1\r\nHost: x\r\n\r\n")
        answers = asyncio.run(crowd())
    assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in answers)


def test_creates_from_many_threads_get_numbers_of_their_own(server: SandboxServer) -> None:
    created: list[int] = []

    def create() -> None:
        client = HTTPConnection(*address(server), timeout=10)
        headers = KEY | {"content-type": "application/json"}
        for _ in range(5):
            client.request("POST", LIST, json.dumps({"comment": "x"}), headers)
            created.append(json.loads(client.getresponse().read())["data"]["id"])
        client.close()

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(created)) == 30


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"GET / HTTP/2\r\nHost: x\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET http://other/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nshort", 400),
        (b"GET / HTTP/1.1\r\nHost: x", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (BODY_LIMIT + 1), 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\n" % (b"9" * 5_000), 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n" % (b"x" * 2 * HEAD_LIMIT), 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nHost: x\r\n%sContent-Length: 3\r\n\r\n0\r\n\r\n" % CHUNKED, 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\n%s\r\nno\r\n" % CHUNKED, 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\n%s\r\n5\r\nabcdefgh" % CHUNKED, 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\n%s\r\nffffffff\r\n" % CHUNKED, 413),
    ],
)
def test_what_is_no_request_is_refused_and_the_server_goes_on(
    server: SandboxServer, sent: bytes, status: int
) -> None:
    answer = converse(server, sent)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nconnection: close\r\n" in answer
    assert b" 404 " in converse(server, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").splitlines()[0]


def test_a_client_that_only_connects_gets_nothing(server: SandboxServer) -> None:
    assert converse(server, b"") == b""


def test_pipelined_requests_are_answered_in_order(server: SandboxServer) -> None:
    one = b"GET /klinkcx/1 HTTP/1.1\r\nHost: x\r\n\r\n"
    two = b"GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = converse(server, one + two)
    assert answer.index(b"HTTP/1.1 401") < answer.index(b"HTTP/1.1 404")


def test_old_clients_and_head_requests_are_served(server: SandboxServer) -> None:
    old = converse(server, b"GET /klinkcx/ HTTP/1.0\r\n\r\n")
    assert b"connection: close" in old
    head = converse(server, b"HEAD /klinkcx/ HTTP/1.1\r\nHost: x\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 401 ")
    assert head.endswith(b"\r\n\r\n")


def test_a_client_may_wait_for_leave_to_send_its_body(server: SandboxServer) -> None:
    sent = (
        b"POST /questionpro-legacy%s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
        b"Content-Length: 2\r\n\r\n{}" % LEGACY_LIST.encode()
    )
    answer = converse(server, sent)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 ")


def test_a_reset_is_a_reset(server: SandboxServer, connection: HTTPConnection) -> None:
    server._world.faults.add(Fault.reset())
    connection.request("GET", LIST, headers=KEY)
    with pytest.raises((ConnectionResetError, RemoteDisconnected)):
        connection.getresponse()
    connection.close()
    server._world.faults.add(Fault.reset(at=500))
    connection.request("GET", LIST, headers=KEY)
    with pytest.raises((ConnectionResetError, IncompleteRead)):
        connection.getresponse().read()


def test_a_truncated_body_is_shorter_than_promised(
    server: SandboxServer, connection: HTTPConnection
) -> None:
    server._world.faults.add(Fault(delivery=Delivery(truncate_at=500)))
    connection.request("GET", LIST, headers=KEY)
    with pytest.raises(IncompleteRead) as caught:
        connection.getresponse().read()
    assert len(caught.value.partial) == 500


def test_without_a_length_a_truncated_body_looks_whole(
    server: SandboxServer, connection: HTTPConnection
) -> None:
    cut = Delivery(truncate_at=500, tells_length=False)
    server._world.faults.add(Fault(delivery=cut))
    connection.request("GET", LIST, headers=KEY)
    response = connection.getresponse()
    assert response.getheader("content-length") is None
    assert len(response.read()) == 500


def test_a_dripped_body_arrives_whole(server: SandboxServer, connection: HTTPConnection) -> None:
    server._world.faults.add(Fault(delivery=Delivery(drip_bytes=64, drip_pause_s=0.0001)))
    connection.request("GET", LIST, headers=KEY)
    assert len(json.loads(connection.getresponse().read())["data"]) == 16


def test_a_proxys_page_arrives_as_it_is(server: SandboxServer, connection: HTTPConnection) -> None:
    server._world.faults.add(Fault.html())
    connection.request("GET", LIST, headers=KEY)
    response = connection.getresponse()
    assert (response.status, response.read()) == (502, HTML_PAGE)
    assert response.getheader("content-type") == "text/html"


def test_the_world_moves_with_the_clock_of_the_server() -> None:
    ticks = count(0, 60)
    world = make_world(now=NOON)
    with SandboxServer(world, monotonic=lambda: float(next(ticks))) as server:
        client = HTTPConnection(*address(server), timeout=10)
        for minute in range(1, 4):
            client.request("GET", LIST, headers=KEY)
            response = client.getresponse()
            response.read()
            assert response.getheader("date") == f"Wed, 04 Feb 2026 12:0{minute}:00 GMT"
        client.close()
    assert world.now == NOON + timedelta(minutes=3)


def test_stopping_ends_the_thread_even_while_a_reply_hangs() -> None:
    reached = threading.Event()

    def monotonic() -> float:
        reached.set()
        return 0.0

    server = SandboxServer(still_world(), monotonic=monotonic)
    reached.clear()
    server._world.faults.add(Fault.hang(3_600))
    server.start()
    client = HTTPConnection(*address(server), timeout=10)
    client.request("GET", LIST, headers=KEY)
    assert reached.wait(10)
    server.stop()
    server.stop()
    assert server.wait(0)
    with pytest.raises((ConnectionError, RemoteDisconnected)):
        client.getresponse()
    client.close()


def test_a_taken_port_is_an_error_before_anything_starts(server: SandboxServer) -> None:
    second = SandboxServer(still_world(), address(server)[1])
    with pytest.raises(OSError, match="in use"):
        second.start()
    assert second.wait(0)
    with pytest.raises(RuntimeError, match="started already"):
        server.start()
