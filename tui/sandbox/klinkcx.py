"""KlinkCX's tickets and contacts. Pure but for the world.

Documented at developers.klink.cloud (ticket listing and create, contacts). The bodies of errors are
not; here they follow the create's envelope. `lastPage` is always 1, as in the documented sample.
What stands in klinkcx_form.py is guessed.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from tui.sandbox.accounts import KLINK_READER_TOKEN, KLINK_TOKEN, KLINKCX
from tui.sandbox.directory import (
    AGENTS,
    ATTRIBUTES,
    SEGMENTS,
    stable_uid,
    tag_by_uid,
)
from tui.sandbox.exchange import (
    BadJson,
    Reply,
    Request,
    json_object,
    json_reply,
    whole_number,
    with_etag,
)
from tui.sandbox.faults import with_fault
from tui.sandbox.klinkcx_form import CHANNELS, LISTS, PRIORITIES, STATUSES, value_problem
from tui.sandbox.ticket import Customer, Ticket
from tui.sandbox.wiretime import utc_milliseconds
from tui.sandbox.world import World

Item = TypeVar("Item")

PAGE_SIZE_LIMIT = 100
"""Larger pages are cut to this. The vendor's own limit is not known."""
_PAGE_SIZE = 10

_TICKETS = "/api/v1/tickets"
_CONTACTS = "/api/v1/contacts"
_CONTACT = re.compile(r"/api/v1/contacts/([^/]+)")
_STATUS_WORDS = {status: word for word, status in STATUSES.items()} | {"escalated": "in progress"}
_PRIORITY_WORDS = {priority: word for word, priority in PRIORITIES.items()}
_CREATE_FIELDS = frozenset(
    (
        "title", "description", "status", "priority", "contact_id", "channel", "tags",
        "customFields",
    )
)  # fmt: skip


