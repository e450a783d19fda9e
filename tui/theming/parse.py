"""Reads a theme file into typed colours before any of them nears the screen. Pure."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from tui.domain.clean import clean
from tui.domain.draft import nearest_name
from tui.domain.errors import ConfigError, Problem
from tui.theming.spec import (
    ANSI_BY_WORD,
    CURSOR_TEXT,
    ROLES,
    Ansi,
    Attribute,
    Color,
    Hue,
    Paint,
    Theme,
)

_TOP_KEYS = ("extend", "dark", "colors")
_COLOR_KEYS = (*ROLES, CURSOR_TEXT)
_ATTRIBUTES = {attribute.value: attribute for attribute in Attribute}
_WORDS = (*ANSI_BY_WORD, *_ATTRIBUTES)
_HOW = "write a colour as #rrggbb, ansi_red or default, and bold, dim, underline, italic or reverse"
_AT_LINE = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")


def parse_theme(
    text: str, *, name: str, path: str, bases: Mapping[str, Theme] | None = None
) -> tuple[Theme, tuple[Problem, ...]]:
    """Read a theme file; the problems are those that still leave a whole theme.

    `bases` are the themes that it may extend.

    Raises:
        ConfigError: a colour is missing or is none; holds every problem of the file.
    """
    reading = _Reading(text, path)
    data = reading.toml()
    base = reading.base(data, bases or {})
    dark = data.get("dark", base.dark if base else True)
    if not isinstance(dark, bool):
        reading.error("dark", "takes true or false")
    table = data.get("colors", {})
    if not isinstance(table, dict):
        reading.error("colors", "must be a table")
        table = {}
    elif base is None and not reading.errors:
        reading.require(table)
    reading.warn_of_unknown(data, _TOP_KEYS, "")
    reading.warn_of_unknown(table, _COLOR_KEYS, "colors.")
    paints = dict(base.paints) if base else {}
    for role in _COLOR_KEYS:
        if role in table:
            try:
                paints[role] = parse_paint(table[role])
            except ValueError as error:
                reading.error(f"colors.{role}", str(error))
    if reading.errors:
        raise ConfigError(*reading.errors, *reading.warnings)
    return Theme(name, bool(dark), paints), tuple(reading.warnings)


def parse_paint(value: object) -> Paint:
    """Read `#rrggbb`, `ansi_red bold` or `reverse`: at most one colour, and attributes.

    Raises:
        ValueError: it is none of these.
    """
    if not isinstance(value, str) or not value.strip():
        raise ValueError(_HOW)
    hues: list[Hue] = []
    attributes: set[Attribute] = set()
    for word in value.split():
        if word in _ATTRIBUTES:
            attributes.add(_ATTRIBUTES[word])
        elif word in ANSI_BY_WORD:
            hues.append(ANSI_BY_WORD[word])
        elif word.startswith("#"):
            hues.append(Color.parse(word))
        else:
            nearest = nearest_name(word, _WORDS)
            raise ValueError(f"{_HOW} (nearest: {nearest})" if nearest else _HOW)
    if len(hues) > 1:
        raise ValueError("takes one colour only")
    return Paint(hues[0] if hues else Ansi.DEFAULT, frozenset(attributes))


class _Reading:
    """One file being read, and what is wrong with it."""

    def __init__(self, text: str, path: str) -> None:
        self._text, self._path = text, path
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []

    def toml(self) -> Mapping[str, Any]:
        try:
            return tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:
            message = clean(f"not TOML: {error}")
            at = _AT_LINE.search(message)
            line = int(at["line"]) if at else None
            shown = message[: at.start()] if at else message
            raise ConfigError(Problem(self._path, line, "", shown)) from error

    def base(self, data: Mapping[str, Any], bases: Mapping[str, Theme]) -> Theme | None:
        """Return the theme that this one extends."""
        name = data.get("extend")
        if name is None:
            return None
        if isinstance(name, str) and name in bases:
            return bases[name]
        self.error("extend", f"takes one of: {', '.join(bases)}" if bases else "is not possible")
        return None

    def require(self, table: Mapping[str, Any]) -> None:
        """Note which roles are missing, in one line."""
        missing = [role for role in ROLES if role not in table]
        hint = '(or write: extend = "midnight")'
        if len(missing) == 1:
            self.error(f"colors.{missing[0]}", f"is missing {hint}")
        elif missing:
            self.error("colors", f"{len(missing)} are missing {hint}: {', '.join(missing)}")

    def error(self, key: str, message: str) -> None:
        self.errors.append(Problem(self._path, self._line(key), clean(key), message))

    def warn_of_unknown(
        self, table: Mapping[str, Any], known: tuple[str, ...], prefix: str
    ) -> None:
        """Note keys that mean nothing."""
        for key in table:
            if key not in known:
                nearest = nearest_name(key, known)
                hint = f" (nearest key: {nearest})" if nearest else ""
                full = f"{prefix}{key}"
                problem = Problem(self._path, self._line(full), clean(full), f"is not known{hint}")
                self.warnings.append(problem)

    def _line(self, key: str) -> int | None:
        """Return the line of a key that is written as everybody writes it."""
        own = re.escape(key.rpartition(".")[2])
        found = re.search(rf'^[ \t]*(?:colors\.)?"?{own}"?[ \t]*=', self._text, re.MULTILINE)
        return self._text.count("\n", 0, found.start()) + 1 if found else None
