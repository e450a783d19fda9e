"""A parsed TOML or JSON table of fields as pairs of key and value. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import NamedTuple

_DEEPEST = 16


class Field(NamedTuple):
    """One value, and where it stands in its table: keys and indices of lists."""

    key: str
    """Dotted where tables are nested."""
    value: str
    path: tuple[str | int, ...]


class NoField(ValueError):
    """What stands at `path` can be no field; the message says why."""

    def __init__(self, key: str, path: tuple[str | int, ...], reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.path = path
        self.reason = reason


def read_table(values: Mapping[str, object]) -> Iterator[Field]:
    """Yield the fields of a table, in its order.

    Tables become dotted keys, lists repeat their key. Two kinds of lists of tables that vendors
    write are taken as well: `{id, value}` as `KEY.id`, `{url, name}` as an address and its name.

    Raises:
        NoField: something is nested too deeply, or is neither text, number, date, table nor list.
    """
    for key, value in values.items():
        yield from _flat(key, value, (key,))


def _flat(key: str, value: object, path: tuple[str | int, ...]) -> Iterator[Field]:
    match value:
        case None:
            return
        case bool():
            yield Field(key, "true" if value else "false", path)
        case str() | int() | float():
            yield Field(key, str(value), path)
        case date() | time():
            yield Field(key, value.isoformat(), path)
        case dict() if len(path) < _DEEPEST:
            for name, inner in value.items():
                yield from _flat(f"{key}.{name}", inner, (*path, name))
        case list():
            for index, item in enumerate(value):
                yield from _listed(key, item, (*path, index))
        case _:
            raise NoField(key, path, "no field can hold this")


def _listed(key: str, item: object, path: tuple[str | int, ...]) -> Iterator[Field]:
    match item:
        case {"id": str() | int() as name, "value": inner, **rest} if not rest:
            yield from _flat(f"{key}.{name}", inner, (*path, "value"))
        case {"url": str(url), "name": str(name), **rest} if not rest:
            yield Field(key, f"{url} {name}", path)
        case dict() | list():
            raise NoField(key, path, "a list of single values was expected")
        case _:
            yield from _flat(key, item, path)
