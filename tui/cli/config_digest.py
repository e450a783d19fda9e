"""What reading the store takes of the configuration, kept from one call to the next.

Reading and checking a configuration takes longer than counting what is stored, and a status bar
asks every few seconds. So its outcome is kept beside the user's own state, with what tells whether
it still holds: the files it was read from, and the variables that lead to them. It is a shortcut
only: where it is missing, wrong or cannot be written, the configuration is read.
"""

import json
import os
import sys
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from tui import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from tui.domain.creates import Template
    from tui.domain.workspace import Workspace

_WORKSPACES_FOLDER = "workspaces.d"
_VARIABLES = (
    *("TICKETDECK_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME"),
    *("LOGNAME", "USER", "LNAME", "USERNAME"),
)
"""Those that say which configuration is meant and who the viewer is."""
_NAMES = "config-*.json*"
_KEPT_S = 86_400
"""After a day it is read anew: the vendors that other packages add are no file of ours."""

_KEPT = 8
"""Digests in the folder at most: of the configurations that were asked for last."""

Look = list[tuple[str, list[int]]]
"""Paths, and what tells whether a file or a folder is still the same; [] where there is none."""


class Counted(NamedTuple):
    """What was counted of a workspace, and how long that holds."""

    epoch: str
    last: int
    """The last change of the cache by then."""
    until: int | None
    """When the next ticket becomes overdue, in microseconds."""
    open: int
    overdue: int
    critical: int


class StoredQueue(NamedTuple):
    """One workspace, and what its queue is stored under."""

    name: str
    vendor: str
    origin: str
    place: str
    sla: dict[str, float]
    """Seconds by priority."""
    status_words: dict[str, str]
    priority_words: dict[str, str]
    link: str | None
    title: str = ""
    """The place as people know it."""
    observe: bool = False

    @property
    def has_other_counts(self) -> bool:
        """Whether its tickets are not counted as their vendor has them."""
        return bool(self.sla or self.status_words or self.priority_words)

    @property
    def has_own_words(self) -> bool:
        """Whether it has statuses or priorities that its vendor does not know."""
        return bool(self.status_words or self.priority_words)

    @property
    def workspace(self) -> "Workspace":
        """The workspace, with the rules that it adds to its tickets."""
        from datetime import timedelta

        from tui.domain.ticket import Priority, Status
        from tui.domain.workspace import Workspace

        return Workspace(
            name=self.name,
            vendor=self.vendor,
            title=self.title,
            observe=self.observe,
            sla={Priority(each): timedelta(seconds=allowed) for each, allowed in self.sla.items()},
            status_words={word: Status(meant) for word, meant in self.status_words.items()},
            priority_words={word: Priority(meant) for word, meant in self.priority_words.items()},
            link=self.link,
        )


class Looks(NamedTuple):
    """What the dashboard takes of the configuration to draw its first frame."""

    config: str
    """The path of the file."""
    theme: str
    glyphs: str
    mouse: str
    clipboard: str
    keys: dict[str, list[str]]
    bell: list[str]
    withheld: list[str]
    """Variables that hold credentials."""
    views: list[tuple[str, str, str]]
    """Name, query and sort."""
    warnings: list[str]
    templates: list[tuple[str, str | None, list[tuple[str, str]]]]
    """Name, workspace, and pairs of key and value."""

    @property
    def known_templates(self) -> "tuple[Template, ...]":
        """The templates, whether they were just made or come from the file."""
        from tui.domain.creates import Template

        return tuple(
            Template(
                name=name, workspace=workspace, pairs=tuple((key, text) for key, text in pairs)
            )
            for name, workspace, pairs in self.templates
        )


class ConfigDigest(NamedTuple):
    """The configuration as far as readers of the store need it."""

    time_zone: str
    cache: str
    """The path of the file."""
    application_id: int
    version: int
    viewer: str
    queues: tuple[StoredQueue, ...]
    """In the order of the configuration."""
    counted: dict[str, Counted]
    """What was counted of the workspaces that have other counts, by name."""
    looks: Looks | None = None


