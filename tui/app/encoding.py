"""What is drawn, in the bytes of the terminal's encoding. Pure.

Of a terminal without a locale (`C`, `POSIX`, none at all) nobody knows the encoding, and Python
takes UTF-8. Signs of our own are ASCII there, because a tmux that began without a locale draws `_`
for each other one, and a row without its cursor and its cuts cannot be read. Texts of tickets are
sent as UTF-8 all the same: most such terminals belong to a container or an SSH line and can show
them, and letters that are replaced on a mere guess are lost to whoever needs them.
"""

import codecs
import unicodedata
from typing import Final

from rich.cells import cell_len

_IN_ITS_PLACE: Final = "tui.in_its_place"


def encode(text: str, encoding: str) -> bytes:
    """Return the text in an encoding that may lack characters of it.

    What it lacks is another sign of as many cells, or all that is drawn behind it would be moved:
    the letter without its marks where there is one, else question marks.
    """
    return text.encode(encoding, _IN_ITS_PLACE)


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(map(_stand_in, lacking)), error.end


def _stand_in(character: str) -> str:
    cells = cell_len(character)
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return letters if letters.isprintable() and len(letters) == cells else "?" * cells


codecs.register_error(_IN_ITS_PLACE, _replace)
