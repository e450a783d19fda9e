"""The credential is read off the loop, once, again after a refusal; answers become values."""

import asyncio
import threading
from typing import Any

import pytest

from support.wire import CANARY, Answer, FakeCredential, ScriptedVendor, context, open_vendor
from tui.domain.errors import CredentialError, CredentialRefused, Forbidden, VendorFailure
from tui.domain.page import PageKey
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


async def test_a_closed_vendor_is_not_called_again() -> None:
    http = ScriptedVendor(EMPTY)
    vendor = open_vendor("klinkcx", http)
    await vendor.close()
    with pytest.raises(Exception, match="closed"):
        await vendor.fetch_page(PageKey())
    assert not http.requests
