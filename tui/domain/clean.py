"""The one door through which text written by strangers enters the domain. Pure.

Textual, Rich and `print` pass control characters through to the terminal, where they move the
cursor, rewrite the clipboard or forge rows. So every string of a vendor becomes a domain string
only here, and nothing behind this door has to think of it again.
"""

import hashlib
import re
import unicodedata

LINE_LIMIT = 1_000
"""Characters kept of a one-line field."""
TEXT_LIMIT = 65_536
"""Characters kept of a long text; ten of them on one line still draw at once."""
LINES_LIMIT = 2_000
"""Lines kept of a long text."""
ID_LIMIT = 128
"""Characters kept of an id before the rest is replaced by a digest."""
MARKS_LIMIT = 4
"""Combining marks and joiners kept for each base character (Tibetan and Vietnamese need three)."""
CUT = "…"
"""Stands at the end of a text that was longer than its limit."""

_ESCAPE_MARK = "␛"
_TAB = "    "

_PLAIN = re.compile(r"[\n\x20-\x7e\xa0-\xac\xae-\u02ff]*")
"""Text that needs nothing but its caps: ASCII and Latin letters."""

# A terminal ends a string sequence at BEL, ST, CAN or SUB. A payload never reaches over another
# control character here, so that 20,000 unterminated openings stay linear; an opening without an
# end becomes a mark and its text stays readable, because it may be all that the customer wrote.
_SEQUENCE = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x00-\x08\x0a-\x1f\x7f-\x9f]*"
    r"(?:\x07|\x1b\\|\x9c|\x18|\x1a)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_NEWLINE = re.compile(r"\r\n|[\n\x85\u2028\u2029]")
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_JOINERS = "\u200c\u200d"
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols by category, but drawn as nothing."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_ID_MARK = re.compile(r"\\u\{([0-9a-f]{1,6})\}")


def clean(text: str, *, multiline: bool = False, limit: int | None = None) -> str:
    """Return `text` without anything that could act on a terminal or hide from its reader.

    Whole escape sequences and single control characters become one visible mark, bidirectional
    controls are spelled out, invisible characters go, marks on one base are limited, and what is
    over the cap ends in `CUT`. Newlines stay only in a multiline text. Idempotent, linear.
    """
    cap = limit or (TEXT_LIMIT if multiline else LINE_LIMIT)
    window = text[: 4 * cap]
    if not _PLAIN.fullmatch(window):
        window = _scrub(window)
    if not multiline:
        window = " ".join(window.split("\n")).strip(" ") if "\n" in window else window.strip(" ")
    elif window.count("\n") >= LINES_LIMIT:
        lines = window.split("\n")
        if len(lines) > LINES_LIMIT:
            window = "\n".join([*lines[: LINES_LIMIT - 1], CUT])
    if len(window) > cap or (len(text) > 4 * cap and not window.endswith(CUT)):
        window = window[: cap - 1].rstrip(" ") + CUT
    return window


def clean_id(raw: str) -> str:
    r"""Return an id that is safe to show and still differs from every other id.

    What `clean` would remove is written as `\u{202e}` instead, so that two ids that differ only by
    that stay two; `raw_id` turns it back. An id over `ID_LIMIT` ends in a digest of the whole.
    """
    if raw.isascii() and raw.isprintable() and "\\" not in raw and raw == raw.strip(" "):
        shown = raw
    else:
        shown = "".join(_id_character(character) for character in raw)
        if shown.startswith(" "):
            shown = "\\u{20}" + shown[1:]
        if shown.endswith(" "):
            shown = shown[:-1] + "\\u{20}"
    if len(shown) > ID_LIMIT:
        digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return f"{shown[: ID_LIMIT - 17]}{CUT}{digest}"
    return shown


def raw_id(shown: str) -> str | None:
    """Return the vendor's own id for one that `clean_id` made; None where it was shortened."""
    if len(shown) == ID_LIMIT and shown[-17] == CUT:
        return None
    return _ID_MARK.sub(lambda mark: chr(int(mark[1], 16)), shown)


def first_line(text: str) -> str:
    """Return the first line of a cleaned text that has something in it; "" if none has."""
    for line in text.split("\n"):
        if stripped := line.strip():
            return clean(stripped)
    return ""


def _scrub(text: str) -> str:
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    text = _SEQUENCE.sub(_ESCAPE_MARK, text)
    text = _NEWLINE.sub("\n", text)
    return _limit_marks("".join(map(_character, text)))


def _character(character: str) -> str:
    if character == "\n" or "\x20" <= character <= "\x7e":
        return character
    if character == "\t":
        return _TAB
    if character < "\x20":
        return chr(0x2400 + ord(character))
    if character == "\x7f":
        return "␡"
    if character in _BIDI or "\x80" <= character <= "\x9f":
        return f"<U+{ord(character):04X}>"
    if character in _JOINERS:
        return character
    if character in _BLANKS or unicodedata.category(character) in ("Cf", "Cs"):
        return ""
    return character


def _limit_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        if character < "\u0300":
            marks = 0
        elif character in _JOINERS or unicodedata.category(character) in ("Mn", "Me"):
            marks += 1
            if marks > MARKS_LIMIT:
                continue
        else:
            marks = 0
        kept.append(character)
    return "".join(kept)


def _id_character(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\\" or category[0] in "CM" or category in ("Zl", "Zp") or character in _BLANKS:
        return f"\\u{{{ord(character):x}}}"
    if category == "Zs" and character != " ":
        return f"\\u{{{ord(character):x}}}"
    return character
