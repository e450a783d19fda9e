"""Every documented answer has the documented shape: the same fields, the same types."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from support.conversation import (
    KLINK_CONTACTS,
    KLINK_TICKETS,
    LEGACY_TICKETS,
    QP_FEEDBACK,
    QP_TICKETS,
    Conversation,
    id_of,
    read,
)
from support.sandbox import still_world
from tui.sandbox.accounts import (
    KLINKCX,
    LEGACY_WORKSPACE_ID,
    QUESTIONPRO,
    QUESTIONPRO_LEGACY,
    SOCIALBOARDS,
    VENDORS,
)
from tui.sandbox.exchange import Reply
from tui.sandbox.world import World

FIXTURES = Path(__file__).parents[2] / "fixtures" / "sandbox"

NULLABLE = {
    "deletedAt", "surveyId", "responseId", "customerName", "customerEmail", "assignedUser",
    "assigneeId", "assignee", "contactId", "contact", "reasonToAssign", "category", "lockedBy",
    "email", "name", "sourceName",
}  # fmt: skip
"""Documented as nullable, or nullable as far as anyone knows."""


def sample(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


def assert_same_shape(found: Any, documented: Any, where: str = "") -> None:
    key = where.rpartition(".")[2]
    if documented is None or (found is None and key in NULLABLE):
        return
    assert type(found) is type(documented), where
    if isinstance(documented, dict):
        assert found.keys() == documented.keys(), where
        for name, value in documented.items():
            assert_same_shape(found[name], value, f"{where}.{name}")
    elif isinstance(documented, list) and documented:
        for item in found:
            assert_same_shape(item, documented[0], where)


@pytest.fixture(scope="module")
def world() -> World:
    return still_world(400)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_ticket_of_a_list_has_the_documented_shape(world: World, vendor: str) -> None:
    reply = Conversation(world, vendor).list_page(1, 1_000 if vendor == QUESTIONPRO else 50)
    documented = sample(f"{vendor.replace('-', '_')}_list")
    assert reply.headers["content-type"].startswith("application/json")
    assert_same_shape(read(reply), documented)
    items = read(reply).get("data") or read(reply)["response"]
    assert len(items) > 10


@pytest.mark.parametrize("vendor", [QUESTIONPRO, SOCIALBOARDS, KLINKCX])
def test_the_documented_create_gives_the_documented_answer(vendor: str) -> None:
    world = still_world()
    client = Conversation(world, vendor)
    target = {QUESTIONPRO: QP_TICKETS, SOCIALBOARDS: "/tickets", KLINKCX: KLINK_TICKETS}[vendor]
    before = len(world.tickets)

    reply = client.ask("POST", target, json_body=sample(f"{vendor}_create_request"))

    assert reply.status == (201 if vendor == KLINKCX else 200), reply.body
    assert_same_shape(read(reply), sample(f"{vendor}_create"))
    assert len(world.tickets) == before + 1
    data = read(reply)["data"]
    created = str(data if vendor == SOCIALBOARDS else data["id"])
    assert created in map(id_of, client.list_all())


def test_what_was_created_says_what_was_sent() -> None:
    client = Conversation(still_world(), SOCIALBOARDS)
    sent = sample("socialboards_create_request")
    number = read(client.ask("POST", "/tickets", json_body=sent))["data"]

    [ticket] = read(client.ask("POST", "/tickets/list", json_body={"ticketIds": [number]}))["data"]

    assert ticket["title"] == sent["title"]
    assert ticket["message"] == sent["message"]
    assert ticket["author"]["email"] == "bill_smith@example.com"
    assert ticket["category"]["id"] == 15597
    assert {each["id"]: each["value"] for each in ticket["customFields"] if each["value"]} == {
        42623: "Oslo"
    }
    assert ticket["attachments"][0]["url"] == "https://files.example/filename.png"


def test_a_message_is_html_unless_the_client_says_otherwise() -> None:
    client = Conversation(still_world(), SOCIALBOARDS)
    for is_html, shown in ((True, "a  c"), (False, "a <b> c")):
        body = {"message": "a <b> c", "isHtml": is_html}
        number = read(client.ask("POST", "/tickets", json_body=body))["data"]
        asked = {"ticketIds": [number]}
        [ticket] = read(client.ask("POST", "/tickets/list", json_body=asked))["data"]
        assert ticket["message"] == shown


def test_the_klink_create_takes_an_object_and_answers_an_array() -> None:
    client = Conversation(still_world(), KLINKCX)
    [contact, *_] = read(client.ask("GET", KLINK_CONTACTS))["data"]
    sent = sample("klinkcx_create_request") | {"contact_id": contact["id"]}

    data = read(client.ask("POST", KLINK_TICKETS, json_body=sent))["data"]

    assert {field["attribute"]["systemName"] for field in data["customFields"]} == {
        "cf_trackingid",
        "cf_date",
    }
    assert data["contact"] == {"id": contact["id"], "name": contact["name"]}
    assert data["contactId"] == contact["id"]


def test_a_legacy_ticket_and_the_workspace_itself_have_the_documented_shape(world: World) -> None:
    client = Conversation(world, QUESTIONPRO_LEGACY)
    documented = sample("questionpro_legacy_ticket")
    for item in client.list_all():
        detail = read(client.ask("GET", f"{LEGACY_TICKETS}/{item['ticketID']}"))
        assert_same_shape(detail, documented)
        assert detail["response"]["content"] == item["comment"]
    workspace = read(client.ask("GET", f"{LEGACY_TICKETS}/{LEGACY_WORKSPACE_ID}"))
    assert_same_shape(workspace, documented)


@pytest.mark.parametrize(
    ("vendor", "target", "fixture"),
    [
        (QUESTIONPRO, f"{QP_FEEDBACK}/segments?page=1&perPage=100", "questionpro_segments"),
        (QUESTIONPRO, f"{QP_FEEDBACK}/users", "questionpro_users"),
        (SOCIALBOARDS, "/Teammates", "socialboards_teammates"),
    ],
)
def test_the_look_ups_have_the_documented_shape(
    world: World, vendor: str, target: str, fixture: str
) -> None:
    reply = Conversation(world, vendor).ask("GET", target)
    assert_same_shape(read(reply), sample(fixture))


def test_subcategories_hide_what_is_hidden_until_asked(world: World) -> None:
    client = Conversation(world, SOCIALBOARDS)
    shown = read(client.ask("GET", "/categories/15590/subcategories"))["data"]
    every = read(client.ask("GET", "/categories/15590/subcategories?includeHidden=true"))["data"]
    assert len(every) == len(shown) + 1
    assert not any(category["isHidden"] for category in shown)


def test_subcategories_lie_in_subcategories(world: World) -> None:
    client = Conversation(world, SOCIALBOARDS)
    deepest = read(client.ask("GET", "/categories/15611/subcategories"))["data"]
    assert [(each["name"], each["parentId"]) for each in deepest] == [("Warranty", 15611)]


def test_new_tickets_are_those_created_since_a_moment(world: World) -> None:
    client = Conversation(world, SOCIALBOARDS)
    number = read(client.ask("POST", "/tickets", json_body={"message": "x"}))["data"]
    asked = {"from": world.now.isoformat(), "take": 50}
    assert [
        each["id"] for each in read(client.ask("POST", "/tickets/list", json_body=asked))["data"]
    ] == [number]


def test_the_ticket_form_of_klink_is_shaped_like_its_contact_form(world: World) -> None:
    client = Conversation(world, KLINKCX)
    answer = read(client.ask("GET", f"{KLINK_TICKETS}/fields?pageSize=100"))
    assert answer.keys() == {"total", "page", "pageSize", "lastPage", "data"}
    assert answer["total"] == len(answer["data"])
    for field in answer["data"]:
        assert field.keys() == {
            *("id", "system_name", "display_name", "type", "is_default", "is_archived"),
            *("is_required", "is_unique", "options"),
        }
        for option in field["options"]:
            assert option.keys() == {"value", "label", "is_default"}
    names = {field["system_name"] for field in answer["data"]}
    assert {"title", "status", "priority", "cf_date", "cf_old_code"} <= names


@pytest.mark.parametrize("route", ["tags", "channels"])
def test_klink_lists_what_its_form_names_by_pages(world: World, route: str) -> None:
    client = Conversation(world, KLINKCX)
    whole = read(client.ask("GET", f"/api/v1/{route}?pageSize=100"))["data"]
    second = read(client.ask("GET", f"/api/v1/{route}?page=2&pageSize=3"))["data"]
    assert second == whole[3:6]
    assert all(item.keys() == {"id", "name"} for item in whole)


def test_contacts_are_found_by_keyword_and_by_id(world: World) -> None:
    client = Conversation(world, KLINKCX)
    [someone, *_] = read(client.ask("GET", KLINK_CONTACTS))["data"]
    word = someone["email"][0]["value"].partition("@")[0]
    found = read(client.ask("GET", f"{KLINK_CONTACTS}?keyword={word}&pageSize=100"))["data"]
    assert someone in found
    assert len(found) < len(world.tickets.contacts)
    one = read(client.ask("GET", f"{KLINK_CONTACTS}/{someone['id']}"))
    assert one == {"status": "success", "message": "contact", "data": someone}


def texts(reply: Reply, key: str) -> list[str]:
    return re.findall(rf'"{key}":"([^"]*)"', reply.body.decode())


def test_each_vendor_writes_its_own_kind_of_time(world: World) -> None:
    clf = Conversation(world, QUESTIONPRO).list_page(1, 50)
    klink = Conversation(world, KLINKCX).list_page(1, 50)
    for stamp in texts(clf, "createdAt") + texts(clf, "issueDate") + texts(klink, "updatedAt"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)

    legacy = Conversation(world, QUESTIONPRO_LEGACY)
    page = legacy.list_page(1, 50)
    for stamp in texts(page, "timestamp"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000", stamp)
    ticket_id = read(page)["response"][0]["ticketID"]
    detail = legacy.ask("GET", f"{LEGACY_TICKETS}/{ticket_id}")
    [stamp] = texts(detail, "timestamp")
    assert stamp.endswith(".000+00:00")
    [day] = texts(detail, "createdOn")
    assert re.fullmatch(r"[A-Z][a-z]{2} \d{1,2} \d{4}", day)

    inbox = Conversation(world, SOCIALBOARDS).list_page(1, 50)
    stamps = texts(inbox, "creationTime")
    assert all(re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{7}[+-]\d\d:\d\d", stamp) for stamp in stamps)
    assert {stamp[-6:] for stamp in stamps} == {"+00:00", "+01:00", "+03:00"}


def test_klinks_last_page_is_as_wrong_as_in_the_documentation(world: World) -> None:
    answer = read(Conversation(world, KLINKCX).list_page(2, 10))
    assert (answer["page"], answer["pageSize"], answer["lastPage"]) == (2, 10, 1)
    assert answer["total"] == 100


def test_a_body_with_a_lone_surrogate_is_still_json(world: World) -> None:
    client = Conversation(still_world(), KLINKCX)
    body = b'{"title": "half \\ud83d of it"}'
    reply = client.ask("POST", KLINK_TICKETS, body=body)
    assert reply.status == 201
    assert b"\\ud83d" in reply.body
    assert read(reply)["data"]["title"] == "half \ud83d of it"
