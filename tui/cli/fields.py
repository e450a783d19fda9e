"""A new ticket's fields as they come in: `KEY=VALUE` words, and TOML or JSON files."""

import json
import sys
import tomllib
from pathlib import Path

from tui.domain.errors import UsageError
from tui.domain.field_pairs import NoField, read_table

Pair = tuple[str, str]

_MOST_BYTES = 4 * 1024 * 1024
"""No vendor takes a ticket as large as this."""


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

    Nested tables and lists are taken as `domain.field_pairs` says.

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
    try:
        return [(field.key, field.value) for field in read_table(value)]
    except NoField as error:
        raise UsageError(f"{where}: {error}") from None


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
