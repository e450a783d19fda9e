"""QuestionPro's closed loop v2, and the look-ups of its general API. Pure but for the world.

Documented at questionpro.com/api/cx: get-clf-tickets, create-clf-ticket, get-segment-list,
get-cxusers-list. Which fields a create needs is not; here it is the comment.
"""

import re
from datetime import timedelta

from tui.sandbox.accounts import (
    QUESTIONPRO,
    QUESTIONPRO_KEY,
    QUESTIONPRO_READER_KEY,
    WORKSPACE_ID,
)
from tui.sandbox.directory import (
    AGENTS,
    SEGMENTS,
    Segment,
    agent_by_email,
    segment_by_code,
)
from tui.sandbox.exchange import BadJson, Reply, Request, json_object, json_reply, with_etag
from tui.sandbox.faults import with_fault
from tui.sandbox.questionpro_envelope import (
    BAD_JSON,
    BAD_METHOD,
    BAD_SCHEMA,
    FORBIDDEN,
    NOT_FOUND,
    UNAUTHORIZED,
    Refused,
    error_reply,
    failure,
    listing,
    page_parameters,
)
from tui.sandbox.ticket import Customer, Priority, Status, Ticket
from tui.sandbox.wiretime import legacy_detail, utc_milliseconds
from tui.sandbox.world import World

_TICKETS = re.compile(r"/api/v2/cx/closedloop/workspaces/([^/]+)/tickets")
_LOOK_UPS = re.compile(r"/a/api/v2/cx/feedback/([^/]+)/(segments|users)")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_STATUSES: dict[str, Status] = {
    "NEW": "new",
    "OPEN": "open",
    "ESCALATED": "escalated",
    "RESOLVED": "resolved",
}
_PRIORITIES: dict[str, Priority] = {
    "LOW": "low",
    "MEDIUM": "medium",
    "HIGH": "high",
    "CRITICAL": "critical",
}
_CREATE_FIELDS = frozenset(
    (
        "status", "priority", "originSegmentCode", "currentSegmentCode", "comment",
        "emailAddress", "firstName", "mobileNumber", "assignTo",
    )
)  # fmt: skip


def handle(request: Request, world: World) -> Reply:
    """Answer one request."""

    def answer() -> Reply:
        try:
            return _answer(request, world)
        except Refused as refused:
            return error_reply(request, refused)

    fault = world.faults.take(QUESTIONPRO, request)
    return with_fault(fault, answer, lambda status: failure(request, status))


def _answer(request: Request, world: World) -> Reply:
    key = request.headers.get("api-key")
    if key not in (QUESTIONPRO_KEY, QUESTIONPRO_READER_KEY):
        raise Refused(UNAUTHORIZED)
    tickets = _TICKETS.fullmatch(request.path)
    look_up = _LOOK_UPS.fullmatch(request.path)
    found = tickets or look_up
    if found is None or found[1] != str(WORKSPACE_ID):
        raise Refused(NOT_FOUND)
    if tickets and request.method == "POST":
        if key == QUESTIONPRO_READER_KEY:
            raise Refused(FORBIDDEN)
        return _create(request, world)
    if request.method != "GET":
        raise Refused(BAD_METHOD, headers={"allow": "GET, POST" if tickets else "GET"})
    if tickets:
        return with_etag(request, _list(request, world))
    items = _segments(world) if found[2] == "segments" else _users(world)
    return json_reply(listing(items, request, world.new_uid()))


def _list(request: Request, world: World) -> Reply:
    page, per_page = page_parameters(request)
    tickets = world.tickets.of(QUESTIONPRO)
    shown = tickets[(page - 1) * per_page : page * per_page]
    return json_reply(
        {
            "status": "success",
            "message": "All tickets fetched successfully",
            "data": [
                {
                    **_head(ticket),
                    "deletedAt": ticket.deleted_at and utc_milliseconds(ticket.deleted_at),
                    "description": _text(ticket),
                    "isOverdue": ticket.is_overdue,
                }
                for ticket in shown
            ],
            "pagerOptions": {
                "pagerDto": {"pageNumber": page, "perPage": per_page},
                "totalCount": len(tickets),
            },
        }
    )


def _create(request: Request, world: World) -> Reply:
    try:
        body = json_object(request)
    except BadJson:
        raise Refused(BAD_JSON) from None
    ticket = world.add(_ticket_from(body, world))
    return json_reply(
        {
            "status": "success",
            "message": "Ticket created successfully",
            "data": {
                **_head(ticket),
                "panelMemberId": 9_100_000 + ticket.number,
                "comment": ticket.text,
                "comments": [],
                "centralizeRootCause": [],
            },
        }
    )


