"""Opens the address of a ticket in the browser of this desktop, if there is one and it is safe."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from tui.app.formatting import is_remote
from tui.domain.clean import CUT

_SCHEMES: Final = ("http", "https")
_CLEANED: Final = re.compile(f"[\\s{CUT}\u2400-\u2421<>\x00-\x1f\x7f-\x9f]")
"""What no address has. Some of it stands where something else was, before it was cleaned."""
_PATIENCE_S: Final = 2.0
"""A program that is still there after that has a browser to show."""


def host_of(address: str) -> str:
    """Return the host that an address leads to, as the network knows it; "" if none can be read.

    Letters that only look like others show as what they are: `xn--…`.
    """
    try:
        host = urlsplit(address).hostname or ""
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""


def why_not_open(
    address: str, environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> str:
    """Return why an address is not opened here, in one line; "" where it is."""
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        scheme = ""
    if scheme not in _SCHEMES or not host_of(address):
        return "Not opened: only addresses of http and https are"
    if _CLEANED.search(address):
        return "Not opened: the address is not whole"
    if is_remote(environ):
        return "Not opened: a browser would open at the other end of this SSH connection"
    if platform != "darwin" and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return "Not opened: there is no desktop here"
    return ""


def open_address(
    address: str,
    environ: Mapping[str, str] = os.environ,
    *,
    withheld: Collection[str] = (),
    platform: str = sys.platform,
) -> str:
    """Open an address that `why_not_open` has nothing against; return what went wrong, or "".

    The program gets an argument list, no terminal, and no variable that is `withheld`. Waits for a
    moment, so not on the loop.
    """
    program = "open" if platform == "darwin" else "xdg-open"
    try:
        process = subprocess.Popen(
            [program, address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: text for name, text in environ.items() if name not in withheld},
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the address is not usable"
        return f"Not opened: {program} cannot be started: {reason}"
    with suppress(subprocess.TimeoutExpired):
        code = process.wait(_PATIENCE_S)
        return f"Not opened: {program} failed ({code})" if code else ""
    threading.Thread(target=process.wait, daemon=True).start()
    return ""
