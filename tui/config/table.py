"""Hands out the checked values of one TOML table and notes everything that is wrong in it.

A message names the place of a value and never repeats the value: it may be a credential that
somebody put in the wrong place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tui.config.lines import KeyPath, key_lines, line_of
from tui.config.source import Source
from tui.domain.clean import clean
from tui.domain.draft import nearest_name
from tui.domain.duration import duration_words, parse_duration
from tui.domain.errors import Problem

_LARGEST_BITS = 64
"""Of a whole number that is taken for an id."""
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SECRET_KEY = re.compile(
    r"(?:^|[_-])(?:pass|auth|key)$"
    r"|(?:api[_-]?key|token|secret|passw(?:or)?d|passphrase|credentials?|authori[sz]ation|bearer)$",
    re.IGNORECASE,
)
"""Keys that somebody would give a literal credential."""
NO_SECRETS = (
    'a credential does not belong in this file; write credential = { env = "NAME" } '
    "(or command, file, keyring)"
)
_AT_THE_TOP = "unknown key here; it belongs at the top of the file, above the first [table]"


@dataclass(slots=True)
class Findings:
    """What was found in one file, in the order of its lines."""

    source: Source
    _errors: list[tuple[KeyPath, str]] = field(default_factory=list)
    _warnings: list[tuple[KeyPath, str]] = field(default_factory=list)

    def error(self, path: KeyPath, message: str) -> None:
        self._errors.append((path, message))

    def warn(self, path: KeyPath, message: str) -> None:
        self._warnings.append((path, message))

    @property
    def has_errors(self) -> bool:
        return bool(self._errors)

    def problems(self) -> list[Problem]:
        """Return errors and warnings together: a misspelt key often explains an error."""
        return self._located(self._errors + self._warnings)

    def warnings(self) -> list[Problem]:
        return self._located(self._warnings)

    def _located(self, found: Sequence[tuple[KeyPath, str]]) -> list[Problem]:
        if not found:
            return []
        lines = key_lines(self.source.text)
        located = [
            Problem(self.source.shown, line_of(lines, path), dotted(path), message)
            for path, message in found
        ]
        return sorted(located, key=lambda problem: problem.line or 0)


@dataclass(frozen=True, slots=True)
class Table:
    """One table. Each getter answers None where its key is missing or its value is wrong."""

    findings: Findings
    path: KeyPath
    values: Mapping[str, Any]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def error(self, key: str, message: str) -> None:
        """Note that the value of `key` is wrong."""
        self.findings.error((*self.path, key), message)

    def element_error(self, key: str, index: int, message: str) -> None:
        """Note that one element of the list `key` is wrong."""
        self.findings.error((*self.path, key, index), message)

    def warn(self, key: str, message: str) -> None:
        """Note something about `key` that the program can start with."""
        self.findings.warn((*self.path, key), message)

    def text(self, key: str, *, number_too: bool = False) -> str | None:
        """Return one line of text, cleaned; never "". `number_too`: an id may be unquoted."""
        return self._text((*self.path, key), self.values.get(key), number_too=number_too)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts, all or none of it."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self._wrong_type(key, "a list of texts", value)
            return None
        path = (*self.path, key)
        texts = [self._text((*path, index), item) for index, item in enumerate(value)]
        return tuple(text for text in texts if text is not None) if None not in texts else None

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        """Return one of `choices`."""
        value = self.text(key)
        if value is None or value in choices:
            return value
        self.error(key, none_of(value, choices))
        return None

    def flag(self, key: str) -> bool | None:
        """Return true or false."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return value
        self._wrong_type(key, "true or false", value)
        return None

    def count(self, key: str, *, most: int) -> int | None:
        """Return a whole number above zero, at most `most`."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong_type(key, "a whole number", value)
            return None
        if not 1 <= value <= most:
            self.error(key, f"takes a whole number from 1 to {most}")
            return None
        return value

    def duration(self, key: str, *, least: timedelta) -> timedelta | None:
        """Return a length of time, at least `least`."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self._wrong_type(key, 'a length of time such as "30s"', value)
            return None
        try:
            length = parse_duration(value)
        except ValueError as error:
            self.error(key, str(error))
            return None
        if length < least:
            self.error(key, f"takes at least {duration_words(least)}")
            return None
        return length

    def table(self, key: str) -> "Table | None":
        """Return the table below `key`."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong_type(key, "a table", value)
            return None
        return Table(self.findings, (*self.path, key), value)

    def tables(self, key: str) -> "list[Table]":
        """Return the tables of the list `[[key]]`."""
        value = self.values.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.error(key, f"takes a list of tables; write [[{key}]], with two brackets")
            return []
        path = (*self.path, key)
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                self.findings.error((*path, index), f"takes a table, not {type_words(item)}")
        return [
            Table(self.findings, (*path, index), item)
            for index, item in enumerate(value)
            if isinstance(item, dict)
        ]

    def finish(
        self,
        known: Sequence[str],
        *,
        needs: Sequence[tuple[str, ...]] = (),
        top_keys: Sequence[str] = (),
    ) -> None:
        """Note unknown keys, and each of `needs` (one key of several) that is not there.

        A key that is missing because it is misspelt is one mistake and becomes one line. A key
        that looks as if it held a credential is an error, wherever it stands.
        """
        missing = [need for need in needs if not any(key in self.values for key in need)]
        for key, value in self.values.items():
            if key in known:
                continue
            path = (*self.path, key)
            secrets = list(_secret_keys(self.path, {key: value}))
            if secrets:
                for secret in secrets:
                    self.findings.error(secret, NO_SECRETS)
                missing = [need for need in missing if "credential" not in need]
                continue
            nearest = nearest_name(key, known)
            hint = f" (nearest known key: {nearest})" if nearest else ""
            meant = next((need for need in missing if nearest in need), None)
            if meant:
                missing.remove(meant)
                self.findings.error(path, f"unknown key, and {nearest} is missing{hint}")
            elif key in top_keys:
                self.findings.warn(path, _AT_THE_TOP)
            else:
                self.findings.warn(path, f"unknown key, ignored{hint}")
        for need in missing:
            if len(need) == 1:
                self.error(need[0], "is missing")
            else:
                self.findings.error(self.path, f"needs one of: {', '.join(need)}")

    def _text(self, path: KeyPath, value: object, *, number_too: bool = False) -> str | None:
        if value is None:
            return None
        if number_too and isinstance(value, int) and not isinstance(value, bool):
            if value.bit_length() <= _LARGEST_BITS:
                return str(value)
            self.findings.error(path, "is too long")
            return None
        if not isinstance(value, str):
            self.findings.error(path, f"takes text in quotes, not {type_words(value)}")
            return None
        text = value.strip()
        if not text:
            self.findings.error(path, "is empty")
            return None
        if clean(text) != text:
            self.findings.error(path, "holds characters that cannot be shown, or is too long")
            return None
        return text

    def _wrong_type(self, key: str, wanted: str, value: object) -> None:
        self.error(key, f"takes {wanted}, not {type_words(value)}")


def is_secret_key(key: str) -> bool:
    """Whether somebody would give a key of this name a literal credential."""
    return _SECRET_KEY.search(key) is not None


def none_of(value: str, choices: Sequence[str]) -> str:
    """Return the complaint about a value that is none of `choices`; it is not repeated."""
    nearest = nearest_name(value, choices)
    hint = f" (nearest: {nearest})" if nearest else ""
    return f"takes one of: {', '.join(choices)}{hint}"


def type_words(value: object) -> str:
    """Return what kind of TOML value this is, in words."""
    match value:
        case bool():
            return "true or false"
        case str():
            return "text"
        case int():
            return "a whole number"
        case float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def dotted(path: KeyPath) -> str:
    """Return the name of a key in messages: `workspaces[1].data_center`, lists from 0."""
    words = ""
    for part in path:
        if isinstance(part, int):
            words += f"[{part}]"
        else:
            name = part if _BARE_KEY.fullmatch(part) else f'"{clean(part, limit=80)}"'
            words += f".{name}" if words else name
    return words


def _secret_keys(path: KeyPath, value: object) -> Iterator[KeyPath]:
    """Find keys that look like credentials anywhere below a key that nobody knows."""
    waiting: list[tuple[KeyPath, object]] = [(path, value)]
    while waiting:
        place, inside = waiting.pop()
        if isinstance(inside, dict):
            for key, inner in inside.items():
                if is_secret_key(key) and not isinstance(inner, dict | bool):
                    yield (*place, key)
                else:
                    waiting.append(((*place, key), inner))
        elif isinstance(inside, list):
            waiting += [((*place, index), inner) for index, inner in enumerate(inside)]
