"""The only way to a vendor: one HTTP call, bounded in time, size and destination.

It drives httpx's transport rather than its client: no cookies, no redirects, no environment, and
no log line with an address in it.
"""

import asyncio
import json as json_encoder
import os
from collections.abc import Collection, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

import httpx

from tui import __version__
from tui.config.model import Network
from tui.domain.clean import clean
from tui.domain.errors import (
    BadResponse,
    ConnectionLost,
    CredentialError,
    Redirected,
    TicketdeckError,
    Unreachable,
    VendorError,
)
from tui.domain.ports import CallGate
from tui.domain.secret import Secret
from tui.vendors.address import Boundary, shown_host
from tui.vendors.connections import Connections, Progress
from tui.vendors.decompression import Cut, TooLarge, Unreadable, body_for
from tui.vendors.failures import parse_retry_after
from tui.vendors.http_dates import parse_http_date
from tui.vendors.masking import Masker, unsendable_part
from tui.vendors.proxy import proxy_for
from tui.vendors.reasons import connect_reason, lost_reason, nobody_answered

MAX_BYTES = 12 * 1024 * 1024
"""Of one answer, on the wire and unpacked."""
LONG_BYTES = 1024 * 1024
"""An answer that is longer is looked through beside the loop: other workspaces go on meanwhile."""

