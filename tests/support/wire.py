"""What the vendors' tests share: their documented bodies, a scripted vendor, an opened adapter."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from support.builders import NOON
from support.clock import FakeClock
from tui.config.model import Network
from tui.domain.secret import Secret
from tui.domain.workspace import Workspace
from tui.vendors.context import VendorContext
from tui.vendors.reading import Origin
from tui.vendors.registry import vendor_spec

_FIXTURES = Path(__file__).parent.parent / "fixtures" / "wire"

CANARY = "canary-credential-4711"
"""The credential of every workspace here; it may show up in headers and nowhere else."""
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "questionpro": {"workspace_id": "25739", "data_center": "eu"},
    "questionpro-legacy": {"segment_id": "54428", "data_center": "us"},
    "socialboards": {"client_id": "inbox-client"},
    "klinkcx": {},
}
TOKEN_ANSWER = {"access_token": "first-access-token", "expires_in": 3600}


def fixture(vendor: str, name: str) -> bytes:
    """Return a documented body."""
    return (_FIXTURES / vendor / name).read_bytes()


def fixture_json(vendor: str, name: str) -> Any:
    return json.loads(fixture(vendor, name))


def origin(vendor: str) -> Origin:
    return Origin("w", vendor, NOON)


@dataclass
class FakeCredential:
    """A credential source that counts, and answers with each of its values in turn."""

    values: list[str] = field(default_factory=lambda: [CANARY])
    error: Exception | None = None
    reads: int = 0
    place: str = "variable TEST_KEY"

    def read(self) -> Secret:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return Secret(self.values[min(self.reads, len(self.values)) - 1])


@dataclass(frozen=True)
class Answer:
    """One scripted answer: a JSON value, or bytes as they are."""

    body: object = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> httpx.Response:
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return httpx.Response(self.status, headers=dict(self.headers), stream=_Bytes(body))


class _Bytes(httpx.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


Script = Callable[[httpx.Request], Answer | Exception]


class ScriptedVendor(httpx.AsyncBaseTransport):
    """Answers as a function of the request, and keeps every request.

    Token requests of SocialBoards are answered by themselves unless `mints` is off.
    """

    def __init__(self, script: Script | Answer, *, mints: bool = True) -> None:
        self._script = script
        self._mints = mints
        self.requests: list[httpx.Request] = []
        self.tokens = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if self._mints and request.url.path.endswith("/token"):
            self.tokens += 1
            return Answer(TOKEN_ANSWER).response()
        self.requests.append(request)
        answer = self._script(request) if callable(self._script) else self._script
        if isinstance(answer, Exception):
            raise answer
        return answer.response()


def context(
    vendor: str,
    http: httpx.AsyncBaseTransport,
    *,
    settings: Mapping[str, str] | None = None,
    credential: FakeCredential | None = None,
    clock: FakeClock | None = None,
) -> VendorContext:
    """Return what an adapter is opened with; the settings that a vendor needs unless given."""
    return VendorContext(
        workspace=Workspace(name="w", vendor=vendor, title=vendor),
        settings=SETTINGS[vendor] if settings is None else settings,
        credential=credential or FakeCredential(),
        clock=clock or FakeClock(),
        network=Network(),
        http=http,
    )


def open_vendor(vendor: str, http: httpx.AsyncBaseTransport, **options: Any) -> Any:
    """Open an adapter; Any, because each test asks for the abilities it knows to be there."""
    return vendor_spec(vendor).open(context(vendor, http, **options))


def body_of(request: httpx.Request) -> Any:
    """Return the JSON that a request carries."""
    return json.loads(request.content)
