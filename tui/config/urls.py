"""Which addresses a configuration may name: https, or http to this machine itself. Pure."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def url_problem(url: str) -> str | None:
    """Return what is wrong with the address of an API; None if nothing is.

    A credential is sent there, so it takes https, or http on loopback. The message never repeats
    the address: it may hold a password.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        return "takes an address such as https://host/path"
    if parts.username is not None or parts.password is not None:
        return "takes no user or password; the credential has a key of its own"
    if "?" in url or "#" in url:
        return "takes no query (?) and no fragment (#)"
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return "takes https; http would send the credential readable (only loopback may use it)"
    return None


def proxy_problem(url: str) -> str | None:
    """Return what is wrong with the address of a proxy; None if nothing is."""
    parts = _split(url)
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        return "takes an address such as http://proxy:3128"
    if parts.username is not None or parts.password is not None:
        return "takes no user or password; leave it out and set HTTPS_PROXY in the environment"
    if parts.path not in ("", "/") or "?" in url or "#" in url:
        return "takes only a host and a port, such as http://proxy:3128"
    return None


def link_problem(link: str) -> str | None:
    """Return what is wrong with the address of a ticket's page; None if nothing is."""
    bare = link.replace("{id}", "").replace("{number}", "")
    parts = _split(bare)
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        return "takes an address such as https://app.example/tickets/{id}"
    if parts.username is not None or parts.password is not None:
        return "takes no user or password"
    if "{" in bare or "}" in bare:
        return "knows only {id} and {number}"
    if bare == link:
        return "needs {id} or {number}, else it is the same for every ticket"
    if "{" in link.split("//", 1)[1].split("/", 1)[0]:
        return "takes {id} and {number} behind the host, not in it"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host name or address surely is this machine."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str) -> SplitResult | None:
    """Split an address; None where it cannot be one."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts
