"""SocialBoards' Ticket API. Pure but for the world.

Documented at developers.socialboards.com/docs/apis/tickets. Not documented, and made up here: the
names in the token's answer and the ids of teammates.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from urllib.parse import parse_qs

from tui.sandbox.accounts import CLIENT_ID, REFRESH_TOKEN, SOCIALBOARDS
from tui.sandbox.directory import (
    AGENTS,
    CATEGORIES,
    INBOX_FIELDS,
    Agent,
    category_by_id,
)
from tui.sandbox.exchange import Reply, Request, json_reply
from tui.sandbox.faults import with_fault
from tui.sandbox.socialboards_create import CREATE_FIELDS, read_create
from tui.sandbox.socialboards_envelope import Refused, body_of, error_reply, success
from tui.sandbox.ticket import Ticket
from tui.sandbox.wiretime import dotnet
from tui.sandbox.world import ACCESS_TOKEN_LIFE, World

TAKE_LIMIT = 50
"""The most a list gives. The documentation's own sample asks for 100: more is cut, not refused."""
_TAKE_DEFAULT = 25

_SUBCATEGORIES = re.compile(r"/categories/([0-9]+)/subcategories")
_STATUS_WORDS = {"new": "open", "escalated": "open", "resolved": "completed"}
_DETAILED_SOURCES = {"web": "web_website", "email": "email_mailbox", "facebook": "facebook_post"}
_LIST_FIELDS = frozenset(
    (
        "categoryId", "customFields", "from", "to", "orderBy", "skip", "source", "status",
        "take", "ticketIds",
    )
)  # fmt: skip
_ORDERS = (
    "last_thread_activity_desc",
    "last_thread_activity_asc",
    "creation_time_desc",
    "creation_time_asc",
)


def handle(request: Request, world: World) -> Reply:
    """Answer one request."""

    def answer() -> Reply:
        try:
            return _answer(request, world)
        except Refused as refused:
            return error_reply(refused)

    def failure(status: int) -> Reply:
        return error_reply(Refused(status, "The request could not be processed"))

    return with_fault(world.faults.take(SOCIALBOARDS, request), answer, failure)


def _answer(request: Request, world: World) -> Reply:
    if request.path == "/token":
        _require_method(request, "POST")
        return _token(request, world)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not world.accepts_access_token(token):
        raise Refused(401, "Authorization has been denied for this request")
    if request.path == "/tickets":
        _require_method(request, "POST")
        return _create(request, world)
    if request.path == "/tickets/list":
        _require_method(request, "POST")
        return _list(request, world)
    if request.path == "/Teammates":
        _require_method(request, "GET")
        return success([_teammate(agent) for agent in AGENTS])
    if found := _SUBCATEGORIES.fullmatch(request.path):
        _require_method(request, "GET")
        return _subcategories(int(found[1]), request)
    raise Refused(404, "No resource was found at this address")


def _require_method(request: Request, method: str) -> None:
    if request.method != method:
        raise Refused(405, f"The resource does not support {request.method}")


def _token(request: Request, world: World) -> Reply:
    """Answer as OAuth 2 does (RFC 6749, 5.1 and 5.2); the documentation shows no answer."""
    form = {key: values[-1] for key, values in parse_qs(request.body.decode("latin-1")).items()}
    if request.content_type != "application/x-www-form-urlencoded":
        error, status = "invalid_request", 400
    elif form.get("grant_type") != "refresh_token":
        error, status = "unsupported_grant_type", 400
    elif form.get("client_id") != CLIENT_ID:
        error, status = "invalid_client", 401
    elif form.get("refresh_token") != REFRESH_TOKEN:
        error, status = "invalid_grant", 400
    else:
        return json_reply(
            {
                "access_token": world.issue_access_token(),
                "token_type": "bearer",
                "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
            }
        )
    return json_reply({"error": error}, status=status)


def _list(request: Request, world: World) -> Reply:
    body = body_of(request, _LIST_FIELDS)
    skip = _integer(body, "skip", 0)
    take = min(_integer(body, "take", _TAKE_DEFAULT), TAKE_LIMIT)
    order = body.get("orderBy", _ORDERS[0])
    if order not in _ORDERS:
        raise Refused(400, "Unknown value: orderBy")
    tests = _tests(body)
    tickets = [
        ticket for ticket in world.tickets.of(SOCIALBOARDS) if all(test(ticket) for test in tests)
    ]
    by_creation = str(order).startswith("creation")
    tickets.sort(
        key=lambda ticket: (
            ticket.created_at if by_creation else ticket.updated_at,
            ticket.number,
        ),
        reverse=str(order).endswith("desc"),
    )
    return success([_ticket(ticket) for ticket in tickets[skip : skip + take]])


def _integer(body: Mapping[str, object], key: str, default: int) -> int:
    value = body.get(key)
    if value is None:
        return default
    if type(value) is not int or value < 0:
        raise Refused(400, f"Not a whole number: {key}")
    return value


