"""SocialBoards by its documented bodies."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from support.wire import (
    Answer,
    ScriptedVendor,
    body_of,
    fixture,
    fixture_json,
    open_vendor,
)
from tui.domain.draft import Draft, FieldProblem, check_draft
from tui.domain.errors import (
    BadRequest,
    BadResponse,
    NotFound,
    VendorError,
    VendorFailure,
)
from tui.domain.page import PageKey
from tui.domain.person import NOBODY, Person
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.vendors.registry import vendor_spec

VENDOR = "socialboards"
LIST = Answer(fixture(VENDOR, "list.json"))


def envelope(data: object) -> Answer:
    return Answer({"data": data, "errorCode": -1, "errorText": None})


def numbered(first: int, last: int) -> list[dict[str, object]]:
    return [{"id": number} for number in range(first, last)]


async def read_one(**changes: object) -> tuple[Ticket, int]:
    listed = fixture_json(VENDOR, "list.json")
    listed["data"][0] |= changes
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(listed))).fetch_page(PageKey())
    return page.tickets[0], page.defects


def pascal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[0].upper() + key[1:]: pascal(part) for key, part in value.items()}
    return [pascal(part) for part in value] if isinstance(value, list) else value


async def test_the_documented_list_becomes_a_page() -> None:
    http = ScriptedVendor(LIST)
    page = await open_vendor(VENDOR, http).fetch_page(PageKey())
    request = http.requests[0]
    assert (request.method, str(request.url)) == (
        "POST",
        "https://api.socialboards.com/tickets/list",
    )
    assert request.headers["authorization"] == "Bearer first-access-token"
    assert body_of(request) == {"skip": 0, "take": 50}
    assert (page.is_last, page.continues, page.total, page.defects) == (False, None, None, 0)
    (ticket,) = page.tickets
    assert ticket.ref == TicketRef("w", "4484636")
    assert ticket.title == "New car price list."
    assert ticket.body.startswith("Hello I want")
    assert (ticket.status, ticket.vendor_status) == (Status.OPEN, "open")
    assert (ticket.priority, ticket.vendor_priority) == (Priority.NONE, None)
    assert ticket.customer == Person("Bill Smith", "bill@example.com")
    assert ticket.assignee == Person("Ann Smith", "ann@example.com")
    assert (ticket.channel, ticket.tags) == ("web", ("cars",))
    assert ticket.created_at == datetime(2020, 2, 27, 11, 28, 2, 601943, tzinfo=UTC)
    assert ticket.updated_at == datetime(2020, 2, 27, 11, 30, tzinfo=UTC)
    assert ticket.flagged_overdue
    assert ticket.extra["field.City"] == "Oslo"
    assert ticket.extra["category.name"] == "Sales"
    assert ticket.extra["properties.isSensitive"] is True
    assert "properties.isSpam" not in ticket.extra


async def test_keys_are_read_in_either_spelling() -> None:
    plain = await open_vendor(VENDOR, ScriptedVendor(LIST)).fetch_page(PageKey())
    upper = Answer(pascal(fixture_json(VENDOR, "list.json")))
    assert await open_vendor(VENDOR, ScriptedVendor(upper)).fetch_page(PageKey()) == plain


@pytest.mark.parametrize(
    ("changes", "expected", "defects"),
    [
        ({"status": "completed"}, {"status": Status.RESOLVED}, 0),
        ({"status": "pending"}, {"status": Status.PENDING}, 0),
        ({"status": "parked"}, {"status": Status.UNKNOWN, "vendor_status": "parked"}, 0),
        ({"lockedBy": None}, {"assignee": NOBODY}, 0),
        (
            {"title": None},
            {"title": "Hello I want to buy a new car, how can I get a price list?"},
            0,
        ),
        ({"message": "", "htmlMessage": "<p>a</p><p>b</p>"}, {"body": "a\nb"}, 0),
        ({"message": None, "htmlMessage": None}, {"body": ""}, 0),
        ({"properties": {"isExpired": False}}, {"flagged_overdue": False}, 0),
        ({"properties": None}, {"flagged_overdue": False}, 0),
        ({"properties": {"isExpired": "yes"}}, {"flagged_overdue": False}, 1),
        ({"tags": [{"name": "named"}, {"id": 5}]}, {"tags": ("named", "5")}, 0),
        ({"originalLink": "https://x.example/1"}, {"url": "https://x.example/1"}, 0),
        ({"originalLink": "javascript:alert(1)"}, {"url": None}, 0),
        ({"originalLink": "https://x.example/1\x1b]52;c;eA==\x07"}, {"url": None}, 0),
        ({"customFields": "odd"}, {}, 1),
        ({"customFields": ["odd", {"id": 3, "value": 4}]}, {}, 1),
    ],
    ids=str,
)
async def test_what_may_differ_is_read(
    changes: dict[str, object], expected: dict[str, object], defects: int
) -> None:
    ticket, counted = await read_one(**changes)
    assert {name: getattr(ticket, name) for name in expected} == expected
    assert counted == defects


async def test_a_deleted_ticket_is_a_removed_one() -> None:
    listed = fixture_json(VENDOR, "list.json")
    listed["data"][0]["properties"]["isDeleted"] = True
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(listed))).fetch_page(PageKey())
    assert (page.tickets, page.removed) == ((), (TicketRef("w", "4484636"),))


async def test_pages_overlap_by_one_ticket_to_notice_a_list_that_moves() -> None:
    tickets = numbered(0, 120)

    def script(request: httpx.Request) -> Answer:
        asked = body_of(request)
        return envelope(tickets[asked["skip"] :][: asked["take"]])

    http = ScriptedVendor(script)
    vendor = open_vendor(VENDOR, http)
    first = await vendor.fetch_page(PageKey(0, 0))
    second = await vendor.fetch_page(PageKey(0, 1))
    assert (first.continues, first.is_last) == (None, False)
    assert (second.continues, second.is_last) == (True, False)
    del tickets[10]
    third = await vendor.fetch_page(PageKey(0, 2))
    assert (third.continues, third.is_last) == (False, True)
    assert [body_of(request)["skip"] for request in http.requests] == [0, 49, 98]


async def test_a_page_on_its_own_does_not_know_whether_it_continues() -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(envelope(numbered(0, 50))))
    assert (await vendor.fetch_page(PageKey(0, 3))).continues is None
    assert (await vendor.fetch_page(PageKey(0, 1))).continues is None


async def test_an_empty_page_after_a_full_one_means_that_the_list_moved() -> None:
    pages = iter([numbered(0, 50), []])
    vendor = open_vendor(VENDOR, ScriptedVendor(lambda _request: envelope(next(pages))))
    await vendor.fetch_page(PageKey(0, 0))
    page = await vendor.fetch_page(PageKey(0, 1))
    assert (page.continues, page.is_last) == (False, True)


async def test_a_page_that_ends_in_something_unreadable_leaves_the_next_one_open() -> None:
    pages = iter([[*numbered(0, 49), {"id": None}], numbered(50, 60)])
    vendor = open_vendor(VENDOR, ScriptedVendor(lambda _request: envelope(next(pages))))
    await vendor.fetch_page(PageKey(0, 0))
    assert (await vendor.fetch_page(PageKey(0, 1))).continues is None


async def test_a_category_is_asked_for_only_where_one_is_configured() -> None:
    http = ScriptedVendor(LIST)
    settings = {"client_id": "c", "category_id": "15597"}
    await open_vendor(VENDOR, http, settings=settings).fetch_page(PageKey())
    assert body_of(http.requests[0]) == {"skip": 0, "take": 50, "categoryId": 15597}


async def test_one_ticket_is_found_by_its_id() -> None:
    http = ScriptedVendor(LIST)
    settings = {"client_id": "c", "category_id": "1"}
    vendor = open_vendor(VENDOR, http, settings=settings)
    ticket = await vendor.fetch_ticket(TicketRef("w", "4484636"))
    assert ticket.title == "New car price list."
    assert body_of(http.requests[0]) == {"ticketIds": [4484636], "skip": 0, "take": 1}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "not shown"),
        ([{"id": 8}], "not shown"),
        ([{"id": 7, "properties": {"isDeleted": True}}], "deleted"),
    ],
)
async def test_a_ticket_that_is_not_there_is_not_found(data: object, said: str) -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(envelope(data)))
    with pytest.raises(NotFound, match=said):
        await vendor.fetch_ticket(TicketRef("w", "7"))


async def test_an_id_that_was_shortened_cannot_be_asked_for() -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(envelope([])))
    with pytest.raises(NotFound, match="too long"):
        await vendor.fetch_ticket(TicketRef("w", "x" * 111 + "…" + "0" * 16))


async def test_a_draft_is_sent_as_documented() -> None:
    http = ScriptedVendor(Answer(fixture(VENDOR, "created.json")))
    documented = fixture_json(VENDOR, "create-request.json")
    pairs = [
        ("assigneeId", documented["assigneeId"]),
        ("attachments", documented["attachments"][0]["url"]),
        ("categoryId", "15597"),
        ("cc", "ann@example.com"),
        ("creator.name", "Bill Smith"),
        ("creator.email", "bill@example.com"),
        ("customFields.42623", "Oslo"),
        ("message", documented["message"]),
        ("sentiment", "question"),
        ("title", documented["title"]),
        ("tags", "a"),
        ("tags", "b"),
    ]
    draft, problems = check_draft("w", vendor_spec(VENDOR).fields, pairs)
    assert not problems
    vendor = open_vendor(VENDOR, http)
    shown = vendor.render(draft)
    created = await vendor.create(draft)
    sent = body_of(http.requests[0])
    assert httpx.Response(200, content=shown.body.encode()).json() == sent
    assert (shown.url, str(http.requests[0].url)) == ("https://api.socialboards.com/tickets",) * 2
    assert shown.headers["Authorization"] == "Bearer ***"
    without_nulls = {key: value for key, value in documented["creator"].items() if value}
    assert sent == documented | {"isHtml": False, "tags": ["a", "b"], "creator": without_nulls}
    assert (created.ref, created.ticket) == (TicketRef("w", "4484636"), None)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("categoryId", "sales", "not a whole number"),
        ("attachments", "file.png", "not the https address of a file"),
        ("attachments", "ftp://x.example/y", "not the https address of a file"),
    ],
)
def test_what_the_vendor_could_not_take_is_a_problem_of_its_field(
    key: str, value: str, said: str
) -> None:
    fields = vendor_spec(VENDOR).fields

    _, problems = check_draft("w", fields, [("message", "x"), (key, value)])

    assert problems == (FieldProblem(key, said),)


@pytest.mark.parametrize(
    ("file", "url", "name"),
    [
        ("https://x.example/a%20b.png", "https://x.example/a%20b.png", "a b.png"),
        ("https://x.example/a.png Plan of the shop", "https://x.example/a.png", "Plan of the shop"),
        ("https://x.example/", "https://x.example/", "attachment"),
    ],
)
def test_an_attachment_has_an_address_and_a_name(file: str, url: str, name: str) -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(Answer()))

    body = json.loads(vendor.render(Draft("w", {"message": "x", "attachments": (file,)})).body)

    assert body["attachments"] == [{"url": url, "name": name}]


@pytest.mark.parametrize(
    ("body", "status", "error", "said", "nothing"),
    [
        (
            {"data": None, "errorCode": 12, "errorText": "No such tag"},
            200,
            VendorFailure,
            "error 12: No such tag",
            True,
        ),
        ({"data": None, "errorCode": 0, "errorText": None}, 200, VendorFailure, "error 0", True),
        ({"data": 5, "errorCode": 0, "errorText": None}, 200, VendorFailure, "error 0", False),
        ({"Data": {"Id": 5}, "ErrorCode": 9}, 200, VendorFailure, "error 9", False),
        ({"data": None, "errorCode": 500, "errorText": "x"}, 200, VendorFailure, "x", False),
        ({"data": 0, "errorCode": -1}, 200, BadResponse, "named no id", False),
        ({"data": 5}, 200, BadResponse, "no errorCode", False),
        ({"data": None, "errorCode": -1}, 200, BadResponse, "named no id", False),
        ({"errorCode": 3, "errorText": "Not a field: x"}, 400, BadRequest, "Not a field: x", True),
        (b"<html><title>Oops</title>", 200, BadResponse, "Oops", False),
        ({"errorText": "down"}, 503, VendorFailure, "down", False),
    ],
    ids=str,
)
async def test_only_a_200_with_minus_one_is_a_success(
    body: Any, status: int, error: type[VendorError], said: str, *, nothing: bool
) -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(Answer(body, status)))
    with pytest.raises(VendorError, match=said) as caught:
        await vendor.create(Draft("w", {"message": "x"}))
    assert type(caught.value) is error
    assert caught.value.nothing_was_created is nothing


async def test_a_created_ticket_may_also_come_as_an_object() -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(envelope({"Id": 9})))
    created = await vendor.create(Draft("w", {"message": "x"}))
    assert created.ref == TicketRef("w", "9")
