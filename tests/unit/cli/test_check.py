"""What `check` says of workspaces whose adapters misbehave, and of their clocks."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from support.builders import NOON
from support.clock import FakeClock
from support.sources import make_allowance
from support.vendors import ListVendor
from support.wire import CANARY, FakeCredential
from tui.cli.check import check_workspaces
from tui.domain.errors import NotFound
from tui.domain.ports import Vendor
from tui.domain.workspace import Workspace
from tui.engine.source import Source


def _source(name: str, open_vendor: Callable[[], Vendor]) -> Source:
    allowance = make_allowance(FakeClock())
    return Source(
        workspace=Workspace(name=name, vendor="v", title=name.title()),
        open_vendor=open_vendor,
        credential=FakeCredential(),
        gate=allowance.gate(name),
        list_settings=("workspace_id",),
    )


def _broken() -> Vendor:
    raise ZeroDivisionError(CANARY)


async def test_an_adapter_that_breaks_keeps_no_other_from_being_checked() -> None:
    sources = [_source("broken", _broken), _source("good", ListVendor)]

    broken, good = await check_workspaces(sources, FakeClock())

    assert (broken.failed, broken.refused) == (True, False)
    assert broken.findings[-1].message == "internal error: ZeroDivisionError"
    assert not good.failed
    assert good.findings[-1].message == "Good answers: 0 of 0 tickets on the first page"
    assert (broken.skew, good.skew) == (None, None)


class DatedVendor(ListVendor):
    """A vendor whose clock is ahead of ours, and that may fail."""

    last_date = NOON + timedelta(minutes=4)


@pytest.mark.parametrize("failure", [None, NotFound("404 Not Found", status=404)])
async def test_the_vendors_clock_is_looked_at_even_where_it_refuses(
    failure: Exception | None,
) -> None:
    vendor = DatedVendor()
    vendor.failure = failure

    (checked,) = await check_workspaces([_source("w", lambda: vendor)], FakeClock())

    assert checked.skew == timedelta(minutes=4)
    assert checked.failed is (failure is not None)
    if failure:
        assert checked.findings[-1].message == "404 Not Found (check workspace_id of [w])"
