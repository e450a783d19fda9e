"""What a process holds, read from /proc, and whether it came to hold more. Linux only."""

import os
import statistics
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MIB = 1_048_576
_SHARE = 4
"""The first quarter is for warming up; the second is held against the last."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one process holds at a moment."""

    rss_mib: float
    descriptors: int
    threads: int
    children: int

    def __str__(self) -> str:
        return (
            f"{self.rss_mib:5.1f} MiB {self.descriptors:3} fds {self.threads:2} threads"
            f" {self.children} children"
        )


LIMITS = Held(rss_mib=12.0, descriptors=6, threads=4, children=1)
"""How much more the end may hold than the beginning: caches fill, and a poll may be under way."""


def held(pid: int) -> Held:
    """Return what a process holds.

    Raises:
        OSError: it has ended.
    """
    place = Path(f"/proc/{pid}")
    tasks = list((place / "task").iterdir())
    children = 0
    for task in tasks:
        with suppress(OSError):  # a thread that ends meanwhile
            children += len((task / "children").read_text().split())
    return Held(
        rss_mib=int((place / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _MIB,
        descriptors=len(list((place / "fd").iterdir())),
        threads=len(tasks),
        children=children,
    )


def stored_mib(folder: Path) -> float:
    """Return the size of all files below a folder."""
    sizes = []
    for path in folder.rglob("*"):
        with suppress(OSError):  # gone since it was listed
            sizes.append(path.stat().st_size)
    return sum(sizes) / _MIB


def growth(samples: Sequence[Held]) -> list[str]:
    """Return what grew over its limit, in words; nothing for too few samples to tell."""
    part = len(samples) // _SHARE
    if not part:
        return []
    grown = []
    for name in ("rss_mib", "descriptors", "threads", "children"):
        before, after = (
            statistics.median(getattr(each, name) for each in some)
            for some in (samples[part : 2 * part], samples[-part:])
        )
        if after - before > getattr(LIMITS, name):
            grown.append(f"{name} grew from {before:.1f} to {after:.1f}")
    return grown
