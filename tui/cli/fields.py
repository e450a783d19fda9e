"""A new ticket's fields as they come in: `KEY=VALUE` words, and TOML or JSON files."""

import json
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

from tui.domain.errors import UsageError

Pair = tuple[str, str]

_MOST_BYTES = 4 * 1024 * 1024
"""No vendor takes a ticket as large as this."""
_DEEPEST = 16


def parse_pair(text: str) -> Pair:
    """Parse `KEY=VALUE`; the value may hold more `=`.

    Raises:
        UsageError: there is no key.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--field {text!r}: write KEY=VALUE")
    return key.strip(), value


def read_fields(source: str | None) -> list[Pair]:
    """Read the fields of a file, of stdin for `-`, or none for None.

    Tables become dotted keys, lists repeat their key. Two kinds of lists of tables that vendors
    write are taken as well: `{id, value}` as `KEY.id`, `{url, name}` as an address and its name.

    Raises:
        UsageError: it cannot be read, or holds what no field can be.
    """
    if source is None:
        return []
    where = "stdin" if source == "-" else source
    try:
        value = _parse(_read(source))
    except OSError as error:
        raise UsageError(f"{where}: {error.strerror or 'cannot be read'}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{where}: not UTF-8 text") from None
    except RecursionError:
        raise UsageError(f"{where}: nested too deeply") from None
    except ValueError as error:  # both parsers' errors; they say line and column
        raise UsageError(f"{where}: {error}") from None
    if not isinstance(value, dict):
        raise UsageError(f"{where}: a table of fields was expected")
    return [pair for key, inner in value.items() for pair in _flat(where, key, inner, 1)]


def _read(source: str) -> str:
    if source != "-":
        with Path(source).open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    elif sys.stdin is None:
        raise UsageError("stdin is closed")
    else:
        raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise UsageError(f"{source}: larger than {_MOST_BYTES // 1024 // 1024} MiB")
    return raw.decode("utf-8-sig")


def _parse(text: str) -> object:
    if text.lstrip().startswith("{"):
        return json.loads(text)
    return tomllib.loads(text)


def _flat(where: str, key: str, value: object, depth: int) -> Iterator[Pair]:
    match value:
        case None:
            return
        case bool():
            yield key, "true" if value else "false"
        case str() | int() | float():
            yield key, str(value)
        case date() | time():
            yield key, value.isoformat()
        case dict() if depth < _DEEPEST:
            for name, inner in value.items():
                yield from _flat(where, f"{key}.{name}", inner, depth + 1)
        case list():
            for item in value:
                match item:
                    case {"id": str() | int() as name, "value": inner, **rest} if not rest:
                        yield from _flat(where, f"{key}.{name}", inner, depth + 1)
                    case {"url": str(url), "name": str(name), **rest} if not rest:
                        yield key, f"{url} {name}"
                    case dict() | list():
                        raise UsageError(f"{where}: {key}: a list of single values was expected")
                    case _:
                        yield from _flat(where, key, item, depth)
        case _:
            raise UsageError(f"{where}: {key}: no field can hold this")
