"""Writes new configuration files, private to the user. Never touches one that is there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui.config.load import WORKSPACES_FOLDER
from tui.config.new_file import write_new_file
from tui.config.source import folder_problem
from tui.config.workspaces import WORKSPACE_NAME
from tui.domain.clean import clean
from tui.domain.errors import ConfigError, Problem, UsageError

STARTER = """\
# The configuration of ticketdeck. It is read, never rewritten.
# Fill in one workspace below, take the "# " away in front of it, then run: ticketdeck check

theme = "midnight"
time_zone = "local"         # or UTC, or a name such as "Europe/Berlin"

# A workspace is one queue at one vendor:
#   questionpro          workspace_id, data_center
#   questionpro-legacy   data_center, and segment_id or workspace_id
#   socialboards         client_id; the credential is the refresh token
#   klinkcx              nothing more

# [[workspaces]]
# name = "cx-emea"          # as you want to call it
# vendor = "questionpro"
# workspace_id = "25739"
# data_center = "eu"        # us eu ca sg au ae sa ksa
# mode = "observe"          # never writes to the vendor; "act" creates tickets too
# sla = { critical = "1h", high = "4h" }   # due this long after a ticket was created
#
# # Where the credential is found. One of these; the value itself is refused here:
# credential = { env = "QUESTIONPRO_API_KEY" }
# # credential = { command = ["pass", "show", "questionpro"] }
# # credential = { file = "~/.secrets/questionpro" }    # chmod 600
"""
"""What `config init` writes: it loads as it stands, and names no workspace yet."""


def write_starter_config(path: Path) -> None:
    """Write a first configuration to `path`.

    Raises:
        UsageError: there is a file already.
        ConfigError: it cannot be written, or would be refused where it is to stand.
    """
    _make_folder(path.parent)
    try:
        _write_new(path, STARTER.encode())
    except FileExistsError:
        raise UsageError(f"{clean(str(path))} is there already and stays as it is") from None


def write_workspace_file(config_dir: Path, name: str, data: Mapping[str, Any]) -> Path:
    """Write one workspace, its keys as in the configuration, to a file of its own.

    It goes to `workspaces.d` in `config_dir`, the folder of the main file. Where the name of the
    file is taken, a number is added to it. Returns the path of the new file.

    Raises:
        UsageError: `name` is none that a workspace may have.
        ConfigError: it cannot be written, or would be refused where it is to stand.
    """
    import tomli_w

    if not WORKSPACE_NAME.fullmatch(name):
        raise UsageError("the name of a workspace takes letters, digits, - and _")
    workspace = {"name": name} | dict(data) | {"name": name}
    content = tomli_w.dumps({"workspaces": [workspace]}).encode()
    folder = config_dir / WORKSPACES_FOLDER
    _make_folder(folder)
    number = 1
    while True:
        path = folder / (f"{name}.toml" if number == 1 else f"{name}-{number}.toml")
        try:
            _write_new(path, content)
        except FileExistsError:
            number += 1
        else:
            return path


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, all of them private, and look at one that is there."""
    try:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None
    if problem := folder_problem(folder):
        raise ConfigError(Problem(clean(str(folder)), None, "", problem))


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet. Raises FileExistsError, else ConfigError."""
    try:
        write_new_file(path, content)
    except FileExistsError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(Problem(clean(str(path)), None, "", f"cannot be written: {error.strerror}"))
