"""Every field of every wire shape is cleaned on its way into the domain, and none gets lost.

Works by reflection: a field that is added to a wire shape is in here by itself.
"""

import importlib
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

import tui.vendors
from support.wire import origin
from tui.domain.clean import clean
from tui.domain.draft import Choice, FieldSpec
from tui.domain.person import Person
from tui.domain.ticket import Ticket, TicketRef
from tui.vendors.decode import Object
from tui.vendors.klinkcx import mapping as klinkcx
from tui.vendors.klinkcx import wire as klinkcx_wire
from tui.vendors.questionpro import mapping as questionpro
from tui.vendors.questionpro import wire as questionpro_wire
from tui.vendors.questionpro_legacy import mapping as legacy
from tui.vendors.questionpro_legacy import wire as legacy_wire
from tui.vendors.reading import Item
from tui.vendors.socialboards import mapping as socialboards
from tui.vendors.socialboards import wire as socialboards_wire

HOSTILE = "\x1b]52;c;AAAA\x07\x1b[31m\u202e\u200b\x9b2J\x00\r\n\ud800\x7f"
"""What acts on a terminal, hides, or breaks an encoder."""

TICKETS: dict[type[msgspec.Struct], Callable[..., Ticket]] = {
    questionpro_wire.ClosedLoopTicket: questionpro.to_ticket,
    legacy_wire.LegacyTicket: legacy.to_ticket,
    socialboards_wire.BoardTicket: socialboards.to_ticket,
    klinkcx_wire.KlinkTicket: klinkcx.to_ticket,
}
READ_APART: dict[type[msgspec.Struct], str] = {
    klinkcx_wire.CustomField: "customFields",
    socialboards_wire.CustomField: "customFields",
}
"""Shapes that a mapping reads by itself, because their list may be an object too."""
CHOICES: dict[type[msgspec.Struct], Callable[[Object], Choice | None]] = {
    questionpro_wire.ListedSegment: questionpro.to_segment_choice,
    questionpro_wire.ListedUser: questionpro.to_user_choice,
    socialboards_wire.User: socialboards.to_teammate_choice,
    socialboards_wire.Category: socialboards.to_category_choice,
    klinkcx_wire.ListedContact: klinkcx.to_contact_choice,
    klinkcx_wire.ListedName: klinkcx.to_tag_choice,
}
FIELDS: dict[type[msgspec.Struct], Callable[[Object], FieldSpec | None]] = {
    socialboards_wire.FieldDefinition: socialboards.to_form_field,
    klinkcx_wire.TicketField: klinkcx.to_form_field,
}
HARMLESS = {
    "htmlMessage": "stands in for an empty message only",
    "comment": "stands in for an empty content or description only",
    "ticketType": "an older name of type; stands in for it only",
}
"""Fields whose text may be absent from the ticket, and why that loses nothing."""


def wire_shapes() -> list[type[msgspec.Struct]]:
    shapes: list[type[msgspec.Struct]] = []
    for found in pkgutil.walk_packages(tui.vendors.__path__, "tui.vendors."):
        if found.name.endswith(".wire"):
            module = importlib.import_module(found.name)
            shapes += [
                value
                for value in vars(module).values()
                if isinstance(value, type)
                and issubclass(value, msgspec.Struct)
                and value.__module__ == found.name
            ]
    return shapes


def options(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)


