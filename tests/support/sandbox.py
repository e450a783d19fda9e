"""The sandbox behind an httpx transport: the same handlers, no socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime

import httpx

from support.builders import NOON
from tui.sandbox.accounts import (
    CLIENT_ID,
    KLINK_TOKEN,
    KLINKCX,
    LEGACY_KEY,
    QUESTIONPRO,
    QUESTIONPRO_KEY,
    QUESTIONPRO_LEGACY,
    REFRESH_TOKEN,
    SEGMENT_ID,
    SOCIALBOARDS,
    WORKSPACE_ID,
)
from tui.sandbox.exchange import Break, Pause, Reply, make_request
from tui.sandbox.gateway import Calls, Gateway
from tui.sandbox.world import World, make_world

SANDBOX_URL = "http://127.0.0.1:9"
"""Any address does: no socket is opened."""

SETTINGS: Mapping[str, Mapping[str, str]] = {
    QUESTIONPRO: {
        "base_url": f"{SANDBOX_URL}/{QUESTIONPRO}",
        "workspace_id": str(WORKSPACE_ID),
        "data_center": "eu",
    },
    QUESTIONPRO_LEGACY: {
        "base_url": f"{SANDBOX_URL}/{QUESTIONPRO_LEGACY}",
        "segment_id": str(SEGMENT_ID),
    },
    SOCIALBOARDS: {
        "base_url": f"{SANDBOX_URL}/{SOCIALBOARDS}",
        "client_id": CLIENT_ID,
        "token_url": f"{SANDBOX_URL}/{SOCIALBOARDS}/token",
    },
    KLINKCX: {"base_url": f"{SANDBOX_URL}/{KLINKCX}"},
}
"""A workspace's settings by vendor."""
CREDENTIALS: Mapping[str, str] = {
    QUESTIONPRO: QUESTIONPRO_KEY,
    QUESTIONPRO_LEGACY: LEGACY_KEY,
    SOCIALBOARDS: REFRESH_TOKEN,
    KLINKCX: KLINK_TOKEN,
}


def still_world(tickets: int = 40, *, seed: int = 7, now: datetime = NOON) -> World:
    """Return a world in which nothing happens by itself."""
    return make_world(now=now, tickets=tickets, seed=seed, still=True)


class SandboxTransport(httpx.AsyncBaseTransport):
    """Routes by prefix as the server does, and acts faults out as httpx would report them.

    Waiting goes through `sleep` and obeys the request's read time-out. Time in the world moves only
    when a test moves it.
    """

    def __init__(
        self, world: World, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.world = world
        self._gateway = Gateway(world)
        self._sleep = sleep
        self.closed = False
        self.bytes_sent = 0
        """Of the bodies, as they travel."""

    @property
    def calls(self) -> Calls:
        return self._gateway.calls

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        target = request.url.raw_path.decode("ascii")
        reply = self._gateway.answer(
            make_request(request.method, target, dict(request.headers), body)
        )
        self.bytes_sent += len(reply.body)
        read_timeout = request.extensions.get("timeout", {}).get("read")
        if reply.faults.delay_s:
            await self._wait(reply.faults.delay_s, read_timeout)
        if reply.faults.reset_at == 0:
            raise httpx.ReadError("connection reset by the sandbox")
        headers = dict(reply.headers)
        if reply.faults.tells_length:
            headers["content-length"] = str(len(reply.body))
        return httpx.Response(
            reply.status, headers=headers, stream=_Stream(self, reply, read_timeout)
        )

    async def aclose(self) -> None:
        self.closed = True

    async def _wait(self, seconds: float, read_timeout: float | None) -> None:
        if read_timeout is not None and seconds > read_timeout:
            await self._sleep(read_timeout)
            raise httpx.ReadTimeout("the sandbox is slow")
        await self._sleep(seconds)


class _Stream(httpx.AsyncByteStream):
    def __init__(
        self, transport: SandboxTransport, reply: Reply, read_timeout: float | None
    ) -> None:
        self._transport = transport
        self._reply = reply
        self._read_timeout = read_timeout

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for step in self._reply.deliver():
            match step:
                case Pause(seconds=seconds):
                    await self._transport._wait(seconds, self._read_timeout)
                case Break(reset=True):
                    raise httpx.ReadError("connection reset by the sandbox")
                case Break() if not self._reply.faults.tells_length:
                    return
                case Break():
                    raise httpx.RemoteProtocolError(
                        "peer closed connection without sending complete message body"
                    )
                case bytes():
                    yield step