_BUSY = (429, 503)
"""Too many calls, and out of service: what `Retry-After` was made for (RFC 9110, RFC 6585)."""
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
_OUR_HEADERS = {
    "User-Agent": f"ticketdeck/{__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
}


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, read whole."""

    status: int
    """Of the 300s only 304, and that only where the request was conditional."""
    headers: Mapping[str, str]
    """Names in lower case, values masked and cleaned; what came twice is joined by a comma."""
    body: bytes
    """Unpacked, and without our credentials."""


def bearer(token: Secret) -> Secret:
    """Return the value of an `Authorization` header for this token."""
    return Secret(f"Bearer {token.reveal()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """A request that is ready to go."""

    request: httpx.Request = field(repr=False)
    host: str
    proxy: httpx.URL | None = field(repr=False)
    is_grant: bool
    progress: Progress


class Transport:
    """The connections of one workspace to its vendor.

    Belongs to the event loop of its first call; nothing is opened before that.
    """

    def __init__(
        self,
        *,
        origins: Collection[str],
        network: Network,
        gate: CallGate | None = None,
        http: httpx.AsyncBaseTransport | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """Allow calls to `origins` only: base addresses, each with the path below which it counts.

        `gate` lets every call through, outside of the time that a call may take. `http` stands in
        for the network; whoever made it closes it.
        """
        self._origins = tuple(origins)
        self._network = network
        self._gate = gate
        self._given = http
        self._max_bytes = max_bytes
        self._boundary: Boundary | None = None
        self._connections = Connections(network)
        self._masker = Masker()
        self._is_closed = False
        self.last_date: datetime | None = None
        """The `Date` of the latest answer that had one."""

    async def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        secret_headers: Mapping[str, Secret] | None = None,
        json: object | None = None,
        form: Mapping[str, str | Secret] | None = None,
        is_grant: bool = False,
    ) -> Response:
        """Send one request, once, and return its answer whatever its status but the 300s.

        304 is returned where `headers` ask for it (If-None-Match, If-Modified-Since); then the
        body is empty.

        What a vendor repeats of the credentials that it was sent is masked, whatever the status;
        but a success of a call that `is_grant` comes as it is, for it holds credentials, old ones
        perhaps: nobody may quote it.

        Raises CredentialError for a secret that cannot be sent, BudgetSpent where the gate has no
        call left, StateError where it does not let this one leave, Unreachable where the request
        surely never left, ConnectionLost where it may have, Redirected, and BadResponse for an
        answer that is too large or packed strangely. No message holds a credential.
        """
        outcome: Response | TicketdeckError
        try:
            order = self._prepare(
                method,
                url,
                params=params,
                headers=headers,
                secret_headers=secret_headers,
                json=json,
                form=form,
                is_grant=is_grant,
            )
            await self._admit()
            outcome = await self._exchange(order)
            with suppress(Exception):  # what is noted of an answer must not cost the answer
                await self._heed(outcome)
        except TicketdeckError as error:
            outcome = error
        except Exception as error:  # whatever a value makes of httpx or of the JSON encoder
            outcome = Unreachable(f"the request cannot be written ({type(error).__name__})")
        if isinstance(outcome, Response):
            return outcome
        # Libraries put header values into their exceptions, and frames hold them as well.
        outcome.__cause__ = outcome.__context__ = None
        raise outcome.with_traceback(None)

    def conceal(self, secret: Secret) -> None:
        """Mask in all answers from now on what a vendor granted, though it was not sent yet."""
        self._masker.learn(secret.reveal())

    async def close(self) -> None:
        """Give back the connections. Calls afterwards are refused."""
        self._is_closed = True
        await self._connections.close()

    async def _admit(self) -> None:
        if self._gate is not None:
            await self._gate.admit()
            self._check_open()

    async def _leave(self) -> None:
        if self._gate is not None:
            await self._gate.leave()

    async def _heed(self, outcome: Response | TicketdeckError) -> None:
        """Have all calls with the same credential wait where the vendor asks for it."""
        if self._gate is None or not isinstance(outcome, Response) or outcome.status not in _BUSY:
            return
        headers = outcome.headers
        if seconds := parse_retry_after(headers.get("retry-after"), headers.get("date")):
            await self._gate.rest(seconds)

    def _check_open(self) -> None:
        if self._is_closed:
            raise Unreachable("the connection to this workspace is closed")

    def _prepare(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str] | None,
        secret_headers: Mapping[str, Secret] | None,
        json: object | None,
        form: Mapping[str, str | Secret] | None,
        is_grant: bool,
    ) -> _Order:
        self._check_open()
        if self._boundary is None:
            self._boundary = Boundary(self._origins)
        target = self._boundary.admit(url)
        proxy = proxy_for(target, self._network.proxy, os.environ)
        if params:
            target = target.copy_merge_params(params)
        all_headers = {**_OUR_HEADERS, **(headers or {})}
        content = b""
        if form is not None:
            pairs = {name: self._reveal(f"field {name}", value) for name, value in form.items()}
            all_headers["Content-Type"] = "application/x-www-form-urlencoded"
            content = urlencode(pairs).encode()
        elif json is not None:
            all_headers["Content-Type"] = "application/json"
            content = json_encoder.dumps(json, ensure_ascii=False, allow_nan=False).encode()
        for name, secret in (secret_headers or {}).items():
            all_headers[name] = self._reveal(f"header {name}", secret)
        progress = Progress(self._leave)
        request = httpx.Request(
            method,
            target,
            headers=all_headers,
            content=content,
            extensions={"trace": progress.trace},
        )
        return _Order(
            request=request,
            host=shown_host(target),
            proxy=proxy,
            is_grant=is_grant,
            progress=progress,
        )

    def _reveal(self, where: str, value: str | Secret) -> str:
        if not isinstance(value, Secret):
            return value
        revealed = value.reveal()
        if part := unsendable_part(revealed):
            raise CredentialError(
                f"the credential cannot be sent as {where}: it {part}",
                advice="look for a stray space, line break or character where it is kept",
            )
        self._masker.learn(revealed)
        return revealed

    async def _exchange(self, order: _Order) -> Response | TicketdeckError:
        timer = asyncio.timeout(self._network.timeout_s)
        try:
            async with timer:
                return await self._send(order)
        except TicketdeckError as error:
            return error
        except Exception as error:
            if timer.expired():
                return self._late(order)
            return self._failed(order, error)

    async def _send(self, order: _Order) -> Response:
        if self._given is not None:
            # It may trace nothing.
            await self._leave()
            return await self._converse(order, self._given)
        scheme = order.request.url.scheme
        async with self._connections.lend(scheme, order.proxy, order.progress) as http:
            return await self._converse(order, http)

    async def _converse(self, order: _Order, http: httpx.AsyncBaseTransport) -> Response:
        answer = await http.handle_async_request(order.request)
        order.progress.is_answered = True
        stream = answer.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            raise BadResponse(f"{order.host}: an answer that cannot be awaited")
        async with aclosing(stream):
            status = answer.status_code
            headers = _headers(answer, self._masker)
            if status < 200:
                raise BadResponse(f"{order.host} wants to change the protocol", status=status)
            self._note_date(headers)
            is_unchanged = status == 304 and _is_conditional(order.request)
            if 300 <= status < 400 and not is_unchanged:
                raise _redirected(order, status, headers.get("location"))
            # The headers of a 304 speak of the body that it does not have.
            packing = {} if is_unchanged else headers
            body = await self._read(order.host, status, packing, stream)
        if self._gate is not None:
            self._gate.answered(len(body))
        if status >= 400 or not order.is_grant:
            body = await self._masked(body)
        return Response(status, headers, body)

    async def _masked(self, body: bytes) -> bytes:
        if len(body) > LONG_BYTES:
            return await asyncio.to_thread(self._masker.answer, body)
        return self._masker.answer(body)

    def _note_date(self, headers: Mapping[str, str]) -> None:
        if date := parse_http_date(headers.get("date")):
            self.last_date = date

    async def _read(
        self, host: str, status: int, headers: Mapping[str, str], stream: httpx.AsyncByteStream
    ) -> bytes:
        try:
            body = body_for(headers, self._max_bytes)
            async for chunk in stream:
                body.feed(chunk)
            return body.finish()
        except TooLarge:
            size = self._max_bytes / 2**20
            raise BadResponse(
                f"the answer of {host} is larger than {size:g} MiB", status=status
            ) from None
        except Unreadable as error:
            raise BadResponse(
                f"the answer of {host} cannot be read: {error}", status=status
            ) from None
        except Cut:
            raise ConnectionLost(f"{host} ended its answer too early", status=status) from None

    def _late(self, order: _Order) -> VendorError:
        progress, within = order.progress, f"within {self._network.timeout_s:g} s"
        if self._given is None and not progress.has_head_begun:
            # Who takes a connection is there, whatever follows; what is behind a proxy may not be.
            is_network = progress.socket is None or _proxy_ahead(order) is not None
            reason = f"no connection to {_party(order)} {within}"
            return Unreachable(reason, is_network=is_network)
        if progress.is_answered:
            return ConnectionLost(f"the answer of {order.host} was not complete {within}")
        return ConnectionLost(f"no answer from {order.host} {within}")

    def _failed(self, order: _Order, error: Exception) -> VendorError:
        """Return Unreachable only where it is certain that no part of the request left."""
        progress = order.progress
        if self._given is None and not progress.has_head_begun:
            never_left = True
        else:
            is_under_way = progress.is_head_sent or progress.is_answered
            never_left = isinstance(error, _NEVER_LEFT) and not is_under_way
        if not never_left:
            reason = lost_reason(error, order.host, answering=progress.is_answered)
            return ConnectionLost(reason)
        if isinstance(error, httpx.ProxyError):
            status = str(error)[:3]
            why = f" ({status})" if status.isdecimal() else ""
            return Unreachable(f"{_party(order)} did not let us through to {order.host}{why}")
        if isinstance(error, httpx.LocalProtocolError | httpx.InvalidURL):
            return Unreachable(f"the request to {order.host} cannot be written as HTTP")
        # Behind a proxy that is gone is everybody.
        is_network = nobody_answered(error) or _proxy_ahead(order) is not None
        return Unreachable(connect_reason(error, _party(order)), is_network=is_network)


def _party(order: _Order) -> str:
    """Whom we talk to while there is no connection yet."""
    proxy = _proxy_ahead(order)
    return order.host if proxy is None else f"the proxy {shown_host(proxy)}"


def _proxy_ahead(order: _Order) -> httpx.URL | None:
    """The proxy that is still to be got through."""
    return None if order.progress.is_tunnelled else order.proxy


def _headers(answer: httpx.Response, masker: Masker) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.headers.raw:
        name = clean(raw_name.decode("latin-1").lower())
        value = clean(masker.text(raw_value.decode("latin-1")))
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _is_conditional(request: httpx.Request) -> bool:
    return "if-none-match" in request.headers or "if-modified-since" in request.headers


def _redirected(order: _Order, status: int, location: str | None) -> Redirected:
    try:
        target = order.request.url.join(location) if location else None
    except Exception:
        target = None
    asked = order.request.url
    if target is None or not target.host:
        where = "nowhere"
    elif (target.scheme, target.netloc) == (asked.scheme, asked.netloc):
        where = "another address of its own"
    else:
        where = shown_host(target)
    return Redirected(
        f"{order.host} answers {status} and points to {where}; redirects are not followed",
        status=status,
    )
