"""QuestionPro's older CX tickets by their documented bodies."""

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
from tui.domain.errors import BadResponse, BudgetSpent, NotFound, VendorError
from tui.domain.page import PageKey, Skipped
from tui.domain.person import NOBODY, Person
from tui.domain.ports import PassKeeper, TicketCreator, TicketFetcher, Vendor
from tui.domain.ticket import DueSource, Priority, Status, Ticket, TicketRef

VENDOR = "questionpro-legacy"
LITERAL = {"workspace_id": "16611", "data_center": "ca"}
TICKET = fixture_json(VENDOR, "ticket.json")["response"]


async def read_one(**changes: object) -> tuple[Ticket, int]:
    http = ScriptedVendor(Answer({"response": TICKET | changes}))
    page = await open_vendor(VENDOR, http, settings=LITERAL).fetch_page(PageKey())
    return page.tickets[0], page.defects


def begin_pass(vendor: Vendor, *, whole: bool) -> None:
    assert isinstance(vendor, PassKeeper)
    vendor.begin_pass(whole=whole)


async def statuses(vendor: Vendor, *sections: int) -> list[Status]:
    """Read the first page of some sections in one pass, or of all."""
    begin_pass(vendor, whole=not sections)
    pages = [await vendor.fetch_page(PageKey(section)) for section in sections or range(4)]
    return [ticket.status for page in pages for ticket in page.tickets]


async def test_the_documented_list_is_read_once_for_each_status() -> None:
    def answer(request: httpx.Request) -> Answer:
        envelope = fixture_json(VENDOR, "list.json")
        for item in envelope["response"]:
            item["ticketID"] += 1_000 * body_of(request)["status"]
        return Answer(envelope)

    http = ScriptedVendor(answer)
    vendor = open_vendor(VENDOR, http)
    assert vendor.sections == 4
    pages = [await vendor.fetch_page(PageKey(section, 1)) for section in range(4)]
    for status, request in enumerate(http.requests):
        assert request.method == "POST"
        assert str(request.url) == (
            "https://api.questionpro.com/a/api/v2/cx/tickets/detractors?page=2&perPage=100"
        )
        assert request.headers["api-key"] == CANARY
        assert body_of(request) == {"segmentID": 54428, "status": status}
    found = [page.tickets[0].status for page in pages]
    assert found == [Status.NEW, Status.OPEN, Status.ESCALATED, Status.RESOLVED]
    assert {page.total for page in pages} == {2}
    ticket = pages[1].tickets[0]
    assert ticket.ref == TicketRef("w", "1414")
    assert (ticket.title, ticket.vendor_status) == ("Staff was rude", "1")
    assert (ticket.priority, ticket.vendor_priority) == (Priority.UNKNOWN, None)
    assert ticket.customer == Person(None, "guest@example.com")
    assert ticket.created_at == datetime(2020, 1, 14, 12, 51, 48, tzinfo=UTC)
    assert ticket.due_at == datetime(2020, 1, 17, 12, 51, 48, tzinfo=UTC)
    assert ticket.due_source is DueSource.ESTIMATE
    assert pages[1].tickets[1].extra == {"rating": "0", "responseID": 12122}


async def test_where_the_filter_is_not_heeded_no_status_is_made_up() -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(Answer(fixture(VENDOR, "list.json"))))

    first, second = await statuses(vendor), await statuses(vendor)

    assert set(first[2:]) == {Status.UNKNOWN}
    assert set(second) == {Status.UNKNOWN}, "what is known to be in doubt does not flicker"
    for section in (3, 0, 1):
        assert set(await statuses(vendor, section)) == {Status.UNKNOWN}


async def test_a_sweep_that_is_cut_short_clears_no_doubt() -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(Answer(fixture(VENDOR, "list.json"))))
    await statuses(vendor)
    begin_pass(vendor, whole=True)
    await vendor.fetch_page(PageKey(0))

    assert set(await statuses(vendor)) == {Status.UNKNOWN}


async def test_a_ticket_that_moved_once_has_its_status_again() -> None:
    listed_in = {0, 1}
    vendor = open_vendor(
        VENDOR,
        ScriptedVendor(
            lambda request: Answer(
                {"response": [{"ticketID": 7}] if body_of(request)["status"] in listed_in else []}
            )
        ),
    )

    assert (await statuses(vendor))[-1] is Status.UNKNOWN
    listed_in.remove(0)
    assert await statuses(vendor) == [Status.UNKNOWN]
    assert await statuses(vendor) == [Status.OPEN]


async def test_a_ticket_that_moves_between_two_light_polls_is_in_no_doubt() -> None:
    status = 0
    vendor = open_vendor(
        VENDOR,
        ScriptedVendor(
            lambda request: Answer(
                {"response": [{"ticketID": 7}] if body_of(request)["status"] == status else []}
            )
        ),
    )

    assert await statuses(vendor, 0) == [Status.NEW]
    status = 1
    assert await statuses(vendor, 1) == [Status.OPEN]


