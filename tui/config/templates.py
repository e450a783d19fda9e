"""Reads the `[[templates]]` of a configuration: values for new tickets of one kind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tui.config.table import NO_SECRETS, Table, is_secret_key
from tui.domain.clean import clean
from tui.domain.creates import Template
from tui.domain.draft import FieldSpec, check_draft, find_spec, nearest_name
from tui.domain.field_pairs import Field, NoField, read_table

Fields = Mapping[str, Sequence[FieldSpec]]
"""The fields of a create by vendor id; none for a vendor that takes no new tickets."""

NO_FIELDS: Final[Fields] = MappingProxyType({})
_KEYS: Final = ("name", "workspace", "fields")


def read_templates(
    top: Table, vendors: Mapping[str, str | None], fields: Fields, top_keys: Sequence[str]
) -> tuple[Template, ...]:
    """Return the templates; wrong ones are noted and left out, and so are unknown fields.

    `vendors` has the vendor id of every workspace by name; None where the workspace itself is
    wrong. Without `fields` nothing is said of a template's fields.
    """
    templates: dict[str, Template] = {}
    for table in top.tables("templates"):
        name = table.text("name")
        workspace = table.choice("workspace", tuple(vendors))
        if name in templates:
            table.error("name", "another template has this name already")
        given = _given(table)
        if fields:
            given = _checked(table, given, _forms(table, workspace, vendors, fields))
        table.finish(_KEYS, needs=(("name",), ("fields",)), top_keys=top_keys)
        if name:
            pairs = tuple((field.key, field.value) for field in given)
            templates[name] = Template(name=name, workspace=workspace, pairs=pairs)
    return tuple(templates.values())


def _given(table: Table) -> list[Field]:
    fields = table.table("fields")
    try:
        return list(read_table(fields.values)) if fields else []
    except NoField as error:
        table.findings.error((*table.path, "fields", *error.path), error.reason)
        return []


def _forms(
    table: Table, workspace: str | None, vendors: Mapping[str, str | None], fields: Fields
) -> list[Sequence[FieldSpec]]:
    """Return the fields of every vendor that the template may be for."""
    meant = vendors.values() if workspace is None else (vendors[workspace],)
    forms = [fields.get(vendor, ()) for vendor in dict.fromkeys(meant) if vendor is not None]
    takers = [specs for specs in forms if specs]
    if workspace is not None and forms and not takers:
        table.error(
            "workspace", "takes a workspace where tickets can be created, which this is not"
        )
    return takers


def _checked(
    table: Table, given: Sequence[Field], forms: Sequence[Sequence[FieldSpec]]
) -> list[Field]:
    """Return the fields that some form has, and note what is wrong with the others."""
    if not forms or not given:
        return list(given)
    known: list[Field] = []
    for field in given:
        if any(find_spec(specs, field.key) for specs in forms):
            known.append(field)
        else:
            _note_unknown(table, field, forms)
    fitting = [specs for specs in forms if all(find_spec(specs, each.key) for each in known)]
    if not fitting:
        table.warn("fields", "no workspace has all of these fields, so it is never offered")
        return known
    problems = [_problems(specs, known) for specs in fitting]
    if all(problems):
        for field, message in problems[0]:
            table.findings.error((*table.path, "fields", *field.path), clean(message))
    return known


def _problems(specs: Sequence[FieldSpec], fields: Sequence[Field]) -> list[tuple[Field, str]]:
    """Return what is wrong with each value; that a template leaves something open is not."""
    optional = [replace(spec, required=False) for spec in specs]
    found: list[tuple[Field, str]] = []
    seen: set[str] = set()
    for field in fields:
        spec = find_spec(specs, field.key)
        _, problems = check_draft("", optional, [(field.key, field.value)])
        found += [(field, problem.message) for problem in problems]
        if field.key in seen and spec is not None and not spec.repeats:
            found.append((field, "takes one value"))
        seen.add(field.key)
    return found


def _note_unknown(table: Table, field: Field, forms: Sequence[Sequence[FieldSpec]]) -> None:
    path = (*table.path, "fields", *field.path)
    if is_secret_key(field.key):
        table.findings.error(path, NO_SECRETS)
        return
    names = dict.fromkeys(
        spec.key + (".<name>" if spec.open_keys else "") for specs in forms for spec in specs
    )
    nearest = nearest_name(field.key, list(names))
    hint = f"nearest known key: {nearest}" if nearest else f"fields: {', '.join(names)}"
    table.findings.warn(path, f"unknown field, ignored ({hint})")
