"""Reads one file of the configuration: whether it may be trusted, its bytes, its TOML."""

import os
import re
import shlex
import stat
import tomllib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.config.lines import statements
from tui.domain.clean import clean
from tui.domain.errors import ConfigError, Problem

LARGEST = 1 << 20
"""Bytes of one file. Nobody writes a megabyte of configuration."""

_LINKS_LIMIT = 40
"""Symbolic links followed from one path, as the kernel does."""
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_ENDLESS_NUMBER = re.compile(r"[0-9_]{4000}")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the configuration, read and parsed."""

    shown: str
    """Its path as messages name it."""
    text: str
    values: Mapping[str, Any]


def read_source(path: Path) -> Source:
    """Read and parse one file.

    Raises:
        ConfigError: it cannot be read, others may change it, or it is no TOML: one problem.
    """
    shown = clean(str(path))
    text = _decode(shown, _read(shown, path))
    try:
        return Source(shown, text, tomllib.loads(text))
    except RecursionError:
        raise _unusable(shown, "nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(shown, text, str(error)) from None
    except ValueError:
        # Python refuses whole numbers of more than 4,300 digits.
        digits = _ENDLESS_NUMBER.search(text)
        line = text.count("\n", 0, digits.start()) + 1 if digits else None
        raise _unusable(shown, "a number is too long", line) from None


def folder_problem(folder: Path) -> str | None:
    """Return why what lies in `folder` cannot be trusted; None if it can."""
    return _way_problem(folder / "anything")


def _read(shown: str, path: Path) -> bytes:
    try:
        # O_NONBLOCK: a named pipe must not hold the program up before it is refused.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        is_link = path.is_symlink()
        raise _unusable(shown, "a link to nothing" if is_link else "no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise _unusable(shown, f"cannot be read: {reason}") from None
    try:
        facts = os.fstat(descriptor)
        if stat.S_ISDIR(facts.st_mode):
            raise _unusable(shown, "a folder, not a file")
        if not stat.S_ISREG(facts.st_mode):
            raise _unusable(shown, "not a regular file")
        if problem := _owner_problem("it", path, facts) or _way_problem(path):
            raise _unusable(shown, problem)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise _unusable(shown, f"cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)
    if len(data) > LARGEST:
        raise _unusable(shown, "over 1 MiB; no configuration is that long")
    return data


def _decode(shown: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _unusable(shown, "not UTF-8; save it in that encoding", line) from None


def _syntax_error(shown: str, text: str, message: str) -> ConfigError:
    found = _POSITION.search(message)
    reason = clean(message[: found.start()] if found else message)
    if found and found["line"]:
        reason += f" (column {found['column']})"
        return _unusable(shown, f"not TOML: {reason}", int(found["line"]))
    # Something is still open where the file ends. It helps to know where that began.
    line = max((line for line, _ in statements(text)), default=None)
    return _unusable(shown, f"not TOML: {reason}; it begins here", line)


def _way_problem(path: Path) -> str | None:
    """Look at every folder, and every link, through which the path leads to its file.

    Whoever may write a folder may put another in the place of the one below it.
    """
    whole = path.absolute()
    here, ahead, links = Path(whole.anchor), deque(whole.parts[1:]), 0
    while ahead:
        what = "its folder" if len(ahead) == 1 else "a folder above it"
        if problem := _place_problem(what, here):
            return problem
        name = ahead.popleft()
        if name == "..":
            here = here.parent
            continue
        step = here / name
        if not step.is_symlink():
            here = step
            continue
        links += 1
        if links > _LINKS_LIMIT:
            return "too many links"
        if step.lstat().st_uid not in _trusted_users():
            return _foreign("a link to it", step.lstat())
        target = step.readlink()
        here = Path(target.anchor) if target.is_absolute() else here
        ahead.extendleft(reversed(target.parts[1:] if target.is_absolute() else target.parts))
    return None


def _place_problem(what: str, folder: Path) -> str | None:
    try:
        facts = folder.stat()
    except OSError as error:
        return f"{clean(str(folder))} cannot be looked at: {error.strerror}"
    if facts.st_mode & stat.S_ISVTX:
        # Sticky, as /tmp is: others may add files there, but not touch those of the user.
        return None if facts.st_uid in _trusted_users() else _foreign(what, facts)
    return _owner_problem(what, folder, facts)


def _owner_problem(what: str, path: Path, facts: os.stat_result) -> str | None:
    if facts.st_uid not in _trusted_users():
        return _foreign(what, facts)
    if facts.st_mode & _WRITABLE_BY_OTHERS:
        target = shlex.quote(clean(str(path)))
        return f"others may write {what}, and so run commands as you; run: chmod go-w {target}"
    return None


def _foreign(what: str, facts: os.stat_result) -> str:
    return f"{what} belongs to user {facts.st_uid}, neither you nor root; run: chown"


def _trusted_users() -> tuple[int, int]:
    return (0, os.geteuid())


def _unusable(shown: str, message: str, line: int | None = None) -> ConfigError:
    return ConfigError(Problem(shown, line, "", message))
