"""What a vendor would refuse, the sandbox refuses, with the vendor's kind of error."""

from datetime import timedelta
from typing import Any

import pytest

from support.conversation import (
    KLINK_TICKETS,
    LEGACY_LIST,
    LEGACY_TICKETS,
    QP_FEEDBACK,
    QP_TICKETS,
    TOKEN_FORM,
    Conversation,
    read,
)
from support.sandbox import still_world
from tui.sandbox.accounts import (
    KLINK_READER_TOKEN,
    KLINKCX,
    QUESTIONPRO,
    QUESTIONPRO_LEGACY,
    QUESTIONPRO_READER_KEY,
    SEGMENT_ID,
    SOCIALBOARDS,
    VENDORS,
)
from tui.sandbox.directory import AGENTS
from tui.sandbox.exchange import Reply

QP_OTHER = "/api/v2/cx/closedloop/workspaces/1/tickets"
COMMENT = {"comment": "Line is down"}
TITLE = {"title": "Line is down"}
MESSAGE = {"message": "Line is down"}


def questionpro_error(reply: Reply) -> dict[str, Any]:
    error: dict[str, Any] = read(reply)["response"]["error"]
    assert error.keys() == {"docs", "name", "httpStatusCode", "id", "message", "resourceUrl"}
    assert error["httpStatusCode"] == reply.status
    return error


@pytest.mark.parametrize("key", ["", "wrong", "sandbox-questionpro-key "])
@pytest.mark.parametrize("vendor", [QUESTIONPRO, QUESTIONPRO_LEGACY])
def test_a_wrong_or_missing_key_is_the_documented_401(vendor: str, key: str) -> None:
    client = Conversation(still_world(), vendor)
    client.headers["api-key"] = key
    reply = client.list_page(1, 10)
    assert reply.status == 401
    error = questionpro_error(reply)
    assert error | {"docs": "", "resourceUrl": ""} == {
        "docs": "",
        "name": "UNAUTHORIZED",
        "httpStatusCode": 401,
        "id": "1010",
        "message": "Incorrect API Key",
        "resourceUrl": "",
    }


@pytest.mark.parametrize(
    ("method", "target", "status", "error_id"),
    [
        ("GET", QP_OTHER, 404, "1040"),
        ("GET", QP_TICKETS + "/", 404, "1040"),
        ("GET", f"{QP_TICKETS}/35101", 404, "1040"),
        ("GET", "/", 404, "1040"),
        ("GET", "/a/api/v2/cx/feedback/1/segments", 404, "1040"),
        ("PUT", QP_TICKETS, 405, "1000"),
        ("DELETE", f"{QP_FEEDBACK}/users", 405, "1000"),
        ("GET", f"{QP_TICKETS}?page=0", 400, "1000"),
        ("GET", f"{QP_TICKETS}?page=-1", 400, "1000"),
        ("GET", f"{QP_TICKETS}?page=one", 400, "1000"),
        ("GET", f"{QP_TICKETS}?page=", 400, "1000"),
        ("GET", f"{QP_TICKETS}?page=1_0", 400, "1000"),
        ("GET", f"{QP_TICKETS}?perPage=0", 400, "1000"),
        ("GET", f"{QP_TICKETS}?perPage=1001", 400, "1000"),
        ("GET", f"{QP_FEEDBACK}/segments?perPage=x", 400, "1000"),
    ],
)
def test_questionpro_refuses_what_it_does_not_serve(
    method: str, target: str, status: int, error_id: str
) -> None:
    reply = Conversation(still_world(), QUESTIONPRO).ask(method, target)
    assert reply.status == status
    assert questionpro_error(reply)["id"] == error_id
    assert (reply.status == 405) == ("allow" in reply.headers)


