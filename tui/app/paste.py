"""What is pasted is text, whatever bytes are in it. Pure.

Textual 8.2 reads the escape sequences and the end of a bracketed paste with one parser: an ESC
within the paste swallows what follows it or makes keys of it, and a pasted log could press ctrl+s.
So the bytes pass through here first.
"""

import re

from tui.domain.clean import clean, without_directions

START, END = b"\x1b[200~", b"\x1b[201~"
"""The brackets of a paste (xterm, Bracketed Paste Mode)."""
SIZE_LIMIT = 1 << 20
"""Bytes kept of a paste."""
PASTE_LIMIT, PASTE_LINES = 1 << 17, 10_000
"""Characters and lines taken of a paste: far more than any field takes, and no field hangs."""
_LINES_AT_ONCE = 1_000
"""`clean` cuts a text of more lines than it would show."""
_GROWTH = len("<U+0085>")
"""Characters that `clean` makes of one at most."""
_NEWLINE = re.compile("\r\n?|[\x85\u2028\u2029]")
QUIET_LIMIT = 100
"""How often in a row nothing may come before a paste without an end is over."""


def clean_typed(text: str) -> str:
    """Return a text of the user's, wherever it comes from, as it may stand in a field; whole."""
    lines = _NEWLINE.sub("\n", without_directions(text)).split("\n")
    parts = (
        "\n".join(lines[at : at + _LINES_AT_ONCE]) for at in range(0, len(lines), _LINES_AT_ONCE)
    )
    return "\n".join(clean(part, multiline=True, limit=_GROWTH * len(part) + 1) for part in parts)


def clean_paste(text: str) -> str:
    """Return a pasted text as it may stand in a field of several lines; see `is_cut`."""
    return "\n".join(clean_typed(text).split("\n")[:PASTE_LINES])[:PASTE_LIMIT]


def is_cut(pasted: str) -> bool:
    """Whether `clean_paste` may have taken only the beginning of a text."""
    return len(pasted) >= PASTE_LIMIT or pasted.count("\n") >= PASTE_LINES - 1


def clean_pasted_line(text: str) -> str:
    """Return a pasted text as it may stand in a field of one line."""
    return " ".join(clean_paste(text).split())


class PasteFilter:
    """Lets the bytes of a terminal through unchanged, but cleans what stands between the brackets.

    A paste comes out as a whole when its end is seen. However the bytes are cut into chunks, what
    comes out is the same.
    """

    def __init__(self) -> None:
        self._is_open = False
        self._begun = b""
        """The last bytes seen, if the awaited bracket may begin with them."""
        self._pasted = bytearray()
        self._quiet = 0

    def feed(self, chunk: bytes) -> bytes:
        """Take in what came, and return what may be parsed now."""
        out = bytearray()
        while chunk:
            chunk = self._take_paste(chunk, out) if self._is_open else self._pass_on(chunk, out)
        self._quiet = 0
        return bytes(out)

    def quiet(self) -> bytes:
        """Take in that nothing came for a moment; return a paste whose end does not come."""
        self._quiet += 1
        if self._is_open and self._quiet >= QUIET_LIMIT:
            return self._close()
        return b""

    def _pass_on(self, chunk: bytes, out: bytearray) -> bytes:
        """Let bytes through up to the next paste, and return the rest."""
        seen = self._begun + chunk
        at = seen.find(START)
        if at < 0:
            self._begun = _beginning(seen, START)
            out += chunk
            return b""
        was_cut_by_a_pause = at == 0 and self._begun and self._quiet
        if was_cut_by_a_pause:  # the parser no longer takes the rest of the bracket for one
            out += START
        else:
            out += seen[len(self._begun) : at + len(START)]
        self._begun, self._is_open = b"", True
        return seen[at + len(START) :]

    def _take_paste(self, chunk: bytes, out: bytearray) -> bytes:
        """Keep bytes up to the end of the paste, and return the rest."""
        seen = self._begun + chunk
        at = seen.find(END)
        if at >= 0:
            self._keep(seen[:at])
            out += self._close()
            return seen[at + len(END) :]
        self._begun = _beginning(seen, END)
        self._keep(seen[: len(seen) - len(self._begun)])
        return b""

    def _keep(self, part: bytes) -> None:
        self._pasted += part[: SIZE_LIMIT - len(self._pasted)]

    def _close(self) -> bytes:
        text = clean_paste(self._pasted.decode(errors="replace"))
        self._pasted.clear()
        self._begun, self._is_open = b"", False
        return text.encode() + END


def _beginning(seen: bytes, bracket: bytes) -> bytes:
    """Return the last bytes of `seen` that the bracket may begin with."""
    lengths = range(min(len(bracket) - 1, len(seen)), 0, -1)
    return next((bracket[:length] for length in lengths if seen.endswith(bracket[:length])), b"")
