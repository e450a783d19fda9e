"""What a theme is: typed colours parsed from TOML before any of them nears the screen. Pure."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tui.domain.clean import clean
from tui.domain.draft import nearest_name
from tui.domain.errors import ConfigError, Problem

GROUNDS = ("background", "surface", "cursor")
"""Colours that text stands on: the screen, the bars and forms, the row under the cursor."""

TEXTS = (
    "text",
    "muted",
    "accent",
    "critical",
    "high",
    "medium",
    "low",
    "overdue",
    "due_soon",
    "stale",
    "new",
    "mark",
    "success",
    "warning",
    "error",
)
"""Colours of text; each may stand on each of the grounds."""

COLORS = (*GROUNDS, *TEXTS, "border")
_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class Color:
    """A colour by its parts, 0 to 255 each."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `#rrggbb` or `#rgb`. Raises ValueError."""
        if not _HEX.fullmatch(text):
            raise ValueError("write a colour as #rrggbb")
        digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
        return cls(*bytes.fromhex(digits))

    @property
    def hex(self) -> str:
        """The colour as `#rrggbb`."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


@dataclass(frozen=True, slots=True)
class Theme:
    """A named set of colours; every name of `COLORS` is there."""

    name: str
    dark: bool
    colors: Mapping[str, Color]


_BLACK, _WHITE = Color(0, 0, 0), Color(255, 255, 255)
PLAIN = Theme(
    "plain",
    dark=True,
    colors=dict.fromkeys(COLORS, _WHITE) | dict.fromkeys(GROUNDS, _BLACK),
)
"""White on black: what is left when no theme file can be read."""


def parse_theme(text: str, *, name: str, path: str) -> tuple[Theme, tuple[Problem, ...]]:
    """Read a theme file; the problems are those that still leave a whole theme.

    Raises:
        ConfigError: a colour is missing or is none; holds every problem of the file.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(Problem(path, None, "", clean(f"not TOML: {error}"))) from error
    warnings = [
        Problem(path, None, clean(key), _unknown(key, ("dark", "colors")))
        for key in data
        if key not in ("dark", "colors")
    ]
    errors: list[Problem] = []
    dark = data.get("dark", True)
    if not isinstance(dark, bool):
        errors.append(Problem(path, None, "dark", "takes true or false"))
    table = data.get("colors", {})
    if not isinstance(table, dict):
        raise ConfigError(*errors, Problem(path, None, "colors", "must be a table"))
    warnings += [
        Problem(path, None, clean(f"colors.{key}"), _unknown(key, COLORS))
        for key in table
        if key not in COLORS
    ]
    colors: dict[str, Color] = {}
    for key in COLORS:
        value = table.get(key)
        if value is None:
            errors.append(Problem(path, None, f"colors.{key}", "is missing"))
            continue
        try:
            colors[key] = Color.parse(value if isinstance(value, str) else "")
        except ValueError as error:
            errors.append(Problem(path, None, f"colors.{key}", str(error)))
    if errors:
        raise ConfigError(*errors, *warnings)
    return Theme(name, bool(dark), colors), tuple(warnings)


def _unknown(key: str, known: tuple[str, ...]) -> str:
    nearest = nearest_name(key, known)
    return f"is not known (nearest key: {nearest})" if nearest else "is not known"