class Refused(Exception):
    """The request is answered with an error; `field` is the one that is wrong."""

    def __init__(self, status: int, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field


def handle(request: Request, world: World) -> Reply:
    """Answer one request."""

    def answer() -> Reply:
        try:
            return _answer(request, world)
        except Refused as refused:
            return _error(refused)

    def failure(status: int) -> Reply:
        return _error(Refused(status, "Something went wrong"))

    return with_fault(world.faults.take(KLINKCX, request), answer, failure)


def _error(refused: Refused) -> Reply:
    errors = [{"field": refused.field, "message": refused.message}] if refused.field else []
    message = f"{refused.field}: {refused.message}" if refused.field else refused.message
    body = {"success": False, "message": message, "errors": errors}
    return json_reply(body, status=refused.status)


def _answer(request: Request, world: World) -> Reply:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token not in (KLINK_TOKEN, KLINK_READER_TOKEN):
        raise Refused(401, "Unauthenticated")
    if request.path == _TICKETS and request.method == "POST":
        if token == KLINK_READER_TOKEN:
            raise Refused(403, "The token lacks the ability tickets:create")
        return _create(request, world)
    contact = _CONTACT.fullmatch(request.path)
    listed = LISTS.get(request.path)
    if request.path not in (_TICKETS, _CONTACTS) and contact is None and listed is None:
        raise Refused(404, "Not found")
    if request.method != "GET":
        raise Refused(405, f"{request.method} is not allowed")
    if listed is not None:
        return _page(request, listed(), dict)
    if request.path == _TICKETS:
        return with_etag(request, _page(request, world.tickets.of(KLINKCX), _ticket))
    if request.path == _CONTACTS:
        keyword = request.query.get("keyword", "").casefold()
        found = [
            customer
            for customer in world.tickets.contacts.values()
            if keyword in (customer.name or "").casefold()
            or keyword in (customer.email or "").casefold()
        ]
        return _page(request, found, _contact)
    customer = world.tickets.contacts.get(contact[1]) if contact else None
    if customer is None:
        raise Refused(404, "Contact not found")
    return json_reply({"status": "success", "message": "contact", "data": _contact(customer)})


def _page(
    request: Request, items: Sequence[Item], shown: Callable[[Item], dict[str, object]]
) -> Reply:
    page = whole_number(request.query.get("page", "1"), 1, 1_000_000)
    size = whole_number(request.query.get("pageSize", str(_PAGE_SIZE)), 1, 1_000_000)
    if page is None:
        raise Refused(400, "must be a positive number", "page")
    if size is None:
        raise Refused(400, "must be a positive number", "pageSize")
    size = min(size, PAGE_SIZE_LIMIT)
    return json_reply(
        {
            "total": len(items),
            "page": page,
            "pageSize": size,
            "lastPage": 1,
            "data": [shown(item) for item in items[(page - 1) * size : page * size]],
        }
    )


def _create(request: Request, world: World) -> Reply:
    try:
        body = json_object(request)
    except BadJson as error:
        raise Refused(400, str(error)) from None
    unknown = sorted(body.keys() - _CREATE_FIELDS)
    if unknown:
        raise Refused(422, "is not a field of a ticket", unknown[0])
    title = _text(body, "title") or ""
    if not title.strip():
        raise Refused(422, "is required", "title")
    status = STATUSES.get(_text(body, "status") or "open")
    priority = PRIORITIES.get(_text(body, "priority") or "medium")
    channel = _text(body, "channel") or "email"
    if status is None:
        raise Refused(422, f"must be one of {', '.join(STATUSES)}", "status")
    if priority is None:
        raise Refused(422, f"must be one of {', '.join(PRIORITIES)}", "priority")
    if channel not in CHANNELS:
        raise Refused(422, f"must be one of {', '.join(CHANNELS)}", "channel")
    contact_id = _text(body, "contact_id")
    contact = world.tickets.contacts.get(contact_id) if contact_id else Customer(None, None)
    if contact is None:
        raise Refused(422, "must be the id of a contact", "contact_id")
    ticket = Ticket(
        vendor=KLINKCX,
        uid=world.new_uid(),
        title=title,
        text=_text(body, "description") or "",
        status=status,
        priority=priority,
        created_at=world.now,
        updated_at=world.now,
        due_at=None,
        customer=contact,
        origin=SEGMENTS[0],
        segment=SEGMENTS[0],
        channel=channel,
        brought={"tags": _tags(body), "customFields": _custom_fields(body)},
    )
    return json_reply({"success": True, "data": _ticket(world.add(ticket))}, status=201)


def _text(body: dict[str, object], key: str) -> str | None:
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise Refused(422, "must be a string", key)
    return value


def _tags(body: dict[str, object]) -> list[str]:
    ids = body.get("tags", [])
    if not isinstance(ids, list):
        raise Refused(422, "must be a list of tag ids", "tags")
    names: list[str] = []
    for tag_id in ids:
        name = tag_by_uid(tag_id)
        if name is None:
            raise Refused(422, "must be a list of tag ids", "tags")
        names.append(name)
    return names


def _custom_fields(body: dict[str, object]) -> dict[str, str]:
    fields = body.get("customFields", {})
    if not isinstance(fields, dict):
        raise Refused(422, "must be an object", "customFields")
    for name, value in fields.items():
        attribute = ATTRIBUTES.get(name)
        key = f"customFields.{name}"
        if attribute is None or attribute.is_archived:
            raise Refused(422, "is not a custom field", key)
        if not isinstance(value, str):
            raise Refused(422, "must be a string", key)
        if problem := value_problem(attribute, value):
            raise Refused(422, problem, key)
    return fields


def _ticket(ticket: Ticket) -> dict[str, object]:
    tags = ticket.brought.get("tags", [ticket.tag])
    fields = ticket.brought.get("customFields", {"cf_trackingid": f"T-{ticket.number}"})
    is_known = ticket.customer.name is not None
    return {
        "id": ticket.uid,
        "createdAt": utc_milliseconds(ticket.created_at),
        "updatedAt": utc_milliseconds(ticket.updated_at),
        "deletedAt": ticket.deleted_at and utc_milliseconds(ticket.deleted_at),
        "title": ticket.title,
        "description": ticket.text,
        "type": "incident" if ticket.priority in ("high", "critical") else "request",
        "channel": ticket.channel,
        "priority": _PRIORITY_WORDS[ticket.priority],
        "status": _STATUS_WORDS[ticket.status],
        "contactId": ticket.customer.uid if is_known else None,
        "creatorId": AGENTS[0].uid,
        "assigneeId": ticket.agent.uid if ticket.agent else None,
        "reasonToAssign": "On duty" if ticket.agent else None,
        "ticketNumber": ticket.number,
        "assignee": (
            {"id": ticket.agent.uid, "name": ticket.agent.name, "email": ticket.agent.email}
            if ticket.agent
            else None
        ),
        "contact": (
            {"id": ticket.customer.uid, "name": ticket.customer.name} if is_known else None
        ),
        "tags": [
            {"id": stable_uid(f"tag/{name}"), "name": name}
            for name in (tags if isinstance(tags, list) else [])
        ],
        "customFields": [
            _custom_field(name, value, ticket)
            for name, value in (fields.items() if isinstance(fields, dict) else ())
        ],
    }


def _custom_field(name: str, value: str, ticket: Ticket) -> dict[str, object]:
    attribute = ATTRIBUTES[name]
    return {
        "id": stable_uid(f"{ticket.uid}/{name}"),
        "textValue": value,
        "attribute": {
            "id": attribute.uid,
            "systemName": attribute.system_name,
            "displayName": attribute.display_name,
            "type": attribute.type,
        },
    }


def _contact(customer: Customer) -> dict[str, object]:
    company = customer.company
    return {
        "id": customer.uid,
        "name": customer.name,
        "address": None,
        "channel": None,
        "notes": None,
        "socialProfileUrl": None,
        "tags": [],
        "company": {"id": stable_uid(f"company/{company}"), "name": company} if company else None,
        "customFields": [],
        "phone": [{"value": customer.phone}] if customer.phone else [],
        "email": [{"value": customer.email}] if customer.email else [],
    }
