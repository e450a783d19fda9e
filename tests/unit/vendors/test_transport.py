"""One call: what it carries, where it goes, and what of the answer is let in."""

import asyncio
import base64
import gzip
import json
import logging
import traceback
from collections.abc import Iterator
from functools import partial
from urllib.parse import parse_qs

import httpx
import pytest

from support.calls import CANARY, VENDOR, failure, post, stubbed, transport_to
from support.fault_server import (
    FaultServer,
    Send,
    answer,
)
from tui import __version__
from tui.config.model import Network
from tui.domain.errors import (
    BadResponse,
    CredentialError,
    Redirected,
    Unreachable,
    VendorError,
)
from tui.domain.secret import Secret
from tui.vendors.transport import LONG_BYTES, Transport, bearer


@pytest.fixture(autouse=True)
def _no_canary_in_any_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert CANARY not in caplog.text


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
        told = str(await failure(transport, server.url))
        assert told == "the connection to this workspace is closed"
        assert server.connections == 1


async def test_what_has_no_body_is_sent_without_one() -> None:
    transport, stub = stubbed(lambda _: httpx.Response(200))
    await transport.call("GET", VENDOR)
    (request,) = stub.requests
    assert request.content == b""
    assert "content-type" not in request.headers


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({1, 2}, "TypeError"),
        (float("nan"), "ValueError"),
        ("\ud800", "UnicodeEncodeError"),
        (b"", "TypeError"),
    ],
)
async def test_a_body_that_cannot_be_written_is_never_sent(value: object, reason: str) -> None:
    transport, stub = stubbed(lambda _: httpx.Response(200))
    with pytest.raises(Unreachable, match=rf"cannot be written \({reason}\)"):
        await transport.call("POST", VENDOR, json={"x": value})
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
    assert caught.value.advice == (
        "look for a stray space, line break or character where it is kept"
    )
    assert stub.requests == []


# Where it is sent.


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
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
        f"{server.address} answers {status} and points to {elsewhere.address}; "
        "redirects are not followed"
    )


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("https://login.example/sso?next=x", "login.example"),
        ("//login.example", "login.example"),
        ("/login", "another address of its own"),
        ("https://user:pw@login.example:8443", "login.example:8443"),
        ("https://\x1b[2Jevil", "nowhere"),
        ("https://login.example:port", "nowhere"),
        ("", "nowhere"),
        (None, "nowhere"),
    ],
)
async def test_a_redirect_names_only_its_host(location: str | None, where: str) -> None:
    headers = {} if location is None else {"location": location}
    transport, _ = stubbed(lambda _: httpx.Response(302, headers=headers))
    error = await failure(transport, VENDOR)
    assert f"points to {where};" in str(error)
    assert "pw" not in str(error)


async def test_only_see_other_and_not_modified_leave_open_whether_something_was_created() -> None:
    outcomes = {}
    for status in (300, 301, 302, 303, 304, 305, 307, 308, 399):
        transport, _ = stubbed(partial(_answered, status))
        error = await failure(transport, VENDOR)
        assert isinstance(error, Redirected)
        outcomes[status] = error.nothing_was_created
    assert [status for status, is_certain in outcomes.items() if not is_certain] == [303, 304]


@pytest.mark.parametrize("name", ["If-None-Match", "If-Modified-Since"])
async def test_that_nothing_changed_is_an_answer_only_to_who_asked_for_it(name: str) -> None:
    # Its headers may speak of the body that it leaves out.
    headers = {"etag": '"1"', "content-encoding": "gzip", "content-length": "99999999"}
    transport, _ = stubbed(lambda _: httpx.Response(304, headers=headers))
    response = await transport.call("GET", VENDOR, headers={name: "x"})
    assert (response.status, response.body) == (304, b"")
    with pytest.raises(Redirected, match="304"):
        await transport.call("GET", VENDOR)


async def test_a_connection_goes_on_after_an_answer_without_a_body() -> None:
    unchanged = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 500\r\n\r\n'
    with FaultServer((Send(unchanged),), keeps_open=True) as server:
        transport = transport_to(server)
        for _ in range(3):
            asked = {"If-None-Match": '"1"'}
            assert (await transport.call("GET", server.url, headers=asked)).status == 304
        await transport.close()
        assert server.connections == 1


async def test_the_time_of_the_vendor_is_the_latest_that_it_told() -> None:
    dates = iter(["Wed, 04 Feb 2026 12:00:00 GMT", "nonsense", "Wed, 04 Feb 2026 12:00:05 GMT"])
    transport, _ = stubbed(lambda _: httpx.Response(503, headers={"date": next(dates)}))
    assert transport.last_date is None
    told = []
    for _ in range(3):
        await transport.call("GET", VENDOR)
        told.append(f"{transport.last_date:%H:%M:%S}")
    assert told == ["12:00:00", "12:00:00", "12:00:05"]


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


