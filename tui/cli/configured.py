"""What the configuration says, for every command: found, read, and its queues named.

Loads neither the engine nor a vendor's adapter.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.app.commands import BY_ID
from tui.app.key_check import key_problems
from tui.config.load import load_config
from tui.config.model import Config, WorkspaceConfig
from tui.config.paths import NO_CONFIGURATION, find_config, state_dir
from tui.domain.clean import clean
from tui.domain.draft import nearest_name
from tui.domain.errors import ConfigError, UsageError
from tui.store.queue_key import QueueKey
from tui.theming.files import theme_names, user_folder
from tui.vendors.registry import vendor_declarations, vendor_spec, vendor_specs

NO_WORKSPACE = "no workspace is configured; fill one in, then run: ticketdeck check"


class NoConfiguration(ConfigError):
    """Nobody named a configuration, and the user has none."""

    def __str__(self) -> str:
        return NO_CONFIGURATION


def load_configuration(path: Path | None) -> Config:
    """Read the configuration at `path`, or the one that is found.

    Raises:
        ConfigError: there is none, or it cannot be used.
    """
    found = find_config(path, os.environ)
    if found is None:
        raise NoConfiguration
    themes = theme_names(user_folder(found))
    return load_config(
        found,
        vendor_declarations(),
        themes=themes,
        commands=BY_ID,
        check_keys=key_problems,
        fields={vendor: spec.fields for vendor, spec in vendor_specs().items()},
    )


def state_folder(config: Config) -> Path:
    """Return where the journal is kept.

    Raises:
        ConfigError: the configuration names no folder, and no home directory is known.
    """
    return state_dir(config, os.environ)


def queue_keys(config: Config, workspaces: Sequence[str] = ()) -> Mapping[str, QueueKey]:
    """Return what each chosen workspace's queue is stored under; all are chosen where none is.

    Raises:
        UsageError: a name that is not configured.
    """
    return {
        configured.workspace.name: _queue_key(configured)
        for configured in chosen_workspaces(config, workspaces)
    }


def chosen_workspaces(config: Config, names: Sequence[str]) -> list[WorkspaceConfig]:
    """Return the workspaces of these names; all where none is named.

    Raises:
        UsageError: a name that is not configured.
    """
    known = [configured.workspace.name for configured in config.workspaces]
    for name in names:
        if name not in known:
            nearest = nearest_name(name, known)
            hint = f"nearest: {nearest}" if nearest else f"known: {', '.join(known)}"
            raise UsageError(f"no workspace {name!r} ({hint})")
    return [
        configured
        for configured in config.workspaces
        if not names or configured.workspace.name in names
    ]


def _queue_key(configured: WorkspaceConfig) -> QueueKey:
    vendor = configured.workspace.vendor
    origin, place = vendor_spec(vendor).declaration.home(configured.settings)
    # Where the vendor has no id for it, a name of ours must do: the credential itself may be kept
    # in different places by those who share a journal, or by nobody but who polls.
    return QueueKey(vendor, origin, place or configured.workspace.name)


def user_name() -> str:
    """Return who runs the program, as this machine calls them."""
    import getpass

    try:
        return clean(getpass.getuser())
    except (KeyError, OSError):  # a uid that nobody has a name for
        return str(os.getuid())