@pytest.mark.parametrize(
    ("body", "error_id", "named"),
    [
        (b"", 1001, ""),
        (b"{", 1001, ""),
        (b"[]", 1001, ""),
        (b'{"comment": NaN}', 1001, ""),
        (b"[" * 100_000, 1001, ""),
        (b"{}", 1002, "comment"),
        (b'{"comment": "  "}', 1002, "comment"),
        (b'{"comment": 7}', 1002, "comment"),
        (b'{"comment": "x", "priority": "URGENT"}', 1002, "priority"),
        (b'{"comment": "x", "status": "new"}', 1002, "status"),
        (b'{"comment": "x", "originSegmentCode": "S9"}', 1002, "originSegmentCode"),
        (b'{"comment": "x", "currentSegmentCode": ""}', 1002, "currentSegmentCode"),
        (b'{"comment": "x", "emailAddress": "ann"}', 1002, "emailAddress"),
        (b'{"comment": "x", "assignTo": "nobody@desk.example"}', 1002, "assignTo"),
        (b'{"comment": "x", "description": "y"}', 1002, "description"),
    ],
)
def test_questionpro_refuses_a_create_and_adds_nothing(
    body: bytes, error_id: int, named: str
) -> None:
    world = still_world()
    reply = Conversation(world, QUESTIONPRO).ask("POST", QP_TICKETS, body=body)
    assert reply.status == 400
    error = questionpro_error(reply)
    assert error["id"] == error_id
    assert error["message"].endswith(named)
    assert len(world.tickets) == 40


def test_questionpro_wants_json_declared_as_json() -> None:
    client = Conversation(still_world(), QUESTIONPRO)
    wrong = {"content-type": "text/plain"}
    assert client.ask("POST", QP_TICKETS, json_body=COMMENT, headers=wrong).status == 400
    right = {"content-type": "application/JSON; charset=utf-8"}
    assert client.ask("POST", QP_TICKETS, json_body=COMMENT, headers=right).status == 200


def test_a_reader_may_list_and_gets_a_403_for_a_create() -> None:
    client = Conversation(still_world(), QUESTIONPRO)
    client.headers["api-key"] = QUESTIONPRO_READER_KEY
    assert client.list_page(1, 1).status == 200
    reply = client.ask("POST", QP_TICKETS, json_body=COMMENT)
    assert (reply.status, questionpro_error(reply)["id"]) == (403, "1013")
    klink = Conversation(still_world(), KLINKCX)
    klink.headers["authorization"] = f"Bearer {KLINK_READER_TOKEN}"
    assert klink.list_page(1, 1).status == 200
    assert klink.ask("POST", KLINK_TICKETS, json_body=TITLE).status == 403


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "error_id"),
    [
        ("GET", LEGACY_LIST, None, 405, "1000"),
        ("POST", LEGACY_LIST, None, 400, 1001),
        ("POST", LEGACY_LIST, {}, 400, 1002),
        ("POST", LEGACY_LIST, {"segmentID": SEGMENT_ID}, 400, 1002),
        ("POST", LEGACY_LIST, {"segmentID": str(SEGMENT_ID), "status": 0}, 400, 1002),
        ("POST", LEGACY_LIST, {"segmentID": SEGMENT_ID, "status": True}, 400, 1002),
        ("POST", LEGACY_LIST, {"segmentID": 1, "status": 0}, 404, "1040"),
        ("POST", f"{LEGACY_LIST}?page=0", {"segmentID": SEGMENT_ID, "status": 0}, 400, "1000"),
        ("POST", LEGACY_TICKETS, {}, 404, "1040"),
        ("GET", f"{LEGACY_TICKETS}/abc", None, 400, "1000"),
        ("GET", f"{LEGACY_TICKETS}/1", None, 404, "1040"),
        ("DELETE", f"{LEGACY_TICKETS}/1", None, 405, "1000"),
        ("GET", "/elsewhere", None, 404, "1040"),
    ],
)
def test_legacy_refuses_what_it_does_not_serve(
    method: str, target: str, body: object, status: int, error_id: str | int
) -> None:
    client = Conversation(still_world(), QUESTIONPRO_LEGACY)
    reply = client.ask(method, target, json_body=body)
    assert reply.status == status
    assert questionpro_error(reply)["id"] == error_id


