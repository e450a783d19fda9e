"""Which proxy leads to a host: the configuration's, else the environment's. Pure.

Loopback is never behind a proxy, and only https ever goes through one, so that no proxy sees a
credential. For the same reason HTTP_PROXY, which is for plain http, has no effect.
"""

import ipaddress
from collections.abc import Mapping

import httpx

from tui.config.urls import is_loopback
from tui.domain.errors import Unreachable
from tui.vendors.address import parse_url, shown_host

_CONFIGURED = "proxy under [network]"
_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


def proxy_for(
    url: httpx.URL, configured: str | None, environ: Mapping[str, str]
) -> httpx.URL | None:
    """Return the proxy for this address, or None for the straight way.

    A configured proxy counts for every host; NO_PROXY speaks of the environment's only. Raises
    Unreachable for a proxy that cannot be used.
    """
    if url.scheme != "https" or is_loopback(url.host):
        return None
    if configured:
        return _parse(configured, _CONFIGURED)
    excepted = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if (name := _variable(environ)) is None or _is_excepted(url, excepted):
        return None
    return _parse(environ[name], f"variable {name}")


def describe_proxy(configured: str | None, environ: Mapping[str, str]) -> str | None:
    """Return which proxy there is and who says so, in words; None for none.

    Raises Unreachable for a proxy that cannot be used.
    """
    if configured:
        return f"{shown_host(_parse(configured, _CONFIGURED))}, by {_CONFIGURED}"
    if (name := _variable(environ)) is None:
        return None
    place = f"variable {name}"
    return f"{shown_host(_parse(environ[name], place))}, by {place}, where NO_PROXY allows it"


def _variable(environ: Mapping[str, str]) -> str | None:
    return next((name for name in _VARIABLES if environ.get(name)), None)


def _parse(text: str, place: str) -> httpx.URL:
    proxy = parse_url(text if "://" in text else f"http://{text}")
    if proxy is None:
        raise Unreachable(f"{place}: not the address of a proxy")
    if proxy.scheme not in {"http", "https"}:
        raise Unreachable(
            f"{place}: {shown_host(proxy)} is no http proxy, and other kinds are not supported"
        )
    return proxy


def _is_excepted(url: httpx.URL, excepted: str) -> bool:
    return any(_matches(url, entry.strip().lower()) for entry in excepted.split(","))


def _matches(url: httpx.URL, entry: str) -> bool:
    """Entries as curl reads them: `*`, a name and all below it, an address, a network, a port."""
    if entry == "*":
        return True
    try:
        return ipaddress.ip_address(url.host) in ipaddress.ip_network(entry.strip("[]"), False)
    except ValueError:
        pass
    name, _, port = entry.rpartition(":") if entry.rpartition(":")[2].isdigit() else (entry, "", "")
    name = name.strip("[]").removeprefix("*").strip(".")
    if not name or (port and int(port) != (url.port or 443)):
        return False
    host = url.host.rstrip(".").lower()
    return host == name or host.endswith(f".{name}")
