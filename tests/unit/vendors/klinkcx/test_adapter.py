"""KlinkCX by its documented bodies."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from support.wire import (
    CANARY,
    Answer,
    ScriptedVendor,
    body_of,
    fixture,
    fixture_json,
    open_vendor,
)
from tui.domain.draft import Draft, check_draft
from tui.domain.errors import (
    BadRequest,
    BadResponse,
    CredentialRefused,
    Forbidden,
    NotFound,
    RateLimited,
    VendorError,
    VendorFailure,
)
from tui.domain.page import PageKey
from tui.domain.person import Person
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.vendors.registry import vendor_spec

VENDOR = "klinkcx"
TICKET_ID = "8a0c7c0e-58a1-4c0e-9a44-0f64c5a9e5b1"


async def read_one(**changes: object) -> tuple[Ticket, int]:
    envelope = fixture_json(VENDOR, "list.json")
    envelope["data"][0] |= changes
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    return page.tickets[0], page.defects


async def test_the_documented_list_becomes_a_page() -> None:
    http = ScriptedVendor(Answer(fixture(VENDOR, "list.json")))
    page = await open_vendor(VENDOR, http).fetch_page(PageKey())
    request = http.requests[0]
    assert str(request.url) == "https://apigw.klinkcx.com/api/v1/tickets?page=1&pageSize=100"
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert (page.total, page.is_last, page.defects) == (1, None, 0)
    (ticket,) = page.tickets
    assert (ticket.ref, ticket.number) == (TicketRef("w", TICKET_ID), "2323")
    assert ticket.title == "Customer cannot access account"
    assert ticket.body.startswith("Customer reports")
    assert (ticket.status, ticket.vendor_status) == (Status.OPEN, "in progress")
    assert ticket.priority is Priority.HIGH
    assert (ticket.kind, ticket.channel, ticket.tags) == ("incident", "email", ("login",))
    assert ticket.customer == Person("Customer")
    assert ticket.assignee == Person("Agent One", "one@example.com")
    assert ticket.created_at == datetime(2026, 1, 8, 4, 42, 59, 28_000, tzinfo=UTC)
    assert ticket.extra["field.cf_trackingid"] == "Id-1001"
    assert ticket.extra["reasonToAssign"] == "on duty"


@pytest.mark.parametrize(
    ("changes", "expected", "defects"),
    [
        ({"status": "In_Progress"}, {"status": Status.OPEN, "vendor_status": "In_Progress"}, 0),
        ({"status": "closed"}, {"status": Status.RESOLVED}, 0),
        ({"status": "on hold"}, {"status": Status.UNKNOWN, "vendor_status": "on hold"}, 0),
        ({"priority": "Urgent"}, {"priority": Priority.CRITICAL}, 0),
        ({"priority": None}, {"priority": Priority.UNKNOWN, "vendor_priority": None}, 0),
        ({"ticketNumber": "A-7"}, {"number": "A-7"}, 0),
        ({"ticketNumber": None}, {"number": None}, 0),
        (
            {"tags": ["plain", {"id": "t", "name": "named"}, {"id": 7}]},
            {"tags": ("plain", "named", "7")},
            0,
        ),
        ({"tags": ["plain", 7]}, {"tags": ("plain",)}, 1),
        ({"tags": "login"}, {"tags": ()}, 1),
        ({"title": None, "description": "a\nb"}, {"title": "a"}, 0),
        ({"type": None, "ticketType": "task"}, {"kind": "task"}, 0),
        (
            {"contact": {"id": "c", "name": "Z", "email": "z@example.com"}},
            {"customer": Person("Z", "z@example.com")},
            0,
        ),
    ],
    ids=str,
)
async def test_what_may_differ_is_read(
    changes: dict[str, object], expected: dict[str, object], defects: int
) -> None:
    ticket, counted = await read_one(**changes)
    assert {name: getattr(ticket, name) for name in expected} == expected
    assert counted == defects


@pytest.mark.parametrize(
    ("fields", "kept", "defects"),
    [
        ([{"attribute": {"systemName": "cf_n"}, "numberValue": 5}], {"field.cf_n": 5}, 0),
        ([{"attribute": {"displayName": "Day"}, "textValue": "Mon"}], {"field.Day": "Mon"}, 0),
        ([{"id": "f9", "textValue": "x"}], {"field.f9": "x"}, 0),
        ([{"textValue": 5}], {"field.0": 5}, 1),
        (["odd"], {"field.0": "odd"}, 1),
        ({"cf_a": "1", "cf_b": {"c": 2}}, {"field.cf_a": "1", "field.cf_b.c": 2}, 0),
        ("text", {"customFields": "text"}, 1),
        (None, {}, 0),
    ],
    ids=str,
)
async def test_custom_fields_are_read_in_any_form(
    fields: object, kept: dict[str, object], defects: int
) -> None:
    ticket, counted = await read_one(customFields=fields)
    found = {k: v for k, v in ticket.extra.items() if k.startswith(("field.", "customFields"))}
    assert found == kept
    assert counted == defects


async def test_a_deleted_ticket_is_a_removed_one() -> None:
    envelope = fixture_json(VENDOR, "list.json")
    envelope["data"][0]["deletedAt"] = "2026-02-05T00:00:00.000Z"
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    assert (page.tickets, page.removed) == ((), (TicketRef("w", TICKET_ID),))


async def test_a_page_that_echoes_another_one_is_the_end() -> None:
    http = ScriptedVendor(Answer(fixture(VENDOR, "list.json")))
    vendor = open_vendor(VENDOR, http)
    page = await vendor.fetch_page(PageKey(0, 1))
    assert (page.count, page.is_last, page.total) == (0, True, 1)


@pytest.mark.parametrize("echo", [0, "1", None, 7])
async def test_the_first_page_is_never_thrown_away_for_its_echo(echo: object) -> None:
    envelope = fixture_json(VENDOR, "list.json") | {"page": echo}
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    assert page.count == 1


async def test_the_last_page_that_is_stated_is_not_believed() -> None:
    envelope = fixture_json(VENDOR, "list.json") | {"total": 100, "lastPage": 1, "pageSize": 10}
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    assert (page.total, page.is_last) == (100, None)


async def test_a_draft_is_sent_as_documented() -> None:
    http = ScriptedVendor(Answer(fixture(VENDOR, "created.json"), 201))
    documented = fixture_json(VENDOR, "create-request.json")
    pairs = [(key, value) for key, value in documented.items() if isinstance(value, str)]
    pairs += [("tags", tag) for tag in documented["tags"]]
    pairs += [(f"customFields.{name}", value) for name, value in documented["customFields"].items()]
    draft, problems = check_draft("w", vendor_spec(VENDOR).fields, pairs)
    assert not problems
    vendor = open_vendor(VENDOR, http)
    shown = vendor.render(draft)
    created = await vendor.create(draft)
    assert body_of(http.requests[0]) == documented
    assert httpx.Response(200, content=shown.body.encode()).json() == documented
    assert shown.headers["Authorization"] == "Bearer ***"
    assert created.ref == TicketRef("w", TICKET_ID)
    assert created.ticket is not None
    assert created.ticket.number == "2323"


@pytest.mark.parametrize(
    ("body", "status", "error", "said"),
    [
        (
            {"success": False, "message": "title: is required"},
            422,
            BadRequest,
            "title: is required",
        ),
        ({"message": "Unauthenticated"}, 401, CredentialRefused, "Unauthenticated"),
        ({"message": "ability missing"}, 403, Forbidden, "ability missing"),
        ({"error": "no"}, 404, NotFound, "no"),
        ({}, 429, RateLimited, "429"),
        (b"<html><title>Bad gateway</title>", 502, VendorFailure, "Bad gateway"),
        ({"success": False, "message": "broken"}, 200, VendorFailure, "broken"),
        ({"status": "error", "message": "broken"}, 200, VendorFailure, "broken"),
        ({"success": True, "data": {}}, 201, BadResponse, "no id"),
        ([], 200, BadResponse, "no id"),
    ],
    ids=str,
)
async def test_every_failure_of_a_create_is_typed(
    body: Any, status: int, error: type[VendorError], said: str
) -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(Answer(body, status)))
    with pytest.raises(VendorError, match=said) as caught:
        await vendor.create(Draft("w", {"title": "x"}))
    assert type(caught.value) is error
