"""Lists of choices and the fields of tenants, kept in the cache.

A row that is not as it was written counts as one that never was: its vendor is asked again.
"""

import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from tui.domain.creates import ChoiceList
from tui.domain.draft import Choice, FieldSpec
from tui.store.cache_file import CacheFile
from tui.store.moments import to_microseconds, to_moment

T = TypeVar("T")

_CHOICES: Final = msgspec.msgpack.Decoder(tuple[Choice, ...])
_FIELDS: Final = msgspec.msgpack.Decoder(tuple[FieldSpec, ...])


class ChoiceCache:
    """By queue. For any thread; methods raise StateError like the cache's."""

    def __init__(self, file: CacheFile) -> None:
        self._file = file

    def load(self, workspace: str) -> Mapping[str, ChoiceList]:
        """Return the lists of a workspace by the name of their lookup, however old."""

        def operation(connection: sqlite3.Connection) -> Mapping[str, ChoiceList]:
            rows = connection.execute(
                "SELECT lookup, as_of, content, checksum FROM choices WHERE queue = ?",
                (self._file.id_of(workspace),),
            )
            lists: dict[str, ChoiceList] = {}
            for lookup, as_of, content, checksum in rows:
                found = _decoded(_CHOICES, lookup, as_of, content, checksum)
                if found is not None:
                    lists[lookup] = ChoiceList(*found)
            return lists

        return self._file.read(operation)

    def keep(self, workspace: str, lookup: str, choices: ChoiceList) -> None:
        """Keep a list; one that never came (`as_of` is None) leaves what is there."""
        if choices.as_of is None:
            return
        as_of = to_microseconds(choices.as_of)
        content = msgspec.msgpack.encode(choices.choices)
        row = (lookup, as_of, content, _checksum(lookup, as_of, content))
        self._file.write(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO choices (queue, lookup, as_of, content, checksum)"
                " VALUES (?, ?, ?, ?, ?)",
                (self._file.id_of(workspace), *row),
            )
        )

    def load_fields(self, workspace: str) -> tuple[tuple[FieldSpec, ...], datetime] | None:
        """Return the tenant's own fields and when they were asked for; None: never."""

        def operation(
            connection: sqlite3.Connection,
        ) -> tuple[tuple[FieldSpec, ...], datetime] | None:
            for as_of, content, checksum in connection.execute(
                "SELECT as_of, content, checksum FROM tenant_fields WHERE queue = ?",
                (self._file.id_of(workspace),),
            ):
                return _decoded(_FIELDS, "", as_of, content, checksum)
            return None

        return self._file.read(operation)

    def keep_fields(self, workspace: str, fields: Sequence[FieldSpec], at: datetime) -> None:
        """Keep the tenant's own fields."""
        as_of, content = to_microseconds(at), msgspec.msgpack.encode(tuple(fields))
        row = (as_of, content, _checksum("", as_of, content))
        self._file.write(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO tenant_fields (queue, as_of, content, checksum)"
                " VALUES (?, ?, ?, ?)",
                (self._file.id_of(workspace), *row),
            )
        )


def _decoded(
    decoder: msgspec.msgpack.Decoder[T], name: str, as_of: int, content: bytes, checksum: int
) -> tuple[T, datetime] | None:
    try:
        if _checksum(name, as_of, content) != checksum:
            return None
        return decoder.decode(content), to_moment(as_of)
    except (ValueError, OverflowError, TypeError):
        # Another version's, or no bytes at all.
        return None


def _checksum(name: str, as_of: int, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(f"{as_of} {name}".encode("utf-8", "surrogateescape")))
