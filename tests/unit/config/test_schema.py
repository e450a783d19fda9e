"""The schema says of a configuration what reading it says."""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from support.configuration import write_config
from tui.app.commands import BY_ID
from tui.config.load import load_config
from tui.config.schema import config_schema
from tui.domain.errors import ConfigError
from tui.resources import resource
from tui.vendors.registry import vendor_declarations, vendor_specs

EXAMPLE = resource("config.example.toml").read_text(encoding="utf-8")
SCHEMA = config_schema(
    vendor_declarations(),
    themes=["midnight", "daylight"],
    commands={command: each.help for command, each in BY_ID.items()},
    fields={vendor: spec.fields for vendor, spec in vendor_specs().items()},
)
_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def fits(schema: Any, value: Any) -> bool:
    """Judge a value by the words of JSON Schema that ours uses."""
    if isinstance(schema, bool):
        return schema
    known = {"$schema", "title", "description", "if", "then", *_RULES}
    assert schema.keys() <= known, schema.keys() - known
    if "if" in schema and fits(schema["if"], value) and not fits(schema["then"], value):
        return False
    return all(rule(schema, value) for word, rule in _RULES.items() if word in schema)


def _has_type(schema: Any, value: Any) -> bool:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return any(
        isinstance(value, _TYPES[each]) and (each == "boolean" or not isinstance(value, bool))
        for each in types
    )


def _inside(schema: Any, value: Any) -> bool:
    named = schema.get("properties", {})
    other = schema.get("additionalProperties", True)
    return not isinstance(value, dict) or all(
        fits(named.get(key, other), inner) for key, inner in value.items()
    )


_RULES: Final[Mapping[str, Any]] = {
    "type": _has_type,
    "enum": lambda schema, value: value in schema["enum"],
    "const": lambda schema, value: value == schema["const"],
    "pattern": lambda schema, value: (
        not isinstance(value, str) or re.search(schema["pattern"], value)
    ),
    "minLength": lambda schema, value: (
        not isinstance(value, str) or len(value) >= schema["minLength"]
    ),
    "minimum": lambda schema, value: value >= schema["minimum"],
    "minItems": lambda schema, value: len(value) >= schema["minItems"],
    "items": lambda schema, value: all(fits(schema["items"], each) for each in value),
    "properties": _inside,
    "additionalProperties": _inside,
    "required": lambda schema, value: all(key in value for key in schema["required"]),
    "anyOf": lambda schema, value: any(fits(each, value) for each in schema["anyOf"]),
    "oneOf": lambda schema, value: sum(fits(each, value) for each in schema["oneOf"]) == 1,
    "allOf": lambda schema, value: all(fits(each, value) for each in schema["allOf"]),
}


def test_it_is_json_and_the_example_fits() -> None:
    assert fits(json.loads(json.dumps(SCHEMA)), tomllib.loads(EXAMPLE))
    assert fits(SCHEMA, {})


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        ('vendor = "klinkcx"', 'vendor = "klinkxc"'),
        ('mode = "act"', 'mode = "look"'),
        ('data_center = "eu"', 'data_center = "mars"'),
        ('workspace_id = "25739"\n', ""),
        ('segment_id = "54428"\n', ""),
        ('segment_id = "54428"', 'segment_id = "54428"\nworkspace_id = "16611"'),
        ('client_id = "inbox-client"\n', ""),
        ('credential = { env = "KLINKCX_API_TOKEN" }', 'credential = "kpt_123"'),
        ('credential = { env = "KLINKCX_API_TOKEN" }', 'credential = { env = "A", file = "~/b" }'),
        ("calls = 20000, ", ""),
        ('critical = "1h"', 'critical = "soon"'),
        ('retention = "30d"', "retention = 30"),
        ("store_bodies = true", 'store_bodies = "yes"'),
        ('sort = "urgency"', 'sort = "urgent"'),
        ('name = "Tills down"\n', ""),
        ("[templates.fields]\n", "[templates.field]\n"),
        ('bell = ["critical", "overdue"]', 'bell = ["loud"]'),
        ('"P1" = "critical"', '"P1" = "grave"'),
    ],
)
def test_what_reading_refuses_does_not_fit(tmp_path: Path, given: str, instead: str) -> None:
    text = EXAMPLE.replace(given, instead)
    assert text != EXAMPLE

    with pytest.raises(ConfigError):
        load_config(write_config(tmp_path, text), vendor_declarations())
    assert not fits(SCHEMA, tomllib.loads(text))


@pytest.mark.parametrize("given", ["theme", "name = ", "query", "timeout", "glyphs"])
def test_a_misspelt_key_does_not_fit(given: str) -> None:
    text = EXAMPLE.replace(f"\n{given}", f"\nx{given}", 1)

    assert text != EXAMPLE
    assert not fits(SCHEMA, tomllib.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        'poll_interval = 0\ntheme = "my own"\n[keys]\nticket.create = "n"\n"app.quit" = ""',
        '[[templates]]\nname = "a"\n[templates.fields]\ntags = ["a"]\ncf.due = 2026-11-22',
    ],
)
def test_what_reading_takes_fits(tmp_path: Path, text: str) -> None:
    assert load_config(write_config(tmp_path, text), vendor_declarations()).warnings == ()
    assert fits(SCHEMA, json.loads(json.dumps(tomllib.loads(text), default=str)))