def _ticket_from(body: dict[str, object], world: World) -> Ticket:
    unknown = sorted(body.keys() - _CREATE_FIELDS)
    if unknown:
        raise Refused(BAD_SCHEMA, unknown[0])
    for key, value in body.items():
        if not isinstance(value, str):
            raise Refused(BAD_SCHEMA, key)
    text = {key: str(value) for key, value in body.items()}
    status = _STATUSES.get(text.get("status", "NEW"))
    priority = _PRIORITIES.get(text.get("priority", "LOW"))
    origin = segment_by_code(text.get("originSegmentCode", SEGMENTS[0].code))
    segment = (
        segment_by_code(text["currentSegmentCode"]) if "currentSegmentCode" in text else origin
    )
    agent = agent_by_email(text.get("assignTo"))
    email = text.get("emailAddress")
    if not text.get("comment", "").strip():
        raise Refused(BAD_SCHEMA, "comment")
    if status is None:
        raise Refused(BAD_SCHEMA, "status")
    if priority is None:
        raise Refused(BAD_SCHEMA, "priority")
    if origin is None:
        raise Refused(BAD_SCHEMA, "originSegmentCode")
    if segment is None:
        raise Refused(BAD_SCHEMA, "currentSegmentCode")
    if "assignTo" in text and agent is None:
        raise Refused(BAD_SCHEMA, "assignTo")
    if email is not None and not _MAIL.fullmatch(email):
        raise Refused(BAD_SCHEMA, "emailAddress")
    return Ticket(
        vendor=QUESTIONPRO,
        uid=world.new_uid(),
        title="",
        text=text["comment"],
        status=status,
        priority=priority,
        created_at=world.now,
        updated_at=world.now,
        due_at=None,
        customer=Customer(text.get("firstName"), email, text.get("mobileNumber")),
        agent=agent,
        origin=origin,
        segment=segment,
        channel="survey",
    )


def _head(ticket: Ticket) -> dict[str, object]:
    """Return what the list and the create's answer have in common."""
    return {
        "id": ticket.number,
        "createdAt": utc_milliseconds(ticket.created_at),
        "updatedAt": utc_milliseconds(ticket.updated_at),
        "feedbackId": WORKSPACE_ID,
        "surveyId": None if ticket.is_manual else 9_500_378,
        "responseId": None if ticket.is_manual else 75_000_000 + ticket.number,
        "priority": ticket.priority.upper(),
        "status": ticket.status.upper(),
        "type": "MANUAL TICKET" if ticket.is_manual else "DETRACTOR ALERT",
        "issueDate": utc_milliseconds(ticket.created_at - timedelta(milliseconds=213)),
        "customerName": ticket.customer.name,
        "customerEmail": ticket.customer.email,
        "originSegment": _segment(ticket.origin),
        "currentSegment": _segment(ticket.segment),
        "assignedUser": (
            {"name": ticket.agent.name, "email": ticket.agent.email} if ticket.agent else None
        ),
    }


def _text(ticket: Ticket) -> str:
    """Return the one text that this API knows; its first line serves as a title."""
    return f"{ticket.title}\n\n{ticket.text}" if ticket.title else ticket.text


def _segment(segment: Segment) -> dict[str, object]:
    return {"id": segment.id, "code": segment.code, "name": segment.name}


def _segments(world: World) -> list[dict[str, object]]:
    return [
        {
            "segmentID": segment.id,
            "userID": AGENTS[0].id,
            "segmentName": segment.name,
            "addressLine1": None,
            "addressLine2": None,
            "city": None,
            "state": None,
            "country": None,
            "timestamp": legacy_detail(world.now),
            "parentBusinessUnitID": 0,
            "userCount": len(AGENTS),
            "businessUnitCode": segment.code,
            "zipCode": 0,
            "externalRefID": None,
            "cxfeedbackID": WORKSPACE_ID,
            "leafSegment": True,
        }
        for segment in SEGMENTS
    ]


def _users(world: World) -> list[dict[str, object]]:
    return [
        {
            "id": agent.id,
            "emailAddress": agent.email,
            "firstName": agent.name.partition(" ")[0],
            "lastName": agent.name.partition(" ")[2],
            "creationDate": legacy_detail(world.now),
            "lastAccessTimestamp": legacy_detail(world.now),
            "businessUnitID": [segment.id for segment in SEGMENTS[:3]],
        }
        for agent in AGENTS
    ]
