"""What SocialBoards' form is made of, and its newest tickets."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from support.builders import NOON
from support.wire import Answer, ScriptedVendor, body_of, open_vendor
from tui.domain.draft import Choice, FieldType, check_draft
from tui.domain.errors import BadResponse, RateLimited
from tui.domain.page import PageKey
from tui.vendors.registry import vendor_spec
from tui.vendors.socialboards.categories import CALLS_LIMIT

VENDOR = "socialboards"


def envelope(data: object, code: int = -1) -> Answer:
    return Answer({"data": data, "errorCode": code, "errorText": None})


class Inbox:
    """Lists these tickets, and for each category those below it."""

    def __init__(
        self, tickets: list[dict[str, Any]], below: Mapping[int, object] | None = None
    ) -> None:
        self.tickets = tickets
        self.below = below or {}
        self.http = ScriptedVendor(self._answer)

    def vendor(self, category_id: str | None = None) -> Any:
        settings = {"client_id": "c"} | ({"category_id": category_id} if category_id else {})
        return open_vendor(VENDOR, self.http, settings=settings)

    @property
    def expanded(self) -> list[str]:
        """The categories that were asked for what is below them."""
        paths = (request.url.path.split("/") for request in self.http.requests)
        return [parts[2] for parts in paths if parts[1] == "categories"]

    def _answer(self, request: httpx.Request) -> Answer:
        if request.url.path == "/tickets/list":
            asked = body_of(request)
            return envelope(self.tickets[asked["skip"] :][: asked["take"]])
        number = int(request.url.path.split("/")[2])
        found = self.below.get(number, Answer({"errorText": "no such category"}, 404))
        return found if isinstance(found, Answer) else envelope(found)


def lying_in(*categories: object) -> list[dict[str, Any]]:
    return [{"id": number, "category": each} for number, each in enumerate(categories)]


async def test_teammates_are_offered_if_they_have_an_id_and_may_get_tickets() -> None:
    people = [
        {"id": "g-1", "name": "Ann", "email": "ann@example.com", "role": "admin"},
        {"id": "g-2", "name": "Bob", "email": "bob@example.com", "role": "read_only_user"},
        {"Id": "g-3", "Email": "cid@example.com"},
        {"name": "no id"},
        {"id": "g-4", "name": "\u200b"},
        "odd",
    ]
    http = ScriptedVendor(envelope(people))
    vendor = open_vendor(VENDOR, http)
    assert await vendor.fetch_choices("teammates") == (
        Choice("g-1", "Ann"),
        Choice("g-3", "cid@example.com"),
        Choice("g-4", "g-4"),
    )
    assert http.requests[0].url.path == "/Teammates"
    assert await vendor.fetch_choices("teammates", "CID") == (Choice("g-3", "cid@example.com"),)


async def test_teammates_without_any_id_cannot_be_chosen_and_the_list_says_so() -> None:
    documented = [{"name": "Robert", "email": "r@example.com", "role": "admin"}]
    vendor = open_vendor(VENDOR, ScriptedVendor(envelope(documented)))
    with pytest.raises(BadResponse, match="without their ids"):
        await vendor.fetch_choices("teammates")
    assert await open_vendor(VENDOR, ScriptedVendor(envelope([]))).fetch_choices("teammates") == ()


async def test_the_categories_below_the_configured_one_are_a_tree() -> None:
    inbox = Inbox(
        lying_in({"id": 2, "name": "Cars"}),
        {
            1: [
                {"id": 2, "name": "Cars", "parentId": 1, "canBeChosen": True},
                {"id": 3, "name": "Boats", "parentId": 1, "canBeChosen": False},
            ],
            2: [{"Id": 4, "Name": "Red", "ParentId": 2, "CanBeChosen": True}],
            3: [
                {"id": 5, "name": "Sail", "canBeChosen": True},
                {"id": 6, "name": "Old", "canBeChosen": True, "isHidden": True},
                {"id": 7, "name": ""},
                {"id": "x", "name": "no number"},
                {"name": "no id"},
                "odd",
            ],
            4: [],
        },
    )
    vendor = inbox.vendor("1")
    assert await vendor.fetch_choices("categories") == (
        Choice("2", "Cars"),
        Choice("4", "Red", ("Cars",)),
        Choice("5", "Sail", ("Boats",)),
        Choice("7", "7", ("Boats",)),
    )
    assert body_of(inbox.http.requests[0])["categoryId"] == 1
    assert inbox.expanded == ["1", "2", "3", "4", "5", "7"]
    assert await vendor.fetch_choices("categories", "boats") == (
        Choice("5", "Sail", ("Boats",)),
        Choice("7", "7", ("Boats",)),
    )


async def test_the_configured_category_is_offered_where_tickets_lie_in_it() -> None:
    inbox = Inbox(lying_in({"id": 1, "name": "All"}), {1: [{"id": 2, "name": "Cars"}], 2: []})
    assert await inbox.vendor("1").fetch_choices("categories") == (
        Choice("1", "All"),
        Choice("2", "Cars", ("All",)),
    )


async def test_without_a_configured_category_the_tree_grows_from_those_of_tickets() -> None:
    inbox = Inbox(
        lying_in(
            {"id": 2, "name": "Cars"},
            None,
            {"id": 4, "name": "Red"},
            "odd",
            {"id": 9, "name": "Gone"},
            {"id": 2, "name": "Cars"},
            {"id": 20, "name": "Sail", "parentId": 19},
        ),
        {
            2: [{"id": 4, "name": "Red"}, {"id": 5, "name": "Blue"}],
            4: [],
            5: [],
            19: [{"id": 20, "name": "Sail"}, {"id": 21, "name": "Motor"}],
        },
    )
    assert await inbox.vendor().fetch_choices("categories") == (
        Choice("2", "Cars"),
        Choice("4", "Red", ("Cars",)),
        Choice("5", "Blue", ("Cars",)),
        Choice("9", "Gone"),
        Choice("20", "Sail"),
        Choice("21", "Motor"),
    )
    assert "categoryId" not in body_of(inbox.http.requests[0])


async def test_categories_that_lie_in_themselves_end_all_the_same() -> None:
    ring = {number: [{"id": number % 3 + 1, "name": f"C{number % 3 + 1}"}] for number in (1, 2, 3)}
    ring[3] += [{"id": 3, "name": "C3"}]
    inbox = Inbox(lying_in({"id": 1, "name": "C1"}, {"id": 2, "name": "C2", "parentId": 2}), ring)
    assert await inbox.vendor().fetch_choices("categories") == (
        Choice("1", "C1"),
        Choice("2", "C2", ("C1",)),
        Choice("3", "C3", ("C1", "C2")),
    )
    assert sorted(inbox.expanded) == ["1", "2", "3"]


async def test_an_endless_tree_costs_only_so_many_calls() -> None:
    endless = {n: [{"id": n + 1, "name": f"C{n + 1}"}, {"id": n + 500}] for n in range(1, 400)}
    inbox = Inbox([], endless)
    found = await inbox.vendor("1").fetch_choices("categories")
    assert len(inbox.expanded) == CALLS_LIMIT
    assert len(found) >= CALLS_LIMIT


@pytest.mark.parametrize(
    "broken",
    [Answer(b"", 404), Answer(b"", 400), Answer(b"<html>"), envelope(None), envelope(None, 12)],
    ids=["404", "400", "HTML", "null", "error 12"],
)
async def test_a_branch_that_cannot_be_read_costs_only_itself(broken: Answer) -> None:
    inbox = Inbox([], {1: [{"id": 2, "name": "A"}, {"id": 3, "name": "B"}], 2: broken, 3: []})
    assert await inbox.vendor("1").fetch_choices("categories") == (
        Choice("2", "A"),
        Choice("3", "B"),
    )


async def test_a_tree_that_is_cut_off_by_the_vendor_is_no_tree() -> None:
    inbox = Inbox([], {1: [{"id": 2, "name": "A"}], 2: Answer(b"", 429)})
    with pytest.raises(RateLimited):
        await inbox.vendor("1").fetch_choices("categories")


async def test_nothing_is_asked_for_a_list_that_is_not_the_vendors() -> None:
    inbox = Inbox([])
    assert await inbox.vendor().fetch_choices("title") == ()
    assert not inbox.http.requests


def custom(number: object, **more: object) -> dict[str, object]:
    return {"id": number, "name": f"Field {number}", "type": "text", "value": None, **more}


async def test_custom_fields_are_read_off_the_newest_tickets() -> None:
    values = [{"order": 2, "value": "Bergen"}, {"order": 1, "value": "Oslo"}, {"value": "Oslo"}]
    town = custom(1, type="region", order=9, possibleValues=values, isRequired=True)
    bought = custom(2, type="date", order=1, placeholder="of purchase", defaultValue="2025-10-23")
    inbox = Inbox(
        [
            {"id": 1, "customFields": [town, custom(3, isHidden=True), "odd", custom(None)]},
            {"id": 2, "customFields": [town | {"name": "other"}, bought]},
            {"id": 3, "customFields": [custom(4, Type="boolean"), custom(5, isSensitiveData=True)]},
            {"id": 4, "customFields": [custom(6, isSensitiveData=True, isRequired=True,
                                              defaultValue="secret")]},
            {"id": 5, "customFields": "odd"},
            {"id": 6},
        ]
    )  # fmt: skip
    fields = {spec.key: spec for spec in await inbox.vendor().fetch_fields()}
    assert list(fields) == [f"customFields.{number}" for number in (2, 1, 4, 6)]
    assert body_of(inbox.http.requests[0])["orderBy"] == "last_thread_activity_desc"
    assert len(inbox.http.requests) == 1
    date = fields["customFields.2"]
    assert (date.type, date.hint, date.default) == (FieldType.DATE, "of purchase", "2025-10-23")
    region = fields["customFields.1"]
    assert (region.label, region.required, region.takes_other_values) == ("Field 1", True, True)
    assert region.choices == (Choice("Oslo", "Oslo"), Choice("Bergen", "Bergen"))
    sensitive = fields["customFields.6"]
    assert sensitive.default is None
    assert "sensitive" in sensitive.hint


async def test_a_custom_field_is_sent_by_its_number_and_as_a_text() -> None:
    inbox = Inbox([{"id": 1, "customFields": [custom(42623, type="number")]}])
    vendor = inbox.vendor()
    specs = (*vendor_spec(VENDOR).fields, *await vendor.fetch_fields())
    draft, problems = check_draft("w", specs, [("message", "x"), ("customFields.42623", "3.5")])
    assert not problems
    assert '"id": 42623' in vendor.render(draft).body
    assert '"value": "3.5"' in vendor.render(draft).body


@pytest.mark.parametrize(("lies_in", "default"), [(1, "1"), (2, None)])
async def test_a_new_ticket_goes_into_the_configured_category_where_tickets_lie_in_it(
    lies_in: int, default: str | None
) -> None:
    inbox = Inbox(lying_in({"id": lies_in, "name": "x"}))
    fields = await inbox.vendor("1").fetch_fields()
    assert [spec.default for spec in fields if spec.key == "categoryId"] == (
        [default] if default else []
    )


@pytest.mark.parametrize(("count", "skips"), [(0, [0]), (49, [0]), (50, [0, 50]),
                                              (999, [0, 50, 100, 150])])  # fmt: skip
async def test_new_tickets_are_asked_for_by_their_time_in_every_category(
    count: int, skips: list[int]
) -> None:
    inbox = Inbox([{"id": number} for number in range(count)])
    since = NOON - timedelta(minutes=2)
    found = await inbox.vendor("15597").fetch_newest(since)
    assert len(found) == min(count, 200)
    asked = [body_of(request) for request in inbox.http.requests]
    assert [each["skip"] for each in asked] == skips
    assert {each["from"] for each in asked} == {"2026-02-04T11:58:00+00:00"}
    assert not any("categoryId" in each for each in asked)


async def test_a_look_for_new_tickets_does_not_disturb_the_sweep() -> None:
    inbox = Inbox([{"id": number} for number in range(120)])
    vendor = inbox.vendor()
    await vendor.fetch_page(PageKey(0, 0))
    await vendor.fetch_newest(NOON)
    second = await vendor.fetch_page(PageKey(0, 1))
    assert second.continues is True
