"""Finds the line on which each key of a TOML text stands. Pure; used only to word a complaint.

`tomllib` tells no positions. But a text that it accepts can be cut into its statements: a statement
ends with the first line at which it parses on its own. So every statement is parsed once more,
alone, and its keys are put below the table header that stands above it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

KeyPath = tuple[str | int, ...]
"""Keys and list indices from the top of a file: `("workspaces", 1, "vendor")`."""

_LINES_OF_ONE_STATEMENT = 400
"""Statements with more lines are not searched; trying each end costs the square of them."""


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """Return the line, counted from 1, of every key and list element of a valid TOML text.

    What stands behind a statement of more than 400 lines is left out.
    """
    lines: dict[KeyPath, int] = {(): 1}
    elements: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, statement in statements(text):
        try:
            values = tomllib.loads(statement)
        except (ValueError, RecursionError):
            break
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
    pending: list[str] = []
    first = 1
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not pending:
            first = number
            if not line.strip() or line.lstrip().startswith("#"):
                continue
        pending.append(line)
        statement = "\n".join(pending)
        if _is_whole(statement) or len(pending) > _LINES_OF_ONE_STATEMENT:
            yield first, statement
            pending = []
    if pending:
        yield first, "\n".join(pending)


def _is_whole(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    except (ValueError, RecursionError):
        return True
    return True


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
    """Return the line of everything that one `key = value` sets."""
    lines: dict[KeyPath, int] = {(): first}
    if "\n" in statement:
        lines.update(_element_lines(statement, first))
    for path in _paths(values):
        lines.setdefault(path, lines[path[:-1]])
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


def _element_lines(statement: str, first: int) -> Iterator[tuple[KeyPath, int]]:
    """Find the elements of a list that is written over several lines, by closing it early."""
    rows = statement.split("\n")
    start, known = first, 0
    for count in range(1, len(rows)):
        try:
            inside: Any = tomllib.loads("\n".join([*rows[:count], "]"]))
        except (ValueError, RecursionError):
            continue
        path: KeyPath = ()
        while isinstance(inside, dict):
            key, inside = next(iter(inside.items()))
            path = (*path, key)
        for index in range(known, len(inside)):
            yield (*path, index), start
        start, known = first + count, len(inside)
