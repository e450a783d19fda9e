"""Writes what a configuration may hold as JSON Schema, for editors. Derived from what reads it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tui.config.general import TOP_KEYS
from tui.config.model import BELL_RULES, CLIPBOARDS, GLYPHS, MOUSE
from tui.config.templates import Fields
from tui.config.workspaces import COMMON_KEYS, WORKSPACE_NAME
from tui.domain.order import SORT_KEYS
from tui.domain.settings import SettingSpec, VendorDeclaration
from tui.domain.ticket import Priority, Status

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_SPAN: Final[Schema] = {"type": "string", "pattern": "^([0-9]+[smhdw])+$"}
_ID: Final[Schema] = {"type": ["string", "integer"]}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 1}
_VALUE: Final[Schema] = {"type": ["string", "number", "boolean", "array", "object"]}


def config_schema(
    vendors: Mapping[str, VendorDeclaration],
    *,
    themes: Iterable[str],
    commands: Mapping[str, str],
    fields: Fields,
) -> Schema:
    """Return the schema of the main file.

    `commands` are what each does, by id. `fields` are those of every vendor's new tickets.
    """
    properties = {
        "theme": {"anyOf": [{"enum": sorted(themes)}, _TEXT]},
        "glyphs": {"enum": list(GLYPHS)},
        "mouse": {"enum": list(MOUSE)},
        "time_zone": _said(_TEXT, "local, UTC, or an IANA name"),
        "clipboard": {"enum": list(CLIPBOARDS)},
        "poll_interval": _pace(),
        "state_dir": _said(_TEXT, "where tickets, history, creates and counts are kept"),
        "retention": _said(_SPAN, "how long the history of changes is kept"),
        "store_bodies": _said({"type": "boolean"}, "false: texts and customers stay in memory"),
        "workspaces": _list(_workspace(vendors)),
        "views": _list(_view()),
        "templates": _list(_template(fields)),
        "keys": _keys(commands),
        "alerts": _table({"bell": {"type": "array", "items": {"enum": list(BELL_RULES)}}}),
        "network": _table({"ca_bundle": _TEXT, "proxy": _TEXT, "timeout": _SPAN}),
    }
    return {
        "$schema": DIALECT,
        "title": "Configuration of ticketdeck",
        **_table({key: properties[key] for key in TOP_KEYS}),
    }


def _workspace(vendors: Mapping[str, VendorDeclaration]) -> Schema:
    """Return the schema of a workspace: what all have, and by its vendor what that one adds."""
    words = {"type": "object", "additionalProperties": {}}
    common: Schema = {
        "name": {"type": ["string", "integer"], "pattern": f"^{WORKSPACE_NAME.pattern}$"},
        "vendor": {"enum": list(vendors)},
        "credential": _credential(),
        "base_url": _said(_TEXT, "https, or http on loopback; replaces the vendor's address"),
        "mode": _said({"enum": ["act", "observe"]}, "observe never writes to the vendor"),
        "poll_interval": _pace(),
        "call_budget": _table({"calls": _COUNT, "days": _COUNT}, needs=["calls", "days"]),
        "sla": _table({priority.value: _SPAN for priority in Priority}),
        "status_words": words | {"additionalProperties": {"enum": [each.value for each in Status]}},
        "priority_words": words
        | {"additionalProperties": {"enum": [each.value for each in Priority]}},
        "link": _said(_TEXT, "an address for a ticket, with {id} and {number}"),
    }
    settings = {spec.key: _setting(spec) for each in vendors.values() for spec in each.settings} | {
        key: common[key] for key in COMMON_KEYS
    }
    return _table(settings, needs=["name", "vendor", "credential"]) | {
        "allOf": [_of_vendor(each, list(settings)) for each in vendors.values()]
    }


def _of_vendor(declaration: VendorDeclaration, keys: Sequence[str]) -> Schema:
    own = {spec.key: _setting(spec) for spec in declaration.settings}
    foreign = [key for key in keys if key not in own and key not in COMMON_KEYS]
    groups: dict[str, list[str]] = {}
    for spec in declaration.settings:
        if spec.one_of:
            groups.setdefault(spec.one_of, []).append(spec.key)
    then: Schema = {
        "properties": own | dict.fromkeys(foreign, False),
        "required": [spec.key for spec in declaration.settings if spec.required],
    }
    if groups:
        then["allOf"] = [
            {"oneOf": [{"required": [key]} for key in group]} for group in groups.values()
        ]
    given = {"properties": {"vendor": {"const": declaration.id}}, "required": ["vendor"]}
    return {"if": given, "then": then}


def _setting(spec: SettingSpec) -> Schema:
    return _said({"enum": list(spec.choices)} if spec.choices else _ID, spec.hint)


def _credential() -> Schema:
    """Return the schema of a place of a credential. Its value itself is never taken."""
    places: Mapping[str, Schema] = {
        "env": _said(_TEXT, "the name of a variable"),
        "command": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "file": _said(_TEXT, "only its owner may read it"),
        "keyring": {"type": "string", "pattern": "/"},
    }
    return {"oneOf": [_table({kind: place}, needs=[kind]) for kind, place in places.items()]}


def _view() -> Schema:
    sort = {"type": "string", "pattern": f"^({'|'.join(SORT_KEYS)})(:(asc|desc))?$"}
    return _table({"name": _TEXT, "query": {"type": "string"}, "sort": sort}, needs=["name"])


def _template(fields: Fields) -> Schema:
    """Return the schema of a template. Which vendor has which of its fields is not told here."""
    labels: dict[str, dict[str, None]] = {}
    for specs in fields.values():
        for spec in specs:
            labels.setdefault(spec.key.partition(".")[0], {})[spec.label] = None
    known = {key: _said(_VALUE, " or ".join(names)) for key, names in labels.items()}
    values = {"type": "object", "properties": known, "additionalProperties": _VALUE}
    workspace = _said(_TEXT, "the only one that it is for")
    keys = {"name": _TEXT, "workspace": workspace, "fields": values}
    return _table(keys, needs=["name", "fields"])


def _keys(commands: Mapping[str, str]) -> Schema:
    """Return the schema of the keys; `ticket.create` may stand as a table in a table too."""
    keys = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    nested = {"type": "object", "additionalProperties": keys}
    return {
        "type": "object",
        "properties": {command: _said(keys, says) for command, says in commands.items()},
        "additionalProperties": nested,
    }


def _pace() -> Schema:
    return {"anyOf": [{"enum": ["auto", 0]}, _SPAN]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _table(properties: Mapping[str, Any], *, needs: Sequence[str] = ()) -> Schema:
    table: Schema = {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }
    return table | {"required": list(needs)} if needs else table


def _said(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}
