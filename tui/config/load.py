"""Reads a configuration and tells everything that is wrong with it at once."""

from collections.abc import Collection, Mapping
from pathlib import Path

from tui.config.model import Config
from tui.domain.settings import VendorDeclaration


def load_config(
    path: Path, vendors: Mapping[str, VendorDeclaration], *, themes: Collection[str] = ()
) -> Config:
    """Return the configuration of `path` and of every `workspaces.d/*.toml` beside it.

    Unknown keys become `Config.warnings`; so does an unknown theme, where `themes` has any.

    Raises:
        ConfigError: with every problem that keeps the program from starting.
    """
    raise NotImplementedError
