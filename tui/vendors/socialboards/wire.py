"""SocialBoards' shapes on the wire, as developers.socialboards.com documents them.

Older pages write every key with a capital first letter; `with_known_keys` brings both to one.
"""

from collections.abc import Container

import msgspec

from tui.domain.errors import BadResponse
from tui.vendors.reading import Id


class User(msgspec.Struct, rename="camel"):
    """`author`, `lockedBy`, and one teammate. The teammates' sample shows no id."""

    id: Id = None
    custom_identifier: Id = None
    name: str | None = None
    email: str | None = None
    status: str | None = None
    role: str | None = None


class Category(msgspec.Struct, rename="camel"):
    """`category`, and one subcategory."""

    id: Id = None
    name: str | None = None
    parent_id: Id = None
    can_be_chosen: bool | None = None
    is_hidden: bool | None = None


class Properties(msgspec.Struct, rename="camel"):
    """`properties`: the flags that mean something here; the others are kept as they come."""

    is_deleted: bool | None = None
    is_expired: bool | None = None


class CustomField(msgspec.Struct, rename="camel"):
    """One of `customFields`; of its many keys those that name it."""

    id: Id = None
    name: str | None = None


class PossibleValue(msgspec.Struct, rename="camel"):
    """One of a custom field's `possibleValues`."""

    order: int | None = None
    value: Id = None


class FieldDefinition(msgspec.Struct, rename="camel"):
    """One of `customFields` as the form needs it (reference/objects/custom-field)."""

    id: Id = None
    name: str | None = None
    type: str | None = None
    is_required: bool | None = None
    is_hidden: bool | None = None
    is_sensitive_data: bool | None = None
    default_value: str | int | float | bool | None = None
    order: int | None = None
    placeholder: str | None = None
    possible_values: list[PossibleValue | str] | None = None


class Tag(msgspec.Struct, rename="camel"):
    """A tag where it is an object; in the documents tags are plain names."""

    id: Id = None
    name: str | None = None


class BoardTicket(msgspec.Struct, rename="camel"):
    """One ticket of the list. The vendor knows neither a priority nor a time of update."""

    id: Id = None
    title: str | None = None
    message: str | None = None
    html_message: str | None = None
    author: User | None = None
    category: Category | None = None
    creation_time: str | None = None
    last_thread_element_creation_time: str | None = None
    locked_by: User | None = None
    original_link: str | None = None
    properties: Properties | None = None
    sentiment: str | None = None
    source: str | None = None
    detailed_source: str | None = None
    source_name: str | None = None
    status: str | None = None
    tags: list[str | Tag] | None = None


_ENVELOPE = ("data", "errorCode", "errorText", "accessToken", "refreshToken", "expiresIn", "value")
_UNSHAPED = (
    *("customFields", "attachments", "replyCount", "isMuted", "image", "isBot"),
    *("isAnonymized", "hasAttachments", "hasDraft", "isAssignedToBot", "isLocked"),
    *("isSpam", "isSensitive", "isContentPart", "url"),
)
"""Documented keys that no shape reads."""
_SHAPES = (
    *(User, Category, Properties, CustomField, PossibleValue, FieldDefinition, Tag, BoardTicket),
)
_SPELLINGS: dict[str, str] = {
    name.casefold(): name
    for name in (
        *_ENVELOPE,
        *_UNSHAPED,
        *(str(field.encode_name) for kind in _SHAPES for field in msgspec.structs.fields(kind)),
    )
}

_DOCUMENTED = frozenset(_SPELLINGS.values())


def with_known_keys(value: object) -> object:
    """Return a decoded answer with every known key in its documented spelling; changes it in place.

    Raises BadResponse for what is nested too deeply.
    """
    try:
        return _renamed(value)
    except RecursionError:
        raise BadResponse("the answer cannot be read: nested too deeply") from None


def find(answer: object, name: str) -> object:
    """Return the value of a key of the envelope in any spelling; None where it is absent."""
    if not isinstance(answer, dict):
        return None
    folded = name.casefold()
    return next((value for key, value in answer.items() if key.casefold() == folded), None)


def _renamed(value: object) -> object:
    if isinstance(value, list):
        for index, part in enumerate(value):
            if isinstance(part, dict | list):
                value[index] = _renamed(part)
        return value
    if not isinstance(value, dict):
        return value
    if not value.keys() <= _DOCUMENTED:
        value = {_known_key(key, value): part for key, part in value.items()}
    for key, part in value.items():
        if isinstance(part, dict | list):
            value[key] = _renamed(part)
    return value


def _known_key(key: str, beside: Container[str]) -> str:
    """The documented spelling, unless the object has that key as well."""
    name = _SPELLINGS.get(key.casefold(), key)
    return key if name != key and name in beside else name
