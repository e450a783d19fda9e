"""Texts as they are compared: whatever their case, and however their accents were typed. Pure."""

import re
import unicodedata

_DOT = "\u0307"
_DOTTED_I = re.compile(f"i{_DOT}+")


def folded(text: str) -> str:
    """Return the text case folded, each letter and its accents as one character where there is one.

    Two spellings that Unicode calls equal become the same. The Turkish dotted capital is an `i`,
    so that a keyboard without it finds İstanbul. Folding twice is folding once; a part of a text,
    cut at spaces, folds to a part of it.
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", text.casefold())
    if _DOT in text:
        apart = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", _DOTTED_I.sub("i", apart))
    return text
