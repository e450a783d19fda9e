"""Texts as they are compared: whatever their case, and however their accents were typed. Pure."""

import re
import unicodedata

_DOT = "\u0307"
_DOTTED_I = re.compile(f"i{_DOT}+")


def folded(text: str) -> str:
    """Return the text case folded, each letter and its accents as one character where there is one.

    The Turkish dotted capital is an `i`, so that a keyboard without it finds İstanbul. What is
    folded stays so; the fold of whole words is in the fold of every text that has them.
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", text.casefold())
    if _DOT in text:
        apart = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", _DOTTED_I.sub("i", apart))
    return text
