"""A page of closed-loop tickets, read our whole way and by msgspec alone."""

import json
from datetime import UTC, datetime

import msgspec

from tui.domain.page import Page, PageKey
from tui.vendors.decode import as_list, as_object, decode_json
from tui.vendors.questionpro.mapping import is_removed, to_ticket
from tui.vendors.questionpro.wire import ClosedLoopTicket
from tui.vendors.reading import Origin, read_page

COUNT = 5_000
_TICKET = {
    "createdAt": "2026-02-04T08:59:51.863Z",
    "updatedAt": "2026-02-04T08:59:52.000Z",
    "deletedAt": None,
    "feedbackId": 25739,
    "surveyId": None,
    "responseId": None,
    "priority": "HIGH",
    "status": "NEW",
    "type": "MANUAL TICKET",
    "description": "Kassen in Filiale 59 starten nicht\nSeit acht Uhr geht nichts mehr.",
    "issueDate": "2026-02-04T08:59:52.000Z",
    "isOverdue": False,
    "customerName": "Bernd Müller",
    "customerEmail": "bernd@customer.example",
    "originSegment": {"id": 188602, "code": "S1", "name": "Main Segment"},
    "currentSegment": {"id": 216627, "code": "CS", "name": "Current Segment"},
    "assignedUser": {"name": "Manager 1", "email": "m1@customer.example"},
}
_BODY = json.dumps({"data": [{"id": number, **_TICKET} for number in range(COUNT)]}).encode()
_NOW = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)


class _List(msgspec.Struct):
    data: list[ClosedLoopTicket]


_decoder = msgspec.json.Decoder(_List)


def decode_alone() -> _List:
    """Type-check the page and nothing more."""
    return _decoder.decode(_BODY)


def decode_to_tickets() -> Page:
    """Read the page as the adapter does: decoded, cleaned, mapped."""
    envelope = as_object(decode_json(_BODY), "a list of tickets")
    items = as_list(envelope.get("data"), "tickets")
    origin = Origin("qp", "questionpro", _NOW)
    return read_page(items, PageKey(), origin, to_ticket, is_removed=is_removed)
