"""From a vendor's bytes to plain values: tolerant of everything, and never silent about it. Pure.

A page is decoded to plain objects in one go, and each ticket is then checked against its wire
shape by msgspec. What JSON parsers refuse (lone surrogates, raw control characters, NaN, a byte
order mark, bad UTF-8) is read by a slower parser instead; what does not fit a shape is left out of
it field by field, so that neither costs a page.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

from tui.domain.clean import clean
from tui.domain.errors import BadResponse
from tui.vendors.failures import excerpt
from tui.vendors.json_bounds import TooMuch, bounded

Object = Mapping[str, object]
"""A JSON object."""
Shape = TypeVar("Shape", bound=msgspec.Struct)

_DEPTH_LIMIT = 64
"""Levels of nesting that are read where a body has too many; documented ones have at most six."""
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[][{}]', re.DOTALL)
_DIGITS_LIMIT = 1_000
"""Digits of a whole number; Python itself refuses to turn more than 4,300 into text."""
_MESSAGES = (
    ("response", "error", "message"),
    ("error", "message"),
    ("message",),
    ("errorText",),
    ("error_description",),
    ("error",),
    ("detail",),
    ("title",),
)
"""Where vendors put the words of an error; QuestionPro's own place first."""
_WRITTEN_MESSAGE = re.compile(
    r'"(?:message|errorText|error_description)"\s{0,20}:\s{0,20}"((?:[^"\\\n]|\\.){1,2000})"'
)
_LIKE_JSON = re.compile(r'[\ufeff\s]*+(?:["\[{]|[^<](?s:.)*"\s{0,20}:)')
"""Begins as JSON does, or is no page and has a JSON name in it."""
_FIELDS_NAMED = 5
_SURROGATE = re.compile("[\ud800-\udfff]")
_DEPTH_OF_SHAPES = 8
_MESSAGE_WINDOW = 65_536
_decoder = msgspec.json.Decoder()


def decode_json(body: bytes, *, status: int | None = None) -> object:
    """Return the JSON value of an answer, with very long texts cut.

    Raises BadResponse for what is no JSON, and for more values than any list of tickets has. Its
    message quotes no answer that may be a part of such a list.
    """
    whose = f"the HTTP {status} answer" if status else "the answer"
    try:
        written = bounded(body)
    except TooMuch as error:
        raise BadResponse(f"{whose} is not read: it holds {error}", status=status) from None
    try:
        return _decoder.decode(written)
    except (ValueError, RecursionError):
        pass  # the decoder's errors are ValueErrors
    text = written.decode(json.detect_encoding(written), "replace")
    try:
        return _decode_leniently(text)
    except RecursionError:
        # One field nested past all use must not cost the page it is on.
        text = _without_depths(text)
    except ValueError:
        pass
    try:
        return _decode_leniently(text)
    except (ValueError, RecursionError) as error:
        reason = _unread(body, text, error)
        raise BadResponse(f"{whose} cannot be read: {reason}", status=status) from None


def _unread(body: bytes, text: str, error: Exception) -> str:
    """Return why an answer is not read; what it says only where it never was JSON."""
    if _LIKE_JSON.match(text):
        if isinstance(error, json.JSONDecodeError):
            return f"not JSON from character {error.pos + 1:,} on"
        return "not JSON"
    said = excerpt(body)
    return f"not JSON: {said}" if said else "empty"


def _decode_leniently(text: str) -> object:
    return json.loads(
        text,
        strict=False,
        parse_constant=lambda _name: None,
        parse_int=_whole_number,
    )


def _without_depths(text: str) -> str:
    """Return JSON text with null in place of everything below `_DEPTH_LIMIT`."""
    kept: list[str] = []
    depth = begin = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == _DEPTH_LIMIT + 1:
                kept.append(text[begin : token.start()])
        elif token[0] in "]}":
            if depth == _DEPTH_LIMIT + 1:
                kept.append("null")
                begin = token.end()
            depth -= 1
    if depth <= _DEPTH_LIMIT:
        kept.append(text[begin:])
    return "".join(kept)


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= _DIGITS_LIMIT else None


def as_object(value: object, what: str, *, status: int | None = None) -> Object:
    """Return a JSON object. Raises BadResponse for anything else."""
    if isinstance(value, dict):
        return value
    raise BadResponse(f"the answer is {json_kind(value)}, not {what}", status=status)


def as_list(value: object, what: str, *, status: int | None = None) -> list[object]:
    """Return a JSON array. Raises BadResponse for anything else."""
    if isinstance(value, list):
        return value
    raise BadResponse(f"the answer holds no list of {what}", status=status)


def json_kind(value: object) -> str:
    """Return what a JSON value is, in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def as_count(value: object) -> int | None:
    """Return a number of tickets or pages; None for what is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    return None


