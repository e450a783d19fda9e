"""The transport of the tests behaves as httpx over a socket would."""

import gzip
import json

import httpx
import pytest

from support.conversation import QP_TICKETS
from support.sandbox import SANDBOX_URL, SandboxTransport, still_world
from tui.sandbox.accounts import QUESTIONPRO, QUESTIONPRO_KEY
from tui.sandbox.exchange import Delivery
from tui.sandbox.faults import Fault

URL = f"{SANDBOX_URL}/{QUESTIONPRO}{QP_TICKETS}"


class Sleeper:
    """Counts the seconds it was asked to sleep, and does not."""

    def __init__(self) -> None:
        self.slept = 0.0

    async def __call__(self, seconds: float) -> None:
        self.slept += seconds


@pytest.fixture
def sleeper() -> Sleeper:
    return Sleeper()


@pytest.fixture
def transport(sleeper: Sleeper) -> SandboxTransport:
    return SandboxTransport(still_world(), sleep=sleeper)


def client_of(transport: SandboxTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport, headers={"api-key": QUESTIONPRO_KEY}, timeout=20)


async def test_it_answers_as_the_vendor_does(transport: SandboxTransport) -> None:
    async with client_of(transport) as client:
        response = await client.get(URL, params={"page": 2, "perPage": 10})
    assert response.json()["pagerOptions"]["pagerDto"] == {"pageNumber": 2, "perPage": 10}
    [call] = transport.calls.of(QUESTIONPRO)
    assert call.request.query == {"page": "2", "perPage": "10"}
    assert transport.closed


async def test_its_bytes_are_raw_and_come_once(transport: SandboxTransport) -> None:
    async with client_of(transport) as client, client.stream("GET", URL) as response:
        raw = b"".join([piece async for piece in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(raw))["data"]) == 16


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.reset(), httpx.ReadError),
        (Fault.reset(at=50), httpx.ReadError),
        (Fault.hang(21), httpx.ReadTimeout),
        (Fault(delivery=Delivery(truncate_at=50)), httpx.RemoteProtocolError),
        (Fault(delivery=Delivery(drip_bytes=9, drip_pause_s=21)), httpx.ReadTimeout),
    ],
)
async def test_a_fault_is_the_error_that_httpx_would_raise(
    transport: SandboxTransport, fault: Fault, error: type[Exception]
) -> None:
    transport.world.faults.add(fault)
    async with client_of(transport) as client:
        with pytest.raises(error):
            await client.get(URL)
        assert (await client.get(URL)).status_code == 200


async def test_slowness_below_the_time_out_is_only_slow(
    transport: SandboxTransport, sleeper: Sleeper
) -> None:
    transport.world.faults.add(Fault.hang(19))
    async with client_of(transport) as client:
        assert (await client.get(URL)).status_code == 200
    assert sleeper.slept == 19


async def test_without_a_length_a_truncated_body_looks_whole(transport: SandboxTransport) -> None:
    transport.world.faults.add(Fault(delivery=Delivery(truncate_at=50, tells_length=False)))
    async with client_of(transport) as client, client.stream("GET", URL) as response:
        raw = b"".join([piece async for piece in response.aiter_raw()])
    assert len(raw) == 50
    assert "content-length" not in response.headers
