"""What was noticed, in one line: the first of it, and how to see all. Knows no widget."""

from collections.abc import Sequence
from pathlib import PurePath

from rich.cells import cell_len

from tui.app.formatting import fit


def notice_words(notices: Sequence[str], key: str, width: int, *, cut: str) -> str:
    """Return `config.toml:3: theme: unknown (and 2 more; L shows all)` in `width` cells.

    The first one is cut where the line is too short, the way to all of them is not. `key` shows
    all; "" if there is none.
    """
    first, others = _without_folder(notices[0]), len(notices) - 1
    if not others and cell_len(first) <= width:
        return first
    more = [f"and {others:,} more"] if others else []
    more += [f"{key} shows all"] if key else []
    end = f" ({'; '.join(more)})" if more else ""
    return fit(first, min(width - cell_len(end), cell_len(first)), cut=cut) + end


def _without_folder(notice: str) -> str:
    """Return what is said of a file without the folders it is in: the rest matters more.

    The store's problems end in the file. Its name comes first here, for ends are cut off.
    """
    where, colon, rest = notice.partition(":")
    if " " not in where:
        return f"{PurePath(where).name}{colon}{rest}" if colon else notice
    words, colon, place = notice.rpartition(": /")
    name = PurePath(place).name
    return f"{name}: {words}" if colon and name not in words else words or notice