@pytest.mark.parametrize(
    ("form", "content_type", "status", "error"),
    [
        (TOKEN_FORM, "application/json", 400, "invalid_request"),
        (TOKEN_FORM | {"grant_type": "password"}, None, 400, "unsupported_grant_type"),
        (TOKEN_FORM | {"client_id": "other"}, None, 401, "invalid_client"),
        (TOKEN_FORM | {"refresh_token": "old"}, None, 400, "invalid_grant"),
        ({}, None, 400, "unsupported_grant_type"),
    ],
)
def test_a_token_request_must_be_right_in_every_part(
    form: dict[str, str], content_type: str | None, status: int, error: str
) -> None:
    client = Conversation(still_world(), SOCIALBOARDS)
    body = "&".join(f"{key}={value}" for key, value in form.items()).encode()
    headers = {"content-type": content_type or "application/x-www-form-urlencoded"}
    reply = client.ask("POST", "/token", body=body, headers=headers)
    assert reply.status == status
    assert read(reply) == {"error": error}


def test_an_access_token_opens_the_inbox_until_it_expires() -> None:
    world = still_world()
    client = Conversation(world, SOCIALBOARDS)
    body = "&".join(f"{key}={value}" for key, value in TOKEN_FORM.items()).encode()
    form = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
    answer = read(client.ask("POST", "/token", body=body, headers=form))
    assert answer["expires_in"] == 3600
    client.headers["authorization"] = f"Bearer {answer['access_token']}"
    assert client.list_page(1, 1).status == 200
    world.advance_to(world.now + timedelta(seconds=3599))
    assert client.list_page(1, 1).status == 200
    world.advance_to(world.now + timedelta(seconds=1))
    assert client.list_page(1, 1).status == 401


@pytest.mark.parametrize("vendor", [SOCIALBOARDS, KLINKCX])
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic c2FuZGJveA=="])
def test_a_wrong_or_missing_bearer_token_is_a_401(vendor: str, authorization: str) -> None:
    client = Conversation(still_world(), vendor)
    client.headers["authorization"] = authorization
    reply = client.list_page(1, 1)
    assert reply.status == 401
    said = read(reply)
    if vendor == SOCIALBOARDS:
        assert said.keys() == {"data", "errorCode", "errorText"}
        assert said["errorCode"] != -1
    else:
        assert said["success"] is False


