"""The sandbox misbehaves exactly as it is told to, and then no more."""

import json

import pytest

from support.conversation import KLINK_TICKETS, QP_TICKETS, Conversation, read
from support.sandbox import still_world
from tui.sandbox.accounts import KLINKCX, QUESTIONPRO, SOCIALBOARDS, VENDORS
from tui.sandbox.exchange import Break, Delivery, Pause, Reply
from tui.sandbox.faults import Fault


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_status_alone_is_the_vendors_own_error(vendor: str, status: int) -> None:
    client = Conversation(still_world(), vendor)
    client.world.faults.add(Fault(status=status))
    reply = client.list_page(1, 10)
    assert reply.status == status
    assert isinstance(read(reply), dict)
    assert client.list_page(1, 10).status == 200


def test_a_fault_waits_for_its_vendor_method_and_path() -> None:
    world = still_world()
    world.faults.add(Fault(vendor=KLINKCX, method="POST", path="/tickets", status=500))
    klink, inbox = Conversation(world, KLINKCX), Conversation(world, SOCIALBOARDS)
    assert inbox.ask("POST", "/tickets", json_body={"message": "x"}).status == 200
    assert klink.list_page(1, 1).status == 200
    assert klink.ask("POST", KLINK_TICKETS, json_body={"title": "x"}).status == 500
    assert klink.ask("POST", KLINK_TICKETS, json_body={"title": "x"}).status == 201


def test_a_fault_can_let_calls_pass_and_can_stand() -> None:
    client = Conversation(still_world(), QUESTIONPRO)
    client.world.faults.add(Fault(after=2, times=2, status=503))
    assert [client.list_page(1, 1).status for _ in range(5)] == [200, 200, 503, 503, 200]
    client.world.faults.add(Fault(times=None, status=503))
    assert {client.list_page(1, 1).status for _ in range(5)} == {503}
    client.world.faults.clear()
    assert client.list_page(1, 1).status == 200


def test_faults_come_in_the_order_they_were_added() -> None:
    client = Conversation(still_world(), QUESTIONPRO)
    client.world.faults.add(Fault(status=500), Fault.html(), Fault(status=404))
    assert [client.list_page(1, 1).status for _ in range(4)] == [500, 502, 404, 200]


def test_a_proxys_page_is_html() -> None:
    client = Conversation(still_world(), QUESTIONPRO)
    client.world.faults.add(Fault.html(status=200))
    reply = client.list_page(1, 1)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html")
    assert reply.body.startswith(b"<!DOCTYPE html>")


def test_429_comes_with_and_without_retry_after() -> None:
    client = Conversation(still_world(), SOCIALBOARDS)
    client.world.faults.add(Fault.rate_limited(retry_after="30"), Fault.rate_limited())
    first, second = client.list_page(1, 1), client.list_page(1, 1)
    assert (first.status, second.status) == (429, 429)
    assert first.headers["retry-after"] == "30"
    assert "retry-after" not in second.headers


def test_a_spent_budget_is_the_documented_body_for_every_call() -> None:
    client = Conversation(still_world(), QUESTIONPRO)
    client.world.faults.add(Fault.budget_spent())
    for _ in range(3):
        error = read(client.list_page(1, 1))["response"]["error"]
        assert error["message"].startswith("API call limit exceeded")
        assert (error["id"], error["name"], error["httpStatusCode"]) == (1013, "", 429)


def test_fields_change_their_type_wherever_they_are() -> None:
    client = Conversation(still_world(), QUESTIONPRO)
    changes = {"priority": 7, "email": ["x"], "deletedAt": {}}
    client.world.faults.add(Fault(retype=changes))
    for ticket in read(client.list_page(1, 50))["data"]:
        assert ticket["priority"] == 7
        assert ticket["deletedAt"] == {}
        assert ticket["assignedUser"] is None or ticket["assignedUser"]["email"] == ["x"]


def test_an_empty_body_is_empty() -> None:
    client = Conversation(still_world(), KLINKCX)
    client.world.faults.add(Fault(body=b""))
    reply = client.list_page(1, 1)
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize(
    ("fault", "is_created"),
    [
        (Fault(status=500), False),
        (Fault.html(), False),
        (Fault.reset(), True),
        (Fault.hang(60), True),
        (Fault(status=500, does_act=True), True),
        (Fault(delivery=Delivery(reset_at=0), does_act=False), False),
    ],
)
def test_a_lost_answer_may_hide_a_ticket_that_was_created(
    fault: Fault, *, is_created: bool
) -> None:
    world = still_world()
    world.faults.add(fault)
    Conversation(world, QUESTIONPRO).ask("POST", QP_TICKETS, json_body={"comment": "x"})
    assert len(world.tickets) == 40 + is_created


def reply_with(**delivery: float | None) -> Reply:
    return Reply(200, {}, (b"abcdef", b"ghij"), Delivery(**delivery))  # type: ignore[arg-type] # a test's own names


def test_a_reply_is_delivered_as_its_faults_say() -> None:
    assert list(reply_with().deliver()) == [b"abcdef", b"ghij"]
    assert list(reply_with(truncate_at=4).deliver()) == [b"abcd", Break(reset=False)]
    assert list(reply_with(truncate_at=99).deliver()) == [b"abcdef", b"ghij"]
    assert list(reply_with(reset_at=7).deliver()) == [b"abcdefg", Break(reset=True)]
    assert list(reply_with(reset_at=0).deliver()) == [Break(reset=True)]
    assert list(reply_with(drip_bytes=4, drip_pause_s=2.0).deliver()) == [
        b"abcd",
        Pause(2.0),
        b"efgh",
        Pause(2.0),
        b"ij",
    ]
    assert list(reply_with(drip_bytes=4, truncate_at=6).deliver()) == [
        b"abcd",
        b"ef",
        Break(reset=False),
    ]


def test_a_truncated_page_is_no_json() -> None:
    client = Conversation(still_world(), QUESTIONPRO)
    client.world.faults.add(Fault(delivery=Delivery(truncate_at=100)))
    [piece, _] = client.list_page(1, 50).deliver()
    assert isinstance(piece, bytes)
    with pytest.raises(json.JSONDecodeError):
        json.loads(piece)


def test_what_is_spoilt_has_no_tag_that_could_bring_it_back() -> None:
    client = Conversation(still_world(), KLINKCX)
    etag = client.list_page(1, 1).headers["etag"]
    client.world.faults.add(Fault(retype={"title": 7}, times=2))
    assert "etag" not in client.list_page(1, 1).headers
    client.headers["if-none-match"] = etag
    assert client.list_page(1, 1).status == 304
