"""Where credentials come from: a variable, a command, a file or the desktop's key store.

A value is read when it is needed, never with the configuration. Messages name the place of a
credential and never its value.
"""

from dataclasses import dataclass, field
from pathlib import Path

from tui.config.model import Config
from tui.domain.secret import Secret


@dataclass(frozen=True, slots=True)
class EnvCredential:
    """A variable of the environment."""

    variable: str

    @property
    def place(self) -> str:
        return f"variable {self.variable}"

    def read(self) -> Secret:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class CommandCredential:
    """What a command prints. An argument list, never a shell line."""

    arguments: tuple[str, ...]
    withheld: frozenset[str] = field(default=frozenset(), compare=False)
    """Variables that the command does not get: they hold credentials."""

    @property
    def place(self) -> str:
        return f"command {self.arguments[0]}"

    def read(self) -> Secret:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class FileCredential:
    """A file that only its owner can read."""

    path: Path

    @property
    def place(self) -> str:
        return f"file {self.path}"

    def read(self) -> Secret:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class KeyringCredential:
    """An entry of the desktop's key store. Needs the extra `ticketdeck[keyring]`."""

    service: str
    user: str

    @property
    def place(self) -> str:
        return f"keyring {self.service}/{self.user}"

    def read(self) -> Secret:
        raise NotImplementedError


def credential_variables(config: Config) -> frozenset[str]:
    """Return the variables that hold credentials, so that child processes start without them."""
    raise NotImplementedError
