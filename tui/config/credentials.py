"""Reads the `credential` of a workspace: a place, and never a value."""

import re

from tui.config.paths import absolute
from tui.config.secrets import (
    CommandCredential,
    EnvCredential,
    FileCredential,
    KeyringCredential,
)
from tui.config.table import Table
from tui.domain.secret import CredentialSource

KINDS = ("env", "command", "file", "keyring")

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PASTED_KEY = re.compile(r"(?=[^_]*[0-9])[A-Za-z0-9]{16,}")
"""Could name a variable, but looks like the key itself."""


def read_credential(table: Table) -> CredentialSource | None:
    """Return the place that the `credential` of a workspace names; None if it names none."""
    if isinstance(table.values.get("credential"), str):
        table.error(
            "credential",
            "takes a place, never the credential itself; write "
            '{ env = "NAME" }, { command = ["pass", "show", "name"] }, { file = "~/path" } '
            'or { keyring = "service/user" }',
        )
        return None
    place = table.table("credential")
    if place is None:
        return None
    kinds = [key for key in KINDS if key in place]
    if len(kinds) != 1:
        table.error("credential", f"takes exactly one of: {', '.join(KINDS)}")
        return None
    place.finish(KINDS)
    match kinds[0]:
        case "env":
            return _env(place)
        case "command":
            return _command(place)
        case "file":
            return _file(place)
        case _:
            return _keyring(place)


def _env(place: Table) -> EnvCredential | None:
    variable = place.text("env")
    if variable is None:
        return None
    if not _VARIABLE.fullmatch(variable) or _PASTED_KEY.fullmatch(variable):
        place.error("env", "takes the name of a variable, such as QUESTIONPRO_API_KEY")
        return None
    return EnvCredential(variable)


def _command(place: Table) -> CommandCredential | None:
    if isinstance(place.values["command"], str):
        place.error("command", 'takes a list such as ["pass", "show", "name"]; no shell runs it')
        return None
    arguments = place.texts("command")
    if arguments == ():
        place.error("command", "is empty")
    return CommandCredential(arguments) if arguments else None


def _file(place: Table) -> FileCredential | None:
    written = place.text("file")
    if written is None:
        return None
    path = absolute(written)
    if path is None:
        place.error("file", "takes a whole path, from / or ~/")
        return None
    return FileCredential(path)


def _keyring(place: Table) -> KeyringCredential | None:
    entry = place.text("keyring")
    if entry is None:
        return None
    service, slash, user = entry.partition("/")
    if not slash or not service or not user:
        place.error("keyring", 'takes "service/user"')
        return None
    return KeyringCredential(service, user)