@pytest.mark.parametrize(
    ("target", "body", "status", "named"),
    [
        ("/tickets", {}, 400, "message"),
        ("/tickets", {"message": " "}, 400, "message"),
        ("/tickets", {"message": 1}, 400, "message"),
        ("/tickets", MESSAGE | {"title": 1}, 400, "title"),
        ("/tickets", MESSAGE | {"sentiment": "angry"}, 400, "sentiment"),
        ("/tickets", MESSAGE | {"isHtml": "no"}, 400, "isHtml"),
        ("/tickets", MESSAGE | {"tags": "vip"}, 400, "tags"),
        ("/tickets", MESSAGE | {"cc": [1]}, 400, "cc"),
        ("/tickets", MESSAGE | {"attachments": [{"url": "x"}]}, 400, "attachments"),
        ("/tickets", MESSAGE | {"creator": {"mail": "x"}}, 400, "creator"),
        ("/tickets", MESSAGE | {"creator": {"email": "x"}}, 400, "creator.email"),
        ("/tickets", MESSAGE | {"priority": "high"}, 400, "priority"),
        ("/tickets", MESSAGE | {"customFields": [{"key": 1, "value": ""}]}, 400, "customFields"),
        ("/tickets", MESSAGE | {"customFields": [{"id": 1, "value": ""}]}, 200, "customFields"),
        ("/tickets", MESSAGE | {"customFields": [{"id": 42623, "value": 1}]}, 400, "42623"),
        (
            "/tickets",
            MESSAGE | {"customFields": [{"id": 42628, "value": "x"}]},
            200,
            "customFields",
        ),
        ("/tickets", MESSAGE | {"customFields": [{"id": 42624, "value": "x"}]}, 200, "42624"),
        ("/tickets", MESSAGE | {"customFields": [{"id": 42625, "value": "x"}]}, 200, "42625"),
        ("/tickets", MESSAGE | {"customFields": [{"id": 42626, "value": "x"}]}, 200, "42626"),
        ("/tickets", MESSAGE | {"customFields": [{"id": 42627, "value": "x"}]}, 200, "42627"),
        ("/tickets", MESSAGE | {"categoryId": 15611}, 200, "categoryId"),
        ("/tickets", MESSAGE | {"categoryId": 15590}, 200, "categoryId"),
        ("/tickets", MESSAGE | {"categoryId": 1}, 200, "categoryId"),
        ("/tickets", MESSAGE | {"assigneeId": "null"}, 200, "assigneeId"),
        ("/tickets", MESSAGE | {"assigneeId": AGENTS[-1].uid}, 200, "assigneeId"),
        ("/tickets/list", {"take": "50"}, 400, "take"),
        ("/tickets/list", {"skip": -1}, 400, "skip"),
        ("/tickets/list", {"take": True}, 400, "take"),
        ("/tickets/list", {"orderBy": "newest"}, 400, "orderBy"),
        ("/tickets/list", {"from": "yesterday"}, 400, "from"),
        ("/tickets/list", {"to": "2026-02-04T12:00:00"}, 400, "to"),
        ("/tickets/list", {"ticketIds": ["1"]}, 400, "ticketIds"),
        ("/tickets/list", {"customFields": {}}, 400, "customFields"),
        ("/tickets/list", {"page": 1}, 400, "page"),
    ],
)
def test_socialboards_names_the_field_it_refuses(
    target: str, body: dict[str, object], status: int, named: str
) -> None:
    world = still_world()
    reply = Conversation(world, SOCIALBOARDS).ask("POST", target, json_body=body)
    assert reply.status == status
    said = read(reply)
    assert said["data"] is None
    assert said["errorCode"] != -1
    assert said["errorText"].endswith(named)
    assert len(world.tickets) == 40


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/tickets", 405),
        ("GET", "/tickets/list", 405),
        ("GET", "/token", 405),
        ("POST", "/Teammates", 405),
        ("GET", "/teammates", 404),
        ("GET", "/tickets/4478901", 404),
        ("GET", "/categories/1/subcategories", 404),
        ("GET", "/categories/x/subcategories", 404),
    ],
)
def test_socialboards_refuses_other_routes(method: str, target: str, status: int) -> None:
    reply = Conversation(still_world(), SOCIALBOARDS).ask(method, target)
    assert reply.status == status
    assert read(reply)["data"] is None


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": ["x"]}, "title"),
        (TITLE | {"description": 1}, "description"),
        (TITLE | {"status": "Open"}, "status"),
        (TITLE | {"priority": "critical"}, "priority"),
        (TITLE | {"channel": "fax"}, "channel"),
        (TITLE | {"contact_id": "51f5f68f"}, "contact_id"),
        (TITLE | {"contactId": "51f5f68f"}, "contactId"),
        (TITLE | {"tags": "vip"}, "tags"),
        (TITLE | {"tags": ["vip"]}, "tags"),
        (TITLE | {"customFields": []}, "customFields"),
        (TITLE | {"customFields": {"cf_unknown": "x"}}, "customFields.cf_unknown"),
        (TITLE | {"customFields": {"cf_store": 1}}, "customFields.cf_store"),
        (TITLE | {"customFields": {"cf_date": "23.10.2025"}}, "customFields.cf_date"),
        (TITLE | {"customFields": {"cf_date": "2025-02-30"}}, "customFields.cf_date"),
        (TITLE | {"customFields": {"cf_delivery": "boat"}}, "customFields.cf_delivery"),
        (TITLE | {"customFields": {"cf_amount": "much"}}, "customFields.cf_amount"),
        (TITLE | {"customFields": {"cf_insured": "yes"}}, "customFields.cf_insured"),
        (TITLE | {"customFields": {"cf_old_code": "x"}}, "customFields.cf_old_code"),
    ],
)
def test_klink_names_the_field_it_refuses(body: dict[str, object], named: str) -> None:
    world = still_world()
    reply = Conversation(world, KLINKCX).ask("POST", KLINK_TICKETS, json_body=body)
    assert reply.status == 422
    assert read(reply)["success"] is False
    assert [error["field"] for error in read(reply)["errors"]] == [named]
    assert len(world.tickets) == 40


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", f"{KLINK_TICKETS}?page=0", 400),
        ("GET", f"{KLINK_TICKETS}?pageSize=many", 400),
        ("POST", KLINK_TICKETS, 400),
        ("PATCH", KLINK_TICKETS, 405),
        ("POST", "/api/v1/contacts", 405),
        ("POST", "/api/v1/tags", 405),
        ("GET", "/api/v1/channels?page=0", 400),
        ("GET", "/api/v1/contacts/nobody", 404),
        ("GET", "/api/v1/tickets/1", 404),
        ("GET", "/api/v2/tickets", 404),
    ],
)
def test_klink_refuses_what_it_does_not_serve(method: str, target: str, status: int) -> None:
    reply = Conversation(still_world(), KLINKCX).ask(method, target)
    assert reply.status == status
    assert read(reply)["success"] is False


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_request_makes_a_handler_raise(vendor: str) -> None:
    client = Conversation(still_world(8), vendor)
    targets = ("/", "", "//", "/%", "/tickets/%00", "/token?x=1", QP_TICKETS, LEGACY_LIST)
    bodies = (b"", b"\xff\xfe", b"null", b'"x"', b'{"a": 1e999}', b"9" * 5_000)
    for method in ("GET", "POST", "PATCH", "OPTIONS", "TRACE", "get"):
        for target in targets:
            for body in bodies:
                reply = client.ask(method, target, body=body)
                assert 200 <= reply.status < 500
                assert isinstance(read(reply), dict)


