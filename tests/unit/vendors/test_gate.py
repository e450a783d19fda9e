"""Every call asks the gate before it leaves, those for tokens and look-ups too."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from support.builders import NOON
from support.calls import VENDOR, Stub, failure, post, transport_to
from support.fault_server import FaultServer, Send, answer
from support.wire import Answer, ScriptedVendor, context
from tui.config.model import Network
from tui.domain.draft import Draft
from tui.domain.errors import (
    BudgetSpent,
    CredentialError,
    StateError,
    Unreachable,
    VendorError,
)
from tui.domain.page import PageKey
from tui.domain.secret import Secret
from tui.vendors.registry import vendor_spec
from tui.vendors.transport import Transport

LISTS = {
    "questionpro": {"status": "success", "data": [], "pagerOptions": {"totalCount": 0}},
    "questionpro-legacy": {"response": [], "pagination": {"totalItems": 0}},
    "socialboards": {"errorCode": -1, "data": []},
    "klinkcx": {"data": [], "total": 0, "page": 1},
}


class SlowGate:
    """A gate that is closed until a test opens it, and has so many calls."""

    def __init__(self, calls: int = 99, *, is_open: bool = True) -> None:
        self.left = calls
        self.sizes: list[int] = []
        self.rests: list[float] = []
        self.rest_error: Exception | None = None
        self.leaves = 0
        self.leave_error: Exception | None = None
        self.opened = asyncio.Event()
        self.asked = asyncio.Event()
        if is_open:
            self.opened.set()

    async def admit(self) -> None:
        self.asked.set()
        await self.opened.wait()
        if self.left == 0:
            raise BudgetSpent("none is left", until=NOON + timedelta(hours=1))
        self.left -= 1

    async def leave(self) -> None:
        self.leaves += 1
        if self.leave_error is not None:
            raise self.leave_error

    def answered(self, size: int) -> None:
        self.sizes.append(size)

    async def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        if self.rest_error is not None:
            raise self.rest_error


def behind(gate: SlowGate, **more: Any) -> tuple[Transport, Stub]:
    stub = Stub(lambda _: httpx.Response(200, stream=httpx.ByteStream(b"answer")))
    transport = Transport(origins=[VENDOR], network=Network(**more), gate=gate, http=stub)
    return transport, stub


async def test_nothing_leaves_before_the_gate_opens_and_the_wait_is_not_the_calls_own() -> None:
    gate = SlowGate(is_open=False)
    transport, stub = behind(gate, timeout_s=0.01)

    call = asyncio.create_task(transport.call("GET", VENDOR))
    await gate.asked.wait()
    waited = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.03, waited.set_result, None)
    await waited

    assert stub.requests == []
    gate.opened.set()
    assert (await call).body == b"answer"
    assert gate.sizes == [len(b"answer")]


async def test_a_spent_budget_passes_as_it_is_and_nothing_is_sent() -> None:
    transport, stub = behind(SlowGate(0))

    error = await failure(transport, VENDOR)

    assert isinstance(error, BudgetSpent)
    assert error.until == NOON + timedelta(hours=1)
    assert error.nothing_was_created
    assert stub.requests == []


async def test_a_request_that_cannot_be_sent_spends_nothing() -> None:
    gate = SlowGate()
    transport, stub = behind(gate)

    with pytest.raises(CredentialError):
        await transport.call("GET", VENDOR, secret_headers={"api-key": Secret("line\nbreak")})
    with pytest.raises(VendorError):
        await transport.call("GET", "https://elsewhere.example")

    assert (gate.left, stub.requests) == (99, [])


async def test_a_call_that_waits_while_its_workspace_closes_is_not_sent() -> None:
    gate = SlowGate(is_open=False)
    transport, stub = behind(gate)
    call = asyncio.create_task(transport.call("GET", VENDOR))
    await gate.asked.wait()

    await transport.close()
    gate.opened.set()

    with pytest.raises(Unreachable, match="closed"):
        await call
    assert stub.requests == []


async def test_a_request_that_must_not_leave_is_stopped_before_its_first_byte() -> None:
    """The connection stands by then: looking up a name and connecting take their time."""
    gate = SlowGate()
    with FaultServer((Send(answer()),), keeps_open=True) as server:
        transport = transport_to(server, gate=gate)
        assert (await post(transport, server.url)).status == 200

        gate.leave_error = StateError("another process is at it")
        error = await outcome_of_leaving(transport, server.url)

        assert str(error) == "another process is at it"
        assert (len(server.received), gate.leaves) == (1, 2)
        gate.leave_error = None
        assert (await post(transport, server.url)).status == 200
        assert len(server.received) == 2
        await transport.close()


async def outcome_of_leaving(transport: Transport, url: str) -> StateError:
    with pytest.raises(StateError) as caught:
        await post(transport, url)
    return caught.value


async def test_a_network_that_traces_nothing_is_not_asked_either() -> None:
    gate = SlowGate()
    transport, stub = behind(gate)
    gate.leave_error = StateError("another process is at it")

    assert isinstance(await failure(transport, VENDOR), StateError)
    assert stub.requests == []


@pytest.mark.parametrize("vendor", LISTS)
async def test_every_vendor_asks_for_every_call(vendor: str) -> None:
    gate, network = SlowGate(), ScriptedVendor(Answer(LISTS[vendor]))
    opened = vendor_spec(vendor).open(replace(context(vendor, network), gate=gate))

    await opened.fetch_page(PageKey())
    await opened.close()

    sent = len(network.requests) + network.tokens
    assert sent == (2 if vendor == "socialboards" else 1)
    assert gate.left == 99 - sent
    assert len(gate.sizes) == sent


async def test_a_create_without_a_call_left_was_surely_not_sent() -> None:
    # The token takes the last call.
    gate, network = SlowGate(1), ScriptedVendor(Answer({"errorCode": -1, "data": 1}))
    opened: Any = vendor_spec("socialboards").open(
        replace(context("socialboards", network), gate=gate)
    )

    with pytest.raises(BudgetSpent) as caught:
        await opened.create(Draft("w", {"message": "It broke"}))

    assert caught.value.nothing_was_created
    assert (network.tokens, network.requests) == (1, [])


@pytest.mark.parametrize(
    ("status", "headers", "rests"),
    [
        (429, {"retry-after": "120"}, [120.0]),
        (503, {"retry-after": "7"}, [7.0]),
        (429, {}, []),
        (429, {"retry-after": "soon"}, []),
        (
            503,
            {
                "retry-after": "Wed, 04 Feb 2026 12:02:00 GMT",
                "date": "Wed, 04 Feb 2026 12:00:00 GMT",
            },
            [120.0],
        ),
        (500, {"retry-after": "120"}, []),
        (200, {"retry-after": "120"}, []),
    ],
)
async def test_what_a_busy_vendor_asks_for_holds_for_everyone_behind_the_gate(
    status: int, headers: dict[str, str], rests: list[float]
) -> None:
    gate = SlowGate()
    stub = Stub(lambda _: httpx.Response(status, headers=headers, stream=httpx.ByteStream(b"")))
    transport = Transport(origins=[VENDOR], network=Network(), gate=gate, http=stub)

    await transport.call("GET", f"{VENDOR}/list")

    assert gate.rests == rests


@pytest.mark.parametrize("error", [OSError("disk"), StateError("locked")], ids=repr)
async def test_an_answer_is_not_lost_because_its_rest_cannot_be_kept(error: Exception) -> None:
    gate = SlowGate()
    gate.rest_error = error
    headers = {"retry-after": "7"}
    stub = Stub(lambda _: httpx.Response(503, headers=headers, stream=httpx.ByteStream(b"")))
    transport = Transport(origins=[VENDOR], network=Network(), gate=gate, http=stub)

    assert (await transport.call("POST", f"{VENDOR}/tickets")).status == 503
