"""How a create ends by what the vendor answers: one body for every vendor that takes tickets."""

from collections.abc import Mapping

import httpx
import pytest

from support.wire import Answer, ScriptedVendor, open_vendor
from tui.domain.draft import Draft
from tui.domain.errors import VendorError

DRAFTS: Mapping[str, Draft] = {
    "questionpro": Draft("w", {"comment": "x"}),
    "socialboards": Draft("w", {"message": "x"}),
    "klinkcx": Draft("w", {"title": "x"}),
}
HTML = b"<!DOCTYPE html><html><title>Down</title></html>"
STATED: Mapping[str, object] = {
    "questionpro": {"response": {"error": {"httpStatusCode": 500, "message": "no"}}},
    "socialboards": {"data": None, "errorCode": 503, "errorText": "no"},
    "klinkcx": {"success": False, "statusCode": "500", "message": "no"},
}
"""A success by HTTP, and a failure of the server by its envelope."""
REFUSALS: Mapping[str, list[object]] = {
    "questionpro": [
        {"status": "error", "message": "no"},
        {"response": {"error": {"message": "no"}}},
        {"response": {"error": {"httpStatusCode": "400", "message": "no"}}},
        {"status": "error", "data": None, "statusCode": 400},
        {"status": "error", "data": "no such segment"},
    ],
    "socialboards": [
        {"data": None, "errorCode": 12, "errorText": "no"},
        {"data": 0, "errorCode": 12, "errorText": "no"},
    ],
    "klinkcx": [
        {"success": False, "message": "no"},
        {"success": False, "status": 422, "message": "no"},
        {"status": "error", "message": "no", "data": {}},
    ],
}
CONFLICTS: Mapping[str, object] = {
    "questionpro": {"response": {"error": {"httpStatusCode": 409, "message": "no"}}},
    "socialboards": {"data": None, "errorCode": 409, "errorText": "no"},
    "klinkcx": {"success": False, "statusCode": "409", "message": "no"},
}
"""The same, and a ticket may be there already."""
CONTRADICTIONS: Mapping[str, object] = {
    "questionpro": {"status": "error", "message": "no", "data": {"id": 35638}},
    "socialboards": {"data": 4484636, "errorCode": 12, "errorText": "no"},
    "klinkcx": {"success": False, "message": "no", "data": {"id": "8a0c"}},
}
"""Failures that name a new ticket all the same."""
OPEN = (303, 304, 408, 409)
NOT_CREATED = [s for s in range(300, 500) if s not in OPEN]
UNKNOWN = [*OPEN, *range(500, 600)]


async def created_nothing(vendor: str, answer: Answer | Exception) -> bool:
    """Send a create, and return whether its error says that nothing was created."""
    http = ScriptedVendor(lambda _request: answer)
    with pytest.raises(VendorError) as caught:
        await open_vendor(vendor, http).create(DRAFTS[vendor])
    assert len(http.requests) == 1
    return caught.value.nothing_was_created


@pytest.mark.parametrize("body", [b"", b"{}", HTML], ids=["empty", "JSON", "HTML"])
@pytest.mark.parametrize("vendor", DRAFTS)
async def test_a_status_below_500_created_nothing_but_for_four(vendor: str, body: bytes) -> None:
    ends = {status: await created_nothing(vendor, Answer(body, status)) for status in NOT_CREATED}
    assert ends == dict.fromkeys(NOT_CREATED, True)


@pytest.mark.parametrize("body", [b"", b"{}", HTML], ids=["empty", "JSON", "HTML"])
@pytest.mark.parametrize("vendor", DRAFTS)
async def test_a_failure_of_the_server_and_these_four_leave_it_open(
    vendor: str, body: bytes
) -> None:
    ends = {status: await created_nothing(vendor, Answer(body, status)) for status in UNKNOWN}
    assert ends == dict.fromkeys(UNKNOWN, False)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize(
    "body", [b"", b" ", HTML, b"null", b"[]", b"{}", b'{"data": 7', b'"7"', b"\xff"], ids=repr
)
@pytest.mark.parametrize("vendor", DRAFTS)
async def test_a_success_that_names_no_ticket_leaves_it_open(
    vendor: str, body: bytes, status: int
) -> None:
    assert not await created_nothing(vendor, Answer(body, status))


@pytest.mark.parametrize("vendor", DRAFTS)
async def test_an_error_in_the_envelope_created_nothing(vendor: str) -> None:
    for body in REFUSALS[vendor]:
        assert await created_nothing(vendor, Answer(body)), body


@pytest.mark.parametrize(
    "stated", [STATED, CONFLICTS, CONTRADICTIONS], ids=["server", "conflict", "ticket"]
)
@pytest.mark.parametrize("vendor", DRAFTS)
async def test_an_error_in_the_envelope_that_says_more_leaves_it_open(
    vendor: str, stated: Mapping[str, object]
) -> None:
    assert not await created_nothing(vendor, Answer(stated[vendor]))


@pytest.mark.parametrize(
    ("error", "is_sure"),
    [
        (httpx.ConnectError("refused"), True),
        (httpx.ConnectTimeout("late"), True),
        (httpx.PoolTimeout("full"), True),
        (httpx.WriteError("broken"), False),
        (httpx.WriteTimeout("late"), False),
        (httpx.ReadTimeout("late"), False),
        (httpx.ReadError("reset"), False),
        (httpx.RemoteProtocolError("garbage"), False),
        (RuntimeError("whatever"), False),
    ],
    ids=repr,
)
@pytest.mark.parametrize("vendor", DRAFTS)
async def test_what_surely_never_left_created_nothing(
    vendor: str, error: Exception, *, is_sure: bool
) -> None:
    assert await created_nothing(vendor, error) is is_sure
