"""What KlinkCX's form is made of, and its newest tickets."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from support.builders import NOON
from support.wire import Answer, ScriptedVendor, open_vendor
from tui.domain.creates import with_tenant_fields
from tui.domain.draft import Choice, FieldRole, FieldSpec, FieldType, check_draft
from tui.domain.errors import CredentialRefused, Forbidden, Unreachable, VendorError, VendorFailure
from tui.vendors.registry import vendor_spec

VENDOR = "klinkcx"
GUESSED: Mapping[str, Callable[[Any], Any]] = {
    "/api/v1/tags": lambda vendor: vendor.fetch_choices("tags"),
    "/api/v1/channels": lambda vendor: vendor.fetch_choices("channels"),
    "/api/v1/tickets/fields": lambda vendor: vendor.fetch_fields(),
}


def field(name: str | None, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {
        "id": f"id of {name}",
        "system_name": name,
        "display_name": f"The {name}",
        "type": kind,
        "is_default": False,
        "is_archived": False,
        "is_required": False,
        "is_unique": False,
        "options": [],
    } | more


def option(value: object, label: str | None = None, *, is_default: bool = False) -> dict[str, Any]:
    return {"value": value, "label": label, "is_default": is_default}


async def form(*items: object) -> Mapping[str, FieldSpec]:
    http = ScriptedVendor(Answer({"total": len(items), "page": 1, "data": list(items)}))
    fields = await open_vendor(VENDOR, http).fetch_fields()
    assert http.requests[0].url.path == "/api/v1/tickets/fields"
    return {spec.key: spec for spec in fields}


async def test_contacts_are_searched_by_keyword_and_named_with_their_address() -> None:
    contacts = [
        {"id": "c1", "name": "Ann", "email": [{"value": "ann@example.com"}]},
        {"id": "c2", "firstName": "Bob", "lastName": "Ray", "email": "bob@example.com"},
        {"id": "c3", "email": ["c3@example.com"]},
        {"id": "c4", "email": [], "phone": [{"value": "+47 1"}]},
        {"id": "c5", "name": "Cid", "phone": [{"value": "+47 2"}]},
        {"id": "c6"},
        {"name": "no id"},
        "odd",
    ]
    http = ScriptedVendor(Answer({"data": contacts}))
    vendor = open_vendor(VENDOR, http)
    assert await vendor.fetch_choices("contacts", " zz ") == (
        Choice("c1", "Ann <ann@example.com>"),
        Choice("c2", "Bob Ray <bob@example.com>"),
        Choice("c3", "c3@example.com"),
        Choice("c4", "+47 1"),
        Choice("c5", "Cid +47 2"),
        Choice("c6", "c6"),
    )
    assert http.requests[0].url.path == "/api/v1/contacts"
    assert http.requests[0].url.params["keyword"] == "zz"
    await vendor.fetch_choices("contacts")
    assert "keyword" not in http.requests[1].url.params
    assert await vendor.fetch_choices("title") == ()
    assert len(http.requests) == 2


async def test_tags_go_out_by_their_ids_and_are_chosen_by_their_names() -> None:
    tags = [{"id": "t1", "name": "vip"}, {"id": "t2", "label": "till"}, {"name": "x"}, "bare",
            {"id": 3, "value": "third"}, {"id": "t1", "name": "again"}]  # fmt: skip
    vendor = open_vendor(VENDOR, ScriptedVendor(Answer({"data": tags})))
    known = (Choice("t1", "vip"), Choice("t2", "till"), Choice("3", "third"))
    assert await vendor.fetch_choices("tags") == known
    assert await vendor.fetch_choices("tags", "VIP") == known[:1]


async def test_channels_go_out_by_their_words() -> None:
    channels = [{"id": "a", "name": "email"}, {"id": "b", "value": "line", "label": "LINE"}, "fax",
                {"type": "viber"}, {"id": "c"}]  # fmt: skip
    vendor = open_vendor(VENDOR, ScriptedVendor(Answer(channels)))
    assert await vendor.fetch_choices("channels") == (
        Choice("email", "email"),
        Choice("line", "LINE"),
        Choice("fax", "fax"),
        Choice("viber", "viber"),
    )


@pytest.mark.parametrize(("size", "total"), [(100, 250), (10, 25), (100, None)])
async def test_a_list_is_read_to_its_end(size: int, total: int | None) -> None:
    count = total or 150

    def script(request: httpx.Request) -> Answer:
        first = (int(request.url.params["page"]) - 1) * size
        tags = [{"id": f"t{n}", "name": "x"} for n in range(first, min(first + size, count))]
        return Answer({"total": total, "data": tags} if total else {"data": tags})

    vendor = open_vendor(VENDOR, ScriptedVendor(script))
    assert len(await vendor.fetch_choices("tags")) == count


@pytest.mark.parametrize("total", [None, 10**6])
async def test_a_list_whose_page_is_ignored_ends(total: int | None) -> None:
    tags = [{"id": f"t{n}", "name": "x"} for n in range(100)]
    http = ScriptedVendor(Answer({"data": tags, "total": total}))
    assert len(await open_vendor(VENDOR, http).fetch_choices("tags")) == 100
    assert len(http.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"", 404),
        Answer({"message": "id must be a uuid"}, 400),
        Answer(b"", 405),
        Answer(b"", 422),
        Answer(b"", 302, {"location": "/login"}),
        Answer(b"<html>"),
        Answer(b""),
        Answer({"success": False, "message": "no"}),
        Answer({"success": True, "data": {"id": "fields", "title": "a ticket"}}),
        Answer({"data": None}),
        Answer(7),
        Answer([None, 7, "", [], {}]),
    ],
    ids=str,
)
@pytest.mark.parametrize("route", GUESSED)
async def test_an_address_that_we_guessed_wrongly_is_an_empty_list(
    route: str, answer: Answer
) -> None:
    http = ScriptedVendor(answer)
    assert list(await GUESSED[route](open_vendor(VENDOR, http))) == []
    assert [request.url.path for request in http.requests] == [route]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(b"", 401), CredentialRefused),
        (Answer(b"", 403), Forbidden),
        (Answer(b"", 503), VendorFailure),
        (httpx.ConnectError("refused"), Unreachable),
    ],
    ids=str,
)
@pytest.mark.parametrize("route", GUESSED)
async def test_what_is_wrong_with_the_vendor_itself_is_told(
    route: str, answer: Answer | Exception, error: type[VendorError]
) -> None:
    with pytest.raises(error):
        await GUESSED[route](open_vendor(VENDOR, ScriptedVendor(lambda _request: answer)))


async def test_custom_fields_are_those_of_the_tenant_by_type() -> None:
    fields = await form(
        field("cf_trackingid", is_required=True),
        field("cf_date", "date"),
        field("cf_paid", "checkbox"),
        field(
            "cf_way", "select", options=[option("home", "Home"), option("shop", is_default=True)]
        ),
        field("cf_both", "multi_select", options=["a", "b"]),
        field("cf_gone", is_archived=True),
        field(None),
        field("cf_\x1b[2J"),
        field("assignee_id", is_default=True),
        field("cf_date", "text"),
        "odd",
    )
    found = {key: (spec.type, spec.required, spec.repeats) for key, spec in fields.items()}
    assert found == {
        "customFields.cf_trackingid": (FieldType.TEXT, True, False),
        "customFields.cf_date": (FieldType.DATE, False, False),
        "customFields.cf_paid": (FieldType.CHOICE, False, False),
        "customFields.cf_way": (FieldType.CHOICE, False, False),
        "customFields.cf_both": (FieldType.CHOICE, False, True),
    }
    assert fields["customFields.cf_date"].label == "The cf_date"
    way = fields["customFields.cf_way"]
    assert way.choices == (Choice("home", "Home"), Choice("shop", "shop"))
    assert (way.default, way.takes_other_values) == ("shop", False)


async def test_keys_may_be_spelled_as_the_tickets_spell_theirs() -> None:
    fields = await form(
        {
            "systemName": "cf_x",
            "displayName": "X",
            "type": "select",
            "isRequired": True,
            "options": [{"value": "a", "isDefault": True}, {"value": "b", "isArchived": True}],
        }
    )
    spec = fields["customFields.cf_x"]
    assert (spec.label, spec.required, spec.default) == ("X", True, "a")
    assert spec.choices == (Choice("a", "a"),)


async def test_a_field_of_ours_is_shown_as_the_tenant_has_it() -> None:
    words = [option("Neu"), option("In Arbeit"), option("open")]
    fields = await form(
        field("status", "select", is_default=True, options=words, display_name="Zustand"),
        field("priority", "select", is_default=True, is_required=True,
              options=[option("P1"), option("P2", is_default=True)]),
        field("channel", "select", is_default=True, options=[option("web")]),
        field("title", is_default=True, display_name="\u200b"),
        field("tags", "select", is_default=True, options=[option("name")]),
        field("contact_id", "contact", is_default=True, is_required=True),
    )  # fmt: skip
    status = fields["status"]
    assert (status.label, status.default, status.role) == ("Zustand", "open", FieldRole.STATUS)
    assert [each.value for each in status.choices] == ["Neu", "In Arbeit", "open"]
    assert status.takes_other_values
    assert (fields["priority"].default, fields["priority"].required) == ("P2", True)
    assert (fields["channel"].lookup, fields["channel"].choices) == ("", (Choice("web", "web"),))
    assert (fields["title"].label, fields["title"].required) == ("Title", True)
    assert (fields["tags"].lookup, fields["tags"].choices) == ("tags", ())
    assert fields["contact_id"].required
    assert fields["contact_id"].searches


async def test_a_default_of_ours_that_the_tenant_does_not_have_is_not_preselected() -> None:
    fields = await form(field("status", "select", is_default=True, options=[option("Neu")]))
    assert fields["status"].default is None


async def test_values_of_a_tenants_fields_stay_texts_on_the_wire() -> None:
    items = [field("cf_n", "number"), field("cf_b", "boolean"), field("cf_date", "date"),
             field("cf_m", "multiselect", options=["a", "b"])]  # fmt: skip
    http = ScriptedVendor(Answer({"data": items}))
    vendor = open_vendor(VENDOR, http)
    specs = with_tenant_fields(vendor_spec(VENDOR).fields, await vendor.fetch_fields())
    pairs = [
        ("title", "x"),
        ("customFields.cf_n", "3"),
        ("customFields.cf_b", "Yes"),
        ("customFields.cf_date", "2025-10-23"),
        ("customFields.cf_m", "a"),
    ]
    draft, problems = check_draft("w", specs, pairs)
    assert not problems
    body = httpx.Response(200, content=vendor.render(draft).body.encode()).json()
    assert body["customFields"] == {
        "cf_n": "3",
        "cf_b": "true",
        "cf_date": "2025-10-23",
        "cf_m": ["a"],
    }
    _, problems = check_draft("w", specs, [("title", "x"), ("customFields.cf_date", "23.10.2025")])
    assert [problem.key for problem in problems] == ["customFields.cf_date"]


@pytest.mark.parametrize(
    ("total", "size", "pages"),
    [(0, 100, [1]), (100, 100, [1]), (101, 100, [1, 2]), (95, 10, [1, 10]), (None, 100, [1])],
)
async def test_the_newest_are_looked_for_at_both_ends_of_the_list(
    total: int | None, size: int, pages: list[int]
) -> None:
    def script(request: httpx.Request) -> Answer:
        page = int(request.url.params["page"])
        first = (page - 1) * size
        last = min(first + size, size if total is None else total)
        data = [{"id": f"t{number}"} for number in range(first, last)]
        return Answer({"total": total, "page": page, "pageSize": size, "data": data})

    http = ScriptedVendor(script)
    found = await open_vendor(VENDOR, http).fetch_newest(NOON)
    assert [int(request.url.params["page"]) for request in http.requests] == pages
    assert len({ticket.ref for ticket in found}) == len(found)
