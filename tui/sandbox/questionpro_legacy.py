"""QuestionPro's legacy CX tickets. Pure but for the world.

Documented at questionpro.com/api/cx: get-closed-loop-tickets (the list) and get-cx-ticket-by-id,
whose path names a workspace and whose answer is one ticket. So the path takes both here: a ticket's
id gives that ticket, the workspace's id the latest one.
"""

import re

from tui.sandbox.accounts import (
    LEGACY_KEY,
    LEGACY_WORKSPACE_ID,
    QUESTIONPRO_LEGACY,
    SEGMENT_ID,
)
from tui.sandbox.exchange import BadJson, Reply, Request, json_object, json_reply, whole_number
from tui.sandbox.faults import with_fault
from tui.sandbox.questionpro_envelope import (
    BAD_JSON,
    BAD_METHOD,
    BAD_SCHEMA,
    BAD_URL,
    NOT_FOUND,
    UNAUTHORIZED,
    Refused,
    error_reply,
    failure,
    listing,
)
from tui.sandbox.ticket import PRIORITIES, Status, Ticket
from tui.sandbox.wiretime import legacy_day, legacy_detail, legacy_list
from tui.sandbox.world import World

_DETRACTORS = "/a/api/v2/cx/tickets/detractors"
_ONE = re.compile(r"/a/api/v2/cx/tickets/([^/]+)")
_STATUSES: tuple[Status, ...] = ("new", "open", "escalated", "resolved")
"""By their number."""
_TIME_LIMIT_H = 72
_SEGMENT_NAME = "PROGRAMAS"


def handle(request: Request, world: World) -> Reply:
    """Answer one request."""

    def answer() -> Reply:
        try:
            return _answer(request, world)
        except Refused as refused:
            return error_reply(request, refused)

    fault = world.faults.take(QUESTIONPRO_LEGACY, request)
    return with_fault(fault, answer, lambda status: failure(request, status))


def _answer(request: Request, world: World) -> Reply:
    if request.headers.get("api-key") != LEGACY_KEY:
        raise Refused(UNAUTHORIZED)
    if request.path == _DETRACTORS:
        if request.method != "POST":
            raise Refused(BAD_METHOD, headers={"allow": "POST"})
        return _list(request, world)
    one = _ONE.fullmatch(request.path)
    if one is None:
        raise Refused(NOT_FOUND)
    if request.method != "GET":
        raise Refused(BAD_METHOD, headers={"allow": "GET"})
    number = whole_number(one[1], 0, 2**53)
    if number is None:
        raise Refused(BAD_URL)
    ticket = _find(number, world)
    if ticket is None:
        raise Refused(NOT_FOUND)
    return json_reply({"response": _detail(ticket), "requestID": world.new_uid()})


def _find(number: int, world: World) -> Ticket | None:
    if number == LEGACY_WORKSPACE_ID:
        return next(iter(_shown(world)), None)
    ticket = world.tickets.find(QUESTIONPRO_LEGACY, number)
    return ticket if ticket is not None and ticket.deleted_at is None else None


def _shown(world: World) -> list[Ticket]:
    return [ticket for ticket in world.tickets.of(QUESTIONPRO_LEGACY) if ticket.deleted_at is None]


def _list(request: Request, world: World) -> Reply:
    try:
        body = json_object(request)
    except BadJson:
        raise Refused(BAD_JSON) from None
    for key in ("segmentID", "status"):
        if type(body.get(key)) is not int:
            raise Refused(BAD_SCHEMA, key)
    if body["segmentID"] != SEGMENT_ID:
        raise Refused(NOT_FOUND)
    items = [
        _item(ticket)
        for ticket in _shown(world)
        if _STATUSES.index(ticket.status) == body["status"]
    ]
    links = "/a/api/v2/cx/detractor/ticket/data"
    return json_reply(listing(items, request, world.new_uid(), links=links))


def _item(ticket: Ticket) -> dict[str, object]:
    return {
        "emailAddress": ticket.customer.email or "",
        "phoneNumber": ticket.customer.phone or "",
        "rating": _rating(ticket),
        "comment": _text(ticket),
        "ticketID": ticket.number,
        "responseID": 75_000_000 + ticket.number,
        "timestamp": legacy_list(ticket.created_at),
        "timelimit": _TIME_LIMIT_H,
    }


def _detail(ticket: Ticket) -> dict[str, object]:
    return {
        "emailAddress": ticket.customer.email or "",
        "phoneNumber": ticket.customer.phone or "",
        "rating": _rating(ticket),
        "comment": "",
        "createdOn": legacy_day(ticket.created_at),
        "currentSegment": _SEGMENT_NAME,
        "originSegment": _SEGMENT_NAME,
        "ticketOwner": ticket.agent.name if ticket.agent else "Not Assigned",
        "status": _STATUSES.index(ticket.status),
        "priority": PRIORITIES.index(ticket.priority),
        "ticketID": ticket.number,
        "responseID": 75_000_000 + ticket.number,
        "timestamp": legacy_detail(ticket.created_at),
        "timelimit": _TIME_LIMIT_H,
        "assignedTo": ticket.agent.id if ticket.agent else 0,
        "content": _text(ticket),
        "feedbackID": LEGACY_WORKSPACE_ID,
        "cxBusinessUnitID": SEGMENT_ID,
        "panelMemberId": 0,
        "surveyID": 9_500_378,
        "cxTransactionID": 0,
        "assignedToBU": SEGMENT_ID,
    }


def _rating(ticket: Ticket) -> str:
    return "" if ticket.is_manual else str(ticket.number % 4)


def _text(ticket: Ticket) -> str:
    return f"{ticket.title}\n\n{ticket.text}"