def dig(value: object, *path: str) -> object:
    """Return what lies at `path` in nested objects; None where there is nothing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def vendor_message(body: bytes) -> str | None:
    """Return the vendor's own words out of an answer of 400 and above, cleaned; None without any.

    The documented error bodies are partly no valid JSON: those are searched as text.
    """
    try:
        return message_in(decode_json(body))
    except BadResponse:
        text = body[:_MESSAGE_WINDOW].decode("utf-8", "replace")
        if found := _WRITTEN_MESSAGE.search(text):
            return clean(found[1].replace('\\"', '"').replace("\\/", "/")) or None
    return None


def message_in(value: object) -> str | None:
    """Return the words of an error out of a decoded answer, cleaned; None without any.

    Fields that the vendor names beside them follow in brackets.
    """
    said = next((words for path in _MESSAGES if (words := _words(dig(value, *path)))), "")
    named = [part for part in _field_errors(dig(value, "errors")) if part not in said]
    if named:
        said = f"{said} ({'; '.join(named)})" if said else "; ".join(named)
    return clean(said) or None


def _words(found: object) -> str:
    if isinstance(found, list):
        found = "; ".join(part for part in found if isinstance(part, str))
    return clean(found) if isinstance(found, str) else ""


def _field_errors(errors: object) -> list[str]:
    """The fields that were refused, in the two ways that frameworks write them."""
    pairs: list[tuple[object, object]] = []
    if isinstance(errors, dict):
        pairs = list(errors.items())
    elif isinstance(errors, list):
        pairs = [(dig(part, "field"), dig(part, "message")) for part in errors]
    named = [(key, _words(words)) for key, words in pairs[:_FIELDS_NAMED]]
    return [f"{clean(key)}: {words}" for key, words in named if isinstance(key, str) and words]


def shape(raw: Object, kind: type[Shape]) -> tuple[Shape, frozenset[str]]:
    """Return `raw` in the given wire shape, and the dotted paths of the fields that did not fit.

    All fields of a wire shape have a default, which stands for what did not fit.
    """
    try:
        return _shape(raw, kind)
    except UnicodeEncodeError:  # msgspec takes no lone surrogate, not even in a field it ignores
        encodable = {_encodable(name): _encodable(value) for name, value in raw.items()}
        return _shape(encodable, kind)


def _shape(raw: Object, kind: type[Shape]) -> tuple[Shape, frozenset[str]]:
    try:
        return msgspec.convert(raw, kind), frozenset()
    except msgspec.ValidationError:
        misfits: set[str] = set()
        return _fit(raw, kind, "", misfits), frozenset(misfits)


def _encodable(value: Any, depth: int = 0) -> Any:
    """Return a value without lone surrogates; what is nested deeper than any shape is absent."""
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case list() | dict() if depth > _DEPTH_OF_SHAPES:
            return None
        case list():
            return [_encodable(part, depth + 1) for part in value]
        case dict():
            return {_encodable(key): _encodable(part, depth + 1) for key, part in value.items()}
        case _:
            return value


def _fit(raw: Object, kind: type[Shape], prefix: str, misfits: set[str]) -> Shape:
    values: dict[str, Any] = {}
    for field in _fields(kind):
        if field.encode_name not in raw:
            continue
        value = raw[field.encode_name]
        path = f"{prefix}{field.encode_name}"
        try:
            values[field.name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            values |= _fit_below(value, field, path, misfits)
    return kind(**values)


def _fit_below(
    value: object, field: msgspec.structs.FieldInfo, path: str, misfits: set[str]
) -> dict[str, Any]:
    """Save what fits of a nested object or a list; one bad part does not cost the others."""
    options = _options(field.type)
    nested = [option for option in options if isinstance(option, msgspec.inspect.StructType)]
    lists = [option for option in options if isinstance(option, msgspec.inspect.ListType)]
    if isinstance(value, dict) and nested:
        return {field.name: _fit(value, nested[0].cls, f"{path}.", misfits)}
    if isinstance(value, list) and lists:
        kept: list[object] = []
        item_types = _struct_types(lists[0].item_type)
        for index, item in enumerate(value):
            if isinstance(item, dict) and item_types:
                kept.append(_fit(item, item_types[0], f"{path}.{index}.", misfits))
            elif _fits_list(item, field.type):
                kept.append(item)
            else:
                misfits.add(f"{path}.{index}")
        return {field.name: kept}
    misfits.add(path)
    return {}


def _fits_list(item: object, kind: Any) -> bool:
    try:
        msgspec.convert([item], kind)
    except msgspec.ValidationError:
        return False
    return True


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Return a shape's fields; working them out takes longer than reading a whole page."""
    return msgspec.structs.fields(kind)


@cache
def _options(kind: Any) -> tuple[msgspec.inspect.Type, ...]:
    described = msgspec.inspect.type_info(kind)
    return described.types if isinstance(described, msgspec.inspect.UnionType) else (described,)


def _struct_types(kind: msgspec.inspect.Type) -> list[Any]:
    options = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    return [option.cls for option in options if isinstance(option, msgspec.inspect.StructType)]
