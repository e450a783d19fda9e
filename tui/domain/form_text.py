"""What stands in a form's fields as text, and the pairs of key and value it means. Pure.

A repeating field holds its values with commas between them, an open family `name=value` lines.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from tui.domain.draft import FieldSpec, choose, find_spec

Pair = tuple[str, str]

_PART = re.compile(r'\s*"((?:[^"]|"")*)"[^\S\n]*(?=[,\n]|\Z)|([^,\n]*)')
_ENDS = re.compile(r'[,\n]|^\s*"|^\s|\s$')


def split_values(text: str) -> list[str]:
    """Return the values of a repeating field: between commas or on lines of their own.

    A value that holds a comma stands in double quotes; one of its own quotes is doubled then.
    """
    values: list[str] = []
    place = 0
    while place <= len(text):
        found = _PART.match(text, place)
        assert found is not None  # noqa: S101  the last alternative takes nothing as well
        quoted = found[1]
        value = found[2].strip() if quoted is None else quoted.replace('""', '"')
        if value.strip():
            values.append(value)
        place = found.end() + 1
    return values


def join_values(values: Iterable[str]) -> str:
    """Return the text of a repeating field; `split_values` takes it apart again."""
    return ", ".join(
        '"' + value.replace('"', '""') + '"' if _ENDS.search(value) else value for value in values
    )


def to_pairs(spec: FieldSpec, text: str) -> list[Pair]:
    """Return the pairs of one field: several for a repeating one, one a line for an open family."""
    if spec.open_keys:
        return [
            (f"{spec.key}.{name.strip().removeprefix(f'{spec.key}.')}", value.strip())
            for name, equals, value in (line.partition("=") for line in text.splitlines())
            if equals and name.strip()
        ]
    if spec.repeats:
        return [(spec.key, value) for value in split_values(text)]
    return [(spec.key, text)]


def to_texts(specs: Sequence[FieldSpec], pairs: Iterable[Pair]) -> Mapping[str, str]:
    """Return what stands in a form's fields for these pairs, by the keys of the fields.

    A choice may be given by its label. A key that no field takes is left out. Of several values for
    a field that takes one, the last counts.
    """
    values: dict[str, list[str]] = {}
    lines: dict[str, list[str]] = {}
    for key, raw in pairs:
        spec = find_spec(specs, key)
        if spec is None:
            continue
        value = (choose(spec.choices, raw.strip()) or raw) if spec.choices else raw
        if spec.open_keys:
            lines.setdefault(spec.key, []).append(f"{key.removeprefix(f'{spec.key}.')}={value}")
        elif spec.repeats:
            values.setdefault(key, []).append(value)
        else:
            values[key] = [value]
    repeating = {spec.key for spec in specs if spec.repeats}
    texts = {
        key: join_values(each) if key in repeating else each[0] for key, each in values.items()
    }
    return texts | {family: "\n".join(each) for family, each in lines.items()}


def refitted(specs: Sequence[FieldSpec], texts: Mapping[str, str]) -> Mapping[str, str]:
    """Return texts that stood in a form when it had other fields, each where its field is now.

    A line of an open family moves into the field of its name where that is empty; the text of a
    member without a field becomes a line of its family. What fits nowhere keeps its key.
    """
    own = {spec.key for spec in specs}
    fitted = {key: text for key, text in texts.items() if key in own}
    for key, text in texts.items():
        family = find_spec(specs, key)
        if key in own:
            continue
        if family is None or "\n" in text or not text.strip():
            fitted[key] = text
        else:
            line = f"{key.removeprefix(f'{family.key}.')}={text}"
            _add_line(fitted, family.key, line)
    for spec in specs:
        if spec.open_keys and (lines := fitted.get(spec.key)):
            fitted[spec.key] = "\n".join(_lines_left(spec, lines.split("\n"), own, fitted))
    return fitted


def _add_line(texts: dict[str, str], key: str, line: str) -> None:
    before = texts.get(key, "")
    texts[key] = f"{before.rstrip()}\n{line}" if before.strip() else line


def _lines_left(
    family: FieldSpec, lines: Iterable[str], own: set[str], texts: dict[str, str]
) -> list[str]:
    """Move the lines that have a field of their own into `texts`; return the others."""
    left: list[str] = []
    for line in lines:
        pairs = to_pairs(family, line)
        if pairs and pairs[0][0] in own and not texts.get(pairs[0][0], "").strip():
            texts[pairs[0][0]] = pairs[0][1]
        else:
            left.append(line)
    return left
