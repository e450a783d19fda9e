"""Whatever becomes of a documented body: our error, or a page in which nothing is missing."""

import asyncio
import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON
from support.wire import SETTINGS, Answer, ScriptedVendor, fixture_json, open_vendor
from tui.domain.clean import clean
from tui.domain.draft import Choice, Draft, check_field
from tui.domain.errors import TicketdeckError
from tui.domain.page import Page, PageKey
from tui.domain.record import to_record
from tui.vendors.registry import vendor_specs

LITERAL = {"workspace_id": "16611"}
LISTS: Mapping[str, tuple[str, Mapping[str, str], str, str]] = {
    "questionpro": ("questionpro", SETTINGS["questionpro"], "list.json", "data"),
    "legacy segment": (
        "questionpro-legacy",
        SETTINGS["questionpro-legacy"],
        "list.json",
        "response",
    ),
    "legacy workspace": ("questionpro-legacy", LITERAL, "ticket.json", "response"),
    "socialboards": ("socialboards", SETTINGS["socialboards"], "list.json", "data"),
    "klinkcx": ("klinkcx", SETTINGS["klinkcx"], "list.json", "data"),
}
"""Vendor, settings, documented body, and where its tickets are."""
CREATES = {
    "questionpro": {"comment": "x"},
    "socialboards": {"message": "x"},
    "klinkcx": {"title": "x"},
}
REASONS = ("has no id", "has an id that is none", " instead of a ticket")
"""Why a ticket may be skipped; anything else is a fault of ours."""
REPLACEMENTS: list[tuple[Any, ...]] = [
    (),
    (None,),
    (7,),
    ("text",),
    ([],),
    ({},),
    (True,),
    (1.5,),
]
"""What takes the place of each field in turn; () drops it."""
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**63, 10**400, -1, 0])
LEAVES = st.none() | st.booleans() | NUMBERS | st.text() | st.sampled_from(["\ud800", "\x1b]0;"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def paths(value: Any, prefix: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield (*prefix, key)
            yield from paths(part, (*prefix, key))


def changed(value: Any, path: tuple[Any, ...], *replacement: Any) -> Any:
    """Return a copy in which what lies at `path` is dropped or replaced."""
    value = copy.deepcopy(value)
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    if replacement:
        holder[path[-1]] = replacement[0]
    else:
        del holder[path[-1]]
    return value


def fetch(name: str, body: Any) -> Page | None:
    """Return the page, or None where it ended in an error of ours; any other error comes out."""
    vendor, settings, _, _ = LISTS[name]
    http = ScriptedVendor(Answer(body))
    try:
        page = asyncio.run(open_vendor(vendor, http, settings=settings).fetch_page(PageKey()))
    except TicketdeckError as error:
        message = str(error)
        page = None
    else:
        message = ""
    assert clean(message) == message
    if page is None:
        return None
    assert isinstance(page, Page)
    for skipped in page.skipped:
        assert skipped.reason.endswith(REASONS), skipped
    for ticket in page.tickets:
        json.dumps(to_record(ticket, ticket.confirmed_at), allow_nan=False).encode()
    return page


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "replacement", [(), (None,), (7,), ("text",), ([],), ({},), (True,), (1.5,)]
)
def test_no_field_that_is_dropped_or_retyped_costs_more_than_itself(
    name: str, replacement: tuple[Any, ...]
) -> None:
    _, _, file, where = LISTS[name]
    documented = fixture_json(LISTS[name][0], file)
    for path in paths(documented):
        page = fetch(name, changed(documented, path, *replacement))
        is_in_ticket = path[0] == where and len(path) > (2 if file == "list.json" else 1)
        if is_in_ticket:
            assert page is not None, path
            expected = len(documented[where]) if file == "list.json" else 1
            assert page.count == expected, path


@pytest.mark.parametrize(
    "value", ["x", "null", "0", "0000-00-00 00:00:00", 0, -1, 1_770_000_000, ["a"], {}, False]
)
@pytest.mark.parametrize("name", ["questionpro", "klinkcx"])
def test_only_a_time_of_its_deletion_hides_a_ticket(name: str, value: object) -> None:
    page = fetch(name, changed(fixture_json(name, "list.json"), ("data", 0, "deletedAt"), value))
    assert page is not None
    assert (len(page.tickets), page.removed, page.defects) == (1, (), 1)


@pytest.mark.parametrize("value", ["true", 1, "2026-02-05", [True], {"at": True}])
def test_only_a_flag_that_is_set_hides_a_ticket(value: object) -> None:
    documented = fixture_json("socialboards", "list.json")
    page = fetch("socialboards", changed(documented, ("data", 0, "properties", "isDeleted"), value))
    assert page is not None
    assert (len(page.tickets), page.removed, page.defects) == (1, (), 1)


@pytest.mark.parametrize("name", LISTS)
@given(data=st.data())
def test_any_value_in_any_place_is_survived(name: str, data: st.DataObject) -> None:
    vendor, _, file, _ = LISTS[name]
    documented = fixture_json(vendor, file)
    for _ in range(data.draw(st.integers(1, 3))):
        found = list(paths(documented))
        if found:
            documented = changed(documented, data.draw(st.sampled_from(found)), data.draw(JSON))
    fetch(name, documented)


@pytest.mark.parametrize("name", LISTS)
@given(items=st.lists(JSON, max_size=6))
def test_of_any_list_no_item_vanishes(name: str, items: list[Any]) -> None:
    vendor, _, _, where = LISTS[name]
    page = fetch(name, fixture_json(vendor, "list.json") | {where: items})
    assert page is not None
    assert page.count == len(items)


@pytest.mark.parametrize("name", LISTS)
@given(body=JSON)
def test_any_json_is_a_page_or_an_error(name: str, body: Any) -> None:
    fetch(name, body)


@pytest.mark.parametrize("vendor", CREATES)
@given(body=JSON, status=st.sampled_from([200, 201, 204, 400, 404, 422, 429, 500, 599]))
def test_any_answer_to_a_create_is_an_outcome_or_an_error(
    vendor: str, body: Any, status: int
) -> None:
    http = ScriptedVendor(Answer(body, status))
    try:
        created = asyncio.run(open_vendor(vendor, http).create(Draft("w", CREATES[vendor])))
    except TicketdeckError as error:
        message = str(error)
    else:
        message = str(created.ref)
    assert clean(message) == message


@pytest.mark.parametrize("vendor", [spec for spec in vendor_specs() if vendor_specs()[spec].fields])
@given(body=JSON)
def test_any_answer_to_a_look_up_is_choices_or_an_error(vendor: str, body: Any) -> None:
    settings = {**SETTINGS[vendor], "category_id": "1"}
    adapter = open_vendor(vendor, ScriptedVendor(Answer(body)), settings=settings)
    for spec in vendor_specs()[vendor].fields:
        if not spec.lookup:
            continue
        try:
            found = asyncio.run(adapter.fetch_choices(spec.lookup))
        except TicketdeckError:
            continue
        for option in found:
            assert_shown(option)


def assert_shown(option: Choice) -> None:
    assert clean(option.value) == option.value == option.value.strip() != ""
    for label in (option.label, *option.above):
        assert clean(label) == label
        assert label.strip()


FORMS = {"socialboards": "customFields", "klinkcx": "options"}
"""Vendors with fields of tenants, and what is as wild as the rest in each item."""


@pytest.mark.parametrize("vendor", FORMS)
@given(
    items=st.lists(
        st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "system_name",
                    "display_name",
                    "name",
                    "type",
                    "options",
                    "possibleValues",
                    "is_default",
                    "isHidden",
                    "order",
                    "defaultValue",
                    "placeholder",
                    "isRequired",
                ]
            ),
            JSON,
        )
    ),
    name=st.sampled_from(["id", "system_name"]),
)
def test_whatever_a_tenant_calls_its_fields_they_can_be_shown(
    vendor: str, items: list[dict[str, Any]], name: str
) -> None:
    for number, item in enumerate(items):
        if number % 2:
            item[name] = f"{number}"
    data: Any = [{"id": 1, "customFields": items}] if vendor == "socialboards" else items
    http = ScriptedVendor(Answer({"data": data, "errorCode": -1}))
    keys = set()
    for spec in asyncio.run(open_vendor(vendor, http).fetch_fields()):
        assert spec.key not in keys
        keys.add(spec.key)
        assert spec.label.strip()
        for text in (spec.key, spec.label, spec.hint, spec.default or ""):
            assert clean(text) == text
        for option in spec.choices:
            assert_shown(option)
        if spec.default is not None:
            assert check_field(spec, spec.default) is None


@pytest.mark.parametrize("vendor", FORMS)
@given(body=JSON)
def test_any_answer_for_fields_or_new_tickets_is_survived(vendor: str, body: Any) -> None:
    adapter = open_vendor(vendor, ScriptedVendor(Answer(body)))
    for call in (adapter.fetch_fields, lambda: adapter.fetch_newest(NOON)):
        with suppress(TicketdeckError):
            asyncio.run(call())
