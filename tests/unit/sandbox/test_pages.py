"""Pages add up: every ticket once, whatever the size of a page."""

import pytest

from support.conversation import Conversation, id_of, items_of, read
from support.sandbox import still_world
from tui.sandbox.accounts import KLINKCX, QUESTIONPRO, SOCIALBOARDS, VENDORS
from tui.sandbox.klinkcx import PAGE_SIZE_LIMIT
from tui.sandbox.socialboards import TAKE_LIMIT


@pytest.mark.parametrize("tickets", [0, 1, 4, 7, 200, 333])
def test_the_pages_of_all_vendors_add_up_to_the_world(tickets: int) -> None:
    world = still_world(tickets)
    found = [
        (vendor, id_of(item))
        for vendor in VENDORS
        for item in Conversation(world, vendor).list_all(size=13)
    ]
    assert len(found) == tickets
    assert len(set(found)) == tickets


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("size", [1, 7, 50])
def test_the_size_of_a_page_changes_nothing(vendor: str, size: int) -> None:
    client = Conversation(still_world(60), vendor)
    ids = [id_of(item) for item in client.list_all(size=size)]
    assert ids == [id_of(item) for item in client.list_all(size=31)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_page_past_the_end_is_empty_and_no_error(vendor: str) -> None:
    client = Conversation(still_world(20), vendor)
    assert items_of(client.list_page(999, 50)) == []


def test_totals_say_how_many_there_are() -> None:
    world = still_world(200)
    assert read(Conversation(world, QUESTIONPRO).list_page(1, 10))["pagerOptions"] == {
        "pagerDto": {"pageNumber": 1, "perPage": 10},
        "totalCount": 80,
    }
    assert read(Conversation(world, KLINKCX).list_page(1, 10))["total"] == 50


def test_too_much_at_once_is_cut_to_the_limit() -> None:
    world = still_world(900)
    inbox = Conversation(world, SOCIALBOARDS)
    assert len(items_of(inbox.list_page(1, 100))) == TAKE_LIMIT
    assert len(items_of(inbox.ask("POST", "/tickets/list", json_body={}))) == 25
    klink = read(Conversation(world, KLINKCX).list_page(1, 500))
    assert klink["pageSize"] == len(klink["data"]) == PAGE_SIZE_LIMIT


def test_the_inbox_filters_as_documented() -> None:
    client = Conversation(still_world(400), SOCIALBOARDS)
    every = client.list_all()

    def ids(**body: object) -> list[str]:
        return [
            id_of(item)
            for item in items_of(client.ask("POST", "/tickets/list", json_body={"take": 50} | body))
        ]

    wanted = [ticket for ticket in every if ticket["status"] == "pending"]
    assert set(ids(status="pending")) == {id_of(ticket) for ticket in wanted[:50]}
    none = [ticket for ticket in every if ticket["category"] is None]
    assert set(ids(categoryId=None)) == {id_of(ticket) for ticket in none}
    first = int(id_of(every[0]))
    assert ids(ticketIds=[first, 1]) == [str(first)]
    middle = "2026-02-03T12:00:00.0000000+01:00"
    since, until = ids(**{"from": middle, "take": 50}), ids(to=middle, take=50)
    assert since
    assert until
    assert not set(since) & set(until)
    assert ids(orderBy="creation_time_asc", take=3) == sorted(map(id_of, every))[:3]
