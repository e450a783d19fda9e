"""One address for all four APIs: finds the vendor by its prefix and keeps a log of the calls."""

import gzip
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import format_datetime

from tui.sandbox import klinkcx, questionpro, questionpro_legacy, socialboards
from tui.sandbox.accounts import KLINKCX, QUESTIONPRO, QUESTIONPRO_LEGACY, SOCIALBOARDS
from tui.sandbox.exchange import Reply, Request, json_reply
from tui.sandbox.world import World

GZIP_FROM = 1_000
"""Shorter bodies are sent as they are."""

LOG_LIMIT = 1_000
"""Calls that are remembered in full; the counts go on."""

HANDLERS: Mapping[str, Callable[[Request, World], Reply]] = {
    QUESTIONPRO: questionpro.handle,
    QUESTIONPRO_LEGACY: questionpro_legacy.handle,
    SOCIALBOARDS: socialboards.handle,
    KLINKCX: klinkcx.handle,
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request that reached the sandbox, and the status it was answered with."""

    vendor: str
    request: Request
    status: int


class Calls:
    """The calls so far: all of them by count, the latest in full."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """By vendor; "" for paths that are no vendor's."""
        self.log: deque[Call] = deque(maxlen=LOG_LIMIT)

    def record(self, call: Call) -> None:
        self.counts[call.vendor] += 1
        self.log.append(call)

    def of(self, vendor: str, *, method: str | None = None, path: str = "") -> list[Call]:
        """Return the remembered calls to one vendor, oldest first; `path` is a piece of theirs."""
        return [
            call
            for call in list(self.log)
            if call.vendor == vendor
            and method in (None, call.request.method)
            and path in call.request.path
        ]


class Gateway:
    """Answers for all vendors of one world. Safe to call from several threads."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.calls = Calls()

    def answer(self, request: Request) -> Reply:
        """Answer a request whose path begins with a vendor's prefix.

        The reply has a `Date` of the world, and is compressed where the client takes that.
        """
        vendor, slash, rest = request.path.removeprefix("/").partition("/")
        handle = HANDLERS.get(vendor)
        with self.world.lock:
            if handle is None:
                vendor = ""
                reply = json_reply({"error": "no such vendor", "vendors": [*HANDLERS]}, status=404)
            else:
                inner = replace(request, path=slash + rest)
                reply = handle(inner, self.world)
                request = inner
            self.calls.record(Call(vendor, request, reply.status))
            date = format_datetime(self.world.now, usegmt=True)
        return _compressed(replace(reply, headers={**reply.headers, "date": date}), request)


def _compressed(reply: Reply, request: Request) -> Reply:
    is_worth_it = len(reply.body) >= GZIP_FROM and "content-encoding" not in reply.headers
    if not (is_worth_it and _takes_gzip(request.headers.get("accept-encoding", ""))):
        return reply
    body = gzip.compress(reply.body, compresslevel=5, mtime=0)
    headers = {**reply.headers, "content-encoding": "gzip", "vary": "accept-encoding"}
    return replace(reply, headers=headers, chunks=(body,))


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";")
        if coding in ("gzip", "*"):
            return weight.rstrip("0") not in ("q=", "q=0.")
    return False
