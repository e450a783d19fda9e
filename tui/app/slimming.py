"""Says the same to the terminal in fewer bytes: only what a style has other than the one before.

Textual writes every piece of text with all of its colours and takes all of them back behind it. On
a slow line that is most of what a key costs.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\x1b\[([0-9;]*)m|\x1b\[[0-9;]*H|\r\n")
"""A style, or what moves the cursor and leaves the style alone."""
_ENDS = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27"}
"""What takes an attribute back: bold, dim, italic, underlined, reversed."""


@dataclass(frozen=True, slots=True)
class _Style:
    ink: str = ""
    ground: str = ""
    attributes: frozenset[str] = frozenset()


_PLAIN = _Style()


def slim(text: str) -> str:
    """Return what draws the same as `text`, which begins without any style."""
    parts: list[str] = []
    style = wanted = _PLAIN
    end = 0
    for token in _TOKEN.finditer(text):
        if between := text[end : token.start()]:
            parts += (_change(style, wanted), between)
            style = wanted
        end = token.end()
        codes = token[1]
        if codes is None:
            parts.append(token[0])
            continue
        read = _read(codes, wanted)
        if read is None:
            parts += (_change(style, wanted), token[0])
            return "".join(parts) + text[end:]
        wanted = read
    parts += (_change(style, wanted), text[end:])
    return "".join(parts)


@lru_cache(maxsize=4096)
def _read(codes: str, before: _Style) -> _Style | None:
    """Return the style that the codes make of the one before; None if one of them is not known."""
    ink, ground, attributes = before.ink, before.ground, set(before.attributes)
    left = codes.split(";")[::-1]
    while left:
        code = left.pop()
        if code in ("", "0"):
            ink, ground, attributes = "", "", set()
        elif code in _ENDS:
            attributes.add(code)
        elif code in ("38", "48"):
            kind = left.pop() if left else ""
            count = {"2": 3, "5": 1}.get(kind, 0)
            if not count or len(left) < count:
                return None
            color = ";".join([code, kind, *(left.pop() for _ in range(count))])
            ink, ground = (color, ground) if code == "38" else (ink, color)
        elif len(code) == 2 and code[0] in "39" and code[1] in "01234567":
            ink = code
        elif code[:-1] in ("4", "10") and code[-1] in "01234567":
            ground = code
        else:
            return None
    return _Style(ink, ground, frozenset(attributes))


@lru_cache(maxsize=4096)
def _change(before: _Style, style: _Style) -> str:
    """Return the shortest codes that lead from one style to the other."""
    if before == style:
        return ""
    whole = [*sorted(style.attributes), *filter(None, (style.ink, style.ground))]
    fresh = ";".join(["0", *whole] if whole else [])
    gone = before.attributes - style.attributes
    codes = sorted({_ENDS[code] for code in gone})
    # Bold and dim end together.
    still = {code for code in style.attributes if _ENDS[code] in codes}
    codes += sorted((style.attributes - before.attributes) | still)
    if style.ink != before.ink:
        codes.append(style.ink or "39")
    if style.ground != before.ground:
        codes.append(style.ground or "49")
    return f"\x1b[{min(';'.join(codes), fresh, key=len)}m"
