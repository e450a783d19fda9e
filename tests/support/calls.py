"""Calls through the transport with a canary for a credential, and a network that is a function."""

import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from support.fault_server import FaultServer
from tui.config.model import Network
from tui.domain.errors import TicketdeckError, VendorError
from tui.domain.secret import Secret
from tui.vendors.transport import Response, Transport

CANARY = "canary-7d3e9a/+=kpt"
VENDOR = "https://api.example.com"


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


async def outcome_of(transport: Transport, url: str) -> Response | VendorError:
    """Return what becomes of a create, be it an error."""
    try:
        return await post(transport, url)
    except VendorError as error:
        return error
