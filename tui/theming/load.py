"""Finds theme files and loads them; a bad one is a message, never an end."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tui.domain.clean import clean
from tui.domain.errors import ConfigError, Problem
from tui.resources import resource
from tui.theming.spec import PLAIN, Theme, parse_theme

DEFAULT = "midnight"
_BYTES_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes that could be read, and what was wrong with the others."""

    by_name: Mapping[str, Theme]
    problems: tuple[Problem, ...] = ()

    def pick(self, name: str) -> Theme:
        """Return the theme of that name, else the default, else any, else plain white on black."""
        for wanted in (name, DEFAULT, *self.by_name):
            if wanted in self.by_name:
                return self.by_name[wanted]
        return PLAIN

    def after(self, name: str) -> Theme:
        """Return the theme that follows in the order of names; the first follows the last."""
        names = sorted(self.by_name)
        if not names:
            return PLAIN
        later = [candidate for candidate in names if candidate > name]
        return self.by_name[(later or names)[0]]


def theme_names(*directories: Path) -> tuple[str, ...]:
    """Return the names of the theme files, without reading them."""
    return tuple(sorted({path.stem for path in _files(directories)}))


def load_themes(*directories: Path) -> Themes:
    """Load every theme of these directories, the built-in ones if none is given.

    Of two files of the same name the later directory's counts.
    """
    by_name: dict[str, Theme] = {}
    problems: list[Problem] = []
    for path in _files(directories):
        name = clean(path.stem)
        try:
            theme, warnings = parse_theme(_read(path), name=name, path=path.name)
        except ConfigError as error:
            problems += error.problems
        except (OSError, ValueError) as error:
            problems.append(Problem(path.name, None, "", clean(f"cannot be read: {error}")))
        else:
            by_name[name] = theme
            problems += warnings
    return Themes(by_name, tuple(problems))


def _files(directories: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for directory in directories or (resource("themes"),):
        found += sorted(directory.glob("*.toml"))
    return found


def _read(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(_BYTES_LIMIT + 1)
    if len(content) > _BYTES_LIMIT:
        raise ValueError("larger than any theme")
    return content.decode()