class Keeper:
    """Keeps the digest of one call's configuration."""

    def __init__(self, flag: str | None, environ: Mapping[str, str]) -> None:
        here = os.getcwd() if flag is not None and not flag.startswith("/") else None  # noqa: PTH109  see `_facts`
        self._asked = [__version__, flag, here, *map(environ.get, _VARIABLES)]
        key = zlib.crc32(repr(self._asked).encode("utf-8", "backslashreplace"))
        self._folder = _folder(environ)
        """Without a home directory it is "", and nothing is kept."""
        self._path = f"{self._folder}/config-{key:08x}.json" if self._folder else ""
        self._look: Look = []
        self._read_at = 0.0

    def recall(self, now_s: float) -> ConfigDigest | None:
        """Return what was kept, if the configuration is still what it was then."""
        try:
            with os.fdopen(os.open(self._path, os.O_RDONLY), "rb") as file:
                facts = os.fstat(file.fileno())
                if facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
                    return None
                kept = json.loads(file.read())
            if kept["asked"] != self._asked or not 0 <= now_s - kept["at"] < _KEPT_S:
                return None
            if any(_facts(path) != facts for path, facts in kept["look"]):
                return None
            self._look, self._read_at = kept["look"], kept["at"]
            return _read(kept["digest"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, config: "Path", now_s: float) -> None:
        """Take in that the configuration is about to be read from this file."""
        self._look, self._read_at = _look_at(config), now_s

    def keep(self, digest: ConfigDigest) -> None:
        """Keep what was made of the configuration, or what was recalled and changed since."""
        from pathlib import Path

        if not self._folder:
            return
        text = json.dumps(
            {"asked": self._asked, "at": self._read_at, "look": self._look, "digest": digest}
        )
        new = Path(f"{self._path}.{os.getpid()}")
        with suppress(OSError):
            Path(self._folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as file:
                    file.write(text)
                new.replace(self._path)
            finally:
                new.unlink(missing_ok=True)
            digests = sorted(new.parent.glob(_NAMES), key=lambda each: each.stat().st_mtime_ns)
            for old in digests[:-_KEPT]:
                old.unlink()


def _look_at(config: "Path") -> Look:
    """Return what a configuration is read from: its file, and those of the folder beside it."""
    folder = config.parent / _WORKSPACES_FOLDER
    paths = [str(config), f"{config.parent}/.", str(folder)]
    with suppress(OSError):
        paths += sorted(str(path) for path in folder.iterdir() if path.suffix == ".toml")
    return [(path, _facts(path)) for path in paths]


def _facts(path: str) -> list[int]:
    try:
        found = os.stat(path)  # noqa: PTH116  pathlib takes longer to load than all the rest
    except OSError:
        return []
    facts = [found.st_mode, found.st_uid, found.st_ino]
    # Of the folder around the configuration only whose it is matters; much else may live there.
    return facts if path.endswith("/.") else [*facts, found.st_size, found.st_ctime_ns]


def _read(values: Sequence[Any]) -> ConfigDigest:
    time_zone, cache, application_id, version, viewer, queues, counted, looks = values
    return ConfigDigest(
        time_zone=str(time_zone),
        cache=str(cache),
        application_id=int(application_id),
        version=int(version),
        viewer=str(viewer),
        queues=tuple(StoredQueue(*queue) for queue in queues),
        counted={name: Counted(*parts) for name, parts in counted.items()},
        looks=None if looks is None else Looks(*looks),
    )


def _folder(environ: Mapping[str, str]) -> str:
    """Return the folder of the user's own state: `config.paths` says the same, and takes longer."""
    named = environ.get("XDG_STATE_HOME", "")
    if not named.startswith("/"):
        below = "Library/Application Support" if sys.platform == "darwin" else ".local/state"
        home = environ.get("HOME", "")
        if not home.startswith("/"):
            return ""
        named = f"{home}/{below}"
    return f"{named}/ticketdeck"
