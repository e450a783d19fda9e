"""The request of a create beside the sample that each vendor documents: byte for byte its shape.

The samples in tests/fixtures/wire are the documented ones with other addresses in them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from support.wire import CANARY, Answer, ScriptedVendor, fixture, fixture_json, open_vendor
from tui.domain.creates import with_tenant_fields
from tui.domain.draft import FieldSpec, check_draft
from tui.vendors.registry import vendor_spec


@dataclass(frozen=True)
class Documented:
    """What a vendor's page says of its create, beside the sample of the body."""

    method: str
    url: str
    credential: tuple[str, str]
    status: int
    more: Mapping[str, type]
    """Fields that the page names and the sample does not show, by their JSON type."""
    always: Mapping[str, object]
    """What we send of those in every case."""


DOCUMENTED = {
    "questionpro": Documented(
        "POST",
        "https://clf-backend.questionpro.eu/api/v2/cx/closedloop/workspaces/25739/tickets",
        ("api-key", CANARY),
        200,
        {},
        {},
    ),
    "socialboards": Documented(
        "POST",
        "https://api.socialboards.com/tickets",
        ("authorization", "Bearer first-access-token"),
        200,
        {"isHtml": bool, "sourceName": str},
        {"isHtml": False},
    ),
    "klinkcx": Documented(
        "POST",
        "https://apigw.klinkcx.com/api/v1/tickets",
        ("authorization", f"Bearer {CANARY}"),
        201,
        {},
        {},
    ),
}
TRANSPORT_HEADERS = {
    *("host", "user-agent", "accept", "accept-encoding", "content-type", "content-length"),
}


def pairs_of(sample: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the keys and values by which a person would ask for this body."""
    for key, value in sample.items():
        match value:
            case dict():
                yield from pairs_of(value, f"{prefix}{key}.")
            case [{"url": url, "name": name}]:
                yield f"{prefix}{key}", f"{url} {name}"
            case [{"id": number, "value": text}]:
                yield f"{prefix}{key}.{number}", text
            case list():
                yield from ((f"{prefix}{key}", each) for each in value)
            case None:
                continue
            case _:
                yield f"{prefix}{key}", str(value)


def without_nothing(value: Any) -> Any:
    """Return a body without what says nothing: null, and lists without an item."""
    if isinstance(value, dict):
        kept = {key: without_nothing(part) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part not in (None, [], {})}
    return [without_nothing(part) for part in value] if isinstance(value, list) else value


def types_of(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: types_of(part) for key, part in value.items()}
    return [types_of(part) for part in value] if isinstance(value, list) else type(value)


async def sent_for(
    vendor: str, pairs: list[tuple[str, str]], *, tenant: tuple[FieldSpec, ...] = ()
) -> httpx.Request:
    """Check a draft of these pairs, create its ticket, and return the one request."""
    specs = with_tenant_fields(vendor_spec(vendor).fields, tenant)
    draft, problems = check_draft("w", specs, pairs)
    assert not problems
    answer = Answer(fixture(vendor, "created.json"), DOCUMENTED[vendor].status)
    http = ScriptedVendor(answer)
    await open_vendor(vendor, http).create(draft)
    (request,) = http.requests
    return request


@pytest.mark.parametrize("vendor", DOCUMENTED)
async def test_the_documented_sample_is_sent_field_by_field_and_type_by_type(vendor: str) -> None:
    documented, sample = DOCUMENTED[vendor], fixture_json(vendor, "create-request.json")

    request = await sent_for(vendor, list(pairs_of(sample)))

    assert (request.method, str(request.url)) == (documented.method, documented.url)
    name, value = documented.credential
    assert request.headers[name] == value
    assert request.headers["content-type"] == "application/json"
    assert set(request.headers) == TRANSPORT_HEADERS | {name}
    sent = json.loads(request.content)
    expected = without_nothing(sample) | documented.always
    assert sent == expected
    assert types_of(sent) == types_of(expected)


@pytest.mark.parametrize("vendor", DOCUMENTED)
async def test_the_fields_of_the_form_are_the_documented_ones(vendor: str) -> None:
    documented, sample = DOCUMENTED[vendor], fixture_json(vendor, "create-request.json")
    tops = {spec.key.partition(".")[0] for spec in vendor_spec(vendor).fields}
    assert tops | set(documented.always) == set(sample) | set(documented.more)
    nested = {spec.key for spec in vendor_spec(vendor).fields if "." in spec.key}
    assert nested == {
        f"{key}.{name}"
        for key, part in sample.items()
        if isinstance(part, dict) and key != "customFields"
        for name in part
    }


@pytest.mark.parametrize("vendor", DOCUMENTED)
async def test_a_field_that_no_sample_shows_has_the_documented_type(vendor: str) -> None:
    documented, sample = DOCUMENTED[vendor], fixture_json(vendor, "create-request.json")
    fields = [key for key in documented.more if key not in documented.always]

    pairs = [*pairs_of(sample), *((key, "x") for key in fields)]
    sent = json.loads((await sent_for(vendor, pairs)).content)

    assert {key: type(sent[key]) for key in documented.more} == documented.more


@pytest.mark.parametrize("vendor", DOCUMENTED)
async def test_only_what_was_given_is_sent(vendor: str) -> None:
    required = [spec.key for spec in vendor_spec(vendor).fields if spec.required]
    request = await sent_for(vendor, [(key, "Größe\U0001f6a8\u05d0") for key in required])
    text = request.content.decode()
    assert "Größe\U0001f6a8\u05d0" in text
    assert json.loads(text).keys() == {*required, *DOCUMENTED[vendor].always}


async def test_a_tenants_own_fields_change_nothing_of_the_shape() -> None:
    sample = fixture_json("klinkcx", "create-request.json")
    items = [
        {"system_name": "cf_trackingid", "type": "text"},
        {"system_name": "cf_date", "type": "date"},
        {"system_name": "priority", "type": "select", "options": [{"value": "high"}]},
    ]
    vendor = open_vendor("klinkcx", ScriptedVendor(Answer({"data": items})))
    tenant = tuple(await vendor.fetch_fields())

    request = await sent_for("klinkcx", list(pairs_of(sample)), tenant=tenant)

    assert json.loads(request.content) == sample
