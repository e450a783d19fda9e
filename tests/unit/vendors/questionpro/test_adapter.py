"""QuestionPro's closed loop by its documented bodies."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from support.builders import NOON
from support.wire import (
    CANARY,
    Answer,
    ScriptedVendor,
    body_of,
    fixture,
    fixture_json,
    open_vendor,
)
from tui.domain.draft import Choice, Draft
from tui.domain.errors import (
    BadRequest,
    BadResponse,
    BudgetSpent,
    CredentialRefused,
    Forbidden,
    NotFound,
    RateLimited,
    VendorError,
    VendorFailure,
)
from tui.domain.page import PageKey
from tui.domain.person import NOBODY, Person
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.vendors.questionpro.declaration import API_HOSTS, CLOSED_LOOP_HOSTS
from tui.vendors.registry import vendor_spec

VENDOR = "questionpro"
LIST = Answer(fixture(VENDOR, "list.json"))
ETAG = {"etag": '"1"'}


async def read_one(**changes: object) -> Ticket:
    envelope = fixture_json(VENDOR, "list.json")
    envelope["data"][0] |= changes
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    ticket: Ticket = page.tickets[0]
    return ticket


async def test_the_documented_list_becomes_a_page() -> None:
    http = ScriptedVendor(LIST)
    page = await open_vendor(VENDOR, http).fetch_page(PageKey(0, 2))
    request = http.requests[0]
    assert request.method == "GET"
    assert str(request.url) == (
        "https://clf-backend.questionpro.eu/api/v2/cx/closedloop/workspaces/25739/tickets"
        "?page=3&perPage=100"
    )
    assert request.headers["api-key"] == CANARY
    assert (page.total, page.is_last, page.defects, page.skipped) == (32, None, 0, ())
    (ticket,) = page.tickets
    assert ticket.ref == TicketRef("w", "35637")
    assert (ticket.title, ticket.body) == ("Test ticket", "Test ticket")
    assert (ticket.status, ticket.vendor_status) == (Status.NEW, "NEW")
    assert (ticket.priority, ticket.vendor_priority) == (Priority.HIGH, "HIGH")
    assert ticket.kind == "MANUAL TICKET"
    assert ticket.customer == Person("Customer", "customer@example.com")
    assert ticket.assignee == Person("Manager 1", "m1@example.com")
    assert (ticket.origin_segment, ticket.current_segment) == ("S1", "CS")
    assert ticket.created_at == datetime(2026, 2, 4, 8, 59, 51, 863_000, tzinfo=UTC)
    assert ticket.updated_at == datetime(2026, 2, 4, 8, 59, 52, tzinfo=UTC)
    assert not ticket.flagged_overdue
    assert ticket.extra["feedbackId"] == 25739
    assert ticket.extra["originSegment.name"] == "Main Segment"


@pytest.mark.parametrize("center", API_HOSTS)
async def test_each_data_centre_has_its_own_hosts(center: str) -> None:
    http = ScriptedVendor(Answer({"data": [], "response": []}))
    vendor = open_vendor(VENDOR, http, settings={"workspace_id": "1", "data_center": center})
    await vendor.fetch_page(PageKey())
    await vendor.fetch_choices("users")
    hosts = [f"https://{request.url.host}" for request in http.requests]
    assert hosts == [CLOSED_LOOP_HOSTS[center], API_HOSTS[center]]


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        ({"base_url": "https://proxy.example/qp"}, ["proxy.example/qp/api", "proxy.example/qp/a"]),
        (
            {"api_url": "https://look.example"},
            ["clf-backend.questionpro.com/api", "look.example/a"],
        ),
        (
            {"base_url": "https://proxy.example", "api_url": "https://look.example/up"},
            ["proxy.example/api", "look.example/up/a"],
        ),
    ],
)
async def test_a_base_url_replaces_every_host_and_an_api_url_the_look_ups(
    settings: dict[str, str], hosts: list[str]
) -> None:
    http = ScriptedVendor(Answer({"data": [], "response": []}))
    vendor = open_vendor(VENDOR, http, settings={"workspace_id": "1", **settings})
    await vendor.fetch_page(PageKey())
    await vendor.fetch_choices("users")
    for request, expected in zip(http.requests, hosts, strict=True):
        assert str(request.url).startswith(f"https://{expected}")


async def test_a_workspace_id_cannot_climb_out_of_its_path() -> None:
    http = ScriptedVendor(Answer({"data": []}))
    vendor = open_vendor(VENDOR, http, settings={"workspace_id": "../../x?y#z"})
    await vendor.fetch_page(PageKey())
    assert b"/workspaces/..%2F..%2Fx%3Fy%23z/tickets" in http.requests[0].url.raw_path


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "ESCALATED"}, {"status": Status.ESCALATED}),
        ({"status": "Resolved"}, {"status": Status.RESOLVED, "vendor_status": "Resolved"}),
        ({"status": "OVERDUE"}, {"status": Status.UNKNOWN, "vendor_status": "OVERDUE"}),
        ({"status": None}, {"status": Status.UNKNOWN, "vendor_status": None}),
        ({"priority": "CRITICAL"}, {"priority": Priority.CRITICAL}),
        ({"priority": "P1"}, {"priority": Priority.UNKNOWN, "vendor_priority": "P1"}),
        ({"priority": 3}, {"priority": Priority.UNKNOWN, "vendor_priority": None}),
        ({"isOverdue": True}, {"flagged_overdue": True}),
        ({"isOverdue": "true"}, {"flagged_overdue": False}),
        ({"assignedUser": None}, {"assignee": NOBODY}),
        ({"customerName": None, "customerEmail": None}, {"customer": NOBODY}),
        ({"originSegment": None}, {"origin_segment": None}),
        ({"description": None}, {"title": "", "body": ""}),
        ({"description": "\n first\nsecond"}, {"title": "first", "body": "\n first\nsecond"}),
        ({"id": "abc"}, {"ref": TicketRef("w", "abc")}),
    ],
    ids=str,
)
async def test_what_may_differ_is_read(
    changes: dict[str, object], expected: dict[str, object]
) -> None:
    ticket = await read_one(**changes)
    assert {name: getattr(ticket, name) for name in expected} == expected


async def test_a_field_of_a_wrong_type_is_counted_and_kept_as_it_came() -> None:
    envelope = fixture_json(VENDOR, "list.json")
    envelope["data"][0] |= {"status": 3, "createdAt": "yesterday", "assignedUser": "Bob"}
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    (ticket,) = page.tickets
    assert page.defects == 3
    assert (ticket.status, ticket.created_at, ticket.assignee) == (Status.UNKNOWN, None, NOBODY)
    kept = {key: ticket.extra[key] for key in ("status", "createdAt", "assignedUser")}
    assert kept == {"status": 3, "createdAt": "yesterday", "assignedUser": "Bob"}


async def test_a_deleted_ticket_is_a_removed_one() -> None:
    envelope = fixture_json(VENDOR, "list.json")
    envelope["data"][0]["deletedAt"] = "2026-02-05T00:00:00.000Z"
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    assert (page.tickets, page.removed) == ((), (TicketRef("w", "35637"),))


@pytest.mark.parametrize("total", [None, "32", -1, True])
async def test_a_count_that_is_none_leaves_the_end_open(total: object) -> None:
    envelope = fixture_json(VENDOR, "list.json")
    envelope["pagerOptions"]["totalCount"] = total
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    assert (page.total, page.is_last) == (None, None)


async def test_a_draft_is_sent_as_documented_and_its_answer_is_the_ticket() -> None:
    http = ScriptedVendor(Answer(fixture(VENDOR, "created.json")))
    vendor = open_vendor(VENDOR, http)
    documented = fixture_json(VENDOR, "create-request.json")
    draft = Draft("w", documented)
    created = await vendor.create(draft)
    request = http.requests[0]
    assert (request.method, request.url.path) == (
        "POST",
        "/api/v2/cx/closedloop/workspaces/25739/tickets",
    )
    assert request.headers["content-type"] == "application/json"
    assert body_of(request) == documented
    assert created.ref == TicketRef("w", "35638")
    assert created.ticket is not None
    assert (created.ticket.title, created.ticket.status) == ("Test ticket", Status.NEW)
    assert created.ticket.extra["panelMemberId"] == 9111991
    assert len(http.requests) == 1


async def test_the_preview_is_the_request_that_is_sent() -> None:
    http = ScriptedVendor(Answer(fixture(VENDOR, "created.json")))
    vendor = open_vendor(VENDOR, http)
    draft = Draft("w", {"comment": "Größe\nzwei", "status": "NEW"})
    shown = vendor.render(draft)
    assert not http.requests
    await vendor.create(draft)
    request = http.requests[0]
    assert (shown.method, shown.url) == (request.method, str(request.url))
    assert httpx.Response(200, content=shown.body.encode()).json() == body_of(request)
    for name, value in shown.headers.items():
        assert request.headers[name] == (CANARY if value == "***" else value)
    assert CANARY not in str(shown)


@pytest.mark.parametrize("data", [{}, {"id": None}, None, [], {"id": True}])
async def test_a_create_without_an_id_is_neither_done_nor_undone(data: object) -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(Answer({"status": "success", "data": data}, 201)))
    with pytest.raises(BadResponse) as caught:
        await vendor.create(Draft("w", {"comment": "x"}))
    assert not caught.value.nothing_was_created


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        (400, BadRequest, "Invalid URL parameters"),
        (401, CredentialRefused, "Incorrect API Key"),
        (403, Forbidden, "The user does not have permission"),
        (404, NotFound, "doesn't exist"),
        (500, VendorFailure, "We are not able to process your request"),
    ],
)
async def test_each_documented_error_is_typed_and_keeps_the_vendors_words(
    code: int, error: type[VendorError], said: str
) -> None:
    answer = Answer(fixture(VENDOR, f"error-{code}.txt"), code)
    vendor = open_vendor(VENDOR, ScriptedVendor(answer))
    for attempt in (vendor.fetch_page(PageKey()), vendor.create(Draft("w", {"comment": "x"}))):
        with pytest.raises(VendorError) as caught:
            await attempt
        assert type(caught.value) is error
        assert caught.value.status == code
        assert said in str(caught.value)
        assert caught.value.nothing_was_created is (code < 500)


async def test_a_spent_budget_is_told_from_a_rate_limit() -> None:
    spent = Answer(fixture(VENDOR, "error-429-budget.json"), 429)
    with pytest.raises(BudgetSpent, match="API call limit exceeded"):
        await open_vendor(VENDOR, ScriptedVendor(spent)).fetch_page(PageKey())
    busy = Answer({"message": "slow down"}, 429, {"retry-after": "7"})
    with pytest.raises(RateLimited) as caught:
        await open_vendor(VENDOR, ScriptedVendor(busy)).fetch_page(PageKey())
    assert caught.value.retry_after_s == 7


async def test_the_status_counts_and_not_the_id_of_the_error() -> None:
    body = fixture(VENDOR, "error-429-budget.json")
    with pytest.raises(Forbidden):
        await open_vendor(VENDOR, ScriptedVendor(Answer(body, 403))).fetch_page(PageKey())


@pytest.mark.parametrize(
    ("envelope", "error", "said"),
    [
        ({"status": "error", "message": "no such segment"}, VendorFailure, "no such segment"),
        ({"status": "failed"}, VendorFailure, "not a success"),
        (
            {"response": {"error": {"httpStatusCode": 403, "message": "not yours"}}},
            Forbidden,
            "not yours",
        ),
        ({"response": {"error": {"message": "odd"}}}, VendorFailure, "odd"),
        ({"status": "success", "data": {"0": {}}}, BadResponse, "no list"),
        ([], BadResponse, "a list"),
        (b"<html>maintenance</html>", BadResponse, "maintenance"),
        (b"", BadResponse, "empty"),
    ],
    ids=str,
)
async def test_a_200_that_is_no_success_is_an_error(
    envelope: Any, error: type[VendorError], said: str
) -> None:
    with pytest.raises(VendorError, match=said) as caught:
        await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    assert type(caught.value) is error


async def test_an_envelope_that_says_error_created_nothing() -> None:
    answer = Answer({"status": "error", "message": "comment too long"})
    with pytest.raises(VendorFailure) as caught:
        await open_vendor(VENDOR, ScriptedVendor(answer)).create(Draft("w", {"comment": "x"}))
    assert caught.value.nothing_was_created


async def test_segments_and_users_are_there_to_choose_from() -> None:
    def script(request: httpx.Request) -> Answer:
        return Answer(fixture(VENDOR, f"{request.url.path.rpartition('/')[2]}.json"))

    http = ScriptedVendor(script)
    vendor = open_vendor(VENDOR, http)
    assert await vendor.fetch_choices("segments") == (Choice("S1", "Main Segment"),)
    assert await vendor.fetch_choices("segments", "nothing") == ()
    assert await vendor.fetch_choices("users") == (Choice("m1@example.com", "first.contact"),)
    assert await vendor.fetch_choices("comment") == ()
    assert str(http.requests[0].url) == (
        "https://api.questionpro.eu/a/api/v2/cx/feedback/25739/segments?page=1&perPage=100"
    )


async def test_a_look_up_reads_on_and_ends_though_the_page_is_ignored() -> None:
    full = [{"businessUnitCode": f"S{number}", "segmentName": "x"} for number in range(100)]

    def pages(request: httpx.Request) -> Answer:
        return Answer({"response": full if request.url.params["page"] == "1" else full[:3]})

    http = ScriptedVendor(pages)
    assert len(await open_vendor(VENDOR, http).fetch_choices("segments")) == 100
    assert len(http.requests) == 2
    stuck = ScriptedVendor(Answer({"response": full}))
    assert len(await open_vendor(VENDOR, stuck).fetch_choices("segments")) == 100
    assert len(stuck.requests) == 2


@pytest.mark.parametrize(
    ("total", "shown", "pages"),
    [(None, 100, [1]), (0, 0, [1]), (99, 99, [1]), (100, 100, [1]), (101, 100, [1, 2]),
     (250, 100, [1, 3]), (250, 50, [1, 5]), (3, 0, [1])],
)  # fmt: skip
async def test_the_newest_are_looked_for_at_both_ends_of_the_list(
    total: int | None, shown: int, pages: list[int]
) -> None:
    def script(request: httpx.Request) -> Answer:
        page = int(request.url.params["page"])
        first = (page - 1) * shown
        data = [{"id": number} for number in range(first, min(first + shown, total or shown))]
        pager = {"pagerDto": {"pageNumber": page}, "totalCount": total}
        return Answer({"status": "success", "data": data, "pagerOptions": pager}, 200, ETAG)

    http = ScriptedVendor(script)
    vendor = open_vendor(VENDOR, http)
    await vendor.fetch_newest(NOON)
    found = await vendor.fetch_newest(NOON)
    assert [int(request.url.params["page"]) for request in http.requests] == pages * 2
    assert len({ticket.ref for ticket in found}) == len(found)
    # A list that claims wrongly that nothing changed would hide the new ticket.
    assert not any("if-none-match" in request.headers for request in http.requests)


def test_every_field_with_a_look_up_is_one_that_the_vendor_takes() -> None:
    looked_up = {spec.key for spec in vendor_spec(VENDOR).fields if spec.lookup}
    assert looked_up == {"originSegmentCode", "currentSegmentCode", "assignTo"}
    documented = set(fixture_json(VENDOR, "create-request.json"))
    assert {spec.key for spec in vendor_spec(VENDOR).fields} == documented
