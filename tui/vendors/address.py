"""Which addresses a vendor may be called at, and how they are put together. Pure."""

from collections.abc import Collection
from urllib.parse import quote, unquote

import httpx

from tui.config.urls import is_loopback
from tui.domain.clean import clean
from tui.domain.errors import Unreachable

_DEFAULT_PORTS = {"https": 443, "http": 80}


def join_url(base: str, *segments: str | int) -> str:
    """Return `base` with each segment appended to its path, percent-encoded whole.

    `base` may have a path of its own and a slash at its end. A segment never adds a level and
    never leaves one: a slash in it is encoded. Raises Unreachable for an empty one and for dots.
    """
    encoded: list[str] = []
    for segment in segments:
        text = str(segment)
        if text in {"", ".", ".."}:
            raise Unreachable(f"“{text}” cannot be part of a vendor's address")
        encoded.append(quote(text, safe="", errors="replace"))
    return "/".join((base.rstrip("/"), *encoded))


class Boundary:
    """The only addresses that a workspace's credential may be sent to.

    Made of base addresses: https, or http on loopback; where one has a path, only what lies below
    that path is inside.
    """

    def __init__(self, bases: Collection[str]) -> None:
        """Raise Unreachable for a base that no credential may be sent to."""
        self._bases = tuple(_base(text) for text in bases)

    def admit(self, text: str) -> httpx.URL:
        """Return the address parsed; raise Unreachable where it is not inside."""
        url = _parse(text)
        path = _path(url)
        for base in self._bases:
            if _origin(url) == _origin(base) and path.startswith(_path(base).rstrip("/") + "/"):
                return url
            if _origin(url) == _origin(base) and path == _path(base).rstrip("/"):
                return url
        raise Unreachable(
            f"{shown_host(url)} is not an address of this workspace; nothing was sent there"
        )


def shown_host(url: httpx.URL) -> str:
    """Return the host, and the port where it is not the usual one, cleaned for a message."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return clean(host if url.port is None else f"{host}:{url.port}", limit=100)


def _base(text: str) -> httpx.URL:
    url = _parse(text)
    if url.query or url.fragment:
        raise Unreachable(f"the address of {shown_host(url)} must not hold a query or a fragment")
    if url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host)):
        return url
    raise Unreachable(f"{shown_host(url)} is not called: only https, or http on this machine")


def parse_url(text: str) -> httpx.URL | None:
    """Return the address with a host and a port that can be; None for any other text."""
    try:
        url = httpx.URL(text)
        is_usable = bool(url.host) and 0 < (url.port or 1) < 65_536
    except Exception:  # InvalidURL, and what idna and the like raise for odd hosts
        return None
    return url if is_usable else None


def _parse(text: str) -> httpx.URL:
    url = parse_url(text)
    if url is None or url.scheme not in _DEFAULT_PORTS:
        raise Unreachable("the address is not a web address")
    if url.userinfo:
        raise Unreachable(f"the address of {shown_host(url)} must not hold a user or a password")
    return url


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or _DEFAULT_PORTS[url.scheme]


def _path(url: httpx.URL) -> str:
    """The path as the server may read it; dots that climb and backslashes are refused."""
    path = url.raw_path.partition(b"?")[0].decode("ascii")
    segments = [unquote(segment, errors="replace") for segment in path.split("/")]
    if any(segment in {".", ".."} or "\\" in segment for segment in segments):
        raise Unreachable(f"the address at {shown_host(url)} climbs out of its path")
    return path
