"""How wide a text is in a terminal, without what the dashboard loads to know it. Pure."""

import unicodedata

from tui.domain.clean import CUT


def cell_width(text: str) -> int:
    """Return the cells that a cleaned line takes: 2 for wide characters, 0 for marks."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def pad(text: str, cells: int) -> str:
    """Return the text with blanks up to so many cells; a longer one as it is."""
    return text + " " * (cells - cell_width(text))


def cut(text: str, cells: int) -> str:
    """Return what fits into so many cells (at least 1), ending in `CUT` if that is not all."""
    if cell_width(text) <= cells:
        return text
    kept: list[str] = []
    room = cells - 1
    for character in text:
        room -= _width(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip(" ") + CUT


def _width(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
