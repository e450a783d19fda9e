"""Finds theme files and loads them; a bad one is a message, never an end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.domain.clean import clean
from tui.domain.errors import ConfigError, Problem
from tui.resources import resource
from tui.theming.depth import COLORLESS, SIXTEEN, can_draw
from tui.theming.parse import parse_theme
from tui.theming.spec import PLAIN, Theme

DEFAULT = "midnight"
USER_FOLDER = "themes"
"""Stands beside the configuration file; each `*.toml` in it is a theme."""
_BYTES_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes that could be read, and what was wrong with the others."""

    by_name: Mapping[str, Theme]
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    """Where each theme comes from, of those that could not be read too."""

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
        kept = {
            name: theme
            for name, theme in before.by_name.items()
            if name in self.files and name not in self.by_name
        }
        return replace(self, by_name={**kept, **self.by_name})


def theme_names(user_folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of the shipped themes and of the user's, without reading them."""
    files = [*_files(resource("themes")), *(_files(user_folder) if user_folder else ())]
    return tuple(sorted({_name(path) for path in files}))


def load_themes(user_folder: Path | None = None, *, shipped_folder: Path | None = None) -> Themes:
    """Load the shipped themes and then the user's, which may extend and replace those."""
    by_name: dict[str, Theme] = {}
    problems: list[Problem] = []
    files: dict[str, Path] = {}
    shipped: Mapping[str, Theme] = {}
    for folder in (shipped_folder or resource("themes"), user_folder):
        for path in _files(folder) if folder else ():
            name = _name(path)
            files[name] = path
            by_name.pop(name, None)
            try:
                by_name[name], found = _load(path, shipped)
            except ConfigError as error:
                found = error.problems
            problems += found
        shipped = shipped or dict(by_name)
    # A theme of the user's that cannot be read leaves the shipped one of its name.
    return Themes({**shipped, **by_name}, tuple(problems), files)


def folder_state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when a theme of the folder does: names, moments and sizes."""
    state = []
    for path in _files(folder):
        try:
            facts = path.stat()
        except OSError:
            continue
        state.append((path.name, facts.st_mtime_ns, facts.st_size))
    return tuple(state)


def _load(path: Path, bases: Mapping[str, Theme]) -> tuple[Theme, tuple[Problem, ...]]:
    shown = clean(f"{path.parent.name}/{path.name}")
    try:
        with path.open("rb") as file:
            content = file.read(_BYTES_LIMIT + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(Problem(shown, None, "", f"cannot be read: {error.strerror}")) from None
    except UnicodeDecodeError:
        raise ConfigError(Problem(shown, None, "", "not UTF-8; save it in that encoding")) from None
    if len(content) > _BYTES_LIMIT:
        raise ConfigError(Problem(shown, None, "", "larger than any theme"))
    name = _name(path)
    theme, warnings = parse_theme(text.replace("\r\n", "\n"), name=name, path=shown, bases=bases)
    if name in (COLORLESS, SIXTEEN) and name in bases and not can_draw(theme, bases[name].depth):
        message = f"has colours that {name} is there to do without; give the file another name"
        raise ConfigError(Problem(shown, None, "", message))
    return theme, warnings


def _files(folder: Path) -> list[Path]:
    """Return the theme files in the order of their names; hidden ones are none."""
    try:
        return sorted(
            path for path in folder.iterdir() if path.suffix == ".toml" and path.name[0] != "."
        )
    except OSError:
        return []


def _name(path: Path) -> str:
    return clean(path.stem)
