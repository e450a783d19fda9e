"""Where theme files lie and what they are called. Reads none; loads next to nothing."""

from pathlib import Path

from tui.domain.clean import clean
from tui.resources import resource

USER_FOLDER = "themes"
"""Stands beside the configuration file; each `*.toml` in it is a theme."""


def shipped_folder() -> Path:
    """Return where our own themes are."""
    return resource("themes")


def user_folder(configuration: Path) -> Path:
    """Return where the themes are that belong to a configuration file, if there are any."""
    return configuration.absolute().parent / USER_FOLDER


def theme_names(users: Path | None = None) -> tuple[str, ...]:
    """Return the names of the shipped themes and of the user's, without reading them."""
    files = [*theme_files(shipped_folder()), *(theme_files(users) if users else ())]
    return tuple(sorted({theme_name(path) for path in files}))


def theme_files(folder: Path) -> list[Path]:
    """Return the theme files in the order of their names; hidden ones are none."""
    try:
        return sorted(
            path for path in folder.iterdir() if path.suffix == ".toml" and path.name[0] != "."
        )
    except OSError:
        return []


def theme_name(path: Path) -> str:
    """Return what a configuration calls the theme of this file."""
    return clean(path.stem)


def folder_state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when a theme of the folder does: names, moments and sizes."""
    state = []
    for path in theme_files(folder):
        try:
            facts = path.stat()
        except OSError:
            continue
        state.append((path.name, facts.st_mtime_ns, facts.st_size))
    return tuple(state)
