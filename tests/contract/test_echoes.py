"""A vendor that repeats our credential, in whatever spelling and place: nothing of it gets in."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from support.echoes import ENCODINGS, IN_JSON, left_of
from support.wire import CANARY, TOKEN_ANSWER, Answer, ScriptedVendor, fixture_json, open_vendor
from tui.domain.errors import VendorError
from tui.domain.page import PageKey
from tui.sandbox.accounts import SOCIALBOARDS, VENDORS

HERE = "HERE"
"""Stands in a body for the spelling that is under test."""
CREDENTIALS = [
    *((vendor, CANARY) for vendor in VENDORS),
    (SOCIALBOARDS, str(TOKEN_ANSWER["access_token"])),
]


def a_list(vendor: str) -> str:
    """Return the documented list; the first ticket speaks of the key in all that it says."""
    answer = fixture_json(vendor, "list.json")
    items = next(value for value in answer.values() if isinstance(value, list))
    said = dict.fromkeys(("title", "message", "description", "comment", "content"), f"got {HERE}!")
    items[0] |= {**said, "more": {HERE: [HERE]}, "tags": [HERE], "status": HERE}
    return json.dumps(answer)


def a_complaint(_vendor: str) -> str:
    said = f"bad key {HERE}"
    inner = {"message": said, "name": "x", "httpStatusCode": 400}
    return json.dumps(
        {"message": said, "status": "error", "success": False, "errorText": said, "errorCode": 7}
        | {"response": {"error": inner}}
    )


def a_page(_vendor: str) -> str:
    return f"<html><title>Debug: your key was {HERE}</title></html>"


def a_text(_vendor: str) -> str:
    return f"your key was {HERE}"


PLACES: dict[str, tuple[int, Callable[[str], str]]] = {
    "a ticket": (200, a_list),
    "a failure that calls itself a success": (200, a_complaint),
    "a refusal": (400, a_complaint),
    "a page instead of a list": (200, a_page),
    "a page of an error": (502, a_page),
    "a text instead of a list": (200, a_text),
    "a list that is cut off": (200, lambda vendor: a_list(vendor)[:-3]),
}


async def shown(adapter: Any) -> str:
    try:
        return repr(await adapter.fetch_page(PageKey()))
    except VendorError as error:
        return str(error)


@pytest.mark.parametrize(("vendor", "key"), CREDENTIALS)
@pytest.mark.parametrize("place", PLACES)
async def test_nothing_of_an_echoed_credential_is_shown(vendor: str, key: str, place: str) -> None:
    status, write = PLACES[place]
    template, sent = write(vendor), b""
    headers = {"x-echo": key}
    adapter = open_vendor(vendor, ScriptedVendor(lambda _: Answer(sent, status, headers)))
    for name, spell in IN_JSON.items():
        for encoding in ENCODINGS:
            sent = template.replace(HERE, spell(key)).encode(encoding)
            said = await shown(adapter)
            assert left_of(key, said) == [], (name, encoding)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_of_what_a_ticket_says_only_the_credential_is_masked(vendor: str) -> None:
    sent = a_list(vendor).replace(HERE, CANARY).encode()
    adapter = open_vendor(vendor, ScriptedVendor(lambda _: Answer(sent)))
    page = await adapter.fetch_page(PageKey())
    first, *others = page.tickets
    assert "got ***!" in repr(first)
    assert "***" not in repr(others)
    assert page.defects == 0