async def test_a_ticket_that_moves_within_a_light_poll_is_in_doubt_until_the_next_sweep() -> None:
    listed_in = {0, 1}
    vendor = open_vendor(
        VENDOR,
        ScriptedVendor(
            lambda request: Answer(
                {"response": [{"ticketID": 7}] if body_of(request)["status"] in listed_in else []}
            )
        ),
    )

    assert await statuses(vendor, 0, 1) == [Status.NEW, Status.UNKNOWN]
    listed_in.remove(0)
    assert await statuses(vendor, 1) == [Status.UNKNOWN]
    assert await statuses(vendor) == [Status.UNKNOWN]
    assert await statuses(vendor) == [Status.OPEN]


async def test_the_older_spelling_of_the_count_is_read_as_well() -> None:
    envelope = fixture_json(VENDOR, "list.json")
    envelope["pagination"] = {"page": 1, "perPage": 100, "total": 7}
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    assert page.total == 7


async def test_an_item_that_names_its_own_status_is_believed() -> None:
    envelope = fixture_json(VENDOR, "list.json")
    envelope["response"][0]["status"] = 2
    envelope["response"][1]["status"] = None
    page = await open_vendor(VENDOR, ScriptedVendor(Answer(envelope))).fetch_page(PageKey())
    assert [ticket.status for ticket in page.tickets] == [Status.ESCALATED, Status.NEW]


async def test_the_seed_read_literally_is_one_ticket() -> None:
    http = ScriptedVendor(Answer(fixture(VENDOR, "ticket.json")))
    vendor = open_vendor(VENDOR, http, settings=LITERAL)
    page = await vendor.fetch_page(PageKey())
    assert str(http.requests[0].url) == "https://api.questionpro.ca/a/api/v2/cx/tickets/16611"
    assert (vendor.sections, page.is_last, page.defects) == (1, True, 0)
    (ticket,) = page.tickets
    assert ticket.ref == TicketRef("w", "35403")
    assert ticket.title == "Es el primer foro y pues fue participativo y súper productivo"
    assert (ticket.status, ticket.vendor_status) == (Status.NEW, "0")
    assert (ticket.priority, ticket.vendor_priority) == (Priority.LOW, "0")
    assert (ticket.customer, ticket.assignee) == (NOBODY, NOBODY)
    assert (ticket.origin_segment, ticket.current_segment) == ("PROGRAMAS", "PROGRAMAS")
    assert ticket.created_at == datetime(2022, 5, 19, 1, 1, 55, tzinfo=UTC)
    assert ticket.due_at == datetime(2022, 5, 22, 1, 1, 55, tzinfo=UTC)
    assert ticket.extra == {
        "createdOn": "May 18 2022",
        "responseID": 75288113,
        "feedbackID": 16611,
        "cxBusinessUnitID": 54428,
        "surveyID": 9500378,
        "assignedToBU": 54428,
    }


@pytest.mark.parametrize(
    ("response", "ids"),
    [
        ([TICKET, TICKET | {"ticketID": 2}], ["35403", "2"]),
        ({"tickets": [TICKET], "more": []}, ["35403"]),
        ([], []),
        ({}, []),
        (None, []),
    ],
    ids=["list", "object", "empty list", "empty object", "null"],
)
async def test_whatever_comes_is_the_list(response: object, ids: list[str]) -> None:
    http = ScriptedVendor(Answer({"response": response}))
    page = await open_vendor(VENDOR, http, settings=LITERAL).fetch_page(PageKey())
    assert [ticket.ref.id for ticket in page.tickets] == ids
    assert page.is_last


async def test_after_what_came_nothing_is_asked_any_more() -> None:
    http = ScriptedVendor(Answer(fixture(VENDOR, "ticket.json")))
    page = await open_vendor(VENDOR, http, settings=LITERAL).fetch_page(PageKey(0, 1))
    assert (page.count, page.is_last, http.requests) == (0, True, [])


@pytest.mark.parametrize("ticket_id", [0, "", None, "missing"])
async def test_a_ticket_without_an_id_is_skipped_and_told(ticket_id: object) -> None:
    raw = TICKET | {"ticketID": ticket_id}
    if ticket_id == "missing":
        del raw["ticketID"]
    http = ScriptedVendor(Answer({"response": raw}))
    page = await open_vendor(VENDOR, http, settings=LITERAL).fetch_page(PageKey())
    assert page.skipped == (Skipped("page 1, item 1", "has no id"),)


@pytest.mark.parametrize("body", [{"data": []}, [], "text", {"response": "text"}])
async def test_an_answer_of_another_kind_is_an_error_or_skipped(body: object) -> None:
    vendor = open_vendor(VENDOR, ScriptedVendor(Answer(body)), settings=LITERAL)
    try:
        page = await vendor.fetch_page(PageKey())
    except BadResponse:
        return
    assert page.skipped == (Skipped("page 1, item 1", "a text instead of a ticket"),)


