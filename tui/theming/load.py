"""Finds theme files and loads them; a bad one is a message, never an end."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.domain.clean import clean
from tui.domain.errors import ConfigError, Problem
from tui.theming.depth import COLORLESS, SIXTEEN, can_draw
from tui.theming.files import shipped_folder, theme_files, theme_name
from tui.theming.parse import parse_theme
from tui.theming.spec import PLAIN, Theme

DEFAULT = "midnight"
_BYTES_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes that could be read, and what was wrong with the others."""

    by_name: Mapping[str, Theme]
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    """Where each theme comes from."""
    unread: frozenset[str] = frozenset()
    """The names of the files that could not be read."""

    @property
    def names(self) -> tuple[str, ...]:
        """All that can be shown, in order."""
        return tuple(sorted(self.by_name))

    def pick(self, name: str) -> Theme:
        """Return the theme of that name, else the default, else any, else the terminal's own."""
        for wanted in (name, DEFAULT, *self.by_name):
            if wanted in self.by_name:
                return self.by_name[wanted]
        return PLAIN

    def over(self, before: "Themes") -> "Themes":
        """Return these, with what could be read `before` of files that cannot be read now."""
        kept = {name: theme for name, theme in before.by_name.items() if name in self.unread}
        return replace(self, by_name={**self.by_name, **kept})


def load_themes(users: Path | None = None, *, shipped: Path | None = None) -> Themes:
    """Load the shipped themes and then the user's, which may extend and replace those."""
    by_name: dict[str, Theme] = {}
    problems: list[Problem] = []
    files: dict[str, Path] = {}
    unread: set[str] = set()
    bases: Mapping[str, Theme] = {}
    for folder in (shipped or shipped_folder(), users):
        for path in theme_files(folder) if folder else ():
            name = theme_name(path)
            try:
                by_name[name], found = _load(path, bases)
                files[name] = path
            except ConfigError as error:
                unread.add(name)
                found = error.problems
            problems += found
        bases = bases or dict(by_name)
    return Themes(by_name, tuple(problems), files, frozenset(unread))


def _read(path: Path) -> bytes:
    """Return the beginning of a regular file: whoever opens a pipe waits until somebody writes."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "not a file")
        return file.read(_BYTES_LIMIT + 1)


def _load(path: Path, bases: Mapping[str, Theme]) -> tuple[Theme, tuple[Problem, ...]]:
    shown = clean(f"{path.parent.name}/{path.name}")
    try:
        content = _read(path)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(Problem(shown, None, "", f"cannot be read: {error.strerror}")) from None
    except UnicodeDecodeError:
        raise ConfigError(Problem(shown, None, "", "not UTF-8; save it in that encoding")) from None
    if len(content) > _BYTES_LIMIT:
        raise ConfigError(Problem(shown, None, "", "larger than any theme"))
    name = theme_name(path)
    theme, warnings = parse_theme(text.replace("\r\n", "\n"), name=name, path=shown, bases=bases)
    if name in (COLORLESS, SIXTEEN) and name in bases and not can_draw(theme, bases[name].depth):
        message = f"has colours that {name} is there to do without; give the file another name"
        raise ConfigError(Problem(shown, None, "", message))
    return theme, warnings
