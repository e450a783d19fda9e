"""Where the configuration and the state live on this machine."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs

from tui.config.model import Config
from tui.domain.clean import clean
from tui.domain.errors import ConfigError, Problem

NO_CONFIGURATION = "No configuration. Try: ticketdeck demo. Start: ticketdeck config init."
CONFIG_VARIABLE = "TICKETDECK_CONFIG"

_APP = "ticketdeck"
_HOMELESS = "no home directory is known; set HOME"


def find_config(flag: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Return the configuration file to read: the flag's, else the environment's, else the user's.

    None where nobody names one and the user has none.

    Raises:
        ConfigError: a file that is named does not exist.
    """
    if flag is not None:
        return _named(flag, "--config")
    if variable := environ.get(CONFIG_VARIABLE):
        return _named(Path(variable), f"${CONFIG_VARIABLE}")
    folder = _user_folder(environ, "XDG_CONFIG_HOME", platformdirs.user_config_dir)
    if folder is None:
        return None
    path = folder / "config.toml"
    return path if _is_there(path) else None


def default_config(environ: Mapping[str, str]) -> Path:
    """Return where the user's configuration belongs, whether or not it exists.

    Raises:
        ConfigError: no home directory is known.
    """
    folder = _user_folder(environ, "XDG_CONFIG_HOME", platformdirs.user_config_dir)
    if folder is None:
        raise ConfigError(Problem("configuration", None, "", f"{_HOMELESS} or ${CONFIG_VARIABLE}"))
    return folder / "config.toml"


def state_dir(config: Config | None, environ: Mapping[str, str]) -> Path:
    """Return the folder of what the program remembers, whether or not it exists.

    Raises:
        ConfigError: the configuration names none and no home directory is known.
    """
    if config is not None and config.state_dir is not None:
        return config.state_dir
    folder = _user_folder(environ, "XDG_STATE_HOME", platformdirs.user_state_dir)
    if folder is None:
        shown = clean(str(config.path)) if config else "configuration"
        raise ConfigError(Problem(shown, None, "state_dir", f"{_HOMELESS} or state_dir"))
    return folder


def absolute(written: str, folder: Path | None = None) -> Path | None:
    """Return a path with `~` filled in, below `folder` where it is relative; None if it cannot be.

    Without `folder`, relative paths are not taken.
    """
    try:
        path = Path(written).expanduser()
    except RuntimeError:
        return None
    if path.is_absolute():
        return path
    return folder / path if folder else None


def _named(path: Path, by: str) -> Path:
    expanded = absolute(str(path), Path()) or path
    if not _is_there(expanded):
        raise ConfigError(Problem(clean(str(path)), None, by, "no such file"))
    return expanded


def _is_there(path: Path) -> bool:
    """A link to nothing counts, and so does what cannot be looked at: reading it says why."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True


def _user_folder(
    environ: Mapping[str, str], variable: str, platform_folder: Callable[[str], str]
) -> Path | None:
    """Return our folder below the one that `variable` names, else below the platform's.

    A relative one counts as not named, as the XDG specification asks. None: there is no home.
    """
    named = environ.get(variable, "")
    if os.path.isabs(named):  # noqa: PTH117  "" is no Path
        return Path(named) / _APP
    try:
        folder = Path(platform_folder(_APP))
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None
