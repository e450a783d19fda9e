"""The one door through which text written by strangers enters the domain. Pure.

Textual, Rich and `print` pass control characters through to the terminal, where they move the
cursor, rewrite the clipboard or forge rows. So every string of a vendor becomes a domain string
only here, and nothing behind this door has to think of it again.
"""

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

_PLAIN = re.compile(
    r"[\n\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0556\u05d0-\u05ea\u0620-\u064a"
    r"\u2010-\u2027\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9f]*"
)
"""Most texts: letters and punctuation that need nothing but the caps. The rest is only slower."""

# A terminal ends a string sequence at BEL, ST, CAN or SUB. A payload never reaches over another
# control character here, so that 20,000 unterminated openings stay linear; an opening without an
# end becomes a mark and its text stays readable, because it may be all that the customer wrote.
# `ESC k` is how screen and tmux take a window's title.
_SEQUENCE = re.compile(
    r"(?:\x1b[\]PX^_k]|[\x90\x98\x9d\x9e\x9f])[^\x00-\x08\x0a-\x1f\x7f-\x9f]*"
    r"(?:\x07|\x1b\\|\x9c|\x18|\x1a)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_NEWLINE = re.compile(r"\r\n|[\n\x85\u2028\u2029]")

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_FORMAT = (
    "\xad\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
"""Category Cf without `_BIDI` and the joiners, and what Unicode keeps for more of the kind."""
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters, marks and symbols by category, but drawn as nothing."""
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
"""What Unicode never makes characters of: a terminal may draw anything there, or nothing."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_SUSPECT = re.compile(
    f"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BIDI}{_FORMAT}{_BLANK}{_NONCHARACTERS}]"
)
_NONCHARACTER = re.compile(f"[{_NONCHARACTERS}]")
_SPELLED = re.compile(f"[\x80-\x9f{_BIDI}]")
_DIRECTION = re.compile(f"[{_BIDI}]")

_ZWJ = "\u200d"
_JOINERS = "\u200c\u200d"
_JOINED = (
    "\u0600-\u109f\u1700-\u1cff\ua800-\uabff\U00010a00-\U00011fff"
    "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
)
"""What joiners join: Arabic to Myanmar, Khmer, Mongolian, the other Brahmic scripts; emoji."""
_IS_JOINED = re.compile(f"[{_JOINED}]")
_STRAY_JOINER = re.compile(f"(?<![{_JOINED}])[{_JOINERS}]|[{_JOINERS}](?![{_JOINED}])")
# Rich takes a letter behind U+200D for drawn inside the one before it, whatever the letter: a title
# of `a`, U+200D, `b`, U+200D, … would count as one cell and overflow its row.

_WIDENING = "\u1160-\u11ff\ud7b0-\ud7ff\U0001f3fb-\U0001f3ff"
"""Hangul vowels and finals, and skin tones: like marks, they are drawn with their base."""
_WIDENING_CHARACTER = re.compile(f"[{_WIDENING}]")
_CROWD = re.compile(rf"[\W{_WIDENING}]{{{MARKS_LIMIT + 1},}}")
"""Any run that can hold more marks than the limit; most are only punctuation."""
_SPECIAL_IN_ID = _BLANK + CUT + "\\"
_ID_MARK = re.compile(r"\\u\{(10[0-9a-f]{4}|[0-9a-f]{1,5})\}")


def clean(text: str, *, multiline: bool = False, limit: int | None = None) -> str:
    """Return `text` without anything that could act on a terminal or hide from its reader.

    Whole escape sequences and single control characters become one visible mark, bidirectional
    controls are spelled out, invisible characters go, what is no character shows as U+FFFD, marks
    on one base are limited, and what is over the cap ends in `CUT`. Newlines stay only in a
    multiline text. Idempotent, linear.
    """
    cap = limit or (TEXT_LIMIT if multiline else LINE_LIMIT)
    if len(text) <= cap and text.isascii() and text.isprintable():
        return text if multiline else text.strip(" ")
    window = text[: 4 * cap]
    if not _PLAIN.fullmatch(window):
        window = _scrub(window)
    if not multiline:
        window = window.replace("\n", " ").strip(" ")
    elif window.count("\n") >= LINES_LIMIT:
        window = "\n".join([*window.split("\n", LINES_LIMIT)[: LINES_LIMIT - 1], CUT])
    if len(window) > cap or (len(text) > 4 * cap and not window.endswith(CUT)):
        window = window[: cap - 1].rstrip(" ") + CUT
    return window


def clean_id(raw: str) -> str:
    r"""Return an id that is safe to show and still differs from every other id.

    What `clean` would remove or shorten is written as `\u{202e}` instead, so that two ids that
    differ only by that stay two; `raw_id` turns it back. An id over `ID_LIMIT` ends in a digest of
    the whole.
    """
    if raw.isascii() and raw.isprintable() and "\\" not in raw and raw == raw.strip(" "):
        shown = raw
    else:
        shown = "".join(map(_id_character, raw[: ID_LIMIT + 1]))
        if shown.startswith(" "):
            shown = _spell_in_id(" ") + shown[1:]
        if shown.endswith(" "):
            shown = shown[:-1] + _spell_in_id(" ")
    if len(shown) > ID_LIMIT:
        import hashlib  # slow to load, and such an id is rare

        digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return f"{shown[: ID_LIMIT - 17]}{CUT}{digest}"
    return shown


def raw_id(shown: str) -> str | None:
    """Return the vendor's own id for one that `clean_id` made; None where it was shortened."""
    if CUT in shown:
        return None
    return _ID_MARK.sub(lambda mark: chr(int(mark[1], 16)), shown)


def without_directions(text: str) -> str:
    """Return what the user wrote without the marks of direction that came along with it.

    Nobody sees them where they were copied: spelled out, as a stranger's are, they would be sent.
    """
    return _DIRECTION.sub("", text)


def is_joiner(character: str | None) -> bool:
    """Whether this joins its neighbours, or keeps them apart, and is drawn as nothing."""
    return character in ("\u200c", _ZWJ)


def can_be_joined(character: str) -> bool:
    """Whether a joiner beside this has a meaning; `clean` drops it beside anything else."""
    return _IS_JOINED.match(character) is not None


def first_line(text: str) -> str:
    """Return the first line of a cleaned text that has something in it; "" if none has."""
    for line in text.split("\n"):
        if stripped := line.strip():
            return clean(stripped)
    return ""


def _scrub(text: str) -> str:
    if _SUSPECT.search(text):
        if _SURROGATE.search(text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
        text = _SEQUENCE.sub(_ESCAPE_MARK, text)
        text = _NEWLINE.sub("\n", text)
        text = _SUSPECT.sub(_mark, text)
    text = _CROWD.sub(_thin, text)
    if "\u200c" in text or _ZWJ in text:
        text = _STRAY_JOINER.sub("", text)
    return text


def _mark(found: re.Match[str]) -> str:
    """What stands for a character that must not stay: a mark, its number, or nothing."""
    character = found[0]
    if character == "\t":
        return _TAB
    if character < "\x20":
        return chr(0x2400 + ord(character))
    if character == "\x7f":
        return "␡"
    if _SPELLED.match(character):
        return f"<U+{ord(character):04X}>"
    return "\ufffd" if _NONCHARACTER.match(character) else ""


def _thin(crowd: re.Match[str]) -> str:
    """Drop the marks over the limit, and the joiners of endless chains of emoji."""
    kept: list[str] = []
    marks = widening = links = 0
    for character in crowd[0]:
        category = unicodedata.category(character)
        if category in ("Mn", "Me") or character in _JOINERS:
            marks += 1
            links += character == _ZWJ
            if marks > MARKS_LIMIT or (character == _ZWJ and links > MARKS_LIMIT):
                continue
        elif category == "Mc" or _is_widening(character):
            widening += 1
            if widening > MARKS_LIMIT:
                continue
        else:
            marks = widening = 0
            if kept[-1:] != [_ZWJ]:
                links = 0
        kept.append(character)
    return "".join(kept)


def _is_widening(character: str) -> bool:
    return _WIDENING_CHARACTER.match(character) is not None


def _id_character(character: str) -> str:
    """Keep what is drawn in a place of its own and survives `clean`; spell out everything else."""
    is_drawn = character == " " or unicodedata.category(character)[0] in "LNPS"
    if is_drawn and character not in _SPECIAL_IN_ID and not _is_widening(character):
        return character
    return _spell_in_id(character)


def _spell_in_id(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"
