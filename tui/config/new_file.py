"""Writes files that are the user's alone: new ones only, whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_new_file(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, mode 0600, in one step as others see it.

    Whoever is killed meanwhile leaves at most a file whose name begins with `.ticketdeck-`.

    Raises:
        FileExistsError: there is something of that name, a link to nothing included.
        OSError: it cannot be written; nothing of that name is there then.
    """
    # The mode is 0600 from the beginning, and every umask leaves it that.
    descriptor, scratch = tempfile.mkstemp(prefix=".ticketdeck-", dir=path.parent)
    try:
        _write(descriptor, content)
        # Unlike a rename, a link never replaces what somebody else put there meanwhile.
        try:
            os.link(scratch, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            _write_alone(path, content)
        # Not every file system takes that.
        with suppress(OSError):
            sync_folder(path.parent)
    finally:
        with suppress(FileNotFoundError):
            Path(scratch).unlink()


def _write_alone(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(descriptor, content)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _write(descriptor: int, content: bytes) -> None:
    """Write it all down to the disk, and close the descriptor."""
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Have the names in it outlast a loss of power. Raises OSError where that cannot be."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
