"""SocialBoards' Ticket API. Pure but for the world.

Documented at developers.socialboards.com/docs/apis/tickets. Not documented, and made up here: the
names in the token's answer, the bodies of errors beyond their envelope (that 200 may carry one
follows from the envelope), and the ids of teammates.
"""

import re
from datetime import datetime
from urllib.parse import parse_qs

from tui.sandbox.accounts import CLIENT_ID, REFRESH_TOKEN, SOCIALBOARDS
from tui.sandbox.directory import (
    AGENTS,
    CATEGORIES,
    CUSTOM_FIELD_ID,
    SEGMENTS,
    Agent,
    Category,
    agent_by_uid,
    category_by_id,
)
from tui.sandbox.exchange import BadJson, Reply, Request, json_object, json_reply
from tui.sandbox.faults import with_fault
from tui.sandbox.ticket import Customer, Ticket
from tui.sandbox.wiretime import dotnet
from tui.sandbox.world import ACCESS_TOKEN_LIFE, World

TAKE_LIMIT = 50
"""The most a list gives. The documentation's own sample asks for 100: more is cut, not refused."""
_TAKE_DEFAULT = 25
_SUCCESS = -1

_SUBCATEGORIES = re.compile(r"/categories/([0-9]+)/subcategories")
_SENTIMENTS = ("question", "praise", "suggestion", "complaint")
_STATUS_WORDS = {"new": "open", "escalated": "open", "resolved": "completed"}
_DETAILED_SOURCES = {"web": "web_website", "email": "email_mailbox", "facebook": "facebook_post"}
_LIST_FIELDS = frozenset(
    (
        "categoryId", "customFields", "from", "to", "orderBy", "skip", "source", "status",
        "take", "ticketIds",
    )
)  # fmt: skip
_CREATE_FIELDS = frozenset(
    (
        "assigneeId", "attachments", "categoryId", "cc", "creator", "customFields", "isHtml",
        "message", "sentiment", "sourceName", "tags", "title",
    )
)  # fmt: skip
_ORDERS = (
    "last_thread_activity_desc",
    "last_thread_activity_asc",
    "creation_time_desc",
    "creation_time_asc",
)


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, code: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text


def handle(request: Request, world: World) -> Reply:
    """Answer one request."""

    def answer() -> Reply:
        try:
            return _answer(request, world)
        except Refused as refused:
            return _error(refused)

    def failure(status: int) -> Reply:
        return _error(Refused(status, status, "The request could not be processed"))

    return with_fault(world.faults.take(SOCIALBOARDS, request), answer, failure)


def _error(refused: Refused) -> Reply:
    headers = {"www-authenticate": "Bearer"} if refused.status == 401 else None
    return json_reply(
        {"data": None, "errorCode": refused.code, "errorText": refused.text},
        status=refused.status,
        headers=headers,
    )


def _success(data: object) -> Reply:
    return json_reply({"data": data, "errorCode": _SUCCESS, "errorText": None})


def _answer(request: Request, world: World) -> Reply:
    if request.path == "/token":
        _require_method(request, "POST")
        return _token(request, world)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not world.accepts_access_token(token):
        raise Refused(401, 401, "Authorization has been denied for this request")
    if request.path == "/tickets":
        _require_method(request, "POST")
        return _create(request, world)
    if request.path == "/tickets/list":
        _require_method(request, "POST")
        return _list(request, world)
    if request.path == "/Teammates":
        _require_method(request, "GET")
        return _success([_teammate(agent) for agent in AGENTS])
    if found := _SUBCATEGORIES.fullmatch(request.path):
        _require_method(request, "GET")
        return _subcategories(int(found[1]), request)
    raise Refused(404, 404, "No resource was found at this address")


def _require_method(request: Request, method: str) -> None:
    if request.method != method:
        raise Refused(405, 405, f"The resource does not support {request.method}")


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


def _body(request: Request, known: frozenset[str]) -> dict[str, object]:
    try:
        body = json_object(request)
    except BadJson as error:
        raise Refused(400, 400, f"Bad request: {error}") from None
    unknown = sorted(body.keys() - known)
    if unknown:
        raise Refused(400, 400, f"Unknown field: {unknown[0]}")
    return body


def _list(request: Request, world: World) -> Reply:
    body = _body(request, _LIST_FIELDS)
    skip = _integer(body, "skip", 0)
    take = min(_integer(body, "take", _TAKE_DEFAULT), TAKE_LIMIT)
    order = body.get("orderBy", _ORDERS[0])
    if order not in _ORDERS:
        raise Refused(400, 400, "Unknown value: orderBy")
    tickets = [ticket for ticket in world.tickets.of(SOCIALBOARDS) if _matches(ticket, body)]
    by_creation = str(order).startswith("creation")
    tickets.sort(
        key=lambda ticket: (
            ticket.created_at if by_creation else ticket.updated_at,
            ticket.number,
        ),
        reverse=str(order).endswith("desc"),
    )
    return _success([_ticket(ticket) for ticket in tickets[skip : skip + take]])


def _integer(body: dict[str, object], key: str, default: int) -> int:
    value = body.get(key)
    if value is None:
        return default
    if type(value) is not int or value < 0:
        raise Refused(400, 400, f"Not a whole number: {key}")
    return value


