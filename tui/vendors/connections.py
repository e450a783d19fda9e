"""The open connections of one workspace, each way to the vendor with a pool of its own."""

import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpcore
import httpx

from tui.config.model import Network
from tui.domain.clean import clean
from tui.domain.errors import Unreachable

_LIMITS = httpx.Limits(max_connections=8, max_keepalive_connections=8, keepalive_expiry=4.0)
"""Widespread servers close an idle connection after 5 s; one that closes just when it is used
again would make the outcome of a create unknown."""
# httpcore 1.0 takes in 64 KiB at once and parses them in one go: of 1xx answers without end that is
# a tenth of a second in which no other workspace gets on, again and again.
httpcore.AsyncHTTP11Connection.READ_NUM_BYTES = 4 * 1024
# They write addresses at INFO and headers at DEBUG.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(slots=True)
class Progress:
    """How far a request came, as httpcore's trace extension tells it."""

    leave: Callable[[], Awaitable[None]]
    """Asked right before the first byte; what it raises stops the request."""
    is_tunnelled: bool = False
    """A proxy has opened the way to the vendor."""
    has_head_begun: bool = False
    is_head_sent: bool = False
    is_answered: bool = False
    socket: Any = None
    """httpcore's stream of a connection that was made for this call."""

    async def trace(self, event: str, details: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            self.socket = details["return_value"]
        elif event == "http11.send_request_headers.started":
            # A proxy's CONNECT comes first and is not our request.
            if details["request"].method != b"CONNECT":
                await self.leave()
                self.has_head_begun = True
        elif event == "http11.send_request_headers.complete":
            self.is_head_sent = self.has_head_begun
        elif event == "proxy.start_tls.started":
            self.is_tunnelled = True


@dataclass(slots=True)
class _Route:
    """The connections by one way: straight, or through one proxy."""

    http: httpx.AsyncBaseTransport
    calls: int = 0
    """How many are under way."""
    is_retired: bool = False


class Connections:
    """Makes connections when they are needed and keeps them for the next call.

    Belongs to the event loop in which it is first used.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._routes: dict[tuple[str, httpx.URL | None], _Route] = {}

    @asynccontextmanager
    async def lend(
        self, scheme: str, proxy: httpx.URL | None, progress: Progress
    ) -> AsyncIterator[httpx.AsyncBaseTransport]:
        """Lend the way through `proxy` for one call, from sending to the last byte.

        Raises Unreachable where TLS cannot be set up as configured.
        """
        route = self._route(scheme, proxy)
        route.calls += 1
        try:
            yield route.http
        finally:
            route.calls -= 1
            if not progress.has_head_begun:
                await self._abandon(route, progress)
            if route.is_retired and not route.calls:
                await route.http.aclose()

    async def close(self) -> None:
        """Close all connections, those in use as well."""
        routes, self._routes = list(self._routes.values()), {}
        for route in routes:
            await route.http.aclose()

    def _route(self, scheme: str, proxy: httpx.URL | None) -> _Route:
        key = (scheme, proxy)
        if key not in self._routes:
            tls = _tls(self._network.ca_bundle) if scheme == "https" else _no_tls()
            via = None
            if proxy is not None:
                via = httpx.Proxy(proxy, ssl_context=tls if proxy.scheme == "https" else None)
            self._routes[key] = _Route(
                httpx.AsyncHTTPTransport(verify=tls, trust_env=False, limits=_LIMITS, proxy=via)
            )
        return self._routes[key]

    async def _abandon(self, route: _Route, progress: Progress) -> None:
        """Clean up after a connection that did not come about.

        httpcore 1.0: where TLS fails or is cancelled half-way, a direct connection leaves its
        socket open, and one through a proxy keeps its place in the pool for ever.
        """
        route.is_retired = True
        self._routes = {key: kept for key, kept in self._routes.items() if kept is not route}
        if progress.socket is not None:
            await progress.socket.aclose()


@cache
def _tls(ca_bundle: Path | None) -> ssl.SSLContext:
    """Make the rules for https; a failure is not cached. Raises Unreachable."""
    if ca_bundle is None:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=str(ca_bundle))
    except ssl.SSLError:
        reason = "holds no certificate in PEM"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not a path"
    raise Unreachable(f"ca_bundle under [network]: {clean(str(ca_bundle))}: {reason}")


@cache
def _no_tls() -> ssl.SSLContext:
    """What plain http is given: it trusts nobody, and it saves reading all root certificates."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
