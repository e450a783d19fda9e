"""Keeps the files of tests in memory, where no test waits until a disk has written.

The store has each create and act written through before it goes on. On a disk that several workers
share, that is most of the time of the tests of creating.
"""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108  # Linux's; files in it are as safe as in /tmp
_ROOM_BYTES = 2 << 30
"""A run leaves some hundred megabytes until its end."""


def use_memory() -> None:
    """Have temporary files made in memory, unless somebody chose a place.

    Not where it is small, as in most containers, or where programs in it may not be run.
    """
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    may_run = not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
    if may_run and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None
