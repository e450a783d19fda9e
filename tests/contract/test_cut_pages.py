"""A list that breaks off at any byte is an error, and never a shorter list."""

import gzip

import pytest

from support.wire import Answer, ScriptedVendor, fixture, open_vendor
from tui.domain.errors import BadResponse, ConnectionLost
from tui.domain.page import PageKey
from tui.sandbox.accounts import VENDORS


def lists(vendor: str) -> bytes:
    """Return the vendor's documented list."""
    return fixture(vendor, "list.json").strip()


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_list_that_is_cut_at_any_byte_is_no_list(vendor: str) -> None:
    whole = lists(vendor)
    sent = whole
    adapter = open_vendor(vendor, ScriptedVendor(lambda _: Answer(sent)))
    assert (await adapter.fetch_page(PageKey())).tickets
    for place in range(len(whole)):
        sent = whole[:place]
        with pytest.raises(BadResponse):
            await adapter.fetch_page(PageKey())


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_packed_list_that_is_cut_at_any_byte_is_no_list(vendor: str) -> None:
    whole = gzip.compress(lists(vendor))
    sent = whole
    packed = {"content-encoding": "gzip"}
    adapter = open_vendor(vendor, ScriptedVendor(lambda _: Answer(sent, headers=packed)))
    assert (await adapter.fetch_page(PageKey())).tickets
    for place in range(len(whole)):
        sent = whole[:place]
        with pytest.raises((BadResponse, ConnectionLost)):
            await adapter.fetch_page(PageKey())
