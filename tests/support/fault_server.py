"""A server on loopback that misbehaves as its script says, over real sockets, in its own thread."""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Send:
    """Send these bytes at once."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Drip:
    """Send these bytes one by one, for ever from the start again."""

    data: bytes
    every_s: float = 0.02


@dataclass(frozen=True, slots=True)
class Flood:
    """Send these bytes over and over, as fast as they are taken."""

    data: bytes
    times: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing until the client goes away."""


@dataclass(frozen=True, slots=True)
class HalfClose:
    """Say that nothing more will come, and go on listening."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Break the connection off with a RST."""


Step = Send | Drip | Flood | Silence | HalfClose | Reset
Script = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    head: bytes
    body: bytes

    @property
    def raw(self) -> bytes:
        return self.head + self.body


def answer(
    status: str = "200 OK", *headers: str, body: bytes = b"{}", length: int | None = None
) -> bytes:
    """Return a whole answer; `length` lies about the length of its body."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {size}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


@dataclass
class FaultServer:
    """Answers each request by its script, then closes unless the connection is kept."""

    script: Script | Callable[[Received], Script]
    tls: ssl.SSLContext | None = None
    behind_connect: ssl.SSLContext | None = None
    """Be a proxy: let every CONNECT through to itself and go on with TLS."""
    greets: bool = False
    """Play the script before a request was read."""
    keeps_open: bool = False
    """Wait for the next request on the same connection."""
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    _accepted: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _heard: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(5)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
        assert not self._thread.is_alive()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.address}"

    async def accepted(self) -> None:
        """Wait for one more connection."""
        assert await asyncio.to_thread(self._accepted.acquire, timeout=5)

    async def heard(self) -> None:
        """Wait for one more request."""
        assert await asyncio.to_thread(self._heard.acquire, timeout=5)

    def _run(self, started: threading.Event) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._connected(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        self._loop.set_exception_handler(lambda _loop, _context: None)
        server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stop.wait()
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._accepted.release()
        try:
            while True:
                if self.greets:
                    request = Received(b"", b"")
                else:
                    request = await self._read(reader)
                    self.received.append(request)
                    self._heard.release()
                if self.behind_connect and request.head.startswith(b"CONNECT "):
                    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    await writer.start_tls(self.behind_connect)
                    continue
                script = self.script(request) if callable(self.script) else self.script
                for step in script:
                    await self._play(step, reader, writer)
                if not self.keeps_open:
                    return
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            with contextlib.suppress(OSError):
                writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Received:
        head = await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return Received(head, await reader.readexactly(length))

    async def _play(
        self, step: Step, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        match step:
            case Send(data):
                writer.write(data)
                await writer.drain()
            case Drip(data, every_s):
                while True:
                    for index in range(len(data)):
                        writer.write(data[index : index + 1])
                        await writer.drain()
                        await asyncio.sleep(every_s)
            case Flood(data, times):
                for _ in range(times):
                    writer.write(data)
                    await writer.drain()
            case Silence():
                while await reader.read(65_536):
                    pass
            case HalfClose():
                writer.write_eof()
            case Reset():
                linger = struct.pack("ii", 1, 0)
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