async def test_who_fails_behind_a_proxy_that_let_us_through_is_the_vendor() -> None:
    with FaultServer((Send(answer("200 Connection established")),)) as proxy:
        network = Network(proxy=f"http://{proxy.address}")
        error = await failure(Transport(origins=[VENDOR], network=network), VENDOR)
    assert isinstance(error, Unreachable)
    assert "api.example.com" in str(error)
    assert proxy.address not in str(error)


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
    error = await failure(transport, VENDOR)
    assert isinstance(error, BadResponse)
    assert error.status == 101
    assert str(error) == "api.example.com wants to change the protocol"


async def test_a_request_that_http_cannot_express_was_not_sent() -> None:
    transport, _ = stubbed(_refused)
    error = await failure(transport, VENDOR)
    assert isinstance(error, Unreachable)
    assert str(error) == "the request to api.example.com cannot be written as HTTP"


class _Blocking(httpx.SyncByteStream):
    """A body that an event loop cannot wait for."""


async def test_an_answer_that_cannot_be_awaited_is_none() -> None:
    transport, _ = stubbed(lambda _: httpx.Response(200, stream=_Blocking()))
    error = await failure(transport, VENDOR)
    assert str(error) == "api.example.com: an answer that cannot be awaited"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (httpx.ConnectError, "no connection to api.example.com came about"),
        (httpx.ProxyError, "api.example.com did not let us through to api.example.com"),
    ],
)
async def test_what_never_came_to_a_connection_names_its_host(
    kind: type[httpx.TransportError], reason: str
) -> None:
    def act(_: httpx.Request) -> httpx.Response:
        raise kind(CANARY)

    assert str(await failure(stubbed(act)[0], VENDOR)) == reason


def _refused(_: httpx.Request) -> httpx.Response:
    raise httpx.LocalProtocolError(f"Illegal header value b'{CANARY}'")


@pytest.mark.parametrize(
    ("headers", "content", "reason"),
    [
        ({"content-encoding": "br"}, b"x", "cannot be read: it is packed"),
        (
            {"content-encoding": "gzip"},
            gzip.compress(b"x", mtime=0)[:-1],
            "ended its answer too early",
        ),
        ({"content-length": "99999999999"}, b"", "is larger than 12 MiB"),
    ],
)
async def test_an_answer_that_is_not_taken_in_tells_its_status(
    headers: dict[str, str], content: bytes, reason: str
) -> None:
    def act(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers=headers, stream=httpx.ByteStream(content))

    error = await failure(stubbed(act)[0], VENDOR)
    assert isinstance(error, VendorError)
    assert error.status == 503
    assert reason in str(error)


@pytest.mark.parametrize("status", [200, 201, 400, 401, 599])
async def test_a_credential_that_a_vendor_echoes_is_masked(status: int) -> None:
    echoes = json.dumps({"message": f"bad key {CANARY}"}).replace("/", "\\/").encode()
    headers = {"www-authenticate": f'Bearer error="{CANARY}"'}
    transport, _ = stubbed(lambda _: httpx.Response(status, headers=headers, content=echoes))
    response = await transport.call(
        "GET", VENDOR, secret_headers={"Authorization": bearer(Secret(CANARY))}
    )
    assert json.loads(response.body) == {"message": "bad key ***"}
    assert response.headers["www-authenticate"] == 'Bearer error="***"'


async def test_while_a_huge_answer_is_looked_through_others_go_on() -> None:
    body = b"&#65;" * (LONG_BYTES // 4) + CANARY.encode()
    transport, _ = stubbed(lambda _: httpx.Response(200, content=body))
    secret_headers = {"api-key": Secret(CANARY)}
    call = asyncio.ensure_future(transport.call("GET", VENDOR, secret_headers=secret_headers))
    turns = 0
    while not call.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await call).body.endswith(b"&#65;***")
    assert turns > 100


async def test_only_what_grants_a_token_comes_back_unmasked() -> None:
    statuses = iter((200, 400))
    transport, _ = stubbed(lambda r: httpx.Response(next(statuses), content=r.content))
    form = {"refresh_token": Secret("token-123")}
    granted = await transport.call("POST", VENDOR, form=form, is_grant=True)
    refused = await transport.call("POST", VENDOR, form=form, is_grant=True)
    assert granted.body == b"refresh_token=token-123"
    assert refused.body == b"refresh_token=***"


async def test_a_credential_is_masked_in_the_answers_to_other_calls_too() -> None:
    transport, _ = stubbed(lambda _: httpx.Response(200, content=f"token-123 {CANARY}".encode()))
    await transport.call("GET", VENDOR, secret_headers={"api-key": Secret(CANARY)})
    transport.conceal(Secret("token-123"))
    assert (await transport.call("GET", VENDOR)).body == b"*** ***"