@pytest.mark.parametrize(
    ("changes", "expected", "defects"),
    [
        ({"status": 3}, {"status": Status.RESOLVED, "vendor_status": "3"}, 0),
        ({"status": 4}, {"status": Status.UNKNOWN, "vendor_status": "4"}, 0),
        ({"status": "1"}, {"status": Status.OPEN}, 0),
        ({"status": None}, {"status": Status.UNKNOWN, "vendor_status": None}, 0),
        ({"status": 1.5}, {"status": Status.UNKNOWN}, 1),
        ({"priority": 3}, {"priority": Priority.CRITICAL}, 0),
        ({"priority": -1}, {"priority": Priority.UNKNOWN, "vendor_priority": "-1"}, 0),
        ({"ticketOwner": "Ann"}, {"assignee": Person("Ann")}, 0),
        ({"content": "", "comment": "said\nmore"}, {"title": "said", "body": "said\nmore"}, 0),
        ({"timelimit": 0}, {"due_at": None, "due_source": None}, 0),
        ({"timelimit": -5}, {"due_at": None}, 0),
        ({"timelimit": 10**15}, {"due_at": None}, 0),
        ({"timelimit": "72"}, {"due_at": None}, 1),
        ({"timestamp": "May 18 2022"}, {"created_at": None, "due_at": None}, 1),
        (
            {"emailAddress": "a@b.example", "phoneNumber": "1"},
            {"customer": Person(None, "a@b.example", "1")},
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


async def test_a_time_limit_that_makes_no_due_time_is_shown_as_it_came() -> None:
    assert (await read_one(timelimit=-5))[0].extra["timelimit"] == -5
    assert "timelimit" not in (await read_one(timelimit=0))[0].extra


async def test_both_texts_are_kept_where_there_are_two() -> None:
    ticket, _ = await read_one(content="one", comment="two")
    assert (ticket.body, ticket.extra["comment"]) == ("one", "two")


async def test_one_ticket_is_fetched_with_what_the_list_does_not_tell() -> None:
    http = ScriptedVendor(Answer(fixture(VENDOR, "ticket.json")))
    vendor = open_vendor(VENDOR, http)
    ticket = await vendor.fetch_ticket(TicketRef("w", "35403"))
    assert str(http.requests[0].url) == "https://api.questionpro.com/a/api/v2/cx/tickets/35403"
    assert ticket.priority is Priority.LOW


@pytest.mark.parametrize(
    ("answer", "ticket_id", "error"),
    [
        (Answer(fixture(VENDOR, "ticket.json")), "7", BadResponse),
        (Answer({"response": {}}), "7", NotFound),
        (Answer(fixture(VENDOR, "error-404.txt"), 404), "7", NotFound),
        (Answer({"response": {}}), "x" * 110 + "…" + "0" * 16 + "0", NotFound),
    ],
    ids=["another", "none", "404", "shortened id"],
)
async def test_a_ticket_that_is_not_the_one_asked_for_is_an_error(
    answer: Answer, ticket_id: str, error: type[VendorError]
) -> None:
    with pytest.raises(error):
        await open_vendor(VENDOR, ScriptedVendor(answer)).fetch_ticket(TicketRef("w", ticket_id))


def test_only_the_list_of_a_segment_can_show_one_ticket_and_none_can_create() -> None:
    segment = open_vendor(VENDOR, ScriptedVendor(Answer()))
    literal = open_vendor(VENDOR, ScriptedVendor(Answer()), settings=LITERAL)
    assert isinstance(segment, TicketFetcher)
    assert not isinstance(literal, TicketFetcher)
    assert not isinstance(segment, TicketCreator)
    assert not isinstance(literal, TicketCreator)


async def test_a_segment_id_that_is_no_number_is_sent_as_it_is() -> None:
    http = ScriptedVendor(Answer({"response": []}))
    vendor = open_vendor(VENDOR, http, settings={"segment_id": "S1"})
    await vendor.fetch_page(PageKey())
    assert body_of(http.requests[0])["segmentID"] == "S1"


@pytest.mark.parametrize("code", [400, 401, 403, 404, 500])
async def test_the_documented_errors_are_typed(code: int) -> None:
    answer = Answer(fixture(VENDOR, f"error-{code}.txt"), code)
    for settings in (None, LITERAL):
        vendor = open_vendor(VENDOR, ScriptedVendor(answer), settings=settings)
        with pytest.raises(VendorError) as caught:
            await vendor.fetch_page(PageKey())
        assert caught.value.status == code


async def test_a_spent_budget_is_known() -> None:
    answer = Answer(fixture(VENDOR, "error-429-budget.json"), 429)
    with pytest.raises(BudgetSpent):
        await open_vendor(VENDOR, ScriptedVendor(answer)).fetch_page(PageKey())


async def test_the_links_of_an_answer_are_never_followed() -> None:
    def script(request: httpx.Request) -> Answer:
        assert request.url.path.endswith("/detractors")
        envelope: Any = fixture_json(VENDOR, "list.json")
        envelope["pagination"]["links"]["next"] = "https://elsewhere.example/steal"
        return Answer(envelope)

    http = ScriptedVendor(script)
    vendor = open_vendor(VENDOR, http)
    for index in range(3):
        await vendor.fetch_page(PageKey(0, index))
    assert {request.url.host for request in http.requests} == {"api.questionpro.com"}
    await vendor.close()
