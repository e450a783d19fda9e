"""The sandbox behind an httpx transport: the same handlers, no socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx

from tui.sandbox.exchange import Break, Pause, Reply, make_request
from tui.sandbox.gateway import Calls, Gateway
from tui.sandbox.world import World

SANDBOX_URL = "http://127.0.0.1:9"
"""Any address does: no socket is opened."""


class SandboxTransport(httpx.AsyncBaseTransport):
    """Routes by prefix as the server does, and acts faults out as httpx would report them.

    Waiting goes through `sleep` and obeys the request's read time-out.
    """

    def __init__(
        self, world: World, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._gateway = Gateway(world)
        self._sleep = sleep
        self.closed = False

    @property
    def calls(self) -> Calls:
        return self._gateway.calls

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        target = request.url.raw_path.decode("ascii")
        reply = self._gateway.answer(
            make_request(request.method, target, dict(request.headers), body)
        )
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