def below(shape: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """The shape and every shape that its fields are made of."""
    yield shape
    for field in msgspec.structs.fields(shape):
        for option in options(field.type):
            for part in options(typing.get_args(option)[0]) if is_list(option) else (option,):
                if isinstance(part, type) and issubclass(part, msgspec.Struct):
                    yield from below(part)


def is_list(option: Any) -> bool:
    return typing.get_origin(option) is list


def hostile(shape: type[msgspec.Struct], prefix: str = "") -> dict[str, Any]:
    """Return the shape with a marked hostile text in each field that can hold one."""
    raw: dict[str, Any] = {}
    for field in msgspec.structs.fields(shape):
        path = f"{prefix}{field.encode_name}"
        raw[str(field.encode_name)] = hostile_value(field.type, path)
    return raw


def hostile_value(kind: Any, path: str) -> Any:
    parts = options(kind)
    for part in parts:
        if isinstance(part, type) and issubclass(part, msgspec.Struct):
            return hostile(part, f"{path}.")
        if is_list(part):
            inner = typing.get_args(part)[0]
            return [hostile_value(option, f"{path}.{n}") for n, option in enumerate(options(inner))]
    # A field of another type gets a text as well: the wrong type must be as harmless.
    return f"{HOSTILE}mark<{path}>{HOSTILE}"


def marks(raw: Any) -> Iterator[str]:
    if isinstance(raw, dict):
        for value in raw.values():
            yield from marks(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from marks(value)
    elif isinstance(raw, str):
        yield raw.partition("mark<")[2].partition(">")[0]


def texts(ticket: Ticket) -> Iterator[str]:
    for name in Ticket.__dataclass_fields__:
        value = getattr(ticket, name)
        match value:
            case Person():
                yield from (part for part in (value.name, value.email, value.phone) if part)
            case str():
                yield str(value)
            case tuple():
                yield from value
            case dict():
                for key, part in value.items():
                    yield key
                    if isinstance(part, str):
                        yield part
            case _:
                continue


def assert_clean(text: str) -> None:
    assert clean(text, multiline=True) == text
    assert text.encode()


def mapped(shape: type[msgspec.Struct], raw: dict[str, Any]) -> tuple[Ticket, Item]:
    item = Item(raw)
    return TICKETS[shape](item, TicketRef("w", "1"), origin("v")), item


def test_every_wire_shape_is_under_test() -> None:
    tested = {part for shape in (*TICKETS, *CHOICES, *FIELDS, *READ_APART) for part in below(shape)}
    assert set(wire_shapes()) == tested


def test_a_text_that_was_not_cleaned_would_be_noticed() -> None:
    with pytest.raises(AssertionError):
        assert_clean(f"{HOSTILE}mark<x>")


@pytest.mark.parametrize("shape", TICKETS, ids=lambda shape: shape.__name__)
def test_every_field_of_a_ticket_is_cleaned(shape: type[msgspec.Struct]) -> None:
    raw = hostile(shape)
    for apart, key in READ_APART.items():
        if apart.__module__ == shape.__module__:
            raw[key] = [hostile(apart, f"{key}.0.")]
    raw[f"undocumented{HOSTILE}"] = {HOSTILE: [HOSTILE, {HOSTILE: f"{HOSTILE}mark<deep>"}]}
    ticket, _ = mapped(shape, raw)
    found = list(texts(ticket))
    assert found
    for text in found:
        assert_clean(text)
    assert any("mark<deep>" in text for text in found)


@pytest.mark.parametrize("shape", TICKETS, ids=lambda shape: shape.__name__)
def test_no_field_of_a_ticket_gets_lost(shape: type[msgspec.Struct]) -> None:
    raw = hostile(shape)
    ticket, item = mapped(shape, raw)
    shown = "\n".join(texts(ticket))
    id_name = str(msgspec.structs.fields(shape)[0].encode_name)
    lost = {
        path
        for path in marks(raw)
        if path != id_name and path not in HARMLESS and f"mark<{path}>" not in shown
    }
    # What is named by a tag's name alone, and what is counted instead of shown.
    assert {path for path in lost if not path.startswith("tags.")} == set()
    assert item.misfits <= set(marks(raw))


@pytest.mark.parametrize("shape", CHOICES, ids=lambda shape: shape.__name__)
def test_every_field_of_a_choice_is_cleaned(shape: type[msgspec.Struct]) -> None:
    raw = hostile(shape)
    assert CHOICES[shape](raw) is None
    for field in msgspec.structs.fields(shape):
        # With a value that can be sent back, the label is what is left to clean.
        option = CHOICES[shape]({**raw, str(field.encode_name): "7"})
        if option is not None:
            assert option.value == "7"
            assert_clean(option.label)


@pytest.mark.parametrize("shape", FIELDS, ids=lambda shape: shape.__name__)
def test_every_text_of_a_tenants_field_is_cleaned(shape: type[msgspec.Struct]) -> None:
    raw = hostile(shape)
    assert FIELDS[shape](raw) is None
    named = {**raw, "id": "7", "systemName": "7"}
    for options in ("options", "possibleValues"):
        named[options] = [{"value": "plain", "label": HOSTILE, "order": HOSTILE}, HOSTILE]
    spec = FIELDS[shape](named)
    assert spec is not None
    assert spec.key == "customFields.7"
    assert [each.value for each in spec.choices] == ["plain"]
    texts_of_field = (spec.label, spec.hint, spec.default or "", spec.choices[0].label)
    for text in texts_of_field:
        assert clean(text) == text
    assert spec.label
