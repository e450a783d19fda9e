"""The state directory: who may look into it, whether SQLite's WAL works there, and its one lock.

Its files hold what customers wrote. They are the user's alone, or a group's where the directory
is a shared one (setgid and writable for its group).
"""

import fcntl
import os
import re
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from tui.config.new_file import sync_folder
from tui.domain.clean import clean
from tui.domain.errors import StateError
from tui.store.trust import is_foreign, is_open, is_shared

PRIVATE_FILE = 0o600
SHARED_FILE = 0o660
LOCK_WAIT_S = 5.0
"""How long to wait for another process that opens, migrates or puts aside a file."""
ROOM = 1 << 16
"""Bytes that must be free for anything to be kept."""
COMPANIONS = ("", "-wal", "-shm", "-journal")
"""What SQLite adds to a database's name for the files beside it."""
ASIDE = ".aside-"

_MAKE_ROOM = "free some space or set state_dir to another place"
_OURS = "ticketdeck"
_LOCK_FILE = "journal.lock"
_LOCK_STEP_S = 0.01
_MOUNTS = Path("/proc/mounts")
_NETWORK_TYPES = re.compile(
    r"nfs\d*|cifs|smb\d?|smbfs|9p|virtiofs|afs|ceph|glusterfs|lustre|gpfs|beegfs"
    r"|fuse\.(sshfs|rclone|s3fs|gcsfuse|glusterfs|ceph.*|davfs.*|smbnetfs)|davfs|ncpfs|orangefs"
)
_OCTAL = re.compile(r"\\([0-7]{3})")


class PlacedError(StateError):
    """Something is wrong with a file or folder of ours: what comes first, and where at the end.

    A line that is too long is cut at its end, and the path is what its reader can do without.
    """

    def __init__(self, reason: str, place: Path | str = "") -> None:
        super().__init__(f"{reason}: {clean(str(place))}" if place else reason)
        self.reason = reason
        self.place = place

    def adding(self, words: str) -> Self:
        """Return the same, with more to say of it."""
        return type(self)(f"{self.reason}; {words}", self.place)


class UnusableFolder(PlacedError):
    """Nothing can be kept in the state directory, as it is."""


def prepare_folder(folder: Path) -> int:
    """Make the directory where it is missing; return the mode that its files are to have.

    One of our name that others may look into is its owner's alone from then on. In one of another
    name there may be more than ours, which others have to reach.

    Raises:
        UnusableFolder: it cannot be made, belongs to somebody else, or others may write in it.
    """
    try:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        # What is missing and yet in the way.
        is_link = isinstance(error, FileExistsError)
        reason = "a link to nothing" if is_link else error.strerror
        raise UnusableFolder(
            f"the state directory cannot be made ({reason}); set state_dir to another place", folder
        ) from None
    if not stat.S_ISDIR(found.st_mode):
        raise UnusableFolder("not a directory; set state_dir to another place", folder)
    if is_open(found):
        raise UnusableFolder(
            "others may write in it; chmod 700 makes it yours, chmod 2770 its group's", folder
        )
    if is_foreign(found):
        raise UnusableFolder("belongs to somebody else; set state_dir to another place", folder)
    if is_shared(found.st_mode):
        return SHARED_FILE
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO) and folder.name == _OURS:
        with suppress(OSError):
            folder.chmod(stat.S_IMODE(found.st_mode) & stat.S_IRWXU)
    return PRIVATE_FILE


def write_problem(folder: Path) -> str | None:
    """Return why the directory takes no new files; None where it does, or is missing."""
    by_effective = os.access in os.supports_effective_ids
    if not folder.is_dir() or os.access(folder, os.W_OK | os.X_OK, effective_ids=by_effective):
        return None
    reason = "not writable, so what happens now may not be kept; make it writable (chmod 700)"
    return str(PlacedError(f"{reason} or set state_dir to another place", folder))


def room_problem(folder: Path) -> str | None:
    """Return why nothing more can be kept in the directory; None where it can.

    Found out by writing: SQLite opens a file on a disk that is full or read-only without a word.
    """
    from tempfile import TemporaryFile

    if (told := write_problem(folder)) is not None:
        return told
    try:
        # Without a name where the system can do that: nothing is left behind by any end.
        with TemporaryFile(dir=folder) as probe:
            probe.write(bytes(ROOM))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return str(PlacedError(f"nothing can be kept ({error.strerror}); {_MAKE_ROOM}", folder))
    return None


def create_file(path: Path, mode: int) -> None:
    """Create an empty file of exactly this mode, or bring one that is there to it.

    SQLite gives the files that it adds beside a database the mode of the database. A database that
    is there is never opened here: closing it would drop the locks of this whole process on it.
    A link that the user laid is followed, one of anybody else is not.

    Raises:
        OSError: it is missing and cannot be created.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        for suffix in COMPANIONS:
            with suppress(OSError):
                _set_mode(path.with_name(path.name + suffix), mode)
        return
    try:
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    with suppress(OSError):
        sync_folder(path.parent)


def put_aside(path: Path, now: datetime) -> Path:
    """Rename a database and the files beside it; return its new path.

    Raises:
        OSError: it cannot be renamed.
    """
    target = path.with_name(f"{path.name}{ASIDE}{now:%Y%m%dT%H%M%SZ}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}{ASIDE}{now:%Y%m%dT%H%M%SZ}-{number}")
    path.rename(target)
    for suffix in COMPANIONS[1:]:
        # Left behind, they would be taken for those of the next file of this name.
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(target.with_name(target.name + suffix))
    return target


def files_aside(path: Path) -> list[Path]:
    """Return what was put aside of a database, the oldest first."""
    return sorted(path.parent.glob(f"{path.name}{ASIDE}*"), key=lambda each: each.name)


def is_on_network(folder: Path, mounts: Path = _MOUNTS) -> bool:
    """Whether the directory lies on a file system of another host, where WAL does not work.

    Read from the system's table of mounts. False where there is none, as on macOS.
    """
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
        real = folder.resolve()
    except OSError:
        return False
    nearest, kind = -1, ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        # A later mount at the same point hides the one before it.
        if real.is_relative_to(point) and len(point.parts) >= nearest:
            nearest, kind = len(point.parts), fields[2]
    return _NETWORK_TYPES.fullmatch(kind) is not None


@contextmanager
def locked(folder: Path, mode: int) -> Iterator[None]:
    """Keep other processes from opening or replacing files here meanwhile, where that is possible.

    The lock is a courtesy among starting processes: one that is stopped while it holds it is not
    waited for longer than `LOCK_WAIT_S`, and a file system without locks has none.
    """
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(folder / _LOCK_FILE, flags, mode)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            os.fchmod(descriptor, mode)
        _wait_for(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    pause = threading.Event()
    give_up_at = time.monotonic() + LOCK_WAIT_S
    while time.monotonic() < give_up_at:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pause.wait(_LOCK_STEP_S)
        except OSError:
            return
        else:
            return


def _set_mode(path: Path, mode: int) -> None:
    if path.is_symlink() and path.lstat().st_uid != os.geteuid():
        return
    found = path.stat().st_mode
    if stat.S_ISREG(found) and stat.S_IMODE(found) != mode:
        path.chmod(mode)