def _tests(body: Mapping[str, object]) -> list[Callable[[Ticket], bool]]:
    """Return what a ticket must pass to be listed."""
    tests: list[Callable[[Ticket], bool]] = []
    ids, fields = body.get("ticketIds"), body.get("customFields")
    status, source = body.get("status"), body.get("source")
    since, until = _moment(body, "from"), _moment(body, "to")
    if ids is not None:
        if not isinstance(ids, list) or any(type(number) is not int for number in ids):
            raise Refused(400, "Not a list of whole numbers: ticketIds")
        tests.append(lambda ticket: ticket.number in ids)
    if fields is not None:
        if not isinstance(fields, list) or any(not isinstance(item, dict) for item in fields):
            raise Refused(400, "Not a list of key and value: customFields")
        wanted = [{"id": item.get("key"), "value": item.get("value")} for item in fields]
        tests.append(lambda ticket: all(item in _values(ticket) for item in wanted))
    if "categoryId" in body:
        tests.append(lambda ticket: _category_id(ticket) == body["categoryId"])
    if status is not None:
        tests.append(lambda ticket: _status(ticket) == status)
    if source is not None:
        tests.append(lambda ticket: ticket.channel == source)
    if since is not None:
        tests.append(lambda ticket: ticket.created_at >= since)
    if until is not None:
        tests.append(lambda ticket: ticket.created_at <= until)
    return tests


def _category_id(ticket: Ticket) -> int | None:
    return ticket.category.id if ticket.category else None


def _values(ticket: Ticket) -> list[dict[str, object]]:
    values = ticket.brought.get("customFields", [])
    return values if isinstance(values, list) else []


def _custom_fields(ticket: Ticket) -> list[dict[str, object]]:
    """Return the custom fields of a ticket; only the form on the web asks for all of them."""
    values = {item["id"]: item["value"] for item in _values(ticket)}
    return [
        {
            "id": field.id,
            "name": field.name,
            "type": field.type,
            "isRequired": False,
            "isHidden": field.is_hidden,
            "isSensitiveData": field.is_sensitive,
            "defaultValue": None,
            "order": order,
            "placeholder": field.placeholder,
            "possibleValues": [
                {"order": number, "value": value} for number, value in enumerate(field.values)
            ],
            "value": values.get(field.id),
            "assignedCategoryIds": [],
        }
        for order, field in enumerate(INBOX_FIELDS)
        if ticket.channel == "web" or field.id in values
    ]


def _moment(body: Mapping[str, object], key: str) -> datetime | None:
    value = body.get(key)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(400, f"Not a time with an offset: {key}")
    return moment


def _create(request: Request, world: World) -> Reply:
    ticket = read_create(body_of(request, CREATE_FIELDS), uid=world.new_uid(), now=world.now)
    return success(world.add(ticket).number)


def _ticket(ticket: Ticket) -> dict[str, object]:
    brought = ticket.brought
    tags = brought.get("tags")
    return {
        "id": ticket.number,
        "title": ticket.title,
        "message": ticket.text,
        "htmlMessage": brought.get(
            "htmlMessage", f'<div class="sb-html-message">{escape(ticket.text)}</div>'
        ),
        "author": {
            "customIdentifier": None,
            "email": ticket.customer.email,
            "id": ticket.customer.uid,
            "image": None,
            "isBot": False,
            "name": ticket.customer.name,
            "status": "client",
        },
        "category": (
            {"id": ticket.category.id, "name": ticket.category.name} if ticket.category else None
        ),
        "creationTime": dotnet(ticket.created_at, ticket.number),
        "customFields": _custom_fields(ticket),
        "lastThreadElementCreationTime": dotnet(ticket.updated_at, ticket.number + 1),
        "lockedBy": _user(ticket.agent) if ticket.agent else None,
        "originalLink": None,
        "properties": {
            "isAnonymized": False,
            "isMuted": False,
            "hasAttachments": bool(brought.get("attachments")),
            "hasDraft": False,
            "isAssignedToBot": False,
            "isDeleted": ticket.deleted_at is not None,
            "isExpired": ticket.is_overdue,
            "isHidden": False,
            "isLocked": ticket.agent is not None,
            "isSpam": False,
            "isSensitive": False,
        },
        "replyCount": ticket.replies,
        "isMuted": False,
        "sentiment": brought.get("sentiment", _sentiment(ticket)),
        "source": ticket.channel,
        "detailedSource": _DETAILED_SOURCES[ticket.channel],
        "sourceName": brought.get("sourceName"),
        "status": _status(ticket),
        "tags": tags if tags is not None else [ticket.tag],
        "attachments": brought.get("attachments", []),
    }


def _status(ticket: Ticket) -> str:
    return _STATUS_WORDS.get(ticket.status, ticket.status)


def _sentiment(ticket: Ticket) -> str:
    if ticket.tag == "praise":
        return "praise"
    return "question" if ticket.priority == "low" else "complaint"


def _user(agent: Agent) -> dict[str, object]:
    return {
        "customIdentifier": None,
        "email": agent.email,
        "id": agent.uid,
        "image": None,
        "isBot": False,
        "name": agent.name,
        "status": "team",
    }


def _teammate(agent: Agent) -> dict[str, object]:
    return {"id": agent.uid, "name": agent.name, "email": agent.email, "role": agent.role}


def _subcategories(parent_id: int, request: Request) -> Reply:
    if category_by_id(parent_id) is None:
        raise Refused(404, "Category was not found")
    with_hidden = request.query.get("includeHidden", "false").lower() == "true"
    return success(
        [
            {
                "id": category.id,
                "name": category.name,
                "parentId": category.parent_id,
                "canBeChosen": category.can_be_chosen,
                "isHidden": category.is_hidden,
                "isMuted": False,
                "autoArchive": False,
            }
            for category in CATEGORIES
            if category.parent_id == parent_id and (with_hidden or not category.is_hidden)
        ]
    )
