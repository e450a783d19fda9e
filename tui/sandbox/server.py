"""Serves a world over HTTP on loopback, in a thread of its own."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Self

from tui.sandbox.gateway import Calls, Gateway
from tui.sandbox.http1 import (
    HEAD_LIMIT,
    BadRequest,
    ConnectionReset,
    plain_reply,
    read_request,
    write_reply,
)
from tui.sandbox.world import World

LOOPBACK = "127.0.0.1"
_IDLE_S = 75.0
"""A connection without a whole request for so long is closed."""
_NO_LINGER = struct.pack("ii", 1, 0)
"""Closes a socket with a reset."""


class SandboxServer:
    """An HTTP/1.1 server for one world on 127.0.0.1, and a context manager.

    The world's clock starts where the world stands and moves with `monotonic`, in seconds.
    """

    def __init__(
        self, world: World, port: int = 0, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._gateway = Gateway(world)
        self._world = world
        self._port = port
        self._monotonic = monotonic
        self._origin = (world.now, monotonic())
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def calls(self) -> Calls:
        """The calls so far."""
        return self._gateway.calls

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:41234`; after `start`."""
        return f"http://{LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Listen, and return once connections are accepted.

        Raises:
            OSError: the port is taken.
        """
        if self._thread is not None:
            raise RuntimeError("the sandbox was started already")
        listener = socket.create_server((LOOPBACK, self._port), backlog=128)
        self._port = listener.getsockname()[1]
        started = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener, started)), name="sandbox", daemon=True
        )
        self._thread.start()
        started.wait()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the server has ended; return whether it has."""
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Close every connection and end the thread. Harmless to repeat."""
        if self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self.wait()
        self._loop = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def _serve(self, listener: socket.socket, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._converse, sock=listener, limit=HEAD_LIMIT)
        started.set()
        await self._stopping.wait()
        # Leaving `async with server` would wait for every idle client (Python 3.12).
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            while await self._exchange(reader, writer):
                pass
        except ConnectionReset:
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            writer.transport.abort()
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether there may be another."""
        try:
            async with asyncio.timeout(_IDLE_S):
                received = await read_request(reader, writer)
        except BadRequest as error:
            return await write_reply(writer, plain_reply(error.status), keep=False)
        if received is None:
            return False
        request, keep = received
        now, since = self._origin
        with self._world.lock:
            self._world.advance_to(now + timedelta(seconds=self._monotonic() - since))
            reply = self._gateway.answer(request)
        return await write_reply(writer, reply, keep=keep, is_head=request.method == "HEAD")
