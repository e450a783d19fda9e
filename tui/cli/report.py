"""What is kept of an error that nobody foresaw: where it happened, and not one value.

Messages and local variables may hold customers' texts or a credential, so neither is kept. All
reports lie in the user's own state folder, also where `state_dir` is shared with others.
"""

import errno
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tui import __version__
from tui.config.new_file import write_new_file
from tui.domain.clean import clean
from tui.domain.errors import ConfigError

REPORTS_KEPT: Final = 10
_PREFIX: Final = "crash-"
_NAMES: Final = f"{_PREFIX}[0-9]*T[0-9]*Z*.txt"
_LINKS_MOST: Final = 20
"""Errors that one report tells of: a chain of causes may be long, and a group may be wide."""
_FRAMES_MOST: Final = 60
"""Of each error; of an endless recursion its beginning and its end say all."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the program was when it failed."""

    command: str
    screens: Sequence[str] = ()
    """Their kinds, the one in front last."""
    size: tuple[int, int] | None = None
    """Columns and lines of the terminal."""


def report_of(
    error: BaseException, *, at: datetime, scene: Scene, environ: Mapping[str, str] = os.environ
) -> str:
    """Return the report: versions, the terminal, and the places that an error went through.

    The places of each error come innermost last, and its cause comes behind it.
    """
    import platform

    size = "{} columns, {} lines".format(*scene.size) if scene.size else "unknown"
    lines = [
        f"ticketdeck {__version__} failed at {at:%Y-%m-%d %H:%M:%S} UTC: {kind_of(error)}",
        "",
        f"command   {scene.command}",
        f"screens   {' > '.join(scene.screens) or 'none'}",
        f"terminal  TERM {clean(environ.get('TERM', '')) or 'unset'}, {size}",
        f"python    {platform.python_version()}, {platform.python_implementation()}",
        f"packages  {', '.join(f'{name} {_version(name)}' for name in ('textual', 'httpx'))}",
        f"platform  {platform.platform()}",
    ]
    for link in _links(error):
        lines += ["", kind_of(link), *_places(link)]
    return "\n".join(lines) + "\n"


def kind_of(error: BaseException) -> str:
    """Return an error's type, and what the system calls its failure; never its message."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    name = errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None
    return f"{kind} ({name})" if name else kind


def innermost_place(error: BaseException) -> str:
    """Return where an error was raised, such as `tui/cli/main.py:12`."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{_shortened(frames[-1].filename)}:{frames[-1].lineno}" if frames else "nowhere"


def reports_folder(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the user's own state folder, whether or not it exists; None where it is not known."""
    from tui.config.paths import state_dir

    try:
        return state_dir(None, environ)
    except ConfigError:  # no home directory
        return None


def keep_report(text: str, folder: Path | None, at: datetime) -> Path | None:
    """Write a report of its own into the folder, for its owner's eyes; None where that fails.

    The oldest go where there are more than `REPORTS_KEPT`.
    """
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = _write_new(folder, f"{_PREFIX}{at:%Y%m%dT%H%M%SZ}", text)
    except OSError:
        return None
    with suppress(OSError):  # another process may do the same
        reports = sorted(folder.glob(_NAMES), key=lambda each: each.stat().st_mtime_ns)
        for old in reports[:-REPORTS_KEPT]:
            old.unlink()
    return path


def _write_new(folder: Path, stem: str, text: str) -> Path:
    number = 1
    while True:
        path = folder / f"{stem}{f'-{number}' if number > 1 else ''}.txt"
        try:
            write_new_file(path, text.encode("utf-8", "backslashreplace"))
        except FileExistsError:
            number += 1
        else:
            return path


def _links(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, what it is a group of, and its causes as Python would tell them."""
    ahead, seen = [error], set[int]()
    while ahead and len(seen) < _LINKS_MOST:
        current = ahead.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            ahead += current.exceptions
        cause = current.__cause__
        if cause is None and not current.__suppress_context__:
            cause = current.__context__
        if cause is not None:
            ahead.append(cause)


def _places(error: BaseException) -> list[str]:
    # Without `lookup_lines` no source is read: it may have changed since, and it is not needed.
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(error.__traceback__), lookup_lines=False
    )
    places = [f"  {_shortened(each.filename)}:{each.lineno} in {each.name}" for each in frames]
    if len(places) > _FRAMES_MOST:
        left_out = len(places) - _FRAMES_MOST
        half = _FRAMES_MOST // 2
        places[half:-half] = [f"  ... {left_out} more"]
    return places


def _shortened(filename: str) -> str:
    """Return a file's path below the place that its package was loaded from: no home, no user."""
    roots = [root for root in sys.path if root and filename.startswith(f"{root}/")]
    return clean(filename[len(max(roots, key=len)) + 1 :] if roots else Path(filename).name)


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
