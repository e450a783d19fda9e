"""Where credentials come from: a variable, a command, a file or the desktop's key store.

A value is read when it is needed, never with the configuration. Messages name the place of a
credential and never its value. Two sources are equal when they name the same place.
"""

import json
import os
import shlex
import stat
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.config.command import CommandFailed, run_command
from tui.config.model import Config, WorkspaceConfig
from tui.domain.clean import clean
from tui.domain.errors import CredentialError
from tui.domain.secret import CredentialSource, Secret

LARGEST = 64 * 1024
"""Bytes of a credential. No vendor takes a longer header."""
PATIENCE_S = 10.0
"""Seconds that a command, or the key store, has for its answer."""


@dataclass(frozen=True, slots=True)
class EnvCredential:
    """A variable of the environment."""

    variable: str

    @property
    def place(self) -> str:
        return f"variable {self.variable}"

    def read(self) -> Secret:
        if self.variable not in os.environ:
            raise CredentialError(
                f"{self.place} is not set", advice=f"set {self.variable} in the environment"
            )
        return _checked(os.fsencode(os.environ[self.variable]), self.place)


@dataclass(frozen=True, slots=True)
class CommandCredential:
    """What a command prints. An argument list, never a shell line."""

    arguments: tuple[str, ...] = field(repr=False)
    withheld: frozenset[str] = field(default=frozenset(), compare=False)
    """Variables that the command does not get: they hold credentials."""
    patience_s: float = field(default=PATIENCE_S, compare=False)

    @property
    def place(self) -> str:
        return f"command {clean(self.arguments[0])}"

    def read(self) -> Secret:
        return _checked(self._output(), self.place)

    def _output(self) -> bytes:
        try:
            return run_command(
                self.arguments,
                withheld=self.withheld,
                patience_s=self.patience_s,
                most_bytes=LARGEST,
            )
        except CommandFailed as failure:
            raise CredentialError(f"{self.place} {failure}", advice=failure.advice) from None


@dataclass(frozen=True, slots=True)
class FileCredential:
    """A file that only its owner can read."""

    path: Path

    @property
    def place(self) -> str:
        return f"file {clean(str(self.path))}"

    def read(self) -> Secret:
        return _checked(self._content(), self.place)

    def _content(self) -> bytes:
        try:
            # O_NONBLOCK: opening a named pipe would wait for somebody to write to it.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            raise CredentialError(
                f"{self.place} does not exist", advice="write the credential there, with mode 0600"
            ) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a path"
            raise CredentialError(f"{self.place} cannot be read: {reason}") from None
        try:
            self._check_owner(os.fstat(descriptor))
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(LARGEST + 1)
        except OSError as error:
            raise CredentialError(f"{self.place} cannot be read: {error.strerror}") from None
        finally:
            os.close(descriptor)

    def _check_owner(self, facts: os.stat_result) -> None:
        target = shlex.quote(clean(str(self.path)))
        if not stat.S_ISREG(facts.st_mode):
            raise CredentialError(f"{self.place} is not a regular file")
        if facts.st_uid != os.geteuid():
            raise CredentialError(
                f"{self.place} belongs to somebody else (user {facts.st_uid})",
                advice=f"chown {os.geteuid()} {target}",
            )
        if stat.S_IMODE(facts.st_mode) & 0o077:
            raise CredentialError(
                f"{self.place} is open to others (mode {stat.S_IMODE(facts.st_mode):04o})",
                advice=f"chmod 600 {target}",
            )


@dataclass(frozen=True, slots=True)
class KeyringCredential:
    """An entry of the desktop's key store. Needs the extra `ticketdeck[keyring]`."""

    service: str
    user: str
    patience_s: float = field(default=PATIENCE_S, compare=False)

    @property
    def place(self) -> str:
        return f"keyring {self.service}/{self.user}"

    def read(self) -> Secret:
        return _checked(self._entry(), self.place)

    def _entry(self) -> bytes:
        answers: list[str | None] = []
        failures: list[str] = []

        def ask() -> None:
            import keyring

            answers.append(keyring.get_password(self.service, self.user))

        def ask_safely() -> None:
            try:
                ask()
            except ImportError:
                failures.append("not installed")
            except Exception as error:  # every backend raises errors of its own
                failures.append(type(error).__name__)

        # A locked key store waits for somebody at the desktop; over SSH nobody is there.
        asking = threading.Thread(target=ask_safely, daemon=True)
        asking.start()
        asking.join(self.patience_s)
        if failures == ["not installed"]:
            raise CredentialError(
                f"{self.place}: keyring is not installed",
                advice="pip install 'ticketdeck[keyring]', or use a command or a file",
            )
        if failures or not answers:
            reason = failures[0] if failures else f"no answer in {self.patience_s:g} s"
            raise CredentialError(
                f"{self.place}: the key store cannot be used ({reason})",
                advice="over SSH there is often none; use a command or a file",
            )
        if answers[0] is None:
            raise CredentialError(
                f"{self.place}: no such entry",
                advice=f"keyring set {shlex.quote(self.service)} {shlex.quote(self.user)}",
            )
        return answers[0].encode("utf-8", "surrogatepass")


def credential_variables(config: Config) -> frozenset[str]:
    """Return the variables that hold credentials, so that child processes start without them."""
    return _variables(config.workspaces)


def credential_identity(source: CredentialSource) -> str:
    """Return what tells a source from every other, for a digest; it is not for people.

    `place` names a command by its first word only, and many credentials come from one password
    store.
    """
    if isinstance(source, CommandCredential):
        return f"command {json.dumps(source.arguments)}"
    return source.place


def withhold_credentials(workspaces: Iterable[WorkspaceConfig]) -> tuple[WorkspaceConfig, ...]:
    """Keep every workspace's credential variable from the commands of the others."""
    every = tuple(workspaces)
    withheld = _variables(every)
    return tuple(
        replace(workspace, credential=replace(workspace.credential, withheld=withheld))
        if isinstance(workspace.credential, CommandCredential)
        else workspace
        for workspace in every
    )


def _variables(workspaces: Iterable[WorkspaceConfig]) -> frozenset[str]:
    return frozenset(
        workspace.credential.variable
        for workspace in workspaces
        if isinstance(workspace.credential, EnvCredential)
    )


def _checked(value: bytes, place: str) -> Secret:
    """Take one trailing newline off and refuse what could not go into a header.

    A header with such a value fails with a message that repeats it.
    """
    if value.endswith(b"\n"):
        value = value[:-2] if value.endswith(b"\r\n") else value[:-1]
    problem = _problem(value)
    if problem is None:
        return Secret(value.decode("ascii"))
    del value  # a report of the error may show what this frame still holds
    raise CredentialError(
        f"{place} {problem}", advice="put the credential itself there, and nothing else"
    )


def _problem(value: bytes) -> str | None:
    if not value:
        return "is empty"
    if len(value) > LARGEST:
        return f"holds over {LARGEST // 1024} KiB; that is no credential"
    if not all(0x21 <= byte <= 0x7E for byte in value):
        return "holds spaces, line breaks or other characters that no credential has"
    return None
