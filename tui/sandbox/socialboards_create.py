"""Reads what a SocialBoards create asks for, and refuses what it cannot mean. Pure.

What is malformed is a 400. What is well-formed and does not exist, such as a category, is a 200
with an error code.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from tui.sandbox.accounts import SOCIALBOARDS
from tui.sandbox.directory import (
    SEGMENTS,
    Agent,
    Category,
    InboxField,
    agent_by_uid,
    category_by_id,
    inbox_field,
)
from tui.sandbox.socialboards_envelope import Refused
from tui.sandbox.ticket import Customer, Ticket
from tui.sandbox.wiretime import is_iso_date

CREATE_FIELDS = frozenset(
    (
        "assigneeId", "attachments", "categoryId", "cc", "creator", "customFields", "isHtml",
        "message", "sentiment", "sourceName", "tags", "title",
    )
)  # fmt: skip
_CREATOR_FIELDS = frozenset(("name", "email", "image", "phoneNumber"))
_SENTIMENTS = ("question", "praise", "suggestion", "complaint")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_HTML_TAG = re.compile(r"<[^>]*>")


def read_create(body: Mapping[str, object], *, uid: str, now: datetime) -> Ticket:
    """Return the ticket, not yet added.

    Raises:
        Refused: naming the field.
    """
    message = _text(body, "message") or ""
    if not message.strip():
        raise Refused(400, "The field is required: message")
    sentiment = body.get("sentiment", "question")
    if sentiment not in _SENTIMENTS:
        raise Refused(400, "Unknown value: sentiment")
    is_html = body.get("isHtml", True)
    if not isinstance(is_html, bool):
        raise Refused(400, "Not true or false: isHtml")
    brought: dict[str, object] = {
        "sentiment": sentiment,
        "sourceName": _text(body, "sourceName"),
        "tags": _texts(body, "tags"),
        "cc": _texts(body, "cc"),
        "attachments": _attachments(body),
        "customFields": _custom_fields(body),
    }
    if is_html:
        brought["htmlMessage"] = message
    return Ticket(
        vendor=SOCIALBOARDS,
        uid=uid,
        title=_text(body, "title") or "",
        text=_HTML_TAG.sub("", message) if is_html else message,
        status="open",
        priority="medium",
        created_at=now,
        updated_at=now,
        due_at=None,
        customer=_creator(body),
        agent=_assignee(body),
        origin=SEGMENTS[0],
        segment=SEGMENTS[0],
        category=_category(body),
        channel="web",
        brought=brought,
    )


def _text(fields: Mapping[str, object], key: str, *, within: str = "") -> str | None:
    value = fields.get(key)
    if value is not None and not isinstance(value, str):
        raise Refused(400, f"Not a text: {within}{key}")
    return value


def _list(body: Mapping[str, object], key: str) -> list[object]:
    value = body.get(key, [])
    if not isinstance(value, list):
        raise Refused(400, f"Not a list: {key}")
    return value


def _texts(body: Mapping[str, object], key: str) -> list[str]:
    texts: list[str] = []
    for item in _list(body, key):
        if not isinstance(item, str):
            raise Refused(400, f"Not a list of texts: {key}")
        texts.append(item)
    return texts


def _attachments(body: Mapping[str, object]) -> list[dict[str, object]]:
    attachments: list[dict[str, object]] = []
    for item in _list(body, "attachments"):
        if not isinstance(item, dict) or item.keys() != {"url", "name"}:
            raise Refused(400, "Not an attachment with url and name: attachments")
        url = _text(item, "url", within="attachments.")
        name = _text(item, "name", within="attachments.")
        attachments.append({"isContentPart": False, "name": name, "url": url})
    return attachments


def _category(body: Mapping[str, object]) -> Category | None:
    if body.get("categoryId") is None:
        return None
    category = category_by_id(body["categoryId"])
    if category is None or not category.can_be_chosen:
        raise Refused(200, "Category was not found: categoryId", code=12)
    return category


def _assignee(body: Mapping[str, object]) -> Agent | None:
    if body.get("assigneeId") is None:
        return None
    agent = agent_by_uid(body["assigneeId"])
    if agent is None or not agent.can_be_assigned:
        raise Refused(200, "Teammate cannot be assigned: assigneeId", code=13)
    return agent


def _creator(body: Mapping[str, object]) -> Customer:
    creator = body.get("creator")
    if creator is None:
        return Customer(None, None)
    if not isinstance(creator, dict) or not creator.keys() <= _CREATOR_FIELDS:
        raise Refused(400, "Not a creator model: creator")
    email = _text(creator, "email", within="creator.")
    if email and "@" not in email:
        raise Refused(400, "Not an e-mail address: creator.email")
    _text(creator, "image", within="creator.")
    return Customer(
        _text(creator, "name", within="creator."),
        email,
        _text(creator, "phoneNumber", within="creator."),
    )


def _custom_fields(body: Mapping[str, object]) -> list[dict[str, object]]:
    values: list[dict[str, object]] = []
    for item in _list(body, "customFields"):
        if not isinstance(item, dict) or item.keys() != {"id", "value"}:
            raise Refused(400, "Not a custom field with id and value: customFields")
        field = inbox_field(item["id"])
        if field is None or field.is_hidden:
            raise Refused(200, "Custom field was not found: customFields", code=14)
        value = item["value"]
        if not isinstance(value, str):
            raise Refused(400, f"Not a text: customFields.{field.id}")
        if value and not _fits(field, value):
            raise Refused(200, f"Not a value of {field.name}: customFields.{field.id}", code=15)
        values.append(item)
    return values


def _fits(field: InboxField, value: str) -> bool:
    match field.type:
        case "date":
            return is_iso_date(value)
        case "number":
            return _NUMBER.fullmatch(value) is not None
        case "boolean":
            return value in ("true", "false")
        case _:
            return not field.values or value in field.values
