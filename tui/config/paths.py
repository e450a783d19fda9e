"""Where the configuration and the state live on this machine."""

from collections.abc import Mapping
from pathlib import Path

from tui.config.model import Config

NO_CONFIGURATION = "No configuration. Try: ticketdeck demo. Start: ticketdeck config init."


def find_config(flag: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Return the configuration file to read: the flag's, else the environment's, else the user's.

    None where nobody names one and the user has none.

    Raises:
        ConfigError: a file that is named does not exist.
    """
    raise NotImplementedError


def default_config(environ: Mapping[str, str]) -> Path:
    """Return where the user's configuration belongs, whether or not it exists."""
    raise NotImplementedError


def state_dir(config: Config | None, environ: Mapping[str, str]) -> Path:
    """Return the folder of what the program remembers, whether or not it exists."""
    raise NotImplementedError
