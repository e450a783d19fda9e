"""Every way to answer wrongly against every adapter, on real sockets."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from support.fault_server import FaultServer, Send, answer
from support.sandbox import CREDENTIALS
from support.wire_faults import FAILS_AT_ONCE, FLOODS, HANGS, HARMLESS
from support.wrong_vendors import ALL, WrongVendors
from tui.domain.clean import clean
from tui.domain.draft import check_draft
from tui.domain.errors import TicketdeckError
from tui.domain.page import Page, PageKey
from tui.domain.ports import TicketCreator
from tui.sandbox.accounts import KLINKCX, QUESTIONPRO, SOCIALBOARDS, VENDORS
from tui.vendors.registry import vendor_spec

DEADLINE_S = 0.4
SLACK_S = 0.5
AT_ONCE = 8
REQUIRED: Mapping[str, list[tuple[str, str]]] = {
    QUESTIONPRO: [("comment", "x")],
    SOCIALBOARDS: [("message", "x")],
    KLINKCX: [("title", "x")],
}


@pytest.fixture
def wrong(caplog: pytest.LogCaptureFixture) -> Iterator[WrongVendors]:
    caplog.set_level(logging.DEBUG)
    with FaultServer((Send(answer()),)) as elsewhere:
        wrong = WrongVendors(elsewhere)
        with wrong.server:
            yield wrong
        assert elsewhere.connections == 0
    assert not any(credential in caplog.text for credential in CREDENTIALS.values())


async def failure(attempt: Any) -> tuple[str, float]:
    """Return what an attempt complains of, in one plain line, and how long it took."""
    start = time.monotonic()
    with pytest.raises(TicketdeckError) as caught:
        await attempt
    message = str(caught.value)
    assert message == clean(message)
    assert 10 < len(message) < 400
    assert not any(credential in message for credential in CREDENTIALS.values())
    return message, time.monotonic() - start


def create(vendor: str, adapter: Any) -> Any:
    draft, problems = check_draft("w", vendor_spec(vendor).fields, REQUIRED[vendor])
    assert not problems
    return adapter.create(draft)


def tickets(page: Page) -> set[str]:
    return {ticket.ref.id for ticket in page.tickets}


@pytest.mark.parametrize("vendor", VENDORS)
async def test_each_wrong_answer_is_one_line_in_time_and_forgotten_when_it_is_over(
    vendor: str, wrong: WrongVendors, record_property: Callable[[str, object], None]
) -> None:
    cells = 0
    adapters = {name: wrong.open(vendor, name, timeout_s=DEADLINE_S) for name in ALL}
    turn = asyncio.Semaphore(AT_ONCE)

    async def attempt(name: str) -> None:
        nonlocal cells
        adapter = adapters[name]
        attempts = [adapter.fetch_page]
        if isinstance(adapter, TicketCreator) and name not in FLOODS:
            attempts.append(lambda _key: create(vendor, adapter))
        for call in attempts:
            async with turn:
                said, took_s = await failure(call(PageKey()))
            if took_s > DEADLINE_S + SLACK_S:  # a busy machine wakes up late: once is chance
                _, took_s = await failure(call(PageKey()))
            assert took_s <= DEADLINE_S + SLACK_S, name
            if name in HANGS:
                assert took_s >= DEADLINE_S - 0.05, (name, said)
            cells += 1

    await asyncio.gather(*(attempt(name) for name in (*FAILS_AT_ONCE, *HANGS)))
    # Each of these takes a core, and most end before an adapter sees anything of them.
    for name in FLOODS if vendor == QUESTIONPRO else ("a gzip bomb", "a JSON bomb"):
        await attempt(name)

    wrong.is_over = True
    shown = {
        name: tickets(await adapter.fetch_page(PageKey())) for name, adapter in adapters.items()
    }
    assert set(map(frozenset, shown.values())) == {frozenset(shown["closed"])}
    assert shown["closed"]
    for adapter in adapters.values():
        await adapter.close()
    record_property("cells", cells)
    assert len(FAILS_AT_ONCE) + len(HANGS) + len(FLOODS) >= 60


@pytest.mark.parametrize("vendor", VENDORS)
async def test_an_odd_answer_that_is_right_is_read(vendor: str, wrong: WrongVendors) -> None:
    pages: dict[str, Page] = {}
    for name in HARMLESS:
        for index in (1, 0):
            adapter = wrong.open(vendor, name, timeout_s=DEADLINE_S)
            pages[name] = await adapter.fetch_page(PageKey(index=index))
            await adapter.close()
    assert len(set(map(frozenset, map(tickets, pages.values())))) == 1
    assert all(page.tickets for page in pages.values())
    assert not any(page.skipped for page in pages.values())


async def test_a_wrong_answer_to_a_request_for_a_token_is_one_line_too(
    wrong: WrongVendors,
) -> None:
    wrong.spoils = lambda path: path.endswith("/token")
    turn = asyncio.Semaphore(AT_ONCE)

    async def attempt(name: str) -> None:
        adapter = wrong.open(SOCIALBOARDS, name, timeout_s=DEADLINE_S)
        async with turn:
            await failure(adapter.fetch_page(PageKey()))
            await adapter.close()

    await asyncio.gather(*(attempt(name) for name in (*FAILS_AT_ONCE, *HANGS)))
    assert not any(b"GET" in request.head for request in wrong.server.received)