def _matches(ticket: Ticket, body: dict[str, object]) -> bool:
    ids = body.get("ticketIds")
    if ids is not None:
        if not isinstance(ids, list) or any(type(number) is not int for number in ids):
            raise Refused(400, 400, "Not a list of whole numbers: ticketIds")
        if ticket.number not in ids:
            return False
    if "categoryId" in body:
        category_id = ticket.category.id if ticket.category else None
        if body["categoryId"] != category_id:
            return False
    if body.get("status") not in (None, _status(ticket)):
        return False
    if body.get("source") not in (None, ticket.channel):
        return False
    since, until = _moment(body, "from"), _moment(body, "to")
    if since and ticket.created_at < since:
        return False
    return not (until and ticket.created_at > until)


def _moment(body: dict[str, object], key: str) -> datetime | None:
    value = body.get(key)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(400, 400, f"Not a time with an offset: {key}")
    return moment


def _create(request: Request, world: World) -> Reply:
    body = _body(request, _CREATE_FIELDS)
    message, title = body.get("message"), body.get("title")
    if not isinstance(message, str) or not message.strip():
        raise Refused(400, 400, "The field is required: message")
    if title is not None and not isinstance(title, str):
        raise Refused(400, 400, "Not a text: title")
    sentiment = body.get("sentiment", "question")
    if sentiment not in _SENTIMENTS:
        raise Refused(400, 400, "Unknown value: sentiment")
    for key in ("attachments", "cc", "customFields", "tags"):
        if not isinstance(body.get(key, []), list):
            raise Refused(400, 400, f"Not a list: {key}")
    if not isinstance(body.get("isHtml", True), bool):
        raise Refused(400, 400, "Not true or false: isHtml")
    category, agent = _category(body), _assignee(body)
    ticket = Ticket(
        vendor=SOCIALBOARDS,
        uid=world.new_uid(),
        title=title or "",
        text=message,
        status="open",
        priority="medium",
        created_at=world.now,
        updated_at=world.now,
        due_at=None,
        customer=_creator(body),
        agent=agent,
        origin=SEGMENTS[0],
        segment=SEGMENTS[0],
        category=category,
        channel="web",
        brought={
            "sentiment": sentiment,
            "tags": body.get("tags", []),
            "customFields": _custom_fields(body),
            "sourceName": body.get("sourceName"),
        },
    )
    return _success(world.add(ticket).number)


def _category(body: dict[str, object]) -> Category | None:
    """Return the category. One that cannot be used is refused with a 200, as is an assignee."""
    if body.get("categoryId") is None:
        return None
    category = category_by_id(body["categoryId"])
    if category is None or not category.can_be_chosen:
        raise Refused(200, 12, "Category was not found: categoryId")
    return category


def _assignee(body: dict[str, object]) -> Agent | None:
    if body.get("assigneeId") is None:
        return None
    agent = agent_by_uid(body["assigneeId"])
    if agent is None or not agent.can_be_assigned:
        raise Refused(200, 13, "Teammate cannot be assigned: assigneeId")
    return agent


def _creator(body: dict[str, object]) -> Customer:
    creator = body.get("creator")
    if creator is None:
        return Customer(None, None)
    if not isinstance(creator, dict) or not creator.keys() <= {
        "name",
        "email",
        "image",
        "phoneNumber",
    }:
        raise Refused(400, 400, "Not a creator model: creator")
    for key, value in creator.items():
        if value is not None and not isinstance(value, str):
            raise Refused(400, 400, f"Not a text: creator.{key}")
    email = creator.get("email")
    if email and "@" not in email:
        raise Refused(400, 400, "Not an e-mail address: creator.email")
    return Customer(creator.get("name"), email, creator.get("phoneNumber"))


def _custom_fields(body: dict[str, object]) -> list[dict[str, object]]:
    values: list[dict[str, object]] = []
    fields = body.get("customFields", [])
    for item in fields if isinstance(fields, list) else []:
        if not isinstance(item, dict) or item.keys() != {"id", "value"}:
            raise Refused(400, 400, "Not a custom field with id and value: customFields")
        if item["id"] != CUSTOM_FIELD_ID:
            raise Refused(200, 14, "Custom field was not found: customFields")
        values.append(item)
    return values


def _ticket(ticket: Ticket) -> dict[str, object]:
    brought = ticket.brought
    tags = brought.get("tags")
    return {
        "id": ticket.number,
        "title": ticket.title,
        "message": ticket.text,
        "htmlMessage": f'<div class="sb-html-message">{ticket.text}</div>',
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
        "customFields": brought.get("customFields", []),
        "lastThreadElementCreationTime": dotnet(ticket.updated_at, ticket.number + 1),
        "lockedBy": _user(ticket.agent) if ticket.agent else None,
        "originalLink": None,
        "properties": {
            "isAnonymized": False,
            "isMuted": False,
            "hasAttachments": False,
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
        "attachments": [],
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
        raise Refused(404, 404, "Category was not found")
    with_hidden = request.query.get("includeHidden", "false").lower() == "true"
    return _success(
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