TAGGED = [QUESTIONPRO, KLINKCX]


@pytest.mark.parametrize("vendor", TAGGED)
def test_a_list_that_did_not_change_is_a_304_without_a_body(vendor: str) -> None:
    client = Conversation(still_world(), vendor)
    first = client.list_page(1, 10)
    etag = first.headers["etag"]
    for sent in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        client.headers["if-none-match"] = sent
        reply = client.list_page(1, 10)
        assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", etag)
        assert "content-type" not in reply.headers


@pytest.mark.parametrize("vendor", TAGGED)
def test_another_page_another_list_or_another_tag_is_sent_whole(vendor: str) -> None:
    client = Conversation(still_world(), vendor)
    client.headers["if-none-match"] = client.list_page(1, 5).headers["etag"]
    assert client.list_page(2, 5).status == 200
    tickets = client.world.tickets.of(vendor)
    tickets[0].status = "open" if tickets[0].status != "open" else "resolved"
    changed = client.list_page(1, 5)
    assert changed.status == 200
    assert changed.headers["etag"] != client.headers["if-none-match"]
    client.headers["if-none-match"] = "nonsense"
    assert client.list_page(1, 5).status == 200


@pytest.mark.parametrize("vendor", TAGGED)
def test_a_wrong_key_learns_nothing_from_a_right_tag(vendor: str) -> None:
    client = Conversation(still_world(), vendor)
    client.headers["if-none-match"] = client.list_page(1, 10).headers["etag"]
    client.headers["api-key"] = client.headers["authorization"] = "wrong"
    assert client.list_page(1, 10).status == 401


@pytest.mark.parametrize("vendor", [QUESTIONPRO_LEGACY, SOCIALBOARDS])
def test_a_list_that_is_asked_for_by_post_has_no_tag(vendor: str) -> None:
    assert "etag" not in Conversation(still_world(), vendor).list_page(1, 10).headers
