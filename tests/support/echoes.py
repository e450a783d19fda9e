"""How a server may write a credential that it was sent, and what must not be left of it."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from urllib.parse import quote

from tui.domain.clean import clean

INVISIBLE = ("\u200b", "\xad", "\ufeff", "\\u200b", "\\u00ad", "\\ud800", "\\udc00\\ud800")


def _each(pattern: str) -> Callable[[str], str]:
    return lambda key: "".join(pattern.format(ord(letter)) for letter in key)


def _split_by(invisible: str) -> Callable[[str], str]:
    return lambda key: f"{key[:4]}{invisible}{key[4:]}"


IN_JSON: Mapping[str, Callable[[str], str]] = {
    "plain": lambda key: key,
    "one letter escaped": lambda key: f"{key[:3]}\\u{ord(key[3]):04X}{key[4:]}",
    "all letters escaped": _each("\\u{:04x}"),
    "JSON within JSON": _each("\\\\u{:04x}"),
    **{f"split by {invisible!r}": _split_by(invisible) for invisible in INVISIBLE},
    "zero width everywhere": "\u200b".join,
    "entities": _each("&#{};"),
    "hexadecimal entities": _each("&#x{:02X};"),
    "escaped entities": _each("\\u0026#{};"),
    "percent": _each("%{:02x}"),
    "an address": lambda key: quote(key, safe=""),
    "base64": lambda key: b64encode(key.encode()).decode(),
    "base64 of a user": lambda key: b64encode(f"user:{key}".encode()).decode(),
    "base64 of a name": lambda key: urlsafe_b64encode(f"me:{key}:x".encode()).decode(),
}
"""What stands between the quotes of a JSON text; the key holds no quote and no backslash."""
ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "utf-32")


def decoded(written: str) -> str:
    """Return what a reader makes of a text in JSON, cleaned as all that is shown."""
    value = json.loads(f'"{written}"')
    assert isinstance(value, str)
    return clean(value)


def left_of(key: str, shown: str) -> list[str]:
    """Return the spellings of a key that are still to be seen."""
    return [
        name
        for name, spell in IN_JSON.items()
        if decoded(spell(key)).rstrip("=") in shown or spell(key) in shown
    ]
