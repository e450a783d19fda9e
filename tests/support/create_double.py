"""A vendor over real sockets that keeps what it committed, and fails at any step of a create.

The vendors behind it are the sandbox's; only how a create travels is ours.
"""

import asyncio
import contextlib
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import TracebackType
from typing import Self

from tui.engine.clock import SystemClock
from tui.sandbox.accounts import VENDORS
from tui.sandbox.exchange import Reply, Request
from tui.sandbox.gateway import Gateway
from tui.sandbox.http1 import HEAD_LIMIT, BadRequest, read_request, write_reply
from tui.sandbox.ticket import Ticket
from tui.sandbox.world import World

MARKED = re.compile(r"case-([a-z0-9-]+)\.")
"""How the text of a new ticket says which case it belongs to."""
HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_SHORT_LIFE_S = 300
"""Of an access token: a create asks for one that is good for longer, and takes what it gets."""
_NO_LINGER = struct.pack("ii", 1, 0)
"""Closes a socket with a reset."""


def marked(case: str) -> str:
    """Return a text that names its case."""
    return f"Tills down in case-{case}."


class Step(StrEnum):
    """How far a create has come at the vendor."""

    TOKEN = "token"
    """It asks for a second access token, where the vendor has those. The create comes next: the
    first one was good enough to read the form's fields with."""
    READ = "read"
    COMMITTED = "committed"
    HALF_ANSWERED = "half answered"
    ANSWERED = "answered"


class Way(StrEnum):
    """How the vendor's answer travels."""

    WHOLE = "whole"
    HALF = "half"
    """The first half of it, then a reset."""
    NONE = "none"
    """Nothing, until the client goes away."""
    RESET = "reset"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """How one create goes wrong at the vendor."""

    commits: bool
    """Whether there is a ticket afterwards."""
    way: Way = Way.WHOLE
    status: int | None = None
    """Instead of the vendor's own answer."""
    body: bytes | None = None
    """Instead of what the vendor would say with that status."""
    headers: Mapping[str, str] = field(default_factory=dict)
    without_id: bool = False
    """The vendor's own answer, but nothing in it says which ticket it was."""
    commits_late: bool = False
    """Only once the client has gone away, as behind a proxy that gave up."""

    @property
    def may_commit(self) -> bool:
        """Whether there is a ticket sooner or later."""
        return self.commits or self.commits_late


@dataclass
class VendorDouble:
    """Serves a world on loopback in a thread of its own; a context manager."""

    world: World
    troubles: dict[str, Trouble] = field(default_factory=dict)
    """By case. Creates of other cases go well."""
    on_step: Callable[[str, Step], object] = lambda _case, _step: None
    """Called in the server's thread, with the case and how far it has come."""
    is_down: bool = False
    """Every call but a create is answered with 503."""
    received: list[str] = field(default_factory=list)
    """The cases of the creates that were read, in order."""
    tokens: int = 0
    """Access tokens that were asked for."""

    def __enter__(self) -> Self:
        self._gateway = Gateway(self.world)
        self._clock = SystemClock()
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)))
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def tickets(self, case: str | None = None) -> list[Ticket]:
        """Return what was committed: of one case, or of all."""
        wanted = "case-" if case is None else marked(case)
        with self.world.lock:
            every = [each for vendor in VENDORS for each in self.world.tickets.of(vendor)]
        return [each for each in every if wanted in f"{each.title}\n{each.text}"]

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._converse(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=HEAD_LIMIT)
        self._port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stopping.wait()
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, BadRequest, asyncio.IncompleteReadError):
            while (received := await read_request(reader, writer)) is not None:
                request, keep = received
                case = _case_of(request)
                if case is None:
                    keep = await self._read_only(request, writer, keep=keep)
                else:
                    keep = await self._create(case, request, reader, writer, keep=keep)
                if not keep:
                    break
        writer.close()

    async def _read_only(
        self, request: Request, writer: asyncio.StreamWriter, *, keep: bool
    ) -> bool:
        if request.path.endswith("/token"):
            self.tokens += 1
            if self.tokens > 1:
                await self._tell("", Step.TOKEN)
        if self.is_down:
            return await write_reply(writer, Reply(503, {}, ()), keep=keep)
        reply = self._answer(request)
        if request.path.endswith("/token"):
            reply = _short_lived(reply)
        return await write_reply(writer, reply, keep=keep)

    async def _create(
        self,
        case: str,
        request: Request,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        keep: bool,
    ) -> bool:
        self.received.append(case)
        await self._tell(case, Step.READ)
        trouble = self.troubles.get(case, Trouble(commits=True))
        # What is packed cannot be spoilt.
        request = replace(request, headers={**request.headers, "accept-encoding": "identity"})
        reply = Reply(200, {}, ())
        if trouble.commits:
            reply = self._answer(request)
            await self._tell(case, Step.COMMITTED)
        reply = _spoilt(reply, trouble)
        match trouble.way:
            case Way.WHOLE:
                keep = await write_reply(writer, reply, keep=keep)
            case Way.HALF:
                writer.write(_half_of(reply))
                await writer.drain()
                await self._tell(case, Step.HALF_ANSWERED)
                return _reset(writer)
            case Way.NONE:
                while await reader.read(65_536):
                    pass
                keep = False
            case Way.RESET:
                return _reset(writer)
            case Way.CLOSED:
                return False
        await self._tell(case, Step.ANSWERED)
        if trouble.commits_late:
            self._answer(request)
        return keep

    async def _tell(self, case: str, step: Step) -> None:
        await asyncio.to_thread(self.on_step, case, step)

    def _answer(self, request: Request) -> Reply:
        with self.world.lock:
            self.world.advance_to(self._clock.now())
            return self._gateway.answer(request)


def dead_url() -> str:
    """Return an address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _case_of(request: Request) -> str | None:
    found = MARKED.search(request.body.decode("utf-8", "replace"))
    return found[1] if found and request.method == "POST" else None


def _spoilt(reply: Reply, trouble: Trouble) -> Reply:
    headers, body, status = dict(reply.headers), reply.body, reply.status
    if trouble.status is not None:
        status, body, headers = trouble.status, trouble.body or b"", dict(trouble.headers)
        headers.setdefault("content-type", "application/json")
    if trouble.without_id:
        body = json.dumps({**json.loads(body), "data": {}}).encode()
    return Reply(status, headers, (body,))


def _short_lived(reply: Reply) -> Reply:
    """Return the answer with a token that is too old for a create."""
    body = json.dumps({**json.loads(reply.body), "expires_in": _SHORT_LIFE_S}).encode()
    return Reply(reply.status, reply.headers, (body,))


def _half_of(reply: Reply) -> bytes:
    head = f"HTTP/1.1 {reply.status} OK\r\ncontent-length: {len(reply.body)}\r\n"
    kind = f"content-type: {reply.headers['content-type']}\r\n\r\n"
    return (head + kind).encode() + reply.body[: len(reply.body) // 2]


def _reset(writer: asyncio.StreamWriter) -> bool:
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    writer.transport.abort()
    return False
