"""What KlinkCX's ticket form is made of: its fields, tags and channels. Pure data.

No page documents these three lists, only that they are there. The shape of a form field is that of
the contact fields, which is documented (developers.klink.cloud/form-fields-26393482e0).
"""

import re
from collections.abc import Callable, Mapping, Sequence

from tui.sandbox.directory import ATTRIBUTES, TAGS, Attribute, stable_uid
from tui.sandbox.ticket import Priority, Status
from tui.sandbox.wiretime import is_iso_date

STATUSES: Mapping[str, Status] = {
    "open": "new",
    "in progress": "open",
    "pending": "pending",
    "resolved": "resolved",
}
PRIORITIES: Mapping[str, Priority] = {
    "low": "low",
    "medium": "medium",
    "high": "high",
    "urgent": "critical",
}
CHANNELS = ("email", "mail", "line", "phone", "viber", "whatsapp", "G-Mail")

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def value_problem(attribute: Attribute, value: str) -> str:
    """Return what is wrong with a value for a custom field; "" for nothing."""
    match attribute.type:
        case "date" if not is_iso_date(value):
            return "must be a date as YYYY-MM-DD"
        case "number" if not _NUMBER.fullmatch(value):
            return "must be a number"
        case "boolean" if value not in ("true", "false"):
            return "must be true or false"
        case "select" if value not in attribute.options:
            return f"must be one of {', '.join(attribute.options)}"
        case _:
            return ""


def _field(
    name: str,
    label: str,
    kind: str,
    *,
    options: Sequence[str] = (),
    default: str | None = None,
    is_default: bool = True,
    is_archived: bool = False,
) -> dict[str, object]:
    return {
        "id": stable_uid(f"field/{name}"),
        "system_name": name,
        "display_name": label,
        "type": kind,
        "is_default": is_default,
        "is_archived": is_archived,
        "is_required": name == "title",
        "is_unique": False,
        "options": [
            {"value": word, "label": word[:1].upper() + word[1:], "is_default": word == default}
            for word in options
        ],
    }


def _fields() -> list[dict[str, object]]:
    return [
        _field("title", "Title", "text"),
        _field("description", "Description", "textarea"),
        _field("status", "Status", "select", options=tuple(STATUSES), default="open"),
        _field("priority", "Priority", "select", options=tuple(PRIORITIES), default="medium"),
        _field("contact_id", "Customer", "contact"),
        _field("assignee_id", "Assignee", "user"),
        *(
            _field(
                attribute.system_name,
                attribute.display_name,
                attribute.type,
                options=attribute.options,
                is_default=False,
                is_archived=attribute.is_archived,
            )
            for attribute in ATTRIBUTES.values()
        ),
    ]


def _tags() -> list[dict[str, object]]:
    return [{"id": stable_uid(f"tag/{name}"), "name": name} for name in TAGS]


def _channels() -> list[dict[str, object]]:
    return [{"id": stable_uid(f"channel/{name}"), "name": name} for name in CHANNELS]


LISTS: Mapping[str, Callable[[], list[dict[str, object]]]] = {
    "/api/v1/tickets/fields": _fields,
    "/api/v1/tags": _tags,
    "/api/v1/channels": _channels,
}
"""By path."""
