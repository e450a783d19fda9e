"""Finds the line on which each key of a TOML text stands. Pure; used only to word a complaint.

`tomllib` tells no positions. But a text that it accepts can be cut into its statements where no
bracket and no quote is open. Each statement is parsed once more, alone, and its keys are put below
the table header that stands above it.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

KeyPath = tuple[str | int, ...]
"""Keys and list indices from the top of a file: `("workspaces", 1, "vendor")`."""

_ROWS_SEARCHED = 400
"""A longer statement is told by its first line; looking inside costs the square of its rows."""

_TOKEN = re.compile(
    r"""(?P<comment>\#.*) | (?P<open>[\[{]) | (?P<close>[\]}]) | (?P<quotes>\"{3}|'{3})
    | "(?:[^"\\]|\\.)*" | '[^']*' | .""",
    re.VERBOSE,
)
_STRING_END = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*"{3,5}'),
    "'''": re.compile(r"(?:[^']|'(?!''))*'{3,5}"),
}
_CLOSING = {"[": "]", "{": "}"}


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """Return the line, counted from 1, of every key and list element of a valid TOML text."""
    lines: dict[KeyPath, int] = {(): 1}
    elements: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, statement in statements(text):
        try:
            values = tomllib.loads(statement)
        except (ValueError, RecursionError):
            continue
        if statement.lstrip().startswith("["):
            table = _open_table(values, elements)
            for depth in range(1, len(table) + 1):
                lines.setdefault(table[:depth], line)
            continue
        for path, own_line in _statement_lines(statement, values, line).items():
            lines.setdefault(table + path, own_line)
    return lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """Return the line of a key; of the table around it where the key itself is missing."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def statements(text: str) -> Iterator[tuple[int, str]]:
    """Cut a TOML text into its statements, each with its first line; the last may be unfinished.

    Blank lines and comments between statements are left out.
    """
    rows: list[str] = []
    closers: tuple[str, ...] = ()
    first = 1
    for number, row in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not rows:
            first = number
            if not row.strip() or row.lstrip().startswith("#"):
                continue
        rows.append(row)
        closers = _closers_after(row, closers)
        if not closers:
            yield first, "\n".join(rows)
            rows = []
    if rows:
        yield first, "\n".join(rows)


def _closers_after(row: str, closers: tuple[str, ...]) -> tuple[str, ...]:
    """Return what would close all that is open at the end of a row, the innermost last."""
    waiting = list(closers)
    place = 0
    while place < len(row):
        if waiting and waiting[-1] in _STRING_END:
            found = _STRING_END[waiting[-1]].match(row, place)
            if not found:
                break
            waiting.pop()
        else:
            found = _TOKEN.match(row, place)
            if not found:
                break
            if found["open"]:
                waiting.append(_CLOSING[found["open"]])
            elif found["quotes"]:
                waiting.append(found["quotes"])
            elif found["close"] and waiting:
                waiting.pop()
        place = found.end()
    return tuple(waiting)


def _open_table(header: Mapping[str, Any], elements: dict[KeyPath, int]) -> KeyPath:
    """Return where a `[header]` or `[[header]]` points; `elements` counts what each list holds."""
    path: KeyPath = ()
    inside: Any = header
    while inside:
        if isinstance(inside, list):
            elements[path] = elements.get(path, 0) + 1
            return (*path, elements[path] - 1)
        key = next(iter(inside))
        path = (*_through_lists(path, elements), key)
        inside = inside[key]
    return path


def _through_lists(path: KeyPath, elements: Mapping[KeyPath, int]) -> KeyPath:
    """A header that goes through a list of tables means the list's last table so far."""
    return (*path, elements[path] - 1) if path in elements else path


def _statement_lines(statement: str, values: Mapping[str, Any], first: int) -> dict[KeyPath, int]:
    """Return the line of everything that one `key = value` sets.

    A value of several rows is cut behind each of them and closed: what is there for the first time
    began on that row.
    """
    lines: dict[KeyPath, int] = {(): first}
    rows = statement.split("\n")
    closers: tuple[str, ...] = ()
    for count in range(1, min(len(rows), _ROWS_SEARCHED)):
        closers = _closers_after(rows[count - 1], closers)
        try:
            so_far = tomllib.loads("\n".join(rows[:count]) + "\n" + "".join(reversed(closers)))
        except (ValueError, RecursionError):
            continue
        for path in _paths(so_far):
            lines.setdefault(path, first + count - 1)
    last = first + len(rows) - 1 if len(rows) <= _ROWS_SEARCHED else first
    for path in _paths(values):
        lines.setdefault(path, last)
    return lines


def _paths(values: Mapping[str, Any]) -> Iterator[KeyPath]:
    """Every path in a parsed value, outer ones first. A stack, because values may nest deeply."""
    waiting: list[tuple[KeyPath, Any]] = [((), values)]
    while waiting:
        path, value = waiting.pop()
        if path:
            yield path
        if isinstance(value, dict):
            waiting += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, index), inner) for index, inner in enumerate(value)]
