"""A ticket as JSON is what the public contract shows, whatever is in it."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given

from support.builders import NOON, make_ticket
from support.strategies import clock_times, hostile_texts, moments, tickets
from tui.domain.clean import clean, clean_id
from tui.domain.person import Person
from tui.domain.record import to_record, utc_text
from tui.domain.ticket import DueSource, Priority, Status, Ticket

HOUR = timedelta(hours=1)
FULL = Ticket(
    ref=make_ticket("35637", workspace="cx-emea").ref,
    vendor="questionpro",
    number="T-9",
    title="Test ticket",
    body="Test\nticket",
    status=Status.NEW,
    vendor_status="NEW",
    priority=Priority.HIGH,
    vendor_priority="HIGH",
    kind="MANUAL TICKET",
    customer=Person("Customer", "customer@example.com", "112"),
    assignee=Person("Manager 1", "m1@example.com", "113"),
    tags=("a", "b"),
    channel="chat",
    origin_segment="S1",
    current_segment="CS",
    created_at=NOON - 2 * HOUR,
    updated_at=NOON - HOUR,
    confirmed_at=NOON,
    due_at=NOON + HOUR,
    due_source=DueSource.SLA,
    url="https://app.example/35637",
    extra={"a.b": 1, "field.cf": "x", "c": None, "d": True, "e": 1.5},
)
FULL_RECORD = {
    "ref": "cx-emea/35637",
    "workspace": "cx-emea",
    "vendor": "questionpro",
    "id": "35637",
    "number": "T-9",
    "title": "Test ticket",
    "body": "Test\nticket",
    "status": "new",
    "vendor_status": "NEW",
    "priority": "high",
    "vendor_priority": "HIGH",
    "kind": "MANUAL TICKET",
    "customer": {"name": "Customer", "email": "customer@example.com", "phone": "112"},
    "assignee": {"name": "Manager 1", "email": "m1@example.com"},
    "tags": ["a", "b"],
    "channel": "chat",
    "origin_segment": "S1",
    "current_segment": "CS",
    "created_at": "2026-02-04T10:00:00.000Z",
    "updated_at": "2026-02-04T11:00:00.000Z",
    "confirmed_at": "2026-02-04T12:00:00.000Z",
    "due_at": "2026-02-04T13:00:00.000Z",
    "due_source": "sla",
    "overdue": False,
    "closed": False,
    "url": "https://app.example/35637",
    "extra": {"a.b": 1, "field.cf": "x", "c": None, "d": True, "e": 1.5},
}


def strict_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


class TestRecord:
    def test_it_has_every_key_of_the_contract_in_its_order(self) -> None:
        assert list(to_record(FULL, NOON).items()) == list(FULL_RECORD.items())

    def test_what_is_not_known_is_null_and_every_key_stays(self) -> None:
        record = to_record(make_ticket(created_at=None, vendor_status=None), NOON)

        assert list(record) == list(FULL_RECORD)
        assert record["customer"] == {"name": None, "email": None, "phone": None}
        assert record["assignee"] == {"name": None, "email": None}
        assert {key for key, value in record.items() if value is None} == {
            *("number", "vendor_status", "kind", "channel", "origin_segment", "current_segment"),
            *("created_at", "updated_at", "due_at", "due_source", "url"),
        }
        assert (record["tags"], record["extra"]) == ([], {})

    def test_overdue_is_judged_at_the_moment_given(self) -> None:
        assert to_record(FULL, NOON + HOUR)["overdue"] is True
        assert to_record(make_ticket(status=Status.RESOLVED), NOON)["closed"] is True

    @given(
        ticket=tickets(ids=hostile_texts(max_size=5).map(clean_id)),
        text=hostile_texts(max_size=10).map(clean),
        now=clock_times(),
    )
    def test_it_passes_through_strict_ascii_json_unchanged(
        self, ticket: Ticket, text: str, now: datetime
    ) -> None:
        record = dict(to_record(ticket, now)) | {"title": text}
        written = strict_json(record)

        assert json.loads(written) == record
        assert written.isascii()
        assert written.isprintable()


class TestTimes:
    @pytest.mark.parametrize(
        ("moment", "written"),
        [
            (None, None),
            (datetime(2026, 2, 4, 8, 59, 51, 863_999, UTC), "2026-02-04T08:59:51.863Z"),
            (
                datetime(2026, 2, 4, 8, 59, tzinfo=timezone(timedelta(hours=5, minutes=30))),
                "2026-02-04T03:29:00.000Z",
            ),
            (
                datetime(2026, 2, 4, 22, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
                "2026-02-05T07:30:00.000Z",
            ),
            (datetime(987, 1, 1, tzinfo=UTC), "0987-01-01T00:00:00.000Z"),
            (datetime(1, 1, 1, tzinfo=timezone(14 * HOUR)), "0001-01-01T00:00:00.000Z"),
            (
                datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(-14 * HOUR)),
                "9999-12-31T23:59:59.000Z",
            ),
        ],
    )
    def test_they_are_utc_with_milliseconds(
        self, moment: datetime | None, written: str | None
    ) -> None:
        assert utc_text(moment) == written

    @given(moments())
    def test_every_time_has_the_one_form_and_can_be_read_back(self, moment: datetime) -> None:
        written = utc_text(moment)

        assert written is not None
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", written)
        read = datetime.fromisoformat(written)
        in_range = datetime(1, 1, 2, tzinfo=UTC) < moment < datetime(9999, 12, 30, tzinfo=UTC)
        if in_range:
            assert timedelta() <= moment - read < timedelta(milliseconds=1)
