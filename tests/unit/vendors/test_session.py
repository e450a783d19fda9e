"""The credential is read off the loop, once, again after a refusal; answers become values."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from support.builders import NOON
from support.clock import FakeClock
from support.wire import (
    CANARY,
    SETTINGS,
    Answer,
    FakeCredential,
    ScriptedVendor,
    context,
    open_vendor,
)
from tui.domain.errors import (
    CredentialError,
    CredentialRefused,
    Forbidden,
    Redirected,
    VendorFailure,
)
from tui.domain.page import PageKey
from tui.domain.ports import DateKeeper
from tui.domain.secret import Secret
from tui.vendors.klinkcx.adapter import KlinkCx
from tui.vendors.session import CachedCredential

EMPTY = Answer({"data": [], "total": 0, "page": 1})


async def test_the_credential_is_read_once_for_many_calls_at_once() -> None:
    credential = FakeCredential()
    vendor = open_vendor("klinkcx", ScriptedVendor(EMPTY), credential=credential)
    await asyncio.gather(*(vendor.fetch_page(PageKey()) for _ in range(5)))
    assert credential.reads == 1


async def test_the_credential_is_read_in_another_thread() -> None:
    threads: list[int] = []

    class Source(FakeCredential):
        def read(self) -> Secret:
            threads.append(threading.get_ident())
            return super().read()

    await CachedCredential(Source()).get()
    assert threads
    assert threads[0] != threading.get_ident()


@pytest.mark.parametrize(("status", "error"), [(401, CredentialRefused), (403, Forbidden)])
async def test_a_refused_credential_is_read_anew_for_the_next_call(
    status: int, error: type[Exception]
) -> None:
    credential = FakeCredential(values=["first-credential", "second-credential"])

    def script(request: Any) -> Answer:
        is_new = request.headers["authorization"] == "Bearer second-credential"
        return EMPTY if is_new else Answer({"message": "no"}, status)

    vendor = open_vendor("klinkcx", ScriptedVendor(script), credential=credential)
    with pytest.raises(error):
        await vendor.fetch_page(PageKey())
    assert (await vendor.fetch_page(PageKey())).count == 0
    assert credential.reads == 2


async def test_a_credential_that_cannot_be_had_says_so_and_is_asked_for_again() -> None:
    credential = FakeCredential(error=CredentialError("variable TEST_KEY is not set"))
    vendor = open_vendor("klinkcx", ScriptedVendor(EMPTY), credential=credential)
    with pytest.raises(CredentialError, match="is not set"):
        await vendor.fetch_page(PageKey())
    credential.error = None
    assert (await vendor.fetch_page(PageKey())).count == 0


async def test_an_odd_error_of_a_key_store_names_the_place_and_not_what_it_holds() -> None:
    credential = FakeCredential(error=RuntimeError(f"cannot decrypt {CANARY}"))
    vendor = open_vendor("klinkcx", ScriptedVendor(EMPTY), credential=credential)
    with pytest.raises(CredentialError) as caught:
        await vendor.fetch_page(PageKey())
    assert str(caught.value) == "variable TEST_KEY: RuntimeError"


@pytest.mark.parametrize("status", [200, 400])
async def test_a_credential_that_the_vendor_echoes_is_masked(status: int) -> None:
    answer = Answer({"success": False, "message": f"bad token {CANARY}"}, status)
    vendor = KlinkCx(context("klinkcx", ScriptedVendor(answer)))
    with pytest.raises((VendorFailure, Exception)) as caught:
        await vendor.fetch_page(PageKey())
    assert "bad token ***" in str(caught.value)


class Tagged:
    """A list that is tagged by its number; the credential that it wants may change."""

    def __init__(self, credential: str = CANARY) -> None:
        self.number = 1
        self.credential = credential

    def __call__(self, request: Any) -> Answer:
        if request.headers["authorization"] != f"Bearer {self.credential}":
            return Answer({"message": "no"}, 401)
        etag = f'"{self.number}"'
        if request.headers.get("if-none-match") == etag:
            return Answer(b"", 304, {"etag": etag})
        items = [{"id": f"t{self.number}", "title": "x"}]
        return Answer({"data": items, "total": 1, "page": 1}, 200, {"etag": etag})


async def test_a_list_that_did_not_change_is_shown_again_as_of_now() -> None:
    clock, http = FakeClock(), ScriptedVendor(Tagged())
    vendor = open_vendor("klinkcx", http, clock=clock)
    first = await vendor.fetch_page(PageKey())
    await clock.advance(60)
    second = await vendor.fetch_page(PageKey())
    assert [request.headers.get("if-none-match") for request in http.requests] == [None, '"1"']
    assert [t.confirmed_at for t in second.tickets] == [clock.now()]
    assert [replace(t, confirmed_at=NOON) for t in second.tickets] == list(first.tickets)


async def test_a_list_that_changed_is_shown_as_it_is_now() -> None:
    script = Tagged()
    vendor = open_vendor("klinkcx", ScriptedVendor(script))
    await vendor.fetch_page(PageKey())
    script.number = 2
    assert [t.ref.id for t in (await vendor.fetch_page(PageKey())).tickets] == ["t2"]
    assert [t.ref.id for t in (await vendor.fetch_page(PageKey())).tickets] == ["t2"]


async def test_each_page_has_its_own_tag() -> None:
    http = ScriptedVendor(Tagged())
    vendor = open_vendor("klinkcx", http)
    await vendor.fetch_page(PageKey())
    await vendor.fetch_page(PageKey(0, 1))
    assert "if-none-match" not in http.requests[-1].headers


async def test_after_a_refusal_nothing_is_asked_conditionally() -> None:
    script = Tagged()
    http = ScriptedVendor(script)
    credential = FakeCredential(values=[CANARY, CANARY, "another-credential"])
    vendor = open_vendor("klinkcx", http, credential=credential)
    await vendor.fetch_page(PageKey())
    script.credential = "another-credential"
    for _ in range(2):
        with pytest.raises(CredentialRefused):
            await vendor.fetch_page(PageKey())
    await vendor.fetch_page(PageKey())
    conditional = ["if-none-match" in request.headers for request in http.requests]
    assert conditional == [False, True, False, False]


async def test_what_is_wrong_is_never_kept() -> None:
    complaint = Answer({"success": False, "message": "busy"}, 200, {"etag": '"1"'})
    http = ScriptedVendor(complaint)
    vendor = open_vendor("klinkcx", http)
    for _ in range(2):
        with pytest.raises(VendorFailure):
            await vendor.fetch_page(PageKey())
    assert "if-none-match" not in http.requests[-1].headers


@pytest.mark.parametrize("vendor", ["questionpro-legacy", "socialboards"])
async def test_a_list_that_is_asked_for_by_post_is_never_conditional(vendor: str) -> None:
    body = {"data": [], "errorCode": -1, "response": []}
    http = ScriptedVendor(Answer(body, 200, {"etag": '"1"'}))
    opened = open_vendor(vendor, http)
    for _ in range(2):
        await opened.fetch_page(PageKey())
    assert {request.method for request in http.requests} == {"POST"}
    assert not any("if-none-match" in request.headers for request in http.requests)


async def test_an_unasked_304_is_an_error() -> None:
    vendor = open_vendor("klinkcx", ScriptedVendor(Answer(b"", 304)))
    with pytest.raises(Redirected, match="304"):
        await vendor.fetch_page(PageKey())


@pytest.mark.parametrize("vendor", SETTINGS)
async def test_the_vendors_own_time_is_remembered(vendor: str) -> None:
    body = {"data": [], "errorCode": -1, "response": [], "page": 1}
    dated = Answer(body, 200, {"date": "Wed, 04 Feb 2026 12:00:00 GMT"})
    opened = open_vendor(vendor, ScriptedVendor(dated))
    assert opened.last_date is None
    await opened.fetch_page(PageKey())
    assert isinstance(opened, DateKeeper)
    assert opened.last_date == datetime(2026, 2, 4, 12, tzinfo=UTC)


async def test_a_closed_vendor_is_not_called_again() -> None:
    http = ScriptedVendor(EMPTY)
    vendor = open_vendor("klinkcx", http)
    await vendor.close()
    with pytest.raises(Exception, match="closed"):
        await vendor.fetch_page(PageKey())
    assert not http.requests
